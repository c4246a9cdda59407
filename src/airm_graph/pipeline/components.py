"""Components of pages: which pages have nothing to do with others, and which IRIs are theirs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from airm_graph.export.links import profile_links
from airm_graph.frozen import frozen
from airm_graph.merge.components import connect, list_keys, list_record_keys
from airm_graph.model import Link
from airm_graph.namespaces import BASE, term
from airm_graph.pipeline.reading import Read
from airm_graph.terms import Quad, read_literal
from airm_graph.triples.derivations import list_identifiers

__all__ = ["TEXTS", "Component", "find_components", "find_owner", "list_described", "list_sidecars"]

_IDENTIFIER = term("dcterms:identifier")
#: What is compared across sources: a text that stands with two mitigations connects them, as an
#: identifier does that a text names.
TEXTS = (term("dcterms:description"), term("airm:reasoning"), _IDENTIFIER)
#: Digits of the digests of keys.
_LENGTH = 16
_OWN = "own|"
_SIDECAR = ".meta.yaml"


@frozen
class Component:
    """Some pages, what connects them, and what is theirs.

    Attributes:
        files: Names of the pages, sorted.
        keys: Digests of all that they could have in common with others.
        owned: Paths of IRIs below the base that nobody else speaks of.
        counts: What of them the description of the dataset counts.
        links: What head and columns of the table of links depend on, as `profile_links` counts it.
    """

    files: list[str]
    keys: list[str]
    owned: list[str]
    counts: Mapping[str, int]
    links: Mapping[str, int]

    def to_record(self) -> list[Any]:
        """Write it as what JSON can say."""
        return [self.files, self.keys, self.owned, dict(self.counts), dict(self.links)]


def find_owner(path: str) -> str:
    """Give the path that says whose an IRI is, from its path below the base.

    >>> find_owner("mitigation/lee-2024-on-risk/train/classification/v2-1.1"), find_owner("agent/lee-ann"), find_owner("notice/preliminary")
    ('mitigation/lee-2024-on-risk', 'agent/lee-ann', 'notice/preliminary')
    """  # noqa: W505
    kind, _, rest = path.partition("/")
    return f"{kind}/{rest.partition('/')[0]}" if kind in ("capture", "mitigation") else path


def list_sidecars(name: str) -> tuple[str, str]:
    """Name the side-cars that a page may have."""
    return f"{name.removesuffix('.txt')}{_SIDECAR}", f"{name}{_SIDECAR}"


def list_described(name: str) -> tuple[str, ...]:
    """Name the pages that a file may be a side-car of.

    >>> list_described("a.meta.yaml"), list_described("a.txt")
    (('a', 'a.txt'), ())
    """
    page = name.removesuffix(_SIDECAR)
    return () if page == name else (page, f"{page}.txt")


def find_components(read: Read, *, texts: Iterable[Quad]) -> list[Component]:
    """Part what was read into components.

    Args:
        read: Captured pages; of other pages nothing is known that is not said here.
        texts: Statements of `TEXTS`.
    """
    records = read.records
    names = {one.sha256: one.file_names for one in records.captures}
    keys: dict[str, set[str]] = {name: {f"beside|{other}" for other in list_sidecars(name)} for name in read.readings.files}
    for name, marks in read.readings.marks.items():
        keys[name].update(marks)
    for capture, found in list_keys(read.readings.pages).items():
        for name in names[capture]:
            keys[name] |= found
    owner: dict[str, str] = {}
    for capture, path in _list_owned(read):
        keys[names[capture][0]].add(_OWN + path)
        owner.setdefault(path, names[capture][0])
    for subject, predicate, text, _ in texts:
        home = owner.get(find_owner(subject[len(BASE) + 1 : -1]))
        if home:  # else of a concept, which no page owns
            words = {read_literal(text).text} if predicate == _IDENTIFIER else list_identifiers(text)
            keys[home].update((f"text|{text}", *(f"word|{word}" for word in words)))
    counts, links = _count(read, owner), _share_links(records.links, owner)
    return [_make(group, keys, counts, links) for group in connect(keys)]


def _list_owned(read: Read) -> Iterator[tuple[str, str]]:
    """List the paths that records took, each with the SHA-256 of a capture that speaks of it."""
    for capture in read.records.captures:
        yield capture.sha256, f"capture/{capture.sha256[:16]}"
    for sha, key in list_record_keys(read.records):
        yield sha, key
        if key.startswith("source/"):
            yield sha, key.replace("source/", "mitigation/", 1)
    for mitigation in read.records.mitigations:
        path = find_owner(mitigation.key)
        yield from ((location.capture, path) for location in mitigation.evidence)


def _count(read: Read, owner: Mapping[str, str]) -> dict[str, Counter[str]]:
    """Count what each page has; that of a source or mitigation goes to one of its pages."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for capture in read.records.captures:
        found[owner[f"capture/{capture.sha256[:16]}"]]["Capture"] += 1
    for source in read.records.sources:
        found[owner[source.key]]["Source"] += 1
    for mitigation in read.records.mitigations:
        counts = found[owner[find_owner(mitigation.key)]]
        counts["Mitigation"] += 1
        counts["Classification"] += len(mitigation.classifications)
    for evidence, _ in read.records.repairs:
        found[owner[f"capture/{evidence.capture[:16]}"]]["Repair"] += 1
    return found


def _share_links(links: Iterable[Link], owner: Mapping[str, str]) -> dict[str, list[Link]]:
    found: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        found[owner[find_owner(link.one.key)]].append(link)
    return found


def _make(group: list[str], keys: Mapping[str, set[str]], counts: Mapping[str, Counter[str]], links: Mapping[str, list[Link]]) -> Component:
    held = set().union(*(keys[name] for name in group))
    own = sorted(key.removeprefix(_OWN) for key in held if key.startswith(_OWN))
    digests = sorted(sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH] for key in held)
    total: Counter[str] = Counter()
    for name in group:
        total.update(counts.get(name, {}))
    return Component(group, digests, own, total, profile_links(link for name in group for link in links.get(name, ())))

"""Islands of a build: pages that hang together, what of the graph is theirs, and what is said of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from airm_graph.cache import pack, unpack
from airm_graph.incremental.blocks import Unclear
from airm_graph.ingest import Readings
from airm_graph.merge.islands import list_keys, list_record_keys
from airm_graph.model import Finding, Link, Records
from airm_graph.namespaces import BASE

__all__ = ["Island", "find_islands", "find_owner", "list_file_keys", "pack_findings", "share_findings", "unpack_findings"]

_LENGTH = 16
_COUNTED = ("Capture", "Classification", "Mitigation", "Repair", "Source")


@dataclass
class Island:
    """Some pages and what comes of them.

    Attributes:
        files: Names of the pages, sorted.
        keys: Digests of their keys.
        owned: Paths of IRIs below the base that are theirs, and all that lies below these paths: captures, sources, the places of the
            mitigations of a source, agents.
        counts: Number of instances by class.
    """

    files: list[str]
    keys: list[str]
    owned: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))
    links: list[Link] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def pack(self) -> dict[str, Any]:
        """Write it, without the findings, as what JSON can say."""
        return {"files": self.files, "keys": self.keys, "owned": self.owned, "counts": self.counts, "links": pack(tuple(self.links))}

    @classmethod
    def unpack(cls, data: dict[str, Any]) -> "Island":
        """Read what `pack` wrote."""
        return cls(**{**data, "links": list(unpack(tuple[Link, ...], data["links"]))})


def find_owner(path: str) -> str:
    """Give the path that says whose an IRI is, from its path below the base.

    >>> find_owner("mitigation/lee-2024-on-risk/train/classification/v2-1.1"), find_owner("agent/lee-ann"), find_owner("notice/preliminary")
    ('mitigation/lee-2024-on-risk', 'agent/lee-ann', 'notice/preliminary')
    """
    kind, _, rest = path.partition("/")
    return f"{kind}/{rest.partition('/')[0]}" if kind in ("capture", "mitigation") else path


def list_file_keys(readings: Readings, records: Records, *, beside: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """List what files may have in common with others, by name, as digests; a file that is no page has next to nothing.

    Args:
        readings: Of whole islands.
        records: What they were merged to.
        beside: Names of side-cars, each with the name of a page.
    """
    names = {page.capture.sha256: page.capture.file_names for page in readings.pages}
    found: dict[str, set[str]] = {name: set() for name in readings.files}
    for other, name in beside:
        found[name].add(_digest(f"beside|{other}"))
    for name, titles in readings.titles.items():
        found[name].update(_digest(f"title|{title}") for title in titles)
    for capture, keys in list_keys(readings.pages).items():
        digests = {_digest(key) for key in keys}
        for name in names[capture]:
            found[name] |= digests
    for capture, key in list_record_keys(records):
        found[names[capture][0]].add(_digest(f"record|{key}"))
    return found


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def find_islands(records: Records, *, keys: Mapping[str, set[str]]) -> list[Island]:
    """Part a build into islands, without their findings.

    Args:
        records: Of all pages.
        keys: As `list_file_keys` gives them.
    """
    islands = [Island(sorted(names), sorted(set().union(*(keys[name] for name in names)))) for names in _connect(keys)]
    of_file = {name: island for island in islands for name in island.files}
    owner: dict[str, Island] = {}
    for capture in records.captures:
        _own(of_file[capture.file_names[0]], f"capture/{capture.sha256[:16]}", owner).counts["Capture"] += 1
    for source in records.sources:
        island = owner[f"capture/{source.evidence[0].capture[:16]}"]
        _own(island, source.key, owner).counts["Source"] += 1
        _own(island, source.key.replace("source/", "mitigation/", 1), owner)
        for agent, _ in source.creators:
            _own(island, agent.key, owner)
    for mitigation in records.mitigations:
        counts = owner[mitigation.source.value].counts
        counts["Mitigation"] += 1
        counts["Classification"] += len(mitigation.classifications)
    for evidence, _ in records.repairs:
        owner[f"capture/{evidence.capture[:16]}"].counts["Repair"] += 1
    for link in records.links:
        owner[find_owner(link.one.key)].links.append(link)
    for island in islands:
        island.owned.sort()
    return islands


def share_findings(islands: Iterable[Island], findings: Iterable[Finding], *, beside: Mapping[str, str]) -> list[Finding]:
    """Give islands the findings that are about them; returns the others.

    Args:
        findings: All of the report.
        beside: Name of a side-car → name of its page.
    """
    islands = list(islands)
    of_file = {name: island for island in islands for name in island.files}
    owner = {path: island for island in islands for path in island.owned}
    outside = list[Finding]()
    for finding in findings:
        home = of_file.get(beside.get(finding.place.file, finding.place.file)) if finding.place else None
        # Findings name things below the base of the project, whatever the base of the build is.
        home = home or owner.get(find_owner(finding.focus[len(BASE) + 1 : -1]) if finding.focus.startswith(f"<{BASE}") else "")
        (home.findings if home else outside).append(finding)
    return outside


def _own(island: Island, path: str, owner: dict[str, Island]) -> Island:
    if owner.setdefault(path, island) is not island:
        raise Unclear(f"{path} belongs to two islands")
    if path not in island.owned:
        island.owned.append(path)
    return island


def _connect(keys: Mapping[str, set[str]]) -> list[list[str]]:
    """Names in groups of those that hang together by keys."""
    up = {name: name for name in keys}

    def find(name: str) -> str:
        while up[name] != name:
            up[name] = up[up[name]]
            name = up[name]
        return name

    first: dict[str, str] = {}
    for name, held in sorted(keys.items()):
        for key in held:
            one, two = sorted((find(first.setdefault(key, name)), find(name)))
            up[two] = one
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in keys:
        groups[find(name)].append(name)
    return [groups[name] for name in sorted(groups)]


def pack_findings(findings: Sequence[Finding]) -> Any:
    """Write findings as what JSON can say."""
    return pack(tuple(findings))


def unpack_findings(data: Any) -> tuple[Finding, ...]:
    """Read what `pack_findings` wrote."""
    found: tuple[Finding, ...] = unpack(tuple[Finding, ...], data)
    return found

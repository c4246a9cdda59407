"""What one role has to do: mitigations chosen by facets, with source, reason, code and evidence of
each, and all that the graph states about them.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from airm_graph.analysis.counted_facets import make_prologue
from airm_graph.analysis.term_names import mark_preliminary, name_codes
from airm_graph.errors import ParameterError
from airm_graph.export import QuadList, release_digest
from airm_graph.graph.store import Store
from airm_graph.model import Location
from airm_graph.namespaces import BASE, literal, rebase_text, term
from airm_graph.query.answers import split_term
from airm_graph.query.emptiness import explain_emptiness
from airm_graph.query.library import Parameter, Query, load_query, run_query
from airm_graph.terms import Quad
from airm_graph.validate.describe import describe_location

__all__ = ["PACK_FACETS", "Assignment", "Code", "Item", "Pack", "Reference", "make_token", "select_pack"]

#: Facet → pattern with its variable; the library has the parameter of that name.
_PATTERNS = {
    "actor": "?mitigation airm:actor ?actor .",
    "stage": "?mitigation airm:lifecycleStage ?stage .",
    "function": "?mitigation airm:function ?function .",
    "code": "?above skos:inScheme ?edition ; skos:notation ?code . ?mitigation airm:underCode ?above .",
    "source": "?mitigation airm:source ?source .",
    "statement": "?mitigation airm:statementKind ?statement .",
    "suggested": "?mitigation airm:suggestedStatementKind ?suggested .",
    "original": "?mitigation prov:wasDerivedFrom ?from . ?from airm:source ?original .",
}
PACK_FACETS = tuple(_PATTERNS)
#: Facets whose labels an item shows.
_ROLES = {"actor": "airm:actor", "stage": "airm:lifecycleStage", "function": "airm:function", "statement": "airm:statementKind"}
#: What a mitigation stands on: what these lead to belongs to the pack.
_FOLLOWED = (
    *("airm:actor", "airm:assignedCode", "airm:capture", "airm:classification", "airm:code", "airm:evidence", "airm:function"),
    *(
        "airm:lifecycleStage",
        "airm:repair",
        "airm:source",
        "airm:statementKind",
        "airm:suggestion",
        "airm:underCode",
        "dcterms:creator",
        "dcterms:rights",
        "dcterms:subject",
    ),
    *("prov:wasAttributedTo", "skos:broader", "skos:inScheme"),
)
_LONGEST = 100  # characters of a name
_CODE = re.compile(r"(v[0-9]+)/([0-9.]+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its edition; *notation* and *label* are empty where none is stated."""

    iri: str
    edition: str = ""
    notation: str = ""
    label: str = ""

    def __str__(self) -> str:
        """Write edition, notation and label."""
        return " ".join(filter(None, (self.edition, self.notation, self.label))) or self.iri


@dataclass(frozen=True, slots=True)
class Assignment:
    """A code of a mitigation: why it has it, where that is stated, and the code at the top."""

    iri: str
    code: Code
    top: Code
    reasons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A source; texts are empty where nothing is stated."""

    iri: str
    title: str = ""
    authors: str = ""
    year: str = ""
    identifiers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write authors, year and title; author lines may end in the year."""
        year = "" if self.year in self.authors else self.year
        return ". ".join(filter(None, (self.authors.rstrip("."), year, self.title))) or self.iri


@dataclass(frozen=True, slots=True)
class Item:
    """A mitigation of a pack.

    Attributes:
        iri: Without brackets.
        name: Empty where it is unknown.
        descriptions: What sources say it is.
        roles: Facet (``actor``, ``stage``, ``function``, ``statement``) → labels.
        codes: By edition and notation.
        sources: Where it comes from.
        evidence: File and line, or row, of what states it.
        identifiers: Those of the publisher.
    """

    iri: str
    name: str
    descriptions: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    codes: tuple[Assignment, ...]
    sources: tuple[Reference, ...]
    evidence: tuple[str, ...]
    identifiers: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name it, or say that its name is unknown."""
        return self.name or f"name unknown ({self.iri.rpartition('/')[2]})"

    def explain_codes(self) -> Iterator[str]:
        """Say of each code where it is stated and why."""
        for one in self.codes:
            where = f" (stated at {'; '.join(one.evidence)})" if one.evidence else ""
            yield f"{one.code}{where}: {' '.join(one.reasons) or 'no reason stated'}"

    @property
    def top(self) -> Code | None:
        """The code at the top of its first one; None where it has none."""
        return self.codes[0].top if self.codes else None


@dataclass(frozen=True)
class Pack:
    """A selection of mitigations.

    Attributes:
        given: Facet → value, as asked for.
        items: By code, then by name.
        quads: All that the graph states about them and what they stand on.
        why_empty: Why there are none; empty where there are some.
        modified: Day (ISO 8601) from which it is; empty where nothing says so.
        base: What the IRIs of the data begin with.
    """

    given: Mapping[str, str]
    items: tuple[Item, ...]
    quads: tuple[Quad, ...] = field(repr=False, default=())
    why_empty: str = ""
    modified: str = ""
    base: str = BASE

    @property
    def title(self) -> str:
        """Say what was asked for."""
        named = {name: value for name, value in self.given.items() if name != "edition"}
        if "code" in named:
            asked = _CODE.fullmatch(named["code"])
            edition, code = asked.groups() if asked else (self.given.get("edition", "v2").rpartition("/")[2], named["code"])
            named["code"] = name_codes(self.quads, base=self.base).get(f"<{self.base}taxonomy/{edition}/{code}>", f"{edition} {code}")
        given = ", ".join(f"{name} {value}" for name, value in named.items())
        return f"Mitigations with {given}" if given else "All mitigations"

    @property
    def groups(self) -> tuple[tuple[Code | None, tuple[Item, ...]], ...]:
        """Items by the code at the top, those without a code last."""
        return tuple((top, tuple(items)) for top, items in groupby(self.items, key=lambda item: item.top))

    @property
    def sources(self) -> tuple[Reference, ...]:
        """The sources of all items, each once, by IRI."""
        return tuple(sorted({source for item in self.items for source in item.sources}, key=lambda source: source.iri))

    @cached_property
    def iri(self) -> str:
        """Name the pack by the digest of its statements."""
        return f"{self.base}pack/{release_digest(QuadList(self.quads))[:16]}"

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Name each item by the end of its IRI, in letters, digits, dots, hyphens and underscores;
        those that would be called the same get a digest.
        """
        short = {item.iri: make_token(item.iri.removeprefix(self.base).removeprefix("mitigation/")) for item in self.items}
        used = Counter(name.lower() for name in short.values())
        return {iri: name if used[name.lower()] == 1 else f"{name[:90]}-{_digest(iri)}" for iri, name in short.items()}

    @property
    def statements(self) -> tuple[Quad, ...]:
        """All statements, with those of the pack itself: its members and the notice."""
        node = f"<{self.iri}>"
        own = [(node, term("rdf:type"), term("prov:Collection"), ""), (node, term("rdfs:label"), literal(self.title), "")]
        members = [(node, term("prov:hadMember"), f"<{item.iri}>", "") for item in self.items]
        return (*self.quads, *own, *members, *mark_preliminary(node, base=self.base))


def make_token(text: str) -> str:
    """Write a text as a name of at most 100 characters.

    >>> make_token("doe-2025/6.2 Logs"), make_token("6.2")
    ('doe-2025_6.2_Logs', '_6.2')
    """
    token = re.sub(r"[^0-9A-Za-z.-]", "_", text)
    token = token if token[:1].isalpha() else f"_{token}"
    return token if len(token) <= _LONGEST else f"{token[: _LONGEST - 10]}-{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def select_pack(store: Store, given: Mapping[str, str], *, issued: str | None = None, base: str = BASE) -> Pack:
    """Select the mitigations that have all values asked for.

    Args:
        store: A closed graph.
        given: Facet (one of `PACK_FACETS`, or ``edition`` for the code) → value; a code takes
            narrower ones with it. Nothing given selects all.
        issued: Day from which the pack is; left out, the last day that its statements name.
        base: What the IRIs of the data begin with.

    Raises:
        ParameterError: A facet is unknown, or no value of its kind; no such code or source.
    """
    for name in given:
        if name not in (*PACK_FACETS, "edition"):
            raise ParameterError(f"there is no facet {name!r}; use one of {', '.join(PACK_FACETS)}", parameter=name)
    if "edition" in given and "code" not in given:
        raise ParameterError("edition goes with a code; give code as well", parameter="edition")
    query = _write_query(given)
    rows = run_query(store, query, given, base=base).values()
    if not rows:
        return Pack(dict(given), (), why_empty=explain_emptiness(store, query, given, base=base), base=base)
    chosen = [str(row[0]) for row in rows]
    quads = _collect(store, chosen, base)
    reader = _Reader(quads, base)
    items = sorted((reader.read_item(iri) for iri in chosen), key=_order)
    return Pack(dict(given), tuple(items), quads, modified=issued or _find_last_day(quads), base=base)


def _write_query(given: Mapping[str, str]) -> Query:
    """Write the query for what is given, with the parameters that the library has."""
    known: dict[str, Parameter] = {}
    for name in ("mitigations-by-code", "mitigations-by-source", "mitigations-by-role", "mitigations-by-statement"):
        known |= {one.name: one for one in load_query(name).parameters}
    names = [name for name in PACK_FACETS if name in given]
    variables = [*names, *(["edition"] if "code" in given else [])]
    lines = ["?mitigation a airm:Mitigation .", *(_PATTERNS[name] for name in names)]
    values = [f"VALUES ?{name} {{ UNDEF }}" for name in variables]
    body = "".join(f"  {line}\n" for line in (*values, *lines))
    text = f"{make_prologue(' '.join(lines))}\nSELECT DISTINCT ?mitigation WHERE {{\n{body}}} ORDER BY ?mitigation"
    return Query("pack", "", "", (), tuple(known[name] for name in variables), (), text)


def _collect(store: Store, chosen: Iterable[str], base: str) -> tuple[Quad, ...]:
    """Collect the statements about mitigations and what they lead to, sorted."""
    followed = {rebase_text(term(name), base) for name in _FOLLOWED}
    found: set[Quad] = set()
    waiting = list(chosen)
    seen = set(waiting)
    while waiting:
        for quad in store.find_rows(subject=waiting.pop()):
            found.add((*quad[:3], ""))
            value = quad[2][1:-1] if quad[1] in followed and quad[2].startswith("<") else ""
            if value and value not in seen:
                seen.add(value)
                waiting.append(value)
    return tuple(sorted(found))


def _find_last_day(quads: Iterable[Quad]) -> str:
    names = {term("dcterms:created"), term("dcterms:modified")}
    days = (split_term(value) for _, name, value, _ in quads if name in names)
    return max((text for _, text, datatype, _ in days if f"<{datatype}>" == term("xsd:date") and _DAY.fullmatch(text)), default="")


def _order(item: Item) -> tuple[object, ...]:
    first = next(iter(item.codes), None)
    # By the code at the top first, so that items of a group stand together.
    place = (0, first.code.edition, _natural(first.top.notation), first.top.iri, _natural(first.code.notation)) if first else (1,)
    return *place, item.name.casefold(), item.iri


def _natural(notation: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", notation)))


class _Reader:
    """Reads items off the statements of a pack."""

    def __init__(self, quads: Iterable[Quad], base: str) -> None:
        self._base = base
        self._about: dict[str, dict[str, list[str]]] = {}
        for subject, predicate, value, _ in quads:
            self._about.setdefault(subject[1:-1], {}).setdefault(predicate, []).append(split_term(value)[1])

    def _list(self, iri: str, *names: str) -> tuple[str, ...]:
        about = self._about.get(iri, {})
        return tuple(value for name in names for value in sorted(about.get(rebase_text(term(name), self._base), ())))

    def _first(self, iri: str, *names: str) -> str:
        return next(iter(self._list(iri, *names)), "")

    def read_item(self, iri: str) -> Item:
        roles = {name: tuple(self._first(one, "rdfs:label") or one for one in self._list(iri, path)) for name, path in _ROLES.items()}
        codes = [self._read_assignment(one) for one in self._list(iri, "airm:classification") if self._list(one, "airm:assignedCode")]
        codes.sort(key=lambda one: (one.code.edition, _natural(one.code.notation), one.iri))
        return Item(
            iri,
            self._first(iri, "rdfs:label"),
            self._list(iri, "dcterms:description"),
            roles,
            tuple(codes),
            tuple(self._read_source(one) for one in self._list(iri, "airm:source")),
            self._locate(iri),
            self._list(iri, "dcterms:identifier"),
        )

    def _read_assignment(self, iri: str) -> Assignment:
        top = code = self._first(iri, "airm:assignedCode")
        seen = {top}
        while (above := self._first(top, "skos:broader")) and above not in seen:
            seen.add(above)
            top = above
        return Assignment(iri, self._read_code(code), self._read_code(top), self._list(iri, "airm:reasoning"), self._locate(iri))

    def _read_code(self, iri: str) -> Code:
        edition = self._first(iri, "skos:inScheme").rpartition("/")[2]
        return Code(iri, edition, self._first(iri, "skos:notation"), self._first(iri, "skos:prefLabel"))

    def _read_source(self, iri: str) -> Reference:
        names = ("dcterms:title", "airm:authors", "dcterms:issued")
        title, authors, year = (self._first(iri, name) for name in names)
        identifiers = self._list(iri, "bibo:doi", "dcterms:identifier")
        return Reference(iri, title or self._first(iri, "rdfs:label"), authors, year[:4], identifiers, self._list(iri, "rdfs:seeAlso"))

    def _locate(self, iri: str) -> tuple[str, ...]:
        """List file and line, or row, of what states a thing, in the order of files."""
        found = set[Location]()
        for one in self._list(iri, "airm:evidence"):
            numbers = (self._first(one, name) for name in ("airm:firstLine", "airm:lastLine", "airm:row"))
            first, last, row = (int(number) if number else None for number in numbers)
            column = self._first(one, "airm:column")
            for capture in self._list(one, "airm:capture"):
                found |= {Location(file, first, last, "", row, column) for file in self._list(capture, "airm:fileName")}
        ordered = sorted(found, key=lambda one: (one.file, one.first_line or 0, one.row or 0, one.column, one.last_line or 0))
        return tuple(dict.fromkeys(map(describe_location, ordered)))

"""The tables of an exported graph → records, merged as they were when the graph was written.

Each row stands for statements of the captures that its evidence belongs to; the captures themselves
need not be there.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from airm_graph.ingest.captures.sidecar import is_web_address
from airm_graph.ingest.formats import Row
from airm_graph.ingest.tables.mapped_table import MappedTable, Reason
from airm_graph.ingest.tables.names import is_day
from airm_graph.ingest.tables.values import find_term, split_cell
from airm_graph.model import ROLES, TEXTS, Agent, Attested, Capture, Classification, Evidence, Mitigation, Records, Repair, Source, Subject
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import find_identifiers

__all__ = ["restore_records"]

_SLUG = r"[a-z0-9]+(?:-+[a-z0-9]+)*"
_KEYS = {
    "mitigation": re.compile(rf"mitigation/{_SLUG}/{_SLUG}"),
    "source": re.compile(rf"source/{_SLUG}"),
    "scheme": re.compile(rf"scheme/{_SLUG}"),
    "agent": re.compile(rf"agent/{_SLUG}(?:/{_SLUG})?"),
    "by": re.compile(rf"(?:{_SLUG})?"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "media type": re.compile(r"[a-z]+/[a-z0-9.+-]+"),
    "kind": re.compile(r"(?:person|organization|software)?"),
    "edition": re.compile(r"v[12]"),
    "issued": re.compile(r"(?:\d{4})?"),
    "rule": re.compile(_SLUG),
}
_HEX = 16

_Known = TypeVar("_Known", Agent, Evidence)


class _UnusableError(Exception):
    """A row cannot be used: for this reason."""

    def __init__(self, rule: str, column: str, what: str) -> None:
        self.reason: Reason = (rule, column, what)
        super().__init__(what)


def restore_records(mapped_tables: Sequence[MappedTable]) -> Records:
    """Read the tables of an exported graph; rows that name what is not there, or are not as they
    were written, are set aside.
    """
    if not mapped_tables:
        return Records()
    reader = _Reader()
    for kind, read in reader.order:
        for mapped in (mapped for mapped in mapped_tables if mapped.columns.kind == kind):
            for row in mapped.table.rows:
                _read_row(mapped, row, read)
    return reader.finish()


def _read_row(mapped: MappedTable, row: Row, read: Callable[["_Cells"], None]) -> None:
    try:
        read(_Cells(mapped, row))
    except _UnusableError as error:
        mapped.reject(row, [error.reason])


class _Cells:
    """The cells of a row, as they are: white space around a text belongs to it."""

    def __init__(self, mapped: MappedTable, row: Row) -> None:
        header = mapped.table.header
        self.cells = dict(zip(header, row.cells, strict=False))

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def key(self, column: str) -> str:
        value = self.text(column)
        if not _KEYS[column].fullmatch(value):
            raise _UnusableError("TAB-35", column, f"{value!r} is not what an export writes below {column!r}")
        return value

    def number(self, column: str) -> int | None:
        value = self.text(column)
        if not value:
            return None
        if not re.fullmatch(r"[1-9][0-9]{0,8}", value):
            raise _UnusableError("TAB-35", column, f"{value!r} is not a number from 1")
        return int(value)

    def need(self, column: str) -> int:
        number = self.number(column)
        if number is None:
            raise _UnusableError("TAB-35", column, f"the row has no {column}")
        return number

    def number_of_document(self, column: str, value: str) -> str:
        if find_identifiers(value) != (value,):
            raise _UnusableError("TAB-35", column, f"{value!r} is no number of a document such as doi:10.1000/xyz")
        return value

    def address(self, column: str, value: str) -> str:
        if not is_web_address(value):
            raise _UnusableError("TAB-35", column, f"{value!r} is not an http or https address")
        return value


class _Reader:
    """Fills records from rows; what is named must have been read before."""

    def __init__(self) -> None:
        self.captures: dict[str, Capture] = {}
        self.evidence: dict[str, Evidence] = {}
        self.agents: dict[str, Agent] = {}
        self.sources: defaultdict[str, _Thing] = defaultdict(_Thing)
        self.mitigations: defaultdict[str, _Thing] = defaultdict(_Thing)
        self.classifications: defaultdict[tuple[str, str, str, str], _Thing] = defaultdict(_Thing)
        self.subjects: defaultdict[str, defaultdict[Subject, set[Evidence]]] = defaultdict(lambda: defaultdict(set))
        self.parents: list[str] = []
        self.repairs: set[tuple[Evidence, Repair]] = set()
        self.order: tuple[tuple[str, Callable[[_Cells], None]], ...] = (
            ("graph-captures", self.read_capture),
            ("graph-evidence", self.read_evidence),
            ("graph-repairs", self.read_repair),
            ("graph-agents", self.read_agent),
            ("graph-sources", self.read_source),
            ("graph-mitigations", self.read_mitigation),
            ("graph-classifications", self.read_classification),
            ("graph-subjects", self.read_subject),
        )

    def read_capture(self, cells: _Cells) -> None:
        sha256, retrieved, rights = cells.key("sha256"), cells.text("retrieved"), cells.text("rights")
        if retrieved and not is_day(retrieved):
            raise _UnusableError("TAB-35", "retrieved", f"{retrieved!r} is not a day such as 2026-11-21")
        names = tuple(sorted(name for name in cells.text("files").split("\n") if name))
        if not names:
            raise _UnusableError("TAB-35", "files", "the capture has no file name")
        self.captures[sha256[:_HEX]] = Capture(
            sha256,
            names,
            cells.key("media type"),
            url=cells.address("address", cells.text("address")) if cells.text("address") else None,
            retrieved=retrieved or None,
            edition=cells.key("edition"),
            licence=rights if is_web_address(rights) else None,
            status=cells.address("status", cells.text("status")) if cells.text("status") else None,
        )

    def read_evidence(self, cells: _Cells) -> None:
        name = cells.text("evidence")
        capture = self.captures.get(name.partition("/")[0])
        if capture is None:
            raise _UnusableError("TAB-34", "evidence", f"{name!r} belongs to a capture that is not in the table of captures")
        row = cells.number("row")
        first, last = (cells.need("first line"), cells.need("last line")) if row is None else (0, 0)
        if not cells.text("text") or last < first:
            raise _UnusableError("TAB-35", "text" if last >= first else "last line", "the evidence has no text, or ends before it begins")
        self.evidence[name] = Evidence(capture.sha256, first, last, cells.text("text"), row, cells.text("column"))

    def find_evidence(self, cells: _Cells) -> list[Evidence]:
        return [self.find(self.evidence, name, "evidence") for name in cells.text("evidence").split()]

    def find(self, known: Mapping[str, _Known], name: str, column: str) -> _Known:
        if name not in known:
            raise _UnusableError("TAB-34", column, f"{name!r} is in no row of the tables beside this one that can be used")
        return known[name]

    def read_repair(self, cells: _Cells) -> None:
        (evidence,) = self.find_evidence(cells) or [self.find(self.evidence, "", "evidence")]
        repair = Repair(cells.need("line"), cells.need("position"), cells.key("rule"), cells.text("before"), cells.text("after"))
        self.repairs.add((evidence, repair))

    def read_agent(self, cells: _Cells) -> None:
        if not cells.text("name").strip():
            raise _UnusableError("TAB-35", "name", "the agent has no name")
        self.agents[cells.key("agent")] = Agent(cells.key("agent"), cells.text("name"), cells.key("kind"))

    def _begin(self, things: dict[str, "_Thing"], cells: _Cells, key: str) -> tuple["_Thing", list[Evidence]]:
        evidence = self.find_evidence(cells)
        if not evidence:
            raise _UnusableError("TAB-34", "evidence", "the row names no evidence")
        return things[key], evidence

    def read_source(self, cells: _Cells) -> None:
        cells.key("issued")
        creators = [self.find(self.agents, key, "creators") for key in cells.text("creators").split()]
        addresses = [cells.address("addresses", value) for value in cells.text("addresses").split("\n") if value]
        numbers = [cells.number_of_document("numbers", value) for value in cells.text("numbers").split("\n") if value]
        called = [value for value in cells.text("called").split("\n") if value]
        if not cells.text("title").strip() and not called:
            raise _UnusableError("TAB-35", "title", "the document has neither a title nor what rows call it")
        thing, evidence = self._begin(self.sources, cells, cells.key("source"))
        for column in ("title", "other title", "authors", "issued", "abstract", "not described"):
            thing.add(column, [cells.text(column)], evidence)
        thing.add("numbers", numbers, evidence)
        thing.add("called", called, evidence)
        thing.add("addresses", addresses, evidence)
        thing.add("creators", [agent.key for agent in creators], evidence)

    def read_mitigation(self, cells: _Cells) -> None:
        if cells.text("source") and cells.text("source") not in self.sources:
            raise _UnusableError("TAB-34", "source", f"{cells.text('source')!r} is in no row of the table of sources that can be used")
        others = {column: cells.text(column).split() for column in ("part of", "derived from")}
        for column, keys in others.items():
            if odd := [key for key in keys if not _KEYS["mitigation"].fullmatch(key)]:
                raise _UnusableError("TAB-35", column, f"{odd[0]!r} is not what an export writes below {column!r}")
        roles = [(name, self._find_role(name, value)) for name in ROLES for value in split_cell(cells.text(name), ";")]
        thing, evidence = self._begin(self.mitigations, cells, cells.key("mitigation"))
        for column in ("name", "other name", "description", *TEXTS, "reason", "source"):
            thing.add(column, [cells.text(column)], evidence)
        thing.add("identifier", cells.text("identifier").split("\n"), evidence)
        for column, keys in others.items():
            thing.add(column, keys, evidence)
        for name, slug in roles:
            thing.add(name, [slug], evidence)

    def _find_role(self, vocabulary: str, value: str) -> str:
        concept = find_term(value, vocabulary)
        if concept is None:
            raise _UnusableError("TAB-34", vocabulary, f"{value!r} is not a term of the {vocabulary} vocabulary")
        return concept.slug

    def read_subject(self, cells: _Cells) -> None:
        subject = Subject(cells.key("scheme"), cells.text("title"), cells.text("notation"), cells.text("label"))
        if subject.key != cells.text("concept") or not (subject.notation or subject.label):
            raise _UnusableError("TAB-35", "concept", f"{cells.text('concept')!r} is not what an export writes for this notation or label")
        if cells.text("mitigation") not in self.mitigations:
            what = f"{cells.text('mitigation')!r} is in no row of the table of mitigations that can be used"
            raise _UnusableError("TAB-34", "mitigation", what)
        evidence = self.find_evidence(cells)
        if not evidence:
            raise _UnusableError("TAB-34", "evidence", "the row names no evidence")
        self.subjects[cells.text("mitigation")][subject].update(evidence)

    def read_classification(self, cells: _Cells) -> None:
        edition, code, by = cells.key("edition"), cells.text("code"), cells.key("by")
        if code not in load_taxonomy(edition).codes:
            raise _UnusableError("TAB-34", "code", f"{code!r} is no code of {edition}")
        if cells.text("mitigation") not in self.mitigations:
            what = f"{cells.text('mitigation')!r} is in no row of the table of mitigations that can be used"
            raise _UnusableError("TAB-34", "mitigation", what)
        days, agents = cells.text("created").split(), cells.text("agents").split()
        if odd := [day for day in days if not is_day(day)]:
            raise _UnusableError("TAB-35", "created", f"{odd[0]!r} is not a day such as 2026-11-21")
        for agent in agents:
            self.find(self.agents, agent, "agents")
        evidence = self.find_evidence(cells)
        if not evidence:
            raise _UnusableError("TAB-34", "evidence", "the row names no evidence")
        thing = self.classifications[cells.text("mitigation"), edition, code, by]
        thing.add("reason", [cells.text("reason")], evidence)
        thing.add("agents", agents, evidence)
        thing.add("created", days, evidence)

    def finish(self) -> Records:
        """Return all records, sorted by key."""
        given: defaultdict[str, list[Classification]] = defaultdict(list)
        for (mitigation, edition, code, by), thing in sorted(self.classifications.items()):
            said = (thing.locations, thing.all("reason"), self._agents(thing, "agents"), thing.all("created"))
            given[mitigation].append(Classification(edition, code, *said, by))
        return Records(
            captures=tuple(sorted(self.captures.values(), key=lambda capture: capture.sha256)),
            sources=tuple(self._make_source(key, thing) for key, thing in sorted(self.sources.items())),
            mitigations=tuple(self._make_mitigation(key, thing, given[key]) for key, thing in sorted(self.mitigations.items())),
            repairs=tuple(sorted(self.repairs)),
        )

    def _agents(self, thing: "_Thing", column: str) -> tuple[tuple[Agent, tuple[Evidence, ...]], ...]:
        return tuple((self.agents[said.value], said.evidence) for said in thing.all(column))

    def _make_source(self, key: str, thing: "_Thing") -> Source:
        return Source(
            key,
            (*thing.all("title")[:1], *thing.all("other title")),
            thing.all("authors"),
            self._agents(thing, "creators"),
            thing.all("issued"),
            thing.locations,
            thing.all("abstract"),
            thing.all("addresses"),
            thing.all("numbers"),
            thing.all("called"),
            not thing.all("not described"),
        )

    def _make_mitigation(self, key: str, thing: "_Thing", given: Iterable[Classification]) -> Mitigation:
        return Mitigation(
            key,
            next(iter(thing.all("source")), None),
            thing.locations,
            thing.all("identifier"),
            (*thing.all("name")[:1], *thing.all("other name")),
            thing.all("description"),
            tuple(given),
            tuple((name, said) for name in ROLES for said in thing.all(name)),
            tuple(said for said in thing.all("part of") if said.value in self.mitigations),
            tuple((name, said) for name in TEXTS for said in thing.all(name)),
            thing.all("reason"),
            tuple((subject, tuple(sorted(locations))) for subject, locations in sorted(self.subjects[key].items())),
            derived_from=tuple(said for said in thing.all("derived from") if said.value in self.mitigations),
        )


class _Thing:
    """What the rows of one record say, column by column, in the order in which the values came."""

    def __init__(self) -> None:
        self.said: defaultdict[str, defaultdict[str, set[Evidence]]] = defaultdict(lambda: defaultdict(set))
        self.every: set[Evidence] = set()

    def add(self, column: str, values: Iterable[str], evidence: Iterable[Evidence]) -> None:
        locations = list(evidence)
        self.every.update(locations)
        for value in values:
            if value:
                self.said[column][value].update(locations)

    def all(self, column: str) -> tuple[Attested, ...]:
        return tuple(Attested(value, tuple(sorted(locations))) for value, locations in self.said[column].items())

    @property
    def locations(self) -> tuple[Evidence, ...]:
        return tuple(sorted(self.every))

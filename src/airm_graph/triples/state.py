"""Records to quads, by the table of statements."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

from airm_graph.frozen import frozen
from airm_graph.model import ROLES, TEXTS, Agent, Attested, Capture, Classification, Evidence, Mitigation, Records, Repair, Source, Subject
from airm_graph.namespaces import iri, literal, term
from airm_graph.taxonomy import label_classification
from airm_graph.terms import Quad
from airm_graph.text import location_key
from airm_graph.triples.statements import FORMS, Statement, list_statements

#: Fields with one value; None for none.
_Single = Mapping[str, str | None]
#: Gives the term of a statement from fields and from the value of the one that may have several.
_Make = Callable[[_Single, str], str | None]

__all__ = ["Facts", "graph_of", "list_facts", "make_term", "state_facts", "state_records"]

_STATUS = "http://purl.org/adms/status/UnderDevelopment"


@frozen
class Facts:
    """The fields of one record.

    Attributes:
        record: Kind of record, as in `Statement`.
        single: Fields with one value; None for none.
        several: Fields with any number of values.
        graphs: Graphs of all captures that speak of the record.
    """

    record: str
    single: _Single
    several: Mapping[str, Sequence[Attested]]
    graphs: Sequence[str]


def state_records(records: Records, *, files: Mapping[str, str] = MappingProxyType({})) -> Iterator[Quad]:
    """Write records as quads, in no particular order; a quad may come twice.

    Args:
        files: Name of the file of captures that are not among the records, by SHA-256.
    """
    for facts in list_facts(records, files=files):
        yield from state_facts(facts)


def list_facts(records: Records, *, files: Mapping[str, str] = MappingProxyType({})) -> Iterator[Facts]:
    """List the fields of all records, those of evidence and agents where they are first
    spoken of.
    """
    files = {**files, **{capture.sha256: capture.file_names[0] for capture in records.captures}}
    seen = set[Evidence]()

    def describe(locations: Iterable[Evidence]) -> Iterator[Facts]:
        for location in locations:
            if location not in seen:
                seen.add(location)
                yield _list_evidence(location, files)

    yield from map(_list_capture, records.captures)
    for source in records.sources:
        yield _list_source(source)
        yield from (_list_agent(agent, locations) for agent, locations in source.creators)
        yield from describe(source.evidence)
    for mitigation in records.mitigations:
        yield _list_mitigation(mitigation)
        yield from describe(mitigation.evidence)
        yield from (_list_subject(mitigation.key, subject, locations) for subject, locations in mitigation.subjects)
        for classification in mitigation.classifications:
            yield _list_classification(mitigation.key, classification)
            yield from (_list_agent(agent, locations) for agent, locations in classification.agents)
            yield from describe(classification.evidence)
    for location, repair in records.repairs:
        yield _list_repair(location, repair)
        yield from describe([location])


@lru_cache(maxsize=1 << 10)
def graph_of(sha256: str) -> str:
    """Write the IRI of a capture, which is that of its named graph."""
    return iri(f"capture/{sha256[:16]}")


def make_term(form: str, text: str) -> str:
    r"""Make a term of a text in a form of the table.

    >>> make_term("year", "2024"), make_term("text", "say \"no\"")
    ('"2024"^^<http://www.w3.org/2001/XMLSchema#gYear>', '"say \\"no\\""')
    """
    if form == "class":
        return term(text)
    if form == "iri":
        return iri(text)
    start, end = FORMS[form]
    return literal(text)[:-1] + end if start == '"' else f"{start}{text}{end}"


def state_facts(facts: Facts) -> Iterator[Quad]:
    """Write one record as quads."""
    single, graphs = facts.single, facts.graphs
    for subject_field, predicate, each, make in _compile(facts.record):
        subject = iri(single[subject_field] or "")
        if not each:
            if (value := make(single, "")) is not None:
                yield from ((subject, predicate, value, graph) for graph in graphs)
            continue
        for said in facts.several[each]:
            if (value := make(single, said.value)) is not None:
                yield from ((subject, predicate, value, graph) for graph in _graphs(said.evidence) or graphs)


@cache
def _compile(record: str) -> list[tuple[str, str, str, _Make]]:
    return [(one.subject, term(one.predicate), one.each, _compile_value(one)) for one in list_statements(record)]


def _compile_value(statement: Statement) -> _Make:
    """Make what gives the term of a statement; None where it is not stated."""
    form, each, parts = statement.form, statement.each, statement.parts
    absent = [name[1:] for name in statement.when if name[0] == "!"]
    present = [name for name in statement.when if name[0] != "!"]
    present += [name for name in statement.fields if name != each]
    constant = None if statement.fields else make_term(form, statement.value)

    def make(given: _Single, value: str) -> str | None:
        if any(given[name] is None for name in present) or any(given[name] is not None for name in absent):
            return None
        if constant:
            return constant
        values = (value if name == each else given[name] for name in statement.fields)
        return make_term(form, parts[0] + "".join(f"{value}{part}" for value, part in zip(values, parts[1:], strict=True)))

    return make if present or absent or len(statement.fields) != 1 or any(parts) else lambda _, value: make_term(form, value)


def _graphs(locations: Sequence[Evidence]) -> Sequence[str]:
    if len(locations) == 1:
        return (graph_of(locations[0].capture),)
    return sorted({graph_of(location.capture) for location in locations})


def _link(locations: Iterable[Evidence]) -> list[Attested]:
    """Pieces of evidence as values, each given by itself."""
    return [Attested(location_key(location), (location,)) for location in locations]


def _list_capture(capture: Capture) -> Facts:
    graph = graph_of(capture.sha256)
    single = {
        "key": f"capture/{capture.sha256[:16]}",
        "name": capture.file_names[0],
        "sha256": capture.sha256,
        "media type": capture.media_type,
        "address": capture.url,
        "retrieved": capture.retrieved,
        "licence": capture.licence,
        "status": capture.status or _STATUS,
    }
    return Facts("capture", single, {"files": [Attested(name, ()) for name in capture.file_names]}, (graph,))


def _say_lines(evidence: Evidence) -> str:
    first, last = evidence.first_line, evidence.last_line
    return f"line {first}" if first == last else f"lines {first}–{last}"


def _list_evidence(evidence: Evidence, files: Mapping[str, str]) -> Facts:
    is_row = evidence.row is not None
    single = {
        "key": location_key(evidence),
        "file": files[evidence.capture],
        "lines": None if is_row else _say_lines(evidence),
        "capture": f"capture/{evidence.capture[:16]}",
        "first line": None if is_row else str(evidence.first_line),
        "last line": None if is_row else str(evidence.last_line),
        "row": str(evidence.row) if is_row else None,
        "column": evidence.column or None,
        "text": evidence.text,
    }
    return Facts("evidence", single, {}, (graph_of(evidence.capture),))


def _list_repair(evidence: Evidence, repair: Repair) -> Facts:
    # Lines and characters of a cell are told apart from those of another one by its own name.
    key, cell = location_key(evidence), None
    where = f"l{repair.line}-c{repair.position}-{repair.rule}"
    if evidence.row is not None:
        where = f"{key.rpartition('/')[2]}-{where}"
        cell = f"row {evidence.row}" + (f", column {evidence.column}" if evidence.column else "")
    single = {
        "key": f"capture/{evidence.capture[:16]}/repair/{where}",
        "evidence": key,
        "cell": cell,
        "rule": repair.rule,
        "before": repair.before,
        "after": repair.after,
        "line": str(repair.line),
        "position": str(repair.position),
    }
    return Facts("repair", single, {}, (graph_of(evidence.capture),))


def _list_source(source: Source) -> Facts:
    several = {
        "other title": source.titles[1:],
        "authors": source.author_lines,
        "creators": [Attested(agent.key, locations) for agent, locations in source.creators],
        "numbers": source.identifiers,
        "called": source.called,
        "issued": source.years,
        "abstract": source.abstracts,
        "addresses": source.urls,
        "evidence": _link(source.evidence),
    }
    single = {
        "key": source.key,
        "title": source.titles[0].value if source.titles else None,
        "not described": None if source.is_described else "yes",
    }
    return Facts("source", single, several, _graphs(source.evidence))


def _list_agent(agent: Agent, locations: Sequence[Evidence]) -> Facts:
    kinds = {kind: agent.kind if agent.kind == kind else None for kind in ("person", "organization", "software")}
    return Facts("agent", {"key": agent.key, "name": agent.name, **kinds}, {}, _graphs(locations))


def _list_mitigation(mitigation: Mitigation) -> Facts:
    single = {
        "key": mitigation.key,
        "name": mitigation.names[0].value if mitigation.names else None,
        "source": mitigation.source.value if mitigation.source else None,
    }
    several: dict[str, Sequence[Attested]] = {
        "other name": mitigation.names[1:],
        "identifier": mitigation.identifiers,
        "description": mitigation.descriptions,
        "part of": mitigation.part_of,
        "derived from": mitigation.derived_from,
        "reason": mitigation.reasonings,
        "evidence": _link(mitigation.evidence),
    }
    for field in (*TEXTS, *ROLES):
        several[field] = [said for name, said in (*mitigation.texts, *mitigation.roles) if name == field]
    return Facts("mitigation", single, several, _graphs(mitigation.evidence))


def _list_classification(mitigation: str, one: Classification) -> Facts:
    by = f"-{one.by}" if one.by else ""
    single = {
        "key": f"{mitigation}/classification/{one.edition}-{one.code}{by}",
        "mitigation": mitigation,
        "label": label_classification(one.edition, one.code) + (f" ({one.by})" if one.by else ""),
        "edition": one.edition,
        "code": one.code,
    }
    several = {
        "reason": one.reasonings,
        "agents": [Attested(agent.key, locations) for agent, locations in one.agents],
        "created": one.created,
        "evidence": _link(one.evidence),
    }
    return Facts("classification", single, several, _graphs(one.evidence))


def _list_subject(mitigation: str, subject: Subject, locations: Sequence[Evidence]) -> Facts:
    single = {
        "key": subject.key,
        "mitigation": mitigation,
        "scheme": subject.scheme,
        "title": subject.title,
        "notation": subject.notation or None,
        "label": subject.label or None,
    }
    return Facts("subject", single, {}, _graphs(locations))

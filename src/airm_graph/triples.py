"""Records → rows of N-Quads terms. RDF begins here, and nowhere else.

What a capture says stands in the graph of that capture; what several captures say stands in each of their graphs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from airm_graph.model import Agent, Attested, Capture, Classification, Evidence, Mitigation, Records, Repair, Source
from airm_graph.namespaces import BASE, iri, literal, term
from airm_graph.text import place_key

__all__ = ["NOTICE", "ROLE", "Row", "dataset_rows", "record_rows"]

#: Subject, predicate, object, graph as N-Quads terms.
Row = tuple[str, str, str, str]

#: The notice that travels with the data, in our words.
NOTICE = "Preliminary data: please do not share or cite."

_TYPE = term("rdf:type")
_LABEL = term("rdfs:label")
#: Vocabulary → the property for its terms.
ROLE = {"actor": term("airm:actor"), "lifecycle": term("airm:lifecycleStage"), "function": term("airm:function")}
_AGENT = {"person": term("prov:Person"), "organization": term("prov:Organization"), "software": term("prov:SoftwareAgent")}
_STATUS = "<http://purl.org/adms/status/UnderDevelopment>"
_IANA = "https://www.iana.org/assignments/media-types/"


def record_rows(records: Records, *, labels: Mapping[tuple[str, str], str]) -> Iterator[Row]:
    """Write records as rows, each once, in no particular order.

    Args:
        records: What all captures say.
        labels: (edition, notation) → label, for the labels of classifications.
    """
    seen: set[Row] = set()
    names = {capture.sha256: capture.file_names[0] for capture in records.captures}
    for row in _every_row(records, labels, names):
        if row not in seen:
            seen.add(row)
            yield row


def _every_row(records: Records, labels: Mapping[tuple[str, str], str], names: Mapping[str, str]) -> Iterator[Row]:
    for capture in records.captures:
        yield from _capture_rows(capture)
    for source in records.sources:
        yield from _source_rows(source, names)
    for mitigation in records.mitigations:
        yield from _mitigation_rows(mitigation, labels, names)
    for evidence, repair in records.repairs:
        yield from _repair_rows(evidence, repair)
        yield from _evidence_rows(evidence, names)


def capture_graph(sha256: str) -> str:
    """The IRI of a capture and of its named graph."""
    return iri(f"capture/{sha256[:16]}")


def _evidence_iri(evidence: Evidence) -> str:
    return iri(place_key(evidence))


def _capture_rows(capture: Capture) -> Iterator[Row]:
    graph = subject = capture_graph(capture.sha256)
    yield subject, _TYPE, term("airm:Capture"), graph
    yield subject, _LABEL, literal(capture.file_names[0]), graph
    for name in capture.file_names:
        yield subject, term("airm:fileName"), literal(name), graph
    yield subject, term("airm:sha256"), literal(capture.sha256), graph
    yield subject, term("dcat:mediaType"), f"<{_IANA}{capture.media_type}>", graph
    if capture.url:
        yield subject, term("dcterms:source"), f"<{capture.url}>", graph
    if capture.retrieved:
        yield subject, term("airm:retrieved"), literal(capture.retrieved, datatype="xsd:date"), graph
    if capture.licence:
        # A licence is a statement of rights: who gives one does not ask to keep the file to oneself.
        yield subject, term("dcterms:license"), f"<{capture.licence}>", graph
    yield subject, term("dcterms:rights"), f"<{capture.licence}>" if capture.licence else iri("notice/preliminary"), graph
    yield subject, term("adms:status"), f"<{capture.status}>" if capture.status else _STATUS, graph


def _evidence_rows(evidence: Evidence, names: Mapping[str, str]) -> Iterator[Row]:
    graph, subject = capture_graph(evidence.capture), _evidence_iri(evidence)
    yield subject, _TYPE, term("airm:Evidence"), graph
    yield subject, _LABEL, literal(f"{names[evidence.capture]}, {_say_lines(evidence)}"), graph
    yield subject, term("airm:capture"), graph, graph
    if evidence.row is None:
        yield subject, term("airm:firstLine"), literal(evidence.first_line), graph
        yield subject, term("airm:lastLine"), literal(evidence.last_line), graph
    else:
        yield subject, term("airm:row"), literal(evidence.row), graph
    if evidence.column:
        yield subject, term("airm:column"), literal(evidence.column), graph
    yield subject, term("airm:capturedText"), literal(evidence.text), graph


def _say_lines(evidence: Evidence) -> str:
    first, last = evidence.first_line, evidence.last_line
    if evidence.row is not None:
        return f"row {evidence.row}" + (f", column {evidence.column}" if evidence.column else "")
    return f"line {first}" if first == last else f"lines {first}–{last}"


def _repair_rows(evidence: Evidence, repair: Repair) -> Iterator[Row]:
    graph = capture_graph(evidence.capture)
    # Lines and characters of a cell are told apart from those of another one by the place of the cell.
    cell, where = (f"{place_key(evidence).rpartition('/')[2]}-", f"{_say_lines(evidence)}, ") if evidence.row is not None else ("", "")
    subject = iri(f"capture/{evidence.capture[:16]}/repair/{cell}l{repair.line}-c{repair.position}-{repair.rule}")
    yield _evidence_iri(evidence), term("airm:repair"), subject, graph
    yield subject, _TYPE, term("airm:Repair"), graph
    yield subject, _LABEL, literal(f"{repair.rule}, {where}line {repair.line}, column {repair.position}"), graph
    yield subject, term("airm:rule"), literal(repair.rule), graph
    yield subject, term("airm:before"), literal(repair.before), graph
    yield subject, term("airm:after"), literal(repair.after), graph
    yield subject, term("airm:line"), literal(repair.line), graph
    yield subject, term("airm:position"), literal(repair.position), graph


def _said(subject: str, predicate: str, value: str, evidence: Iterable[Evidence]) -> Iterator[Row]:
    """One statement in the graph of every capture that makes it."""
    for graph in sorted({capture_graph(place.capture) for place in evidence}):
        yield subject, predicate, value, graph


def _backed(subject: str, evidence: Iterable[Evidence], names: Mapping[str, str]) -> Iterator[Row]:
    """The evidence of a record, each piece in the graph of its capture."""
    for place in evidence:
        yield subject, term("airm:evidence"), _evidence_iri(place), capture_graph(place.capture)
        yield from _evidence_rows(place, names)


def _attested(subject: str, predicate: str, values: Iterable[Attested]) -> Iterator[Row]:
    for value in values:
        yield from _said(subject, predicate, literal(value.value), value.evidence)


def _source_rows(source: Source, names: Mapping[str, str]) -> Iterator[Row]:
    subject = iri(source.key)
    yield from _said(subject, _TYPE, term("airm:Source"), source.evidence)
    # The preferred title stands in every graph of the source, so that each graph is readable alone.
    for predicate in (_LABEL, term("dcterms:title")):
        yield from _said(subject, predicate, literal(source.titles[0].value), source.evidence)
    yield from _attested(subject, term("dcterms:alternative"), source.titles[1:])
    yield from _attested(subject, term("airm:authors"), source.author_lines)
    for agent, evidence in source.creators:
        yield from _said(subject, term("dcterms:creator"), iri(agent.key), evidence)
        yield from _agent_rows(agent, evidence)
    yield from _attested(subject, term("dcterms:identifier"), source.identifiers)
    for year in source.years:
        yield from _said(subject, term("dcterms:issued"), literal(year.value, datatype="xsd:gYear"), year.evidence)
    yield from _attested(subject, term("dcterms:abstract"), source.abstracts)
    for url in source.urls:
        yield from _said(subject, term("rdfs:seeAlso"), f"<{url.value}>", url.evidence)
    yield from _backed(subject, source.evidence, names)


def _agent_rows(agent: Agent, evidence: Sequence[Evidence]) -> Iterator[Row]:
    yield from _said(iri(agent.key), _TYPE, term("prov:Agent"), evidence)
    if agent.kind:
        yield from _said(iri(agent.key), _TYPE, _AGENT[agent.kind], evidence)
    yield from _said(iri(agent.key), _LABEL, literal(agent.name), evidence)


def _mitigation_rows(mitigation: Mitigation, labels: Mapping[tuple[str, str], str], names: Mapping[str, str]) -> Iterator[Row]:
    subject = iri(mitigation.key)
    yield from _said(subject, _TYPE, term("airm:Mitigation"), mitigation.evidence)
    if mitigation.names:
        yield from _said(subject, _LABEL, literal(mitigation.names[0].value), mitigation.evidence)
    yield from _attested(subject, term("skos:altLabel"), mitigation.names[1:])
    yield from _attested(subject, term("dcterms:identifier"), mitigation.identifiers)
    yield from _attested(subject, term("dcterms:description"), mitigation.descriptions)
    yield from _attested(subject, term("skos:note"), mitigation.notes)
    yield from _said(subject, term("airm:source"), iri(mitigation.source.value), mitigation.evidence)
    for vocabulary, role in mitigation.roles:
        yield from _said(subject, ROLE[vocabulary], iri(f"{vocabulary}/{role.value}"), role.evidence)
    for parent in mitigation.part_of:
        yield from _said(subject, term("airm:partOf"), iri(parent.value), parent.evidence)
    for classification in mitigation.classifications:
        yield from _classification_rows(mitigation, classification, labels, names)
    yield from _backed(subject, mitigation.evidence, names)


def _classification_rows(
    mitigation: Mitigation, classification: Classification, labels: Mapping[tuple[str, str], str], names: Mapping[str, str]
) -> Iterator[Row]:
    edition, code, by = classification.edition, classification.code, classification.by
    subject = iri(f"{mitigation.key}/classification/{edition}-{code}" + (f"-{by}" if by else ""))
    label = " ".join(part for part in (edition, code, labels.get((edition, code), ""), by and f"({by})") if part)
    yield from _said(iri(mitigation.key), term("airm:classification"), subject, classification.evidence)
    yield from _said(subject, _TYPE, term("airm:Classification"), classification.evidence)
    yield from _said(subject, _LABEL, literal(label), classification.evidence)
    yield from _said(subject, term("airm:assignedCode"), iri(f"taxonomy/{edition}/{code}"), classification.evidence)
    yield from _attested(subject, term("airm:reasoning"), classification.reasonings)
    for agent, evidence in classification.agents:
        yield from _said(subject, term("prov:wasAttributedTo"), iri(agent.key), evidence)
        yield from _agent_rows(agent, evidence)
    for day in classification.created:
        yield from _said(subject, term("dcterms:created"), literal(day.value, datatype="xsd:date"), day.evidence)
    yield from _backed(subject, classification.evidence, names)


def dataset_rows(
    *, version: str, files: Sequence[tuple[str, str]], counts: Mapping[str, int], issued: str | None = None, base: str = BASE
) -> Iterator[Row]:
    """Describe the dataset: what it is, in what state, under which notice, in which files.

    Args:
        version: Version of the release.
        files: (file name, media type) of each export.
        counts: Name of a class of the ontology → number of its instances.
        issued: Date (YYYY-MM-DD), when one is given.
        base: Base IRI of the build, for ``void:uriSpace``.
    """
    graph, dataset, release = iri("graph/dataset"), iri("dataset"), iri(f"dataset/{version}")
    for subject, label in ((dataset, "AI risk mitigations"), (release, f"AI risk mitigations, release {version}")):
        yield from ((subject, _TYPE, term(name), graph) for name in ("dcat:Dataset", "void:Dataset"))
        for predicate in (_LABEL, term("dcterms:title")):
            yield subject, predicate, literal(label, language="en"), graph
        yield subject, term("dcterms:description"), literal(_DESCRIPTION, language="en"), graph
        yield subject, term("dcterms:conformsTo"), iri("ontology"), graph
        yield subject, term("dcterms:rights"), iri("notice/preliminary"), graph
        yield subject, term("adms:status"), _STATUS, graph
        yield subject, term("void:uriSpace"), literal(base), graph
        yield subject, term("void:vocabulary"), iri("ontology"), graph
    yield dataset, term("dcterms:hasVersion"), release, graph
    yield release, term("dcterms:isVersionOf"), dataset, graph
    yield release, term("owl:versionInfo"), literal(version), graph
    if issued:
        yield release, term("dcterms:issued"), literal(issued, datatype="xsd:date"), graph
    yield from _notice_rows(graph)
    yield from _file_rows(release, version, files, graph)
    yield from _count_rows(release, version, counts, graph)


_DESCRIPTION = (
    "Measures against AI risk as documents state them, sorted under a code taxonomy, with actor, lifecycle stage, "
    "risk-management function and the captured lines that every statement rests on."
)


def _notice_rows(graph: str) -> Iterator[Row]:
    notice = iri("notice/preliminary")
    yield notice, _TYPE, term("dcterms:RightsStatement"), graph
    yield notice, _LABEL, literal(NOTICE, language="en"), graph
    text = "The pages behind this data call it preliminary and ask not to share or cite it. This is neither a licence nor an access right."
    yield notice, term("dcterms:description"), literal(text, language="en"), graph


def _file_rows(release: str, version: str, files: Sequence[tuple[str, str]], graph: str) -> Iterator[Row]:
    for name, media_type in files:
        subject = iri(f"dataset/{version}/{name}")
        yield release, term("dcat:distribution"), subject, graph
        yield subject, _TYPE, term("dcat:Distribution"), graph
        yield subject, _LABEL, literal(name), graph
        yield subject, term("dcterms:title"), literal(name), graph
        yield subject, term("dcat:mediaType"), f"<{_IANA}{media_type}>", graph
        yield subject, term("dcterms:rights"), iri("notice/preliminary"), graph


def _count_rows(release: str, version: str, counts: Mapping[str, int], graph: str) -> Iterator[Row]:
    for name, count in sorted(counts.items()):
        subject = iri(f"dataset/{version}/{name.lower()}")
        yield release, term("void:classPartition"), subject, graph
        yield subject, _LABEL, literal(f"instances of {name}", language="en"), graph
        yield subject, term("void:class"), term(f"airm:{name}"), graph
        yield subject, term("void:entities"), literal(count), graph

"""The description of the dataset as quads: what it is, in what state, under which notice, in which
files.
"""

from collections.abc import Iterator, Mapping, Sequence

from airm_graph.namespaces import BASE, iri, literal, term
from airm_graph.notice import NOTICE
from airm_graph.terms import Quad

__all__ = ["describe_dataset"]


_TYPE = term("rdf:type")
_LABEL = term("rdfs:label")
_STATUS = "<http://purl.org/adms/status/UnderDevelopment>"
_IANA = "https://www.iana.org/assignments/media-types/"


def describe_dataset(
    *,
    version: str,
    files: Sequence[tuple[str, str]],
    counts: Mapping[str, int],
    issued: str | None = None,
    base: str = BASE,
    published: str | None = None,
) -> Iterator[Quad]:
    """Describe the dataset: what it is, in what state, under which notice, in which files.

    Args:
        version: Version of the release.
        files: (file name, media type) of each export.
        counts: Name of a class of the ontology → number of its instances.
        issued: Date (YYYY-MM-DD), when one is given.
        base: Base IRI of the build, for ``void:uriSpace``.
        published: Address of the folder in which people find the files, with a slash at its end;
            None where it is not known.
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
    yield from _file_rows(release, version, files, graph, published)
    yield from _count_rows(release, version, counts, graph)


_DESCRIPTION = (
    "Measures against AI risk as documents state them, sorted under a code taxonomy, with actor, lifecycle stage, "
    "risk-management function and the captured lines that every statement rests on."
)


def _notice_rows(graph: str) -> Iterator[Quad]:
    notice = iri("notice/preliminary")
    yield notice, _TYPE, term("dcterms:RightsStatement"), graph
    yield notice, _LABEL, literal(NOTICE, language="en"), graph
    text = "The pages behind this data call it preliminary and ask not to share or cite it. This is neither a licence nor an access right."
    yield notice, term("dcterms:description"), literal(text, language="en"), graph


def _file_rows(release: str, version: str, files: Sequence[tuple[str, str]], graph: str, published: str | None) -> Iterator[Quad]:
    for name, media_type in files:
        subject = iri(f"dataset/{version}/{name}")
        yield release, term("dcat:distribution"), subject, graph
        yield subject, _TYPE, term("dcat:Distribution"), graph
        yield subject, _LABEL, literal(name), graph
        yield subject, term("dcterms:title"), literal(name), graph
        yield subject, term("dcat:mediaType"), f"<{_IANA}{media_type}>", graph
        yield subject, term("dcterms:rights"), iri("notice/preliminary"), graph
        if published:
            yield from ((subject, term(said), f"<{published}{name}>", graph) for said in ("dcat:accessURL", "dcat:downloadURL"))
            # The classes that DCAT-AP asks for, though the properties say them already.
            yield f"<{published}{name}>", _TYPE, term("rdfs:Resource"), graph
            yield f"<{_IANA}{media_type}>", _TYPE, term("dcterms:MediaType"), graph
    if published:
        yield iri("ontology"), _TYPE, term("dcterms:Standard"), graph


def _count_rows(release: str, version: str, counts: Mapping[str, int], graph: str) -> Iterator[Quad]:
    for name, count in sorted(counts.items()):
        subject = iri(f"dataset/{version}/{name.lower()}")
        yield release, term("void:classPartition"), subject, graph
        yield subject, _LABEL, literal(f"instances of {name}", language="en"), graph
        yield subject, term("void:class"), term(f"airm:{name}"), graph
        yield subject, term("void:entities"), literal(count), graph

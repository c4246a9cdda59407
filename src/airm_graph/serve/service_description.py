"""Describe the server for programs: service description, VoID, prefixes, example queries.

Every node has an IRI below the base, hash terms of ``.well-known/void``, for published data has no
blank nodes.

Source:
    SPARQL 1.1 Service Description; Describing Linked Datasets with the VoID Vocabulary, section 4.2
    (partitions); SHACL 1.1 draft and SHACL, sections 5.2.1 (prefix declarations) and SHACL-AF 5
    (``sh:SPARQLExecutable``).
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from airm_graph.graph.store import Store
from airm_graph.namespaces import BASE, PREFIXES, literal, rebase_text, term
from airm_graph.query.library import Query, bind_query
from airm_graph.terms import Quad

__all__ = ["SERVICE_GRAPH", "SERVICE_PREFIXES", "describe_service"]

#: Path below the base of the named graph that holds the description.
SERVICE_GRAPH = "graph/service"
_WELL_KNOWN = ".well-known/void"
#: Prefixes of the vocabularies that only the description uses.
SERVICE_PREFIXES = {
    "foaf": "http://xmlns.com/foaf/0.1/",
    "formats": "http://www.w3.org/ns/formats/",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
}
_FORMATS = (
    "JSON-LD",
    "N-Triples",
    "RDF_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_JSON",
    "SPARQL_Results_TSV",
    "SPARQL_Results_XML",
    "Turtle",
)
_TYPE, _LABEL = term("rdf:type"), term("rdfs:label")


def describe_service(store: Store, *, queries: Iterable[Query], base: str = BASE, endpoint: str) -> Iterator[Quad]:
    """Describe endpoint, dataset, graphs, classes and properties used, prefixes and queries.

    Args:
        store: The data; read, never changed. A description that it holds already is not counted.
        queries: The query library.
        base: What the IRIs of the project begin with.
        endpoint: Address of the endpoint.
    """
    names = _Names(base)
    graphs = [name for name in store.list_graphs() if name != f"{base}{SERVICE_GRAPH}"]
    yield from _describe_document(names)
    yield from _describe_endpoint(names, endpoint)
    for graph in graphs:
        yield from _describe_graph(names, store, graph)
    rows = {row[:3] for graph in graphs for row in store.find_rows(graph=graph)}
    yield from _describe_partitions(names, rows)
    yield from _declare_prefixes(names)
    for query in queries:
        yield from _describe_query(names, query, endpoint)


class _Names:
    """Makes IRIs of the description."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.document = f"<{base}{_WELL_KNOWN}>"
        self.dataset = f"<{base}dataset>"

    def node(self, name: str) -> str:
        return f"<{self.base}{_WELL_KNOWN}#{name}>"

    def term(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"<{SERVICE_PREFIXES[prefix]}{local}>" if prefix in SERVICE_PREFIXES else rebase_text(term(name), self.base)


def _describe_document(names: _Names) -> Iterator[Quad]:
    yield names.document, _TYPE, names.term("void:DatasetDescription"), ""
    yield names.document, _LABEL, literal("What this server holds and how to ask it", language="en"), ""
    yield names.document, names.term("foaf:primaryTopic"), names.dataset, ""
    yield names.document, names.term("foaf:topic"), names.node("service"), ""


def _describe_endpoint(names: _Names, endpoint: str) -> Iterator[Quad]:
    service = names.node("service")
    yield service, _TYPE, names.term("sd:Service"), ""
    yield service, _LABEL, literal("SPARQL endpoint, read-only", language="en"), ""
    yield service, names.term("sd:endpoint"), f"<{endpoint}>", ""
    yield service, names.term("sd:supportedLanguage"), names.term("sd:SPARQL11Query"), ""
    yield service, names.term("sd:feature"), names.term("sd:UnionDefaultGraph"), ""
    for name in _FORMATS:
        yield service, names.term("sd:resultFormat"), names.term(f"formats:{name}"), ""
    yield service, names.term("sd:defaultDataset"), names.dataset, ""
    yield names.dataset, _TYPE, names.term("sd:Dataset"), ""
    yield names.dataset, _TYPE, names.term("void:Dataset"), ""
    yield names.dataset, names.term("sd:defaultGraph"), names.node("default-graph"), ""
    yield names.dataset, names.term("void:sparqlEndpoint"), f"<{endpoint}>", ""
    yield names.dataset, names.term("void:uriSpace"), literal(names.base), ""
    yield names.node("default-graph"), _TYPE, names.term("sd:Graph"), ""
    yield names.node("default-graph"), _LABEL, literal("union of all named graphs", language="en"), ""


def _describe_graph(names: _Names, store: Store, graph: str) -> Iterator[Quad]:
    node = names.node(f"graph-{graph.removeprefix(names.base).replace('/', '-')}")
    yield names.dataset, names.term("sd:namedGraph"), node, ""
    yield node, _TYPE, names.term("sd:NamedGraph"), ""
    yield node, names.term("sd:name"), f"<{graph}>", ""
    yield node, names.term("sd:graph"), f"<{graph}>", ""
    yield f"<{graph}>", _TYPE, names.term("sd:Graph"), ""
    yield f"<{graph}>", names.term("void:triples"), literal(sum(1 for _ in store.find_rows(graph=graph))), ""


def _describe_partitions(names: _Names, rows: set[tuple[str, str, str]]) -> Iterator[Quad]:
    """Count by class, by property, and inside a class by property."""
    classes: dict[str, set[str]] = {}
    for s, p, o in rows:
        if p == _TYPE and o.startswith("<"):
            classes.setdefault(s, set()).add(o)
    instances = Counter(name for found in classes.values() for name in found)
    properties = Counter(p for _, p, _ in rows)
    inside = Counter((name, p) for s, p, _ in rows for name in classes.get(s, ()))
    yield names.dataset, names.term("void:triples"), literal(len(rows)), ""
    yield names.dataset, names.term("void:classes"), literal(len(instances)), ""
    yield names.dataset, names.term("void:properties"), literal(len(properties)), ""
    yield names.dataset, names.term("void:distinctSubjects"), literal(len({s for s, _, _ in rows})), ""
    yield names.dataset, names.term("void:distinctObjects"), literal(len({o for _, _, o in rows})), ""
    for name, count in sorted(instances.items()):
        node = names.node(f"class-{_shorten(names, name)}")
        yield names.dataset, names.term("void:classPartition"), node, ""
        yield node, names.term("void:class"), name, ""
        yield node, names.term("void:entities"), literal(count), ""
    for (name, p), count in sorted(inside.items()):
        node = names.node(f"class-{_shorten(names, name)}-{_shorten(names, p)}")
        yield names.node(f"class-{_shorten(names, name)}"), names.term("void:propertyPartition"), node, ""
        yield node, names.term("void:property"), p, ""
        yield node, names.term("void:triples"), literal(count), ""
    for p, count in sorted(properties.items()):
        node = names.node(f"property-{_shorten(names, p)}")
        yield names.dataset, names.term("void:propertyPartition"), node, ""
        yield node, names.term("void:property"), p, ""
        yield node, names.term("void:triples"), literal(count), ""


def _shorten(names: _Names, name: str) -> str:
    """Make a name for a partition: prefix and local name, or letters and digits of the IRI."""
    for prefix, namespace in PREFIXES.items():
        local = name[1:-1].removeprefix(rebase_text(namespace, names.base))
        if local != name[1:-1] and local.replace("-", "").replace("_", "").isalnum() and local.isascii():
            return f"{prefix}-{local}"
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in name[1:-1])


def _declare_prefixes(names: _Names) -> Iterator[Quad]:
    owner = names.node("prefixes")
    yield owner, _TYPE, names.term("owl:Ontology"), ""
    yield owner, _LABEL, literal("prefixes for queries", language="en"), ""
    for prefix, namespace in {**PREFIXES, **SERVICE_PREFIXES}.items():
        node = names.node(f"prefix-{prefix}")
        yield owner, names.term("sh:declare"), node, ""
        yield node, _TYPE, names.term("sh:PrefixDeclaration"), ""
        yield node, names.term("sh:prefix"), literal(prefix), ""
        yield node, names.term("sh:namespace"), literal(rebase_text(namespace, names.base), datatype="xsd:anyURI"), ""


def _describe_query(names: _Names, query: Query, endpoint: str) -> Iterator[Quad]:
    node = f"<{names.base}query/{query.name}>"
    text = bind_query(query, query.examples, base=names.base)
    for name in ("sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"):
        yield node, _TYPE, names.term(name), ""
    yield node, _LABEL, literal(query.summary, language="en"), ""
    yield node, names.term("rdfs:comment"), literal(query.summary, language="en"), ""
    yield node, names.term("dcterms:description"), literal(query.description, language="en"), ""
    yield node, names.term("sh:select"), literal(text.strip() + "\n"), ""
    yield node, names.term("sh:prefixes"), names.node("prefixes"), ""
    yield node, names.term("schema:target"), f"<{endpoint}>", ""
    for tag in query.tags:
        yield node, names.term("schema:keywords"), literal(tag), ""

"""What the server says of itself, so that programs find their way: service description, VoID, prefixes, example queries.

Every node has an IRI below the base, hash terms of ``.well-known/void``, for published data has no blank nodes.

Source:
    SPARQL 1.1 Service Description; Describing Linked Datasets with the VoID Vocabulary, section 4.2 (partitions); SHACL 1.1 draft and
    SHACL, sections 5.2.1 (prefix declarations) and SHACL-AF 5 (``sh:SPARQLExecutable``).
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from airm_graph.graph.store import Row, Store
from airm_graph.namespaces import BASE, PREFIXES, literal, rebase_text, term
from airm_graph.query.library import Query, bind_query

__all__ = ["SERVICE_PREFIXES", "WELL_KNOWN", "service_rows"]

#: Path of the description below the base.
WELL_KNOWN = ".well-known/void"
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


def service_rows(store: Store, *, queries: Iterable[Query], base: str = BASE, endpoint: str) -> Iterator[Row]:
    """Describe the endpoint, the dataset and its graphs, the classes and properties used, prefixes and the query library.

    Args:
        store: The data; a description that it already holds is not counted.
        queries: The query library.
        base: What the IRIs of the project begin with.
        endpoint: Address of the endpoint.
    """
    about = _About(base)
    graphs = [name for name in store.list_graphs() if name != f"{base}graph/service"]
    yield from _describe_document(about)
    yield from _describe_endpoint(about, endpoint)
    for graph in graphs:
        yield from _describe_graph(about, store, graph)
    rows = {row[:3] for graph in graphs for row in store.find_rows(graph=graph)}
    yield from _describe_partitions(about, rows)
    yield from _declare_prefixes(about)
    for query in queries:
        yield from _describe_query(about, query, endpoint)


class _About:
    """IRIs of the description."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.document = f"<{base}{WELL_KNOWN}>"
        self.dataset = f"<{base}dataset>"

    def node(self, name: str) -> str:
        return f"<{self.base}{WELL_KNOWN}#{name}>"

    def term(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"<{SERVICE_PREFIXES[prefix]}{local}>" if prefix in SERVICE_PREFIXES else rebase_text(term(name), self.base)


def _describe_document(about: _About) -> Iterator[Row]:
    yield about.document, _TYPE, about.term("void:DatasetDescription"), ""
    yield about.document, _LABEL, literal("What this server holds and how to ask it", language="en"), ""
    yield about.document, about.term("foaf:primaryTopic"), about.dataset, ""
    yield about.document, about.term("foaf:topic"), about.node("service"), ""


def _describe_endpoint(about: _About, endpoint: str) -> Iterator[Row]:
    service = about.node("service")
    yield service, _TYPE, about.term("sd:Service"), ""
    yield service, _LABEL, literal("SPARQL endpoint, read-only", language="en"), ""
    yield service, about.term("sd:endpoint"), f"<{endpoint}>", ""
    yield service, about.term("sd:supportedLanguage"), about.term("sd:SPARQL11Query"), ""
    yield service, about.term("sd:feature"), about.term("sd:UnionDefaultGraph"), ""
    for name in _FORMATS:
        yield service, about.term("sd:resultFormat"), about.term(f"formats:{name}"), ""
    yield service, about.term("sd:defaultDataset"), about.dataset, ""
    yield about.dataset, _TYPE, about.term("sd:Dataset"), ""
    yield about.dataset, _TYPE, about.term("void:Dataset"), ""
    yield about.dataset, about.term("sd:defaultGraph"), about.node("default-graph"), ""
    yield about.dataset, about.term("void:sparqlEndpoint"), f"<{endpoint}>", ""
    yield about.dataset, about.term("void:uriSpace"), literal(about.base), ""
    yield about.node("default-graph"), _TYPE, about.term("sd:Graph"), ""
    yield about.node("default-graph"), _LABEL, literal("union of all named graphs", language="en"), ""


def _describe_graph(about: _About, store: Store, graph: str) -> Iterator[Row]:
    node = about.node(f"graph-{graph.removeprefix(about.base).replace('/', '-')}")
    yield about.dataset, about.term("sd:namedGraph"), node, ""
    yield node, _TYPE, about.term("sd:NamedGraph"), ""
    yield node, about.term("sd:name"), f"<{graph}>", ""
    yield node, about.term("sd:graph"), f"<{graph}>", ""
    yield f"<{graph}>", _TYPE, about.term("sd:Graph"), ""
    yield f"<{graph}>", about.term("void:triples"), literal(sum(1 for _ in store.find_rows(graph=graph))), ""


def _describe_partitions(about: _About, rows: set[tuple[str, str, str]]) -> Iterator[Row]:
    """Partitions by class and property, and inside a class by property."""
    classes: dict[str, set[str]] = {}
    for s, p, o in rows:
        if p == _TYPE and o.startswith("<"):
            classes.setdefault(s, set()).add(o)
    instances = Counter(name for names in classes.values() for name in names)
    properties = Counter(p for _, p, _ in rows)
    inside = Counter((name, p) for s, p, _ in rows for name in classes.get(s, ()))
    yield about.dataset, about.term("void:triples"), literal(len(rows)), ""
    yield about.dataset, about.term("void:classes"), literal(len(instances)), ""
    yield about.dataset, about.term("void:properties"), literal(len(properties)), ""
    yield about.dataset, about.term("void:distinctSubjects"), literal(len({s for s, _, _ in rows})), ""
    yield about.dataset, about.term("void:distinctObjects"), literal(len({o for _, _, o in rows})), ""
    for name, count in sorted(instances.items()):
        node = about.node(f"class-{_shorten(about, name)}")
        yield about.dataset, about.term("void:classPartition"), node, ""
        yield node, about.term("void:class"), name, ""
        yield node, about.term("void:entities"), literal(count), ""
    for (name, p), count in sorted(inside.items()):
        node = about.node(f"class-{_shorten(about, name)}-{_shorten(about, p)}")
        yield about.node(f"class-{_shorten(about, name)}"), about.term("void:propertyPartition"), node, ""
        yield node, about.term("void:property"), p, ""
        yield node, about.term("void:triples"), literal(count), ""
    for p, count in sorted(properties.items()):
        node = about.node(f"property-{_shorten(about, p)}")
        yield about.dataset, about.term("void:propertyPartition"), node, ""
        yield node, about.term("void:property"), p, ""
        yield node, about.term("void:triples"), literal(count), ""


def _shorten(about: _About, name: str) -> str:
    """A name for a partition: prefix and local name, or letters and digits of the IRI."""
    for prefix, namespace in PREFIXES.items():
        local = name[1:-1].removeprefix(rebase_text(namespace, about.base))
        if local != name[1:-1] and local.replace("-", "").replace("_", "").isalnum() and local.isascii():
            return f"{prefix}-{local}"
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in name[1:-1])


def _declare_prefixes(about: _About) -> Iterator[Row]:
    owner = about.node("prefixes")
    yield owner, _TYPE, about.term("owl:Ontology"), ""
    yield owner, _LABEL, literal("prefixes for queries", language="en"), ""
    for prefix, namespace in {**PREFIXES, **SERVICE_PREFIXES}.items():
        node = about.node(f"prefix-{prefix}")
        yield owner, about.term("sh:declare"), node, ""
        yield node, _TYPE, about.term("sh:PrefixDeclaration"), ""
        yield node, about.term("sh:prefix"), literal(prefix), ""
        yield node, about.term("sh:namespace"), literal(rebase_text(namespace, about.base), datatype="xsd:anyURI"), ""


def _describe_query(about: _About, query: Query, endpoint: str) -> Iterator[Row]:
    node = f"<{about.base}query/{query.name}>"
    # An example shall run as it stands.
    examples = {p.name: p.example for p in query.parameters if p.required and p.example is not None}
    text = bind_query(query, examples, base=about.base)
    for name in ("sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"):
        yield node, _TYPE, about.term(name), ""
    yield node, _LABEL, literal(query.summary, language="en"), ""
    yield node, about.term("rdfs:comment"), literal(query.summary, language="en"), ""
    yield node, about.term("dcterms:description"), literal(query.description, language="en"), ""
    yield node, about.term("sh:select"), literal(text.strip() + "\n"), ""
    yield node, about.term("sh:prefixes"), about.node("prefixes"), ""
    yield node, about.term("schema:target"), f"<{endpoint}>", ""
    for tag in query.tags:
        yield node, about.term("schema:keywords"), literal(tag), ""

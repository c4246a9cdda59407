"""Read the project's own documents: ontology, shapes, alignments.

They are served under their IRIs and are no part of the data that queries ask.
"""

from collections.abc import Mapping, Sequence

from airm_graph.graph.store import Store, parse_rows
from airm_graph.namespaces import PREFIXES, rebase_text
from airm_graph.resources import find_resource, read_resource
from airm_graph.serve.resource_description import Resource, Rows, describe_document, describe_resource, list_described_rows
from airm_graph.terms import Quad

__all__ = ["describe_known", "find_document_graphs", "find_document_rows", "load_documents", "read_documents"]

#: Folder to path below the base.
_FOLDERS = {"shapes": "shapes", "ontology/alignments": "alignment"}


def read_documents(base: str) -> dict[str, str]:
    """Read the Turtle files by their IRIs: people prefer them as they were written."""
    found = {f"{base}ontology": read_resource("ontology/airm.ttl")}
    for folder, path in _FOLDERS.items():
        found |= {f"{base}{path}/{file.stem}": file.read_text(encoding="utf-8") for file in sorted(find_resource(folder).glob("*.ttl"))}
    return {iri: rebase_text(text, base) for iri, text in found.items()}


def load_documents(texts: Mapping[str, str], *, base: str) -> Store:
    """Load shapes and alignments, each into a named graph; the ontology is in the data already."""
    store = Store()
    for iri, text in texts.items():
        if iri != f"{base}ontology":
            store.add_rows((*row[:3], f"<{iri}>") for row in parse_rows(text.encode(), name=iri, suffix=".ttl"))
    return store


def find_document_graphs(store: Rows, iri: str, *, base: str) -> list[str]:
    """Find the named graphs that the IRI of a document stands for.

    Returns:
        Its own, that of the version it names, or for ``shapes`` those of all its files; none for
        any other IRI.
    """
    graphs = store.list_graphs()
    if iri in graphs:
        return [iri]
    ontology = f"{base}ontology"
    if iri in {ontology, *(o[1:-1] for _, p, o, _ in store.find_rows(subject=ontology) if p == f"<{PREFIXES['owl']}versionIRI>")}:
        return [name for name in graphs if name == f"{base}graph/ontology"]
    return [name for name in graphs if iri == f"{base}shapes" and name.startswith(f"{iri}/")]


def find_document_rows(iri: str, *, data: Rows, documents: Rows, base: str) -> Sequence[Quad]:
    """Find the statements of a document: a whole named graph, or those around a resource.

    Returns:
        Sorted, without graphs; empty where nothing is known of the IRI.
    """
    for rows in (data, documents):
        graphs = find_document_graphs(rows, iri, base=base)
        if found := sorted({(*row[:3], "") for name in graphs for row in rows.find_rows(graph=name)}):
            return found
    return list_described_rows(data, iri, base=base) or list_described_rows(documents, iri, base=base)


def describe_known(iri: str, *, data: Rows, documents: Rows, base: str) -> Resource | None:
    """Describe a resource of the data or of the documents, or a document; None where nothing is
    known of it.
    """
    found = describe_resource((data, documents), iri, base=base)
    if found is None and (rows := find_document_rows(iri, data=data, documents=documents, base=base)):
        found = describe_document(documents, iri, rows=rows)
    return found

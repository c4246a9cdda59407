"""Write JSON-LD into pages, so that crawlers get the data that people see.

In expanded form it needs no context and fetches none.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from airm_graph.namespaces import PREFIXES
from airm_graph.query.answers import split_term
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.resource_description import Pair, Resource

__all__ = ["embed_dataset", "embed_resource"]

_TYPE = f"{PREFIXES['rdf']}type"
_SCHEMA = "https://schema.org/"
_STRING = f"{PREFIXES['xsd']}string"


def embed_resource(resource: Resource) -> list[dict[str, Any]]:
    """Write the statements of a resource as JSON-LD.

    >>> statements = (("urn:p", '"x"@en'),)
    >>> embed_resource(Resource("urn:a", (), "", statements, {}, (), 0, {}, {}, (), 0, False, ()))
    [{'@id': 'urn:a', 'urn:p': [{'@value': 'x', '@language': 'en'}]}]
    """
    return [{"@id": resource.iri, **_write_statements(resource.statements)}]


def embed_dataset(info: DatasetInfo, *, name: str, description: str) -> list[dict[str, Any]]:
    """Describe the dataset for search engines that look for datasets."""
    files = [
        {
            "@type": [f"{_SCHEMA}DataDownload"],
            f"{_SCHEMA}contentUrl": [{"@id": info.base + path}],
            f"{_SCHEMA}encodingFormat": [{"@value": media_type}],
        }
        for path, (_, media_type, *_) in sorted(info.files.items())
    ]
    return [
        {
            "@id": f"{info.base}dataset",
            "@type": [f"{_SCHEMA}Dataset"],
            f"{_SCHEMA}name": [{"@value": name, "@language": "en"}],
            f"{_SCHEMA}description": [{"@value": f"{description} {info.notice}", "@language": "en"}],
            f"{_SCHEMA}creativeWorkStatus": [{"@value": info.notice, "@language": "en"}],
            f"{_SCHEMA}distribution": files,
        }
    ]


def _write_statements(statements: Iterable[Pair]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for predicate, term in statements:
        if predicate == _TYPE and term.startswith("<"):
            found.setdefault("@type", []).append(term[1:-1])
        else:
            found.setdefault(predicate, []).append(_write_term(term))
    return found


def _write_term(term: str) -> dict[str, str]:
    kind, text, datatype, language = split_term(term)
    if kind != "literal":
        return {"@id": text if kind == "uri" else f"_:{text}"}
    if language:
        return {"@value": text, "@language": language}
    return {"@value": text, "@type": datatype} if datatype and datatype != _STRING else {"@value": text}

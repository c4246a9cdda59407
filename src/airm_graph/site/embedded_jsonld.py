"""Write JSON-LD into pages, so that crawlers get the data that people see, and beside them.

In expanded form it needs no context and fetches none.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from airm_graph.namespaces import BASE, PREFIXES, rebase_text, term
from airm_graph.query.answers import split_term
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.resource_description import Pair, Resource
from airm_graph.terms import Quad

__all__ = ["JOIN", "embed_dataset", "embed_resource", "embed_rows", "write_node"]

#: What stands between the nodes of a document.
JOIN = ",\n"
_COMMA = ", "
_quote = json.JSONEncoder(ensure_ascii=False).encode
_TYPE = f"{PREFIXES['rdf']}type"
_SCHEMA = "https://schema.org/"
_STRING = f"{PREFIXES['xsd']}string"
# What search engines know that is true of each kind of thing, and what they call its texts.
_SCHEMA_TYPES = {
    "airm:Mitigation": "Intangible",
    "airm:Source": "CreativeWork",
    "skos:ConceptScheme": "DefinedTermSet",
    "skos:Concept": "DefinedTerm",
    "dcat:Dataset": "Dataset",
}
_SCHEMA_TEXTS = {
    "dcterms:description": "description",
    "dcterms:abstract": "abstract",
    "skos:notation": "termCode",
    "dcterms:issued": "datePublished",
}


def embed_resource(resource: Resource, *, base: str = BASE) -> list[dict[str, Any]]:
    """Write the statements of a resource as JSON-LD, with what schema.org has terms for.

    >>> statements = (("urn:p", '"x"@en'),)
    >>> embed_resource(Resource("urn:a", (), "", statements, {}, (), 0, {}, {}, (), 0, False, ()))
    [{'@id': 'urn:a', 'urn:p': [{'@value': 'x', '@language': 'en'}]}]
    """
    found = {"@id": resource.iri, **_write_statements(resource.statements)}
    kind = next((kind for iri, kind in _list_types(base).items() if iri in resource.types), "")
    if kind:
        found["@type"] = [*found.get("@type", ()), _SCHEMA + kind]
        found[f"{_SCHEMA}name"] = [{"@value": resource.label}] if resource.label else []
        for name, said in _SCHEMA_TEXTS.items():
            texts = resource.texts(_expand(name))
            found |= {_SCHEMA + said: [{"@value": text} for text in texts]} if texts else {}
    return [found]


def embed_rows(rows: Iterable[Quad]) -> bytes:
    """Write statements as a JSON-LD document, one object for each subject.

    >>> embed_rows([("<urn:a>", "<urn:p>", "<urn:b>", "")]).strip()
    b'[{"@id": "urn:a", "urn:p": [{"@id": "urn:b"}]}]'
    """
    about: dict[str, list[Pair]] = {}
    for s, p, o, _ in rows:
        about.setdefault(s[1:-1] if s.startswith("<") else s, []).append((p[1:-1], o))
    return f"[{JOIN.join(write_node(subject, about[subject]) for subject in sorted(about))}]\n".encode()


def write_node(subject: str, statements: Iterable[Pair]) -> str:
    """Write the statements about a subject as an object of JSON-LD; nodes of a document are joined
    by `JOIN`.
    """
    found: dict[str, list[str]] = {}
    for predicate, value in statements:
        is_type = predicate == _TYPE and value.startswith("<")
        found.setdefault("@type" if is_type else predicate, []).append(_quote(value[1:-1]) if is_type else _write_json(value))
    return f'{{"@id": {_quote(subject)}{"".join([f", {_quote(name)}: [{_COMMA.join(found[name])}]" for name in found])}}}'


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


@cache
def _expand(name: str) -> str:
    return term(name)[1:-1]


@cache
def _list_types(base: str) -> Mapping[str, str]:
    return {iri: kind for name, kind in _SCHEMA_TYPES.items() for iri in (_expand(name), rebase_text(_expand(name), base))}


def _write_statements(statements: Iterable[Pair]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for predicate, value in statements:
        if predicate == _TYPE and value.startswith("<"):
            found.setdefault("@type", []).append(value[1:-1])
        else:
            found.setdefault(predicate, []).append(_write_term(value))
    return found


def _write_json(value: str) -> str:
    """Write a term as `_write_term` makes it; values need no encoder of their own."""
    return "{" + _COMMA.join([f'"{name}": {_quote(text)}' for name, text in _write_term(value).items()]) + "}"


def _write_term(value: str) -> dict[str, str]:
    kind, text, datatype, language = split_term(value)
    if kind != "literal":
        return {"@id": text if kind == "uri" else f"_:{text}"}
    if language:
        return {"@value": text, "@language": language}
    return {"@value": text, "@type": datatype} if datatype and datatype != _STRING else {"@value": text}

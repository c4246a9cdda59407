"""Write JSON-LD into pages, so that crawlers get the data that people see, and beside them.

In expanded form it needs no context and fetches none.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from airm_graph.namespaces import BASE, PREFIXES, rebase_text, term
from airm_graph.query.answers import split_term
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.resource_description import Pair, Resource
from airm_graph.terms import Quad

__all__ = ["embed_dataset", "embed_resource", "embed_rows"]

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
    types = set(resource.types)
    kind = next((kind for name, kind in _SCHEMA_TYPES.items() if _expand(name) in types or rebase_text(_expand(name), base) in types), "")
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
    found = [{"@id": subject, **_write_statements(about[subject])} for subject in sorted(about)]
    return b"[" + b",\n".join(json.dumps(node, ensure_ascii=False).encode() for node in found) + b"]\n"


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


def _expand(name: str) -> str:
    return term(name)[1:-1]


def _write_statements(statements: Iterable[Pair]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for predicate, value in statements:
        if predicate == _TYPE and value.startswith("<"):
            found.setdefault("@type", []).append(value[1:-1])
        else:
            found.setdefault(predicate, []).append(_write_term(value))
    return found


def _write_term(value: str) -> dict[str, str]:
    kind, text, datatype, language = split_term(value)
    if kind != "literal":
        return {"@id": text if kind == "uri" else f"_:{text}"}
    if language:
        return {"@value": text, "@language": language}
    return {"@value": text, "@type": datatype} if datatype and datatype != _STRING else {"@value": text}

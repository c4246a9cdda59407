"""JSON-LD, compacted with the project's own context, which stands in the file: no reader has to fetch anything."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from airm_graph.errors import ExportError
from airm_graph.export.subjects import RDF_TYPE, Property, group_rows, iter_subjects
from airm_graph.export.terms import XSD, Row
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import read_literal

__all__ = ["write_jsonld"]

# A JSON number is the same in every reader only below 2**53 (RFC 8259, section 6); fifteen digits stay below.
_INTEGER = re.compile("0|-?[1-9][0-9]{0,14}")
_BOOLEANS = {"true": True, "false": False}


def write_jsonld(rows: Iterable[Row], *, context: Mapping[str, Any], prefixes: Mapping[str, str] = PREFIXES) -> bytes:
    """Write the triples of *rows* as compacted JSON-LD in UTF-8: one ``@graph``, in the order of the Turtle file; graphs are dropped.

    Integers and booleans become JSON values where their lexical form is canonical, and stay strings with a type where it is not.

    Args:
        rows: Statements as N-Quads terms.
        context: A parsed context document; it must not refer to other documents.
        prefixes: Prefix to namespace; decides the order only.

    Raises:
        ExportError: A row cannot be exported, or PyLD refuses the context or an IRI under it.

    Source:
        JSON-LD 1.1 API, section 6.1 (compaction, by PyLD).
    """
    local = context.get("@context", context)
    nodes = [_expand_subject(subject, properties) for subject, properties in iter_subjects(group_rows(rows), prefixes=prefixes)]
    first = {name: rank for rank, keyword in enumerate(("@id", "@type")) for name in _find_aliases(local, keyword)}
    document = {key: value if key == "@context" else _sort_keys(value, first=first) for key, value in _compact(nodes, local).items()}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _expand_subject(subject: str, properties: list[Property]) -> dict[str, Any]:
    """Write a subject as an expanded node object, which is what compaction starts from."""
    node: dict[str, Any] = {"@id": subject[1:-1]}
    for predicate, objects in properties:
        if predicate == RDF_TYPE and (types := [term[1:-1] for term in objects if term[0] == "<"]):
            node["@type"] = types
            objects = [term for term in objects if term[0] != "<"]
        if objects:
            node[predicate[1:-1]] = [_expand_object(term) for term in objects]
    return node


def _expand_object(term: str) -> dict[str, Any]:
    if term[0] == "<":
        return {"@id": term[1:-1]}
    lexical, datatype, language = read_literal(term)
    if language:
        return {"@language": language, "@value": lexical}
    if not datatype:
        return {"@value": lexical}
    value: str | int = lexical
    if datatype == f"{XSD}integer" and _INTEGER.fullmatch(lexical):
        value = int(lexical)
    elif datatype == f"{XSD}boolean":
        value = _BOOLEANS.get(lexical, lexical)
    # The type stays beside a native value, so that a term with that type is found; compaction drops it there.
    return {"@type": datatype, "@value": value}


def _compact(nodes: list[dict[str, Any]], context: object) -> dict[str, Any]:
    # Heavy: brings lxml and an HTTP client along.
    from pyld import jsonld

    options: Any = {"graph": True, "skipExpansion": True, "documentLoader": _refuse}
    try:
        compacted: dict[str, Any] = jsonld.compact(nodes, {"@context": context}, options)
    except jsonld.JsonLdError as error:
        root: BaseException = error
        while root.__cause__:
            root = root.__cause__
        raise ExportError(f"the rows cannot be compacted with this context: {root.args[0]}; correct the context") from error
    return compacted


def _refuse(url: str, _options: object) -> NoReturn:
    raise ExportError(f"it refers to {url}, and nothing is fetched")


def _find_aliases(context: object, keyword: str) -> set[str]:
    """Name the keyword itself and every term a context gives it."""
    names = {keyword}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, Mapping):
            names |= {name for name, what in part.items() if (what.get("@id") if isinstance(what, Mapping) else what) == keyword}
    return names


def _sort_keys(value: Any, *, first: Mapping[str, int]) -> Any:
    """Order the keys of all objects: identifier, types, then by name; arrays are in order already."""
    if isinstance(value, list):
        return [_sort_keys(item, first=first) for item in value]
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (first.get(key, len(first)), key))
        return {key: _sort_keys(value[key], first=first) for key in keys}
    return value

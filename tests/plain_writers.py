"""The formats written the plain way, all in memory and one subject after the other, JSON-LD by PyLD: what the fast writers must equal."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from airm_graph.export.order import _FIRST, _RANKS, _TYPES
from airm_graph.export.term_writers import RDF, XSD, Names, canonical_term, natural_key
from airm_graph.export.turtle import _render_literal
from airm_graph.graph.reading_order import RDF_TYPE
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import Quad, read_literal

Groups = dict[str, list[tuple[str, str]]]
Property = tuple[str, list[str]]


def group_rows(rows: Iterable[Quad]) -> Groups:
    groups: Groups = {}
    for s, p, o in sorted({(canonical_term(s), canonical_term(p), canonical_term(o)) for s, p, o, _ in rows}):
        groups.setdefault(s, []).append((p, o))
    return groups


def iter_subjects(groups: Groups, *, prefixes: Mapping[str, str]) -> Iterator[tuple[str, list[Property]]]:
    names = Names(prefixes)
    predicate_key, object_key = _predicate_key(names), _object_key(names)
    rank = cache(lambda term: _RANKS.get(names.shorten(term), len(_TYPES)))

    def subject_key(subject: str) -> tuple[int, str, str]:
        kind = min((rank(o) for p, o in groups[subject] if p == RDF_TYPE), default=len(_TYPES))
        return kind, natural_key(subject), subject

    for subject in sorted(groups, key=subject_key):
        yield subject, _sort_pairs(groups[subject], predicate_key=predicate_key, object_key=object_key)


def _predicate_key(names: Names) -> Callable[[str], Any]:
    @cache
    def key(predicate: str) -> tuple[int, bool, str]:
        name = names.shorten(predicate)
        return _FIRST.get(name, len(_FIRST)), name[0] == "<", name

    return key


def _object_key(names: Names) -> Callable[[str], Any]:
    def key(term: str) -> tuple[bool, str, str]:
        name = names.shorten(term) if term[0] == "<" else term
        return name[0] == "<", natural_key(name), name

    return key


def _sort_pairs(pairs: list[tuple[str, str]], *, predicate_key: Callable[[str], Any], object_key: Callable[[str], Any]) -> list[Property]:
    objects: dict[str, list[str]] = {}
    for p, o in pairs:
        objects.setdefault(p, []).append(o)
    # Most predicates have one object: the natural key is made only where there is something to order.
    return [(p, found if len(found := objects[p]) == 1 else sorted(set(found), key=object_key)) for p in sorted(objects, key=predicate_key)]


def turtle(rows: Iterable[Quad], *, comment: str = "", prefixes: Mapping[str, str] = PREFIXES) -> str:
    return "".join(_turtle(rows, comment=comment, prefixes=prefixes))


def _turtle(rows: Iterable[Quad], *, comment: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    names = Names(prefixes)
    text = cache(lambda term: names.shorten(term) if term[0] == "<" else _render_literal(term, names=names))
    groups = group_rows(rows)
    used = _find_prefixes(groups, names=names, text=text)
    parts = [
        "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines()),
        "".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in used),
    ]
    separator = ""
    for part in filter(None, parts):
        yield separator + part
        separator = "\n"
    for subject, properties in iter_subjects(groups, prefixes=prefixes):
        yield separator + _turtle_subject(subject, properties, text=text)
        separator = "\n"


def _find_prefixes(groups: Groups, *, names: Names, text: Callable[[str], str]) -> list[str]:
    for subject, pairs in groups.items():
        text(subject)
        for predicate, value in pairs:
            if predicate != RDF_TYPE:
                text(predicate)
            if value[-1] == ">":
                text(value)
    return sorted(names.used)


def _turtle_subject(subject: str, properties: list[Property], *, text: Callable[[str], str]) -> str:
    lines = []
    for predicate, objects in properties:
        name = "a" if predicate == RDF_TYPE else text(predicate)
        values = " ,\n    ".join(map(text, objects))
        lines.append(f"  {name} {values}" if len(objects) == 1 else f"  {name}\n    {values}")
    return f"{text(subject)}\n" + " ;\n".join(lines) + " .\n"


def rdfxml(rows: Iterable[Quad], *, prefixes: Mapping[str, str] = PREFIXES) -> str:
    groups = group_rows(rows)
    elements = _name_elements(groups, prefixes=prefixes)
    spaces = {"rdf": RDF} | {qname.partition(":")[0]: space for space, qname in elements.values()}
    declared = "".join(f'\n    xmlns:{prefix}="{_attribute(space)}"' for prefix, space in sorted(spaces.items()))
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', f"<rdf:RDF{declared}>\n"]
    for subject, properties in iter_subjects(groups, prefixes=prefixes):
        parts += _xml_subject(subject, properties, elements=elements)
    return "".join([*parts, "</rdf:RDF>\n"])


def _name_elements(groups: Groups, *, prefixes: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    split = {predicate: _split_name(predicate) for predicate in sorted({p for pairs in groups.values() for p, _ in pairs})}
    known = {prefixes[prefix]: prefix for prefix in sorted(prefixes, reverse=True)} | {RDF: "rdf"}
    others = sorted({space for space, _ in split.values()} - known.keys())
    free = (name for number in range(1, len(others) + len(prefixes) + 1) if (name := f"ns{number}") not in prefixes)
    known |= zip(others, free, strict=False)
    return {predicate: (space, f"{known[space]}:{local}") for predicate, (space, local) in split.items()}


def _split_name(predicate: str) -> tuple[str, str]:
    match = re.fullmatch("<(.*?)([A-Za-z_][A-Za-z0-9_.-]*)>", predicate)
    assert match
    return match[1], match[2]


def _xml_subject(subject: str, properties: list[Property], *, elements: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    yield f'  <rdf:Description rdf:about="{_attribute(subject[1:-1])}">\n'
    for predicate, objects in properties:
        qname = elements[predicate][1]
        for term in objects:
            yield f"    {_xml_property(qname, term, subject=subject)}\n"
    yield "  </rdf:Description>\n"


def _xml_property(qname: str, term: str, *, subject: str) -> str:
    if term[0] == "<":
        return f'<{qname} rdf:resource="{_attribute(term[1:-1])}"/>'
    lexical, datatype, language = read_literal(term)
    attribute = f' xml:lang="{language}"' if language else f' rdf:datatype="{_attribute(datatype)}"' if datatype else ""
    # A bare carriage return would be read as a line feed.
    return f"<{qname}{attribute}>{escape(lexical, {chr(13): '&#13;'})}</{qname}>"


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})


_INTEGER = re.compile("0|-?[1-9][0-9]{0,14}")
_BOOLEANS = {"true": True, "false": False}


def jsonld(rows: Iterable[Quad], *, context: Mapping[str, Any], prefixes: Mapping[str, str] = PREFIXES) -> str:
    local = context.get("@context", context)
    nodes = [_expand_subject(subject, properties) for subject, properties in iter_subjects(group_rows(rows), prefixes=prefixes)]
    first = {name: rank for rank, keyword in enumerate(("@id", "@type")) for name in _find_aliases(local, keyword)}
    document = {key: value if key == "@context" else _sort_keys(value, first=first) for key, value in _compact(nodes, local).items()}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _expand_subject(subject: str, properties: list[Property]) -> dict[str, Any]:
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
    from pyld import jsonld

    options = {"graph": True, "skipExpansion": True, "documentLoader": _refuse}
    compacted: dict[str, Any] = jsonld.compact(nodes, {"@context": context}, options)
    return compacted


def _refuse(url: str, _options: object) -> None:
    raise AssertionError(url)


def _find_aliases(context: object, keyword: str) -> set[str]:
    names = {keyword}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, Mapping):
            names |= {name for name, what in part.items() if (what.get("@id") if isinstance(what, Mapping) else what) == keyword}
    return names


def _sort_keys(value: Any, *, first: Mapping[str, int]) -> Any:
    if isinstance(value, list):
        return [_sort_keys(item, first=first) for item in value]
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (first.get(key, len(first)), key))
        return {key: _sort_keys(value[key], first=first) for key in keys}
    return value

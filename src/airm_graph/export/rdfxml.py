"""RDF/XML, for readers that know nothing else: one rdf:Description element per subject."""

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape

from airm_graph.errors import ExportError
from airm_graph.export.subjects import Groups, Property, group_rows, iter_subjects
from airm_graph.export.terms import RDF, Row
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import read_literal

__all__ = ["write_rdfxml"]

# ASCII only: XML 1.0 changed its names between the fourth and the fifth edition, and readers follow one or the other.
_NAME = re.compile(r"<(.*?)([A-Za-z_][A-Za-z0-9_.-]*)>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# RDF/XML Syntax, section 5.1 and 7.2.5: these names have a meaning of their own and cannot be properties.
_SYNTAX = re.compile(rf"<{RDF}(?:Description|ID|RDF|about(?:Each(?:Prefix)?)?|bagID|datatype|li|nodeID|parseType|resource)>")
_XMLNS = "http://www.w3.org/2000/xmlns/"


def write_rdfxml(rows: Iterable[Row], *, prefixes: Mapping[str, str] = PREFIXES) -> bytes:
    """Write the triples of *rows* as RDF/XML in UTF-8, in the order of the Turtle file; graphs are dropped.

    Args:
        rows: Statements as N-Quads terms.
        prefixes: Prefix to namespace; other namespaces of predicates become ``ns1``, ``ns2`` in their order.

    Raises:
        ExportError: A row cannot be exported; a predicate does not end in an XML name or is a word of the syntax; a literal holds a
            character that XML forbids.

    Source:
        RDF 1.1 XML Syntax, sections 2 and 7; XML 1.0, section 2.2.
    """
    groups = group_rows(rows)
    elements = _name_elements(groups, prefixes=prefixes)
    spaces = {"rdf": RDF} | {qname.partition(":")[0]: space for space, qname in elements.values()}
    declared = "".join(f'\n    xmlns:{prefix}="{_attribute(space)}"' for prefix, space in sorted(spaces.items()))
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', f"<rdf:RDF{declared}>\n"]
    for subject, properties in iter_subjects(groups, prefixes=prefixes):
        parts += _render_subject(subject, properties, elements=elements)
    return "".join([*parts, "</rdf:RDF>\n"]).encode()


def _name_elements(groups: Groups, *, prefixes: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Give every predicate its namespace and its qualified name."""
    split = {predicate: _split_name(predicate) for predicate in sorted({p for pairs in groups.values() for p, _ in pairs})}
    known = {prefixes[prefix]: prefix for prefix in sorted(prefixes, reverse=True)} | {RDF: "rdf"}
    others = sorted({space for space, _ in split.values()} - known.keys())
    free = (name for number in range(1, len(others) + len(prefixes) + 1) if (name := f"ns{number}") not in prefixes)
    known |= zip(others, free, strict=False)
    return {predicate: (space, f"{known[space]}:{local}") for predicate, (space, local) in split.items()}


def _split_name(predicate: str) -> tuple[str, str]:
    match = _NAME.fullmatch(predicate)
    if match is None or match[1] == _XMLNS:
        raise ExportError(f"RDF/XML cannot name the predicate {predicate}; let it end in a letter followed by letters, digits, _ . or -")
    if _SYNTAX.fullmatch(predicate):
        raise ExportError(f"RDF/XML cannot have the predicate {predicate}, a word of its own syntax; use another predicate")
    return match[1], match[2]


def _render_subject(subject: str, properties: list[Property], *, elements: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    yield f'  <rdf:Description rdf:about="{_attribute(subject[1:-1])}">\n'
    for predicate, objects in properties:
        qname = elements[predicate][1]
        for term in objects:
            yield f"    {_render_property(qname, term, subject=subject)}\n"
    yield "  </rdf:Description>\n"


def _render_property(qname: str, term: str, *, subject: str) -> str:
    if term[0] == "<":
        return f'<{qname} rdf:resource="{_attribute(term[1:-1])}"/>'
    lexical, datatype, language = read_literal(term)
    if match := _FORBIDDEN.search(lexical):
        raise ExportError(f"XML forbids the character U+{ord(match[0]):04X}, in {qname} of {subject}; leave RDF/XML out or repair the text")
    attribute = f' xml:lang="{language}"' if language else f' rdf:datatype="{_attribute(datatype)}"' if datatype else ""
    # A bare carriage return would be read as a line feed.
    return f"<{qname}{attribute}>{escape(lexical, {chr(13): '&#13;'})}</{qname}>"


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})

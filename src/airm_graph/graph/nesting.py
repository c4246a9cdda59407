"""Look at RDF/XML and JSON-LD before the parser does: how deep they are nested, whether RDF/XML is
whole, and what the parser would drop without a word.
"""

import re
from xml.parsers import expat

from airm_graph.errors import StoreError

__all__ = ["MAX_DEPTH", "check_json", "check_xml"]

#: Elements in elements, objects and lists in each other. Files of people have at most about twenty;
#: parsers need stack or time for more.
MAX_DEPTH = 256

#: What only RDF 1.2 has, and the parsers of RDF 1.1 pass over.
_NEWER_JSON = re.compile(rb'"@annotation"\s*:')
_NEWER_XML = re.compile(rb"""\brdf:annotation(?:NodeID)?\s*=|\brdf:parseType\s*=\s*["']Triple["']""")
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_NEWER = "not readable as RDF: a statement about a statement is RDF 1.2, and RDF 1.1 is what is read here"
#: What JSON-LD says to drop when it becomes RDF.
_NO_LANGUAGE = re.compile(rb'"@language"\s*:\s*""')
_NO_IRI = re.compile(rb'"@id"\s*:\s*"(?!_:)([^"\\]*[\x00-\x20<>{}|^`][^"\\]*)"')
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
#: What expat says of a text that ends too soon: no element, an open tag, a cut character, an open
#: CDATA section.
_CUT = {3, 5, 6, 20}


def check_json(data: bytes, name: str) -> None:
    r"""Refuse JSON that is nested too deeply, or says what would be dropped.

    Raises:
        StoreError: It is, or does; the message names file and line.

    >>> check_json(b'{"a": ["[[[["]}', "a.jsonld")
    """
    _refuse(_NEWER_JSON.search(data), _NEWER, name=name)
    _refuse(_NO_LANGUAGE.search(data), "an empty language tag, for which JSON-LD drops texts; write null", name=name)
    if found := _NO_IRI.search(data):
        _refuse(found, f"'{found[1].decode(errors='replace')}' is no IRI, so that JSON-LD drops its node; escape it as in %20", name=name)
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return
    bare, depth = _STRING.sub(_keep_lines, data), 0
    for found in _BRACKET.finditer(bare):
        depth += 1 if found[0] in b"[{" else -1
        if depth > MAX_DEPTH:
            line = bare.count(b"\n", 0, found.start()) + 1
            raise StoreError(f"{name}:{line}: objects and lists are nested more than {MAX_DEPTH} deep, which is the most; make it flatter")


def _refuse(found: "re.Match[bytes] | None", what: str, *, name: str) -> None:
    if found:
        line = found.string.count(b"\n", 0, found.start()) + 1
        raise StoreError(f"{name}:{line}: {what}")


def _keep_lines(found: "re.Match[bytes]") -> bytes:
    return b"\n" * found[0].count(b"\n")


def check_xml(data: bytes, name: str) -> None:
    """Refuse XML that is cut, not well-formed or nested too deeply, or has a document type or
    statements about statements; what else is wrong with it, the parser of RDF says.

    Raises:
        StoreError: It is; the message names file and line.
    """
    _refuse(_DOCUMENT_TYPE.search(data), "a document type or entity is refused; remove it", name=name)
    _refuse(_NEWER_XML.search(data), _NEWER, name=name)
    parser, depth = expat.ParserCreate(), 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            line = parser.CurrentLineNumber
            raise StoreError(f"{name}:{line}: elements are nested more than {MAX_DEPTH} deep, which is the most; make it flatter")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the last piece; it takes no keyword
    except expat.ExpatError as error:
        if error.code in _CUT:
            raise StoreError(f"{name}:{error.lineno}: the file ends before its elements are closed; get the whole file") from error
        raise StoreError(f"{name}:{error.lineno}: not readable as RDF: no well-formed XML: {expat.ErrorString(error.code)}") from error

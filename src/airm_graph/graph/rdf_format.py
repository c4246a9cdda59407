"""Which format of RDF a file has: by its name, and by its first lines where the name says nothing
or misleads.
"""

import re
from pathlib import Path

from airm_graph.errors import StoreError

__all__ = ["NAMED", "find_format", "has_quads", "recognize_format", "unpack"]

#: Suffix → the suffix that stands for the format.
NAMED = {
    **{suffix: suffix for suffix in (".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld")},
    **dict.fromkeys((".n3", ".turtle"), ".ttl"),
    **dict.fromkeys((".xml", ".owl"), ".rdf"),
    ".ntriples": ".nt",
    ".nquads": ".nq",
}
_GZIP = b"\x1f\x8b"
_HEAD = 16_384  # bytes; a long comment may stand before the first statement
_IDLE = re.compile(rb"(?:\s+|#[^\n]*\n)*")
_DIRECTIVE = re.compile(rb"(?:@prefix|prefix)\s+[^\s:<>\"]*:\s*<[^<>\"\s]*>|(?:@base|base)\s+<[^<>\"\s]*>", re.IGNORECASE)
_NAME = rb"<[A-Za-z][^<>\"\s]*>"
_LINE = re.compile(
    rb"(?:" + _NAME + rb"|_:\w+)[ \t]+" + _NAME + rb"[ \t]+(?:" + _NAME + rb"|_:\w+|\"[^\n]*)"
    rb"[^\n]*\.[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)"
)
#: The beginning of other statements in Turtle, and of a graph in TriG.
_STATEMENT = re.compile(rb"(?:" + _NAME + rb"|_:\w+)\s+(?:" + _NAME + rb"|a)\s+[<\"'_\[(\d]|\[\s*(?:" + _NAME + rb"|a)\s+<")
_GRAPH = re.compile(rb"(?:GRAPH\s+)?" + _NAME + rb"\s*\{|\{\s*(?:" + _NAME + rb"|_:\w+)\s+(?:" + _NAME + rb"|a)\s", re.IGNORECASE)
_XML = re.compile(rb"<rdf:RDF[\s>]|xmlns(?::\w+)?\s*=\s*[\"']http://www\.w3\.org/1999/02/22-rdf-syntax-ns#[\"']")
_JSON = re.compile(rb'\{\s*(?:"|\})|\[\s*\{')
_KEYWORD = re.compile(rb'"@(?:context|graph|id|type)"\s*:')
#: Formats that begin alike.
_TEXTS = frozenset((".ttl", ".nt", ".nq", ".trig"))


def find_format(path: Path) -> str:
    """Find the suffix that stands for the format of a file, packed or not; empty for a file that is
    no RDF.

    >>> find_format(Path("a.TTL.gz")), find_format(Path("a.n3")), find_format(Path("a.csv"))
    ('.ttl', '.ttl', '')
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".zst"):
        suffixes.pop()
    named = NAMED.get(suffixes[-1], "") if suffixes else ""
    stated = recognize_format(_read_head(path))
    if not named or not stated:
        # An XML file may be anything; a name that says RDF is believed where the content says
        # nothing.
        return stated if not named or suffixes[-1] == ".xml" else named
    if {named, stated} <= _TEXTS and not (named in (".nt", ".nq") and stated == ".ttl"):
        return named
    return stated


def has_quads(path: Path) -> bool:
    """Whether a file is Parquet with the columns s, p, o and g."""
    if path.suffix.lower() != ".parquet":
        return False
    from airm_graph.graph.parquet import ParquetFile

    try:
        with ParquetFile(path, separator="") as file:
            return {column.name for column in file.columns} == {"s", "p", "o", "g"}
    except StoreError:
        return False


def unpack(data: bytes) -> bytes:
    """Unpack bytes that are packed by gzip, whatever the name of their file says."""
    if not data.startswith(_GZIP):
        return data
    import gzip

    return gzip.decompress(data)


def _read_head(path: Path) -> bytes:
    try:
        # A pipe would be waited for.
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if not head.startswith(_GZIP):
                return head
        import gzip  # seldom needed

        with gzip.open(path) as packed:
            return packed.read(_HEAD)
    except (OSError, EOFError):
        return b""


def recognize_format(head: bytes) -> str:
    """Recognize a format by the beginning of a file; empty for what is no RDF, as far as that
    shows.

    >>> recognize_format(b"<urn:a> a <urn:C> ; <urn:p> 1 ."), recognize_format(b"<b>A page</b>")
    ('.ttl', '')
    """
    head = head.removeprefix(b"\xef\xbb\xbf")
    start = head[idle.end() :] if (idle := _IDLE.match(head)) else head
    if start.startswith((b"<?xml", b"<rdf:RDF", b"<!--")):
        return ".rdf" if _XML.search(head) else ""
    if _JSON.match(start):
        return ".jsonld" if _KEYWORD.search(head) else ""
    if _DIRECTIVE.match(start):
        return ".ttl"
    if _LINE.match(start):
        return ".nq"
    return ".trig" if _GRAPH.match(start) else ".ttl" if _STATEMENT.match(start) else ""

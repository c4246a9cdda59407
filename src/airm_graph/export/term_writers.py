"""N-Quads terms as the writers need them: checked, canonical, shortened, and in natural order."""

import re
from collections.abc import Mapping
from functools import lru_cache

from airm_graph.errors import ExportError
from airm_graph.key_cache import CACHE_SIZE, Cache

__all__ = [
    "RDF",
    "XSD",
    "Names",
    "canonical_term",
    "is_canonical",
    "is_simple",
    "natural_key",
]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

_STRING_TYPE = f"^^<{XSD}string>"
_IRI = r'<[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|^`\\\ud800-\udfff]*>'
_PLAIN = r'[^"\\\n\r\ud800-\udfff]*'
_WRITTEN = rf'(?:{_IRI}|"{_PLAIN}(?:\\[nr"\\]{_PLAIN})*+"(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^{_IRI})?)'
_TERM = re.compile(_WRITTEN)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_DECODED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ENCODED = {"\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER = re.compile("[0-9]+")
_CONTROLS = [chr(number) for number in (*range(32), 127) if chr(number) != "\n"]


class Names:
    """Shortens IRIs with a table of prefixes and remembers which prefixes it used.

    A local name is used only when it is plain: codes (``1.1.3``), trailing dots and the like stay
    full IRIs, for readers differ on them.

    >>> names = Names({"ex": "http://example.org/"})
    >>> shorten = names.shorten
    >>> shorten("<http://example.org/thing>"), shorten("<http://example.org/1.1>"), names.used
    ('ex:thing', '<http://example.org/1.1>', {'ex'})
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        """Turn the table round; of two prefixes for one namespace the first by name wins."""
        self._prefixes = {prefixes[prefix]: prefix for prefix in sorted(prefixes, reverse=True)}
        self.used: set[str] = set()

    def shorten(self, term: str) -> str:
        """Write an IRI term as a prefixed name, or as it is when no prefix fits."""
        cut = max(term.rfind("#"), term.rfind("/")) + 1
        prefix = self._prefixes.get(term[1:cut])
        local = term[cut:-1]
        if prefix is None or not _LOCAL.fullmatch(local):
            return term
        self.used.add(prefix)
        return f"{prefix}:{local}"


def is_simple(lines: str) -> bool:
    r"""Tell whether a text is ASCII without control characters but line ends: then every line of it
    can be printed.

    Looking for each control character takes a tenth of what `str.isprintable` does.

    >>> is_simple("one\ntwo"), is_simple("one\ttwo"), is_simple("caf\u00e9")
    (True, False, False)
    """
    return lines.isascii() and not any(char in lines for char in _CONTROLS)


@lru_cache(maxsize=CACHE_SIZE)
def canonical_term(term: str) -> str:
    r"""Write a term as canonical N-Triples (RDF 1.1, section 4) does: four escapes, no
    ``xsd:string``.

    Raises:
        ExportError: It is a blank node or no N-Quads term; relative IRIs and lone surrogates are
            none.

    >>> canonical_term('"caf\\u00e9\\t"^^<http://www.w3.org/2001/XMLSchema#string>')
    '"café\t"'
    """
    if term.startswith("_:"):
        raise ExportError(f"{term} is a blank node, which published data does not have; give it an IRI")
    clean = term
    if not _TERM.fullmatch(term):
        clean = _ESCAPE.sub(_reescape, term)
        if not _TERM.fullmatch(clean):
            raise ExportError(f"{term!a} is not an N-Quads term; write an absolute IRI in angle brackets or a quoted literal")
    return clean.removesuffix(_STRING_TYPE) if clean[0] == '"' else clean


def is_canonical(term: str) -> bool:
    """Whether a term is no blank node, and written as `canonical_term` writes it.

    >>> is_canonical('"a"'), is_canonical("<urn:a>"), is_canonical("_:b")
    (True, True, False)
    """
    return _TERM.fullmatch(term) is not None and not term.endswith(_STRING_TYPE)


def natural_key(term: str) -> str:
    """Make a key under which numbers sort by value and a path before what lies below it.

    Terms that differ in leading zeros only have the same key; break ties by the term.

    >>> sorted(["<x:/v/1.10>", "<x:/v/1.2>", "<x:/v-1>", "<x:/v>"], key=natural_key)
    ['<x:/v>', '<x:/v/1.2>', '<x:/v/1.10>', '<x:/v-1>']
    """
    if term[0] != "<":
        return _NUMBER.sub(_number_key, term)
    # What is below stands right behind what is above: a classification behind its mitigation,
    # before x-1 and x.1. What stands between slashes is the same in many IRIs.
    return "\x01".join(map(_SEGMENTS.__getitem__, term[1:-1].split("/")))


def _make_segment_key(text: str) -> str:
    return _NUMBER.sub(_number_key, text.replace("#", "\x02"))


_SEGMENTS = Cache(_make_segment_key)


def _number_key(match: re.Match[str]) -> str:
    digits = match[0].lstrip("0")
    # The number of digits goes before the digits; nine marks a longer number, whose length takes
    # seven digits.
    return f"{len(digits)}{digits}" if len(digits) < 9 else f"9{len(digits):07}{digits}"


def _reescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if not code:
        char = _DECODED.get(match[3])
    else:
        number = int(code, 16)
        char = chr(number) if number <= 0x10FFFF else None
    return match[0] if char is None else _ENCODED.get(char, char)

"""IRIs of this project and the prefixes of the vocabularies it uses."""

import re
from functools import cache

from airm_graph.errors import MintError

__all__ = ["BASE", "PREFIXES", "iri", "literal", "rebase_text", "term"]

#: Everything that this project names stands below this IRI. Not registered yet.
BASE = "https://w3id.org/airm-graph/"

#: The one table of prefixes; ontology, shapes, queries, context and exports agree with it.
PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "airm": BASE + "ontology#",
    "airmsh": BASE + "shapes#",
    "bibo": "http://purl.org/ontology/bibo/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# RFC 3987 without what N-Triples forbids, and without a dot at the end (some writers escape it
# wrongly).
_SAFE_PATH = re.compile(r"[0-9A-Za-z._~\-/#]*[0-9A-Za-z_~\-/#]\Z")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_ESCAPED = re.compile(r'[\\"\n\r]')


def iri(path: str) -> str:
    """Write the IRI of *path* below the base as an N-Quads term.

    Raises:
        MintError: *path* holds anything but unreserved ASCII, or ends in a dot.

    >>> iri("taxonomy/v2/1.1.3")
    '<https://w3id.org/airm-graph/taxonomy/v2/1.1.3>'
    """
    if not _SAFE_PATH.match(path):
        raise MintError(f"{path!r} cannot be part of an IRI; use ASCII letters, digits and hyphens")
    return f"<{BASE}{path}>"


@cache
def term(name: str) -> str:
    """Write a prefixed name of the table as an N-Quads term.

    >>> term("skos:broader")
    '<http://www.w3.org/2004/02/skos/core#broader>'
    """
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def literal(value: str | int, *, datatype: str | None = None, language: str | None = None) -> str:
    r"""Write a literal as an N-Quads term, escaped as canonical N-Triples asks.

    Args:
        value: Its lexical form; an integer becomes an ``xsd:integer``.
        datatype: Prefixed name of a datatype; left out for strings.
        language: Language tag, lower case.

    >>> literal("two\nlines")
    '"two\\nlines"'
    >>> literal(12)
    '"12"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    if isinstance(value, int):
        value, datatype = str(value), datatype or "xsd:integer"
    quoted = '"' + _ESCAPED.sub(lambda match: _ESCAPES[match.group()], value) + '"'
    if language:
        return f"{quoted}@{language}"
    return f"{quoted}^^{term(datatype)}" if datatype else quoted


def rebase_text(text: str, base: str) -> str:
    """Replace the default base by *base* wherever an IRI in *text* begins with it."""
    return text if base == BASE else text.replace(BASE, base)

"""Negotiate media types and content codings with a client.

Source:
    RFC 9110, sections 12.4 and 12.5 (quality values, wildcards, specificity).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from airm_graph.serve.problems import make_not_acceptable

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["GRAPH_TYPES", "HTML", "JSON", "MARKDOWN", "TABLE_TYPES", "choose_coding", "choose_type", "find_type", "negotiate"]

HTML, JSON, MARKDOWN = "text/html", "application/json", "text/markdown"

#: Formats of answers that are graphs: suffix to media type, best first.
GRAPH_TYPES: Mapping[str, str] = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
#: Formats of answers that are tables, best first.
TABLE_TYPES: Mapping[str, str] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
# Names under which clients ask for the same format.
_ALIASES = {
    "application/json": ("application/sparql-results+json", "application/ld+json"),
    "application/xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "text/xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "application/x-turtle": ("text/turtle",),
    "application/turtle": ("text/turtle",),
    "text/n3": ("text/turtle",),
    "text/plain": ("application/n-triples",),
    "application/xhtml+xml": (HTML,),
}
# What clients write for a format where they do not write its media type (SPARQLWrapper, rdflib).
_WORDS = {
    "html": HTML,
    "json-ld": "application/ld+json",
    "n-triples": "application/n-triples",
    "ntriples": "application/n-triples",
    "rdf+xml": "application/rdf+xml",
    "turtle": "text/turtle",
    **TABLE_TYPES,
    **GRAPH_TYPES,
}
_ITEM = re.compile(r"\s*([\w!#$&^.+*-]+/[\w!#$&^.+*-]+)\s*((?:;[^,]*)?)\s*")
_QUALITY = re.compile(r";\s*q\s*=\s*(1(?:\.0{0,3})?|0(?:\.\d{0,3})?)\s*(?=;|$)", re.IGNORECASE)
_CODING = re.compile(r"\s*([\w*-]+)\s*((?:;[^,]*)?)\s*")
_LONGEST = 2000
_CACHED = 400


def negotiate(request: "Request", offered: tuple[str, ...]) -> str:
    """Choose a media type by ``?_mediatype=`` or else by the header Accept.

    Args:
        request: The request.
        offered: Media types, best first.

    Raises:
        Problem: 406, when the client takes none of them.
    """
    wanted = request.query_params.get("_mediatype", "")
    chosen = find_type(wanted, offered) if wanted else choose_type(request.headers.get("accept", ""), offered)
    if chosen is None:
        raise make_not_acceptable(offered)
    return chosen


def choose_type(accept: str, offered: tuple[str, ...]) -> str | None:
    """Choose the media type that a client prefers; returns None when it takes none of them.

    Args:
        accept: The header; empty when there is none, which takes everything.
        offered: Media types, best first; the first counts among equals.

    >>> choose_type("text/*;q=0.5, application/ld+json", ("text/turtle", "application/ld+json"))
    'application/ld+json'
    >>> choose_type("text/turtle;q=0, */*;q=0.1", ("text/turtle", "application/n-triples"))
    'application/n-triples'
    >>> choose_type("image/png", ("text/turtle",)) is None
    True
    """
    # The cache must stay small, whatever clients send.
    return _choose_type(accept, offered) if len(accept) <= _CACHED else _choose_type.__wrapped__(accept, offered)


@lru_cache(maxsize=1024)
def _choose_type(accept: str, offered: tuple[str, ...]) -> str | None:
    if not accept.strip():
        return offered[0]
    ranges = _read_ranges(accept)
    rated = [(_rate(media_type, ranges), -number) for number, media_type in enumerate(offered)]
    quality, position = max(rated)
    return offered[-position] if quality > 0 else None


def find_type(name: str, offered: Sequence[str]) -> str | None:
    """Find the offered media type that a user names by media type, alias or suffix.

    >>> find_type("ttl", ("text/turtle",)), find_type("application/json", ("application/ld+json",))
    ('text/turtle', 'application/ld+json')
    """
    # A plus sign in a query string is a space to those who forget to encode it.
    name = name.strip().lower().replace(" ", "+")
    wanted = (_WORDS.get(name, name), *_ALIASES.get(name, ()))
    if name in {"json", "xml"}:
        wanted = (*wanted, *_ALIASES[f"application/{name}"])
    return next((media_type for media_type in wanted if media_type in offered), None)


def choose_coding(accept: str, offered: tuple[str, ...] = ("br", "gzip")) -> str:
    """Choose a content coding, or ``identity``; a client that names none gets none.

    >>> choose_coding("gzip, br"), choose_coding("br;q=0, *"), choose_coding("gzip;q=0")
    ('br', 'gzip', 'identity')
    """
    return _choose_coding(accept, offered) if len(accept) <= _CACHED else _choose_coding.__wrapped__(accept, offered)


@lru_cache(maxsize=256)
def _choose_coding(accept: str, offered: tuple[str, ...]) -> str:
    qualities = {match[1].lower(): _read_quality(match[2]) for match in map(_CODING.fullmatch, accept[:_LONGEST].split(",")) if match}
    rated = [(qualities.get(coding, qualities.get("*", 0.0)), -number) for number, coding in enumerate(offered)]
    quality, position = max(rated)
    return offered[-position] if quality > 0 and quality >= qualities.get("identity", 0.0) else "identity"


def _read_ranges(accept: str) -> dict[str, float]:
    """Read the quality of each media range; an alias does not weaken what is named itself."""
    found: dict[str, float] = {}
    aliased: dict[str, float] = {}
    for match in map(_ITEM.fullmatch, accept[:_LONGEST].lower().split(",")):
        if match:
            quality = _read_quality(match[2])
            found[match[1]] = max(quality, found.get(match[1], 0.0))
            for other in _ALIASES.get(match[1], ()):
                aliased[other] = max(quality, aliased.get(other, 0.0))
    return {**aliased, **found}


def _read_quality(parameters: str) -> float:
    match = _QUALITY.search(parameters)
    if match:
        return float(match[1])
    # What is not a quality value is not taken for the wish to have it.
    return 0.0 if re.search(r";\s*q\s*=", parameters, re.IGNORECASE) else 1.0


def _rate(media_type: str, ranges: Mapping[str, float]) -> float:
    kind = media_type.partition("/")[0]
    return ranges.get(media_type, ranges.get(f"{kind}/*", ranges.get("*/*", 0.0)))

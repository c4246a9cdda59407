"""Answers over HTTP: validators and 304, content codings, problems. Every body is whole before its status is sent."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING

from airm_graph.serve.desk import Facts, Refusal
from airm_graph.serve.negotiate import choose_coding

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["CONTENT_SECURITY", "Fresh", "finish", "make_etag", "name_type", "problem_body"]

#: What a page may do: show itself, load its own style and scripts, ask its own server.
CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Below this, a coding saves less than its header costs; above the second, it is done beside the loop that serves others.
_WORTHWHILE, _LARGE = 600, 64 << 10
_TEXTS = (
    "text/",
    "application/json",
    "application/ld+json",
    "application/n-",
    "application/sparql",
    "application/rdf",
    "application/problem",
)
_UTF8 = ("text/", "application/n-")


class Fresh:
    """What says whether a copy is still good: entity tag and time."""

    def __init__(self, facts: Facts, *variant: str, weak: bool = False, stored: bool = True) -> None:
        """Take the facts and what tells this representation from others of the same address."""
        self.etag = make_etag(facts.digest, *variant, weak=weak) if stored else ""
        self.changed = _write_date(facts.changed) if facts.changed and stored else ""
        self._seconds = int(facts.changed)

    def matches(self, headers: Mapping[str, str]) -> bool:
        """Whether the client has a copy that is still good (RFC 9110, section 13.2.2)."""
        if not self.etag:
            return False
        if "if-none-match" in headers:
            held = [_strip(tag) for tag in headers["if-none-match"].split(",")]
            return "*" in held or _strip(self.etag) in held
        if "if-modified-since" not in headers or not self.changed:
            return False
        try:
            return self._seconds <= parsedate_to_datetime(headers["if-modified-since"]).timestamp()
        except (TypeError, ValueError, OverflowError):
            return False


def make_etag(*variant: str, weak: bool = False) -> str:
    """Make an entity tag from what makes a representation what it is."""
    digest = hashlib.sha256("\0".join(variant).encode("utf-8", "surrogatepass")).hexdigest()
    return ("W/" if weak else "") + f'"{digest[:32]}"'


def name_type(media_type: str) -> str:
    """A media type with its charset where it has one."""
    return f"{media_type}; charset=utf-8" if media_type.startswith(_UTF8) else media_type


async def finish(
    request: "Request",
    body: bytes,
    *,
    media_type: str,
    fresh: Fresh | None = None,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
    vary: str = "Accept, Accept-Encoding",
) -> "Response":
    """Send a body: coded as the client likes, or 304 where it has it already."""
    from starlette.responses import Response

    sent = {"Vary": vary, **(headers or {})}
    if fresh is not None and fresh.etag:
        sent |= {"ETag": fresh.etag, "Cache-Control": "no-cache"} | ({"Last-Modified": fresh.changed} if fresh.changed else {})
    else:
        sent.setdefault("Cache-Control", "no-store")
    if fresh is not None and status == 200 and fresh.matches(request.headers):
        return Response(status_code=304, headers=sent)
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    if coding != "identity" and len(body) >= _WORTHWHILE and media_type.startswith(_TEXTS):
        body = await asyncio.to_thread(_encode, body, coding) if len(body) > _LARGE else _encode(body, coding)
        sent["Content-Encoding"] = coding
        if "ETag" in sent:
            # Two codings are two representations (RFC 9110, section 8.8.3.3).
            sent["ETag"] = f'{sent["ETag"][:-1]}-{coding}"'
    return Response(body, status_code=status, headers=sent, media_type=name_type(media_type))


def problem_body(refusal: Refusal, *, media_type: str) -> bytes:
    """Write why there is no answer, for programs (RFC 9457) or as plain text."""
    if media_type != "application/problem+json":
        return f"{refusal.message}\n".encode()
    problem = {"status": refusal.status, "title": refusal.message, **refusal.details}
    return (json.dumps(problem, ensure_ascii=False) + "\n").encode("utf-8", "replace")


@cache
def _write_date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


def _strip(tag: str) -> str:
    """A tag without what is weak about it and without its coding."""
    tag = tag.strip().removeprefix("W/")
    for coding in ("gzip", "br"):
        tag = tag.replace(f'-{coding}"', '"')
    return tag


def _encode(body: bytes, coding: str) -> bytes:
    if coding == "br":
        import brotli

        packed: bytes = brotli.compress(body, quality=4)  # type: ignore[no-untyped-call]
        return packed
    return gzip.compress(body, compresslevel=5, mtime=0)

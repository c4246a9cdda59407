"""Make HTTP responses: validators and 304, content codings, JSON.

Every body is whole before its status is sent.
"""

import asyncio
import gzip
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate, parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING

from airm_graph.serve.content_negotiation import choose_coding
from airm_graph.serve.dataset_info import DatasetInfo

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

__all__ = ["CONTENT_SECURITY", "Validators", "escape_json", "make_etag", "make_response", "make_route", "write_json"]

#: What a page may do: show itself, load its own style and scripts, ask its own server.
CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Below the first, a coding saves less than its header costs; above the second, it is done in a
# thread beside the event loop.
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


class Validators:
    """Entity tag and time of a representation: whether a copy of it is still good.

    Source:
        RFC 9110, sections 8.8 and 13.
    """

    def __init__(self, info: DatasetInfo, *variant: str, weak: bool = False) -> None:
        """Take the data, and what tells this representation from others of the same address."""
        self.etag = make_etag(info.digest, *variant, weak=weak)
        self.changed = _write_date(info.changed) if info.changed else ""
        self._seconds = int(info.changed)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that carry them."""
        return {"ETag": self.etag, "Cache-Control": "no-cache"} | ({"Last-Modified": self.changed} if self.changed else {})

    def match(self, headers: Mapping[str, str]) -> bool:
        """Tell whether the client has a copy that is still good (RFC 9110, section 13.2.2)."""
        if "if-none-match" in headers:
            held = [_strip_tag(tag) for tag in headers["if-none-match"].split(",")]
            return "*" in held or _strip_tag(self.etag) in held
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


async def make_response(
    request: "Request",
    body: bytes,
    *,
    media_type: str,
    validators: Validators | None = None,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
    vary: str = "Accept, Accept-Encoding",
) -> "Response":
    """Make the response to a request: coded as the client prefers, or 304 where it has a copy.

    Args:
        request: The request.
        body: What is sent, not coded yet.
        media_type: Of the body.
        validators: Of the body; without them, no client keeps a copy.
        headers: Further headers.
        status: HTTP status.
        vary: Names of the request headers that the response depends on.
    """
    from starlette.responses import Response

    sent = {"Vary": vary, **(headers or {})}
    if validators is not None:
        sent |= {"ETag": validators.etag, "Cache-Control": "no-cache"} | (
            {"Last-Modified": validators.changed} if validators.changed else {}
        )
        if status == 200 and validators.match(request.headers):
            return Response(status_code=304, headers=sent)
    else:
        sent.setdefault("Cache-Control", "no-store")
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    if coding != "identity" and len(body) >= _WORTHWHILE and media_type.startswith(_TEXTS):
        body = await asyncio.to_thread(_encode, body, coding) if len(body) > _LARGE else _encode(body, coding)
        sent["Content-Encoding"] = coding
        if "ETag" in sent:
            # Two codings are two representations (RFC 9110, section 8.8.3.3).
            sent["ETag"] = f'{sent["ETag"][:-1]}-{coding}"'
    typed = f"{media_type}; charset=utf-8" if media_type.startswith(_UTF8) else media_type
    return Response(body, status_code=status, headers=sent, media_type=typed)


def make_route(
    path: str, answer: "Callable[[Request], Awaitable[Response]]", name: str, *, methods: tuple[str, ...] = ("GET", "HEAD")
) -> "Route":
    """Make a route whose requests are counted and logged under a name."""
    from starlette.routing import Route

    async def endpoint(request: "Request") -> "Response":
        request.scope.setdefault("state", {})["route"] = name
        return await answer(request)

    return Route(path, endpoint, methods=list(methods))


def write_json(value: object) -> bytes:
    r"""Write JSON that stays text where an old browser takes it for HTML.

    >>> write_json("<")
    b'"\\u003c"\n'
    """
    return escape_json(json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def escape_json(text: str) -> str:
    """Escape in JSON the character that begins all markup."""
    return text.replace("<", "\\u003c")


@cache
def _write_date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


def _strip_tag(tag: str) -> str:
    """Drop from an entity tag what says that it is weak, and its coding."""
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

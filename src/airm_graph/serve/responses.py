"""Make HTTP responses: validators and 304, content codings, JSON.

Every body is whole before its status is sent.
"""

import asyncio
import gzip
import hashlib
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from copy import copy
from email.utils import formatdate, parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from airm_graph.serve.content_negotiation import HTML, MARKDOWN, choose_coding
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.markdown_requests import wants_markdown
from airm_graph.serve.outbox import Outbox

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import Receive, Scope, Send

__all__ = [
    "CONTENT_SECURITY",
    "Validators",
    "escape_json",
    "make_etag",
    "make_response",
    "make_route",
    "send_open_file",
    "write_json",
]

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

    def as_markdown(self) -> "Validators":
        """Tell the Markdown of a page from the page."""
        other = copy(self)
        other.etag = f'{self.etag[:-1]}-md"'
        return other

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

    The page of a request for Markdown is Markdown.

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

    if media_type == HTML and wants_markdown(request.scope):
        media_type, validators = MARKDOWN, validators.as_markdown() if validators else None
    sent = {"Vary": vary, **(headers or {})}
    if validators is not None:
        sent |= {"ETag": validators.etag, "Cache-Control": "no-cache"} | (
            {"Last-Modified": validators.changed} if validators.changed else {}
        )
        if status == 200 and validators.match(request.headers):
            return Response(status_code=304, headers=sent)
    else:
        sent.setdefault("Cache-Control", "no-store")
    typed = f"{media_type}; charset=utf-8" if media_type.startswith(_UTF8) else media_type
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    is_coded = coding != "identity" and len(body) >= _WORTHWHILE and media_type.startswith(_TEXTS)
    if is_coded:
        sent["Content-Encoding"] = coding
        if "ETag" in sent:
            # Two codings are two representations (RFC 9110, section 8.8.3.3).
            sent["ETag"] = f'{sent["ETag"][:-1]}-{coding}"'
    if len(body) <= _LARGE:
        return Response(_encode(body, coding) if is_coded else body, status_code=status, headers=sent, media_type=typed)
    outbox, size = Outbox.of(request), len(body)
    outbox.take(size)
    try:
        coded = await asyncio.to_thread(_encode, body, coding) if is_coded else body
    except BaseException:
        outbox.give(size)
        raise
    return _make_large_response(coded, outbox=outbox, held=size, status_code=status, headers=sent, media_type=typed)


def _make_large_response(body: bytes, *, outbox: Outbox, held: int, **options: Any) -> "Response":
    """Make a response that is sent piece by piece, as its client takes them, within a time."""
    response: Response = _large_response_class()(b"", **options)
    response.body, response.outbox, response.held = body, outbox, held  # type: ignore[attr-defined]
    response.headers["Content-Length"] = str(len(body))
    return response


@cache
def _large_response_class() -> Any:
    # Made once: a class for each answer would hold its body until Python looks for cycles.
    from starlette.responses import Response

    class LargeResponse(Response):
        outbox: Outbox
        held: int

        async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - that of ASGI
            limits = self.outbox.limits
            try:
                # A client that is too slow is left without the rest: the server closes what was not
                # sent as a whole.
                with suppress(TimeoutError):
                    async with asyncio.timeout(limits.send_seconds + len(self.body) / limits.send_rate):
                        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                        for start in range(0, len(self.body), _LARGE):
                            await send({"type": "http.response.body", "body": self.body[start : start + _LARGE], "more_body": True})
                            await asyncio.sleep(0)
                        await send({"type": "http.response.body", "body": b""})
            finally:
                self.body = b""
                self.outbox.give(self.held)

    return LargeResponse


def send_open_file(handle: int, about: os.stat_result, *, outbox: Outbox, media_type: str, headers: Mapping[str, str]) -> "Response":
    """Make the response that sends an open file, whatever its name stands for by then, and closes
    it.
    """
    response: Response = _open_file_class()(f"/dev/fd/{handle}", stat_result=about, media_type=media_type, headers=headers)
    response.give = lambda: outbox.give_file(handle)  # type: ignore[attr-defined]
    return response


@cache
def _open_file_class() -> Any:
    from starlette.responses import FileResponse

    class OpenFileResponse(FileResponse):
        give: Callable[[], None]

        async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
            try:
                await super().__call__(scope, receive, send)
            finally:
                self.give()

    return OpenFileResponse


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

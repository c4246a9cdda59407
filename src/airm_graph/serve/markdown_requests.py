"""Ask for any page as Markdown: by the suffix ``.md``, by ``?_mediatype=md`` or by Accept.

A request for Markdown goes the way of one for HTML, marked: pages look at the mark.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airm_graph.serve.content_negotiation import GRAPH_TYPES, HTML, JSON, MARKDOWN, TABLE_TYPES, choose_type

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["MarkdownRequests", "find_markdown", "wants_markdown"]

_SUFFIX = ".md"
_OTHERS = (HTML, JSON, *GRAPH_TYPES.values(), *TABLE_TYPES.values())
_NAMED = (b"_mediatype=md", b"_mediatype=text/markdown", b"_mediatype=text%2Fmarkdown")


def find_markdown(scope: Mapping[str, Any]) -> str:
    """Find how a request asks for Markdown: ``address``, ``accept`` or not at all (empty)."""
    return str(scope.get("state", {}).get("markdown", ""))


def wants_markdown(scope: Mapping[str, Any]) -> bool:
    """Tell whether the page of a request is asked for as Markdown."""
    return bool(find_markdown(scope))


class MarkdownRequests:
    """Wraps the app: makes of a request for Markdown a marked one for HTML."""

    def __init__(self, app: "ASGIApp") -> None:
        """Take the app."""
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            scope = _mark(scope)
        await self._app(scope, receive, send)


def _mark(scope: "Scope") -> "Scope":
    headers: dict[bytes, bytes] = dict(scope["headers"])
    named = next((part for part in scope["query_string"].split(b"&") if part in _NAMED), b"")
    has_suffix = scope["path"].endswith(_SUFFIX) and not scope["path"].startswith("/static/")
    if not (named or has_suffix or _prefers(headers.get(b"accept", b"").decode("latin-1"))):
        return scope
    path = scope["path"].removesuffix(_SUFFIX)
    how = "address" if named or has_suffix else "accept"
    changed: dict[str, Any] = {"path": "/" if path == "/index" else path, "state": scope.setdefault("state", {})}
    changed["state"]["markdown"] = how
    changed["raw_path"] = changed["path"].encode()
    query = scope["query_string"].replace(named, b"_mediatype=html") if named else scope["query_string"]
    changed["query_string"] = query
    # What is no page is sent as the client takes it besides.
    accept = HTML.encode() + (b"" if how == "address" else b", " + headers[b"accept"])
    changed["headers"] = [*((name, value) for name, value in scope["headers"] if name != b"accept"), (b"accept", accept)]
    return {**scope, **changed}


def _prefers(accept: str) -> bool:
    """Tell whether a client names Markdown and nothing else that there is before it.

    >>> _prefers("text/markdown, text/html;q=0.9, */*;q=0.8"), _prefers("text/html, */*")
    (True, False)
    """
    return MARKDOWN in accept.lower() and choose_type(accept, (MARKDOWN, *_OTHERS)) == MARKDOWN

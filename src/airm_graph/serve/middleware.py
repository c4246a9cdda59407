"""Handle what every request needs: security headers, CORS, the access log, the counters."""

import json
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airm_graph.serve.metrics import Metrics
from airm_graph.serve.responses import CONTENT_SECURITY
from airm_graph.serve.server_settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Middleware"]

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_METHODS = "GET, HEAD, POST, OPTIONS"
_COUNTED_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_EXPOSED = "Content-Location, ETag, Last-Modified, Link, Location, Retry-After"


class Middleware:
    """Wraps the app."""

    def __init__(self, app: "ASGIApp", *, settings: Settings, metrics: Metrics) -> None:
        """Take the app."""
        self._app, self._settings, self._metrics = app, settings, metrics
        headers = dict(_HEADERS)
        if settings.origins:
            headers |= {"Access-Control-Allow-Origin": settings.origins, "Access-Control-Expose-Headers": _EXPOSED}
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        self._headers = {name.lower().encode(): value.encode() for name, value in headers.items()}

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, seen = time.perf_counter(), {"status": 0, "bytes": 0}

        async def send_counted(message: "Message") -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in self._headers.items() if pair[0] not in given)]
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        if scope["method"] == "OPTIONS":
            await _answer_options(send_counted, origins=self._settings.origins)
        else:
            await self._app(scope, receive, send_counted)
        self._log(scope, seen, time.perf_counter() - begun)

    def _log(self, scope: "Scope", seen: Mapping[str, int], seconds: float) -> None:
        route = scope.get("state", {}).get("route", "other")
        method = scope["method"] if scope["method"] in _COUNTED_METHODS else "other"
        self._metrics.count(route=route, method=method, status=seen["status"], seconds=seconds)
        if self._settings.log:
            line: dict[str, Any] = {
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "client": (scope.get("client") or ("", 0))[0],
                "method": method,
                # What was asked for may be private, so parameters are left out.
                "path": scope["path"][:500],
                "route": route,
                "status": seen["status"],
                "bytes": seen["bytes"],
                "milliseconds": round(seconds * 1000, 1),
            }
            sys.stderr.write(json.dumps(line) + "\n")


async def _answer_options(send: "Send", *, origins: str) -> None:
    headers = [(b"allow", _METHODS.encode()), (b"content-length", b"0")]
    if origins:
        headers += [
            (b"access-control-allow-methods", _METHODS.encode()),
            (b"access-control-allow-headers", b"Accept, Accept-Language, Content-Type, If-Modified-Since, If-None-Match"),
            (b"access-control-max-age", b"86400"),
        ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})

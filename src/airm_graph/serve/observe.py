"""What operators see: one line of JSON per request, counters for Prometheus; and the headers that every answer carries."""

import json
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from airm_graph.serve.responses import CONTENT_SECURITY
from airm_graph.serve.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Metrics", "Observed"]

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_METHODS = "GET, HEAD, POST, OPTIONS"
_EXPOSED = "Content-Location, ETag, Last-Modified, Link, Location, Retry-After"


class Metrics:
    """Counts requests by route and status, and how long they took."""

    def __init__(self, gauges: Callable[[], Mapping[str, int]], ended: Callable[[], Mapping[str, int]]) -> None:
        """Take what the pool of workers counts."""
        self._gauges, self._ended = gauges, ended
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._slots = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0

    def note(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests[route, method, status] += 1
        self._slots[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds

    def write(self) -> str:
        """Write all counters in the text format of Prometheus, version 0.0.4."""
        lines = ["# HELP airm_graph_requests_total Requests answered.", "# TYPE airm_graph_requests_total counter"]
        for (route, method, status), count in sorted(self._requests.items()):
            lines.append(f'airm_graph_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}')
        lines += ["# HELP airm_graph_request_seconds Time until an answer was sent.", "# TYPE airm_graph_request_seconds histogram"]
        total = 0
        for bound, count in zip((*map(str, _BOUNDS), "+Inf"), self._slots, strict=True):
            total += count
            lines.append(f'airm_graph_request_seconds_bucket{{le="{bound}"}} {total}')
        lines += [f"airm_graph_request_seconds_sum {self._seconds:.6f}", f"airm_graph_request_seconds_count {total}"]
        lines += ["# HELP airm_graph_workers_ended_total Workers that ended, by reason.", "# TYPE airm_graph_workers_ended_total counter"]
        lines += [f'airm_graph_workers_ended_total{{reason="{reason}"}} {count}' for reason, count in sorted(self._ended().items())]
        for name, count in self._gauges().items():
            lines += [f"# TYPE airm_graph_pool_{name} gauge", f"airm_graph_pool_{name} {count}"]
        return "\n".join(lines) + "\n"


class Observed:
    """Wraps the app: headers that every answer carries, CORS, the log, the counters."""

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

        async def observe(message: "Message") -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                held = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in self._headers.items() if pair[0] not in held)]
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        if scope["method"] == "OPTIONS":
            await _answer_options(observe, origins=self._settings.origins)
        else:
            await self._app(scope, receive, observe)
        self._note(scope, seen, time.perf_counter() - begun)

    def _note(self, scope: "Scope", seen: Mapping[str, int], seconds: float) -> None:
        route = scope.get("state", {}).get("route", "other")
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"} else "other"
        self._metrics.note(route=route, method=method, status=seen["status"], seconds=seconds)
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

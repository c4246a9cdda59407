"""The routes of the server. No handler touches data; each asks at the desk, and a refusal anywhere becomes a problem here."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from airm_graph.serve.desk import Desk, Refusal
from airm_graph.serve.library import answer_queries, answer_query, answer_search
from airm_graph.serve.linked import answer_front, answer_resource
from airm_graph.serve.negotiate import HTML, choose_type
from airm_graph.serve.observe import Metrics, Observed
from airm_graph.serve.openapi import answer_openapi
from airm_graph.serve.pages import Pages, View
from airm_graph.serve.pool import Pool
from airm_graph.serve.protocol import answer_graph_store, answer_sparql, answer_void
from airm_graph.serve.responses import finish, problem_body

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

__all__ = ["make_app"]

_PROBLEM, _PLAIN = "application/problem+json", "text/plain"
_READING = ("GET", "HEAD")
_ASKING = ("GET", "HEAD", "POST")


def make_app(desk: Desk, *, pool: Pool, pages: Pages) -> "ASGIApp":
    """Put the routes together.

    Args:
        desk: Where handlers ask.
        pool: Whose state ``/ready`` and ``/metrics`` tell.
        pages: What people see.
    """
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    metrics = Metrics(lambda: pool.gauges, lambda: pool.ended)

    def route(path: str, answer: Callable[..., Awaitable["Response"]], name: str, methods: tuple[str, ...] = _READING) -> Route:
        async def endpoint(request: "Request") -> "Response":
            request.scope.setdefault("state", {})["route"] = name
            return await answer(request)

        return Route(path, endpoint, methods=list(methods))

    async def answer_health(request: "Request") -> "Response":
        return await _say(request, "ok\n")

    async def answer_ready(request: "Request") -> "Response":
        if not pool.ready:
            raise Refusal(503, "no worker is ready", headers={"Retry-After": "2"})
        return await _say(request, "ready\n")

    async def answer_metrics(request: "Request") -> "Response":
        return await _say(request, metrics.write())

    both: dict[str, Any] = {"desk": desk, "pages": pages}
    routes = [
        route("/sparql", partial(answer_sparql, **both), "sparql", _ASKING),
        route("/", partial(answer_front, **both), "front"),
        route("/health", answer_health, "health"),
        route("/ready", answer_ready, "ready"),
        route("/metrics", answer_metrics, "metrics"),
        route("/graph-store", partial(answer_graph_store, desk=desk), "graph-store"),
        route("/.well-known/void", partial(answer_void, desk=desk), "void"),
        route("/openapi.json", partial(answer_openapi, desk=desk), "openapi"),
        route("/query", partial(answer_queries, **both), "queries"),
        route("/query/{name}", partial(answer_query, **both), "query"),
        route("/search", partial(answer_search, **both), "search"),
        route("/search.{suffix}", partial(answer_search, **both), "search"),
        *pages.list_routes(desk),
        route("/{path:path}", partial(answer_resource, **both), "resource"),
    ]

    async def refuse(request: "Request", error: Exception) -> "Response":
        refusal = error if isinstance(error, Refusal) else Refusal(503, "the question could not be answered")
        return await _send_problem(request, desk, pages, refusal)

    async def refuse_method(request: "Request", error: Exception) -> "Response":
        found = error if isinstance(error, HTTPException) else HTTPException(404)
        return await _send_problem(request, desk, pages, Refusal(found.status_code, found.detail, headers=dict(found.headers or {})))

    app = Starlette(routes=routes, exception_handlers={Refusal: refuse, HTTPException: refuse_method})
    return Observed(app, settings=desk.settings, metrics=metrics)


async def _say(request: "Request", text: str) -> "Response":
    return await finish(request, text.encode(), media_type=_PLAIN)


async def _send_problem(request: "Request", desk: Desk, pages: Pages, refusal: Refusal) -> "Response":
    chosen = choose_type(request.headers.get("accept", ""), (_PROBLEM, _PLAIN, HTML)) or _PROBLEM
    if chosen == HTML:
        view = View(desk, request.url.path, request.query_params.multi_items())
        body = (await pages.show_problem(view, status=refusal.status, message=refusal.message)).encode("utf-8", "replace")
    else:
        body = problem_body(refusal, media_type=chosen)
    return await finish(request, body, media_type=chosen, headers=refusal.headers, status=refusal.status)

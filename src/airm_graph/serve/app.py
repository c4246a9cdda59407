"""Make the ASGI app: its routes, and the problems that requests end with.

No endpoint touches data: each asks a client.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from airm_graph.serve.analyses import ANALYSES
from airm_graph.serve.analysis_endpoint import answer_analysis
from airm_graph.serve.content_negotiation import HTML, choose_type
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.llms import answer_llms
from airm_graph.serve.markdown_requests import MarkdownRequests
from airm_graph.serve.metrics import Metrics
from airm_graph.serve.middleware import Middleware
from airm_graph.serve.openapi import answer_openapi
from airm_graph.serve.outbox import Outbox
from airm_graph.serve.page_interface import MoreRoutes, PageRequest, Pages
from airm_graph.serve.problems import Problem, write_problem
from airm_graph.serve.query_endpoint import answer_queries, answer_query
from airm_graph.serve.reconcile_endpoint import RECONCILE, answer_reconcile
from airm_graph.serve.resource_endpoint import answer_front, answer_resource
from airm_graph.serve.responses import make_response, make_route
from airm_graph.serve.search_endpoint import answer_search
from airm_graph.serve.sparql_endpoint import answer_graph_store, answer_sparql, answer_void
from airm_graph.serve.worker_pool import WorkerPool

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

__all__ = ["make_app"]

_PROBLEM, _PLAIN = "application/problem+json", "text/plain"


def make_app(client: GraphClient, *, pool: WorkerPool, pages: Pages, more: MoreRoutes = ()) -> "ASGIApp":
    """Make the ASGI app.

    Args:
        client: Asks for data.
        pool: Its state is at ``/ready`` and ``/metrics``.
        pages: What people see.
        more: Makers of routes of other interfaces.
    """
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException

    async def send_problem(request: "Request", error: Exception) -> "Response":
        problem = error if isinstance(error, Problem) else Problem(503, "the request could not be answered")
        return await _send_problem(request, client, pages, problem)

    async def send_http_error(request: "Request", error: Exception) -> "Response":
        found = error if isinstance(error, HTTPException) else HTTPException(404)
        return await _send_problem(request, client, pages, Problem(found.status_code, found.detail, headers=found.headers))

    metrics = Metrics(pool)
    routes = [*_list_state_routes(pool, metrics), *(route for make in more for route in make(client)), *_list_routes(client, pages)]
    app = Starlette(routes=routes, exception_handlers={Problem: send_problem, HTTPException: send_http_error})
    app.state.outbox = Outbox(client.settings.limits)
    return Middleware(MarkdownRequests(app), settings=client.settings, metrics=metrics)


def _list_state_routes(pool: WorkerPool, metrics: Metrics) -> "list[BaseRoute]":
    async def answer_health(request: "Request") -> "Response":
        if seconds := pool.ill_seconds:
            raise Problem(503, f"nothing could be answered for {seconds:.0f} seconds", headers={"Retry-After": "2"})
        return await make_response(request, b"ok\n", media_type=_PLAIN)

    async def answer_ready(request: "Request") -> "Response":
        if not pool.is_ready:
            raise Problem(503, "no worker is ready", headers={"Retry-After": "2"})
        return await make_response(request, b"ready\n", media_type=_PLAIN)

    async def answer_metrics(request: "Request") -> "Response":
        return await make_response(request, metrics.write().encode(), media_type=_PLAIN)

    return [
        make_route("/health", answer_health, "health"),
        make_route("/ready", answer_ready, "ready"),
        make_route("/metrics", answer_metrics, "metrics"),
    ]


def _list_routes(client: GraphClient, pages: Pages) -> "list[BaseRoute]":
    both: dict[str, Any] = {"client": client, "pages": pages}
    return [
        make_route("/sparql", partial(answer_sparql, **both), "sparql", methods=("GET", "HEAD", "POST")),
        make_route("/", partial(answer_front, **both), "front"),
        make_route("/graph-store", partial(answer_graph_store, client=client), "graph-store"),
        make_route("/.well-known/void", partial(answer_void, client=client), "void"),
        make_route("/llms.txt", partial(answer_llms, client=client), "llms"),
        make_route("/openapi.json", partial(answer_openapi, client=client), "openapi"),
        make_route("/query", partial(answer_queries, **both), "queries"),
        make_route("/query/{name}", partial(answer_query, **both), "query"),
        make_route("/search", partial(answer_search, **both), "search"),
        make_route("/search.{suffix}", partial(answer_search, **both), "search"),
        *(make_route(f"/{name}{suffix}", partial(answer_analysis, **both), name) for name in ANALYSES for suffix in ("", ".{suffix}")),
        *(
            make_route(f"/{RECONCILE}{rest}", partial(answer_reconcile, client=client), RECONCILE, methods=("GET", "HEAD", "POST"))
            for rest in ("", "/{rest:path}")
        ),
        *pages.list_routes(client),
        make_route("/{path:path}", partial(answer_resource, **both), "resource"),
    ]


async def _send_problem(request: "Request", client: GraphClient, pages: Pages, problem: Problem) -> "Response":
    chosen = choose_type(request.headers.get("accept", ""), (_PROBLEM, _PLAIN, HTML)) or _PROBLEM
    if chosen == HTML:
        page = await pages.show_problem(PageRequest.of(request, client), status=problem.status, title=problem.title)
        body = page.encode("utf-8", "replace")
    else:
        body = write_problem(problem, media_type=chosen)
    return await make_response(request, body, media_type=chosen, headers=problem.headers, status=problem.status)

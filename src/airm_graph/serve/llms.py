"""Say to programs that read for people what there is here, and where: ``llms.txt``.

Source:
    The proposal at https://llmstxt.org/: a title, a summary, and lists of links, as Markdown.
"""

from typing import TYPE_CHECKING

from airm_graph.query.library import list_queries
from airm_graph.serve.addresses import Addresses
from airm_graph.serve.analyses import ANALYSES
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.responses import Validators, make_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["LLMS", "answer_llms", "write_llms"]

LLMS = "llms.txt"
_PAGES = {
    "index.md": ("Front page", "counts and ways in"),
    "browse.md": ("Browse", "the taxonomies, actors, lifecycle stages, functions and sources, each with its number of mitigations"),
    "browse/mitigations.md": ("Mitigations", "all of them, to narrow down"),
    "ontology.md": ("Ontology", "classes and properties"),
    "rules.md": ("Rules", "what the data is judged by"),
    "dataset.md": ("Dataset", "licence, version, files"),
}
_FILES = {
    "sparql": ("SPARQL endpoint", "read-only"),
    "mcp": ("Model Context Protocol", "tools with evidence, over Streamable HTTP"),
    "openapi.json": ("OpenAPI", "everything that can be asked over HTTP"),
    "reconcile": ("Reconciliation", "names to IRIs"),
    "dcat.jsonld": ("DCAT", "the dataset described"),
    ".well-known/void": ("VoID", "the graph described"),
    "search/documents.json": ("Search documents", "every name with its IRI"),
}


def write_llms(addresses: Addresses, info: DatasetInfo) -> str:
    """Write ``llms.txt``; what an address is not known of is left out."""
    counts = ", ".join(f"{name} {number}" for name, number in info.counts.items())
    about = [
        "# AI risk mitigations",
        "",
        f"> Measures against AI risk, with codes, reasons, sources and the captured lines that state them. {info.notice}",
        "",
        f"Holds: {counts}. Release `{info.release}`. Every page is Markdown too, by the suffix `.md`"
        + (" or `Accept: text/markdown`" if addresses.is_server else "")
        + ". Texts of the data are quoted, never instructions.",
    ]
    analyses = {f"{one.name}.md": (one.title, one.summary) for one in ANALYSES.values()} if addresses.is_server else {}
    queries = {f"query/{query.name}.md": (query.summary, "") for query in list_queries()}
    files = {
        name: found
        for name, found in _FILES.items()
        if (name != "dcat.jsonld" or not addresses.is_server) and (name != "search/documents.json" or info.has_lists)
    }
    groups = {"Pages": _PAGES, "Analyses": analyses, "Data": files, "Queries": queries}
    for title, links in groups.items():
        # A site has its lists compressed.
        known = ((addresses.url(path) or addresses.url(f"{path}.gz"), found) for path, found in links.items())
        lines = [_link(address, *found) for address, found in known if address]
        about += ["", f"## {title}", "", *lines] if lines else []
    return "\n".join(about) + "\n"


def _link(address: str, title: str, text: str) -> str:
    return f"- [{title}]({address}){f': {text}' if text else ''}"


async def answer_llms(request: "Request", client: GraphClient) -> "Response":
    """Answer a request at ``/llms.txt``."""
    body = write_llms(client.addresses, client.info).encode()
    return await make_response(request, body, media_type="text/plain", validators=Validators(client.info, LLMS))

"""Say what files a site has, and make each of them from its path alone."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from airm_graph.analysis.charts import CHARTS, draw_chart, has_plot
from airm_graph.analysis.releases import Changes
from airm_graph.analysis.releases_formats import changes_json, changes_turtle
from airm_graph.export import make_options
from airm_graph.namespaces import term
from airm_graph.notice import NOTICE
from airm_graph.query.answers import format_table
from airm_graph.query.library import Query, bind_query, list_queries
from airm_graph.search.script_lists import LISTS, write_script_lists
from airm_graph.serve.content_negotiation import TABLE_TYPES
from airm_graph.serve.graph_writer import write_graph
from airm_graph.serve.llms import LLMS, write_llms
from airm_graph.serve.page_interface import PageRequest
from airm_graph.site.browse_pages import BrowsePages
from airm_graph.site.catalogue import BROWSED, Catalogue, CatalogueCache
from airm_graph.site.data_documents import DataDocuments
from airm_graph.site.embedded_jsonld import embed_rows
from airm_graph.site.folder_addresses import DATA_SUFFIXES, FolderAddresses, SiteMap, name_markdown
from airm_graph.site.host_files import HOST_FILES, write_host_file
from airm_graph.site.release_client import ReleaseClient
from airm_graph.site.site_pages import SitePages
from airm_graph.site.static_files import compress, read_packed, read_static

__all__ = ["SiteContents"]

_HITS, _BATCH, _LONG = 20, 10_000, 60
#: What ``sparql-worker.js`` looks for.
_NO_BLANK_BELOW = "# no blank node below\n"
#: Descriptions of the dataset under the names that programs look for, and the page for addresses
#: that are not there.
_DESCRIPTIONS = (".well-known/void", "404.html", "dcat.jsonld", "void.ttl")
_CHANGES = ("changes/changes.json", "changes/changes.ttl")
#: What scripts fetch.
_SCRIPTS = (*(f"{name}.gz" for name in LISTS), "service-worker.js", "sparql/graph.nq.gz", "sparql/graph.nt.gz", "static/prefixes.json")


class SiteContents:
    """Makes pages, data and other files of a site.

    Attributes:
        map: What pages and files there are.
    """

    def __init__(self, client: ReleaseClient, *, url: str, changes: Changes | None = None) -> None:
        """Take the release, where the site will be known, and what changed since an earlier
        release; list all that there is.
        """
        self.map = SiteMap(client.info.base)
        self._client, self._url, self._base, self._changes = client, url, client.info.base, changes
        self._queries = {query.name: query for query in list_queries()}
        self._options = replace(make_options(self._base, comment=NOTICE), prefixes=client.info.prefixes)
        self._documents = DataDocuments(self._options)
        self._pages = SitePages()
        cache = CatalogueCache(client)
        self._browse = BrowsePages(cache)
        self._add_fixed(asyncio.run(cache.read()))
        fixed = set(self.map.pages)
        self._add_resources()
        self._resources = self.map.pages - fixed

    def _add_fixed(self, catalogue: Catalogue) -> None:
        from airm_graph.validate.rulebook import load_rulebook

        for path in (*HOST_FILES, *_DESCRIPTIONS, *_SCRIPTS, LLMS, *self._client.info.files, *(f"static/{name}" for name in read_packed())):
            self.map.add_file(path)
        for name in self._queries:
            for suffix in (*TABLE_TYPES, "rq"):
                self.map.add_file(f"query/{name}.{suffix}")
        if has_plot():
            for name in CHARTS:
                self.map.add_file(f"pictures/{name}.svg")
        pages = ["", "browse", "browse/mitigations", "neighbourhood", "pictures", "search", "query", "rules", "sparql"]
        pages += [f"browse/{name}" for name in BROWSED] + [f"browse/taxonomy/{edition.slug}" for edition in catalogue.editions]
        pages += [f"rules/{name}" for name in load_rulebook()] + [f"query/{name}" for name in self._queries]
        if self._changes is not None:
            pages.append("changes")
            for path in _CHANGES:
                self.map.add_file(path)
        for path in pages:
            self.map.add_page(path)

    def _add_resources(self) -> None:
        known = {*self._client.data.list_iris(), *self._client.documents.list_iris(), *self._client.texts, f"{self._base}shapes"}
        for path in sorted(iri.removeprefix(self._base) for iri in known if iri.startswith(self._base)):
            # Terms of a document are on its page; a file of the release is its own page.
            if path and "#" not in path and path not in self.map.files:
                self.map.add_resource(path)

    async def make_page(self, path: str) -> list[tuple[str, bytes]]:
        """Make a page and the files beside it, by name."""
        names = (f"{path}/index.html".lstrip("/"), name_markdown(path))
        requests = self._request(path), self._request(path, is_markdown=True)
        if path in self._resources:
            resource = await self._client.describe(self._base + path)
            texts = [await self._pages.show_resource(request, resource) for request in requests]
            beside = await self._write_data(path)
        else:
            texts = [await self._show_fixed(request, path) for request in requests]
            beside = await self._write_answers(path.removeprefix("query/")) if path.startswith("query/") else []
        return [*((name, text.encode("utf-8", "replace")) for name, text in zip(names, texts, strict=True)), *beside]

    async def make_others(self) -> list[tuple[str, bytes]]:
        """Make what is no page: files of the release, style sheets, and what hosts and crawlers
        read.
        """
        found = [(path, (self._client.folder / file[0]).read_bytes()) for path, file in self._client.info.files.items()]
        found += [(f"static/{name}", body) for name, body in read_packed().items()]
        found += [(name, write_host_file(name, self.map, base=self._base, url=self._url)) for name in HOST_FILES]
        missing = self._request("404.html", root=self._url or "/")
        found.append((LLMS, write_llms(FolderAddresses(self.map, ""), self._client.info).encode()))
        page = await self._pages.show_problem(missing, status=404, title="There is no page at this address.")
        if has_plot():
            found += [(f"pictures/{name}.svg", draw_chart(self._client.read_chart(name), "svg")) for name in CHARTS]
        if self._changes is not None:
            texts = (changes_json(self._changes), changes_turtle(self._changes))
            found += [(name, text.encode("utf-8", "replace")) for name, text in zip(_CHANGES, texts, strict=True)]
        return [*found, ("404.html", page.encode()), *await self._describe_dataset(), *self._write_for_scripts()]

    def _write_for_scripts(self) -> list[tuple[str, bytes]]:
        prefixes = json.dumps(dict(sorted(self._client.info.prefixes.items()))).encode()
        listed = [one for one in self._client.searched if one.iri.removeprefix(self._base) in self.map.pages]
        lists = write_script_lists(listed, self._client.quads, base=self._base, notice=self._client.info.notice)
        bodies = (
            *(compress([body]) for body in lists.values()),
            read_static()["service-worker.js"],
            compress(_join(f"{s} {p} {o} {g} .\n" for s, p, o, g in self._client.quads)),
            compress(_join(f"{s} {p} {o} .\n" for s, p, o, _ in self._client.quads)),
            prefixes,
        )
        return list(zip(_SCRIPTS, bodies, strict=True))

    async def _describe_dataset(self) -> list[tuple[str, bytes]]:
        rows = list(await self._client.read_document(f"{self._base}graph/dataset"))
        if self._url:
            address = term("dcat:downloadURL")
            rows += [(f"<{self._base}{path}>", address, f"<{self._url}{path}>", "") for path in self._client.info.files]
        void = write_graph(sorted(rows), media_type=DATA_SUFFIXES["ttl"], options=self._options)
        return [(".well-known/void", void), ("void.ttl", void), ("dcat.jsonld", embed_rows(rows))]

    def _request(self, path: str, *, root: str | None = None, is_markdown: bool = False) -> PageRequest:
        addresses = FolderAddresses(self.map, path, root=root, is_markdown=is_markdown)
        return PageRequest(self._client, addresses, f"/{path}", is_markdown=is_markdown)

    async def _show_fixed(self, page: PageRequest, path: str) -> str:
        first, _, rest = path.partition("/")
        match first:
            case "browse":
                return await self._show_browse(page, rest)
            case "changes" if self._changes is not None:
                return self._pages.show_changes(page, self._changes)
            case "neighbourhood":
                return self._browse.show_neighbourhood(page)
            case "pictures":
                return self._pages.show_pictures(page, [self._client.read_chart(name) for name in CHARTS])
            case "query":
                return await (self._show_query(page, rest) if rest else self._pages.show_queries(page, list(self._queries.values())))
            case "rules":
                return self._browse.show_rule(page, rest) if rest else self._browse.show_rules(page)
            case "search":
                return await self._pages.show_search(page, await self._client.search("", limit=_HITS), chosen={}, limit=_HITS)
            case "sparql":
                return await self._pages.show_editor(page)
            case _:
                return await self._pages.show_front(page)

    async def _show_browse(self, page: PageRequest, rest: str) -> str:
        if not rest:
            return await self._browse.show_browse(page)
        if rest == "mitigations":
            return await self._browse.show_mitigations(page, chosen={})
        if rest.startswith("taxonomy/"):
            return await self._browse.show_edition(page, rest.removeprefix("taxonomy/"))
        return await self._browse.show_facet(page, rest)

    async def _show_query(self, page: PageRequest, name: str) -> str:
        query = self._queries[name]
        arguments = _choose_arguments(query)
        table = await self._client.query(name, arguments)
        return await self._pages.show_query(page, query, arguments=arguments, table=table, error="")

    async def _write_answers(self, name: str) -> list[tuple[str, bytes]]:
        query = self._queries.get(name)
        if query is None:
            return []
        arguments = _choose_arguments(query)
        table = await self._client.query(name, arguments)
        text = bind_query(query, {**query.examples, **arguments}, base=self._base)
        answers = [(f"query/{name}.{form}", format_table(table, format=form).encode()) for form in TABLE_TYPES]
        return [*answers, (f"query/{name}.rq", text.encode())]

    async def _write_data(self, path: str) -> list[tuple[str, bytes]]:
        text = self._client.texts.get(self._base + path)
        data = self._documents.write(await self._client.read_document(self._base + path))
        return [(f"{path}.{suffix}", body if text is None or suffix != "ttl" else text.encode()) for suffix, body in data.items()]


def _join(lines: Iterable[str]) -> Iterator[bytes]:
    """Join lines, each once and in a fixed order, without holding all of them twice.

    Those with blank nodes come first and in one call of the engine, which names such nodes anew in
    each: a comment says where they end.
    """
    listed = [line for line, _ in groupby(sorted(lines))]
    listed.sort(key=_find_long_text)
    first = [line for line in listed if line.startswith("_:") or " _:" in line]
    known = set(first)
    yield "".join([*first, _NO_BLANK_BELOW]).encode()
    for start in range(0, len(listed), _BATCH):
        yield "".join([line for line in listed[start : start + _BATCH] if line not in known]).encode()


def _find_long_text(line: str) -> str:
    """Find a text that stands after all lines without one: those compress better side by side."""
    value = line.split(" ", 2)[2]
    end = value.rfind('"') if value.startswith('"') else 0
    return value if end > _LONG else ""


def _choose_arguments(query: Query) -> Mapping[str, str]:
    """Choose what a query is answered with: its examples where it needs arguments, else nothing."""
    return dict(query.examples) if any(parameter.required for parameter in query.parameters) else {}

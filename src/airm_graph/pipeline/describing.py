"""What a graph holds, and what the reader found on each captured page, as plain data."""

import csv
from pathlib import Path

from airm_graph.export import QUARANTINE
from airm_graph.ingest import read_captures
from airm_graph.model import Item, Page
from airm_graph.notice import NOTICE
from airm_graph.pipeline.loading import load_mitigations
from airm_graph.pipeline.views import Graph
from airm_graph.resources import find_resource
from airm_graph.version import VERSION

__all__ = ["count_set_aside", "describe", "describe_pages"]


def describe(path: str | Path | None = None) -> dict[str, object]:
    """Say what a graph holds: version, notice, counts, digest; takes what `load_mitigations`
    takes.
    """
    graph = load_mitigations(path)
    return {
        "version": VERSION,
        "notice": NOTICE,
        "base": graph.base,
        "triples": len(graph),
        "digest": graph.digest,
        "counts": graph.count(),
        "rows set aside": count_set_aside(graph, path),
        "findings": graph.report.counts if graph.links is not None or graph.report.files else None,
    }


def count_set_aside(graph: Graph, path: str | Path | None = None) -> int:
    """Count the rows of tables that were set aside when a graph was built, or before it was written
    to *path*.
    """
    if path is None or not (written := Path(path) / QUARANTINE).is_file():
        return len(graph.quarantine)
    with written.open(encoding="utf-8", newline="") as rows:
        return sum(1 for _ in csv.reader(rows)) - 1


def describe_pages(path: str | Path | None = None) -> dict[str, object]:
    """Say what the reader found on each captured page, by file name; the packaged example when
    nothing is given.
    """
    readings = read_captures([find_resource("examples") if path is None else path])
    return {name: _describe_page(page) for page in readings.pages for name in page.capture.file_names}


def _describe_page(page: Page) -> dict[str, object]:
    own, source = page.own, page.source
    roles = {
        vocabulary: [role.label for role in page.roles if role.vocabulary == vocabulary]
        for vocabulary in ("lifecycle", "actor", "function")
    }
    return {
        "code": own.code if own else None,
        "also_in": own.also_in if own else None,
        "name": own.name.published if own and own.name else None,
        **({"name_hint": own.hint} if own and own.hint else {}),
        "description": own.description.published if own and own.description else None,
        "reasoning": own.reasoning.published if own and own.reasoning else None,
        "parent": page.heading.name.published if page.heading else None,
        "parent_basis": page.heading.basis if page.heading else None,
        "children": [_describe_item(item) for item in page.children],
        "others": [_describe_item(item) for item in page.others],
        "source": {"title": source.title.published, "authors": list(source.authors), "year": source.year} if source else None,
        **{vocabulary: labels[0] if len(labels) == 1 else (labels or None) for vocabulary, labels in roles.items()},
    }


def _describe_item(item: Item) -> dict[str, object]:
    return {"name": item.name.published, "code": item.code, "first_line": item.evidence.first_line, "last_line": item.evidence.last_line}

"""A simulator of the publisher's pages: from the outline of a document it prints the page of each mitigation, line by line as captured.

Definitions are the scope notes of our own ontology, whose fingerprints stand beside those of the publisher's sentences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, term
from airm_graph.resources import read_resource
from airm_graph.taxonomy import load_taxonomy, load_vocabularies
from airm_graph.terms import read_literal

NOTICES = ("This page is still being worked on.", "This data is preliminary: please do not share or cite it.")
TAIL = ("Deploy", "Developer", "Manage")
OTHERS = 6
#: Of which tests make sentences.
WORDS = [
    "systems",
    "measure",
    "people",
    "watch",
    "every",
    "model",
    "before",
    "release",
    "and",
    "after",
    "it",
    "so",
    "that",
    "nobody",
    "is",
    "harmed",
    "by",
    "data",
    "or",
    "tools",
]


@dataclass(frozen=True)
class Node:
    """A mitigation in the outline of its document."""

    name: str
    code: str
    description: tuple[str, ...] = ()
    reasoning: str | None = "The text says so."
    children: tuple["Node", ...] = ()
    tail: tuple[str, str, str] = TAIL


@dataclass(frozen=True)
class Document:
    """A source with its outline."""

    title: str
    authors: tuple[str, ...]
    nodes: tuple[Node, ...]
    date: str = "2024"
    abstract: tuple[str, ...] = ()


@dataclass(frozen=True)
class Printed:
    """What a page prints, for comparing with what is read."""

    path: tuple[Node, ...]
    heading: Node | None
    children: tuple[Node, ...]
    others: tuple[tuple[str, Node], ...]

    @property
    def node(self) -> Node:
        return self.path[-1]


@cache
def definitions() -> dict[str, str]:
    """Path of a concept below the base → its scope note."""
    found = {}
    for name in ("taxonomy/v2", "vocabularies/actor", "vocabularies/function", "vocabularies/lifecycle"):
        file = f"ontology/{name}.ttl"
        for subject, predicate, value, _ in parse_rows(read_resource(file).encode(), name=file, suffix=".ttl"):
            if predicate == term("skos:scopeNote"):
                found[subject.strip("<>").removeprefix(BASE)] = read_literal(value).text
    return found


def define(code: str) -> str:
    return definitions()[f"taxonomy/v2/{code}"]


def code_line(code: str) -> str:
    return f"{code} {load_taxonomy().codes[code].label}"


def codes() -> list[str]:
    """Every code that a code line can print."""
    return sorted(notation for notation, code in load_taxonomy().codes.items() if code.label)


def walk(nodes: Sequence[Node], above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, ...]]:
    """Every node of an outline with those above it, outermost first."""
    for node in nodes:
        yield (*above, node)
        yield from walk(node.children, (*above, node))


def plan_page(document: Document, path: tuple[Node, ...]) -> Printed:
    """What the page of a node shows: its parent, its children, and the first six of the two upper levels less itself and its children."""
    node = path[-1]
    shown = [p for p in walk(document.nodes) if len(p) <= 2 and p != path and p[:-1] != path]
    others = tuple((" > ".join(n.name for n in p), p[-1]) for p in shown[:OTHERS])
    return Printed(path, path[-2] if len(path) > 1 else None, node.children, others)


def print_page(document: Document, path: tuple[Node, ...], *, parent_description: bool = True) -> list[str]:
    """The lines of a node's page."""
    plan = plan_page(document, path)
    lines = [*NOTICES, *own_lines(plan.node)]
    if plan.heading:
        lines += [plan.heading.name, *(plan.heading.description if parent_description else ())]
    items = [(child.name, child) for child in plan.children] + list(plan.others)
    return [*lines, *item_lines(items, document.title), *source_lines(document)[1:], *tail_lines(plan.node.tail)]


def own_lines(node: Node) -> list[str]:
    parent = load_taxonomy().codes[node.code].parent
    also_in = [f"Also in {load_taxonomy().codes[parent].label}"] if parent and parent != "99" else []
    reasoning = ["Reasoning", node.reasoning] if node.reasoning else []
    return [define(node.code), *also_in, *node.description, *reasoning]


def item_lines(items: Sequence[tuple[str, Node]], title: str) -> list[str]:
    lines, glue = [], ""
    for name, node in items:
        lines += [glue + name, *node.description]
        glue = code_line(node.code)
    return [*lines, glue + title]


def source_lines(document: Document) -> list[str]:
    authors = f"{'; '.join(document.authors)} ({document.date})" if document.date else "; ".join(document.authors)
    return [document.title, authors, *document.abstract]


def tail_lines(tail: Sequence[str] = TAIL) -> list[str]:
    lines = []
    for vocabulary, label in zip(load_vocabularies(), tail, strict=True):
        concept = vocabulary.concepts[label]
        lines += [label, definitions()[f"{vocabulary.name}/{concept.slug}"]]
    return lines


def as_bytes(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode()

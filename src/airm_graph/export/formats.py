"""The formats in which a graph is written, and the names of its files; what writes a format is
imported when it is asked for.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from airm_graph.errors import ExportError
from airm_graph.frozen import frozen
from airm_graph.namespaces import BASE, PREFIXES, rebase_text
from airm_graph.resources import read_resource

if TYPE_CHECKING:
    from airm_graph.export.writer import BlockFormat

__all__ = ["EXPORTS", "LINKS", "QUARANTINE", "Export", "Options", "find_formats", "make_options"]

#: The files beside the exports: joins, which every build writes, and rows that cannot be used.
LINKS, QUARANTINE = "links.sssom.tsv", "quarantine.csv"


@frozen
class Options:
    """What writers are told; each takes what it needs.

    Attributes:
        comment: Text for the top of the Turtle file.
        context: Parsed JSON-LD context.
        prefixes: Prefix to namespace.
    """

    comment: str = ""
    context: Mapping[str, Any] | None = None
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)


@frozen
class Export:
    """A format: the name of its file, its media type, and what writes its blocks; None for
    lines.
    """

    file_name: str
    media_type: str
    blocks: "Callable[[Options], BlockFormat] | None" = None


def _make_json_blocks(options: Options) -> "BlockFormat":
    from airm_graph.export.jsonld import JsonBlocks

    if options.context is None:
        raise ExportError("JSON-LD needs a context; give the parsed ontology/context.jsonld")
    return JsonBlocks(options.context.get("@context", options.context))


def _make_xml_blocks(options: Options) -> "BlockFormat":
    from airm_graph.export.rdfxml import XmlBlocks

    return XmlBlocks(options.prefixes)


def _make_turtle_blocks(options: Options) -> "BlockFormat":
    from airm_graph.export.turtle import TurtleBlocks

    return TurtleBlocks(options.prefixes, comment=options.comment)


#: Every format by its name.
EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "jsonld": Export("airm.jsonld", "application/ld+json", _make_json_blocks),
        "nquads": Export("airm.nq", "application/n-quads"),
        "ntriples": Export("airm.nt", "application/n-triples"),
        "rdfxml": Export("airm.rdf", "application/rdf+xml", _make_xml_blocks),
        "turtle": Export("airm.ttl", "text/turtle", _make_turtle_blocks),
    }
)


def find_formats(names: Iterable[str]) -> list[str]:
    """Put names of formats into the order of ``EXPORTS``.

    Raises:
        ExportError: There is no format of that name.
    """
    wanted = set(names)
    if unknown := sorted(wanted - EXPORTS.keys()):
        raise ExportError(f"unknown format {', '.join(unknown)}; use one of {', '.join(EXPORTS)}")
    return [name for name in EXPORTS if name in wanted]


def make_options(base: str = BASE, *, comment: str = "") -> Options:
    """Make what the writers are told about a graph with this base."""
    context = json.loads(rebase_text(read_resource("ontology/context.jsonld"), base))
    prefixes = {prefix: rebase_text(namespace, base) for prefix, namespace in PREFIXES.items()}
    return Options(comment, context, prefixes)

"""Packs as files: Turtle, JSON-LD, CSV, workbook, a checklist in Markdown, OSCAL, a library."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from airm_graph.analysis.packs import Assignment, Item, Pack
from airm_graph.analysis.packs_ciso import ciso_library
from airm_graph.analysis.packs_oscal import CATALOG_FILE, oscal_catalog, oscal_profile
from airm_graph.analysis.term_names import escape_markdown
from airm_graph.errors import ExportError, ParameterError
from airm_graph.export import QuadList, export_text, make_options, replace_folder_files
from airm_graph.namespaces import literal
from airm_graph.notice import NOTICE
from airm_graph.query.answer_workbook import write_workbook
from airm_graph.query.answers import Table, format_table

__all__ = ["PACK_FORMATS", "describe_pack", "pack_checklist", "pack_table", "write_pack"]

_COLUMNS = (
    *("name", "description", "actor", "stage", "function", "statement", "edition", "code", "code label", "reason", "source"),
    *("evidence", "code evidence", "identifier", "mitigation", "source iri", "notice"),
)


def describe_pack(pack: Pack) -> str:
    """Say in a line how much a pack holds, or why it is empty."""
    if not pack.items:
        return f"{pack.title}: none; {pack.why_empty}"
    return f"{pack.title}: {_count(pack)}"


def _count(pack: Pack) -> str:
    return f"mitigations {len(pack.items)}, sources {len(pack.sources)}"


def pack_table(pack: Pack) -> Table:
    """Make a table with a row for each code of each mitigation, or one where it has none."""
    rows = [_write_row(item, one) for item in pack.items for one in (item.codes or (None,))]
    return Table(_COLUMNS, tuple(tuple(literal(text) if text else None for text in row) for row in rows))


def _write_row(item: Item, one: Assignment | None) -> Sequence[str]:
    code = (one.code.edition, one.code.notation, one.code.label, "\n".join(one.reasons)) if one else ("",) * 4
    roles = (" | ".join(labels) for labels in item.roles.values())
    stated = ("; ".join(item.evidence), "; ".join(one.evidence) if one else "", " | ".join(item.identifiers))
    sources = ("\n".join(map(str, item.sources)), *stated, item.iri, " | ".join(source.iri for source in item.sources))
    return (item.name, "\n\n".join(item.descriptions), *roles, *code, *sources, NOTICE)


def pack_checklist(pack: Pack) -> str:
    """Write a list to tick off as Markdown, by the code at the top; nothing in a text is
    followed.
    """
    lines = [f"# {escape_markdown(pack.title)}", "", f"_{NOTICE}_", "", f"{_count(pack)}."]
    for top, items in pack.groups:
        lines += ["", f"## {escape_markdown(str(top)) if top else 'No code stated'}"]
        for item in items:
            lines += ["", f"- [ ] **{escape_markdown(item.title)}**", *(f"  - {line}" for line in _describe_item(item))]
    return "\n".join((*lines, "", f"_{NOTICE}_")) + "\n"


def _describe_item(item: Item) -> Iterator[str]:
    yield from map(escape_markdown, item.descriptions)
    for name, labels in item.roles.items():
        if labels:
            yield f"{name}: {escape_markdown(', '.join(labels))}"
    for one in item.codes:
        reason = f"; reason: {escape_markdown(' '.join(one.reasons))}" if one.reasons else "; no reason stated"
        yield f"code: {escape_markdown(str(one.code))}{reason}{_cite(one.evidence)}"
    if not item.codes:
        yield "code: none stated"
    for source in item.sources:
        yield f"source: {escape_markdown(str(source))}"
    if not item.sources:
        yield "source: none stated"
    yield f"evidence: {escape_markdown('; '.join(item.evidence)) or 'none stated'}"
    yield f"IRI: {escape_markdown(item.iri)}"


def _cite(evidence: Sequence[str]) -> str:
    return f" ({escape_markdown('; '.join(evidence))})" if evidence else ""


def _export(pack: Pack, name: str) -> Iterable[str]:
    return export_text(QuadList(pack.statements), name, options=make_options(pack.base, comment=NOTICE))


#: Format → its files, each with what writes it.
PACK_FORMATS: Mapping[str, Mapping[str, Callable[[Pack], bytes | Iterable[str]]]] = {
    "turtle": {"pack.ttl": lambda pack: _export(pack, "turtle")},
    "jsonld": {"pack.jsonld": lambda pack: _export(pack, "jsonld")},
    "csv": {"pack.csv": lambda pack: [format_table(pack_table(pack), format="csv")]},
    "xlsx": {"pack.xlsx": lambda pack: write_workbook(pack_table(pack))},
    "markdown": {"checklist.md": lambda pack: [pack_checklist(pack)]},
    "oscal": {CATALOG_FILE: lambda pack: [oscal_catalog(pack)], "oscal-profile.json": lambda pack: [oscal_profile(pack)]},
    "ciso": {"ciso-assistant.yaml": lambda pack: [ciso_library(pack)]},
}


def write_pack(pack: Pack, folder: Path, *, formats: Sequence[str] = ()) -> dict[str, Path]:
    """Write the files of a pack, all or none.

    Args:
        pack: What was selected.
        folder: Made when it is missing.
        formats: Some of `PACK_FORMATS`; left out, all of them.

    Returns:
        Name of each file to its path.

    Raises:
        ExportError: The pack is empty, nothing says of which day it is, or a file cannot
            be written.
        ParameterError: There is no such format.
        QueryError: A sheet cannot hold a value.
    """
    if unknown := [name for name in formats if name not in PACK_FORMATS]:
        raise ParameterError(f"there is no format {unknown[0]!r}; use some of {', '.join(PACK_FORMATS)}", parameter="formats")
    if not pack.items:
        raise ExportError(f"nothing is selected: {pack.why_empty}; nothing was written")
    chosen = [name for name in PACK_FORMATS if not formats or name in formats]
    return replace_folder_files(folder, {file: write(pack) for name in chosen for file, write in PACK_FORMATS[name].items()})

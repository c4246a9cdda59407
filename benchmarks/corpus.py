"""The generated mitigations as people hold them: tables with a mapping, or captured pages. The same number gives the same bytes.

Names, sources and codes are those of ``generated``. One row in a hundred carries a planted defect or is a duplicate, each kind in turn;
``defects.list`` lists them with the rule that has to speak. Every hundredth page has a mark that is repaired.
"""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from generated import PER_GROUP, PER_SOURCE, make_name, make_surname

from airm_graph.taxonomy import load_taxonomy

__all__ = ["DEFECTS", "MAPPING", "write_captures", "write_tables", "write_wide_tables"]

HEAD = ("ID", "Name", "Description", "Source ID", "Code", "Code label", "Classified by", "Classification date")
SOURCE_HEAD = ("ID", "Title", "Authors", "URL", "Date", "Abstract")
#: One row in so many carries a planted defect.
EVERY = 100
#: The edition whose codes have three levels.
MAPPING = """\
name: generated
edition: v2
tables:
  mitigations:
    columns:
      identifier: ID
      name: Name
      description: Description
      source: Source ID
      code: Code
      label: Code label
      agent: Classified by
      created: Classification date
  sources:
    columns: {identifier: ID, title: Title, authors: Authors, url: URL, issued: Date, abstract: Abstract}
    separator: ";"
"""
#: What a wide table has more.
WIDE_HEAD = ("Reason", "Actor", "Lifecycle stage", "Function")
_WIDE = "".join(f"      {what}: {header}\n" for what, header in zip(("reason", "actor", "lifecycle", "function"), WIDE_HEAD, strict=True))
_ACTORS = ("Developer", "Deployer", "Governance Actor", "User")
_STAGES = ("Plan and Design", "Build and Use Model", "Verify and Validate", "Deploy", "Operate and Monitor")
_FUNCTIONS = ("Govern", "Map", "Measure", "Manage")
_Row = tuple[str, ...]


@cache
def _codes() -> tuple[tuple[str, str], ...]:
    """Notation and label of every code of the third level."""
    codes = load_taxonomy("v2").codes.values()
    return tuple(sorted((code.notation, code.label or "") for code in codes if code.notation.count(".") == 2 and code.label))


def describe(number: int) -> str:
    """A description as long as real ones."""
    name, _ = make_name(number)
    others = " ".join(make_name(7 * number + step)[0].rsplit(" ", 1)[0].lower() + "," for step in range(1 + number % 9))
    return f'{name} whenever the system is changed: {others} keep a record of it that says "who", when and why.'


def make_row(number: int) -> _Row:
    """The row of one mitigation, without defects."""
    notation, label = _codes()[number % len(_codes())]
    day = f"2026-{number // PER_SOURCE % 12 + 1:02}-{number % 28 + 1:02}"
    classifier = ("Ann Lee", "sorter", "bot@example.org")[number // PER_SOURCE % 3]
    source = f"doc-{number // PER_SOURCE}"
    return f"G-{number:07}", make_name(number)[0], describe(number), source, notation, label, classifier, day


def make_source(source: int) -> _Row:
    """The row of one document."""
    surname = make_surname(source)
    title, year = f"Generated measures, part {source}", 2000 + source % 26
    authors = f"{surname}, A{source}; {make_surname(source + 3)}, B{source}"
    return f"doc-{source}", title, authors, f"https://example.org/doc/{source}", f"{year}-06-01", f"Part {source} of a generated list."


@dataclass(frozen=True)
class Defect:
    """What is planted, the rule that speaks of it, and how the row is changed into one or more rows."""

    kind: str
    rule: str
    change: Callable[[_Row], list[_Row]]


def _set(column: str, value: str) -> Callable[[_Row], list[_Row]]:
    position = HEAD.index(column)
    return lambda row: [(*row[:position], value, *row[position + 1 :])]


def _and(column: str, value: str) -> Callable[[_Row], list[_Row]]:
    return lambda row: [row, *_set(column, value)(row)]


DEFECTS = (
    Defect("no name", "TAB-04", _set("Name", "")),
    Defect("code that does not exist", "TAB-05", _set("Code", "9.9.9")),
    Defect("label of another code", "TAB-06", _set("Code label", "A label of nothing")),
    Defect("source that is not listed", "TAB-07", _set("Source ID", "doc-none")),
    Defect("identifier of two rows that differ", "TAB-08", _and("Description", "Something else.")),
    Defect("more cells than the header", "TAB-09", lambda row: [(*row, "left over")]),
    Defect("control character", "TAB-09", lambda row: _set("Description", f"{row[2]}\x07")(row)),
    Defect("no code", "TAB-10", lambda row: _set("Code label", "")(_set("Code", "")(row)[0])),
    Defect("no description", "TAB-11", _set("Description", "")),
    Defect("white space in the identifier", "TAB-12", lambda row: _set("ID", row[0].replace("-", " "))(row)),
    Defect("day of another form", "TAB-16", _set("Classification date", "1 June 2026")),
    Defect("equal rows", "", lambda row: [row, row]),
    Defect("name of two identifiers", "MRG-07", lambda row: [row, (f"{row[0]}-b", *row[1:])]),
    Defect("name in other signs, without identifier", "MRG-02", lambda row: [row, ("", f" {row[1].upper()}! ", "Another text.", *row[3:])]),
    Defect("text with signs of every kind", "", lambda row: _set("Description", 'Line one,\n"quoted" \\ and ‏עברית‎ – é 😀;\tend')(row)),
)


def list_rows(mitigations: int) -> Iterator[tuple[Defect | None, list[_Row]]]:
    """The rows of each mitigation, in order, with what is planted."""
    for number in range(mitigations):
        row = make_row(number)
        if number % EVERY == EVERY // 2:
            defect = DEFECTS[number // EVERY % len(DEFECTS)]
            yield defect, defect.change(row)
        else:
            yield None, [row]


def _extend(number: int) -> _Row:
    """The cells that a row of a wide table has more: one actor in three beside another, one stage in two."""
    actors = "; ".join(_ACTORS[(number + step) % len(_ACTORS)] for step in range(1 + (number % 3 == 0)))
    stages = "; ".join(_STAGES[(number + step) % len(_STAGES)] for step in range(1 + number % 2))
    return f"Number {number} asks for what its code collects.", actors, stages, _FUNCTIONS[number % len(_FUNCTIONS)]


def write_wide_tables(mitigations: int, folder: Path) -> None:
    """As `write_tables`, with a reason, actors, lifecycle stages and a function for each row."""
    write_tables(mitigations, folder, wide=True)


def write_tables(mitigations: int, folder: Path, *, clean: bool = False, wide: bool = False) -> None:
    """Write ``mitigations.csv``, ``sources.csv``, ``mapping.yaml`` and ``defects.list`` (row, kind, rule); *clean* plants nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    mapping = MAPPING.replace("  sources:\n", f"{_WIDE}  sources:\n") if wide else MAPPING
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    with (folder / "sources.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([SOURCE_HEAD, *map(make_source, range(-(-mitigations // PER_SOURCE)))])
    planted, number = [("row", "kind", "rule")], 2
    with (folder / "mitigations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD + WIDE_HEAD * wide)
        every = ((None, [make_row(n)]) for n in range(mitigations)) if clean else list_rows(mitigations)
        for mitigation, (defect, rows) in enumerate(every):
            more = _extend(mitigation) if wide else ()
            # What stands behind the header in a planted row stays there.
            writer.writerows((*row[: len(HEAD)], *more, *row[len(HEAD) :]) for row in rows)
            if defect:
                planted += [(str(number + step), defect.kind, defect.rule) for step in range(len(rows))]
            number += len(rows)
    # Not *.csv: the folder is an input as a whole.
    with (folder / "defects.list").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(planted)


def write_captures(mitigations: int, folder: Path, *, per_source: int = PER_SOURCE, own_titles: bool = False) -> None:
    """Write one page for each mitigation, source by source, as the publisher prints it.

    With *own_titles* no two sources begin with the same words, as is usual; otherwise many do, and have to be told apart.
    """
    pages = _load_pages()
    for source in range(-(-mitigations // per_source)):
        numbers = range(source * per_source, min(mitigations, (source + 1) * per_source))
        document = _make_document(source, numbers, pages)
        if own_titles:
            document = replace(document, title=f"{make_name(source)[0]}, and other measures")
        target = folder / f"source-{source:05}"
        target.mkdir(parents=True, exist_ok=True)
        for number, path in zip(numbers, pages.walk(document.nodes), strict=True):
            (target / f"page-{number:07}.txt").write_bytes(pages.as_bytes(pages.print_page(document, path)) + b"\n")


def _make_document(source: int, numbers: Sequence[int], pages):  # type: ignore[no-untyped-def]
    """An outline of three levels in groups: the first of a group, the second below it, the others below the second."""
    identifier, title, authors, _, date, abstract = make_source(source)
    groups = [numbers[start : start + PER_GROUP] for start in range(0, len(numbers), PER_GROUP)]
    nodes = []
    for first, *rest in groups:
        below = [pages.Node(*_page_texts(rest[0]), children=tuple(pages.Node(*_page_texts(n)) for n in rest[1:]))] if rest else []
        nodes.append(pages.Node(*_page_texts(first), children=tuple(below)))
    return pages.Document(title, tuple(authors.split("; ")), tuple(nodes), date[:4], (f"{abstract} It is {identifier}.",))


def _page_texts(number: int) -> tuple[str, str, tuple[str, ...], str]:
    """Name, code, description and reason; a mark of a note stands in every hundredth description."""
    notation, _ = _codes()[number % len(_codes())]
    text = describe(number)
    if number % EVERY == EVERY // 2:
        text = text.replace(", keep", " [12], keep", 1)
    return make_name(number)[0], notation, (text,), f"Number {number} asks for what code {notation} collects."


def _load_pages():  # type: ignore[no-untyped-def]
    """The simulator of pages that the tests use."""
    sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
    import pages

    return pages

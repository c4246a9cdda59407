"""The query library as engines of others are asked it: each query with what it requires, and with every argument."""

import json
from collections import Counter
from pathlib import Path

from airm_graph.pipeline import Graph
from airm_graph.query.library import bind_query, list_queries, load_query

__all__ = ["CASES", "Rows", "arguments_of", "bind_case", "expect_rows", "read_answers", "write_queries"]

CASES = [(query.name, which) for query in list_queries() for which in ("required", "every")]
#: Rows of an answer, as often as they stand in it.
Rows = Counter[tuple[str, ...]]


def arguments_of(name: str, which: str) -> dict[str, str]:
    """The examples in the header of a query as arguments: of what is required, or of every parameter."""
    return {p.name: str(p.example) for p in load_query(name).parameters if p.required or which == "every"}


def bind_case(name: str, which: str) -> str:
    """The text of a case."""
    return bind_query(load_query(name), arguments_of(name, which))


def write_queries(folder: Path) -> Path:
    """Write each case to a file, and the paths of these files to one more, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:02}-{name}.rq" for number, (name, _) in enumerate(CASES)]
    for path, case in zip(paths, CASES, strict=True):
        path.write_text(bind_case(*case), encoding="utf-8")
    (folder / "queries").write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    return folder / "queries"


def expect_rows(graph: Graph) -> list[Rows]:
    """What this project answers, case by case."""
    tables = [graph.query(name, **arguments_of(name, which)) for name, which in CASES]
    return [Counter(tuple(value or "" for value in row) for row in table.values()) for table in tables]


def read_answers(text: str) -> list[Rows]:
    """Read answers in SPARQL JSON, one in a line."""
    answers = [json.loads(line) for line in text.splitlines() if line.strip()]
    columns = [[column for column, _ in load_query(name).columns] for name, _ in CASES]
    return [
        Counter(tuple(row.get(column, {}).get("value", "") for column in found) for row in answer["results"]["bindings"])
        for answer, found in zip(answers, columns, strict=True)
    ]

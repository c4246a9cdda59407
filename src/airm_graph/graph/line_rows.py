"""N-Triples and N-Quads files as rows, for few of them: lines that are plain are cut by Python at
their spaces, as DuckDB cuts them (`nquads`), the others are read by the careful parser.
"""

import io
from collections.abc import Collection
from functools import partial
from itertools import chain
from math import inf
from pathlib import Path

from airm_graph.graph.nquads import Parser, open_file, parse_part, suffix_of
from airm_graph.graph.term_spelling import is_certain_term
from airm_graph.key_cache import Cache
from airm_graph.terms import Quad, label_blank, label_rows

__all__ = ["Columns", "read_line_rows"]

#: Object and graph.
_End = tuple[str, str]
#: Subjects, predicates, objects and graphs, one of each for a line: no row is made, as Python's
#: collector would look at all of them again and again.
Columns = tuple[list[str], list[str], list[str], list[str]]


def read_line_rows(path: Path, *, parse: Parser, label: str) -> tuple[Columns, Collection[str], list[Quad]]:
    """Read a file of lines.

    Args:
        path: The file, which may be packed by gzip.
        parse: Reads what is not plain, and says what is wrong where something is.
        label: Stands before the names of blank nodes.

    Returns:
        Columns of plain lines, whose terms are in their one spelling; these terms, once each, the
        subjects in front as they come (terms of other lines may be among them); and rows of the
        other lines.

    Raises:
        InputError: The file cannot be read.
        StoreError: It is not what its suffix says; the message names file and line.
    """
    with open_file(path) as file:
        data = file.read()
    # Most of what stands in a place stands in many lines, so each piece is looked at once.
    subjects = Cache(partial(_read_subject, label=label), most=inf)
    predicates = Cache(_read_predicate, most=inf)
    ends = Cache(partial(_read_end_of_quad if suffix_of(path) == ".nq" else _read_end_of_triple, label=label), most=inf)
    columns: Columns = ([], [], [], [])
    add_subject, add_predicate, add_object, add_graph = (column.append for column in columns)
    odd = list[bytes]()
    for line in (data.replace(b"\r\n", b"\n") if b"\r" in data else data).split(b"\n"):
        start, _, rest = line.partition(b" ")
        verb, _, rest = rest.partition(b" ")
        subject, predicate, end = subjects[start], predicates[verb], ends[rest]
        if subject and predicate and end:
            add_subject(subject)
            add_predicate(predicate)
            add_object(end[0])
            add_graph(end[1])
        elif line:
            odd.append(line)
    terms = dict.fromkeys(chain(subjects.values(), predicates.values(), chain.from_iterable(filter(None, ends.values()))))
    others = parse_part(io.BytesIO(b"\n".join((*odd, b""))), path, parse=parse) if odd else ()
    return columns, terms, list(label_rows(others, label))


def _read_subject(piece: bytes, *, label: str) -> str:
    return "" if piece[:1] == b'"' else _read_term(piece, label=label)


def _read_predicate(piece: bytes) -> str:
    return _read_term(piece, label="") if piece[:1] == b"<" else ""


def _read_term(piece: bytes, *, label: str) -> str:
    """Read a term; empty where it is not certain that it is one."""
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return ""
    return label_blank(text, label) if is_certain_term(text) else ""


def _read_end_of_triple(rest: bytes, *, label: str) -> _End | None:
    """Read what follows subject and predicate; None where it is not certain."""
    if rest[-2:] == b" ." and (value := _read_term(rest[:-2], label=label)):
        return value, ""
    return None


def _read_end_of_quad(rest: bytes, *, label: str) -> _End | None:
    """Read what follows subject and predicate, with the graph; None where it is not certain."""
    value, gap, graph = rest[:-2].rpartition(b" ")
    # The last piece of a literal holds its closing quote.
    if not gap or b'"' in graph or rest[-2:] != b" .":
        return _read_end_of_triple(rest, label=label)
    found = _read_term(value, label=label), _read_term(graph, label=label)
    return found if all(found) else None

r"""The query library: the ``.rq`` files under queries/, their parameters, and how arguments get
into them.

A file is the single definition of a query: lines that begin ``#+`` hold YAML (summary, description,
tags, params, columns), the rest is SPARQL. A parameter is a variable of the same name, and the file
says where its value goes with a line of its own, as often as needed::

    VALUES ?code { UNDEF }

Binding writes a typed term in place of ``UNDEF``, or drops the line when an optional parameter is
left out. So the file itself is a whole query, no argument ever reaches the grammar of SPARQL, and
no variable is bound where the query does not say so.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from airm_graph.errors import ParameterError, QueryError, UnknownQueryError
from airm_graph.frozen import frozen
from airm_graph.namespaces import BASE, literal, rebase_text
from airm_graph.query.answers import Table, format_table, sort_table
from airm_graph.query.headers import read_header, split_query
from airm_graph.resources import find_resource

__all__ = [
    "KINDS",
    "Answering",
    "Parameter",
    "Query",
    "Table",
    "bind_query",
    "format_table",
    "list_queries",
    "load_query",
    "run_query",
    "split_edition",
]

#: Kinds of parameters, and what each takes, in the words of an error message.
KINDS = {
    "choice": "one of the values listed",
    "concept": "a label such as Deployer, a slug such as deployer, or an IRI",
    "edition": "an edition such as v2, its path taxonomy/v2, or its IRI",
    "integer": "a whole number of at most 18 digits",
    "iri": "an absolute http or https IRI",
    "mitigation": "SOURCE/NAME, a path that begins mitigation/, or an IRI",
    "notation": "numbers joined by dots, such as 1.1.3, or v2/1.1.3 where the query has an edition",
    "path": "a path below the base, such as taxonomy/v2, or its whole IRI",
    "source": "a name such as gipiskis-2024-risk-sources, a path that begins source/, or an IRI",
    "text": "text of at most 2000 characters, without control characters",
}
_FOLDERS = {"edition": "taxonomy/", "mitigation": "mitigation/", "source": "source/"}
_NAME = re.compile(r"[\w-]+")
_KEYS = {"summary", "description", "tags", "params", "columns"}
_PARAMETER_KEYS = {"kind", "default", "required", "description", "example", "allowed", "scheme"}
_ORDER_KEY = re.compile(r"(DESC\()?\?(\w+)")
_PLACEHOLDER = re.compile(r"^[ \t]*VALUES \?(\w+) \{ UNDEF \}\n", re.MULTILINE)

# RFC 3987 without user names and IP literals: Oxigraph refuses what is not an IRI, and the name of
# the parameter would be lost there. \w is letters and digits of every script and the underscore, so
# neither spaces and controls nor invisible characters pass.
_ENCODED = r"%[0-9A-Fa-f]{2}"
_IRI = re.compile(
    rf"https?://[\w.~-]+(?::[0-9]{{1,5}})?(?:/(?:[\w.~!$&'()*+,;=:@/-]|{_ENCODED})*)?"
    rf"(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|{_ENCODED})*)?(?:#(?:[\w.~!$&'()*+,;=:@/?-]|{_ENCODED})*)?"
)
# Segments as this project mints them: no empty one, no "..", no dot at the end.
_SEGMENT = r"[0-9A-Za-z_~-](?:[0-9A-Za-z._~-]*[0-9A-Za-z_~-])?"
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*(?:#{_SEGMENT})?")
_CODE_OF_EDITION = re.compile(r"(v[12])/([0-9.]+)")
_NOTATION = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 2000


class Answering(Protocol):
    """What a query can be put to: a `Store`, or a remote `Endpoint`.

    Attributes:
        in_order: Whether its rows come as ORDER BY says; some servers sort text by other rules.
    """

    in_order: bool

    def select(self, query: str, /) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
        """Run a SELECT; returns the variables and the rows as N-Triples terms, None where
        unbound.
        """
        ...


@frozen
class Parameter:
    """One parameter of a query.

    Attributes:
        kind: One of `KINDS`.
        default: Used when no argument is given; None when there is none.
        allowed: The values of a ``choice``; the slugs of a ``concept``.
        example: An argument to show in documentation; None when nothing stands out.
        scheme: For a ``concept``, the path of its vocabulary below the base.
    """

    name: str
    kind: str
    required: bool = False
    default: str | None = None
    description: str = ""
    allowed: tuple[str, ...] = ()
    example: str | None = None
    scheme: str = ""


@frozen
class Query:
    """One query of the library; *columns* pairs each variable of the SELECT with its meaning,
    *text* is the SPARQL without header.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[tuple[str, str], ...]
    text: str

    @property
    def examples(self) -> dict[str, str]:
        """An argument for each required parameter, so that the query runs."""
        return {parameter.name: parameter.example for parameter in self.parameters if parameter.required and parameter.example is not None}


def list_queries(folder: Path | None = None) -> tuple[Query, ...]:
    """Read every query of the library, sorted by name.

    Args:
        folder: Where the ``.rq`` files lie; left out, the project's own.

    Raises:
        QueryError: A file has no whole header; the message names it.

    >>> "mitigations-by-code" in [query.name for query in list_queries()]
    True
    """
    return tuple(_read_query(path) for _, path in sorted(_files(folder).items()))


def load_query(name: str, *, folder: Path | None = None) -> Query:
    """Read one query by its name.

    Raises:
        UnknownQueryError: No query of that name; the message suggests the nearest ones.
        QueryError: Its file has no whole header.

    >>> load_query("check-uncovered-codes").parameters[0].default
    'v2'
    """
    path = (folder or find_resource("queries")) / f"{name}.rq"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise UnknownQueryError(f"no query is called {name!r}; {_suggest(name, sorted(_files(folder)))}")
    return _read_query(path)


def bind_query(query: Query, arguments: Mapping[str, str] | None = None, *, base: str = BASE, partial: bool = False) -> str:
    """Write the SPARQL of a query with its arguments in place.

    Args:
        query: A query of the library.
        arguments: Values by the name of the parameter.
        base: The base that the data was built with.
        partial: Leave UNDEF in the place of an argument that is missing.

    Raises:
        ParameterError: An argument is unknown, missing or not of its kind; the message names the
            parameter and what it takes.

    >>> query = load_query("mitigations-by-code")
    >>> 'VALUES ?code { "1.1.3" }' in bind_query(query, {"code": "1.1.3"})
    True
    """
    if not _IRI.fullmatch(base):
        raise QueryError(f"the base {base!r} is not an absolute http or https IRI")
    arguments = split_edition(query, arguments or {})
    names = [parameter.name for parameter in query.parameters]
    for name in arguments:
        if name not in names:
            raise ParameterError(f"query {query.name!r} has no parameter {name!r}; {_suggest(name, names)}", parameter=name)
    given = {p.name: arguments.get(p.name, p.default) for p in query.parameters}
    terms = {
        p.name: "UNDEF" if partial and p.required and given[p.name] is None else _bind(p, given[p.name], query=query.name, base=base)
        for p in query.parameters
    }

    def fill(match: re.Match[str]) -> str:
        term = terms[match[1]]
        return "" if term is None else match[0].replace("UNDEF", term)

    # One pass over the text of the file: nothing that an argument brings is looked at again.
    return _PLACEHOLDER.sub(fill, rebase_text(query.text, base))


def split_edition(query: Query, arguments: Mapping[str, str]) -> Mapping[str, str]:
    """Take the edition off a code that is given with it, as ``v1/3.1``: it becomes the argument for
    the edition.

    Raises:
        ParameterError: Another edition is asked for, too.

    >>> dict(split_edition(load_query("mitigations-by-code"), {"code": "v1/3.1"}))
    {'code': '3.1', 'edition': 'v1'}
    """
    edition = next((parameter.name for parameter in query.parameters if parameter.kind == "edition"), "")
    found = dict(arguments)
    for parameter in query.parameters if edition else ():
        match = _CODE_OF_EDITION.fullmatch(str(found.get(parameter.name))) if parameter.kind == "notation" else None
        if match and str(found.get(edition, match[1])).rpartition("/")[2] != match[1]:
            what = (
                f"parameter {parameter.name!r} of query {query.name!r} is a code of {match[1]}, but {edition}={found[edition]} is asked for"
            )
            raise ParameterError(what, parameter=edition)
        if match:
            found |= {edition: match[1], parameter.name: match[2]}
    return found


def run_query(store: Answering, query: str | Query, arguments: Mapping[str, str] | None = None, *, base: str = BASE) -> Table:
    """Answer a query of the library, given as such or by name.

    Raises:
        UnknownQueryError: No query of that name.
        ParameterError: As `bind_query` says.
        QueryError: The store cannot run it.
        RemoteError: The endpoint does not answer as it should.

    >>> from airm_graph.graph.store import Store
    >>> len(run_query(Store(), "mitigations-by-code", {"code": "1.1"}))
    0
    """
    found = load_query(query) if isinstance(query, str) else query
    columns, rows = store.select(bind_query(found, arguments, base=base))
    table = Table(columns, tuple(rows))
    return table if store.in_order else _put_in_order(table, found)


def _put_in_order(table: Table, query: Query) -> Table:
    """Sort rows as the last line of the query says; a key that is no column is a rank that goes
    with the first column, one to one.
    """
    keys = [(name, bool(down)) for down, name in _ORDER_KEY.findall(query.text.rpartition("ORDER BY")[2])]
    if all(name in table.columns for name, _ in keys):
        return sort_table(table, keys)
    groups: dict[str | None, list[tuple[str | None, ...]]] = {}
    for row in table.rows:
        groups.setdefault(row[0], []).append(row)
    rest = [(name, down) for name, down in keys if name in table.columns]
    return Table(table.columns, tuple(row for rows in groups.values() for row in sort_table(Table(table.columns, tuple(rows)), rest).rows))


def _files(folder: Path | None) -> dict[str, Path]:
    return {path.stem: path for path in (folder or find_resource("queries")).glob("*.rq")}


def _suggest(name: str, names: Sequence[str]) -> str:
    from difflib import get_close_matches

    if close := get_close_matches(name, names, n=3):
        return f"did you mean {' or '.join(close)}?"
    return f"there are {', '.join(names)}" if names else "there are none"


def _read_query(path: Path) -> Query:
    found = path.stat()
    return _read_version(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=256)
def _read_version(path: Path, _changed: int, _size: int) -> Query:
    """Reading a header takes longer than many a query; a file that has changed is read again."""
    written, text = split_query(path.read_text(encoding="utf-8"))
    try:
        header = read_header(written)
    except ValueError as error:
        raise QueryError(f"{path.name}: the header is not YAML: {error}") from error
    if not isinstance(header, dict) or not {"summary", "description", "tags", "columns"} <= set(header) <= _KEYS:
        raise QueryError(f"{path.name}: the header needs summary, description, tags and columns, and may hold params; nothing else")
    parameters = tuple(_read_parameter(name, entry, file=path.name) for name, entry in (header.get("params") or {}).items())
    if (placed := set(_PLACEHOLDER.findall(text))) != {parameter.name for parameter in parameters}:
        raise QueryError(f"{path.name}: parameters differ from its lines VALUES ?name {{ UNDEF }}, which are for {sorted(placed)}")
    columns = tuple(header["columns"].items())
    return Query(path.stem, header["summary"], header["description"], tuple(header["tags"]), parameters, columns, text)


def _read_parameter(name: str, entry: Any, *, file: str) -> Parameter:
    if not isinstance(entry, dict) or not {"kind", "description"} <= set(entry) <= _PARAMETER_KEYS:
        raise QueryError(f"{file}: parameter {name!r} needs kind and description, and may hold {sorted(_PARAMETER_KEYS)}")
    kind = entry["kind"]
    if kind not in KINDS:
        raise QueryError(f"{file}: parameter {name!r} is of unknown kind {kind!r}; kinds are {', '.join(KINDS)}")
    return Parameter(
        name=name,
        kind=kind,
        required=entry.get("required") == "true",
        default=entry.get("default"),
        description=entry["description"],
        allowed=tuple(entry.get("allowed", ())),
        example=entry.get("example"),
        scheme=entry.get("scheme", ""),
    )


def _bind(parameter: Parameter, value: str | None, *, query: str, base: str) -> str | None:
    """Write the term of an argument, or None when an optional parameter is left out."""
    if value is None and not parameter.required:
        return None
    term = _write_term(parameter, value, base=base) if isinstance(value, str) else None
    if term is not None:
        return term
    wrong = "is missing" if value is None else f"cannot be {_shorten(value)}"
    takes = ", ".join(parameter.allowed) if parameter.allowed else KINDS[parameter.kind]
    message = f"parameter {parameter.name!r} of query {query!r} {wrong}; it takes {parameter.kind}: {takes}"
    raise ParameterError(message, parameter=parameter.name)


def _shorten(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _write_term(parameter: Parameter, value: str, *, base: str) -> str | None:
    """Write an argument as a SPARQL term, or return None when it is not of the parameter's kind."""
    if parameter.kind == "text":
        return _write_text(value)
    if parameter.kind == "integer":
        return literal(int(value)) if _INTEGER.fullmatch(value) else None
    if parameter.kind == "choice":
        return _write_text(value) if value in parameter.allowed else None
    if parameter.kind == "notation":
        return literal(value) if _NOTATION.fullmatch(value) else None
    if parameter.kind == "concept":
        return _write_concept(parameter, value, base=base)
    return _write_iri(parameter.kind, value, base=base)


def _write_text(value: str) -> str | None:
    if not value or len(value) > _LONGEST or _NOT_TEXT.search(value):
        return None
    # rdflib reads blanks for a raw tab. Code point escapes are resolved wherever they stand in a
    # query, by rdflib even behind an escaped backslash, where they are none; spelling the u as an
    # escape of its own leaves no engine a choice.
    written = literal(value).replace("\t", "\\t")
    return re.sub(r"\\\\([uU])", lambda match: f"\\\\\\U{ord(match[1]):08X}", written)


def _write_concept(parameter: Parameter, value: str, *, base: str) -> str | None:
    folder = f"{parameter.scheme}/"
    slug = value.removeprefix(base).removeprefix(folder)
    if _IRI.fullmatch(slug):
        return _write_iri("iri", slug, base=base)
    slug = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-") if slug.isascii() else ""
    return f"<{base}{folder}{slug}>" if slug in parameter.allowed else None


def _write_iri(kind: str, value: str, *, base: str) -> str | None:
    whole = len(value) <= _LONGEST and _IRI.fullmatch(value)
    if whole and (kind != "path" or value.startswith(base)):
        return f"<{value}>"
    folder = _FOLDERS.get(kind, "")
    path = folder + value.removeprefix(folder)
    return f"<{base}{path}>" if kind != "iri" and len(path) <= _LONGEST and _PATH.fullmatch(path) else None

"""Mappings: which column of a table is what, and what its codes, names and addresses mean.

A mapping is a YAML file. Every value in it is taken as text, so that the code ``1.10`` stays what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from airm_graph.errors import InputError
from airm_graph.ingest.sidecar import is_web_address
from airm_graph.resources import find_resource

__all__ = ["Mapping", "TableMapping", "load_builtin_mappings", "load_mapping", "read_mapping"]

_EDITIONS = ("v1", "v2")
_TOP = ("name", "title", "edition", "licence", "status", "origin", "tables", "labels", "agents")
_TABLE = ("columns", "names", "separator")
#: Kind of table → what its columns can be; the first ones, before None, must be there.
_COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mitigations": (("name", "source"), ("identifier", "description", "code", "label", "agent", "created")),
    "sources": (("identifier", "title", "authors"), ("url", "issued", "abstract")),
    "taxonomy": (("code", "label"), ("parent",)),
}
_NAMES = ("given-first", "surname-first")
_MAX_MAPPING = 1_000_000


@dataclass(frozen=True, slots=True)
class TableMapping:
    """The columns of one kind of table.

    Attributes:
        kind: ``mitigations``, ``sources`` or ``taxonomy``.
        columns: What a column is → its header.
        given_first: Whether names of authors begin with the given name.
        separator: What stands between two authors.
    """

    kind: str
    columns: dict[str, str]
    given_first: bool = False
    separator: str = ";"

    @property
    def quoted(self) -> list[str]:
        """The columns that evidence quotes: all but the one that says who assigned a code, for addresses are not published."""
        return [column for what, column in self.columns.items() if what != "agent"]

    def missing(self, header: Sequence[str]) -> list[str]:
        """The columns that a header lacks."""
        return [column for column in self.columns.values() if column not in header]


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a set of tables means.

    Attributes:
        edition: Of codes and identifiers: ``v1`` or ``v2``.
        tables: By kind.
        labels: Notation → another label under which the tables print the code.
        agents: Value of the agent column → the name to publish.
    """

    name: str
    edition: str
    tables: dict[str, TableMapping]
    licence: str | None = None
    status: str | None = None
    origin: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    agents: dict[str, str] = field(default_factory=dict)

    def find_table(self, header: Sequence[str]) -> TableMapping | None:
        """The table whose columns are all in *header*; the one with most columns when there are several."""
        fitting = [table for table in self.tables.values() if not table.missing(header)]
        return max(fitting, key=lambda table: len(table.columns), default=None)


@cache
def load_builtin_mappings() -> tuple[Mapping, ...]:
    """The mappings of the project, by name.

    >>> [mapping.name for mapping in load_builtin_mappings()]
    ['mit-v1']
    """
    return tuple(load_mapping(path) for path in sorted(find_resource("ontology/mappings").glob("*.yaml")))


def load_mapping(path: str | Path) -> Mapping:
    """Read the mapping in a file.

    Raises:
        InputError: It cannot be read, or is no mapping; the message names the line.
    """
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(_MAX_MAPPING + 1)
    except OSError as error:
        raise InputError(f"the mapping cannot be read: {error.strerror}", file=str(path), remedy="check its name") from error
    return read_mapping(data, file=str(path))


def read_mapping(data: bytes, *, file: str) -> Mapping:
    r"""Read a mapping.

    Raises:
        InputError: A key is unknown or missing, or a value is not one of those possible; the message names the line.

    >>> text = b"edition: v2\ntables: {mitigations: {columns: {name: Title, source: Document}}}"
    >>> read_mapping(text, file="a.yaml").tables["mitigations"].columns["name"]
    'Title'
    """
    top = _Node(_compose(data, file), file)
    fields = top.fields(_TOP)
    edition = fields["edition"].choice(_EDITIONS) if "edition" in fields else top.refuse("'edition' is missing: v1 or v2")
    if "tables" not in fields:
        top.refuse("'tables' is missing")
    tables = {kind: _read_table(kind, node) for kind, node in fields["tables"].fields(tuple(_COLUMNS)).items()}
    addresses = {key: fields[key].address() for key in ("licence", "status", "origin") if key in fields}
    texts = {key: {name: node.text() for name, node in fields[key].fields(None).items()} for key in ("labels", "agents") if key in fields}
    name = fields["name"].text() if "name" in fields else Path(file).stem
    return Mapping(name=name, edition=edition, tables=tables, **addresses, **texts)  # type: ignore[arg-type]


def _read_table(kind: str, node: "_Node") -> TableMapping:
    fields = node.fields(_TABLE)
    if "columns" not in fields:
        node.refuse("'columns' is missing")
    needed, possible = _COLUMNS[kind]
    columns = {name: column.text() for name, column in fields["columns"].fields((*needed, *possible)).items()}
    if absent := [name for name in needed if name not in columns]:
        fields["columns"].refuse(f"a table of {kind} needs the column {absent[0]!r}")
    given_first = "names" in fields and fields["names"].choice(_NAMES) == "given-first"
    separator = fields["separator"].text() if "separator" in fields else ";"
    return TableMapping(kind, columns, given_first, separator)


def _compose(data: bytes, file: str) -> Any:
    if len(data) > _MAX_MAPPING:
        raise InputError(f"the mapping has more than {_MAX_MAPPING:,} bytes", file=file)
    try:
        return yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise InputError(f"not readable as YAML: {getattr(error, 'problem', None) or error}", file=file, line=line) from error
    except RecursionError as error:
        raise InputError("nested too deeply", file=file) from error


class _Node:
    """A node of the YAML with its line, so that whatever is wrong can be found."""

    def __init__(self, node: Any, file: str) -> None:
        self.node, self.file = node, file

    def refuse(self, what: str) -> Any:
        line = self.node.start_mark.line + 1 if self.node is not None else None
        raise InputError(what, file=self.file, line=line, remedy="mend the mapping")

    def fields(self, known: Sequence[str] | None) -> dict[str, "_Node"]:
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse("a mapping 'key: value' must stand here")
        found: dict[str, _Node] = {}
        for key, value in self.node.value:
            name = str(key.value)
            if known is not None and name not in known:
                _Node(key, self.file).refuse(f"{name!r} is not one of {', '.join(known)}")
            if name in found:
                _Node(key, self.file).refuse(f"{name!r} stands twice")
            found[name] = _Node(value, self.file)
        return found

    def text(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.refuse("a text must stand here")
        return str(self.node.value)

    def choice(self, possible: Sequence[str]) -> str:
        return self.text() if self.text() in possible else str(self.refuse(f"{self.text()!r} is not one of {', '.join(possible)}"))

    def address(self) -> str:
        return self.text() if is_web_address(self.text()) else str(self.refuse(f"{self.text()!r} is not an http or https address"))

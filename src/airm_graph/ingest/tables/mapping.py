"""Mapping files: YAML in, what the columns of tables mean out.

Every value is taken as text, so that the code ``1.10`` stays what it is.
``schemas/mapping.schema.json`` says the same for editors.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from airm_graph.errors import InputError
from airm_graph.ingest.captures.sidecar import is_web_address
from airm_graph.ingest.formats.rows import read_header
from airm_graph.ingest.tables.meaning import (
    CLASSIFICATION,
    COLUMNS,
    INLINE,
    KINDS,
    ROLES,
    SOURCE_KEYS,
    ClassificationMapping,
    Mapping,
    SchemeMapping,
    TableMapping,
)
from airm_graph.model import GRAPH_TABLES, LATER_COLUMNS
from airm_graph.regular_files import open_regular

__all__ = ["Mapping", "TableMapping", "load_mapping", "read_mapping"]

_EDITIONS = ("v1", "v2")
_TOP = ("name", "title", "edition", "licence", "status", "origin", "cells", "texts", "tables", "labels", "agents", "files", "records")
#: What may be said of a kind of table beside its columns.
_SAID = {
    "mitigations": ("columns", "document", "classifications", "schemes", "separators", "names", "separator", "optional", "only"),
    "sources": ("columns", "names", "separator", "named-by", "optional"),
    "taxonomy": ("columns", "optional"),
}
_SAID_OF_CLASSIFICATION = ("name", "columns", "agent", "kind", "separator")
_SPLIT = ("code", "children", "derived from", *ROLES)
_NAMES = ("given-first", "surname-first")
_CELLS = ("plain", "guarded")
_TEXTS = ("as-they-are", "repaired")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MAX_MAPPING = 1_000_000


def load_mapping(path: str | Path) -> Mapping:
    """Read the mapping in a file.

    Raises:
        InputError: It cannot be read, or is no mapping; the message names the line.
    """
    try:
        with open_regular(Path(path)) as stream:
            data = stream.read(_MAX_MAPPING + 1)
    except OSError as error:
        raise InputError(f"the mapping cannot be read: {error.strerror}", file=str(path), remedy="check its name") from error
    return read_mapping(data, file=str(path))


def read_mapping(data: bytes, *, file: str) -> Mapping:
    r"""Read a mapping.

    Raises:
        InputError: A key is unknown or missing, or a value is not one of those possible; the
            message names the line.

    >>> text = b"edition: v2\ntables: {mitigations: {columns: {name: Title, source: Document}}}"
    >>> read_mapping(text, file="a.yaml").tables["mitigations"].columns["name"]
    'Title'
    """
    top = _Node(_compose(data, file), file)
    fields = top.fields(_TOP)
    edition = fields["edition"].choice(_EDITIONS) if "edition" in fields else ""
    if "tables" not in fields:
        top.refuse("'tables' is missing")
    tables = {kind: _read_table(kind, node) for kind, node in fields["tables"].fields((*COLUMNS, *GRAPH_TABLES)).items()}
    if not edition and any(table.every_classification for table in tables.values()):
        top.refuse("'edition' is missing, of the codes: v1 or v2")
    addresses = {key: fields[key].address() for key in ("licence", "status", "origin") if key in fields}
    texts = {key: {name: node.text() for name, node in fields[key].fields(None).items()} for key in ("labels", "agents") if key in fields}
    name = fields["name"].text() if "name" in fields else Path(file).stem
    if "title" in fields:
        fields["title"].text()
    digests = frozenset(node.digest() for node in fields["files"].items()) if "files" in fields else frozenset()
    is_guarded = "cells" in fields and fields["cells"].choice(_CELLS) == "guarded"
    is_repaired = "texts" not in fields or fields["texts"].choice(_TEXTS) == "repaired"
    records = fields["records"].text() if "records" in fields else ""
    kinds = {"is_guarded": is_guarded, "is_repaired": is_repaired}
    return Mapping(name=name, edition=edition, tables=tables, **addresses, **texts, **kinds, files=digests, records=records)  # type: ignore[arg-type]


def _read_table(kind: str, node: "_Node") -> TableMapping:
    fields = node.fields(_SAID.get(kind, ("columns",)))
    if "columns" not in fields:
        node.refuse("'columns' is missing")
    later = LATER_COLUMNS.get(kind, ())
    needed, possible = COLUMNS.get(kind) or (tuple(name for name in GRAPH_TABLES[kind] if name not in later), later)
    columns = fields["columns"].fields((*needed, *possible))
    document = _read_document(fields["document"]) if "document" in fields else {}
    if document and "source" in columns:
        fields["document"].refuse("the rows name their documents by 'source', and 'document' names one for all: only one can hold")
    needed = tuple(name for name in needed if name != "source" or not document)
    if absent := [name for name in needed if name not in columns]:
        fields["columns"].refuse(f"a table of {kind} needs the column {absent[0]!r}")
    roles = {name: columns.pop(name).headers() for name in ROLES if kind == "mitigations" and name in columns}
    name_else = columns["name"].headers()[1:] if kind == "mitigations" else ()
    inline = _read_inline(columns.pop("source")) if kind == "mitigations" and "source" in columns and not columns["source"].is_text else {}
    given = fields["classifications"].items() if "classifications" in fields else ()
    return TableMapping(
        kind,
        {name: column.headers()[0] if kind == "mitigations" and name == "name" else column.header() for name, column in columns.items()},
        name_else=name_else,
        given_first="names" in fields and fields["names"].choice(_NAMES) == "given-first",
        separator=fields["separator"].separator() if "separator" in fields else ";",
        classifications=_read_classifications(given),
        schemes=_read_schemes(fields["schemes"].items()) if "schemes" in fields else (),
        roles=roles,
        inline=inline,
        document=document,
        separators={name: one.separator() for name, one in fields["separators"].fields(_SPLIT).items()} if "separators" in fields else {},
        keys=_read_keys(fields, columns) if kind == "sources" else ("identifier",),
        optional=frozenset(
            fields["optional"].headers() if "optional" in fields else (columns[name].header() for name in later if name in columns)
        ),
        only={read_header([name])[0]: one.texts() for name, one in fields["only"].fields(None).items()} if "only" in fields else {},
    )


def _read_inline(node: "_Node") -> dict[str, str]:
    columns = node.fields(INLINE)
    if "title" not in columns:
        node.refuse("a document of a row needs the column 'title'")
    return {name: column.header() for name, column in columns.items()}


def _read_document(node: "_Node") -> dict[str, str]:
    found = {name: value.text() for name, value in node.fields(INLINE).items()}
    if "title" not in found:
        node.refuse("a document needs a 'title'")
    return found


def _read_keys(fields: dict[str, "_Node"], columns: dict[str, "_Node"]) -> tuple[str, ...]:
    keys = fields["named-by"].texts(SOURCE_KEYS) if "named-by" in fields else ("identifier",)
    if "identifier" in keys and "identifier" not in columns:
        (fields.get("named-by") or fields["columns"]).refuse("a table of sources needs the column 'identifier', or 'named-by' without it")
    return keys


def _read_classifications(nodes: Sequence["_Node"]) -> tuple[ClassificationMapping, ...]:
    found: dict[str, ClassificationMapping] = {}
    for node in nodes:
        given = _read_classification(node)
        if given.name in found:
            node.refuse(f"two classifications are called {given.name!r}")
        found[given.name] = given
    return tuple(found.values())


def _read_classification(node: "_Node") -> ClassificationMapping:
    fields = node.fields(_SAID_OF_CLASSIFICATION)
    if absent := [name for name in ("name", "columns") if name not in fields]:
        node.refuse(f"{absent[0]!r} is missing")
    name = fields["name"].name()
    columns = {what: column.header() for what, column in fields["columns"].fields(CLASSIFICATION).items()}
    if "code" not in columns:
        fields["columns"].refuse("a classification needs the column 'code'")
    return ClassificationMapping(
        name,
        columns,
        fields["agent"].text() if "agent" in fields else None,
        fields["kind"].choice(KINDS) if "kind" in fields else None,
        fields["separator"].separator() if "separator" in fields else ";",
    )


def _read_schemes(nodes: Sequence["_Node"]) -> tuple[SchemeMapping, ...]:
    found: dict[str, SchemeMapping] = {}
    for node in nodes:
        fields = node.fields(("name", "title", "columns", "separator"))
        if absent := [name for name in ("name", "title", "columns") if name not in fields]:
            node.refuse(f"{absent[0]!r} is missing")
        name = fields["name"].name()
        columns = {what: column.header() for what, column in fields["columns"].fields(("code", "label")).items()}
        if not columns:
            fields["columns"].refuse("a scheme needs the column 'code' or 'label'")
        if name in found:
            node.refuse(f"two schemes are called {name!r}")
        separator = fields["separator"].separator() if "separator" in fields else ";"
        found[name] = SchemeMapping(name, fields["title"].text(), columns, separator)
    return tuple(found.values())


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

    def refuse(self, what: str) -> NoReturn:
        line = self.node.start_mark.line + 1 if self.node is not None else None
        raise InputError(what, file=self.file, line=line, remedy="fix the mapping")

    @property
    def is_text(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode)

    def fields(self, known: Sequence[str] | None) -> dict[str, "_Node"]:
        if not isinstance(self.node, yaml.MappingNode):
            is_empty = isinstance(self.node, yaml.ScalarNode) and not self.node.value
            hint = ", and there is nothing but comments: take the mark away from lines that are right" if is_empty else ""
            self.refuse(f"a mapping 'key: value' must stand here{hint}")
        found: dict[str, _Node] = {}
        for key, value in self.node.value:
            name = str(key.value)
            if known is not None and name not in known:
                _Node(key, self.file).refuse(f"{name!r} is not one of {', '.join(known)}")
            if name in found:
                _Node(key, self.file).refuse(f"{name!r} stands twice")
            found[name] = _Node(value, self.file)
        return found

    def items(self) -> list["_Node"]:
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            self.refuse("a list must stand here")
        return [_Node(value, self.file) for value in self.node.value]

    def text(self) -> str:
        if not self.is_text or not self.node.value.strip():
            self.refuse("a text must stand here")
        return str(self.node.value)

    def name(self) -> str:
        """A name that can end an IRI."""
        if not _NAME.fullmatch(self.text()):
            self.refuse(f"{self.text()!r} cannot end an IRI: use lower-case letters, digits and single hyphens")
        return self.text()

    def header(self) -> str:
        """A header, as reading it from a table would give it."""
        return read_header([self.text()])[0]

    def headers(self) -> tuple[str, ...]:
        return read_header(self.texts())

    def texts(self, possible: Sequence[str] | None = None) -> tuple[str, ...]:
        """One text, or a list of different ones."""
        nodes = [self] if self.is_text else self.items()
        found = [node.choice(possible) if possible else node.text() for node in nodes]
        if len(set(found)) < len(found):
            self.refuse("a text stands twice")
        return tuple(found)

    def separator(self) -> str:
        """Return a separator may be white space, such as a line end."""
        if not self.is_text or not self.node.value:
            self.refuse("a separator must stand here")
        return str(self.node.value)

    def choice(self, possible: Sequence[str]) -> str:
        if self.text() not in possible:
            self.refuse(f"{self.text()!r} is not one of {', '.join(possible)}")
        return self.text()

    def digest(self) -> str:
        if not _DIGEST.fullmatch(self.text()):
            self.refuse(f"{self.text()!r} is no SHA-256 of 64 hexadecimal digits")
        return self.text()

    def address(self) -> str:
        if not is_web_address(self.text()):
            self.refuse(f"{self.text()!r} is not an http or https address")
        return self.text()

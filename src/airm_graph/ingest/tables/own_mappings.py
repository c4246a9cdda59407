"""The mappings of the project: YAML in ``ontology/mappings``, read without a reader of YAML from
what was made of it with the package.
"""

import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from airm_graph.ingest.tables.meaning import ClassificationMapping, Mapping, SchemeMapping, TableMapping
from airm_graph.prepared import read_prepared, write_prepared
from airm_graph.resources import find_resource

__all__ = ["FILE", "list_sources", "load_builtin_mappings", "write_own"]

FILE = Path(__file__).with_suffix(".json")
_FOLDER = "ontology/mappings"


@cache
def load_builtin_mappings() -> tuple[Mapping, ...]:
    """Return the mappings of the project, by name.

    >>> [mapping.name for mapping in load_builtin_mappings()]
    ['mit-v1', 'publisher']
    """
    written = read_prepared(FILE, sources=list_sources())
    return _load() if written is None else tuple(_read(**one) for one in written)


def list_sources() -> tuple[str, ...]:
    """List the files that these mappings stand in, as `read_resource` names them."""
    return tuple(f"{_FOLDER}/{path.name}" for path in sorted(find_resource(_FOLDER).glob("*.yaml")))


def write_own() -> str:
    """Read the mappings of the project and write them as `load_builtin_mappings` reads them."""
    written = [asdict(mapping) | {"files": sorted(mapping.files)} for mapping in _load()]
    for table in (table for one in written for table in one["tables"].values()):
        table["optional"] = sorted(table["optional"])
    return write_prepared(written, sources=list_sources())


def _load() -> tuple[Mapping, ...]:
    from airm_graph.ingest.tables.mapping import load_mapping  # loads the reader of YAML

    return tuple(load_mapping(find_resource(name)) for name in list_sources())


def _read(tables: dict[str, dict[str, Any]], files: list[str], **others: Any) -> Mapping:
    return Mapping(tables={kind: _read_table(**table) for kind, table in tables.items()}, files=frozenset(files), **others)


def _read_table(
    name_else: list[str],
    classifications: list[dict[str, Any]],
    schemes: list[dict[str, Any]],
    roles: dict[str, list[str]],
    keys: list[str],
    optional: list[str],
    only: dict[str, list[str]],
    **others: Any,
) -> TableMapping:
    return TableMapping(
        name_else=tuple(name_else),
        classifications=tuple(ClassificationMapping(**one) for one in classifications),
        schemes=tuple(SchemeMapping(**one) for one in schemes),
        roles={name: tuple(headers) for name, headers in roles.items()},
        keys=tuple(keys),
        optional=frozenset(optional),
        only={header: tuple(values) for header, values in only.items()},
        **others,
    )


if __name__ == "__main__":
    sys.stdout.write(write_own())

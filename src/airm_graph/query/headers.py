"""Headers of queries: YAML, read without a reader of YAML where it is a header of the project.

The file beside this module holds each header of the library as it is written and as it is read.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any

from airm_graph.prepared import read_prepared, write_prepared
from airm_graph.resources import find_resource

__all__ = ["FILE", "HEADER", "read_header", "split_query", "write_headers"]

FILE = Path(__file__).with_suffix(".json")
#: What lines of a header begin with.
HEADER = "#+"


def split_query(text: str) -> tuple[str, str]:
    r"""Split a query into its header, without what marks its lines, and the rest.

    >>> split_query("#+ a: 1\n#+ b: 2\n\nSELECT")
    ('a: 1\nb: 2\n', 'SELECT')
    """
    lines = text.splitlines(keepends=True)
    size = next((number for number, line in enumerate(lines) if not line.startswith(HEADER)), len(lines))
    header = "".join(line.removeprefix(HEADER).removeprefix(" ") for line in lines[:size])
    return header, "".join(lines[size:]).lstrip("\n")


def read_header(text: str) -> Any:
    """Read a header; every scalar is a string.

    Raises:
        ValueError: It is not YAML.
    """
    known = _read_known()
    return known[text] if text in known else _parse(text)


@cache
def _read_known() -> dict[str, Any]:
    return read_prepared(FILE, sources=()) or {}


def _parse(text: str) -> Any:
    import yaml

    try:
        # These loaders make every scalar a string: 1.10 stays 1.10 and no stays no. They build
        # nothing but strings, lists and dicts.
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def write_headers() -> str:
    """Read the headers of the library and write them as `read_header` knows them."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(find_resource("queries").glob("*.rq")))
    return write_prepared({header: _parse(header) for header, _ in map(split_query, texts)}, sources=())


if __name__ == "__main__":
    sys.stdout.write(write_headers())

"""YAML → rows, as of JSON: one list of records, or one record. Every value is a text, nothing is
built but texts, lists and objects.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from airm_graph.ingest.formats.record_cells import make_record
from airm_graph.ingest.formats.rows import MAX_DEPTH, Pass, Row, UnreadableError
from airm_graph.ingest.formats.tree_rows import read_lists, read_records

__all__ = ["hold_yaml", "read_yaml"]

#: Characters of a file, which is held as a whole; the largest seen had 400,000.
_MOST_CHARACTERS = 10_000_000
#: Values, each counted as often as an alias names it.
_MOST_VALUES = 1_000_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def read_yaml(pieces: Iterable[str], out: Pass) -> Iterator[Row]:
    """Read the records of the only list of objects in a YAML file, or of the lists that a mapping
    names, or the file as one record.

    Args:
        pieces: The text.
        out: Gets the header, which is complete after the last record.

    Raises:
        UnreadableError: The text is not YAML, or holds no record or several lists.
    """
    out.media_type = "application/yaml"
    whole = hold_yaml(pieces, rule="TAB-01" if out.is_named else "TAB-28")
    yield from read_lists(whole, out) if out.records else read_records(whole, out)


def hold_yaml(pieces: Iterable[str], *, rule: str = "TAB-01") -> Any:
    """Read a YAML file as a whole.

    Raises:
        UnreadableError: The text is not YAML; with *rule*.
    """
    text = ""
    for piece in pieces:
        text += piece
        if len(text) > _MOST_CHARACTERS:
            raise UnreadableError(f"a YAML file may have {_MOST_CHARACTERS:,} characters", rule=rule)
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"not YAML: {getattr(error, 'problem', None) or error}"
        raise UnreadableError(what, rule=rule, line=mark.line + 1 if mark else None) from error
    except RecursionError as error:
        raise UnreadableError(f"objects are nested more than {MAX_DEPTH} deep", rule=rule) from error
    return _Reader().read(node, 0)


class _Reader:
    """Makes values of nodes, and counts them: an alias can stand for many."""

    def __init__(self) -> None:
        self._count = 0

    def read(self, node: Any, depth: int) -> Any:
        self._count += 1
        if depth > MAX_DEPTH or self._count > _MOST_VALUES:
            raise UnreadableError(f"more than {MAX_DEPTH} values stand within each other, or {_MOST_VALUES:,} in all")
        if isinstance(node, yaml.SequenceNode):
            return [self.read(one, depth + 1) for one in node.value]
        if isinstance(node, yaml.MappingNode):
            found = make_record([(_name(key), self.read(value, depth + 1)) for key, value in node.value])
            found.line = node.start_mark.line + 1
            return found
        is_null = node is None or (not node.style and node.value in _NULLS)
        return None if is_null else node.value


def _name(key: Any) -> str:
    if not isinstance(key, yaml.ScalarNode):
        raise UnreadableError("the name of a member is a list or an object", line=key.start_mark.line + 1)
    return str(key.value)

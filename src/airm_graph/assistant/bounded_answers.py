"""Bound what an assistant is given: whole items only, how many there are, and how to go on."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airm_graph.serve.dataset_info import DatasetInfo

__all__ = ["MOST_BYTES", "Answer", "ToolError", "pack_answer", "read_cursor"]

#: Of an answer as JSON in UTF-8. A public tokeniser makes at most one token of two such bytes, so
#: this is below 8,000 tokens in every script.
MOST_BYTES = 15_000
#: Text of a query that is repeated in the answer to it.
_LONGEST_QUERY = 3000
_KEY = 16


class ToolError(Exception):
    """A tool cannot answer: why, and what to call instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool found.

    Attributes:
        items: What there is from *offset* on, or the first of it.
        total: How many there are in all.
        offset: How many come before the items.
        query: The SPARQL or the call that gives them.
        note: What the reader has to know: why there is nothing, where to go on.
    """

    items: Sequence[Mapping[str, Any]]
    total: int
    offset: int = 0
    query: str = ""
    note: str = ""


def pack_answer(answer: Answer, info: DatasetInfo, *, call: str) -> dict[str, Any]:
    """Write an answer as JSON values of at most `MOST_BYTES`.

    Args:
        answer: What was found.
        info: The data that it was found in.
        call: Tool and arguments, which a cursor belongs to.

    Raises:
        ToolError: One item alone is larger.
    """
    kept: list[Mapping[str, Any]] = []
    frame = _frame(answer, info, items=[], call=call, is_complete=False)
    left = MOST_BYTES - _size(frame)
    for item in answer.items:
        left -= _size(item) + 2
        if left < 0:
            break
        kept.append(item)
    if answer.items and not kept:
        raise ToolError(
            f"item {answer.offset + 1} alone is larger than an answer may be; ask for fewer columns, or for parts of texts with SUBSTR"
        )
    return _frame(answer, info, items=kept, call=call, is_complete=answer.offset + len(kept) >= answer.total)


def _frame(answer: Answer, info: DatasetInfo, *, items: list[Mapping[str, Any]], call: str, is_complete: bool) -> dict[str, Any]:
    query = answer.query if len(answer.query) <= _LONGEST_QUERY else f"{answer.query[:_LONGEST_QUERY]}…"
    cursor = None if is_complete else _write_cursor(answer.offset + len(items), info, call=call)
    return {
        "items": items,
        "total": answer.total,
        "complete": is_complete,
        "cursor": cursor,
        "query": query,
        "note": answer.note,
        "release": info.release,
        "notice": info.notice,
    }


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _write_cursor(offset: int, info: DatasetInfo, *, call: str) -> str:
    said = json.dumps([offset, info.release[:_KEY], _digest(call)])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY]


def read_cursor(cursor: str, info: DatasetInfo, *, call: str) -> int:
    """Read from a cursor how many items come before the next ones.

    Raises:
        ToolError: It is none of ours, or belongs to another call or to another release.
    """
    try:
        offset, release, digest = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found = int(offset), str(release), str(digest)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise ToolError("the cursor is none that this server gave; call again without one") from error
    if found[1] != info.release[:_KEY]:
        raise ToolError("the cursor belongs to another release of the data; call again without one")
    if found[2] != _digest(call) or found[0] < 0:
        raise ToolError("the cursor belongs to another call; repeat the arguments that it came with, or call again without one")
    return found[0]

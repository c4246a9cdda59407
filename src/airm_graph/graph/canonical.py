"""Labels of blank nodes that depend on the statements alone, found within a bound of time."""

import subprocess
import sys
from collections.abc import Iterable

from airm_graph.errors import StoreError
from airm_graph.graph.store import parse_rows
from airm_graph.terms import Quad

__all__ = ["canonicalize_rows"]


def canonicalize_rows(rows: Iterable[Quad], *, seconds: int) -> list[Quad]:
    """Label blank nodes by RDFC-1.0, in a process of its own that is given so many seconds of the
    processor.

    Raises:
        StoreError: They were not enough.
    """
    data = "".join(f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n" for s, p, o, g in rows).encode()
    code = f"from airm_graph.graph import store; store.write_canonical({seconds})"
    done = subprocess.run(  # noqa: S603 - this Python, and a number
        [sys.executable, "-c", code], input=data, capture_output=True, check=False
    )
    if done.returncode:
        raise StoreError(f"{seconds} seconds were not enough")
    return parse_rows(done.stdout, name="canonical", suffix=".nq")

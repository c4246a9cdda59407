"""What a run looked at: silence is no pass."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from airm_graph.frozen import frozen

__all__ = ["Ledger"]


@frozen
class Ledger:
    """What was found, read and passed over, and what was judged by what.

    Attributes:
        read: Name of each file that was read, and how many statements it holds; None where they
            were not counted.
        passed_over: Name of a file, or the IRI of an import, and why it was not read.
        shapes: Each shape with a target, the engine that judged it (``both`` where they shared it),
            and how many focus nodes it had.
    """

    read: tuple[tuple[str, int | None], ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    shapes: tuple[tuple[str, str, int], ...] = ()

    @property
    def idle(self) -> tuple[str, ...]:
        """Return the shapes that had no focus node."""
        return tuple(shape for shape, _, nodes in self.shapes if not nodes)

    def join(self, other: "Ledger") -> "Ledger":
        """Put two ledgers together."""
        return replace(
            self,
            read=(*self.read, *other.read),
            passed_over=(*self.passed_over, *other.passed_over),
            shapes=(*self.shapes, *other.shapes),
        )

    def to_record(self) -> dict[str, list[dict[str, str | int | None]]]:
        """Write the ledger as JSON has it; sorted, each entry once."""
        return {
            "read": [{"file": name, "statements": count} for name, count in sorted(set(self.read), key=lambda one: (one[0], one[1] or 0))],
            "passed_over": [{"file": name, "reason": reason} for name, reason in sorted(set(self.passed_over))],
            "shapes": [{"shape": shape, "engine": engine, "focus_nodes": nodes} for shape, engine, nodes in sorted(set(self.shapes))],
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Ledger":
        """Read what `to_record` wrote, or nothing."""
        return cls(
            tuple((entry["file"], entry["statements"]) for entry in record.get("read", ())),
            tuple((entry["file"], entry["reason"]) for entry in record.get("passed_over", ())),
            tuple((entry["shape"], entry["engine"], entry["focus_nodes"]) for entry in record.get("shapes", ())),
        )

"""What a build is told, in one piece that is handed down whole."""

import datetime
import os
from collections.abc import Sequence
from pathlib import Path

from airm_graph.errors import AirmError
from airm_graph.frozen import frozen
from airm_graph.namespaces import BASE
from airm_graph.pipeline.platform import EMBEDDED, Platform

__all__ = ["ENGINES", "BuildOptions", "find_issued"]

#: ``fast``: axioms and shapes compiled to SQL, and what cannot be compiled is refused or, of
#: axioms, reported; ``reference``: owlrl and pyshacl; ``auto``: compiled where that can be, the
#: reference for the rest. They mean the same whatever the size, and the report says which judged
#: what.
ENGINES = ("auto", "fast", "reference")


@frozen
class BuildOptions:
    """How inputs are read, closed and judged.

    Attributes:
        base: What every IRI begins with; the default is the project's own.
        engine: One of `ENGINES`.
        shapes: Shapes files to judge by; the project's own when None.
        mapping: File that says what the columns of tables are; when None, ``mapping.yaml`` beside
            them, or the mappings of the project are tried.
        decisions: Tables of what people decided of joins and codes; it goes before the rules.
        strict: Stop where reading found a violation: the graph is empty then.
        platform: Where the build runs: this process, or ``airm_graph.spark.Spark``.
        published: Address of the folder in which people will find the files, with a slash at its
            end; None where it is not known.
        ids: File with the IRIs that mitigations keep; one that is not there yet holds none.
        suggest_kinds: Whether rules suggest the kind of statement of mitigations for which no input
            states one.
    """

    base: str = BASE
    engine: str = "auto"
    shapes: Sequence[str] | None = None
    mapping: str | Path | None = None
    decisions: Sequence[str | Path] = ()
    strict: bool = False
    platform: Platform = EMBEDDED
    published: str | None = None
    ids: str | Path | None = None
    suggest_kinds: bool = False

    def __post_init__(self) -> None:
        """Check the engine.

        Raises:
            ValueError: There is no such engine.
        """
        if self.engine not in ENGINES:
            raise ValueError(f"no engine {self.engine!r}; use one of {', '.join(ENGINES)}")


def find_issued() -> str | None:
    """Return the date given by SOURCE_DATE_EPOCH, or None: outputs hold no clock of their own."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return None
    try:
        return datetime.datetime.fromtimestamp(int(epoch), tz=datetime.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise AirmError(f"SOURCE_DATE_EPOCH is {epoch!r}; it must be a number of seconds") from error

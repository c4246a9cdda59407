"""What a build is told, in one piece that is handed down whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.namespaces import BASE

if TYPE_CHECKING:
    from airm_graph.spark import SparkSettings

__all__ = ["ENGINES", "BuildOptions"]

#: ``fast``: axioms and shapes compiled to SQL, and what cannot be compiled is refused or, of axioms,
#: reported; ``reference``: owlrl and pyshacl; ``auto``: compiled where that can be, the reference for
#: the rest. They mean the same whatever the size, and the report says which judged what.
ENGINES = ("auto", "fast", "reference")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How inputs are read, closed and judged.

    Attributes:
        base: What every IRI begins with; the default is the project's own.
        engine: One of `ENGINES`.
        shapes: Shapes files to judge by; the project's own when None.
        mapping: File that says what the columns of tables are; when None, ``mapping.yaml`` beside
            them, or the mappings of the project are tried.
        decisions: Tables of what people decided of joins and codes; it goes before the rules.
        strict: Stop at rows of tables that cannot be used: the graph is empty then, and each such
            row a violation.
        spark: Where Spark runs, for builds on Spark; None for builds in this process.
    """

    base: str = BASE
    engine: str = "auto"
    shapes: tuple[str, ...] | None = None
    mapping: Path | None = None
    decisions: tuple[Path, ...] = ()
    strict: bool = False
    spark: "SparkSettings | None" = None

    @classmethod
    def make(
        cls,
        *,
        base: str = BASE,
        engine: str = "auto",
        shapes: Sequence[str] | None = None,
        mapping: str | Path | None = None,
        decisions: Sequence[str | Path] = (),
        strict: bool = False,
        spark: "SparkSettings | None" = None,
    ) -> "BuildOptions":
        """Make options of what users give; the engine ``spark`` is ``auto`` on Spark, here by itself.

        Raises:
            ValueError: There is no such engine.
        """
        if engine == "spark":
            from airm_graph.spark import SparkSettings

            engine, spark = "auto", spark or SparkSettings()
        if engine not in ENGINES:
            raise ValueError(f"no engine {engine!r}; use one of {', '.join(ENGINES)}")
        chosen = None if shapes is None else tuple(shapes)
        place = None if mapping is None else Path(mapping)
        return cls(base, engine, chosen, place, tuple(map(Path, decisions)), strict, spark)

"""The triple table on Spark: the tables and the face of ``graph.TripleTable``, so that plans run on either.

A table is Parquet in the work folder and a view on it; what a plan keeps is written at once, so no statement
carries the history of those before it. Rows of Python come in through a DuckDB, which writes them as Parquet.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.graph import DEFAULT_GRAPH, TERM_TEXT, TripleTable, quote
from airm_graph.graph.spelling import canonical, select_terms
from airm_graph.spark.dialect import Step, carry_over
from airm_graph.spark.session import explained
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

__all__ = ["SparkTable", "address", "hash_text"]

#: Numbers of terms are positive 64-bit integers, and 0 is the default graph.
_BITS = 62
_EMPTY = """
CREATE VIEW terms AS SELECT CAST(0 AS BIGINT) AS id, 0 AS kind, '' AS lexical, '' AS datatype, '' AS language WHERE 1 = 0;
CREATE VIEW quads AS SELECT CAST(0 AS BIGINT) AS s, CAST(0 AS BIGINT) AS p, CAST(0 AS BIGINT) AS o, CAST(0 AS BIGINT) AS g WHERE 1 = 0"""
#: New terms whose number is another term's, but the one that keeps it.
_CLASHES = f"""
SELECT n.id, n.text FROM new_terms AS n LEFT JOIN terms AS t ON t.id = n.id
LEFT JOIN (SELECT id, MIN(text) AS text FROM new_terms GROUP BY id HAVING COUNT(*) > 1) AS f ON f.id = n.id
WHERE n.text <> COALESCE({TERM_TEXT}, f.text)"""


class SparkTable(TripleTable):
    """A dictionary-coded set of quads on Spark.

    Attributes:
        session: The session that it works in.
        folder: Where its tables are.
    """

    def __init__(self, session: "SparkSession", *, folder: Path, bits: int = _BITS) -> None:
        """Start with an empty table.

        Args:
            session: See above.
            folder: Driver and executors see it under one name.
            bits: Of the hash that numbers terms; fewer make them meet more often, which a test wants.
        """
        self.session, self.folder, self._bits = session, folder, bits
        self._aside = TripleTable(threads=1, temp_directory=folder)
        self._numbers = count(1)
        self._paths: dict[str, list[Path]] = {}
        self._aliases: dict[str, int] = {}
        self._texts = {DEFAULT_GRAPH: ""}
        self.execute(_EMPTY)

    def close(self) -> None:
        """Forget everything; the session goes on."""
        for name in list(self._paths):
            self._forget(name)
        self._aside.close()

    def use_all_threads(self) -> None:
        """Do nothing: Spark uses what it has."""

    def execute(self, sql: str, *, as_written: bool = False) -> list[tuple[Any, ...]]:  # noqa: ARG002 - Spark joins as written
        """Run one statement, or several separated by semicolons, and return the rows of the last.

        Raises:
            EngineError: Spark refuses it.
            StoreError: It is none that plans use.
        """
        last = self.select(sql)
        if isinstance(last, int):
            return [(last,)]
        with explained(f"Spark gives up on the statement {sql}"):
            return [tuple(row) for row in last.collect()]

    def stream(self, sql: str, *, size: int = 50_000) -> Iterator[list[tuple[Any, ...]]]:
        """Run a SELECT and hand out its rows in lists."""
        with explained(f"Spark gives up on the statement {sql}"):
            rows = map(tuple, self.select(sql).toLocalIterator(prefetchPartitions=True))
            while some := list(islice(rows, size)):
                yield some

    def select(self, sql: str) -> Any:
        """Run statements; returns the rows of the last, which are not made yet, or how many it has kept."""
        done: DataFrame | int = 0
        for step in carry_over(sql):
            done = self._forget(step.name) if step.kind == "drop" else self._run_step(step)
        return done

    def load_records(self, name: str, *, columns: Mapping[str, str], records: Iterable[Sequence[str | int]]) -> None:
        """Make a table of other things than terms, with types as DuckDB names them."""
        self._forget(name)
        self._aside.load_records("records", columns=columns, records=records)
        path = self._make_path(name)
        path.mkdir()
        self._aside.copy_parquet("SELECT * FROM records", path / "records.parquet")
        self._paths[name] = [path]
        self.show(name, ", ".join(f"{column} {kind.replace('VARCHAR', 'STRING')}" for column, kind in columns.items()))

    def load_numbers(self, name: str, numbers: Sequence[int]) -> None:
        """Make a table with the one column ``number``."""
        self.load_records(name, columns={"number": "BIGINT"}, records=[(number,) for number in numbers])

    def load_rows(self, rows: Iterable[Quad]) -> None:
        """Add rows; a quad that is there already is not added again.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        path = self._make_path("rows")
        with TripleTable(threads=1, temp_directory=self.folder) as given:
            given.load_rows(rows)
            given.copy_rows(path)
        self.load_texts([path])

    def load_texts(self, paths: Sequence[Path]) -> None:
        """Add the quads of Parquet files that ``copy_rows`` wrote."""
        self.show("incoming", "s STRING, p STRING, o STRING, g STRING", paths)
        self._take_quads()

    def load_select(self, *selects: str) -> None:
        """Add quads that SELECTs give, with the columns s, p, o, g: terms in their one spelling, g empty for the default graph."""
        self.materialise("incoming", " UNION ALL ".join(selects))
        self._take_quads()
        self.drop("incoming")

    def _take_quads(self) -> None:
        """Take in the quads whose texts are in ``incoming``."""
        self._take_terms("SELECT unnest([s, p, o, g]) AS text FROM incoming")
        numbers = ", ".join(f"{self._number_sql(column)} AS {column}" for column in "spog")
        self.append("quads", f"SELECT {numbers} FROM incoming EXCEPT SELECT s, p, o, g FROM quads")

    def copy_texts(self, select: str, path: Path) -> None:
        """Write the one column of a SELECT to a file, each text as it is with a line end behind it, in the order of the SELECT."""
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for some in self.stream(select):
                file.writelines(f"{text}\n" for (text,) in some)

    def remove_graph(self, graph: str) -> None:
        """Take the quads of a named graph out; their terms stay."""
        for number in self.find_ids([graph]).values():
            self.materialise("quads", f"SELECT s, p, o, g FROM quads WHERE g <> {number}")

    def add_terms(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of *terms*, adding those that the table does not know.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        spelt = {term: canonical(term) for term in terms}
        if missing := sorted(set(spelt.values()) - self.find_ids(spelt.values()).keys()):
            self.load_records("given_terms", columns={"text": "VARCHAR"}, records=[(text,) for text in missing])
            self._take_terms("SELECT text FROM given_terms")
        return {term: self._find_number(text) for term, text in spelt.items()}

    def read_terms(self, ids: Iterable[int]) -> dict[int, str]:
        """Write terms by their ids; 0, the default graph, is the empty text."""
        wanted = {DEFAULT_GRAPH, *ids}
        if missing := sorted(wanted - self._texts.keys()):
            self.load_numbers("wanted_ids", missing)
            found = f"SELECT id, {TERM_TEXT} AS text FROM terms WHERE id IN (SELECT number FROM wanted_ids)"
            self._texts |= dict(self.execute(found))
        return {number: self._texts[number] for number in wanted if number in self._texts}

    def rows(self, sql: str = "SELECT s, p, o, g FROM quads") -> list[Quad]:
        """Write quads as rows, sorted; *sql* selects other quads, as four columns s, p, o, g of ids."""
        quads = self.execute(sql)
        texts = self.read_terms(number for quad in quads for number in quad)
        return sorted((texts[s], texts[p], texts[o], texts[g]) for s, p, o, g in quads)

    # Terms and their numbers.

    def _number(self, texts: Sequence[str]) -> tuple[dict[str, int], dict[int, str]]:
        numbers = {text: self._find_number(text) for text in texts}
        return numbers, self.read_terms(numbers.values())

    def _find_number(self, text: str) -> int:
        return self._aliases.get(text) or (hash_text(text) >> (64 - self._bits)) + 1

    def _number_sql(self, text: str) -> str:
        """Write the SQL for the number of a term from SQL for its text; few have another than their hash."""
        aliases = "".join(f" WHEN {text} = {quote(alias)} THEN {number}" for alias, number in sorted(self._aliases.items()))
        hashed = f"shiftrightunsigned(xxhash64({text}), {64 - self._bits}) + 1"
        return f"CASE WHEN COALESCE({text}, '') = '' THEN {DEFAULT_GRAPH}{aliases} ELSE {hashed} END"

    def _take_terms(self, texts: str) -> None:
        """Take the texts of terms in; where numbers meet, the term that came later gets another."""
        clashes = [(0, "")]
        while clashes:
            self.materialise("new_terms", f"SELECT DISTINCT {self._number_sql('text')} AS id, text FROM ({texts}) AS t WHERE text <> ''")
            clashes = self.execute(_CLASHES)
            self._aliases |= {text: number + 1 for number, text in clashes}
        known = "SELECT 1 FROM terms AS t WHERE t.id = n.id"
        self.materialise("new_terms", f"SELECT n.id, n.text FROM new_terms AS n WHERE NOT EXISTS ({known})")
        self.append("terms", select_terms("new_terms"))

    # Tables as Parquet.

    def _run_step(self, step: Step) -> "DataFrame | int":
        with explained(f"Spark refuses the statement {step.sql}"):
            frame = self.session.sql(step.sql)
            # Parquet has no columns of nothing.
            nothing = [column.name for column in frame.schema if column.dataType.typeName() == "void"]
            frame = frame.withColumns({name: frame[name].cast("string") for name in nothing}) if nothing else frame
            match step.kind:
                case "view":
                    frame.createOrReplaceTempView(step.name)
                case "make":
                    return self._keep(step.name, frame)
                case "add":
                    return self._add(step.name, frame)
                case "recur":
                    return self._recur(step, frame)
            return frame

    def _recur(self, step: Step, start: "DataFrame") -> int:
        """Make a relation that calls itself: go on from what was new until nothing is."""
        new = self._keep(step.name, start.distinct())
        while new:
            self.show(f"{step.name}_new", start.schema, self._paths[step.name][-1:])
            found = self.session.sql(step.again).toDF(*start.columns)
            new = self._add(step.name, found.subtract(self.session.table(step.name)))
        return new

    def _keep(self, name: str, frame: "DataFrame") -> int:
        """Write a result and call it so; what had the name is removed."""
        before = self._paths.pop(name, [])
        size = self._add(name, frame)
        for path in before:
            shutil.rmtree(path, ignore_errors=True)
        return size

    def _add(self, name: str, frame: "DataFrame") -> int:
        """Write a result beside what has the name already; returns its number of rows."""
        path = self._make_path(name)
        frame.write.parquet(address(path))
        self._paths[name] = [*self._paths.get(name, ()), path]
        self.show(name, frame.schema)
        # The files say how many rows they have; Spark would start a job.
        return int(self._aside.execute(f"SELECT COALESCE(sum(num_rows), 0) FROM parquet_file_metadata('{path}/*.parquet')")[0][0])

    def show(self, name: str, schema: "StructType | str", paths: Sequence[Path] = ()) -> None:
        """Give the files of a table its name; their columns are known, so Spark need not look."""
        self.session.read.schema(schema).parquet(*map(address, paths or self._paths[name])).createOrReplaceTempView(name)

    def _make_path(self, name: str) -> Path:
        return self.folder / f"{name}-{next(self._numbers)}"

    def _forget(self, name: str) -> int:
        self.session.catalog.dropTempView(name)
        for path in self._paths.pop(name, ()):
            shutil.rmtree(path, ignore_errors=True)
        return 0


def hash_text(text: str) -> int:
    """Hash a text as Spark's ``xxhash64`` does: XXH64 of its UTF-8, with a seed of its own."""
    import xxhash

    return xxhash.xxh64_intdigest(text.encode(), seed=42)


def address(path: Path) -> str:
    """Write a path as Spark wants it, whose own file system may be another one."""
    return path.absolute().as_uri()

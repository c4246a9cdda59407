"""The triple table on Spark: the tables and the methods of ``graph.TripleTable``, so that plans run
on either.

A table is Parquet in the work folder and a view on it; what a plan keeps is written at once, so no
statement carries the history of those before it. Rows of Python come in through a DuckDB, which
writes them as Parquet.
"""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.errors import AirmError, EngineError
from airm_graph.graph import DEFAULT_GRAPH, TERM_TEXT, TripleTable, quote
from airm_graph.graph.coded import CodedQuads, select_coded_texts
from airm_graph.graph.term_spelling import canonical, select_terms
from airm_graph.spark.dialect import Step, carry_over
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkTable", "explained"]

_EMPTY = """
CREATE VIEW terms AS SELECT CAST(0 AS BIGINT) AS id, 0 AS kind, '' AS lexical, '' AS datatype, '' AS language WHERE 1 = 0;
CREATE VIEW quads AS SELECT id AS s, id AS p, id AS o, id AS g FROM terms"""
#: New terms whose number is another term's, but for the one that keeps it.
_CLASHES = f"""
SELECT n.id, n.text FROM new_terms AS n LEFT JOIN terms AS t ON t.id = n.id
LEFT JOIN (SELECT id, MIN(text) AS text FROM new_terms GROUP BY id HAVING COUNT(*) > 1) AS f ON f.id = n.id
WHERE n.text <> COALESCE({TERM_TEXT}, f.text)"""
#: Whether there are any, which is hardly ever so: asked of numbers alone, and of known terms.
_MEETINGS = (
    "SELECT 1 FROM (SELECT id FROM new_terms GROUP BY id HAVING COUNT(*) > 1) AS f LIMIT 1",
    f"SELECT 1 FROM new_terms AS n JOIN terms AS t ON t.id = n.id WHERE n.text <> {TERM_TEXT} LIMIT 1",
)


class SparkTable(TripleTable):
    """A dictionary-coded set of quads on Spark.

    Args:
        session: Stays open when the table is closed.
        folder: Driver and executors see it under one name.
        bits: Of the hash that numbers terms; fewer make them meet more often, which a test wants.
    """

    def __init__(self, session: "SparkSession", *, folder: Path, bits: int = 62) -> None:
        self.session, self.folder, self._bits = session, folder, bits
        self._aside = TripleTable(threads=1, temp_directory=folder)
        self._counter = count(1)
        self._paths: dict[str, list[Path]] = {}
        self._aliases: dict[str, int] = {}
        self._texts = {DEFAULT_GRAPH: ""}
        self.execute(_EMPTY)

    def close(self) -> None:
        """Forget everything."""
        self.drop(*self._paths)
        self._aside.close()

    def use_all_threads(self, *, at_least: int = 0) -> None:
        """Do nothing: Spark uses what it has."""

    def over(self, work: Callable[[Any], Any], jobs: Iterable[Any], /) -> list[Any]:
        """Do some work on each job in a task of its own; results in the order of the jobs, and
        errors of ours as they were raised.
        """

        def attempt(job: Any) -> Any:
            try:
                return work(job)
            except AirmError as error:
                return error

        given = list(jobs)
        with explained("a task of Spark failed"):
            done = self.session.sparkContext.parallelize(given, len(given)).map(attempt).collect() if given else []
        if error := next((one for one in done if isinstance(one, AirmError)), None):
            raise error
        return done

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement, or several separated by semicolons, and return the rows of the last
        where it asks for some.
        """
        last = self.select(sql)
        with explained(f"Spark gives up on the statement {sql}"):
            return [(last,)] if isinstance(last, int) else [tuple(row) for row in last.collect()]

    @contextmanager
    def joins_as_written(self) -> Iterator[None]:
        """Do nothing: Spark keeps the order unless it is told what it may guess from."""
        yield

    def stream(self, sql: str, *, size: int = 50_000) -> Iterator[list[tuple[Any, ...]]]:
        """Run a SELECT and hand out its rows in lists."""
        with explained(f"Spark gives up on the statement {sql}"):
            rows = map(tuple, self.select(sql).toLocalIterator(prefetchPartitions=True))
            while some := list(islice(rows, size)):
                yield some

    def select(self, sql: str) -> Any:
        """Run statements, but for a SELECT at their end, which is returned as a frame; otherwise
        the number of rows kept, 0 of a view.
        """
        last: DataFrame | int = 0
        for step in carry_over(sql):
            last = self._run_step(step)
        return last

    def copy_texts(self, select: str, path: Path) -> None:
        """Write the one column of a SELECT to a file, each text as it is with a line end behind it,
        in the order of the SELECT.
        """
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for some in self.stream(select):
                file.writelines(f"{text}\n" for (text,) in some)

    def load_records(self, name: str, *, columns: Mapping[str, str], records: Iterable[Sequence[str | int]]) -> None:
        """Make a table of other things than terms, with types as DuckDB names them."""
        path = self.folder / f"{name}-{next(self._counter)}"
        self._aside.load_records("records", columns=columns, records=records)
        self._aside.copy_parquet("SELECT * FROM records", path)
        self._forget(name)
        self.show(name, ", ".join(f"{column} {kind.replace('VARCHAR', 'STRING')}" for column, kind in columns.items()), [path])

    def load_rows(self, rows: Iterable[Quad], *, later: bool = False) -> None:  # noqa: ARG002 - rows of Python go out to the cluster at once
        """Add rows; a quad that is there already is not added again."""
        path = self.folder / f"incoming-{next(self._counter)}"
        with TripleTable(threads=1, temp_directory=self.folder) as given:
            given.load_rows(rows)
            given.copy_rows(path)
        self.load_texts([path])

    def load_coded(self, quads: Sequence[CodedQuads], *, repeated: Collection[str] = (), later: bool = False) -> None:  # noqa: ARG002 - at once
        """Add quads that SQL makes from the columns of tables, which are known to be new and in the
        one spelling of terms.
        """
        self._take_terms(select_coded_texts(quads, repeated))
        selects = (
            f"SELECT {one.s} AS s, {quote(one.p)} AS p, {one.o} AS o, {one.g} AS g FROM {one.table} WHERE {one.where or 'true'}"
            for one in quads
        )
        self.append("quads", f"SELECT {self._numbers} FROM ({' UNION ALL '.join(selects)}) AS q")

    def load_texts(self, paths: Sequence[Path]) -> None:
        """Add the quads of Parquet files as ``copy_rows`` writes them, and remove the files."""
        self.show("incoming", "s STRING, p STRING, o STRING, g STRING", paths)
        self._take_terms("SELECT unnest([s, p, o, g]) AS text FROM incoming")
        self.append("quads", f"SELECT {self._numbers} FROM incoming EXCEPT SELECT s, p, o, g FROM quads")
        self.drop("incoming")

    def rows(self, sql: str = "SELECT s, p, o, g FROM quads") -> list[Quad]:
        """Write quads as rows, sorted; *sql* selects other quads, as four columns s, p, o, g of
        ids.
        """
        quads = self.execute(sql)
        texts = self.read_terms(number for quad in quads for number in quad)
        return sorted((texts[s], texts[p], texts[o], texts[g]) for s, p, o, g in quads)

    def add_terms(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of *terms*, adding those that the table does not know."""
        spelt = {term: canonical(term) for term in terms}
        if missing := set(spelt.values()) - self.find_ids(spelt.values()).keys():
            self.load_records("given_terms", columns={"text": "VARCHAR"}, records=[(text,) for text in missing])
            self._take_terms("SELECT text FROM given_terms")
        return self.find_ids(spelt)

    def read_terms(self, ids: Iterable[int]) -> dict[int, str]:
        """Write terms by their ids; 0, the default graph, is the empty text."""
        wanted = {DEFAULT_GRAPH, *ids}
        if missing := wanted - self._texts.keys():
            self.load_numbers("wanted", sorted(missing))
            self._texts |= dict(self.execute(f"SELECT id, {TERM_TEXT} FROM terms WHERE id IN (SELECT number FROM wanted)"))
        return {number: self._texts[number] for number in wanted & self._texts.keys()}

    def _number(self, texts: Sequence[str]) -> tuple[dict[str, int], dict[int, str]]:
        from xxhash import xxh64_intdigest

        # The seed is that of Spark.
        numbers = {text: self._aliases.get(text) or (xxh64_intdigest(text.encode(), 42) >> 64 - self._bits) + 1 for text in texts}
        return numbers, self.read_terms(numbers.values())

    @property
    def _numbers(self) -> str:
        """SQL for the numbers of four terms with the names of columns of quads."""
        return ", ".join(f"{self._number_sql(column)} AS {column}" for column in "spog")

    def _number_sql(self, text: str) -> str:
        """Write the SQL for the number of a term from SQL for its text; few have another than their
        hash.
        """
        aliases = "".join(f" WHEN {text} = {quote(alias)} THEN {number}" for alias, number in sorted(self._aliases.items()))
        hashed = f"shiftrightunsigned(xxhash64({text}), {64 - self._bits}) + 1"
        return f"CASE WHEN COALESCE({text}, '') = '' THEN {DEFAULT_GRAPH}{aliases} ELSE {hashed} END"

    def _take_terms(self, texts: str) -> None:
        """Take the texts of terms in; where numbers meet, the term that came later gets another."""
        clashes = [(0, "")]
        while clashes:
            self.materialise("new_terms", f"SELECT DISTINCT {self._number_sql('text')} AS id, text FROM ({texts}) AS t WHERE text <> ''")
            clashes = self.execute(_CLASHES) if any(map(self.execute, _MEETINGS)) else []
            self._aliases |= {text: number + 1 for number, text in clashes}
        known = "SELECT 1 FROM terms AS t WHERE t.id = n.id"
        self.append("terms", select_terms(f"(SELECT n.id, n.text FROM new_terms AS n WHERE NOT EXISTS ({known}))"))

    def show(self, name: str, schema: Any, paths: Sequence[Path]) -> None:
        """Give files of Parquet a name, with which they will be removed; their columns are known,
        so Spark need not look.
        """
        self._paths[name] = list(paths)
        self.session.read.schema(schema).parquet(*(path.absolute().as_uri() for path in paths)).createOrReplaceTempView(name)

    def _run_step(self, step: Step) -> "DataFrame | int":
        if step.kind == "drop":
            return self._forget(step.name)
        with explained(f"Spark refuses the statement {step.sql}"):
            frame = self.session.sql(step.sql)
            if step.kind == "view":
                frame.createOrReplaceTempView(step.name)
                return 0
            return frame if step.kind == "ask" else self._keep(step, frame)

    def _keep(self, step: Step, frame: "DataFrame") -> int:
        """Write a result and name it; go on from what was new where it calls itself. Returns its
        number of rows.
        """
        size = new = self._add(step.name, frame.distinct() if step.again else frame, replaces=step.kind != "add")
        while step.again and new:
            self.show(f"{step.name}_new", frame.schema, self._paths[step.name][-1:])
            found = self.session.sql(step.again).toDF(*frame.columns)
            new = self._add(step.name, found.subtract(self.session.table(step.name)))
        return size

    def _add(self, name: str, frame: "DataFrame", *, replaces: bool = False) -> int:
        path = self.folder / f"{name}-{next(self._counter)}"
        frame.write.parquet(path.absolute().as_uri())
        if replaces:
            self._forget(name)
        self.show(name, frame.schema, [*self._paths.get(name, ()), path])
        # The files say how many rows they have; Spark would start a job.
        return int(self._aside.execute(f"SELECT COALESCE(sum(num_rows), 0) FROM parquet_file_metadata('{path}/*.parquet')")[0][0])

    def _forget(self, name: str) -> int:
        self.session.catalog.dropTempView(name)
        for path in self._paths.pop(name, ()):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        return 0


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Say in one line, as an `EngineError`, what PySpark or Java raised."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, OSError) as error:
        said = [line for line in str(error).splitlines() if line.strip() and not line.startswith("An error occurred while calling")]
        raise EngineError(f"{what}: {(said or [type(error).__name__])[0].strip(' :')[:500]}") from error

"""The triple table on Spark: the tables and the methods of ``graph.TripleTable``, so that plans run
on either.

Terms get their numbers from DuckDB, which hashes as it does elsewhere, whether on the driver or,
for more rows, in tasks over the files of a table. Rows of Python come in through a DuckDB, too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.graph import DEFAULT_GRAPH, TERM_TEXT, TripleTable, quote
from airm_graph.graph.coded import CodedQuads, select_coded_texts
from airm_graph.graph.term_spelling import canonical, select_terms
from airm_graph.spark.spark_database import FEW_ROWS, SparkDatabase, write_rows
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["SparkTable"]

_TABLES = {
    "terms": "id BIGINT, kind INTEGER, lexical VARCHAR, datatype VARCHAR, language VARCHAR",
    "quads": "s BIGINT, p BIGINT, o BIGINT, g BIGINT",
}
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


class SparkTable(SparkDatabase):
    """A dictionary-coded set of quads on Spark.

    Args:
        session, folder, few: As for `SparkDatabase`.
        bits: Of the hash that numbers terms; fewer make them meet more often, which a test wants.
    """

    def __init__(self, session: "SparkSession", *, folder: Path, few: int = FEW_ROWS, bits: int = 62) -> None:
        super().__init__(session, folder=folder, few=few)
        self._bits = bits
        self._aliases: dict[str, int] = {}
        self._texts = {DEFAULT_GRAPH: ""}
        for name, columns in _TABLES.items():
            self._aside.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
            self._hold(name)

    def load_rows(self, rows: Iterable[Quad], *, later: bool = False) -> None:  # noqa: ARG002 - rows of Python go out to the cluster at once
        """Add rows; a quad that is there already is not added again."""
        path = self.folder / f"incoming-{next(self._counter)}.parquet"
        with TripleTable(threads=1, temp_directory=self.folder) as given:
            given.load_rows(rows)
            given.copy_rows(path)
        self.load_texts([path])

    def load_coded(self, quads: Sequence[CodedQuads], *, repeated: Collection[str] = (), later: bool = False) -> None:  # noqa: ARG002 - at once
        """Add quads that SQL makes from the columns of tables, which are known to be new and in the
        one spelling of terms.
        """
        by_table = defaultdict[str, list[CodedQuads]](list)
        for one in quads:
            by_table[one.table].append(one)
        for name, of_table in by_table.items():
            self._take_terms(select_coded_texts(of_table, repeated), name)
            every = (
                f"SELECT {one.s} AS s, {quote(one.p)} AS p, {one.o} AS o, {one.g} AS g FROM {one.table} WHERE {one.where or 'true'}"
                for one in of_table
            )
            selects = " UNION ALL ".join(f"SELECT {self._numbers} FROM ({one}) AS q" for one in every)
            self._keep_coded("new_quads", selects, name)
            self.append("quads", "SELECT s, p, o, g FROM new_quads")
            self.drop("new_quads")

    def load_texts(self, paths: Sequence[Path]) -> None:
        """Add the quads of Parquet files as ``copy_rows`` writes them, and remove the files."""
        self.show("incoming", "s STRING, p STRING, o STRING, g STRING", paths)
        self._take_terms(" UNION ".join(f"SELECT {column} AS text FROM incoming" for column in "spog"), "incoming")
        self._keep_coded("new_quads", f"SELECT DISTINCT {self._numbers} FROM incoming", "incoming")
        self.append("quads", "SELECT s, p, o, g FROM new_quads EXCEPT SELECT s, p, o, g FROM quads")
        self.drop("incoming", "new_quads")

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
            self._take_terms("SELECT text FROM given_terms", "given_terms")
        return self.find_ids(spelt)

    def read_terms(self, ids: Iterable[int]) -> dict[int, str]:
        """Write terms by their ids; 0, the default graph, is the empty text."""
        wanted = {DEFAULT_GRAPH, *ids}
        if missing := wanted - self._texts.keys():
            self.load_numbers("wanted", sorted(missing))
            self._texts |= dict(self.execute(f"SELECT id, {TERM_TEXT} FROM terms WHERE id IN (SELECT number FROM wanted)"))
        return {number: self._texts[number] for number in wanted & self._texts.keys()}

    def _number(self, texts: Sequence[str]) -> tuple[dict[str, int], dict[int, str]]:
        numbers = dict(self._aside._run(f"SELECT text, {self._number_sql('text')} FROM (SELECT unnest($1) AS text)", [list(texts)]))
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
        hashed = f"CAST(hash({text}) >> {64 - self._bits} AS BIGINT) + 1"
        return f"CASE WHEN COALESCE({text}, '') = '' THEN {DEFAULT_GRAPH}{aliases} ELSE {hashed} END"

    def _take_terms(self, texts: str, name: str) -> None:
        """Take in the texts of terms that a SELECT from a table gives; where numbers meet, the term
        that came later gets another.
        """
        clashes = [(0, "")]
        while clashes:
            numbered = f"SELECT DISTINCT {self._number_sql('text')} AS id, text FROM ({texts}) AS t WHERE text <> ''"
            if self._keep_coded("new_terms", numbered, name) > 1:
                # What several tasks found.
                self.materialise("new_terms", "SELECT DISTINCT id, text FROM new_terms")
            clashes = self.execute(_CLASHES) if any(map(self.execute, _MEETINGS)) else []
            self._aliases |= {text: number + 1 for number, text in clashes}
        known = "SELECT 1 FROM terms AS t WHERE t.id = n.id"
        self.append("terms", select_terms(f"(SELECT n.id, n.text FROM new_terms AS n WHERE NOT EXISTS ({known}))"))
        self.drop("new_terms")

    def _keep_coded(self, name: str, select: str, given: str) -> int:
        """Keep the result of a SELECT from one table that DuckDB alone understands: on the driver,
        or in tasks over the files of the table; returns the number of these.
        """
        if self._is_small([given]):
            self.materialise(name, select)
            return 1
        paths = [self.folder / f"{name}-{next(self._counter)}.parquet" for _ in self.files(given)]
        schemas = self.over(_write_coded, [(given, file, select, path) for file, path in zip(self.files(given), paths, strict=True)])
        self.show(name, schemas[0], paths)
        return len(paths)


def _write_coded(job: tuple[str, Path, str, Path]) -> str:
    """Write what a SELECT finds in a file of a table; returns the columns, as Spark names them."""
    name, file, select, target = job
    with TripleTable(threads=1, memory_limit="1GB", temp_directory=target.parent) as table:
        table.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({quote(str(file))})")
        return write_rows(table, select, target)

"""The triple table on Spark: the tables and the face of ``columns.TripleTable``, so that plans run on either.

A table is Parquet in the work folder and a view on it; what a plan keeps is written at once, so no statement carries the history of
those before it. Rows of Python come in through a DuckDB beside it, which writes them as Parquet.
"""

import hashlib
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.errors import StoreError
from airm_graph.graph import BLANK, DEFAULT_GRAPH, IRI, LITERAL, TERM_TEXT, TripleTable
from airm_graph.graph.coded import CodedQuads
from airm_graph.graph.spelling import LANG_STRING, STRING, canonical, is_canonical, quote
from airm_graph.spark.dialect import Recursion, Step, carry_over
from airm_graph.spark.numbers import BITS, number_of, number_text
from airm_graph.spark.session import explained

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkTable"]

_Row = tuple[str, str, str, str]
_COLUMNS = "spog"
_TERMS = "id BIGINT, kind INT, lexical STRING, datatype STRING, language STRING"
_QUADS = "s BIGINT, p BIGINT, o BIGINT, g BIGINT"
#: So many ids can stand in a statement; more are a table.
_FEW = 2_000
_SLASH, _LF, _CR = "chr(92)", "chr(10)", "chr(13)"
_PLAIN = f"""replace(replace(replace(x, {_SLASH} || 'n', {_LF}), {_SLASH} || 'r', {_CR}), {_SLASH} || '"', '"')"""
#: The parts of a literal between doubled backslashes, put together again; the pattern of ``split`` is a regular expression.
_UNESCAPED = f"array_join(transform(split(body, repeat({_SLASH}, 4), -1), x -> {_PLAIN}), {_SLASH})"
#: Terms taken apart, from the columns id and text.
_TAKEN_APART = f"""
SELECT id, CASE WHEN is_literal THEN {LITERAL} WHEN startswith(text, '<') THEN {IRI} ELSE {BLANK} END AS kind,
  CASE WHEN is_literal AND contains(body, {_SLASH}) THEN {_UNESCAPED} WHEN is_literal THEN body
    WHEN startswith(text, '<') THEN substring(text, 2, length(text) - 2) ELSE substring(text, 3) END AS lexical,
  CASE WHEN NOT is_literal THEN '' WHEN suffix = '' THEN '{STRING}' WHEN startswith(suffix, '@') THEN '{LANG_STRING}'
    ELSE substring(suffix, 4, length(suffix) - 4) END AS datatype,
  CASE WHEN is_literal AND startswith(suffix, '@') THEN substring(suffix, 2) ELSE '' END AS language
FROM (SELECT id, text, is_literal, suffix, substring(text, 2, length(text) - length(suffix) - 2) AS body
  FROM (SELECT id, text, startswith(text, '"') AS is_literal, substring_index(text, '"', -1) AS suffix FROM new_terms) AS cut) AS parts"""  # noqa: S608


class SparkTable(TripleTable):
    """A dictionary-coded set of quads on Spark."""

    def __init__(self, session: "SparkSession", *, folder: Path, bits: int = BITS) -> None:
        """Start with an empty table.

        Args:
            folder: Empty; driver and executors see it under one name.
            bits: Of the hash that numbers terms; fewer make them meet more often, which a test wants.
        """
        self._session, self._folder, self._bits = session, folder, bits
        self._aside = TripleTable(threads=1, temp_directory=folder)
        self._numbers = count(1)
        self._paths: dict[str, list[Path]] = {}
        self._aliases: dict[str, int] = {}
        self._texts: dict[int, str] = {}
        for name, schema in (("terms", _TERMS), ("quads", _QUADS)):
            self._paths[name] = []
            session.createDataFrame([], schema).createOrReplaceTempView(name)

    @property
    def session(self) -> "SparkSession":
        """The session that it works in."""
        return self._session

    @property
    def folder(self) -> Path:
        """Where its tables are."""
        return self._folder

    def close(self) -> None:
        """Forget everything; the session goes on."""
        self.drop(*list(self._paths))
        self._aside.close()

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement, or several separated by semicolons, and return the rows of the last.

        Raises:
            EngineError: Spark refuses it.
        """
        found: list[tuple[Any, ...]] = []
        with self._steps(sql) as steps:
            for step in steps:
                if step.kind == "make":
                    found = [(self._keep(step.name, self._ask(step.sql)),)]
                else:
                    with explained(f"Spark refuses the statement {step.sql}"):
                        found = [tuple(row) for row in self._ask(step.sql).collect()]
        return found

    def materialise(self, name: str, select: str) -> int:
        """Keep the result of a SELECT under a name, in place of what had that name; returns its number of rows."""
        with self._steps(select) as steps:
            return self._keep(name, self._ask(steps[-1].sql))

    @contextmanager
    def united_graphs(self, name: str) -> Iterator[None]:
        """Give the triples of all graphs, each once, a name (columns s, p, o) while the context lasts."""
        if self.execute("SELECT s FROM quads GROUP BY s HAVING MIN(g) <> MAX(g) LIMIT 1"):
            self.materialise(name, "SELECT DISTINCT s, p, o FROM quads")
        else:
            self._ask("SELECT s, p, o FROM quads").createOrReplaceTempView(name)
        try:
            yield
        finally:
            self.drop(name)

    def append(self, name: str, select: str) -> None:
        """Add the result of a SELECT to a table."""
        with self._steps(select) as steps:
            self._add(name, self._ask(steps[-1].sql))

    def stream(self, sql: str, *, size: int = 50_000) -> Iterator[list[tuple[Any, ...]]]:
        """Run a SELECT and hand out its rows in lists."""
        with self._steps(sql) as steps, explained("Spark gives up"):
            rows = map(tuple, self._ask(steps[-1].sql).toLocalIterator(prefetchPartitions=True))
            while some := list(islice(rows, size)):
                yield some

    def select(self, sql: str) -> "DataFrame":
        """A SELECT of plans that is not run yet; it may not recur."""
        (step,) = carry_over(sql)
        return self._ask(step.sql)

    def load_records(self, name: str, *, columns: Mapping[str, str], records: Iterable[Sequence[str | int]]) -> None:
        """Make a table of other things than terms, with types as DuckDB names them."""
        self._aside.load_records("records", columns=columns, records=records)
        self._take_aside(name, "records")

    def load_numbers(self, name: str, numbers: Sequence[int]) -> None:
        """Make a table with the one column ``number``."""
        self._aside.load_numbers("records", numbers)
        self._take_aside(name, "records")

    def load_cells(self, name: str, path: Path, *, select: str, width: int, delimiter: str) -> None:
        """Make a table of the rows below the header of a regular CSV file, which the driver reads."""
        self._aside.load_cells("records", path, select=select, width=width, delimiter=delimiter)
        self._take_aside(name, "records")

    def load_parquet(self, name: str, paths: Sequence[Path]) -> None:
        """Give files of Parquet a name; they stay where they are."""
        with explained("Parquet cannot be read"):
            self._session.read.parquet(*map(_address, paths)).createOrReplaceTempView(name)

    def copy_texts(self, select: str, path: Path) -> None:
        """Write the one column of a SELECT to a file, each text as it is with a line end behind it, in the order of the SELECT."""
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for some in self.stream(select):
                file.writelines(f"{text}\n" for (text,) in some)

    def drop(self, *names: str) -> None:
        """Forget what was materialised under these names, if anything was."""
        for name in names:
            self._session.catalog.dropTempView(name)
            for path in self._paths.pop(name, ()):
                shutil.rmtree(path, ignore_errors=True)

    def load_rows(self, rows: Iterable[_Row]) -> None:
        """Add rows; a quad that is there already is not added again.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        spelt: dict[str, str] = {"": ""}
        given = []
        for row in rows:
            if not (len(row) == 4 and row[0] and row[1] and row[2]):
                raise StoreError(f"rows cannot be loaded: a row has no subject, predicate or object, or not four parts: {row}")
            for text in row:
                if text not in spelt:
                    spelt[text] = canonical(text)
            given.append([spelt[text] for text in row])
        self.load_records("given_rows", columns=dict.fromkeys(_COLUMNS, "VARCHAR"), records=given)
        self.load_select("SELECT s, p, o, g FROM given_rows")
        self.drop("given_rows")

    def load_select(self, *selects: str) -> None:
        """Add quads that SELECTs give, with the columns s, p, o, g: terms in their one spelling, g empty or NULL for the default graph."""
        columns = ", ".join(f"COALESCE({column}, '') AS {column}" for column in _COLUMNS)
        every = " UNION ALL ".join(f"SELECT {columns} FROM ({select}) AS given{n}" for n, select in enumerate(selects))  # noqa: S608
        with self._steps(every) as steps:
            self._ask(steps[-1].sql).createOrReplaceTempView("incoming_texts")
            self._take_terms(f"SELECT explode(array({', '.join(_COLUMNS)})) AS text FROM incoming_texts")  # noqa: S608
            self._take_quads()
            self._session.catalog.dropTempView("incoming_texts")

    def load_coded(self, quads: Sequence[CodedQuads], *, repeated: Collection[str] = ()) -> None:  # noqa: ARG002 - known to DuckDB only
        """Add quads that SQL makes from the columns of tables."""
        self.load_select(*map(_select_coded, quads))

    def load_texts(self, paths: Sequence[Path]) -> None:
        """Add the quads of Parquet files with the columns s, p, o, g.

        Raises:
            EngineError: They have other columns.
            StoreError: A text is no N-Quads term in its one spelling.
        """
        self.load_parquet("given_texts", paths)
        given = " UNION ALL ".join(f"SELECT DISTINCT {column} AS text FROM given_texts" for column in _COLUMNS)  # noqa: S608
        odd = self.execute(f"SELECT text FROM ({given}) AS t WHERE text <> '' AND NOT ({is_canonical('text')}) LIMIT 1")  # noqa: S608
        if odd or self.execute("SELECT 1 FROM given_texts WHERE s IS NULL OR p IS NULL OR o IS NULL OR s = '' OR p = '' OR o = '' LIMIT 1"):
            raise StoreError(f"Parquet cannot be loaded: {odd[0][0] if odd else 'a row without subject, predicate or object'} is no term")
        self.load_select("SELECT s, p, o, g FROM given_texts")
        self._session.catalog.dropTempView("given_texts")

    def remove_graph(self, graph: str) -> None:
        """Take the quads of a named graph out; their terms stay."""
        for number in self.find_ids([graph]).values():
            self.materialise("quads", f"SELECT s, p, o, g FROM quads WHERE g <> {number}")  # noqa: S608

    def add_terms(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of *terms*, adding those that the table does not know.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        spelt = {term: canonical(term) for term in terms}
        known = self.find_ids(spelt)
        if missing := sorted({text for term, text in spelt.items() if term not in known}):
            self.load_records("given_terms", columns={"text": "VARCHAR"}, records=[(text,) for text in missing])
            self._take_terms("SELECT text FROM given_terms")
            self.drop("given_terms")
        return {term: self._number_of(text) for term, text in spelt.items()}

    def find_ids(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of those *terms* that occur in the table."""
        numbers = {}
        for term in terms:
            try:
                numbers[term] = canonical(term)
            except StoreError:
                continue
        texts = self.read_terms(map(self._number_of, numbers.values()))
        return {term: self._number_of(text) for term, text in numbers.items() if texts.get(self._number_of(text)) == text}

    def read_terms(self, ids: Iterable[int]) -> dict[int, str]:
        """Write terms by their ids; 0, the default graph, is the empty text."""
        wanted = set(ids) - {DEFAULT_GRAPH}
        missing = sorted(wanted - self._texts.keys())
        if len(missing) > _FEW:
            self.load_numbers("wanted_ids", missing)
            chosen = "SELECT number FROM wanted_ids"
        else:
            chosen = ", ".join(map(str, missing))
        if missing:
            self._texts |= dict(self.execute(f"SELECT id, {TERM_TEXT} AS text FROM terms WHERE id IN ({chosen})"))  # noqa: S608
        self.drop("wanted_ids")
        return {DEFAULT_GRAPH: "", **{number: self._texts[number] for number in wanted if number in self._texts}}

    def rows(self, sql: str = "SELECT s, p, o, g FROM quads") -> list[_Row]:
        """Write quads as rows, sorted; *sql* selects other quads, as four columns s, p, o, g of ids."""
        quads = self.execute(sql)
        texts = self.read_terms(number for quad in quads for number in quad)
        return sorted((texts[s], texts[p], texts[o], texts[g]) for s, p, o, g in quads)

    def _stream_sorted(self, select: str, condition: str, text: str) -> Iterator[list[Any]]:
        written = f"(SELECT id, {text} AS text FROM terms)"  # noqa: S608
        yield from self.stream(f"""
            SELECT {select} FROM (SELECT * FROM quads AS q WHERE {condition}) AS q
            JOIN {written} AS s ON s.id = q.s JOIN {written} AS p ON p.id = q.p JOIN {written} AS o ON o.id = q.o
            LEFT JOIN {written} AS g ON g.id = q.g ORDER BY s.text, p.text, o.text, COALESCE(g.text, '')""")  # noqa: S608

    # Terms and their numbers.

    def _number_of(self, text: str) -> int:
        return self._aliases.get(text) or number_text(text, bits=self._bits)

    def _take_terms(self, texts: str) -> None:
        """Take the texts of terms in; those whose numbers meet get others."""
        while True:
            number = number_of("text", bits=self._bits, aliases=self._aliases)
            self._keep("new_terms", self._ask(f"SELECT DISTINCT {number} AS id, text FROM ({texts}) AS t WHERE text <> ''"))  # noqa: S608
            if not self._part_clashes():
                break
        if self._paths["terms"]:
            fresh = self._ask("SELECT id, text FROM new_terms AS n WHERE NOT EXISTS (SELECT 1 FROM terms AS t WHERE t.id = n.id)")
            self._keep("new_terms", fresh)
        self._add("terms", self._ask(_TAKEN_APART))
        self.drop("new_terms")

    def _part_clashes(self) -> bool:
        """Find terms whose number is another term's, and give them another number; tells whether there were some."""
        met, owners = "SELECT id FROM new_terms GROUP BY id HAVING count(*) > 1", dict[int, str]()
        if self._paths["terms"]:
            met += f" UNION SELECT n.id FROM new_terms AS n JOIN terms AS t ON t.id = n.id WHERE {TERM_TEXT} <> n.text"  # noqa: S608
            owners = dict(self.execute(f"SELECT id, {TERM_TEXT} AS text FROM terms WHERE id IN ({met})"))  # noqa: S608
        later = []
        for number, text in self.execute(f"SELECT id, text FROM new_terms WHERE id IN ({met}) ORDER BY id, text"):  # noqa: S608
            # A term that the table has already keeps its number.
            if owners.setdefault(number, text) != text:
                later.append(text)
        for text in later:
            # The number before was taken, and so may be this one, which the next round finds.
            tried = self._aliases.get(text, 0)
            self._aliases[text] = int.from_bytes(hashlib.sha256(f"{tried} {text}".encode()).digest()[:8], "big") >> (64 - BITS) or 1
        return bool(later)

    def _take_quads(self) -> None:
        """Number the incoming texts, and add the quads that are new."""
        numbers = ", ".join(f"{number_of(column, bits=self._bits, aliases=self._aliases)} AS {column}" for column in _COLUMNS)
        new = f"SELECT DISTINCT {numbers} FROM incoming_texts"  # noqa: S608
        if self._paths["quads"]:
            same = " AND ".join(f"q.{column} = n.{column}" for column in _COLUMNS)
            new = f"SELECT s, p, o, g FROM ({new}) AS n WHERE NOT EXISTS (SELECT 1 FROM quads AS q WHERE {same})"  # noqa: S608
        self._add("quads", self._ask(new))

    # Tables as Parquet.

    def _ask(self, sql: str) -> "DataFrame":
        """A statement of Spark's own dialect, which is not run yet."""
        with explained(f"Spark refuses the statement {sql}"):
            frame = self._session.sql(sql)
            # Parquet has no columns of nothing.
            nothing = [column.name for column in frame.schema if column.dataType.typeName() == "void"]
            return frame.withColumns({name: frame[name].cast("string") for name in nothing}) if nothing else frame

    @contextmanager
    def _steps(self, sql: str) -> Iterator[list[Step]]:
        """What is to be run of a statement, when the relations of its recursion are made; these are dropped afterwards."""
        steps = carry_over(sql)
        views = [step for step in steps if step.kind == "view"]
        try:
            for step in views:
                if step.recursion:
                    self._recur(step.name, step.recursion)
                else:
                    self._ask(step.sql).createOrReplaceTempView(step.name)
            yield [step for step in steps if step.kind != "view"]
        finally:
            self.drop(*(step.name for step in views))

    def _recur(self, name: str, recursion: Recursion) -> None:
        """Go on from what was new until nothing is."""
        start = self._ask(recursion.start).distinct()
        size = self._keep(name, start)
        self._session.table(name).createOrReplaceTempView(recursion.self_name)
        while size:
            found = self._ask(recursion.step).toDF(*start.columns).subtract(self._session.table(name))
            size = self._keep("next_step", found)
            # What was new is a part of the whole from now on.
            self._paths[name] += self._paths.pop("next_step")
            self._show(name, start)
            self._session.table("next_step").createOrReplaceTempView(recursion.self_name)
        self.drop("next_step", recursion.self_name)

    def _keep(self, name: str, frame: "DataFrame") -> int:
        """Write a result and call it so; what had the name is removed."""
        path = self._write(name, frame)
        self.drop(name)
        self._paths[name] = [path]
        self._show(name, frame)
        # The files say how many rows they have; Spark would start a job.
        return int(self._aside.execute(f"SELECT COALESCE(sum(num_rows), 0) FROM parquet_file_metadata('{path}/*.parquet')")[0][0])  # noqa: S608

    def _add(self, name: str, frame: "DataFrame") -> None:
        self._paths[name] = [*self._paths.get(name, ()), self._write(name, frame)]
        self._show(name, frame)

    def _show(self, name: str, like: "DataFrame") -> None:
        """Give the files of a table its name; their columns are those of a frame, so that Spark need not look."""
        self._session.read.schema(like.schema).parquet(*map(_address, self._paths[name])).createOrReplaceTempView(name)

    def _write(self, name: str, frame: "DataFrame") -> Path:
        path = self._folder / f"{name}-{next(self._numbers)}"
        with explained(f"Spark cannot make the table {name}"):
            frame.write.parquet(_address(path))
        return path

    def _take_aside(self, name: str, made: str) -> None:
        """Take a table over that DuckDB holds."""
        path = self._folder / f"{name}-{next(self._numbers)}"
        path.mkdir()
        self._aside.copy_parquet(f"SELECT * FROM {made}", path / "rows.parquet")  # noqa: S608
        self._aside.drop(made)
        self.drop(name)
        self._paths[name] = [path]
        self.load_parquet(name, [path])


def _select_coded(one: CodedQuads) -> str:
    where = f" WHERE {one.condition}" if one.condition else ""
    return f"SELECT {one.s} AS s, {quote(one.p)} AS p, {one.o} AS o, {quote(one.g)} AS g FROM {one.table}{where}"  # noqa: S608


def _address(path: Path) -> str:
    """A path as Spark wants it, whose own file system may be another one."""
    return path.absolute().as_uri()

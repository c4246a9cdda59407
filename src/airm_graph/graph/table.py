"""The table and its dictionary.

Dictionary-coded: ``terms`` holds one row per distinct term (id, kind, lexical form, datatype,
language), ``quads`` one row of four ids per distinct quad. An id is made from the text of the term
(`spelling.number_of`; ``aliases`` holds the exceptions): equal data has equal ids in tables that
the same DuckDB made, and nothing else may be read into it. 0 stands for the default graph and is no
term. Lexical forms are unescaped; datatype and language are empty where they do not apply.

Quads come in as texts of terms, from rows of Python, from files or from a SELECT, and are coded in
DuckDB, by set operations (`intake`).

Plans over the two tables (closure, shapes) stay inside the SQL that sqlglot can carry to Spark.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.errors import StoreError
from airm_graph.graph.database import FEW, Database
from airm_graph.graph.term_spelling import DEFAULT_GRAPH, TERM_TEXT, canonical, number_of, select_terms, spell
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from airm_graph.graph.coded import CodedQuads
    from airm_graph.graph.intake import Intake
    from airm_graph.graph.nquads import Parser

__all__ = ["TripleTable"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS terms (
  id BIGINT NOT NULL, kind TINYINT NOT NULL, lexical VARCHAR NOT NULL, datatype VARCHAR NOT NULL, language VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS quads (s BIGINT NOT NULL, p BIGINT NOT NULL, o BIGINT NOT NULL, g BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS aliases (text VARCHAR NOT NULL, id BIGINT NOT NULL)
"""


class TripleTable(Database):
    """A dictionary-coded set of quads in DuckDB, in memory or in a file.

    >>> with TripleTable() as table:
    ...     table.load_rows([("<urn:a>", "<urn:p>", '"1.10"', "")] * 2)
    ...     len(table), table.rows()
    (1, [('<urn:a>', '<urn:p>', '"1.10"', '')])
    """

    schema = _SCHEMA
    #: Whether all quads are better looked at in Python than by many statements.
    holds_few = False
    #: Whether to plan a statement takes no time that counts.
    plans_at_once = False
    #: Quads that are rows of Python or columns of tables still, until a statement is run.
    given: Sequence[Quad] = ()
    coded: "Sequence[CodedQuads]" = ()
    _repeated: Collection[str] = ()
    _threads_from: int | None = None

    def __len__(self) -> int:
        """Number of quads."""
        with self.set_aside() as (given, coded):
            number = len(given) + int(self.execute("SELECT count(*) FROM quads")[0][0])
            if not coded:
                return number
            from airm_graph.graph.coded import count_coded

            return number + sum(int(self.execute(sql)[0][0]) for sql in count_coded(coded))

    @contextmanager
    def united_graphs(self, name: str) -> Iterator[None]:
        """Give the triples of all graphs, each once, a name (columns s, p, o) while the context
        lasts; within such a context it has it already.

        Where no subject is spoken of in two graphs, the name is all that has to be made.
        """
        if name in self._united:
            yield
            return
        shared, made = "SELECT s FROM quads GROUP BY s HAVING MIN(g) <> MAX(g)", f"{name}_once"
        self.drop(made)
        if self.execute(f"SELECT 1 FROM ({shared}) AS t LIMIT 1"):
            alone = f"SELECT s, p, o FROM quads WHERE s NOT IN ({shared})"
            self.materialise(made, f"{alone} UNION ALL SELECT DISTINCT s, p, o FROM quads WHERE s IN ({shared})")
        else:
            made = "quads"
        self.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT s, p, o FROM {made}")
        self._united.add(name)
        try:
            yield
        finally:
            self._united.remove(name)
            self.execute(f"DROP VIEW {name}")
            self.drop(f"{name}_once")

    def copy_rows(self, path: Path) -> None:
        """Write all quads to a Parquet file, as texts of terms in the columns s, p, o, g."""
        self.copy_parquet(_select_texts("quads"), path)

    def load_rows(self, rows: Iterable[Quad], *, later: bool = False) -> None:
        """Add rows; a quad that is there already is not added again. Blank nodes with one label are
        one node.

        Args:
            rows: Quads as texts of terms.
            later: None is there already. Take them in when a statement asks for quads or terms,
                which may be never.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        if later:
            self._settle()
            self.given = list(dict.fromkeys(rows))
            return
        remaining = iter(rows)
        if len(first := list(islice(remaining, FEW))) < FEW:
            self._load_few(first)
            return
        with self._intake() as intake:
            intake.add_rows(chain(first, remaining))

    def _load_few(self, rows: Sequence[Quad]) -> None:
        """Add a few rows; statements that pay for many would take longer than the rows."""
        broken = [row for row in rows if not (len(row) == 4 and row[0] and row[1] and row[2])]
        if broken:
            raise StoreError(f"rows cannot be loaded: a row has no subject, predicate or object, or not four parts: {broken[0]}")
        try:
            ids = self.add_terms({text for row in rows for text in row if text}) | {"": DEFAULT_GRAPH}
        except (StoreError, UnicodeEncodeError) as error:
            raise StoreError(f"rows cannot be loaded: {error}") from error
        given = ", ".join(f"unnest(${n}) AS {column}" for n, column in enumerate("spog", 1))
        same = " AND ".join(f"q.{column} = n.{column}" for column in "spog")
        new = f"SELECT DISTINCT s, p, o, g FROM (SELECT {given}) AS n WHERE NOT EXISTS (SELECT 1 FROM quads AS q WHERE {same})"
        self._run(
            f"INSERT INTO quads {new}",
            [[ids[row[position]] for row in rows] for position in range(4)],
        )

    def load_select(self, *selects: str) -> None:
        """Add quads that SELECTs give, without leaving DuckDB.

        Args:
            selects: Each with the columns s, p, o, g: texts of terms as N-Quads has them, g empty
                or NULL for the default graph. Its result is held at once as texts; many millions of
                quads are best given as several SELECTs.

        Raises:
            StoreError: A SELECT is refused, or a text is no N-Quads term; the table is as before.

        >>> with TripleTable() as table:
        ...     table.load_select(
        ...         "SELECT '<urn:a>' AS s, '<urn:p>' AS p, '<urn:' || n || '>' AS o, NULL AS g"
        ...         " FROM range(2) AS r(n)"
        ...     )
        ...     table.rows()
        [('<urn:a>', '<urn:p>', '<urn:0>', ''), ('<urn:a>', '<urn:p>', '<urn:1>', '')]
        """
        columns = ", ".join(f"COALESCE({column}, '') AS {column}" for column in "spog")
        with self._intake() as intake:
            for select in selects:
                intake.add_relation(f"(SELECT {columns} FROM ({select}) AS given)")

    def load_coded(self, quads: "Sequence[CodedQuads]", *, repeated: Collection[str] = (), later: bool = False) -> None:
        """Add quads that SQL makes from the columns of tables, which are known to be new and in the
        one spelling of terms.

        Args:
            quads: None is there already, and none is given twice.
            repeated: What of their ``s`` and ``o`` is the same in many rows.
            later: Number them when a statement asks for quads or terms, which may be never; the
                columns are as they are until then.

        Raises:
            StoreError: DuckDB refuses a statement; the table is as before.
        """
        if self.coded or not later:
            self._settle()
        self.coded, self._repeated = quads, repeated
        if not later:
            self._settle()

    @contextmanager
    def able_to_run(self, statements: Iterable[str], *, known: Collection[str] = ()) -> "Iterator[TripleTable]":  # noqa: ARG002
        """Give a table of the same quads that runs statements made for this one in good time: here
        this one. *known* are regular expressions in them that are soon looked for.
        """
        yield self

    def _settle(self) -> None:
        """Number what is rows or columns still; what asks for quads or terms does it first."""
        is_large = self._threads_from is not None and len(self) >= self._threads_from
        given, self.given = self.given, ()
        coded, self.coded = self.coded, ()
        if is_large:
            super().use_all_threads()
        self._threads_from = None
        if given:
            self.load_rows(given)
        if coded:
            self._number_coded(coded)

    def _number_coded(self, quads: "Sequence[CodedQuads]") -> None:
        from airm_graph.graph.coded import load_coded  # these three are for more than SQLite is asked about

        self._change(lambda: load_coded(quads, run=self._run, repeated=self._repeated))

    @contextmanager
    def set_aside(self) -> Iterator["tuple[Sequence[Quad], Sequence[CodedQuads]]"]:
        """Give the quads that are rows and those that are columns still; statements do not see them
        while the context lasts.
        """
        aside = self.given, self.coded
        self.given, self.coded = (), ()
        try:
            yield aside
        finally:
            self.given, self.coded = aside

    def use_all_threads(self, *, at_least: int = 0) -> None:
        """Let DuckDB use as many threads as there are cores, where there are so many quads; if they
        are columns still, when they are numbered: to write their lines, two threads take a third
        more of the processor.
        """
        if self.coded:
            self._threads_from = at_least
        elif not at_least or len(self) >= at_least:
            super().use_all_threads()

    def _run(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        if self.given or self.coded:
            self._settle()
        return super()._run(sql, values)

    def stream(self, sql: str, *, size: int = 8_000) -> Iterator[list[tuple[Any, ...]]]:
        """Run a SELECT on tables that are not temporary and hand out its rows in lists."""
        if self.given or self.coded:
            self._settle()
        return super().stream(sql, size=size)

    def load_files(self, paths: Iterable[Path], *, parse: "Parser", label: str | None = None) -> None:
        """Add the quads of N-Triples and N-Quads files, also packed ones (``.gz``, ``.zst``).

        DuckDB cuts the lines and codes the terms. A line that may mean anything but what stands
        there (an escape, a comment, odd white space, a term that not every parser takes) is read by
        *parse*, as slowly as that is.

        Args:
            paths: Files, or folders with such files; of several files, the blank nodes of each are
                its own (``_:f2-label``).
            parse: Reads what is not plain, and says what is wrong where something is.
            label: Stands before the labels of blank nodes; by itself ``f2-`` and so on where there
                are several files.

        Raises:
            InputError: There is no such file.
            StoreError: A file is not what its suffix says; the message names file and line. The
                table is as before.
        """
        from airm_graph.graph.nquads import label_files

        files = label_files(paths, label)
        with self._intake() as intake:
            for path, own in files:
                intake.add_file(path, label=own, parse=parse)

    def remove_graph(self, graph: str) -> None:
        """Take the quads of a named graph out; their terms stay."""
        for number in self.find_ids([graph]).values():
            self.execute(f"DELETE FROM quads WHERE g = {number}")

    def add_terms(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of *terms*, adding those that the table does not know.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        spelt = {term: canonical(term) for term in terms}
        texts = sorted(set(spelt.values()))
        numbers, known = self._number(texts)
        missing = [text for text in texts if known.get(numbers[text]) != text]
        if len({numbers[text] for text in missing} - known.keys()) < len(missing):
            # Terms whose numbers meet.
            with self._intake() as intake:
                intake.add_terms(missing)
            numbers, _ = self._number(texts)
        elif missing:
            given = "WITH n AS (SELECT unnest($1) AS id, unnest($2) AS text)"
            self._run(f"INSERT INTO terms {given} {select_terms('n')}", [[numbers[text] for text in missing], missing])
            self._remember({numbers[text]: text for text in missing})
        return {term: numbers[text] for term, text in spelt.items()}

    def find_ids(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of those *terms* that occur in the table.

        >>> TripleTable().find_ids(["<urn:a>"])
        {}
        """
        spelt = {term: spell(term) for term in terms}
        numbers, known = self._number(sorted(set(spelt.values())))
        return {term: numbers[text] for term, text in spelt.items() if known.get(numbers[text]) == text}

    def _number(self, texts: Sequence[str]) -> tuple[dict[str, int], dict[int, str]]:
        """The numbers that texts have or would have, and the texts that have these numbers in the
        table.
        """
        numbers = {text: self._ids[text] for text in texts if text in self._ids}
        if asked := [text for text in texts if text not in numbers]:
            number = f"COALESCE(a.id, {number_of('w.text')})"
            sql = f"SELECT w.text, {number} FROM (SELECT unnest($1) AS text) AS w LEFT JOIN aliases AS a ON a.text = w.text"
            numbers |= dict(self._run(sql, [asked]))
        return numbers, self.read_terms(numbers.values())

    def read_terms(self, ids: Iterable[int]) -> dict[int, str]:
        """Write terms by their ids; 0, the default graph, is the empty text."""
        wanted = {DEFAULT_GRAPH, *ids}
        found = {number: self._texts[number] for number in wanted if number in self._texts}
        if missing := sorted(wanted - found.keys()):
            select = f"SELECT id, {TERM_TEXT} FROM terms WHERE id IN (SELECT unnest($1))"
            read = dict(self._run(select, [missing]))
            self._remember(read)
            found |= read
        return found

    @cached_property
    def _united(self) -> set[str]:
        return set()

    @cached_property
    def _texts(self) -> dict[int, str]:
        return {DEFAULT_GRAPH: ""}

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {}

    def _remember(self, texts: Mapping[int, str]) -> None:
        """Keep what a few ids stand for, which never changes; the same are asked for often."""
        if len(self._texts) + len(texts) <= FEW:
            self._texts.update(texts)
            self._ids.update((text, number) for number, text in texts.items())

    def rows(self, sql: str = "SELECT s, p, o, g FROM quads") -> list[Quad]:
        """Write quads as rows, sorted; *sql* selects other quads, as four columns s, p, o, g of
        ids.
        """
        used = " UNION ".join(f"SELECT {column} AS id FROM picked_quads" for column in "spog")
        written = f"SELECT id, {TERM_TEXT} AS text FROM terms WHERE id IN ({used}) UNION ALL SELECT {DEFAULT_GRAPH}, ''"
        if not self.materialise("picked_quads", sql):
            self.drop("picked_quads")
            return []
        self.materialise("picked_terms", f"SELECT id, text, row_number() OVER (ORDER BY text) - 1 AS place FROM ({written}) AS w")
        texts = [text for (text,) in self.execute("SELECT text FROM picked_terms ORDER BY place")]
        quads = self.execute("""
            SELECT s.place, p.place, o.place, g.place FROM picked_quads AS q
            JOIN picked_terms AS s ON s.id = q.s JOIN picked_terms AS p ON p.id = q.p
            JOIN picked_terms AS o ON o.id = q.o JOIN picked_terms AS g ON g.id = q.g
            ORDER BY 1, 2, 3, 4""")
        self.drop("picked_quads", "picked_terms")
        return [(texts[s], texts[p], texts[o], texts[g]) for s, p, o, g in quads]

    @contextmanager
    def _intake(self) -> "Iterator[Intake]":
        """Take quads in as one change; an error leaves the table as it was."""
        import tempfile

        from airm_graph.graph.intake import Intake

        try:
            with tempfile.TemporaryDirectory(prefix="airm-graph-", dir=self._temp) as folder:
                intake = Intake(self._run, folder=Path(folder))
                try:
                    yield intake
                    self._change(intake.finish)
                finally:
                    intake.forget()
        except (StoreError, UnicodeEncodeError, OSError) as error:
            raise StoreError(f"rows cannot be loaded: {error}") from error

    def _change(self, change: Callable[[], None]) -> None:
        self._run("BEGIN")
        try:
            change()
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")


def _select_texts(quads: str) -> str:
    written = f"(SELECT id, {TERM_TEXT} AS text FROM terms)"
    joins = " ".join(f"JOIN {written} AS {column}_ ON {column}_.id = q.{column}" for column in "spo")
    texts = "s_.text AS s, p_.text AS p, o_.text AS o, COALESCE(g_.text, '') AS g"
    return f"SELECT {texts} FROM {quads} AS q {joins} LEFT JOIN {written} AS g_ ON g_.id = q.g"

"""SPARQL constraints of common forms as SQL over the triple table, for data that is too large to be
put into the store.

A query qualifies where the SQL means the same whatever the data: triple patterns with named
properties (sequences of them, too), comparisons of texts and of integers, functions of strings,
``FILTER NOT EXISTS``, ``OPTIONAL`` of which only the absence is asked, the least IRI of a group.
NULL stands for an error, which both languages treat alike in logic. All else is for the store.
"""

import re
from collections.abc import Mapping, Sequence

from airm_graph.validate.compile.compiled_shapes import FOCUS, ID, ConstraintSql
from airm_graph.validate.compile.shapes_graph import Path, Predicate
from airm_graph.validate.compile.sparql_expressions import ExpressionReader, NotTranslatedError, Triple, Value, list_parts, text_of
from airm_graph.validate.compile.tokens import Token, expand_name

__all__ = ["translate"]

#: A text, or a variable of a match.
_COLUMN = re.compile(r"'(?:[^']|'')*'|\bm\.v_(\w+)")


def translate(tokens: Sequence[Token], *, prefixes: Mapping[str, str], path: Path | None) -> ConstraintSql | None:
    """Write a query as SQL; None where it has another form."""
    try:
        return _Translator(tokens, prefixes=prefixes, path=path).translate()
    except NotTranslatedError:
        return None


class _Translator(ExpressionReader):
    def __init__(self, tokens: Sequence[Token], *, prefixes: Mapping[str, str], path: Path | None) -> None:
        super().__init__(tokens)
        self._prefixes, self._path = prefixes, path
        self._absent, self._optional = list[list[Triple]](), list[list[Triple]]()
        self._tests, self._filters = list[Value](), list[int]()
        self._fresh, self._own = 0, set[str]()

    def translate(self) -> ConstraintSql:
        names, aggregated = self._read_head()
        self._read_group()
        grouped = self.take("GROUP") and self.take("BY") and self.tokens[self.at].variable == "this"
        self.at += grouped
        if self.tokens[self.at].text or grouped != bool(aggregated) or self._optional:
            raise NotTranslatedError
        if self._own & _variables(self.triples):
            raise NotTranslatedError
        # What is no subject may be a text, which makes no IRI.
        if aggregated and self._aggregate not in {"this", *(s for s, _, _ in self.triples)}:
            raise NotTranslatedError
        places = {"this": "f.node"}
        joined = [self._place(triple, f"t{number}", places) for number, triple in enumerate(self._order_triples())]
        self.columns = {name: f"m.v_{name}" for name in places}
        for at in self._filters:
            self.at = at
            self.expect("(")
            self._tests += list_parts(self.read_or())
        if aggregated:
            self.describe(self._aggregate)
        prepare, sources = self._prepare()
        relations = [f"JOIN {sources.get(number, 'spo')} AS t{number} ON {' AND '.join(some)}" for number, some in enumerate(joined)]
        select = self._write_select(names, aggregated)
        match = self._write_match(relations, places=places, named=select)
        every = [*self.triples, *(triple for some in self._absent for triple in some)]
        terms = {term for triple in every for term in triple if term.startswith("<")}
        integers, nodes = (tuple(sorted({p for _, p, o in self.triples if o in some})) for some in (self.integers, self.nodes))
        return ConstraintSql(tuple(names), match, select, tuple(prepare), integers, nodes, tuple(sorted(terms)))

    def _write_select(self, names: Sequence[str], aggregated: str) -> str:
        """Write the choice among the matches, by the dictionary and by what must not be there."""
        relations = "".join(f" JOIN terms AS d_{name} ON d_{name}.id = {self.column(name)}" for name in self.described)
        conditions = [test.sql for test in self._tests if test.variables & self.described.keys()]
        conditions += [self._write_absent(some, number) for number, some in enumerate(self._absent)]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        selected = {name: self.column(name) for name in names if name != aggregated}
        end = ""
        if aggregated:
            selected |= {aggregated: f"'<' || MIN({text_of(self._aggregate)}) || '>'"}
            end = f" GROUP BY {self.column('this')}"
        columns = ", ".join(f"{selected[name]} AS v_{name}" for name in names)
        return f"SELECT {'' if end else 'DISTINCT '}{columns} FROM matched AS m{relations}{where}{end}"

    def _write_match(self, relations: Sequence[str], *, places: Mapping[str, str], named: str) -> str:
        """Write the matches of the patterns, with the variables that another statement names."""
        tests = (test.sql for test in self._tests if not test.variables & self.described.keys())
        conditions = [f"f.number = {FOCUS}", *(_COLUMN.sub(lambda found: places.get(found[1], found[0]), test) for test in tests)]
        columns = ", ".join(f"{places[name]} AS v_{name}" for name in sorted(places.keys() & set(_COLUMN.findall(named))))
        return f"SELECT DISTINCT {columns} FROM asked AS f {' '.join(relations)} WHERE {' AND '.join(conditions)}"

    def _order_triples(self) -> list[Triple]:
        """Put patterns in the order in which they are joined: from the focus node on, each after
        one that it shares a variable with, as far as there is any.
        """
        known, ordered, left = {"this"}, list[Triple](), list(self.triples)
        while left:
            chosen = next((triple for triple in left if known & {triple[0], triple[2]}), left[0])
            left.remove(chosen)
            ordered.append(chosen)
            known |= {chosen[0], chosen[2]}
        self.triples = ordered
        return ordered

    def _read_head(self) -> tuple[list[str], str]:
        """Read what is selected: variables, and at most one least IRI."""
        self.expect("SELECT")
        self.take("DISTINCT")
        names, aggregated = list[str](), ""
        while self.tokens[self.at].word != "WHERE" and self.tokens[self.at].text != "{":
            if self.take("("):
                for text in ("IRI", "(", "MIN", "(", "STR", "("):
                    self.expect(text)
                self._aggregate = self.read_variable()
                for text in (")", ")", ")", "AS"):
                    self.expect(text)
                aggregated = self.read_variable()
                names.append(aggregated)
                self.expect(")")
            else:
                names.append(self.read_variable())
        self.take("WHERE")
        if "this" not in names or (aggregated and len(names) != 2):
            raise NotTranslatedError
        return names, aggregated

    def _read_group(self) -> None:
        self.expect("{")
        while not self.take("}"):
            if self.take("FILTER"):
                self._read_filter()
            elif self.take("OPTIONAL"):
                before = _variables(self.triples)
                self._optional.append(self._read_triples_of_group())
                self._own |= _variables(self._optional[-1]) - before - {"this"}
            elif not self.take("."):
                self.triples += self._read_triples()

    def _read_filter(self) -> None:
        if self.take("NOT"):
            self.expect("EXISTS")
            self._absent.append(self._read_triples_of_group())
            return
        words = [token.text.upper() for token in self.tokens[self.at : self.at + 4]]
        if words == ["(", "!", "BOUND", "("]:
            self.at += 4
            name = self.read_variable()
            found = [some for some in self._optional if any(name in triple for triple in some)]
            if len(found) != 1:
                raise NotTranslatedError
            self._optional.remove(found[0])
            self._absent += found
            self.expect(")")
            self.expect(")")
            return
        # What variables stand for is known only when all patterns are.
        self._filters.append(self.at)
        depth = 0
        while True:
            text = self.tokens[self.at].text
            depth += {"(": 1, ")": -1}.get(text, 0)
            self.at += 1
            if not depth:
                break
            if not text:
                raise NotTranslatedError

    def _read_triples_of_group(self) -> list[Triple]:
        self.expect("{")
        found = list[Triple]()
        while not self.take("}"):
            if not self.take("."):
                found += self._read_triples()
        return found

    def _read_triples(self) -> list[Triple]:
        subject, found = self._read_node(), list[Triple]()
        while True:
            verbs = [self._read_verb()]
            while self.take("/"):
                verbs.append(self._read_verb())
            while True:
                start, end = subject, self._read_node()
                for verb in verbs[:-1]:
                    self._fresh += 1
                    found.append((start, verb, f"step_{self._fresh}"))
                    start = f"step_{self._fresh}"
                found.append((start, verbs[-1], end))
                if not self.take(","):
                    break
            if not self.take(";") or self.tokens[self.at].text in (".", "}"):
                return found

    def _read_verb(self) -> str:
        token = self.tokens[self.at]
        if token.variable == "PATH":
            self.at += 1
            if isinstance(self._path, Predicate):
                return self._path.iri
            raise NotTranslatedError
        return self._read_iri()

    def _read_iri(self) -> str:
        token = self.tokens[self.at]
        self.at += 1
        found = expand_name(token, self._prefixes) if token.kind in ("iri", "name") or token.text == "a" else ""
        if not found:
            raise NotTranslatedError
        return found

    def _read_node(self) -> str:
        return self.read_variable() if self.tokens[self.at].variable else self._read_iri()

    def _place(self, triple: Triple, alias: str, columns: dict[str, str]) -> list[str]:
        """Write the conditions of a triple pattern; its new variables get their columns."""
        conditions = [f"{alias}.p = {ID.format(triple[1])}"]
        for node, column in ((triple[0], f"{alias}.s"), (triple[2], f"{alias}.o")):
            if node.startswith("<"):
                conditions.append(f"{column} = {ID.format(node)}")
            elif columns.setdefault(node, column) != column:
                conditions.append(f"{column} = {columns[node]}")
        return conditions

    def _write_absent(self, triples: Sequence[Triple], number: int) -> str:
        """Write that there are no such triples."""
        columns, conditions = dict(self.columns), list[str]()
        for place, triple in enumerate(triples):
            conditions += self._place(triple, f"n{number}_{place}", columns)
        relations = ", ".join(f"spo AS n{number}_{place}" for place in range(len(triples)))
        return f"NOT EXISTS (SELECT 1 FROM {relations} WHERE {' AND '.join(conditions)})"

    def _prepare(self) -> tuple[list[tuple[str, str]], dict[int, str]]:
        """Make tables of values that several patterns share and that have to pass tests: they are
        joined with each other only then.
        """
        prepare, sources = list[tuple[str, str]](), dict[int, str]()
        for name in list(self.described):
            tests = [test.sql for test in self._tests if test.variables == {name}]
            patterns = [(number, p) for number, (s, p, o) in enumerate(self.triples) if o == name and s != name]
            if tests and len(patterns) > 1 and len({p for _, p in patterns}) == 1:
                made = f"tested_{len(prepare)}"
                passed = f"d_{name}.id = t.o AND t.p = {ID.format(patterns[0][1])} AND {' AND '.join(tests)}"
                prepare.append((made, f"SELECT t.s, t.p, t.o FROM spo AS t, terms AS d_{name} WHERE {passed}"))
                sources |= {number: made for number, _ in patterns}
                self._tests = [test for test in self._tests if test.variables != {name}]
                if not any(name in test.variables for test in self._tests):
                    del self.described[name]
        return prepare, sources


def _variables(triples: Sequence[Triple]) -> set[str]:
    return {node for s, _, o in triples for node in (s, o) if not node.startswith("<")}

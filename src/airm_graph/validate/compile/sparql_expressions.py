"""Expressions of SPARQL queries as SQL: comparisons of texts and of integers, and functions of
strings.

NULL stands for an error: logic is the same in both languages then.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from airm_graph.frozen import frozen
from airm_graph.graph import BLANK, LITERAL, quote
from airm_graph.graph.term_spelling import STRING
from airm_graph.terms import read_literal
from airm_graph.validate.compile.tokens import Token

__all__ = ["ExpressionReader", "NotTranslatedError", "Triple", "Value", "list_parts", "text_of"]

#: Subject, property and object of a pattern: names of variables, or IRIs as terms.
Triple = tuple[str, str, str]

#: Regular expressions that mean the same in each dialect: classes of characters, and the end.
_PATTERN = re.compile(r"(?:\[\^?[A-Za-z0-9.\n]+\][?+]?)*\[\^?[A-Za-z0-9.\n]+\]\+?\$?")
_COMPARISONS = frozenset(("<", ">", "<=", ">=", "=", "!="))
_TESTS = {"STRSTARTS": "starts_with", "STRENDS": "ends_with", "CONTAINS": "contains"}


class NotTranslatedError(Exception):
    """A query of another form."""


@frozen
class Value:
    """SQL for a value: of kind ``text`` (with SQL for its language), ``integer``, ``test`` (with
    its parts, if all of several have to hold), or ``variable``, a name not looked at yet.
    """

    kind: str
    sql: str
    language: str = "''"
    variables: frozenset[str] = frozenset()
    parts: tuple["Value", ...] = ()


class ExpressionReader:
    """Reads tokens from the first on.

    Attributes:
        triples: Patterns whose variables have columns.
        columns: SQL for the ids that variables stand for.
        described: Variables of which the dictionary is asked.
        integers, nodes: Variables that are taken for integers, and for IRIs or blank nodes.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        """Start at the first token."""
        self.tokens, self.at = [*tokens, Token("mark", "")], 0
        self.triples = list[Triple]()
        self.columns: dict[str, str] = {}
        self.described, self.integers, self.nodes = dict[str, None](), set[str](), set[str]()

    def read_variable(self) -> str:
        """Read the name of a variable."""
        token = self.tokens[self.at]
        self.at += 1
        if not re.fullmatch("[a-z][a-z0-9]*", token.variable):
            raise NotTranslatedError
        return token.variable

    def take(self, text: str) -> bool:
        """Go on where a word or mark stands; tells whether it does."""
        token = self.tokens[self.at]
        is_it = token.kind in ("mark", "word") and token.text.upper() == text and bool(text)
        self.at += is_it
        return is_it

    def expect(self, text: str) -> None:
        """Go on behind a word or mark."""
        if not self.take(text):
            raise NotTranslatedError

    def column(self, name: str) -> str:
        """SQL for the id that a variable stands for."""
        if name not in self.columns:
            raise NotTranslatedError
        return self.columns[name]

    def read_or(self) -> Value:
        """Read an expression."""
        value = self._read_and()
        while self.take("||"):
            value = _join("OR", value, self._read_and())
        return value

    def _read_and(self) -> Value:
        value = self._read_comparison()
        while self.take("&&"):
            value = _join("AND", value, self._read_comparison())
        return value

    def _read_comparison(self) -> Value:
        value = self._read_sum()
        operator = self.tokens[self.at].text
        if operator not in _COMPARISONS:
            return value
        self.at += 1
        other = self._read_sum()
        variables = value.variables | other.variables
        if value.kind == other.kind == "variable" and operator in ("=", "!="):
            # Of literals, other terms may be equal values.
            if not {value.sql, other.sql} & ({"this"} | {s for s, _, _ in self.triples}):
                if not any(o == value.sql for _, _, o in self.triples):
                    raise NotTranslatedError
                self.nodes.add(value.sql)
            written = f"{self.column(value.sql)} {operator.replace('!=', '<>')} {self.column(other.sql)}"
            return Value("test", written, variables=variables)
        if {value.kind, other.kind} == {"text"} and value.language == other.language == "''":
            return Value("test", f"({value.sql}) {operator.replace('!=', '<>')} ({other.sql})", variables=variables)
        left, right = self._as_integer(value), self._as_integer(other)
        return Value("test", f"{left} {operator.replace('!=', '<>')} {right}", variables=variables)

    def _read_sum(self) -> Value:
        value = self._read_value()
        while self.tokens[self.at].text in ("+", "-"):
            sign = self.tokens[self.at].text
            self.at += 1
            other = self._read_value()
            written = f"({self._as_integer(value)} {sign} {self._as_integer(other)})"
            value = Value("integer", written, variables=value.variables | other.variables)
        return value

    def _read_value(self) -> Value:
        token = self.tokens[self.at]
        self.at += 1
        if token.text == "(":
            value = self.read_or()
            self.expect(")")
            return value
        if token.text == "!":
            value = self._read_value()
            if value.kind != "test":
                raise NotTranslatedError
            return replace(value, sql=f"NOT ({value.sql})", parts=())
        if token.variable:
            self.at -= 1
            name = self.read_variable()
            return Value("variable", name, variables=frozenset((name,)))
        if token.kind == "string" and token.text[0] == '"' and not token.text.startswith('""'):
            if self.tokens[self.at].kind == "tag" or self.tokens[self.at].text == "^^":
                raise NotTranslatedError
            text = read_literal(token.text).text
            if "\0" in text:
                raise NotTranslatedError
            return Value("text", quote(text))
        if token.kind == "string" and token.text == '""':
            return Value("text", "''")
        if token.kind == "number" and token.text.isdigit():
            return Value("integer", token.text)
        return self._call(token.word)

    def _call(self, word: str) -> Value:
        self.expect("(")
        given = [self.read_or()]
        while self.take(","):
            given.append(self.read_or())
        self.expect(")")
        known: dict[tuple[str, int], Callable[..., Value]] = {
            ("STR", 1): self._str,
            ("STRLEN", 1): lambda text: Value("integer", f"LENGTH({self._as_text(text).sql})"),
            ("SAMETERM", 2): lambda one, other: Value("test", f"{self._node(one)} = {self._node(other)}"),
            ("SUBSTR", 3): self._substr,
            ("REPLACE", 3): self._replace,
            **{(name, 2): lambda text, part, name=name: self._test(_TESTS[name], text, part) for name in _TESTS},
        }
        if word == "CONCAT":
            value = self._concat(given)
        elif (word, len(given)) in known:
            value = known[word, len(given)](*given)
        else:
            raise NotTranslatedError
        return replace(value, variables=frozenset[str]().union(*(one.variables for one in given)))

    def _str(self, value: Value) -> Value:
        if value.kind != "variable":
            raise NotTranslatedError
        self.describe(value.sql)
        return Value("text", text_of(value.sql))

    def describe(self, name: str) -> None:
        """Ask the dictionary of a variable."""
        self.column(name)
        self.described[name] = None

    def _node(self, value: Value) -> str:
        if value.kind != "variable":
            raise NotTranslatedError
        return self.column(value.sql)

    def _as_text(self, value: Value) -> Value:
        """Take a value for a string, with or without language; others are an error."""
        if value.kind == "text":
            return value
        if value.kind != "variable":
            raise NotTranslatedError
        self.describe(value.sql)
        of = f"d_{value.sql}"
        is_string = f"{of}.kind = {LITERAL} AND ({of}.datatype = '{STRING}' OR {of}.language <> '')"
        return Value("text", f"CASE WHEN {is_string} THEN {of}.lexical END", f"{of}.language")

    def _as_integer(self, value: Value) -> str:
        """Take a value for an integer; of a variable that is seen to before the query is asked."""
        if value.kind == "integer":
            return value.sql
        if value.kind != "variable" or not any(o == value.sql for _, _, o in self.triples):
            raise NotTranslatedError
        if value.sql == "this" or any(s == value.sql for s, _, _ in self.triples):
            raise NotTranslatedError
        self.describe(value.sql)
        self.integers.add(value.sql)
        return f"TRY_CAST(d_{value.sql}.lexical AS BIGINT)"

    def _test(self, function: str, text: Value, part: Value) -> Value:
        text, part = self._as_text(text), self._as_text(part)
        test = f"{function}({text.sql}, {part.sql})"
        if part.language == "''":
            return Value("test", test)
        return Value("test", f"CASE WHEN {part.language} = '' OR {part.language} = {text.language} THEN {test} END")

    def _concat(self, given: Sequence[Value]) -> Value:
        texts = [self._as_text(value) for value in given]
        if all(text.language != "''" for text in texts):
            raise NotTranslatedError
        return Value("text", " || ".join(f"({text.sql})" for text in texts))

    def _substr(self, value: Value, start: Value, length: Value) -> Value:
        if not (start.sql.isdigit() and length.sql.isdigit() and int(start.sql)):
            raise NotTranslatedError
        text = self._as_text(value)
        return replace(text, sql=f"SUBSTRING({text.sql}, {start.sql}, {length.sql})")

    def _replace(self, value: Value, pattern: Value, new: Value) -> Value:
        text = self._as_text(value)
        if new.sql != "''" or not _PATTERN.fullmatch(pattern.sql[1:-1]):
            raise NotTranslatedError
        return replace(text, sql=f"regexp_replace({text.sql}, {pattern.sql}, '', 'g')")


def text_of(name: str) -> str:
    """SQL for what ``STR`` makes of a variable."""
    return f"CASE WHEN d_{name}.kind <> {BLANK} THEN d_{name}.lexical END"


def _join(word: str, value: Value, other: Value) -> Value:
    if {value.kind, other.kind} != {"test"}:
        raise NotTranslatedError
    parts = (*(value.parts or (value,)), *(other.parts or (other,))) if word == "AND" else ()
    return Value("test", f"(({value.sql}) {word} ({other.sql}))", variables=value.variables | other.variables, parts=parts)


def list_parts(test: Value) -> Sequence[Value]:
    """List what has to hold."""
    if test.kind != "test":
        raise NotTranslatedError
    return test.parts or (test,)

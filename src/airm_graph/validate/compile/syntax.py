"""A small part of the grammar of SPARQL: SELECT with triple patterns, filters and EXISTS, read into frozen records.

Source:
    SPARQL 1.1, 19.8 (grammar). Whatever is not read raises `NotReadError`, and the query goes to the store as it is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from airm_graph.namespaces import literal, term
from airm_graph.terms import unescape
from airm_graph.validate.compile.shapes import Alternative, Inverse, Path, Predicate
from airm_graph.validate.compile.shapes import Sequence as Steps
from airm_graph.validate.compile.tokens import Token

__all__ = ["Call", "Exists", "Expression", "Group", "NotReadError", "Pattern", "Question", "Variable", "parse_question"]

_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}\Z")
_END = Token("end", "")


class NotReadError(Exception):
    """A query, or a part of one, outside the grammar of this module."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, without its mark."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator with its arguments."""

    name: str
    arguments: "tuple[Expression, ...]"


#: A text and a number stand for themselves.
Expression = Variable | Call | str | int


@dataclass(frozen=True, slots=True)
class Pattern:
    """Subject, path and object; constants are N-Triples terms."""

    subject: Variable | str
    path: Path
    value: Variable | str


@dataclass(frozen=True, slots=True)
class Exists:
    """A filter that asks whether patterns have a solution, or, *negated*, that they have none."""

    patterns: tuple[Pattern, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Patterns and the filters over them."""

    patterns: tuple[Pattern, ...]
    filters: tuple[Expression | Exists, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """The variables that are asked for, and the group that binds them.

    Attributes:
        extremes: Of the variables, those that stand for the least (``MIN``) or greatest (``MAX``) value of another for each ``$this``.
        grouped: Solutions are grouped by ``$this``.
    """

    names: tuple[str, ...]
    group: Group
    extremes: Mapping[str, tuple[str, Variable]]
    grouped: bool


def parse_question(tokens: Sequence[Token], *, prefixes: Mapping[str, str], path: Path | None) -> Question:
    """Read a query.

    Args:
        path: What ``$PATH`` stands for.

    Raises:
        NotReadError: It holds something that this module does not know.

    >>> from airm_graph.validate.compile.tokens import tokenize
    >>> question = parse_question(list(tokenize("SELECT $this { $this <urn:p> ?x FILTER (?x != $this) }")), prefixes={}, path=None)
    >>> question.names, [call.name for call in question.group.filters]
    (('this',), ['!='])
    """
    return _Parser(tokens, prefixes=prefixes, path=path).select()


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, tokens: Sequence[Token], *, prefixes: Mapping[str, str], path: Path | None) -> None:
        self._tokens = tokens
        self._prefixes = prefixes
        self._path = path
        self._at = 0

    def select(self) -> Question:
        self._need("SELECT")
        self._accept("DISTINCT", "REDUCED")
        names, extremes = list[str](), dict[str, tuple[str, Variable]]()
        while self._next.kind == "var" or self._next.text == "(":
            if self._accept("("):
                extreme, name = self._extreme()
                extremes[name] = extreme
                names.append(name)
            else:
                names.append(self._take().variable)
        self._accept("WHERE")
        group, grouped = self._group(inner=False), False
        if self._accept("GROUP"):
            self._need("BY")
            grouped = self._take().variable == "this"
        if self._next is not _END or not names or len(set(names)) < len(names):
            raise NotReadError(self._next.text)
        if grouped != bool(extremes) or (grouped and {"this", *extremes} != set(names)):
            raise NotReadError("a group of another kind")
        return Question(tuple(names), group, extremes, grouped)

    def _extreme(self) -> tuple[tuple[str, Variable], str]:
        """Read ``MIN (?other) AS ?name)``."""
        function = self._accept("MIN", "MAX")
        self._need("(")
        variable = self._take()
        self._need(")")
        self._need("AS")
        name = self._take()
        self._need(")")
        if not function or not variable.variable or not name.variable:
            raise NotReadError("an expression that is selected")
        return (function, Variable(variable.variable)), name.variable

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _accept(self, *texts: str) -> str:
        """Take the next token if it is one of these keywords or marks; returns it, or nothing."""
        found = self._next.word or (self._next.text if self._next.kind == "mark" else "")
        if found not in texts:
            return ""
        self._take()
        return found

    def _need(self, text: str) -> None:
        if not self._accept(text):
            raise NotReadError(f"{self._next.text!r} where {text!r} is expected")

    def _group(self, *, inner: bool) -> Group:
        self._need("{")
        patterns, filters = list[Pattern](), list[Expression | Exists]()
        while not self._accept("}"):
            if not inner and self._accept("FILTER"):
                filters.append(self._filter())
                self._accept(".")
                continue
            patterns += self._triples()
            if not self._accept(".") and self._next.text != "}" and self._next.word != "FILTER":
                raise NotReadError(self._next.text)
        return Group(tuple(patterns), tuple(filters))

    def _filter(self) -> Expression | Exists:
        negated = bool(self._accept("NOT"))
        if negated or self._next.word == "EXISTS":
            self._need("EXISTS")
            return Exists(self._group(inner=True).patterns, negated)
        if self._next.text != "(" and self._next.kind != "word":
            raise NotReadError(self._next.text)
        return self._primary()

    def _triples(self) -> list[Pattern]:
        subject, found = self._term(), list[Pattern]()
        while True:
            path = self._alternative()
            found.append(Pattern(subject, path, self._term()))
            while self._accept(","):
                found.append(Pattern(subject, path, self._term()))
            if not self._accept(";"):
                return found
            if self._next.text in (".", "}", ";"):
                raise NotReadError("a semicolon that nothing follows")

    def _term(self) -> Variable | str:
        token = self._take()
        match token.kind:
            case "var" if token.variable != "PATH":
                return Variable(token.variable)
            case "iri" | "name":
                return self._iri(token)
            case "string" if self._next.text != "^^" and self._next.kind != "tag":
                return literal(_text(token))
            case "number":
                return literal(_number(token))
        raise NotReadError(token.text)

    def _iri(self, token: Token) -> str:
        if token.kind == "iri" and "\\" not in token.text:
            return token.text
        prefix, _, local = token.text.partition(":")
        if token.kind != "name" or prefix not in self._prefixes or "\\" in local:
            raise NotReadError(token.text)
        return f"<{self._prefixes[prefix]}{local}>"

    def _alternative(self) -> Path:
        paths = [self._sequence()]
        while self._accept("|"):
            paths.append(self._sequence())
        return paths[0] if len(paths) == 1 else Alternative(tuple(paths))

    def _sequence(self) -> Path:
        steps = [self._step()]
        while self._accept("/"):
            steps.append(self._step())
        return steps[0] if len(steps) == 1 else Steps(tuple(steps))

    def _step(self) -> Path:
        if self._accept("^"):
            return Inverse(self._step())
        step = self._place()
        if self._next.kind == "mark" and self._next.text in ("*", "+", "?"):
            raise NotReadError("a path of any length")
        return step

    def _place(self) -> Path:
        if self._accept("("):
            path = self._alternative()
            self._need(")")
            return path
        token = self._take()
        if token.variable == "PATH" and self._path is not None:
            return self._path
        return Predicate(term("rdf:type") if token.text == "a" else self._iri(token))

    def _disjunction(self) -> Expression:
        return self._operators(("||",), lambda: self._operators(("&&",), self._comparison))

    def _comparison(self) -> Expression:
        left = self._sum()
        operator = self._accept("=", "!=", "<", ">", "<=", ">=")
        return Call(operator, (left, self._sum())) if operator else left

    def _sum(self) -> Expression:
        return self._operators(("+", "-"), self._unary)

    def _operators(self, names: tuple[str, ...], operand: Callable[[], Expression]) -> Expression:
        left = operand()
        while operator := self._accept(*names):
            left = Call(operator, (left, operand()))
        return left

    def _unary(self) -> Expression:
        return Call("!", (self._unary(),)) if self._accept("!") else self._primary()

    def _primary(self) -> Expression:
        if self._accept("("):
            inner = self._disjunction()
            self._need(")")
            return inner
        token = self._take()
        match token.kind:
            case "var":
                return Variable(token.variable)
            case "string" if self._next.text != "^^" and self._next.kind != "tag":
                return _text(token)
            case "number":
                return _number(token)
            case "word" if self._next.text == "(":
                return self._call(token.word)
        raise NotReadError(token.text)

    def _call(self, name: str) -> Call:
        self._need("(")
        arguments = [self._disjunction()]
        while self._accept(","):
            arguments.append(self._disjunction())
        self._need(")")
        return Call(name, tuple(arguments))


def _text(token: Token) -> str:
    marks = 3 if token.text[:3] in ('"""', "'''") else 1
    return unescape(token.text[marks:-marks])


def _number(token: Token) -> int:
    if not _WHOLE.match(token.text):
        raise NotReadError(token.text)
    return int(token.text)

r"""Statements of DuckDB, carried over to Spark by sqlglot.

Where the two understand the same words otherwise, the tree is changed on the way: regular expressions of RE2 become those of Java,
``NOT IN`` becomes an anti-join (Spark would compare everything with everything, for a NULL could be there), and recursion, which Spark
knows in another form, is left to `table`, step by step.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from airm_graph.errors import StoreError

__all__ = ["Recursion", "Step", "carry_over", "rewrite_regex"]

#: White space as RE2 has it.
_SPACE = r"\t\n\f\r "
_POSIX_SPACE = "[:space:]"
_WIDE_SPACE = r"\t\n\x0B\f\r "


@dataclass(frozen=True, slots=True)
class Recursion:
    """A relation that calls itself.

    Attributes:
        start, step: What it begins with, and what follows from ``self_name``, the rows that were new.
    """

    start: str
    step: str
    self_name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One statement for Spark.

    Attributes:
        name: What its result shall be called; empty for the last one of a query.
        kind: ``query``, ``view`` (of a relation of a statement that recurs) or ``make`` (a table that stays).
    """

    kind: str
    name: str
    sql: str = ""
    recursion: Recursion | None = None


@lru_cache(maxsize=512)
def carry_over(sql: str) -> tuple[Step, ...]:
    r"""Write statements of DuckDB for Spark; those with recursion become several steps.

    Raises:
        StoreError: A statement is none that plans use.

    >>> carry_over("SELECT id FROM terms WHERE regexp_full_match(lexical, '[a-z]*')")[0].sql
    "SELECT id FROM terms WHERE lexical RLIKE '\\\\A(?:[a-z]*)\\\\z'"
    """
    import sqlglot

    try:
        trees = sqlglot.parse(sql, read="duckdb")
    except sqlglot.ParseError as error:
        raise StoreError(f"{error}; the statement was: {sql}") from error
    return tuple(step for tree in trees if tree is not None for step in _steps(tree))


def _steps(tree: Any) -> Iterator[Step]:
    from sqlglot import exp

    if isinstance(tree, exp.Create) and tree.expression is not None:
        *before, last = _query_steps(tree.expression)
        yield from before
        yield Step("make", tree.this.name, last.sql)
        return
    if not isinstance(tree, exp.Query):
        raise StoreError(f"no statement that can be carried over: {tree.sql(dialect='duckdb')}")
    yield from _query_steps(tree)


def _query_steps(tree: Any) -> list[Step]:
    held = tree.args.get("with_") or tree.args.get("with")
    if held is None or not held.args.get("recursive"):
        return [Step("query", "", _write(tree))]
    steps = [_relation_step(relation.alias, relation.this) for relation in held.expressions]
    held.pop()
    return [*steps, Step("query", "", _write(tree))]


def _relation_step(name: str, body: Any) -> Step:
    from sqlglot import exp

    if name not in {table.name for table in body.find_all(exp.Table)}:
        return Step("view", name, _write(body))
    if not isinstance(body, exp.Union) or not body.args.get("distinct"):
        raise StoreError(f"a recursion that is no UNION: {body.sql(dialect='duckdb')}")
    start, step, self_name = body.left, body.right, f"{name}_new"
    for table in step.find_all(exp.Table):
        if table.name == name:
            table.set("this", exp.to_identifier(self_name))
    # The names of the columns are those of the first part, wherever a later one has others.
    return Step("view", name, recursion=Recursion(_write(start), _write(step), self_name))


def _write(tree: Any) -> str:
    return str(tree.transform(_adapt).sql(dialect="spark"))


def _adapt(node: Any) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.RegexpFullMatch):
        return exp.RegexpLike(this=node.this, expression=exp.Literal.string(rf"\A(?:{rewrite_regex(node.expression.name)})\z"))
    if isinstance(node, exp.RegexpLike | exp.RegexpReplace | exp.RegexpExtract) and isinstance(node.expression, exp.Literal):
        node.set("expression", exp.Literal.string(rewrite_regex(node.expression.name)))
    if isinstance(node, exp.Not) and isinstance(node.this, exp.In) and node.this.args.get("query") is not None:
        return _join_against(node.this)
    return node


def _join_against(test: Any) -> Any:
    from sqlglot import exp

    inner = test.args["query"]
    inner = inner.this if isinstance(inner, exp.Subquery) else inner
    some = exp.select("1").from_(exp.alias_(exp.Subquery(this=inner.copy()), "others_", table=["other_"]))
    return exp.Not(this=exp.Exists(this=some.where(exp.EQ(this=exp.column("other_"), expression=test.this.copy()))))


_PIECE = re.compile(r"\\[AzZ]|\\x\{[0-9a-fA-F]+\}|\\[pP]\{\^?\w+\}|\\.|\[:space:\]|\(\?i\)|.", re.DOTALL)


@lru_cache(maxsize=512)
def rewrite_regex(pattern: str) -> str:
    r"""Write a regular expression of RE2 for Java, so that it finds the same.

    >>> rewrite_regex(r"^(\s*[^.[]+.)$")
    '^([\\t\\n\\f\\r ]*[^.\\[]+[^\\n])\\z'
    """
    written, is_inside, at_start = list[str](), False, False
    for piece in _PIECE.findall(pattern):
        if is_inside:
            is_inside = at_start or piece != "]"
            written.append(_rewrite_inside(piece, at_start=at_start))
            at_start = at_start and piece == "^"
        else:
            is_inside = at_start = piece == "["
            written.append(_rewrite_outside(piece))
    return "".join(written)


def _rewrite_inside(piece: str, *, at_start: bool) -> str:
    if piece == "]" and at_start:
        return r"\]"
    # Java would take these for a set within the set, or for an intersection.
    return {"[": r"\[", "&": r"\&", r"\s": _SPACE, _POSIX_SPACE: _WIDE_SPACE}.get(piece, piece)


def _rewrite_outside(piece: str) -> str:
    # A dollar of Java also stands before the last line end; its dot leaves out more than line feeds; it folds no case but ASCII.
    return {"$": r"\z", r"\s": f"[{_SPACE}]", ".": r"[^\n]", "(?i)": "(?iu)"}.get(piece, piece)

r"""Statements of DuckDB, carried over to Spark by sqlglot.

Where the two understand the same words otherwise, the tree is changed on the way: regular expressions of RE2
become those of Java, ``NOT IN`` becomes an anti-join (Spark would compare everything with everything, for a
NULL could be there), and a relation that calls itself becomes a step, for Spark's own recursion knows no set.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from airm_graph.errors import StoreError

__all__ = ["Step", "carry_over", "rewrite_regex"]


@dataclass(frozen=True, slots=True)
class Step:
    """One statement for Spark.

    Attributes:
        kind: What becomes of its rows: ``ask`` returns them, ``make`` and ``add`` keep them in a
            table, ``view`` names the statement, ``recur`` goes on from them; ``drop`` has none.
        name: Of the table.
        sql: The statement.
        again: Of a relation that calls itself: what follows from ``NAME_new``, the rows that were new.
    """

    kind: str
    name: str = ""
    sql: str = ""
    again: str = ""


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
    return tuple(step for tree in trees if tree is not None for step in _list_steps(tree))


def _list_steps(tree: Any) -> Iterator[Step]:
    from sqlglot import exp

    if isinstance(tree, exp.Drop):
        yield Step("drop", tree.find(exp.Table).name)
    elif isinstance(tree, exp.Query):
        yield from _list_query_steps(tree, "ask")
    elif isinstance(tree, exp.Create | exp.Insert) and isinstance(tree.expression, exp.Query):
        kind = "add" if isinstance(tree, exp.Insert) else "view" if tree.kind == "VIEW" else "make"
        yield from _list_query_steps(tree.expression, kind, tree.this.name)
    else:
        raise StoreError(f"no statement that can be carried over: {tree.sql(dialect='duckdb')}")


def _list_query_steps(tree: Any, kind: str, name: str = "") -> Iterator[Step]:
    from sqlglot import exp

    before = list[Any]()
    for relation in tree.ctes:
        uses = [table for table in relation.this.find_all(exp.Table) if table.name == relation.alias]
        if not uses:
            before.append(relation)
            continue
        if not isinstance(relation.this, exp.Union) or not relation.this.args.get("distinct"):
            raise StoreError(f"a recursion that is no UNION: {relation.this.sql(dialect='duckdb')}")
        for table in uses:
            table.set("this", exp.to_identifier(f"{relation.alias}_new"))
        start, again = (_write(part, before) for part in (relation.this.left, relation.this.right))
        yield Step("recur", relation.alias, start, again)
    yield Step(kind, name, _write(tree, before))


def _write(tree: Any, relations: list[Any]) -> str:
    """Write a query with the relations that stand before it."""
    from sqlglot import exp

    tree = tree.copy()
    tree.set("with_", exp.With(expressions=[relation.copy() for relation in relations]) if relations else None)
    changed = exp.RegexpFullMatch, exp.RegexpLike, exp.RegexpReplace, exp.RegexpExtract, exp.Not, exp.Explode
    for node in list(tree.find_all(*changed)):
        _adapt(node)
    return str(tree.sql(dialect="spark"))


def _adapt(node: Any) -> None:
    from sqlglot import exp

    if isinstance(node, exp.RegexpFullMatch):
        pattern = exp.Literal.string(rf"\A(?:{rewrite_regex(node.expression.name)})\z")
        node.replace(exp.RegexpLike(this=node.this, expression=pattern))
    elif isinstance(node, exp.Explode) and not isinstance(node.parent, exp.Alias | exp.Select):
        # One row for each member, but inside a value.
        select: Any = node.find_ancestor(exp.Select)
        node.replace(exp.column("member_"))
        alias = exp.TableAlias(this=exp.to_identifier("members_"), columns=[exp.to_identifier("member_")])
        select.append("laterals", exp.Lateral(this=node, view=True, alias=alias))
    elif isinstance(node, exp.Not) and isinstance(node.this, exp.In) and node.this.args.get("query") is not None:
        inner = exp.Subquery(this=node.this.args["query"].unnest())
        some = exp.select("1").from_(exp.alias_(inner, "others_", table=["other_"]))
        node.set("this", exp.Exists(this=some.where(exp.EQ(this=exp.column("other_"), expression=node.this.this))))
    elif not isinstance(node, exp.Explode | exp.Not) and isinstance(node.expression, exp.Literal):
        node.set("expression", exp.Literal.string(rewrite_regex(node.expression.name)))


_PIECE = re.compile(r"\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\$|\.|\(\?i\)", re.DOTALL)
_IN_CLASS = re.compile(r"(?<=.)(?:\[:space:\]|\\.|[\[\]&])(?=.)", re.DOTALL)
#: White space is less in Java; its dollar also stands before the last line end; its dot leaves out more than
#: line feeds; it folds no case but ASCII.
_MEANT = {r"\s": r"[\t\n\f\r ]", "$": r"\z", ".": r"[^\n]", "(?i)": "(?iu)"}
#: Within brackets Java would take some for a set within the set, or for an intersection.
_MEANT_IN_CLASS = {r"\s": r"\t\n\f\r ", "[:space:]": r"\t\n\x0B\f\r ", "[": r"\[", "]": r"\]", "&": r"\&"}


@lru_cache(maxsize=512)
def rewrite_regex(pattern: str) -> str:
    r"""Write a regular expression of RE2 for Java, so that it finds the same.

    >>> rewrite_regex(r"^(\s*[^.[]+.)$")
    '^([\\t\\n\\f\\r ]*[^.\\[]+[^\\n])\\z'
    """

    def rewrite(match: re.Match[str]) -> str:
        if match[0][0] == "[":
            return _IN_CLASS.sub(lambda inner: _MEANT_IN_CLASS.get(inner[0], inner[0]), match[0])
        return _MEANT.get(match[0], match[0])

    return _PIECE.sub(rewrite, pattern)

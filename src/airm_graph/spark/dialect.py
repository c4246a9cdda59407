r"""Statements of DuckDB, carried over to Spark by sqlglot.

Where the two understand the same words otherwise, the tree is changed on the way: regular
expressions of RE2 become those of Java, ``NOT IN`` becomes an anti-join (Spark would compare
everything with everything, for a NULL could be there), and a relation that calls itself becomes a
step, for Spark's own recursion knows no set.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from airm_graph.errors import StoreError

__all__ = ["Statement", "Step", "carry_over", "read_statements", "rewrite_regex"]


class Statement(NamedTuple):
    """A statement as plans have it.

    Attributes:
        kind: As in `Step`, ``recur`` apart.
        sql: The statement, for DuckDB.
        name: The table that it is about, if any.
        reads: Names of the tables and views whose rows it reads.
        query: What it adds to a table.
    """

    kind: str
    sql: str
    name: str = ""
    reads: tuple[str, ...] = ()
    query: str = ""


class Step(NamedTuple):
    """A statement for Spark, and the name of the table that it is about.

    Attributes:
        kind: What becomes of its rows: ``ask`` returns them, ``table`` and ``add`` keep them,
            ``view`` names the statement, ``recur`` goes on from them.
        again: What follows from ``NAME_new``, the rows that were new.
    """

    kind: str
    name: str = ""
    sql: str = ""
    again: str = ""


def read_statements(sql: str) -> list[Statement]:
    """Part statements of DuckDB, and tell what each is about.

    >>> [(one.kind, one.reads) for one in read_statements("DROP TABLE a; SELECT 1 FROM b")]
    [('drop', ()), ('ask', ('b',))]
    """
    import sqlglot

    ends = [token.start for token in sqlglot.tokenize(sql, read="duckdb") if token.token_type.name == "SEMICOLON"]
    pieces = (sql[start:end].strip() for start, end in zip([0, *(end + 1 for end in ends)], [*ends, len(sql)], strict=True))
    return [_read_statement(piece) for piece in pieces if piece]


@lru_cache(maxsize=1 << 8)
def _read_statement(sql: str) -> Statement:
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    kind, name, read = _tell_kind(tree)
    own = {relation.alias for relation in tree.find_all(exp.CTE)}
    reads = {table.name for table in read.find_all(exp.Table)} - own - {""} if kind != "drop" else ()
    query = sql.partition(name)[2] if kind == "add" else ""
    return Statement(kind, sql, name, tuple(sorted(reads)), query)


def _tell_kind(tree: Any) -> tuple[str, str, Any]:
    """Tell the kind of a statement, the table that it is about, and the part of it that reads."""
    from sqlglot import exp

    if isinstance(tree, exp.Drop):
        return "drop", next(tree.find_all(exp.Table)).name, tree
    if isinstance(tree, exp.Create | exp.Insert):
        return "add" if isinstance(tree, exp.Insert) else str(tree.kind).lower(), tree.this.name, tree.expression
    if isinstance(tree, exp.Delete) and tree.args.get("where"):
        return "table", tree.this.name, tree
    return "ask", "", tree


def carry_over(sql: str) -> tuple[Step, ...]:
    """Write statements of DuckDB for Spark; those with recursion become several steps.

    Raises:
        StoreError: A statement is none that plans use.
    """
    import sqlglot

    return tuple(step for tree in sqlglot.parse(sql, read="duckdb") if tree is not None for step in _list_steps(tree))


def _list_steps(tree: Any) -> Iterator[Step]:
    from sqlglot import exp

    kind, name, query = _tell_kind(tree)
    if isinstance(tree, exp.Delete) and name:
        query = exp.select("*").from_(name).where(exp.not_(tree.args["where"].this))
    if not isinstance(query, exp.Query):
        raise StoreError(f"no statement that can be carried over: {tree.sql(dialect='duckdb')}")
    before = list[Any]()
    for relation in query.ctes:
        itself = [table for table in relation.this.find_all(exp.Table) if table.name == relation.alias]
        for table in itself:
            table.set("this", exp.to_identifier(f"{relation.alias}_new"))
        if not itself:
            before.append(relation)
        elif isinstance(relation.this, exp.Union) and relation.this.args["distinct"]:
            yield Step("recur", relation.alias, *(_write(part, before) for part in (relation.this.left, relation.this.right)))
        else:
            raise StoreError(f"a recursion that is no UNION: {relation.sql(dialect='duckdb')}")
    yield Step(kind, name, _write(query, before))


def _write(tree: Any, relations: list[Any]) -> str:
    """Write a query with the relations that stand before it, in the words of Spark."""
    from sqlglot import exp

    tree = tree.copy()
    tree.set("with_", exp.With(expressions=[relation.copy() for relation in relations]) if relations else None)
    for node in list(tree.find_all(exp.RegexpFullMatch, exp.RegexpLike, exp.RegexpReplace, exp.RegexpExtract)):
        if isinstance(node.expression, exp.Literal):
            node.set("expression", exp.Literal.string(rewrite_regex(node.expression.name)))
    for node in list(tree.find_all(exp.RegexpFullMatch)):
        node.replace(exp.RegexpLike(this=node.this, expression=exp.Literal.string(rf"\A(?:{node.expression.name})\z")))
    for node in [one for one in tree.find_all(exp.In) if isinstance(one.parent, exp.Not) and one.args.get("query")][::-1]:
        others = exp.alias_(exp.Subquery(this=node.args["query"].unnest()), "others_", table=["other_"])
        node.replace(exp.Exists(this=exp.select("1").from_(others).where(exp.EQ(this=exp.column("other_"), expression=node.this))))
    return str(tree.sql(dialect="spark"))


_PIECE = re.compile(r"\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\$|\.|\(\?i\)", re.DOTALL)
_IN_CLASS = re.compile(r"(?<=.)(?:\[:space:\]|\\.|[\[\]&])(?=.)", re.DOTALL)
#: In Java the dollar also stands before a last line end, and the dot is no line end of any kind.
_MEANT = {r"\s": r"[\t\n\f\r ]", "$": r"\z", ".": r"[^\n]", "(?i)": "(?iu)"}
#: In Java there are sets within sets, and intersections.
_MEANT_IN_CLASS = {r"\s": r"\t\n\f\r ", "[:space:]": r"\t\n\x0B\f\r ", "[": r"\[", "]": r"\]", "&": r"\&"}


def rewrite_regex(pattern: str) -> str:
    r"""Write a regular expression of RE2 for Java, so that it finds the same.

    >>> rewrite_regex(r"^(\s*[^.[]+.)$")
    '^([\\t\\n\\f\\r ]*[^.\\[]+[^\\n])\\z'
    """

    def rewrite(piece: re.Match[str]) -> str:
        if piece[0][0] == "[":
            return _IN_CLASS.sub(lambda inner: _MEANT_IN_CLASS.get(inner[0], inner[0]), piece[0])
        return _MEANT.get(piece[0], piece[0])

    return _PIECE.sub(rewrite, pattern)

"""Questions that the store is known to answer wrongly: put in words that it answers right, or
refused with the reason.

Oxigraph 0.5 takes what an alternative path reaches for a set, so a count is too small; it joins no
IRIs in GROUP_CONCAT, so the answer is empty; and a sub-select inside ``GRAPH ?g`` loses the graph.

Source:
    SPARQL 1.1, 18.1.7 and 18.4 (paths), 18.5.1.7 (GroupConcat), 18.2.4.4 (sub-selects), 18.6
    (GRAPH).
"""

import re
from collections.abc import Sequence

from airm_graph.errors import QueryError
from airm_graph.serve.query_checks import Token, cut_query

__all__ = ["correct_query"]

_DOUBTFUL = re.compile(r"GROUP_CONCAT|(?<!\|)\|(?!\|)|GRAPH\s*[?$]", re.IGNORECASE)
_COUNTING = frozenset(("AVG", "COUNT", "GROUP_CONCAT", "SUM"))


def correct_query(text: str) -> str:
    """Write a query so that the store answers it right.

    Raises:
        QueryError: That cannot be had; the message says why and what to ask instead.

    >>> correct_query("SELECT (GROUP_CONCAT(DISTINCT ?s) AS ?all) { ?s ?p ?o }")
    'SELECT (GROUP_CONCAT(DISTINCT STR(?s)) AS ?all) { ?s ?p ?o }'
    """
    if not _DOUBTFUL.search(text):
        return text
    tokens = list(cut_query(text))
    _refuse_counted_paths(tokens)
    _refuse_lost_graphs(tokens)
    for token in reversed(_find_joined(tokens)):
        end = token.start + len(token.text)
        text = f"{text[: token.start]}STR({token.text}){text[end:]}"
    return text


def _find_joined(tokens: Sequence[Token]) -> list[Token]:
    """Find the variables that GROUP_CONCAT joins."""
    found = []
    for number, token in enumerate(tokens):
        if token.word == "GROUP_CONCAT":
            inner = [one for one in tokens[number + 1 : number + 4] if one.word != "DISTINCT"]
            if len(inner) > 1 and inner[0].text == "(" and inner[1].kind == "variable":
                found.append(inner[1])
    return found


def _refuse_counted_paths(tokens: Sequence[Token]) -> None:
    counts = any(
        token.word in _COUNTING and [one.word for one in tokens[number + 1 : number + 3]][-1:] != ["DISTINCT"]
        for number, token in enumerate(tokens)
    )
    if counts and any(token.text == "|" and not _is_negated(tokens, number) for number, token in enumerate(tokens)):
        raise QueryError(
            "the store counts what an alternative path (p|q) reaches once, even where both lead there; write UNION, or count DISTINCT"
        )


def _is_negated(tokens: Sequence[Token], number: int) -> bool:
    """Whether a bar stands in a negated property set, where it alters no count."""
    depth = 0
    for at in range(number, -1, -1):
        depth += {")": 1, "(": -1}.get(tokens[at].text, 0)
        if depth < 0:
            return at > 0 and tokens[at - 1].text == "!"
    return False


def _refuse_lost_graphs(tokens: Sequence[Token]) -> None:
    for number, token in enumerate(tokens):
        variable = tokens[number + 1] if number + 1 < len(tokens) else token
        if token.word != "GRAPH" or variable.kind != "variable":
            continue
        for at in _list_selects(tokens, number + 2):
            head = tokens[at + 1 : next((i for i in range(at, len(tokens)) if tokens[i].text == "{"), len(tokens))]
            if variable.text[1:] not in {one.text[1:] for one in head if one.kind == "variable"}:
                raise QueryError(
                    f"the store loses {variable.text} for a sub-select inside GRAPH {variable.text}; "
                    f"select {variable.text} in it, or put GRAPH into the sub-select"
                )


def _list_selects(tokens: Sequence[Token], start: int) -> list[int]:
    """List the positions of SELECT inside the group that begins at a position."""
    depth, found = 0, []
    for at in range(start, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[at].text, 0)
        if tokens[at].word == "SELECT":
            found.append(at)
        if depth <= 0:
            break
    return found

"""Check what clients of the reconciliation service send: JSON of versions 0.2 and 1.0-draft."""

import json
from collections.abc import Mapping
from typing import Any

from airm_graph.search.name_index import LONGEST_NAME
from airm_graph.serve.problems import Problem

__all__ = ["MOST_CANDIDATES", "MOST_IDS", "MOST_QUERIES", "read_batch", "read_extension", "read_json"]

Json = dict[str, Any]

#: Queries of a batch, candidates of a query, entities whose values are asked for.
MOST_QUERIES, MOST_CANDIDATES, MOST_IDS = 100, 100, 1000
_CANDIDATES = 10
_MOST_CONDITIONS, _MOST_VALUES, _MOST_PROPERTIES = 20, 50, 50
_QUANTIFIERS = ("any", "all", "none")


def read_json(text: bytes | str) -> Json:
    """Read an object of JSON.

    Raises:
        Problem: It is none.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"what was sent is not JSON: {str(error)[:200]}") from error
    read: Json = _expect(found, dict, "what was sent")
    return read


def read_batch(found: Json) -> tuple[list[str] | None, list[Json]]:
    """Read a batch of queries.

    Args:
        found: Name → query, as of version 0.2; or an object with the list ``queries``.

    Returns:
        The names of the queries (None for 1.0-draft), and queries as `Reconciler` takes them.

    Raises:
        Problem: It is not as the specification says, or holds too much.
    """
    is_draft = isinstance(found.get("queries"), list)
    queries: Mapping[str, Any] = {f"queries[{n}]": query for n, query in enumerate(found["queries"])} if is_draft else found
    if len(queries) > MOST_QUERIES:
        raise Problem(413, f"a batch holds at most {MOST_QUERIES} queries, and this one has {len(queries)}; send it in parts")
    read = _read_draft_query if is_draft else _read_query
    return None if is_draft else list(queries), [read(_expect(query, dict, name[:80]), name[:80]) for name, query in queries.items()]


def read_extension(found: Json) -> Json:
    """Read which values of which entities are asked for.

    Raises:
        Problem: It is not as the specification says, or holds too much.
    """
    ids = [_expect(one, str, "ids") for one in _expect_list(found.get("ids"), "ids", MOST_IDS)]
    given = _expect_list(found.get("properties"), "properties", _MOST_PROPERTIES)
    return {"ids": ids, "properties": [_expect(_expect(one, dict, "properties").get("id"), str, "properties: id") for one in given]}


def _read_query(query: Json, name: str) -> Json:
    text, types = query.get("query"), query.get("type") or []
    types = [types] if isinstance(types, str) else _expect_list(types, f"{name}: type", 20)
    strict = query.get("type_strict") or "any"
    if strict not in {"any", "all", "should"}:
        raise Problem(400, f"{name}: type_strict takes any, all or should", parameter="type_strict")
    given = _expect_list(query.get("properties") or [], f"{name}: properties", _MOST_CONDITIONS)
    conditions = [_read_condition(_expect(one, dict, f"{name}: properties"), name) for one in given]
    names = [] if text is None else [_read_text(text, f"{name}: query")]
    return _make_query(name, names, conditions, types=[_expect(one, str, f"{name}: type") for one in types], strict=strict, query=query)


def _read_draft_query(query: Json, name: str) -> Json:
    given = [
        _expect(one, dict, f"{name}: conditions") for one in _expect_list(query.get("conditions"), f"{name}: conditions", _MOST_CONDITIONS)
    ]
    if wrong := [one for one in given if one.get("matchType") not in {"name", "property"}]:
        raise Problem(400, f"{name}: matchType takes name or property, not {str(wrong[0].get('matchType'))[:80]!r}", parameter="matchType")
    names = [text for one in given if one["matchType"] == "name" for text in _read_values(one, name)]
    conditions = [_read_condition(one, name) for one in given if one["matchType"] == "property"]
    types = [] if query.get("type") is None else [_expect(query["type"], str, f"{name}: type")]
    return _make_query(name, names, conditions, types=types, strict="any", query=query)


def _make_query(name: str, names: list[str], conditions: list[Json], *, types: list[str], strict: str, query: Json) -> Json:
    names = [text for text in names if text.strip()]
    if not names and not conditions and "query" not in query:
        raise Problem(400, f"{name} asks for nothing: give it a name or a property", parameter="queries")
    limit = query.get("limit")
    limit = _CANDIDATES if limit is None else limit
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit < 10**9:
        raise Problem(400, f"{name}: limit takes a number from 1", parameter="limit")
    return {"names": names, "conditions": conditions, "types": types, "strict": strict, "limit": min(int(limit), MOST_CANDIDATES)}


def _read_condition(one: Json, name: str) -> Json:
    quantifier = one.get("matchQuantifier") or "any"
    if quantifier not in _QUANTIFIERS:
        raise Problem(400, f"{name}: matchQuantifier takes {', '.join(_QUANTIFIERS)}", parameter="matchQuantifier")
    # Later texts of the draft call both fields in full.
    pid = _expect(one.get("pid", one.get("propertyId")), str, f"{name}: pid")
    return {"property": pid, "values": _read_values(one, name), "required": one.get("required") is True, "quantifier": quantifier}


def _read_values(one: Json, name: str) -> list[str]:
    value = one.get("v", one.get("propertyValue"))
    values = _expect_list(value, f"{name}: v", _MOST_VALUES) if isinstance(value, list) else [value]
    return [_read_value(value, f"{name}: v") for value in values]


def _read_value(value: object, name: str) -> str:
    if isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return json.dumps(value)
    return _read_text(value, name)


def _read_text(value: object, name: str) -> str:
    text: str = _expect(value, str, name)
    if len(text) > LONGEST_NAME:
        raise Problem(400, f"{name} is longer than {LONGEST_NAME} characters", parameter="queries")
    return text


_CALLED: Mapping[type, str] = {dict: "an object", list: "a list", str: "text"}


def _expect(value: object, kind: type, name: str) -> Any:
    if not isinstance(value, kind):
        raise Problem(400, f"{name} takes {_CALLED[kind]}, not {json.dumps(value)[:80]}", parameter=name)
    return value


def _expect_list(value: object, name: str, most: int) -> list[Any]:
    found: list[Any] = _expect(value, list, name)
    if len(found) > most:
        raise Problem(413, f"{name} takes at most {most}, and was given {len(found)}", parameter=name)
    return found

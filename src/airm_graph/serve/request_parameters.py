"""Read the parameters of requests, from addresses and from bodies."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from airm_graph.search import FACETS
from airm_graph.serve.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["Parameters", "read_body", "read_facets", "read_form", "read_number"]

Parameters = list[tuple[str, str]]

_MOST_FIELDS = 100


def read_form(data: bytes) -> Parameters:
    """Read names and values of a form or of the query part of an address.

    Raises:
        Problem: It is not UTF-8, or has more fields than any form here.
    """
    try:
        return parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise Problem(400, "the parameters are not UTF-8") from error
    except ValueError as error:
        raise Problem(400, f"there are more than {_MOST_FIELDS} parameters") from error


async def read_body(request: "Request", most: int, *, seconds: float) -> bytes:
    """Read a body.

    Args:
        request: The request.
        most: Bytes that it may have.
        seconds: Time that it may take to arrive.

    Raises:
        Problem: 413 or 408.
    """
    parts, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise Problem(413, f"the body is longer than {most} bytes", headers={"Connection": "close"})
                parts.append(part)
    except TimeoutError as error:
        raise Problem(408, "the body did not come in time", headers={"Connection": "close"}) from error
    return b"".join(parts)


def read_facets(parameters: Sequence[tuple[str, str]], *, without: Sequence[str] = ()) -> Mapping[str, list[str]]:
    """Read the chosen values of each facet; facets without a value are left out.

    >>> read_facets([("actor", "user"), ("code", ""), ("q", "a")])
    {'actor': ['user']}
    """
    found = {name: [value for other, value in parameters if other == name and value] for name in FACETS if name not in without}
    return {name: values for name, values in found.items() if values}


def read_number(parameters: Sequence[tuple[str, str]], name: str, *, default: int, most: int) -> int:
    """Read a whole number.

    Raises:
        Problem: It is none, is too large, or is given twice.
    """
    given = [value for other, value in parameters if other == name]
    if not given:
        return default
    if len(given) > 1 or not given[0].isascii() or not given[0].isdigit() or len(given[0]) > 9 or int(given[0]) > most:
        raise Problem(400, f"{name} takes one whole number of at most {most}", parameter=name)
    return int(given[0])

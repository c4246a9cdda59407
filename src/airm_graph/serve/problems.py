"""Answer requests with another status than 200.

Source:
    RFC 9457, Problem Details for HTTP APIs.
"""

import json
from collections.abc import Mapping

__all__ = ["Problem", "make_not_acceptable", "write_problem"]


class Problem(Exception):  # noqa: N818 - RFC 9457's word; not every other status is an error
    """Ends a request with another status than 200; *details* become fields of the problem."""

    def __init__(self, status: int, title: str, *, headers: Mapping[str, str] | None = None, **details: object) -> None:
        """Take the HTTP status and the sentence that people read."""
        self.status, self.title, self.headers, self.details = status, title, dict(headers or {}), details
        super().__init__(title)


def make_not_acceptable(offered: tuple[str, ...]) -> Problem:
    """Make the problem that no offered media type is one that the client takes."""
    return Problem(406, f"this can be had as {', '.join(offered)}", offered=list(offered))


def write_problem(problem: Problem, *, media_type: str) -> bytes:
    r"""Write a problem as JSON (RFC 9457) or as plain text.

    >>> write_problem(Problem(404, "there is no such thing"), media_type="text/plain")
    b'there is no such thing\n'
    """
    if media_type != "application/problem+json":
        return f"{problem.title}\n".encode("utf-8", "replace")
    fields = {"status": problem.status, "title": problem.title, **problem.details}
    return (json.dumps(fields, ensure_ascii=False) + "\n").encode("utf-8", "replace")

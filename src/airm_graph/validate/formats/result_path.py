"""Property paths of results, from the text that findings hold to the nodes of SHACL in Turtle.

Source:
    SHACL, 2.3.1 (property paths) and 3.6.2.3 (sh:resultPath).
"""

import re
from collections.abc import Callable

__all__ = ["write_path"]

_TOKEN = re.compile(r"<[^>]*>|[()^/|*+?]")
_IRI = re.compile(r"<[^<>\"{}|^`\\\x00-\x20]*>\Z")
_REPEATS = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


def write_path(text: str) -> str:
    """Write a property path of SPARQL as Turtle; empty when the text is none.

    >>> write_path("(^(<urn:p>))+")
    '[ sh:oneOrMorePath [ sh:inversePath <urn:p> ] ]'
    >>> write_path("<urn:p>/<urn:q>")
    '( <urn:p> <urn:q> )'
    """
    parts = _TOKEN.findall(text)
    if not text or "".join(parts) != text:
        return ""
    reader = _PathReader(parts)
    try:
        path = reader.alternative()
    except (IndexError, ValueError, RecursionError):
        return ""
    return path if reader.is_done else ""


class _PathReader:
    """Reads the parts of a path; a path that is none raises ValueError or IndexError."""

    def __init__(self, parts: list[str]) -> None:
        self._parts, self._at = parts, 0

    @property
    def is_done(self) -> bool:
        """Whether every part was read."""
        return self._at == len(self._parts)

    def alternative(self) -> str:
        """Read paths with bars between them."""
        paths = self._several("|", self._sequence)
        return paths[0] if len(paths) == 1 else f"[ sh:alternativePath ( {' '.join(paths)} ) ]"

    def _sequence(self) -> str:
        paths = self._several("/", self._step)
        return paths[0] if len(paths) == 1 else f"( {' '.join(paths)} )"

    def _several(self, mark: str, read: Callable[[], str]) -> list[str]:
        found = [read()]
        while not self.is_done and self._parts[self._at] == mark:
            self._at += 1
            found.append(read())
        return found

    def _step(self) -> str:
        part = self._take()
        if part == "^":
            return f"[ sh:inversePath {self._step()} ]"
        if part == "(":
            path = self.alternative()
            if self._take() != ")":
                raise ValueError(part)
        elif _IRI.match(part):
            path = part
        else:
            raise ValueError(part)
        while not self.is_done and self._parts[self._at] in _REPEATS:
            path = f"[ sh:{_REPEATS[self._take()]} {path} ]"
        return path

    def _take(self) -> str:
        self._at += 1
        return self._parts[self._at - 1]

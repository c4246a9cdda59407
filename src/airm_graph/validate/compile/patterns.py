r"""Patterns of Python's ``re``, rewritten for the regular expressions of SQL engines (RE2 in DuckDB, Java's in Spark).

Both know less than Python, and mean less by ``\s``, ``\w`` and ``$``. So a pattern is parsed by Python and written anew in what
the three have in common; where that is not possible, pyshacl judges.
"""

import importlib
import re
import warnings
from collections.abc import Iterable
from typing import Any

from airm_graph.validate.compile.shapes_graph import NotCompiledError

__all__ = ["rewrite_pattern"]

_parser: Any = importlib.import_module("re._parser")
_SPACE = r"\x{9}-\x{d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_CATEGORIES = {"CATEGORY_SPACE": _SPACE, "CATEGORY_DIGIT": r"\p{Nd}", "CATEGORY_WORD": r"\p{L}\p{N}_"}
#: RE2 refuses more repetitions.
_MOST = 1000


def rewrite_pattern(pattern: str, *, flags: str = "") -> str:
    r"""Write a pattern so that SQL engines find it where Python's ``re.search`` does.

    Args:
        flags: As SHACL has them; ``i`` and ``m`` are read, as pyshacl reads them.

    Raises:
        NotCompiledError: It is no pattern, or uses what the engines do not share.

    >>> rewrite_pattern(r"^[0-9]+$")
    '\\A[0-9]+(?:\\n?\\z)'
    """
    flags = flags.lower()
    if set(flags) - {"i", "m"}:
        raise NotCompiledError(f"the flags {flags!r} of a pattern")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = _parser.parse(pattern, (re.I if "i" in flags else 0) | (re.M if "m" in flags else 0))
    except (re.error, RecursionError, OverflowError) as error:
        raise NotCompiledError(f"the pattern {pattern!r}: {error}") from error
    if parsed.state.flags & ~(re.I | re.M | re.U):
        raise NotCompiledError(f"flags inside the pattern {pattern!r}")
    body = _Writer(pattern, many_lines=bool(parsed.state.flags & re.M)).sequence(parsed, last=True)
    return ("(?i)" if parsed.state.flags & re.I else "") + body


class _Writer:
    """Writes the parts of one parsed pattern."""

    def __init__(self, pattern: str, *, many_lines: bool) -> None:
        self._pattern = pattern
        self._many_lines = many_lines

    def sequence(self, parts: Iterable[Any], *, last: bool) -> str:
        """Write parts in a row; *last* tells that nothing follows them."""
        items = list(parts)
        return "".join(self._part(name, value, last=last and i == len(items) - 1) for i, (name, value) in enumerate(items))

    def _part(self, name: Any, value: Any, *, last: bool) -> str:
        match str(name):
            case "LITERAL":
                return _character(value)
            case "NOT_LITERAL":
                return f"[^{_character(value)}]"
            case "ANY":
                return r"[^\n]"
            case "IN":
                return self._set(value)
            case "BRANCH":
                return "(?:" + "|".join(self.sequence(branch, last=last) for branch in value[1]) + ")"
            case "SUBPATTERN":
                _, added, dropped, inner = value
                if added or dropped:
                    raise self._foreign("flags inside")
                return f"(?:{self.sequence(inner, last=last)})"
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeat(*value)
            case "AT":
                return self._place(str(value), last=last)
        raise self._foreign(str(name).lower())

    def _repeat(self, least: int, most: Any, inner: Any) -> str:
        most = "" if most == _parser.MAXREPEAT else int(most)
        if max(least, most or 0) > _MOST:
            raise self._foreign("many repetitions")
        counts = {(0, ""): "*", (1, ""): "+", (0, 1): "?"}.get((least, most), f"{{{least},{most}}}")
        body = self.sequence(inner, last=False)
        single = len(inner) == 1 and str(inner[0][0]) in ("LITERAL", "IN", "ANY", "SUBPATTERN", "BRANCH")
        return (body if single else f"(?:{body})") + counts

    def _place(self, place: str, *, last: bool) -> str:
        if place in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
            return r"(?:\A|\n)" if self._many_lines and place == "AT_BEGINNING" and self._starts() else self._begin(place)
        if place == "AT_END_STRING":
            return r"\z"
        if place == "AT_END" and last and not self._many_lines:
            # Python also stops before a line feed at the very end.
            return r"(?:\n?\z)"
        if place == "AT_END" and last:
            return r"(?:\n|\z)"
        raise self._foreign(place.lower())

    def _starts(self) -> bool:
        """Tell whether every start-of-line mark opens the pattern, so that taking the line feed before it changes nothing."""
        return self._pattern.startswith("^") and self._pattern.count("^") == 1

    def _begin(self, place: str) -> str:
        if self._many_lines and place == "AT_BEGINNING":
            raise self._foreign("a start of line inside")
        return r"\A"

    def _set(self, items: Iterable[Any]) -> str:
        negated, written = "", []
        for name, value in items:
            match str(name):
                case "NEGATE":
                    negated = "^"
                case "LITERAL":
                    written.append(_character(value))
                case "RANGE":
                    written.append(f"{_character(value[0])}-{_character(value[1])}")
                case "CATEGORY" if str(value) in _CATEGORIES:
                    written.append(_CATEGORIES[str(value)])
                case "CATEGORY" if len(list(items)) == 1:
                    return f"[^{_CATEGORIES[str(value).replace('NOT_', '')]}]"
                case _:
                    raise self._foreign("a negated class inside a set")
        return f"[{negated}{''.join(written)}]"

    def _foreign(self, what: str) -> NotCompiledError:
        return NotCompiledError(f"{what} in the pattern {self._pattern!r}")


def _character(code: int) -> str:
    character = chr(code)
    if character.isascii() and (character.isalnum() or character in " _/:;,'\"<>=!@%#&~`-"):
        return r"\-" if character == "-" else character
    return r"\n" if character == "\n" else rf"\x{{{code:x}}}"

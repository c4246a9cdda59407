r"""Patterns of Python's ``re``, rewritten for RE2 (DuckDB) and Java (Spark).

Both know less than Python, and mean less by ``\s``, ``\w`` and ``$``. So a pattern that Python
takes is cut into tokens and written anew in what the three have in common; where that is not
possible, pyshacl judges.

Source:
    "Regular Expression Syntax" in the documentation of Python's module ``re``.
"""

import re
import warnings
from collections.abc import Iterator, Sequence

from airm_graph.validate.compile.shapes_graph import NotCompiledError

__all__ = ["rewrite_pattern"]

_ESCAPE = r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)"
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<open>\((?:\?:|\?P<\w+>|(?!\?)))|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<repeat>(?:[*+?]|\{(?:[0-9]+(?:,[0-9]*)?|,[0-9]*)\})[?+]?)|(?P<mark>\(\?|[.^$])|(?P<character>.)",
    re.DOTALL,
)
#: A member of a set, or the two ends of a range.
_MEMBER = re.compile(rf"({_ESCAPE}|.)(?:-({_ESCAPE}|.))?", re.DOTALL)
_SPACE = r"\x{9}-\x{d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_CLASSES = {r"\s": _SPACE, r"\d": r"\p{Nd}", r"\w": r"\p{L}\p{N}_"}
_CONTROLS = {r"\a": 7, r"\t": 9, r"\n": 10, r"\v": 11, r"\f": 12, r"\r": 13}
#: RE2 refuses more repetitions.
_MOST = 1000

#: The name of a group of ``_TOKEN`` and the text.
_Token = tuple[str, str]


def rewrite_pattern(pattern: str, *, flags: str = "") -> str:
    r"""Write a pattern so that SQL engines find it where Python's ``re.search`` does.

    Args:
        flags: As SHACL has them; ``i`` and ``m`` are read, as pyshacl reads them.

    Raises:
        NotCompiledError: It is no pattern, or uses what the engines do not share.

    >>> rewrite_pattern(r"^[0-9]+$")
    '\\A[0-9]+(?:\\n?\\z)'
    """
    if leading := re.match(r"\(\?([im]+)\)", pattern):
        pattern, flags = pattern[leading.end() :], flags + leading[1]
    flags = flags.lower()
    if set(flags) - {"i", "m"}:
        raise NotCompiledError(f"the flags {flags!r} of a pattern")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise NotCompiledError(f"the pattern {pattern!r}: {error}") from error
    tokens = [(match.lastgroup or "", match.group()) for match in _TOKEN.finditer(pattern)]
    try:
        body = "".join(_write(tokens, at, many_lines="m" in flags) for at in range(len(tokens)))
    except _ForeignError as error:
        raise NotCompiledError(f"{error} in the pattern {pattern!r}") from error
    return ("(?i)" if "i" in flags else "") + body


class _ForeignError(Exception):
    """A token that the engines do not share."""


def _write(tokens: Sequence[_Token], at: int, *, many_lines: bool) -> str:
    kind, text = tokens[at]
    match kind:
        case "open":
            return "(?:"
        case "close" | "bar":
            return text
        case "set":
            return _write_set(text)
        case "repeat":
            return _write_repeat(text)
        case "escape" if text in (r"\A", r"\Z"):
            return text.lower() if text == r"\Z" else text
        case "escape" if text.lower() in _CLASSES:
            return f"[{'^' if text.isupper() else ''}{_CLASSES[text.lower()]}]"
        case "escape" | "character":
            return _write_character(_find_code(text))
    if text == ".":
        return r"[^\n]"
    if text == "^" and not many_lines:
        return r"\A"
    if text == "^" and at == 0 and ("mark", "^") not in tokens[1:]:
        # Every start of a line opens the pattern, so taking the line feed before it changes nothing.
        return r"(?:\A|\n)"
    if text == "$" and _is_last(tokens, at):
        # Python also stops before a line feed at the very end.
        return r"(?:\n|\z)" if many_lines else r"(?:\n?\z)"
    raise _ForeignError(text if text in "^$" else f"a group that begins with {text}")


def _is_last(tokens: Sequence[_Token], at: int) -> bool:
    """Tell whether nothing follows a token where a pattern matches; other branches do not."""
    depth, is_other = 0, False
    for kind, _ in tokens[at + 1 :]:
        if is_other:
            depth += {"open": 1, "close": -1}.get(kind, 0)
            is_other = depth >= 0
            depth = max(depth, 0)
        elif kind == "bar":
            is_other = True
        elif kind != "close":
            return False
    return True


def _write_repeat(text: str) -> str:
    if text[1:].endswith("+"):
        raise _ForeignError("a possessive repetition")
    # As few or as many as possible is the same where it is asked whether there is a match.
    if text[0] != "{":
        return text[0]
    least, comma, most = text[1 : text.index("}")].partition(",")
    if max(int(least or 0), int(most or 0)) > _MOST:
        raise _ForeignError("many repetitions")
    return f"{{{least or 0}{comma}{most}}}"


def _write_set(text: str) -> str:
    negated = "^" if text.startswith("[^") else ""
    body = text[1 + len(negated) : -1]
    if body.lower() in _CLASSES and body.isupper() and not negated:
        return f"[^{_CLASSES[body.lower()]}]"
    return f"[{negated}{''.join(_write_members(body))}]"


def _write_members(body: str) -> Iterator[str]:
    for first, last in _MEMBER.findall(body):
        if first in _CLASSES:
            yield _CLASSES[first]
        elif last:
            yield f"{_write_character(_find_code(first))}-{_write_character(_find_code(last))}"
        else:
            yield _write_character(_find_code(first))


def _find_code(text: str) -> int:
    """Find the code point of a character or of an escape that stands for one."""
    if text in _CONTROLS:
        return _CONTROLS[text]
    if len(text) > 2:
        return int(text[2:], 16)
    if text[0] == "\\" and text[-1].isascii() and text[-1].isalnum():
        raise _ForeignError(text)
    return ord(text[-1])


def _write_character(code: int) -> str:
    character = chr(code)
    if character.isascii() and (character.isalnum() or character in " _/:;,'\"<>=!@%#&~`-"):
        return r"\-" if character == "-" else character
    return r"\n" if character == "\n" else rf"\x{{{code:x}}}"

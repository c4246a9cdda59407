r"""Patterns of SPARQL, rewritten for RE2 (DuckDB) and Java (Spark), and for Python (pyshacl).

The engines mean unlike things by ``\s``, ``\w`` and ``$``. So a pattern is cut into tokens and
written anew in what they have in common; where that is not possible, pyshacl judges. ``$`` is the
very end, flags are those of XPath, ``\s``, ``\d`` and ``\w`` mean what they mean in Python.

Source:
    SPARQL 1.1, 17.4.3.14 (REGEX); XQuery 1.0 and XPath 2.0 Functions and Operators, 7.6.1;
    "Regular Expression Syntax" in the documentation of Python's module ``re``.
"""

import re
import sys
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from functools import cache

from airm_graph.validate.compile.shapes_graph import NotCompiledError

__all__ = ["rewrite_pattern", "translate_pattern", "write_text"]

_ESCAPE = r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[pP]\{[^{}]*\}|.)"
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

_PROPERTY = re.compile(r"\\[pP]\{([^{}]*)\}")
#: General categories of Unicode, as both SPARQL and the engines know them.
_CATEGORIES = frozenset(
    (
        *("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"),
        *("S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co"),
    )
)

#: The name of a group of ``_TOKEN`` and the text.
_Token = tuple[str, str]


def rewrite_pattern(pattern: str, *, flags: str = "") -> str:
    r"""Write a pattern so that SQL engines find it where Python's ``re.search`` does.

    Args:
        flags: As SPARQL has them: ``i``, ``m``, ``q``, ``s`` and ``x``.

    Raises:
        NotCompiledError: It is no pattern, or uses what the engines do not share.

    >>> rewrite_pattern(r"^[0-9]+$")
    '\\A[0-9]+\\z'
    """
    pattern, flags = _apply_flags(pattern, flags)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(_PROPERTY.sub(r"\\d", pattern))
    except (re.error, RecursionError, OverflowError) as error:
        raise NotCompiledError(f"the pattern {pattern!r}: {error}") from error
    tokens = _cut(pattern)
    try:
        body = "".join(_write(tokens, at, flags=flags) for at in range(len(tokens)))
    except _ForeignError as error:
        raise NotCompiledError(f"{error} in the pattern {pattern!r}") from error
    return ("(?i)" if "i" in flags else "") + body


def translate_pattern(pattern: str, *, flags: str = "") -> tuple[str, int]:
    r"""Write a pattern of SPARQL as one of Python's ``re``, and the flags that it needs there.

    Raises:
        NotCompiledError: It is no pattern, or uses what Python does not have; the message names it.

    >>> translate_pattern("^a$"), translate_pattern("a.b", flags="q")
    (('^a\\Z', 0), ('a\\.b', 0))
    """
    body, flags = _apply_flags(pattern, flags)
    found = []
    for kind, text in _cut(body):
        if kind == "escape" and _PROPERTY.fullmatch(text):
            found.append(f"[{_list_range(text)}]")
        elif kind == "set":
            found.append(_PROPERTY.sub(lambda match: _list_range(match.group()), text))
        else:
            found.append(r"\Z" if text == "$" and "m" not in flags else text)
    written = "".join(found), sum({"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}[flag] for flag in set(flags))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(*written)
    except (re.error, RecursionError, OverflowError) as error:
        raise NotCompiledError(f"the pattern {pattern!r}: {error}") from error
    return written


def _cut(pattern: str) -> list[_Token]:
    return [(match.lastgroup or "", match.group()) for match in _TOKEN.finditer(pattern)]


def _apply_flags(pattern: str, flags: str) -> tuple[str, str]:
    """Apply the flags that change the pattern itself; return it and the others."""
    if leading := re.match(r"\(\?([ims]+)\)", pattern):
        pattern, flags = pattern[leading.end() :], flags + leading[1]
    flags = flags.lower()
    if strange := sorted(set(flags) - set("imqsx")):
        raise NotCompiledError(f"the flag {strange[0]!r} of a pattern")
    if "q" in flags:
        return re.escape(pattern), "i" if "i" in flags else ""
    if named := re.search(r"(?<!\\)(?:\\\\)*(\\[icIC])", pattern):
        raise NotCompiledError(f"{named[1]} (characters of XML names) in the pattern {pattern!r}")
    if re.search(r"\[[^\]]*-\[", pattern):
        raise NotCompiledError(f"a class without another one in the pattern {pattern!r}")
    for found in _PROPERTY.finditer(pattern):
        if found[1] not in _CATEGORIES:
            raise NotCompiledError(f"{found.group()} in the pattern {pattern!r}; categories such as \\p{{Lu}} are known")
    if "x" in flags:
        pattern = "".join(text for kind, text in _cut(pattern) if kind == "set" or text not in "\t\n\r ")
    return pattern, "".join(sorted(set(flags) - {"x"}))


@cache
def _list_range(text: str) -> str:
    r"""List the characters of ``\p{Lu}``, or those that are no such, as members of a set."""
    category, negated = text[3:-1], text[1] == "P"
    found, start = [], None
    for code in range(sys.maxunicode + 2):
        is_in = code <= sys.maxunicode and unicodedata.category(chr(code)).startswith(category) != negated
        if is_in and start is None:
            start = code
        elif not is_in and start is not None:
            found.append(rf"\U{start:08x}-\U{code - 1:08x}")
            start = None
    return "".join(found)


class _ForeignError(Exception):
    """A token that the engines do not share."""


def _write(tokens: Sequence[_Token], at: int, *, flags: str) -> str:
    (kind, text), many_lines = tokens[at], "m" in flags
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
        case "escape" if _PROPERTY.fullmatch(text):
            return text
        case "escape" if text.lower() in _CLASSES:
            return f"[{'^' if text.isupper() else ''}{_CLASSES[text.lower()]}]"
        case "escape" | "character":
            return _write_character(_find_code(text))
    if text == ".":
        return r"(?s:.)" if "s" in flags else r"[^\n]"
    if text == "^" and not many_lines:
        return r"\A"
    if text == "^" and at == 0 and ("mark", "^") not in tokens[1:]:
        # Every start of a line opens the pattern, so taking the line feed before it changes
        # nothing.
        return r"(?:\A|\n)"
    if text == "$" and not many_lines:
        return r"\z"
    if text == "$" and _is_last(tokens, at):
        return r"(?:\n|\z)"
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
        if _PROPERTY.fullmatch(first):
            yield first
        elif first in _CLASSES:
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


def write_text(text: str) -> str:
    r"""Write a pattern of the text alone.

    >>> write_text("a.b")
    'a\\x{2e}b'
    """
    return "".join(_write_character(ord(character)) for character in text)

"""Check queries from outside before a parser sees them: their structure and their keywords.

The text is cut into the tokens of the SPARQL grammar. A keyword is a word token; strings, comments,
IRIs and names may hold the same letters. Where another reader could see other tokens, the query is
refused: code point escapes of ASCII characters, which some readers resolve before they look for
tokens, and an angle that one reader takes for the start of an IRI and another for a comparison.

Source:
    SPARQL 1.1 Query Language, section 19 (grammar; 19.2 for escapes, 19.8 for tokens).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from airm_graph.errors import QueryError

__all__ = ["CheckedQuery", "Token", "check_query", "cut_query"]

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NAME_PART = r"(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-])"
_TOKENS = re.compile(
    rf'''
    (?P<space>[\x20\t\r\n]+|\#[^\r\n]*)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<string>"""(?:"{{0,2}}(?:[^"\\]|\\.))*+"""|'{{3}}(?:'{{0,2}}(?:[^'\\]|\\.))*+'{{3}}
      |"(?:[^"\\\r\n]|\\.)*+"|'(?:[^'\\\r\n]|\\.)*+')
  | (?P<variable>[?$]\w+)
  | (?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:{_NAME_PART})*|_:[\w.-]+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>\^\^|\|\||&&|!=|<=|>=|.)
    ''',
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = frozenset("{(["), frozenset("})]")
_REFUSED = {
    "SERVICE": "SERVICE asks other servers, which this one does not do",
    **dict.fromkeys(("LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"), "the data here is read-only"),
}
_SUSPECT = re.compile("|".join(_REFUSED), re.IGNORECASE)
# Besides refused words: what names graphs, and escapes.
_NOTABLE = re.compile(rf"""{_SUSPECT.pattern}|FROM|\\[uU]""", re.IGNORECASE)
#: Functions whose answer is another one each time.
_VOLATILE = frozenset({"BNODE", "NOW", "RAND", "STRUUID", "UUID"})
_VOLATILE_TEXT = re.compile("|".join(sorted(_VOLATILE)), re.IGNORECASE)
_EXPRESSION_ENDS = frozenset({"variable", "name", "number", "string", "iri", "language"})
_HIDING = re.compile("[#']")


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """Hold what a query shows before it is parsed.

    Attributes:
        default_graphs, named_graphs: IRIs of ``FROM`` and ``FROM NAMED``.
        volatile: Whether it uses a function whose answer is another one each time.
    """

    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    volatile: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind, its text, and where it begins."""

    kind: str
    text: str
    start: int = -1

    @property
    def word(self) -> str:
        """Return a keyword or the name of a function in upper case; empty for other tokens."""
        return self.text.upper() if self.kind == "word" else ""


def check_query(text: str, *, base: str, depth: int, repetitions: int) -> CheckedQuery:
    r"""Check a query before it is parsed.

    Args:
        text: The query.
        base: What relative IRIs are resolved against.
        depth: How many brackets may be open at once.
        repetitions: How often one operator or keyword may stand in it.

    Raises:
        QueryError: The query is refused; the message says why.

    >>> limits = {"base": "http://example.org/", "depth": 9, "repetitions": 9}
    >>> check_query("SELECT * FROM <a> { ?s ?p 'SERVICE' }", **limits).default_graphs
    ('http://example.org/a',)
    >>> check_query("ASK { ?s ?p '\\u0041' }", **limits)
    Traceback (most recent call last):
    ...
    airm_graph.errors.QueryError: the escape \u0041 is an ASCII character; write that instead
    """
    if _needs_no_checks(text, depth=depth, repetitions=repetitions):
        return CheckedQuery((), (), volatile=_VOLATILE_TEXT.search(text) is not None)
    _refuse_escapes(text)
    tokens = list(cut_query(text))
    _refuse_size(tokens, depth=depth, repetitions=repetitions)
    words = [token.text.upper() for token in tokens if token.kind == "word"]
    _refuse_keywords(words, names=(token.text.upper() for token in tokens if token.kind == "name"))
    _refuse_ambiguity(tokens, text)
    default, named = _find_graphs(tokens, base=base)
    return CheckedQuery(default, named, not _VOLATILE.isdisjoint(words))


def _needs_no_checks(text: str, *, depth: int, repetitions: int) -> bool:
    """Whether a query can hold nothing that is refused; most show that by their letters alone."""
    return len(text) <= repetitions and sum(map(text.count, _OPENING)) <= depth and _NOTABLE.search(text) is None


def _refuse_escapes(text: str) -> None:
    for match in _ESCAPE.finditer(text):
        if int(match[1] or match[2], 16) < 0x80:
            raise QueryError(f"the escape {match[0]} is an ASCII character; write that instead")


def cut_query(text: str) -> Iterator[Token]:
    """Cut a query into tokens, without white space and comments."""
    for match in _TOKENS.finditer(text):
        kind = str(match.lastgroup)
        if kind == "mark" and match[0] in "\"'":
            raise QueryError(f"the string that begins at character {match.start() + 1} does not end")
        if kind != "space":
            yield Token(kind, match[0], match.start())


def _refuse_size(tokens: Iterable[Token], *, depth: int, repetitions: int) -> None:
    level = 0
    counts: Counter[str] = Counter()
    for token in tokens:
        if token.kind == "iri":
            # Another reader could take the angle for a comparison and these for brackets.
            _refuse_depth(level + token.text.count("("), depth)
        elif token.kind in {"mark", "word"}:
            level += (token.text in _OPENING) - (token.text in _CLOSING)
            _refuse_depth(level, depth)
            counts[token.text.upper()] += 1
    for name, count in counts.items():
        if count > repetitions and name not in ".;,":
            raise QueryError(f"{name} stands in the query {count} times, and {repetitions} is the most; ask several smaller questions")


def _refuse_depth(level: int, depth: int) -> None:
    if level > depth:
        raise QueryError(f"more than {depth} brackets are open at once; ask a simpler question")


def _refuse_keywords(words: Iterable[str], *, names: Iterable[str]) -> None:
    for word in words:
        if word in _REFUSED:
            raise QueryError(f"{word} is refused: {_REFUSED[word]}")
    # Oxigraph needs no space behind a keyword, so a longer word may begin with one.
    for word in (*words, *(name.partition(":")[0] for name in names)):
        if "SERVICE" in word:
            raise QueryError(f"{word} could be read as SERVICE, which is refused; choose another prefix or name")


def _refuse_ambiguity(tokens: Iterable[Token], text: str) -> None:
    """Refuse an IRI where a comparison could stand and would change the tokens behind it."""
    if not _SUSPECT.search(text):
        return
    level, before = 0, Token("mark", "")
    for token in tokens:
        if token.kind == "mark":
            level += (token.text == "(") - (token.text == ")")
        ends = before.kind in _EXPRESSION_ENDS or before.text == ")" or (before.kind == "word" and before.text.lower() in {"true", "false"})
        if token.kind == "iri" and level > 0 and ends and _HIDING.search(token.text):
            raise QueryError(f"{token.text} can be read as an IRI or as a comparison; write a space behind <, or a prefixed name")
        before = token


def _find_graphs(tokens: list[Token], *, base: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    prefixes: dict[str, str] = {}
    default, named = [], []
    following = [*tokens[1:], Token("mark", ""), Token("mark", ""), Token("mark", "")]
    for number, token in enumerate(tokens):
        word = token.text.upper() if token.kind == "word" else ""
        after, next_after = following[number], following[number + 1]
        if word == "BASE" and after.kind == "iri":
            base = urljoin(base, after.text[1:-1])
        elif word == "PREFIX" and after.kind == "name" and next_after.kind == "iri":
            prefixes[after.text.removesuffix(":")] = urljoin(base, next_after.text[1:-1])
        elif word == "FROM" and after.text.upper() == "NAMED":
            named.append(_resolve(next_after, prefixes, base))
        elif word == "FROM":
            default.append(_resolve(after, prefixes, base))
    return tuple(default), tuple(named)


def _resolve(token: Token, prefixes: dict[str, str], base: str) -> str:
    if token.kind == "iri":
        return urljoin(base, token.text[1:-1])
    prefix, _, local = token.text.partition(":")
    if token.kind != "name" or prefix not in prefixes:
        raise QueryError("FROM needs the IRI of a graph, or a name with a declared prefix")
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)

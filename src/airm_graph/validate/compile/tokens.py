"""The tokens of a SPARQL query."""

import re
from collections.abc import Iterator, Mapping

from airm_graph.frozen import frozen
from airm_graph.namespaces import term

__all__ = ["Token", "expand_name", "tokenize"]

_TOKEN = re.compile(
    r"(?P<space>\s+|\#[^\n]*)"
    r'|(?P<string>"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\')'
    r"|(?P<iri><[^<>\"{}|^`\\\s]*>)"
    r"|(?P<var>[?$]\w+)"
    r"|(?P<blank>_:[\w.-]*\w)"
    r"|(?P<name>(?:[A-Za-z][\w.-]*)?:(?:(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.)(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*)?(?<!\.))"
    r"|(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<number>[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<mark>\^\^|&&|\|\||!=|<=|>=|.)",
    re.DOTALL,
)


@frozen
class Token:
    """A token, and the white space before it."""

    kind: str
    text: str
    space: str = ""

    @property
    def word(self) -> str:
        """Return a keyword or the name of a function in upper case; empty for other tokens."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def variable(self) -> str:
        """Return the name of a variable; empty for other tokens."""
        return self.text[1:] if self.kind == "var" else ""


def tokenize(text: str) -> Iterator[Token]:
    """Take a query apart; a comment counts as white space.

    >>> [token.text for token in tokenize("SELECT $this { }")]
    ['SELECT', '$this', '{', '}']
    """
    space = ""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind == "space":
            space += "\n" if match.group().startswith("#") else match.group()
        else:
            yield Token(kind, match.group(), space)
            space = ""


def expand_name(token: Token, prefixes: Mapping[str, str]) -> str:
    """Write the IRI of a token; empty where it is none, or written with escapes."""
    if token.text == "a":
        return term("rdf:type")
    prefix, _, local = token.text.partition(":")
    if token.kind == "name" and prefix in prefixes and "\\" not in local and "%" not in local:
        return f"<{prefixes[prefix]}{local}>"
    return token.text if token.kind == "iri" else ""

"""Where a JSON-LD file states a triple: a reader of JSON that keeps lines, and as much of the
context as names keys.

Oxigraph says what the file means. Here a triple is looked up again in the text: by the ``@id`` of
its node, the key that the context expands to its predicate, and the value. Inline contexts with
prefixes, terms, aliases, ``@vocab`` and ``@base`` are known; scoped contexts, ``@reverse`` and
nodes without ``@id`` are not, and their triples have no line.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urljoin

from airm_graph.frozen import frozen
from airm_graph.terms import Quad, read_literal

__all__ = ["find_json_lines"]

_TOKEN = re.compile(r'[ \t\r\n]*(?:([{}\[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}\[\],:"]+))')
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

Triple = tuple[str, str, str]
Range = tuple[int, int]


class _Value(NamedTuple):
    """A value of JSON and its first line; an object is a list of members, an array a tuple."""

    content: "str | list[_Member] | tuple[_Value, ...]"
    line: int


class _Member(NamedTuple):
    key: str
    line: int
    value: _Value


def find_json_lines(text: str, *, rows: Iterable[Quad], base: str = "") -> tuple[dict[Triple, Range], dict[str, int]]:
    r"""Find the lines of *rows* in a JSON-LD document.

    Returns:
        Triple → (first line, last line), and subject → line of its ``@id``; what cannot be found is
        missing.

    >>> rows = [("<http://e/a>", "<http://e/b>", '"c"', "")]
    >>> find_json_lines('{"@id": "http://e/a",\n "http://e/b": "c"}', rows=rows)[0][rows[0][:3]]
    (2, 2)
    """
    try:
        nodes = list(_find_nodes(_read(text), _Context({"@base": base})))
    except (ValueError, RecursionError):
        return {}, {}
    found: dict[str, list[_Node]] = {}
    for node in nodes:
        found.setdefault(node.name, []).append(node)
    triples: dict[Triple, Range] = {}
    said: dict[str, dict[str, _Said]] = {}
    for s, p, o, _ in rows:
        if s not in said:
            said[s] = _list_said(found.get(s, ()))
        line = said[s][p].find(o) if p in said[s] else None
        if line:
            triples.setdefault((s, p, o), (line, line))
    return triples, {name: min(node.line for node in same) for name, same in found.items()}


class _Said:
    """What nodes of one name say by one predicate, each value with its line."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._texts: dict[str, int] = {}
        self._terms: dict[str, int] = {}

    def add(self, text: str, line: int, *, terms: Iterable[str]) -> None:
        """Take a text, and the terms that it may stand for; of equal ones the first counts."""
        self._texts.setdefault(text, line)
        for term in terms:
            self._terms.setdefault(term, line)

    def find(self, value: str) -> int:
        """Find the line of a value, or that of the key when no value is written as the triple has
        it.
        """
        if value.startswith('"'):
            return self._texts.get(read_literal(value).text, self._line)
        return self._terms.get(value, self._line)


def _list_said(nodes: "Iterable[_Node]") -> dict[str, _Said]:
    """List what nodes of one name say, by predicate."""
    found: dict[str, _Said] = {}
    for node in nodes:
        context = node.context
        for member in node.members:
            predicate = context.expand_key(member.key)
            said = found.setdefault(predicate, _Said(member.line))
            for text, line in _scalars(member.value, context):
                key = context.expand_key(text)
                said.add(text, line, terms=(key,) if predicate == _TYPE else (context.expand_id(text), key))
    return found


def _scalars(value: _Value, context: "_Context") -> Iterator[tuple[str, int]]:
    """Every string, number and word below a value that belongs to it and not to a property of
    another node.
    """
    if isinstance(value.content, str):
        yield value.content, value.line
    elif isinstance(value.content, tuple):
        for item in value.content:
            yield from _scalars(item, context)
    else:
        # Without keywords it is a map by language or by index.
        plain = all(not context.keyword(member.key).startswith("@") for member in value.content)
        for member in value.content:
            if plain or context.keyword(member.key) in {"@id", "@value", "@list", "@set"}:
                yield from _scalars(member.value, context)


@frozen
class _Node:
    name: str
    line: int
    members: "list[_Member]"
    context: "_Context"


def _find_nodes(value: _Value, context: "_Context") -> Iterator[_Node]:
    if isinstance(value.content, tuple):
        for item in value.content:
            yield from _find_nodes(item, context)
    elif isinstance(value.content, list):
        for member in value.content:
            if member.key == "@context":
                context = context.extend(member.value)
        for member in value.content:
            if context.keyword(member.key) == "@id" and isinstance(member.value.content, str):
                yield _Node(context.expand_id(member.value.content), member.line, value.content, context)
        for member in value.content:
            if member.key != "@context":
                yield from _find_nodes(member.value, context)


class _Context:
    """Terms and prefixes of the contexts in force."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self._terms = terms

    def extend(self, value: _Value) -> "_Context":
        """Add a context: an object, or a list of them; an address of one is passed over."""
        terms = dict(self._terms)
        for part in value.content if isinstance(value.content, tuple) else (value,):
            for member in part.content if isinstance(part.content, list) else ():
                terms.update(_define(member))
        return _Context(terms)

    def keyword(self, key: str) -> str:
        """Return the keyword that a key is or stands for, or the key."""
        meaning = self._terms.get(key, key)
        return meaning if meaning.startswith("@") else key

    def expand_key(self, key: str) -> str:
        """Write the IRI of a key, or of a type, as an N-Triples term."""
        if self.keyword(key) == "@type":
            return _TYPE
        found = self._expand(key)
        return f"<{found if _ABSOLUTE.match(found) else self._terms.get('@vocab', '') + found}>"

    def expand_id(self, text: str) -> str:
        """Write the IRI of a node as an N-Triples term."""
        if text.startswith("_:"):
            return text
        prefix, colon, local = text.partition(":")
        if colon and prefix in self._terms and not local.startswith("//"):
            return f"<{self._expand(text)}>"
        return f"<{text if _ABSOLUTE.match(text) else urljoin(self._terms.get('@base', ''), text)}>"

    def _expand(self, key: str, *, depth: int = 0) -> str:
        if depth > len(self._terms):  # a term that is defined by itself
            return key
        if key in self._terms:
            return key if self._terms[key] == key else self._expand(self._terms[key], depth=depth + 1)
        prefix, colon, local = key.partition(":")
        if colon and prefix in self._terms and not local.startswith("//"):
            return self._expand(self._terms[prefix], depth=depth + 1) + local
        return key


def _define(member: _Member) -> dict[str, str]:
    content = member.value.content
    if isinstance(content, str):
        return {member.key: content}
    if isinstance(content, list):
        meaning = next((entry.value.content for entry in content if entry.key == "@id"), None)
        return {member.key: meaning} if isinstance(meaning, str) else {}
    return {}


def _read(text: str) -> _Value:
    """Read JSON; the caller handles what is none."""
    reader = _Reader(text)
    return reader.value(*reader.next())


class _Reader:
    """A recursive reader of JSON that knows its line."""

    def __init__(self, text: str) -> None:
        self._text, self._position, self._line = text, 0, 1

    def next(self) -> tuple[str, int]:
        """Return the next token and its line."""
        match = _TOKEN.match(self._text, self._position)
        if match is None:
            raise ValueError("no token")
        self._position = match.end()
        self._line += match.group().count("\n")
        return match[1] or match[2] or match[3], self._line

    def value(self, mark: str, line: int) -> _Value:
        """Return the value that begins with a token."""
        if mark == "{":
            return _Value(list(self._members()), line)
        if mark == "[":
            return _Value(tuple(self._items()), line)
        return _Value(json.loads(mark) if mark.startswith('"') else mark, line)

    def _items(self) -> Iterator[_Value]:
        mark, line = self.next()
        while mark != "]":
            yield self.value(mark, line)
            mark, line = self.next()
            if mark == ",":
                mark, line = self.next()

    def _members(self) -> Iterator[_Member]:
        mark, line = self.next()
        while mark != "}":
            key = str(json.loads(mark))
            self.next()
            yield _Member(key, line, self.value(*self.next()))
            mark, line = self.next()
            if mark == ",":
                mark, line = self.next()

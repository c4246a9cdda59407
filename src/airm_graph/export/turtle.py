"""Turtle for people: grouped, in natural order, one property per line, and only what every reader
reads alike.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from airm_graph.export.order import Order
from airm_graph.export.term_writers import XSD, Names, is_simple
from airm_graph.export.writer import Template, Templates
from airm_graph.graph.reading_order import RDF_TYPE, Pattern, SubjectGroup
from airm_graph.key_cache import Cache
from airm_graph.terms import read_literal

__all__ = ["TurtleBlocks", "write_turtle_head"]

_SHORT = {f"{XSD}integer": re.compile("0|-?[1-9][0-9]*"), f"{XSD}boolean": re.compile("true|false")}
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
# Controls, format characters that hide or reorder text, and noncharacters: shown by number, so that
# a reader sees what is there.
_HIDDEN = "\x00-\x07\x0b\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
_SPECIAL = re.compile(rf"[\\\t\r\b\f{_HIDDEN}]")
# In a long string a quote is safe unless a quote or the end follows; serdi 0.30.16 misreads an
# escape right behind a quote.
_LONG_QUOTE = re.compile(r'"(?=["\\]|\Z)')


class TurtleBlocks:
    """What a Turtle file is made of: comment and prefixes, then one block for each subject."""

    separator, waits = "\n", True

    def __init__(self, prefixes: Mapping[str, str], *, comment: str = "") -> None:
        """Take the prefixes that may be used, and what stands on top."""
        self._prefixes, self._comment = prefixes, comment
        self._names = Names(prefixes)
        self._iris = Cache(self._names.shorten)
        self._literals = Cache(self._render_literal)
        self._templates = Templates(self._make_template)

    @property
    def used(self) -> set[str]:
        """What the head depends on: the prefixes that blocks written so far use; those of other
        blocks may be added.
        """
        return self._names.used

    def head(self, *, filled: bool) -> str:
        """Comment and prefixes; only now are those known that were used."""
        return write_turtle_head(self._prefixes, used=self._names.used, comment=self._comment, filled=filled)

    def settle(self, text: str) -> str:
        """Nothing is left open."""
        return text

    def foot(self, *, filled: bool) -> str:  # noqa: ARG002 - every format is asked so
        """Nothing stands behind the subjects."""
        return ""

    def render(self, group: SubjectGroup, order: Order) -> list[str]:
        """Write the block of each subject."""
        pattern = group.pattern
        positions, template = self._templates.find(pattern, order=order)
        values = [self._render(group, position) for position in positions]
        subjects = map(self._iris.__getitem__, group.subjects)
        return list(map(template.__mod__, zip(subjects, *values, strict=True)))

    def find_prefixes(self, group: SubjectGroup) -> set[str]:
        """Find the prefixes that the blocks of a group use."""
        names = {self._iris[predicate] for predicate in group.pattern.predicates if predicate != RDF_TYPE}
        names.update(map(self._iris.__getitem__, group.subjects))
        for kind, objects in zip(group.pattern.kinds, group.objects, strict=True):
            if kind == "<":
                names.update(map(self._iris.__getitem__, objects))
            elif kind.startswith("^^"):
                # Numbers and truth values are written without their datatype.
                tails = [self._literals[term].rpartition('"^^')[2] for term in objects]
                names.update(tail for tail in tails if tail == self._iris[kind[2:]])
        return {name.partition(":")[0] for name in names if name[0] != "<"}

    def _make_template(self, pattern: Pattern, order: Order) -> Template:
        runs = pattern.runs(order.predicate_key)
        lines = []
        for predicate, run in runs:
            name = "a" if predicate == RDF_TYPE else self._iris[predicate].replace("%", "%%")
            values = " ,\n    ".join(["%s"] * len(run))
            lines.append(f"  {name} {values}" if len(run) == 1 else f"  {name}\n    {values}")
        return [position for _, run in runs for position in run], "%s\n" + " ;\n".join(lines) + " .\n"

    def _render(self, group: SubjectGroup, position: int) -> Iterable[str]:
        kind, terms, column = group.pattern.kinds[position], group.objects[position], group.columns[position]
        if kind == "<":
            return map(self._iris.__getitem__, terms)
        if kind.startswith("^^"):
            return self._render_typed(terms, kind[2:])
        if kind:
            return map(self._literals.__getitem__, terms)
        # Most texts are in Turtle what they are in N-Triples: those that can be printed and stand
        # on one line.
        if "\\n" not in column and is_simple(column):
            return terms
        render = self._render_literal
        return [term if "\\n" not in term and term.isprintable() else render(term) for term in terms]

    def _render_typed(self, terms: Sequence[str], datatype: str) -> Iterable[str]:
        """Write literals of a datatype; numbers and truth values stand without it."""
        short, cut = _SHORT.get(datatype[1:-1]), -len(datatype) - 3
        lexical = [term[1:cut] for term in terms]
        if short and all(map(short.fullmatch, lexical)):
            return lexical
        return map(self._literals.__getitem__, terms)

    def _render_literal(self, term: str) -> str:
        return _render_literal(term, names=self._names)


def write_turtle_head(prefixes: Mapping[str, str], *, used: Iterable[str], comment: str, filled: bool) -> str:
    """Write what stands on top: a comment, and the prefixes that are used."""
    parts = [
        "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines()),
        "".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in sorted(used)),
    ]
    return "\n".join([part for part in parts if part] + [""] * (filled and any(parts)))


def _render_literal(term: str, *, names: Names) -> str:
    lexical, datatype, language = read_literal(term)
    short = _SHORT.get(datatype)
    if short and short.fullmatch(lexical):
        return lexical
    quoted = _quote(lexical)
    if language:
        return f"{quoted}@{language}"
    return f"{quoted}^^{names.shorten(f'<{datatype}>')}" if datatype else quoted


def _quote(lexical: str) -> str:
    text = _SPECIAL.sub(_escape, lexical)
    if "\n" not in text:
        return '"' + text.replace('"', '\\"') + '"'
    return '"""' + _LONG_QUOTE.sub(r'\\"', text) + '"""'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[0]) or f"\\u{ord(match[0]):04X}"

"""JSON-LD, compacted with the project's own context, which stands in the file: no reader has to
fetch anything.
"""

import json
import re
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring as _write
from os.path import commonprefix

from airm_graph.export.context import Context
from airm_graph.export.order import Order
from airm_graph.export.term_writers import XSD, is_simple
from airm_graph.export.writer import Template, Templates
from airm_graph.graph.reading_order import RDF_TYPE, Pattern, SubjectGroup
from airm_graph.key_cache import Cache
from airm_graph.terms import unescape

__all__ = ["JsonBlocks"]

# A JSON number is the same in every reader only below 2**53 (RFC 8259, section 6); fifteen digits
# stay below.
_NATIVE = {
    f"^^<{XSD}integer>": re.compile('"(?:0|-?[1-9][0-9]{0,14})"'),
    f"^^<{XSD}boolean>": re.compile('"(?:true|false)"'),
}
#: The place of an IRI in a template.
_IRI = '"%s"'


class JsonBlocks:
    """What a JSON-LD file is made of: the context, then one object for each subject."""

    separator, waits = ",\n", False

    def __init__(self, context: object) -> None:
        """Take what stands below ``@context``."""
        self._document = context
        self._context = Context(context)
        self._iris = Cache[str, str](lambda iri: _write(self._context.compact_iri(iri))[1:-1])
        self._classes = Cache[str, str](lambda term: _write(self._context.compact_name(term[1:-1])))
        self._values = Cache(_render_value)
        self._id, self._type = (self._context.find_keyword(keyword) for keyword in ("@id", "@type"))
        self._templates = Templates(self._make_template)

    def render(self, group: SubjectGroup, order: Order) -> list[str]:
        """Write the object of each subject."""
        positions, template = self._templates.find(group.pattern, order=order)
        values = [self._render(group, position) for position in positions]
        return list(map(template.__mod__, zip(self._write_iris("\n".join(group.subjects)), *values, strict=True)))

    def head(self, *, filled: bool) -> str:
        """Return the context, unless it is empty, and the start of the graph."""
        lines = json.dumps({"@context": self._document}, ensure_ascii=False, indent=2).removesuffix("\n}") if self._document else "{"
        comma = "," if self._document else ""
        return f"{lines}{comma}\n  {_write(self._context.find_keyword('@graph'))}: [" + ("\n" if filled else "")

    def settle(self, text: str) -> str:
        """Nothing is left open."""
        return text

    def foot(self, *, filled: bool) -> str:
        """Return the end of graph and document."""
        return "\n  ]\n}\n" if filled else "]\n}\n"

    def _make_template(self, pattern: Pattern, order: Order) -> Template:
        """Put the values of each key together; keys stand by name, identifier and types first."""
        values: dict[str, list[tuple[int, str]]] = {}
        sets = set[str]()
        for predicate, positions in pattern.runs(order.predicate_key):
            for position in positions:
                key, is_set, text = self._describe(predicate, pattern.kinds[position])
                values.setdefault(key, []).append((position, text))
                sets |= {key} if is_set else set()
        keys = sorted(values, key=lambda key: (key != self._type, key))
        texts = [_join([text for _, text in values[key]], is_set=key in sets) for key in keys]
        lines = [f"{_constant(key)}: {text}" for key, text in zip([self._id, *keys], [_IRI, *texts], strict=True)]
        return [position for key in keys for position, _ in values[key]], "    {\n      " + ",\n      ".join(lines) + "\n    }"

    def _describe(self, predicate: str, kind: str) -> tuple[str, bool, str]:
        """The key for values of a kind, whether they are always an array, and how a value is
        written.
        """
        if predicate == RDF_TYPE and kind == "<":
            return self._type, False, "%s"
        term = self._context.find_term(predicate[1:-1], kind=kind)
        if term is None:
            return self._context.compact_iri(predicate[1:-1]), False, self._describe_value(kind)
        is_said = kind in ("", f"@{term.language}", f"^^<{term.type}>") or (kind == "<" and term.type == "@id")
        text = _IRI if kind == "<" else "%s"
        return term.name, term.container == "@set", text if is_said else self._describe_value(kind)

    def _describe_value(self, kind: str) -> str:
        """How a value is written whose kind its term does not say."""
        if kind == "<":
            return self._write_object({"@id": _IRI})
        if kind[:1] == "^":
            return self._write_object({"@type": _constant(self._context.compact_name(kind[3:-1])), "@value": "%s"})
        return self._write_object({"@language": _constant(kind[1:]), "@value": "%s"}) if kind else "%s"

    def _write_object(self, entries: Mapping[str, str]) -> str:
        """Write an object as the value of a property."""
        named = {self._context.find_keyword(keyword): text for keyword, text in entries.items()}
        lines = [f"{_constant(key)}: {named[key]}" for key in sorted(named, key=lambda key: (key != self._type, key))]
        return "{\n        " + ",\n        ".join(lines) + "\n      }"

    def _render(self, group: SubjectGroup, position: int) -> Iterable[str]:
        kind, column = group.pattern.kinds[position], group.columns[position]
        if kind == "<":
            if group.pattern.predicates[position] == RDF_TYPE:
                return map(self._classes.__getitem__, column.split("\n"))
            return self._write_iris(column)
        if kind in _NATIVE:
            return map(self._values.__getitem__, column.split("\n"))
        # A line end stands behind each term, and in none. The escapes of canonical N-Triples are
        # escapes of JSON too, which knows more for what cannot be printed.
        lines = f"{column}\n".replace(f"{kind}\n", "\n")[:-1] if kind else column
        texts = lines.split("\n")
        return texts if is_simple(lines) or lines.replace("\n", "").isprintable() else map(_render_text, texts)

    def _write_iris(self, column: str) -> Iterable[str]:
        """Write IRIs: as they are, where what all of them begin with shows that no prefix has to do
        with them, else one by one.

        Args:
            column: In angle brackets, with line ends between.
        """
        iris = column[1:-1].split(">\n<")
        start = commonprefix([min(iris), max(iris)])  # noqa: RUF071 - by characters is what is wanted
        return map(self._iris.__getitem__, iris) if self._context.may_touch(start) else iris


def _render_value(term: str) -> str:
    text, mark, kind = term.rpartition('"')
    native = _NATIVE[kind].fullmatch(text + mark)
    return text[1:] if native else _render_text(text + mark)


def _render_text(text: str) -> str:
    return text if text.isprintable() else _write(unescape(text[1:-1]))


def _join(texts: list[str], *, is_set: bool) -> str:
    if len(texts) == 1 and not is_set:
        return texts[0]
    inner = ",\n        ".join(text.replace("\n", "\n  ") for text in texts)
    return f"[\n        {inner}\n      ]"


def _constant(text: str) -> str:
    """Write a text into a template."""
    return _write(text).replace("%", "%%")

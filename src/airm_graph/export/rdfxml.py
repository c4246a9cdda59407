"""RDF/XML, for readers that know nothing else: one rdf:Description element per subject."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from airm_graph.errors import ExportError
from airm_graph.export.order import Order
from airm_graph.export.term_writers import RDF, Names, is_simple
from airm_graph.export.writer import Template, Templates
from airm_graph.graph.reading_order import Pattern, SubjectGroup
from airm_graph.key_cache import Cache
from airm_graph.terms import unescape

__all__ = ["XmlBlocks"]

# ASCII only: XML 1.0 changed its names between the fourth and the fifth edition, and readers follow
# one or the other.
_NAME = re.compile(r"<(.*?)([A-Za-z_][A-Za-z0-9_.-]*)>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# RDF/XML Syntax, section 5.1 and 7.2.5: these names have a meaning of their own and cannot be
# properties.
_SYNTAX = re.compile(rf"<{RDF}(?:Description|ID|RDF|about(?:Each(?:Prefix)?)?|bagID|datatype|li|nodeID|parseType|resource)>")
_MARK = re.compile("\0[0-9]+\0")
#: Stands between texts that are written together.
_MARK_OF_TEXT = "\0"
_XMLNS = "http://www.w3.org/2000/xmlns/"


class XmlBlocks:
    """What an RDF/XML file is made of: one element for each subject."""

    separator, waits = "", True

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        """Take the prefixes that may be used."""
        self._known = {prefixes[prefix]: prefix for prefix in sorted(prefixes, reverse=True)} | {RDF: "rdf"}
        self._prefixes = prefixes
        self._used = {RDF}
        #: Namespaces without prefix, which get theirs in their order: until all are met, a mark
        #: stands for it.
        self._others: dict[str, str] = {}
        self._iris = Cache[str, str](lambda iri: _attribute(iri[1:-1]))
        self._templates = Templates(self._make_template)

    def render(self, group: SubjectGroup, order: Order) -> list[str]:
        """Write the element of each subject."""
        pattern, subjects = group.pattern, group.subjects
        positions, template = self._templates.find(pattern, order=order)
        values = [
            self._render_iris(group.objects[position], group.columns[position])
            if pattern.kinds[position] == "<"
            else self._render_texts(group, position)
            for position in positions
        ]
        return list(map(template.__mod__, zip(map(self._iris.__getitem__, subjects), *values, strict=True)))

    @property
    def used(self) -> set[str]:
        """What the head depends on: the namespaces that blocks written so far use; those of other
        blocks may be added.
        """
        return self._used

    @property
    def has_marks(self) -> bool:
        """Whether a namespace has no prefix of its own, so that every block depends on all
        others.
        """
        return bool(self._others)

    def head(self, *, filled: bool) -> str:  # noqa: ARG002 - every format is asked so
        """Declaration and namespaces; only now are those known that were used."""
        found = {self._known[space]: space for space in self._used} | {name: space for space, name in self._name_others().items()}
        declared = "".join(f'\n    xmlns:{prefix}="{_attribute(space)}"' for prefix, space in sorted(found.items()))
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'

    def settle(self, text: str) -> str:
        """Put the prefixes of other namespaces in the place of their marks."""
        if not self._others:
            return text
        names = {self._others[space]: name for space, name in self._name_others().items()}
        return _MARK.sub(lambda match: names[match[0]], text)

    def foot(self, *, filled: bool) -> str:  # noqa: ARG002
        """Return the end of the document."""
        return "</rdf:RDF>\n"

    def _name_others(self) -> dict[str, str]:
        free = (name for number in count(1) if (name := f"ns{number}") not in self._prefixes)
        return dict(zip(sorted(self._others), free, strict=False))

    def _make_template(self, pattern: Pattern, order: Order) -> Template:
        runs, lines = pattern.runs(order.predicate_key), ['  <rdf:Description rdf:about="%s">']
        for predicate, positions in runs:
            space, local = _split_name(predicate)
            name = f"{self._find_prefix(space)}:{local}"
            lines += [f"    {_make_element(name, pattern.kinds[position])}" for position in positions]
        return [position for _, positions in runs for position in positions], "\n".join([*lines, "  </rdf:Description>\n"])

    def _find_prefix(self, space: str) -> str:
        if space in self._known:
            self._used.add(space)
            return self._known[space]
        # XML forbids the character, so no text holds a mark.
        return self._others.setdefault(space, f"\0{len(self._others)}\0")

    def _render_iris(self, terms: Sequence[str], column: str) -> Iterable[str]:
        """Write IRIs, of which few hold what XML escapes; *column* is the same with line ends
        between.
        """
        if "&" in column:
            return map(self._iris.__getitem__, terms)
        return column.replace("<", "").replace(">", "").split("\n")

    def _render_texts(self, group: SubjectGroup, position: int) -> list[str]:
        kind = group.pattern.kinds[position]
        cut = -len(kind) - 1
        texts = [term[1:cut] for term in group.objects[position]]
        column = group.columns[position]
        if is_simple(column) and not any(char in column for char in "&<>\\"):
            return texts
        # XML forbids the mark, and so few other characters that hardly a text is looked at alone.
        clean = unescape(_MARK_OF_TEXT.join(texts))
        if clean.count(_MARK_OF_TEXT) == len(texts) - 1 and clean.replace(_MARK_OF_TEXT, "").replace("\n", "").isprintable():
            return _escape(clean).split(_MARK_OF_TEXT)
        predicate = group.pattern.predicates[position]
        pairs = zip(texts, group.subjects, strict=True)
        return [text if _is_plain(text) else self._render_text(text, predicate, subject) for text, subject in pairs]

    def _render_text(self, text: str, predicate: str, subject: str) -> str:
        lexical = unescape(text)
        if match := _FORBIDDEN.search(lexical):
            where = f"{Names(self._prefixes).shorten(predicate)} of {subject}"
            raise ExportError(f"XML forbids the character U+{ord(match[0]):04X}, in {where}; leave RDF/XML out or repair the text")
        # A bare carriage return would be read as a line feed.
        return _escape(lexical).replace("\r", "&#13;")


def _split_name(predicate: str) -> tuple[str, str]:
    match = _NAME.fullmatch(predicate)
    if match is None or match[1] == _XMLNS:
        raise ExportError(f"RDF/XML cannot name the predicate {predicate}; let it end in a letter followed by letters, digits, _ . or -")
    if _SYNTAX.fullmatch(predicate):
        raise ExportError(f"RDF/XML cannot have the predicate {predicate}, a word of its own syntax; use another predicate")
    return match[1], match[2]


def _make_element(name: str, kind: str) -> str:
    if kind == "<":
        return f'<{name} rdf:resource="%s"/>'
    language, datatype = kind[1:] if kind[:1] == "@" else "", _attribute(kind[3:-1]).replace("%", "%%") if kind[:1] == "^" else ""
    attribute = f' xml:lang="{language}"' if language else f' rdf:datatype="{datatype}"' if datatype else ""
    return f"<{name}{attribute}>%s</{name}>"


def _is_plain(text: str) -> bool:
    """Whether a text is in XML what it is in N-Triples."""
    return text.isprintable() and "&" not in text and "<" not in text and ">" not in text and "\\" not in text


def _escape(text: str) -> str:
    # What xml.sax.saxutils does, which would load all of urllib.
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def _attribute(text: str) -> str:
    return _escape(text).replace('"', "&quot;")

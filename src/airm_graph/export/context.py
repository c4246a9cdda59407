"""A JSON-LD context, and how it shortens names and values: the part of compaction that depends on
the context only.

What our own context needs is known here: prefixes, terms with a type, a language or a set, aliases
of keywords. Anything else is refused by name, so that a context which says more is never half
obeyed. The tests hold the results equal to those of PyLD.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from airm_graph.errors import ExportError

__all__ = ["Context", "Term"]

_KEYWORDS = frozenset({"@graph", "@id", "@language", "@type", "@value"})
_PARTS = frozenset({"@id", "@type", "@language", "@container"})
_CONTAINERS = ("@set", "@list")
#: An IRI that ends in one of these may be a prefix (JSON-LD 1.1 API, section 4.2.2, step 14.2.5).
_DELIMITERS = (":", "/", "?", "#", "[", "]", "@")


@dataclass(frozen=True)
class Term:
    """What a context says of a name.

    Attributes:
        name: The name.
        iri: What it stands for, or a keyword.
        type: IRI of the datatype, ``@id``, or nothing.
        language: Language of its values; None when nothing is said, ``@null`` for none.
        container: ``@set``, ``@list`` or nothing.
        is_prefix: Whether it may begin compact IRIs.
    """

    name: str
    iri: str
    type: str = ""
    language: str | None = None
    container: str = ""
    is_prefix: bool = False


class Context:
    """A context without other documents.

    >>> size = {"@id": "ex:size", "@type": "ex:Number"}
    >>> context = Context({"ex": "http://example.org/", "size": size})
    >>> context.find_term("http://example.org/size", kind="^^<http://example.org/Number>").name
    'size'
    >>> context.compact_iri("http://example.org/thing")
    'ex:thing'
    """

    def __init__(self, context: object) -> None:
        """Read a context.

        Raises:
            ExportError: It refers to other documents, says what is not known here, or is no
                context.
        """
        if not isinstance(context, Mapping):
            _refuse(f"it is {context!r} and no object")
        self._local: Mapping[str, Any] = context
        for name in context:
            if name.startswith("@"):
                _check_keyword(name, context[name])
            elif ":" in name or "/" in name or not name:
                _refuse(f"the term {name!r} looks like an IRI")
        self._terms: dict[str, Term] = {}
        for name in context:
            if not name.startswith("@"):
                self._define(name, defining=())
        self._inverse = _invert(self._terms.values())
        self._prefixes = [term for term in self._terms.values() if term.is_prefix]
        self._namespaces = tuple(term.iri for term in self._prefixes)
        self._starts = tuple(f"{term.name}:" for term in self._prefixes)
        self._marks = tuple(sorted((*self._namespaces, *self._starts)))

    def _define(self, name: str, *, defining: tuple[str, ...]) -> Term:
        """Make a term, after those that it stands on."""
        if name in self._terms:
            return self._terms[name]
        if name in defining:
            _refuse(f"the term {name} is defined by itself")
        value = self._local[name]
        parts = {"@id": value} if isinstance(value, str) else value
        if not isinstance(parts, Mapping) or not isinstance(parts.get("@id"), str):
            _refuse(f"the term {name} is {value!r}, which names no IRI")
        if strange := sorted(parts.keys() - _PARTS):
            _refuse(f"the term {name} has {', '.join(strange)}, which is not known here")
        iri = self._expand(parts["@id"], name=name, defining=(*defining, name))
        if iri.startswith("@") and len(parts) > 1:
            _refuse(f"the term {name} gives a keyword more than another name")
        self._terms[name] = Term(
            name,
            iri,
            type=self._read_type(parts.get("@type", ""), name=name, defining=(*defining, name)),
            language=_read_language(parts, name=name),
            container=_read_container(parts.get("@container", ""), name=name),
            is_prefix=isinstance(value, str) and iri.endswith(_DELIMITERS),
        )
        return self._terms[name]

    def _expand(self, value: str, *, name: str, defining: tuple[str, ...]) -> str:
        """Write a name, a compact IRI or a keyword that may have aliases in full."""
        if value in _KEYWORDS:
            return value
        if value in self._local and value != name:
            return self._define(value, defining=defining).iri
        prefix, colon, rest = value.partition(":")
        if not colon or not prefix or value.startswith("@"):
            _refuse(f"the term {name} stands for {value!r}, which is no IRI")
        if prefix in self._local and not rest.startswith("//"):
            found = self._define(prefix, defining=defining)
            return found.iri + rest if found.is_prefix else value
        return value

    def _read_type(self, value: object, *, name: str, defining: tuple[str, ...]) -> str:
        if not isinstance(value, str) or (value.startswith("@") and value != "@id"):
            _refuse(f"the term {name} has the type {value!r}, which is not known here")
        return self._expand(value, name=name, defining=defining) if value else ""

    def find_term(self, iri: str, *, kind: str) -> Term | None:
        """Find the term of a predicate for values of a kind, or of a class.

        Args:
            iri: IRI without brackets.
            kind: ``<`` for an IRI, otherwise the suffix of a literal as N-Quads writes it.

        Source:
            JSON-LD 1.1 API, sections 4.3 (inverse context) and 4.4 (term selection).
        """
        wanted = ("type", "@id") if kind == "<" else ("type", kind[3:-1]) if kind[:1] == "^" else ("language", kind[1:] or "@null")
        for container in ("@set", ""):
            for what in (wanted, (wanted[0], "@none")):
                if found := self._inverse.get((iri, container, *what)):
                    return found
        return None

    def compact_name(self, iri: str, *, kind: str = "<") -> str:
        """Write the IRI of a predicate, class or datatype as a term, compact IRI, or in full.

        Raises:
            ExportError: It would be read as a compact IRI.
        """
        term = self.find_term(iri, kind=kind)
        return term.name if term else self.compact_iri(iri)

    def compact_iri(self, iri: str) -> str:
        """Write an IRI as a compact IRI, the shortest and then the first, or in full.

        Raises:
            ExportError: It would be read as a compact IRI.
        """
        if iri.startswith(self._namespaces):
            cuts = [(term.name, iri[len(term.iri) :]) for term in self._prefixes if iri.startswith(term.iri)]
            # Two slashes behind the colon mark an absolute IRI, whatever stands before it.
            fitting = [f"{name}:{rest}" for name, rest in cuts if rest and not rest.startswith("//")]
            if fitting:
                return min(fitting, key=lambda name: (len(name), name))
        if iri.startswith(self._starts):
            raise ExportError(f"the IRI {iri} would be confused with prefix {iri.partition(':')[0]} of the context; use another IRI")
        return iri

    def may_touch(self, start: str) -> bool:
        """Tell whether an IRI with this start may be written as a compact IRI, or be mistaken for
        one.

        >>> context = Context({"ex": "http://example.org/"})
        >>> context.may_touch("http://ex"), context.may_touch("http://example.org/a"), context.may_touch("http://example.net/")
        (True, True, False)
        """
        following = self._marks[bisect_left(self._marks, start) :][:1]
        return start.startswith(self._marks) or (bool(following) and following[0].startswith(start))

    def find_keyword(self, keyword: str) -> str:
        """Name a keyword: the shortest of its aliases, or itself."""
        found = self._inverse.get((keyword, "", "type", "@none"))
        return found.name if found else keyword


def _invert(terms: Iterable[Term]) -> dict[tuple[str, str, str, str], Term]:
    """Terms by IRI, container, and type or language of the value; of several the shortest, then the
    first by name, wins.
    """
    inverse: dict[tuple[str, str, str, str], Term] = {}
    for term in sorted(terms, key=lambda term: (len(term.name), term.name)):
        where = (term.iri, term.container)
        if term.type:
            inverse.setdefault((*where, "type", term.type), term)
        elif term.language is not None:
            inverse.setdefault((*where, "language", term.language), term)
        else:
            inverse.setdefault((*where, "type", "@none"), term)
            inverse.setdefault((*where, "language", "@none"), term)
    return inverse


def _check_keyword(name: str, value: object) -> None:
    known = (name == "@version" and value == 1.1) or (name == "@protected" and isinstance(value, bool))
    if not known:
        _refuse(f"it says {name}: {value!r}, which is not known here")


def _read_language(parts: Mapping[str, Any], *, name: str) -> str | None:
    if "@language" not in parts or "@type" in parts:
        return None
    language = parts["@language"]
    if not isinstance(language, str | None):
        _refuse(f"the term {name} has the language {language!r}")
    return "@null" if language is None else language.lower()


def _read_container(value: object, *, name: str) -> str:
    single = value[0] if isinstance(value, list) and len(value) == 1 else value
    if single not in ("", *_CONTAINERS):
        _refuse(f"the term {name} has the container {value!r}, which is not known here")
    return str(single)


def _refuse(reason: str) -> NoReturn:
    raise ExportError(f"the rows cannot be compacted with this context: {reason}; correct the context")

"""Describe one resource as pages and programs need it, without HTTP or HTML.

A resource is described by its own statements, by those of its *parts* (what it links to:
classifications, codes and the codes above them, evidence, captures, repairs), by the links that
point at it, and by a label for every IRI that occurs.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Protocol

from airm_graph.key_cache import Cache
from airm_graph.namespaces import BASE, rebase_text, term
from airm_graph.terms import Quad, read_literal

__all__ = ["KeptRows", "Resource", "Rows", "describe_document", "describe_resource", "list_described_rows", "read_resource_json"]

#: Predicate and object as N-Triples terms.
Pair = tuple[str, str]

_TYPE = term("rdf:type")
# A page shows what these links lead to, too.
_FOLLOWED = tuple(
    term(name)
    for name in (
        "airm:assignedCode",
        "airm:capture",
        "airm:classification",
        "airm:code",
        "airm:evidence",
        "airm:repair",
        "airm:source",
        "dcterms:creator",
        "dcterms:rights",
        "skos:broader",
    )
)
# What belongs to one resource only is described in its document.
_OWNED = tuple(term(name) for name in ("airm:classification", "airm:evidence", "airm:repair"))
_LABELS = tuple(term(name) for name in ("rdfs:label", "skos:prefLabel", "dcterms:title"))
_LABEL_RANKS = {name[1:-1]: rank for rank, name in enumerate(_LABELS)}
_NOTATION, _DEPRECATED, _REPLACED_BY = (term(name)[1:-1] for name in ("skos:notation", "owl:deprecated", "dcterms:isReplacedBy"))
_SOURCE = term("airm:Source")
_MOST_PARTS, _MOST_INCOMING = 400, 200
#: Subjects whose statements are kept.
_MOST_KEPT = 20_000


class Rows(Protocol):
    """Finds statements, as `Store` does."""

    def find_rows(self, *, subject: str | None = None, object: str | None = None, graph: str | None = None) -> Iterator[Quad]: ...  # noqa: A002, D102

    def find_graphs(self, subject: str) -> tuple[str, ...]: ...  # noqa: D102

    def list_graphs(self) -> tuple[str, ...]: ...  # noqa: D102


class KeptRows:
    """Finds statements as the rows that it is given do, and keeps those of subjects that were read
    lately.
    """

    def __init__(self, rows: Rows) -> None:
        """Take the rows, which do not change."""
        self.find_rows, self.find_graphs, self.list_graphs = rows.find_rows, rows.find_graphs, rows.list_graphs
        self._statements = Cache(self._read_statements, most=_MOST_KEPT)
        self._names = Cache(self._find_names, most=_MOST_KEPT)

    def read_statements(self, iri: str) -> tuple[Pair, ...]:
        """Read the statements about a subject, sorted."""
        return self._statements[iri]

    def find_names(self, iri: str) -> tuple[str, str]:
        """Find label and notation of a subject; each is empty where there is none."""
        return self._names[iri]

    def _read_statements(self, iri: str) -> tuple[Pair, ...]:
        return tuple(sorted([(p[1:-1], o) for _, p, o, _ in self.find_rows(subject=iri)]))

    def _find_names(self, iri: str) -> tuple[str, str]:
        statements = self.read_statements(iri)
        label = min(((_LABEL_RANKS[p], o) for p, o in statements if p in _LABEL_RANKS), default=None)
        notation = next((o for p, o in statements if p == _NOTATION), None)
        return (label and read_literal(label[1]).text) or "", (notation and read_literal(notation).text) or ""


def _keep(rows: Rows) -> KeptRows:
    return rows if isinstance(rows, KeptRows) else KeptRows(rows)


@dataclass(frozen=True, slots=True)
class Resource:
    """Describe a resource; IRIs that are keys have no brackets, objects are N-Triples terms.

    Attributes:
        iri: The resource.
        types: IRIs of its classes, sorted.
        label: Its name; empty where nothing names it.
        statements: Its own statements, sorted: predicate IRI and object term.
        parts: Statements of what it links to, by IRI.
        incoming: Links that point at it: predicate IRI and subject IRI, sorted, the first of them.
        incoming_count: How many there are in all.
        labels: A name for each IRI that occurs in statements, parts and incoming, where one is
            known.
        notations: The notation (``1.1.3``) of each code that occurs.
        graphs: Named graphs that hold statements about it, sorted.
        graph_size: Statements in the named graph of this IRI; 0 where it names none.
        deprecated: Whether it is marked as no longer to be used.
        replaced_by: IRIs of what to use instead.
        inferred: Those of its own statements that follow from others; empty where nobody asked.
    """

    iri: str
    types: tuple[str, ...]
    label: str
    statements: tuple[Pair, ...]
    parts: Mapping[str, tuple[Pair, ...]]
    incoming: tuple[Pair, ...]
    incoming_count: int
    labels: Mapping[str, str]
    notations: Mapping[str, str]
    graphs: tuple[str, ...]
    graph_size: int
    deprecated: bool
    replaced_by: tuple[str, ...]
    inferred: tuple[Pair, ...] = ()

    def values(self, predicate: str, *, of: str | None = None) -> tuple[str, ...]:
        """List the objects of a predicate, of the resource or of a part, as N-Triples terms."""
        statements = self.statements if of is None else self.parts.get(of, ())
        return tuple(value for name, value in statements if name == predicate)

    def texts(self, predicate: str, *, of: str | None = None) -> tuple[str, ...]:
        """List the objects of a predicate as plain text, without quotes and brackets."""
        return tuple(value[1:-1] if value.startswith("<") else read_literal(value).text for value in self.values(predicate, of=of))

    def to_json(self) -> dict[str, Any]:
        """Write the description as JSON values."""
        return asdict(self)


def read_resource_json(found: Mapping[str, Any]) -> Resource:
    """Read what `Resource.to_json` wrote and JSON carried."""
    pairs = {name: tuple((p, o) for p, o in found[name]) for name in ("statements", "incoming", "inferred")}
    lists = {name: tuple(found[name]) for name in ("types", "graphs", "replaced_by")}
    parts = {name: tuple((p, o) for p, o in rows) for name, rows in found["parts"].items()}
    return Resource(**{**found, **pairs, **lists, "parts": parts})


def describe_resource(stores: Sequence[Rows], iri: str, *, base: str = BASE) -> Resource | None:
    """Describe a resource from the first store that knows it.

    Args:
        stores: Where to look.
        iri: Without brackets.
        base: What the IRIs of the project begin with.

    Returns:
        None when no store holds a statement with it, or a graph of that name.
    """
    for store in map(_keep, stores):
        own = store.read_statements(iri)
        size = sum(1 for _ in store.find_rows(graph=iri))
        if own or size or any(True for _ in store.find_rows(object=iri)):
            return _describe(store, iri, own=own, size=size, base=base)
    return None


def _describe(store: KeptRows, iri: str, *, own: tuple[Pair, ...], size: int, base: str) -> Resource:
    parts = _follow(store, iri, own, base=base)
    pointing = sorted([(p[1:-1], s[1:-1]) for s, p, _, _ in store.find_rows(object=iri) if s.startswith("<")])
    incoming = tuple(pointing[:_MOST_INCOMING])
    mentioned = {iri, *parts, *_flatten(incoming)}
    for pairs in (own, *parts.values()):
        mentioned.update([p for p, _ in pairs])
        mentioned.update([o[1:-1] for _, o in pairs if o[0] == "<"])
    names = {name: store.find_names(name) for name in sorted(mentioned)}
    labels = {name: label for name, (label, _) in names.items() if label}
    return Resource(
        iri=iri,
        types=tuple(sorted([o[1:-1] for p, o in own if p == _TYPE[1:-1]])),
        label=labels.get(iri, ""),
        statements=own,
        parts=parts,
        incoming=incoming,
        incoming_count=len(pointing),
        labels=labels,
        notations={name: notation for name, (_, notation) in names.items() if notation},
        graphs=store.find_graphs(iri),
        graph_size=size,
        deprecated=any(p == _DEPRECATED and read_literal(o).text in {"true", "1"} for p, o in own if o.startswith('"')),
        replaced_by=tuple([o[1:-1] for p, o in own if p == _REPLACED_BY and o.startswith("<")]),
    )


def describe_document(store: Rows, iri: str, *, rows: Iterable[Quad]) -> Resource:
    """Describe a document that no statement is about by the terms that it defines."""
    terms = sorted({s[1:-1] for s, _, _, _ in rows if s.startswith(f"<{iri}#")})
    defined = term("rdfs:isDefinedBy")[1:-1]
    kept = _keep(store)
    labels = {name: label for name in terms if (label := kept.find_names(name)[0])}
    incoming = tuple((defined, name) for name in terms)
    label = iri.rpartition("/")[2]
    return Resource(iri, (), label, (), {}, incoming, len(incoming), labels, {}, (), 0, deprecated=False, replaced_by=())


def list_described_rows(store: Rows, iri: str, *, base: str = BASE) -> list[Quad]:
    """List the statements of the document about a resource, sorted, without graphs.

    These are all about the resource and about what belongs to it only (classifications, evidence,
    repairs), about the terms of a hash namespace for its document, and the labels of what they link
    to. A resource without statements of its own gets those that point at it.
    """
    owned = _rebase(_OWNED, base)
    waiting, rows = [iri, *_find_hash_terms(store, iri)], set[Quad]()
    seen = set(waiting)
    while waiting:
        for row in store.find_rows(subject=waiting.pop()):
            rows.add(row)
            if row[1] in owned and row[2][1:-1] not in seen:
                seen.add(row[2][1:-1])
                waiting.append(row[2][1:-1])
    if not rows:
        rows.update(sorted(store.find_rows(object=iri))[:_MOST_INCOMING])
    linked = {row[2][1:-1] for row in rows if row[2].startswith("<")} - seen
    named = (row for name in linked for row in store.find_rows(subject=name) if row[1] in _LABELS)
    return sorted({*rows, *named})


def _find_hash_terms(store: Rows, iri: str) -> list[str]:
    """Find the terms that a document defines, such as ``ontology#Mitigation`` for ``ontology``."""
    return sorted({s[1:-1] for s, p, _, _ in store.find_rows(object=iri) if p == term("rdfs:isDefinedBy") and s.startswith(f"<{iri}#")})


@cache
def _rebase(names: tuple[str, ...], base: str) -> frozenset[str]:
    return frozenset(rebase_text(name, base) for name in names)


def _follow(store: KeptRows, iri: str, own: Iterable[Pair], *, base: str) -> dict[str, tuple[Pair, ...]]:
    followed = {name[1:-1] for name in _rebase(_FOLLOWED, base)}
    (source,) = _rebase((_SOURCE,), base)
    parts: dict[str, tuple[Pair, ...]] = {}
    waiting = deque([o[1:-1] for p, o in own if p in followed and o.startswith("<")])
    while waiting and len(parts) < _MOST_PARTS:
        name = waiting.popleft()
        if name in parts or name == iri:
            continue
        parts[name] = store.read_statements(name)
        # The authors and the evidence of a source are shown on the page of the source only.
        if (_TYPE[1:-1], source) not in parts[name]:
            waiting += [o[1:-1] for p, o in parts[name] if p in followed and o.startswith("<")]
    return parts


def _flatten(pairs: Iterable[Pair]) -> Iterator[str]:
    for pair in pairs:
        yield from pair

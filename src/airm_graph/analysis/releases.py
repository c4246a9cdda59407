"""What changed between two releases: mitigations, sources, terms, findings, and how many
statements.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from airm_graph.analysis.term_names import name_codes
from airm_graph.errors import QueryError
from airm_graph.export import QuadList, release_digest
from airm_graph.matching import match_things
from airm_graph.model import Finding
from airm_graph.namespaces import BASE, rebase_text, term
from airm_graph.terms import Quad, read_literal

__all__ = ["KINDS", "Change", "Changes", "Release", "compare_releases"]

#: What can change, in the order in which it is told.
KINDS = (
    "mitigation added",
    "mitigation removed",
    "mitigation renamed",
    "mitigation recoded",
    "mitigation text changed",
    "mitigation role changed",
    "mitigation source changed",
    "mitigation moved",
    "source added",
    "source removed",
    "source changed",
    "term added",
    "term removed",
    "term deprecated",
    "term changed",
    "finding gained",
    "finding lost",
)
#: Kind of a change of a mitigation → the properties that make it.
_MITIGATION = {
    "mitigation recoded": ("airm:assignedCode",),
    "mitigation text changed": ("dcterms:description", "airm:reasoning", "skos:altLabel", "dcterms:alternative", "skos:note"),
    "mitigation role changed": ("airm:actor", "airm:lifecycleStage", "airm:function"),
    "mitigation source changed": ("airm:source",),
    "mitigation moved": ("airm:partOf",),
}
#: Those that stand on classifications.
_CLASSIFIED = ("airm:assignedCode", "airm:reasoning")
_SOURCE = ("rdfs:label", "dcterms:title", "dcterms:alternative", "airm:authors", "dcterms:creator", "dcterms:issued", "dcterms:abstract")
_SOURCE_NUMBERS = ("bibo:doi", "dcterms:identifier", "dcterms:source", "rdfs:seeAlso")
_TERM_TYPES = ("skos:Concept", "skos:ConceptScheme", "owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty")
_DEPRECATED = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'


class Release:
    """The statements of a release by subject, and its findings."""

    def __init__(self, name: str, quads: Iterable[Quad], *, base: str = BASE, findings: Mapping[str, Finding] | None = None) -> None:
        """Index the statements.

        Args:
            name: What the user calls it.
            quads: Its statements; graphs do not count.
            base: What its IRIs begin with.
            findings: Its findings by fingerprint; None where they are not known.
        """
        self.name, self.base, self.findings = name, base, findings
        self.triples = {quad[:3] for quad in quads}
        self._about: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._members: dict[str, set[str]] = defaultdict(set)
        for s, p, o in self.triples:
            self._about[s][p].add(o)
            if p == term("rdf:type"):
                self._members[o].add(s)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of its ``airm.nt``."""
        return release_digest(QuadList((*triple, "") for triple in self.triples))

    def spell(self, name: str) -> str:
        """Write a prefixed name with the base of the release."""
        return rebase_text(term(name), self.base)

    def list_members(self, *classes: str) -> Set[str]:
        """What has one of some types."""
        return {one for name in classes for one in self._members.get(self.spell(name), ())}

    def get(self, subject: str, name: str) -> frozenset[str]:
        """The objects of a property."""
        return frozenset(self._about.get(subject, {}).get(self.spell(name), ()))

    def get_classified(self, mitigation: str, name: str) -> frozenset[str]:
        """The objects of a property of the classifications of a mitigation."""
        return frozenset(o for one in self.get(mitigation, "airm:classification") for o in self.get(one, name))

    def describe(self, subject: str) -> frozenset[tuple[str, str]]:
        """Everything that is said of a subject."""
        return frozenset((p, o) for p, values in self._about.get(subject, {}).items() for o in values)

    def name_of(self, subject: str) -> str:
        """The label of a subject, with the notation of a code; empty where it has none."""
        labels = self.get(subject, "skos:prefLabel") or self.get(subject, "rdfs:label")
        notation = min((read_literal(o).text for o in self.get(subject, "skos:notation")), default="")
        return f"{notation} {min((read_literal(o).text for o in labels if o.startswith(chr(34))), default='')}".strip()


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        kind: One of `KINDS`.
        subject: What changed, as the new release names it; what is gone, as the old one did. For
            findings the rule.
        name: Its label.
        what: The property that changed, as a prefixed name, or why two are taken for one.
        old, new: Values before and after, as N-Quads terms, or plain text for findings.
    """

    kind: str
    subject: str
    name: str = ""
    what: str = ""
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What changed between two releases.

    Attributes:
        old, new: The releases.
        changes: In the order of `KINDS`, then by subject.
    """

    old: Release
    new: Release
    changes: tuple[Change, ...]

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """Code of either release, as an N-Quads term → its edition, notation and label."""
        return {**name_codes(self.old.triples, base=self.old.base), **name_codes(self.new.triples, base=self.new.base)}

    @property
    def statements(self) -> tuple[int, int]:
        """How many triples were added, and how many removed."""
        return len(self.new.triples - self.old.triples), len(self.old.triples - self.new.triples)

    @property
    def knows_findings(self) -> bool:
        """Whether the findings of both are known."""
        return self.old.findings is not None and self.new.findings is not None

    @property
    def is_equal(self) -> bool:
        """Whether both say the same, and as far as known have the same findings."""
        return not self.changes and self.statements == (0, 0)

    def count(self) -> dict[str, int]:
        """How many changes of each kind there are, without kinds that have none."""
        return {kind: number for kind in KINDS if (number := sum(one.kind == kind for one in self.changes))}


def compare_releases(old: Release, new: Release) -> Changes:
    """Tell what changed between two releases.

    Raises:
        QueryError: They have different bases, so that no IRI of one is in the other.
    """
    if old.base != new.base:
        what = f"{old.name} has the base {old.base} and {new.name} has {new.base}"
        raise QueryError(f"{what}; releases are compared with one base: build one of them again with --base")
    found = sorted(set(_Comparison(old, new).find()), key=lambda one: (KINDS.index(one.kind), one.subject, one.what, one.old, one.new))
    return Changes(old, new, tuple(found))


class _Comparison:
    def __init__(self, old: Release, new: Release) -> None:
        self.old, self.new = old, new
        #: IRI of the old release → the one that the new release has for the same thing, and why.
        self.renamed: dict[str, tuple[str, str]] = {}

    def find(self) -> Iterator[Change]:
        sources, others = self._match(_SOURCE_KEYS, "airm:Source")
        mitigations, rest = self._match(_MITIGATION_KEYS, "airm:Mitigation")
        yield from others
        yield from rest
        for before, after in sources:
            yield from self._compare("source changed", (*_SOURCE, *_SOURCE_NUMBERS), before, after)
            if before != after:
                yield Change("source changed", after, self.new.name_of(after), self.renamed[before][1], (before,), (after,))
        for before, after in mitigations:
            yield from self._compare_mitigation(before, after)
        yield from self._compare_terms()
        yield from self._compare_findings()

    def _match(self, keys: "Mapping[str, _Key]", name: str) -> tuple[list[tuple[str, str]], list[Change]]:
        """Pair the things of a class in both releases; the rest was added or removed."""
        before, after = self.old.list_members(name), self.new.list_members(name)
        gone, come = before - after, after - before
        tables = {
            "stated replacement": (
                {one: self.new.get(one, "dcterms:isReplacedBy") for one in gone},
                {one: frozenset({one}) for one in come},
            )
        }
        for why, key in keys.items():
            tables[why] = {one: key(self.old, one) for one in gone}, {one: key(self.new, one) for one in come}
        found = match_things(tables)
        self.renamed |= found
        kind = name.partition(":")[2].lower()
        new = come - {one for one, _ in found.values()}
        changes = [self._tell_removed(f"{kind} removed", one) for one in gone - found.keys()]
        changes += [Change(f"{kind} added", one, self.new.name_of(one)) for one in new]
        pairs = [(one, one) for one in before & after] + [(one, other) for one, (other, _) in found.items()]
        return sorted(pairs), changes

    def _tell_removed(self, kind: str, one: str) -> Change:
        """Tell of what is gone, with what the new release states to replace it."""
        replaced = tuple(sorted(self.new.get(one, "dcterms:isReplacedBy")))
        return Change(kind, one, self.old.name_of(one), "dcterms:isReplacedBy" if replaced else "", (), replaced)

    def _compare_mitigation(self, before: str, after: str) -> Iterator[Change]:
        names = self.old.get(before, "rdfs:label"), self.new.get(after, "rdfs:label")
        if before != after or names[0] != names[1]:
            why = self.renamed[before][1] if before != after else "same IRI"
            sides = (
                (*sorted(names[0]), *((before,) if before != after else ())),
                (*sorted(names[1]), *((after,) if before != after else ())),
            )
            yield Change("mitigation renamed", after, self.new.name_of(after), why, *sides)
        for kind, properties in _MITIGATION.items():
            yield from self._compare(kind, properties, before, after)

    def _compare(self, kind: str, properties: Iterable[str], before: str, after: str) -> Iterator[Change]:
        for name in properties:
            get = Release.get_classified if name in _CLASSIFIED else Release.get
            # What was renamed is not another thing.
            old = {self.renamed.get(one, (one,))[0] for one in get(self.old, before, name)}
            new = get(self.new, after, name)
            if old != new:
                yield Change(kind, after, self.new.name_of(after), name, tuple(sorted(old - new)), tuple(sorted(new - old)))

    def _compare_terms(self) -> Iterator[Change]:
        before, after = self.old.list_members(*_TERM_TYPES), self.new.list_members(*_TERM_TYPES)
        yield from (Change("term removed", one, self.old.name_of(one)) for one in before - after)
        yield from (Change("term added", one, self.new.name_of(one)) for one in after - before)
        for one in after:
            is_new = one not in before
            if _DEPRECATED in self.new.get(one, "owl:deprecated") and (is_new or _DEPRECATED not in self.old.get(one, "owl:deprecated")):
                replaced = tuple(sorted(self.new.get(one, "dcterms:isReplacedBy")))
                yield Change("term deprecated", one, self.new.name_of(one), "dcterms:isReplacedBy" if replaced else "", (), replaced)
            elif not is_new:
                yield from self._compare_term(one)

    def _compare_term(self, one: str) -> Iterator[Change]:
        before, after = self.old.describe(one), self.new.describe(one)
        for predicate in {p for p, _ in before ^ after}:
            old, new = ({o for p, o in side if p == predicate} for side in (before, after))
            yield Change("term changed", one, self.new.name_of(one), predicate, tuple(sorted(old - new)), tuple(sorted(new - old)))

    def _compare_findings(self) -> Iterator[Change]:
        old, new = self.old.findings, self.new.findings
        if old is None or new is None:
            return
        for kind, here, there in (("finding gained", new, old), ("finding lost", old, new)):
            for fingerprint in here.keys() - there.keys():
                one = here[fingerprint]
                yield Change(kind, one.rule, one.message, _locate(one), (), (fingerprint,))


def _locate(finding: Finding) -> str:
    """Say where a finding stands: its file and line or row, else its node."""
    at = finding.location
    if at is None:
        return finding.focus
    number = at.first_line or at.row
    return f"{at.file}:{number}" if number else at.file


_Key = Callable[[Release, str], frozenset[str]]


def _get(*names: str) -> _Key:
    """Values of some properties, white space as one blank; identifiers are those of one kind of
    thing.
    """
    return lambda release, one: frozenset(" ".join(value.split()) for name in names for value in release.get(one, name))


#: Why two things of different IRIs are taken for one → what both must share.
_MITIGATION_KEYS: Mapping[str, _Key] = {
    "same identifier": _get("dcterms:identifier"),
    "same evidence": _get("airm:evidence"),
    "same text": _get("dcterms:description"),
}
_SOURCE_KEYS: Mapping[str, _Key] = {"same number": _get(*_SOURCE_NUMBERS), "same title": _get("dcterms:title", "rdfs:label")}

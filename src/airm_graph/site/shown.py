"""A resource as templates read it: values by prefixed name, the lines of its evidence with repairs marked, the way to a code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from airm_graph.namespaces import rebase_text, term
from airm_graph.serve.resources import Resource
from airm_graph.site.render import Crumb, Site

__all__ = ["Line", "Piece", "Shown", "name_kind"]

# The first that fits says what a resource is shown as.
_KINDS = {
    "airm:Mitigation": "mitigation",
    "airm:Source": "source",
    "airm:Classification": "classification",
    "airm:Code": "code",
    "airm:ActorRole": "actor",
    "airm:LifecycleStage": "lifecycle",
    "airm:RiskFunction": "function",
    "airm:Capture": "capture",
    "airm:Evidence": "evidence",
    "airm:Repair": "repair",
    "skos:ConceptScheme": "scheme",
    "dcat:Dataset": "dataset",
    "owl:Ontology": "ontology",
    "dcterms:RightsStatement": "notice",
    "prov:Agent": "agent",
}
_HASHED = ("ontology", "shapes", "alignment")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a captured line; *after* is what a repair made of it, None where it was left as it is."""

    text: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A captured line: its number in the file, and its pieces."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Repair:
    line: int
    position: int
    before: str
    after: str


class Shown:
    """A resource and ways to ask it; names are prefixed, and *of* is the IRI of a part."""

    def __init__(self, resource: Resource, site: Site) -> None:
        """Take the resource and the page it is on."""
        self.resource, self.site = resource, site
        self.iri, self.kind = resource.iri, name_kind(resource, base=site.base)

    @property
    def path(self) -> str:
        """The path of the resource below the base; its IRI where it is none of ours."""
        return self.iri.removeprefix(self.site.base)

    @property
    def name(self) -> str:
        """What it is called, or what can be said of it where it has no name."""
        if self.resource.label:
            return " ".join((*self.texts("skos:notation"), self.resource.label))
        unnamed = {"mitigation": "Mitigation without a known name", "code": f"Code {self.text('skos:notation')} (label unknown)"}
        return unnamed.get(self.kind, self.path)

    def texts(self, name: str, of: str | None = None) -> tuple[str, ...]:
        """Values as plain text; IRIs without brackets."""
        return self.resource.texts(self._expand(name), of=of)

    def text(self, name: str, of: str | None = None) -> str:
        """The first value; empty where there is none."""
        return next(iter(self.texts(name, of=of)), "")

    def links(self, name: str, of: str | None = None) -> tuple[str, ...]:
        """Values that are IRIs."""
        return tuple(value[1:-1] for value in self.resource.values(self._expand(name), of=of) if value.startswith("<"))

    def pointing(self, name: str) -> tuple[str, ...]:
        """Who points here by a property; the first of them where there are many."""
        wanted = self._expand(name)
        return tuple(subject for predicate, subject in self.resource.incoming if predicate == wanted)

    def code_name(self, iri: str) -> str:
        """Notation and label of a code."""
        notation, label = self.resource.notations.get(iri, ""), self.resource.labels.get(iri, "")
        return " ".join(part for part in (notation, label) if part) or self.site.label(iri)

    def path_of(self, code: str) -> tuple[str, ...]:
        """The codes above a code, from the top, and the code itself.

        Where a code has several above it, the first counts; a circle ends where it closes.
        """
        way = [code]
        while len(way) < 10:
            above = next(iter(self.links("skos:broader", of=None if way[-1] == self.iri else way[-1])), "")
            if not above or above in way:
                break
            way.append(above)
        return tuple(reversed(way))

    def edition_of(self, code: str) -> str:
        """The scheme a code belongs to; empty where none is known."""
        return next(iter(self.links("skos:inScheme", of=None if code == self.iri else code)), "")

    def sorted_evidence(self, of: str | None = None) -> tuple[str, ...]:
        """Pieces of evidence by file and line or row."""
        return tuple(sorted(self.links("airm:evidence", of=of), key=self._place))

    def lines(self, evidence: str) -> tuple[Line, ...]:
        """The captured lines of a piece of evidence, with what was repaired in them marked."""
        of = None if evidence == self.iri else evidence
        first, text = self.text("airm:firstLine", of=of), self.text("airm:capturedText", of=of)
        start = int(first) if first.isdigit() else 1
        repairs = [self._repair(iri) for iri in self.links("airm:repair", of=of)]
        return tuple(
            Line(number, _mark(line, [repair for repair in repairs if repair.line == number]))
            for number, line in enumerate(text.split("\n"), start)
        )

    def crumbs(self) -> list[Crumb]:
        """The way from the front page."""
        edition = self.edition_of(self.iri)
        if self.kind == "code" and edition:
            above = [Crumb(self.code_name(iri), self.site.href(iri)) for iri in self.path_of(self.iri)[:-1]]
            browse = self.site.url(f"browse/{edition.removeprefix(self.site.base)}")
            return [Crumb("Browse", self.site.url("browse")), Crumb(self.site.label(edition), browse), *above, Crumb(self.name)]
        shelf = {"mitigation": "mitigations", "source": "source", "actor": "actor", "lifecycle": "lifecycle", "function": "function"}
        titles = {
            "mitigations": "Mitigations",
            "source": "Sources",
            "actor": "Actors",
            "lifecycle": "Lifecycle stages",
            "function": "Functions",
        }
        if self.kind in shelf:
            name = shelf[self.kind]
            return [Crumb("Browse", self.site.url("browse")), Crumb(titles[name], self.site.url(f"browse/{name}")), Crumb(self.name)]
        return [Crumb("Home", self.site.url()), Crumb(self.name)]

    def _expand(self, name: str) -> str:
        return rebase_text(term(name)[1:-1], self.site.base)

    def _place(self, evidence: str) -> tuple[str, int, int, str]:
        first, last = (
            self.text("airm:firstLine", of=evidence) or self.text("airm:row", of=evidence),
            self.text("airm:lastLine", of=evidence),
        )
        file = self.resource.labels.get(evidence, "").partition(",")[0]
        return file, int(first) if first.isdigit() else 0, int(last) if last.isdigit() else 0, evidence

    def _repair(self, iri: str) -> _Repair:
        line, position = self.text("airm:line", of=iri), self.text("airm:position", of=iri)
        place = (int(line) if line.isdigit() else 0, int(position) if position.isdigit() else 0)
        return _Repair(*place, self.text("airm:before", of=iri), self.text("airm:after", of=iri))


def name_kind(resource: Resource, *, base: str) -> str:
    """What a resource is shown as.

    Documents with terms of their own (ontology, shapes) are told by their path, for nothing may be said of them.
    """
    types = set(resource.types)
    found = next((kind for name, kind in _KINDS.items() if rebase_text(term(name)[1:-1], base) in types), "")
    path = resource.iri.removeprefix(base)
    if path.partition("/")[0] in _HASHED:
        return "ontology"
    if not found and (path.startswith("graph/") or resource.graph_size):
        return "graph"
    return found or "other"


def _mark(line: str, repairs: Iterable[_Repair]) -> tuple[Piece, ...]:
    """Cut a line where it was repaired; a repair that does not fit the line, or overlaps another, is left out."""
    pieces: list[Piece] = []
    done = 0
    for repair in _in_order(repairs):
        start = repair.position - 1
        end = start + len(repair.before)
        if start >= done and repair.before and line[start:end] == repair.before:
            pieces += [Piece(line[done:start]), Piece(repair.before, repair.after)]
            done = end
    return tuple(piece for piece in (*pieces, Piece(line[done:])) if piece.text)


def _in_order(repairs: Iterable[_Repair]) -> Sequence[_Repair]:
    return sorted(repairs, key=lambda repair: (repair.position, -len(repair.before), repair.before))

"""Give templates what they show of a resource: values, captured lines with repairs, codes above."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from airm_graph.export.term_writers import natural_key
from airm_graph.merge.descriptions import is_one_text
from airm_graph.namespaces import rebase_text, term
from airm_graph.serve.resource_description import Resource
from airm_graph.site.catalogue import BROWSED
from airm_graph.site.render import Crumb, Site
from airm_graph.text import find_damage

__all__ = ["Line", "Piece", "ResourceView", "RowCell"]

# The first class that fits says what kind of page a resource has.
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
_MOST_LEVELS = 10
# What the cells of a row were read as.
_READ_AS = {"dcterms:identifier": "identifier", "rdfs:label": "name", "skos:altLabel": "other name", "dcterms:description": "description"}
_QUERY = """SELECT ?property ?value ?subject
WHERE {{
  {{ <{0}> ?property ?value }}
  UNION
  {{ ?subject ?property <{0}> }}
}}
ORDER BY ?subject ?property ?value"""
_QUOTED_QUERY = "{0}".join(map(quote, _QUERY.replace("{{", "{").replace("}}", "}").split("{0}")))
_HYPHENATED = re.compile(r"(?<=\w)-\s+(?=[a-z])")
_BROWSE = ("Browse", "browse")
# Documents with terms of their own: nothing may be said of them, so they are told by their path.
_DOCUMENTS = ("ontology", "shapes", "alignment")


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold a part of a captured line; *after* is what a repair made of it, None without one."""

    text: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Hold a captured line: its number in the file, and its pieces."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Repair:
    line: int
    position: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowCell:
    """Hold a line of a table's row; *name* is that of its column, or what was read from it."""

    name: str
    line: Line


class ResourceView:
    """Reads values of a resource; names are prefixed, and *of* is the IRI of a part."""

    def __init__(self, resource: Resource, site: Site) -> None:
        """Take the resource and the page it is on."""
        self.resource, self.site = resource, site
        self.iri, self.kind = resource.iri, _find_kind(resource, base=site.base)

    @property
    def path(self) -> str:
        """The path of the resource below the base; its IRI where it is none of ours."""
        return self.iri.removeprefix(self.site.base)

    @property
    def name(self) -> str:
        """Its name, or what can be said of it where it has none."""
        if self.resource.label:
            return " ".join((*self.texts("skos:notation"), self.resource.label))
        unnamed = {"mitigation": "Mitigation without a known name", "code": f"Code {self.text('skos:notation')} (label unknown)"}
        return unnamed.get(self.kind, self.path)

    def texts(self, name: str, of: str | None = None) -> tuple[str, ...]:
        """List values as plain text; IRIs without brackets."""
        return self.resource.texts(self._expand(name), of=of)

    def text(self, name: str, of: str | None = None) -> str:
        """Find the first value as plain text; empty where there is none."""
        return next(iter(self.texts(name, of=of)), "")

    def links(self, name: str, of: str | None = None) -> tuple[str, ...]:
        """List values that are IRIs."""
        return tuple(value[1:-1] for value in self.resource.values(self._expand(name), of=of) if value.startswith("<"))

    def pointing(self, name: str) -> tuple[str, ...]:
        """List the subjects that link here by a property; of many, the first."""
        wanted = self._expand(name)
        return tuple(subject for predicate, subject in self.resource.incoming if predicate == wanted)

    def pieces(self) -> tuple[str, ...]:
        """List the evidence that was taken from this file, in the order of its lines or rows."""
        return tuple(sorted(self.pointing("airm:capture"), key=lambda iri: natural_key(f"<{iri}>")))

    def code_name(self, iri: str) -> str:
        """Write notation and label of a code."""
        notation, label = self.resource.notations.get(iri, ""), self.resource.labels.get(iri, "")
        return " ".join(part for part in (notation, label) if part) or self.site.label(iri)

    def path_of(self, code: str) -> tuple[str, ...]:
        """List the codes above a code, from the top, and the code itself.

        Where a code has several above it, the first counts; a circle ends where it closes.
        """
        path = [code]
        while len(path) < _MOST_LEVELS:
            above = next(iter(self.links("skos:broader", of=None if path[-1] == self.iri else path[-1])), "")
            if not above or above in path:
                break
            path.append(above)
        return tuple(reversed(path))

    def edition_of(self, code: str) -> str:
        """Find the scheme of a code; empty where none is known."""
        return next(iter(self.links("skos:inScheme", of=None if code == self.iri else code)), "")

    def sorted_evidence(self, of: str | None = None) -> tuple[str, ...]:
        """List pieces of evidence by file and line or row."""
        return tuple(sorted(self.links("airm:evidence", of=of), key=self._key))

    def lines(self, evidence: str) -> tuple[Line, ...]:
        """List the captured lines of a piece of evidence, with repairs marked."""
        of = None if evidence == self.iri else evidence
        first, text = self.text("airm:firstLine", of=of), self.text("airm:capturedText", of=of)
        start = int(first) if first.isdigit() else 1
        repairs = [self._repair(iri) for iri in self.links("airm:repair", of=of)]
        return tuple(
            Line(number, _mark(line, [repair for repair in repairs if repair.line == number]))
            for number, line in enumerate(text.split("\n"), start)
        )

    def row_cells(self, evidence: str) -> tuple[RowCell, ...]:
        """List the cells of a row of a table, with the names of their columns and repairs marked.

        A row is captured as its texts only. The column of a cell is known where the cell is
        evidence by itself; else a cell is named by what was read from it.
        """
        of = None if evidence == self.iri else evidence
        names = self._name_cells(evidence)
        repairs = [self._repair(iri) for iri in self.links("airm:repair", of=of)]
        cells = []
        for number, text in enumerate(self.text("airm:capturedText", of=of).split("\n"), 1):
            # Positions of repairs count within a cell.
            fitting = [one for one in repairs if one.before and text[one.position - 1 :].startswith(one.before)]
            repairs = [one for one in repairs if one not in fitting]
            line = Line(number, _mark(text, fitting))
            repaired = "".join(piece.text if piece.after is None else piece.after for piece in line.pieces)
            cells.append(RowCell(names.get(text.strip()) or names.get(repaired.strip(), ""), line))
        return tuple(cells)

    def _name_cells(self, evidence: str) -> dict[str, str]:
        """Name texts of a row: by column, or by what the resource says with them."""
        found = {text: title for name, title in _READ_AS.items() for text in self.texts(name)}
        for classification in self.links("airm:classification"):
            found |= dict.fromkeys(self.texts("airm:reasoning", of=classification), "reason")
            notations = (self.resource.notations.get(code, "") for code in self.links("airm:assignedCode", of=classification))
            found |= dict.fromkeys(filter(None, notations), "code")
            labels = (self.resource.labels.get(code, "") for code in self.links("airm:assignedCode", of=classification))
            found |= dict.fromkeys(filter(None, labels), "name of the code")
            found |= dict.fromkeys(self.texts("dcterms:created", of=classification), "day")
        for cell in self.resource.parts:
            if cell.startswith(f"{evidence}-") and (column := self.text("airm:column", of=cell)):
                found[self.text("airm:capturedText", of=cell)] = column
        return {text.split("\n")[0].strip(): name for text, name in found.items() if text}

    def descriptions(self) -> tuple[tuple[str, ...], ...]:
        """List the descriptions; those that differ by damage alone together, the best first."""
        groups: list[list[str]] = []
        texts = self.texts("dcterms:description")
        for text in sorted(texts, key=_rate_damage) if len(texts) > 1 else texts:
            group = next((group for group in groups if is_one_text(_join_words(group[0]), _join_words(text))), None)
            if group is None:
                groups.append([text])
            else:
                group.append(text)
        return tuple(map(tuple, groups))

    def digest_of(self, evidence: str) -> str:
        """Find the SHA-256 of the file that a piece of evidence was captured in."""
        of = None if evidence == self.iri else evidence
        return next((text for capture in self.links("airm:capture", of=of) for text in self.texts("airm:sha256", of=capture)), "")

    def write_query(self) -> str:
        """Write the SPARQL that finds what is said of the resource, and what leads to it."""
        return _QUERY.format(self.iri)

    def quote_query(self) -> str:
        """Write the same query as addresses carry it."""
        return _QUOTED_QUERY.format(quote(self.iri))

    def crumbs(self) -> list[Crumb]:
        """Make the breadcrumb trail."""
        edition = self.edition_of(self.iri)
        if self.kind == "code" and edition:
            steps = [(self.code_name(iri), iri.removeprefix(self.site.base)) for iri in self.path_of(self.iri)[:-1]]
            browse = (self.site.label(edition), f"browse/{edition.removeprefix(self.site.base)}")
            return self.site.crumbs(_BROWSE, browse, *steps, page=self.name)
        if self.kind == "mitigation":
            return self.site.crumbs(_BROWSE, ("Mitigations", "browse/mitigations"), page=self.name)
        if self.kind in BROWSED:
            return self.site.crumbs(_BROWSE, (BROWSED[self.kind], f"browse/{self.kind}"), page=self.name)
        return self.site.crumbs(page=self.name)

    def _expand(self, name: str) -> str:
        return _expand(name, self.site.base)

    def _key(self, evidence: str) -> tuple[str, int, int, str]:
        first, last = (
            self.text("airm:firstLine", of=evidence) or self.text("airm:row", of=evidence),
            self.text("airm:lastLine", of=evidence),
        )
        file = self.resource.labels.get(evidence, "").partition(",")[0]
        return file, int(first) if first.isdigit() else 0, int(last) if last.isdigit() else 0, evidence

    def _repair(self, iri: str) -> _Repair:
        line, position = self.text("airm:line", of=iri), self.text("airm:position", of=iri)
        location = (int(line) if line.isdigit() else 0, int(position) if position.isdigit() else 0)
        return _Repair(*location, self.text("airm:before", of=iri), self.text("airm:after", of=iri))


def _find_kind(resource: Resource, *, base: str) -> str:
    """Find what kind of page a resource has."""
    found = next((kind for name, kind in _KINDS.items() if _expand(name, base) in resource.types), "")
    path = resource.iri.removeprefix(base)
    if path.partition("/")[0] in _DOCUMENTS:
        return "ontology"
    if not found and (path.startswith("graph/") or resource.graph_size):
        return "graph"
    return found or "other"


@cache
def _expand(name: str, base: str) -> str:
    return rebase_text(term(name)[1:-1], base)


def _join_words(text: str) -> str:
    return _HYPHENATED.sub("", text).rstrip(". ")


def _rate_damage(text: str) -> tuple[int, int, int, str]:
    """The less the better: what is visibly wrong, words cut by a line break, then brevity."""
    return len(find_damage(text, kind="prose")), len(_HYPHENATED.findall(text)), -len(text), text


def _mark(line: str, repairs: Iterable[_Repair]) -> tuple[Piece, ...]:
    """Split a line at its repairs, without those that do not fit the line or overlap another."""
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

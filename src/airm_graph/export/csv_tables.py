"""A graph as a folder of tables that can be read back: what is asserted of mitigations, sources,
evidence and repairs, and a mapping.

Each row is what some captures say of one thing: captures that say the same share a row, and a
second value of one capture takes a row of its own. Things are named by their path below the base,
evidence by its path below ``capture/``.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType

from airm_graph.export.term_writers import RDF, natural_key
from airm_graph.model import GRAPH_TABLES, ROLES, TEXTS
from airm_graph.namespaces import BASE, term
from airm_graph.taxonomy import load_taxonomy, load_vocabulary
from airm_graph.terms import Quad, read_literal
from airm_graph.text import escape_cell, find_identifiers
from airm_graph.triples.statements import predicate_of

__all__ = ["MAPPING", "write_tables"]

#: The file that says what the tables are.
MAPPING = "mapping.yaml"
_SCHEMA = f"{BASE}schemas/mapping.schema.json"
_IANA = "https://www.iana.org/assignments/media-types/"
_TYPE = f"<{RDF}type>"
_KINDS = {term("prov:Person"): "person", term("prov:Organization"): "organization", term("prov:SoftwareAgent"): "software"}

#: Cells of a row by column.
_Cells = dict[str, str]


def write_tables(rows: Iterable[Quad], *, base: str = BASE, notice: str = "") -> dict[str, bytes]:
    """Write the asserted statements of a graph as CSV files, with the mapping that reads them back.

    Args:
        rows: Statements as N-Quads terms. Without graphs, a statement is taken for one of every
            capture that speaks of its subject.
        base: What every IRI of the data begins with.
        notice: What is asked of readers of data without a licence.

    Returns:
        File name → content. Cells that a spreadsheet would run stand behind an apostrophe.
    """
    graph = _Graph(rows, base)
    tables: dict[str, Iterable[_Cells]] = {
        "graph-mitigations": graph.list_mitigations(),
        "graph-classifications": graph.list_classifications(),
        "graph-subjects": graph.list_subjects(),
        "graph-sources": graph.list_sources(),
        "graph-agents": graph.list_agents(),
        "graph-captures": graph.list_captures(notice),
        "graph-evidence": graph.list_evidence(),
        "graph-repairs": graph.list_repairs(),
    }
    files = {f"{kind.removeprefix('graph-')}.csv": _write_csv(GRAPH_TABLES[kind], found) for kind, found in tables.items()}
    return {**files, MAPPING: _write_mapping(notice)}


def _write_csv(columns: Sequence[str], rows: Iterable[_Cells]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    writer.writerows([escape_cell(cells.get(column, "")) for column in columns] for cells in rows)
    return target.getvalue().encode()


def _write_mapping(notice: str) -> bytes:
    lines = [f"# yaml-language-server: $schema={_SCHEMA}", f"# {notice}", "name: graph", "edition: v2", "cells: guarded", "tables:"]
    for kind, columns in GRAPH_TABLES.items():
        lines += [f"  {kind}:", "    columns:", *(f"      {column}: {column}" for column in columns)]
    return "".join(f"{line}\n" for line in lines if line != "# ").encode()


def _name_predicates(record: str, fields: Iterable[str]) -> dict[str, str]:
    """Columns, each with the property whose values it holds."""
    return {field: predicate_of(record, field) for field in fields}


class _Graph:
    """Statements by subject, and within it by the capture that makes them."""

    def __init__(self, rows: Iterable[Quad], base: str) -> None:
        self.base = base
        inferred = f"<{base}graph/inferred>"
        kept = [row for row in rows if row[3] != inferred]
        self.said: defaultdict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
        self.types: defaultdict[str, set[str]] = defaultdict(set)
        loose: list[Quad] = []
        for s, p, o, g in sorted(set(kept)):
            if g.startswith(f"<{base}capture/"):
                self.said[s][g].append((p, o))
            elif not g:
                loose.append((s, p, o, g))
            if p == _TYPE:
                self.types[o].add(s)
        self._sort_table(loose)
        self.owner = {o: s for s, p, o, _ in kept if p == self.name("airm:classification")}

    def _sort_table(self, loose: Sequence[Quad]) -> None:
        """Give statements without a graph to the captures of their subject's evidence; what has
        none speaks for itself.
        """
        captures: defaultdict[str, set[str]] = defaultdict(set)
        for s, p, o, _ in loose:
            if p == self.name("airm:evidence"):
                captures[s].add(self.capture_of(o))
        for s, p, o, _ in loose:
            for capture in captures.get(s) or {""}:
                if p != self.name("airm:evidence") or self.capture_of(o) == capture:
                    self.said[s][capture].append((p, o))

    def name(self, prefixed: str) -> str:
        written = term(prefixed)
        return written.replace(BASE, self.base, 1) if self.base != BASE else written

    def capture_of(self, evidence: str) -> str:
        return f"<{self.base}{'/'.join(self.path(evidence).split('/')[:2])}>"

    def path(self, node: str) -> str:
        return node[1:-1].removeprefix(self.base)

    def of_type(self, kind: str) -> list[str]:
        return sorted(self.types[self.name(kind)], key=natural_key)

    def values(self, pairs: Iterable[tuple[str, str]], predicate: str) -> list[str]:
        """Return the values of a predicate: texts of literals, paths or addresses of nodes."""
        wanted = self.name(predicate)
        return sorted({read_literal(o).text if o.startswith('"') else self.path(o) for p, o in pairs if p == wanted})

    def one(self, subject: str, predicate: str) -> str:
        """Return the first value that any capture gives."""
        found = self.values((pair for pairs in self.said[subject].values() for pair in pairs), predicate)
        return found[0] if found else ""

    def spread(
        self, subject: str, single: Mapping[str, str], several: Mapping[str, str], separators: Mapping[str, str] = MappingProxyType({})
    ) -> Iterator[_Cells]:
        """Rows of what captures say: columns of *single* take one value a row, those of *several*
        all, with separators between.
        """
        groups: defaultdict[tuple[tuple[tuple[str, ...], ...], tuple[str, ...]], set[str]] = defaultdict(set)
        for pairs in self.said[subject].values():
            alone = tuple(tuple(self.values(pairs, predicate)) for predicate in single.values())
            lists = tuple(separators.get(column, " ").join(self.values(pairs, name)) for column, name in several.items())
            groups[alone, lists].update(path.removeprefix("capture/") for path in self.values(pairs, "airm:evidence"))
        for (alone, lists), evidence in sorted(groups.items(), key=lambda group: natural_key(min(group[1], default=""))):
            shared = dict(zip(several, lists, strict=True)) | {"evidence": " ".join(sorted(evidence, key=natural_key))}
            for number, found in enumerate(list(zip_longest(*alone, fillvalue="")) or [[""] * len(single)]):
                row = dict(zip(single, found, strict=True)) | {"evidence": shared["evidence"]}
                yield row if number else row | shared

    def list_mitigations(self) -> Iterator[_Cells]:
        single = _name_predicates("mitigation", ("name", "other name", "description", *TEXTS, "reason"))
        several = _name_predicates("mitigation", ("part of", "derived from", *ROLES, "identifier"))
        separators = dict.fromkeys(several, " ") | {"identifier": "\n"}
        labels = {f"{one.path}/{concept.slug}": concept.label for one in map(load_vocabulary, ROLES) for concept in one.concepts.values()}
        for subject in self.of_type("airm:Mitigation"):
            fixed = {"mitigation": self.path(subject), "source": self.one(subject, "airm:source"), "name": self.one(subject, "rdfs:label")}
            for row in self._at_least_one(self.spread(subject, single, several, separators)):
                terms = {column: "; ".join(labels.get(path, path) for path in row.get(column, "").split()) for column in ROLES}
                yield row | terms | fixed

    def list_classifications(self) -> Iterator[_Cells]:
        single, several = (_name_predicates("classification", names) for names in (("reason",), ("agents", "created")))
        known = {edition: load_taxonomy(edition).codes for edition in ("v1", "v2")}
        for subject in self.of_type("airm:Classification"):
            edition, code = [*self.one(subject, "airm:assignedCode").split("/")[1:], "", ""][:2]
            by = self.path(subject).rpartition("/")[2].removeprefix(f"{edition}-{code}").removeprefix("-")
            label = known[edition][code].label if code in known.get(edition, {}) else None
            fixed = {"mitigation": self.path(self.owner.get(subject, "")), "edition": edition, "code": code, "label": label or "", "by": by}
            for row in self._at_least_one(self.spread(subject, single, several)):
                yield row | fixed

    def list_subjects(self) -> Iterator[_Cells]:
        """List what mitigations are sorted under in schemes of others, a row for what captures say
        alike.
        """
        for subject in self.of_type("airm:Mitigation"):
            given: defaultdict[str, set[str]] = defaultdict(set)
            for pairs in self.said[subject].values():
                for concept in self.values(pairs, "dcterms:subject"):
                    given[concept].update(path.removeprefix("capture/") for path in self.values(pairs, "airm:evidence"))
            for path, evidence in sorted(given.items()):
                concept, scheme = f"<{self.base}{path}>", path.rpartition("/")[0]
                yield {
                    "notation": self.one(concept, "skos:notation"),
                    "label": self.one(concept, "skos:prefLabel"),
                    "title": self.one(f"<{self.base}{scheme}>", "rdfs:label"),
                    "concept": path,
                    "scheme": scheme,
                    "mitigation": self.path(subject),
                    "evidence": " ".join(sorted(evidence, key=natural_key)),
                }

    def list_sources(self) -> Iterator[_Cells]:
        single = _name_predicates("source", ("other title", "authors", "issued", "abstract"))
        several = _name_predicates("source", ("creators", "numbers", "addresses"))
        separators = {"creators": " ", "numbers": "\n", "addresses": "\n"}
        for subject in self.of_type("airm:Source"):
            fixed = {"source": self.path(subject), "title": self.one(subject, "dcterms:title")}
            if self.one(subject, "adms:status"):
                fixed["not described"] = "yes"
            for row in self._at_least_one(self.spread(subject, single, several, separators)):
                numbers = [value for value in row.get("numbers", "").split("\n") if value]
                known = [value for value in numbers if find_identifiers(value) == (value,)]
                called = [value for value in numbers if value not in known]
                yield row | fixed | {"numbers": "\n".join(known), "called": "\n".join(called)}

    def _at_least_one(self, rows: Iterable[_Cells]) -> Iterator[_Cells]:
        found = False
        for row in rows:
            found = True
            yield row
        if not found:
            yield {}

    def list_agents(self) -> Iterator[_Cells]:
        kinds = {s: name for kind, name in _KINDS.items() for s in self.types[kind]}
        agents = [s for s in self.of_type("prov:Agent") if s in self.said]
        for subject in agents:
            yield {"agent": self.path(subject), "name": self.one(subject, "rdfs:label"), "kind": kinds.get(subject, "")}

    def list_captures(self, notice: str) -> Iterator[_Cells]:
        editions = self._find_editions()
        for subject in self.of_type("airm:Capture"):
            pairs = [pair for pairs in self.said[subject].values() for pair in pairs]
            yield {
                "sha256": self.one(subject, "airm:sha256"),
                "files": "\n".join(self.values(pairs, "airm:fileName")),
                "media type": self.one(subject, "dcat:mediaType").removeprefix(_IANA),
                "address": self.one(subject, "dcterms:source"),
                "retrieved": self.one(subject, "airm:retrieved"),
                "edition": editions.get(subject, "v2"),
                "rights": self.one(subject, "dcterms:license") or notice,
                "status": self.one(subject, "adms:status"),
            }

    def _find_editions(self) -> dict[str, str]:
        """The edition whose codes a capture gives, which is that of its identifiers, where it is
        one.
        """
        found: defaultdict[str, set[str]] = defaultdict(set)
        for subject in self.types[self.name("airm:Classification")]:
            for capture, pairs in self.said[subject].items():
                found[capture] |= {path.split("/")[1] for path in self.values(pairs, "airm:assignedCode")}
        return {capture: next(iter(editions)) for capture, editions in found.items() if len(editions) == 1}

    def list_evidence(self) -> Iterator[_Cells]:
        columns = _name_predicates("evidence", ("text", "first line", "last line", "row", "column"))
        for subject in self.of_type("airm:Evidence"):
            cells = {column: self.one(subject, predicate) for column, predicate in columns.items()}
            yield cells | {"evidence": self.path(subject).removeprefix("capture/")}

    def list_repairs(self) -> Iterator[_Cells]:
        columns = _name_predicates("repair", ("rule", "before", "after", "line", "position"))
        for subject in self.of_type("airm:Evidence"):
            repairs = {o for pairs in self.said[subject].values() for p, o in pairs if p == self.name("airm:repair")}
            for repair in sorted(repairs, key=natural_key):
                cells = {column: self.one(repair, predicate) for column, predicate in columns.items()}
                yield cells | {"evidence": self.path(subject).removeprefix("capture/")}

"""Why a statement stands in a graph: the rule, its premises, theirs, down to captured lines and
cells.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airm_graph.analysis.proofs import Proof, Prover, Triple, minimise
from airm_graph.analysis.term_names import name_codes, read_term, show_term
from airm_graph.errors import QueryError, name_some
from airm_graph.model import Finding, Location
from airm_graph.namespaces import BASE, iri, rebase_text, term
from airm_graph.rules import make_finding
from airm_graph.terms import Quad, read_literal

if TYPE_CHECKING:
    from airm_graph.reason.axioms import Axioms

__all__ = ["Contradiction", "Explainer", "Explanation", "Ground"]

_TYPE = term("rdf:type")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where an asserted statement comes from.

    Attributes:
        graph: The named graph that states it; empty for the default graph.
        evidence: The evidence that says where, empty where there is none.
        location: Lines or cell of a captured file; None for the project's own files.
    """

    graph: str
    evidence: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A statement with its proof.

    Attributes:
        proof: Steps down to asserted statements.
        grounds: For each asserted statement of the proof, where it comes from.
        base: What the IRIs of the data begin with.
        codes: Code that the proof speaks of, as an N-Quads term → its edition, notation and label.
    """

    proof: Proof
    grounds: dict[Triple, tuple[Ground, ...]]
    base: str = BASE
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def statement(self) -> Triple:
        """What is explained."""
        return self.proof.statement


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A thing that belongs to two classes which exclude each other.

    Attributes:
        individual: The thing.
        classes: The two classes, sorted.
        axiom: The statement that they exclude each other.
        explanations: Why it belongs to each; together with the axiom the minimal set.
    """

    individual: str
    classes: tuple[str, str]
    axiom: Triple
    explanations: tuple[Explanation, Explanation]

    @property
    def statements(self) -> tuple[Triple, ...]:
        """The asserted statements that cannot all be true, sorted."""
        return tuple(sorted({one for each in self.explanations for one in each.proof.asserted}))

    @property
    def sentences(self) -> tuple[str, str]:
        """What the closure says of it, by the order in which an axiom names the classes."""
        a, b, individual = (name[1:-1] for name in (*self.classes, self.individual))
        said = "Disjoint classes {} and {} have a common individual {}"
        return said.format(a, b, individual), said.format(b, a, individual)

    @property
    def finding(self) -> Finding:
        """The finding, at the captured lines of the first statement that has any."""
        base = self.explanations[0].base
        one, two = (show_term(name, base=base) for name in self.classes)
        said = "; ".join(" ".join(show_term(part, base=base) for part in each) for each in self.statements)
        grounds = {statement: each for entry in self.explanations for statement, each in entry.grounds.items()}
        places = (ground.location for statement in self.statements for ground in grounds[statement])
        text = f"disjoint classes {one} and {two} have a common individual {self.individual[1:-1]}, because of: {said}"
        return make_finding("INF-01", text, next(filter(None, places), None))


class Explainer:
    """Explains the statements of one graph, which is indexed once."""

    def __init__(self, quads: Collection[Quad], *, ontology: Iterable[Quad], base: str = BASE) -> None:
        """Close the asserted quads again, with all that is not published, as premises may be.

        Args:
            quads: All quads of a closed graph.
            ontology: The axioms.
            base: What the IRIs of the data begin with.

        Raises:
            QueryError: The data has no named graphs.
        """
        if quads and not any(quad[3] for quad in quads):
            what = "the data has no named graphs, so what was inferred cannot be told from what was stated"
            raise QueryError(f"{what}; give a folder that airm-graph build wrote, its airm.nq, or captures")
        self.base = base
        self._inferred = {f"<{base}graph/inferred>", iri("graph/inferred")}
        axiom_quads = tuple(ontology)
        self._graphs: dict[Triple, list[str]] = defaultdict(list)
        for s, p, o, g in (*quads, *axiom_quads):
            if g not in self._inferred:
                self._graphs[s, p, o].append(g)
        self.inferred: tuple[Triple, ...] = tuple(sorted({q[:3] for q in quads if q[3] in self._inferred and q[:3] not in self._graphs}))
        self._published = {quad[:3] for quad in quads}
        axioms, closed = _close(self._graphs)
        self.left_over = axioms.left_over
        self._disjoint = [rule for rule in axioms.declared if rule.kind == "disjoint"]
        self._prover = Prover(self._graphs.keys(), closed, axioms.declared)
        self._places = _Places(quads, base)
        self._codes = name_codes(quads, base=base)

    def explain(self, subject: str, predicate: str, value: str) -> Explanation:
        """Explain one statement.

        Args:
            subject, predicate, value: As `read_term` takes them.

        Raises:
            ParameterError: One of them is no term.
            QueryError: The statement is not in the graph, or does not follow by the rules.
        """
        names = ("subject", subject), ("predicate", predicate), ("object", value)
        s, p, o = (read_term(text, base=self.base, parameter=name) for name, text in names)
        if (s, p, o) not in self._published and (s, p, o) not in self._graphs:
            raise QueryError(self._tell_missing((s, p, o)))
        return self.explain_triple((s, p, o))

    def explain_triple(self, statement: Triple) -> Explanation:
        """Explain a statement of the graph, given as N-Quads terms.

        Raises:
            QueryError: It does not follow by the rules.
        """
        if (proof := self._prover.prove(statement)) is None:
            why = f"; these axioms are not compiled: {'; '.join(self.left_over)}" if self.left_over else ""
            raise QueryError(f"{self._show(statement)} stands among what was inferred, but does not follow{why}; build the graph again")
        return self._ground(proof)

    def _ground(self, proof: Proof) -> Explanation:
        grounds = {one: tuple(self._places.find(one, self._graphs[one])) for one in proof.asserted}
        spoken = {part: self._codes[part] for step in proof.walk() for part in step.statement if part in self._codes}
        return Explanation(proof, grounds, self.base, spoken)

    def explain_all(self) -> Iterator[Explanation]:
        """Explain every inferred statement, in order."""
        return map(self.explain_triple, self.inferred)

    def find_contradictions(self) -> list[Contradiction]:
        """Find what belongs to classes that exclude each other, each with its minimal set of
        statements.
        """
        found = []
        for rule in self._disjoint:
            a, b = sorted(rule.body)
            for individual in self._prover.find_members(rule.body):
                proofs = [self.explain_triple((individual, _TYPE, name)).proof for name in (a, b)]
                one, two = map(self._ground, minimise(proofs, self._prover.list_rules(proof.statement for proof in proofs)))
                found.append(Contradiction(individual, (a, b), rule.axiom, (one, two)))
        return sorted(found, key=lambda each: (each.individual, each.classes))

    def _show(self, statement: Triple) -> str:
        return " ".join(show_term(part, base=self.base) for part in statement)

    def _tell_missing(self, statement: Triple) -> str:
        subject, predicate, _ = statement
        if statement in self._prover.closed:
            return f"{self._show(statement)} follows, but is not published and so not in the graph; ask for a premise of it"
        others = [each for each in self._published if each[0] == subject]
        if not others:
            return f"nothing is said of {show_term(subject, base=self.base)}; look for its IRI with airm-graph search"
        same = sorted(show_term(o, base=self.base) for _, p, o in others if p == predicate)
        other = sorted({show_term(p, base=self.base) for _, p, _ in others})
        known = f"its objects there are {name_some(same)}" if same else f"nothing is said with it; there is {', '.join(other)}"
        return f"{self._show(statement)} is not in the graph; {known}"


def _close(asserted: Iterable[Triple]) -> "tuple[Axioms, list[Triple]]":
    """Everything that follows from statements, with the rules by which it does."""
    from airm_graph.graph import TripleTable
    from airm_graph.reason.compiled import infer_compiled, read_axioms

    with TripleTable(threads=1) as table:
        table.load_rows((s, p, o, "") for s, p, o in asserted)
        axioms = read_axioms(table)
        infer_compiled(table, axioms, generalised=True)
        return axioms, [row[:3] for row in table.rows()]


class _Places:
    """Leads from statements to the lines and cells that they were read from."""

    def __init__(self, quads: Iterable[Quad], base: str) -> None:
        names = ("evidence", "capture", "fileName", "firstLine", "lastLine", "row", "column", "capturedText", "repair")
        terms = {rebase_text(term(f"airm:{name}"), base): name for name in names}
        self._values: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in names}
        self._holds: dict[str, set[str]] = defaultdict(set)
        for s, p, o, _ in quads:
            if name := terms.get(p):
                self._values[name][s].add(o)
                if name == "repair":
                    self._holds[o].add(s)

    def find(self, statement: Triple, graphs: Iterable[str]) -> Iterator[Ground]:
        """Where a statement of these graphs was read: the evidence that subject and object share,
        else that of the subject.
        """
        subject, _, value = statement
        for graph in sorted(set(graphs)):
            about, other = (self._list_evidence(node, graph) for node in (subject, value))
            chosen = about & other or about or other
            for evidence in sorted(chosen, key=self._sort_key):
                yield Ground(graph, evidence, self._locate(evidence, graph))
            if not chosen:
                file = self._text("fileName", graph)
                yield Ground(graph, "", Location(file) if file else None)

    def _list_evidence(self, node: str, graph: str) -> set[str]:
        found = {node} if node in self._values["capture"] else self._values["evidence"].get(node) or self._holds.get(node) or set()
        return {one for one in found if graph in self._values["capture"].get(one, ())}

    def _sort_key(self, evidence: str) -> tuple[int, int, str]:
        return self._number("row", evidence) or 0, self._number("firstLine", evidence) or 0, evidence

    def _locate(self, evidence: str, graph: str) -> Location:
        first, last, row = (self._number(name, evidence) for name in ("firstLine", "lastLine", "row"))
        text, column = self._text("capturedText", evidence), self._text("column", evidence)
        return Location(self._text("fileName", graph), first, last, text, row, column)

    def _text(self, name: str, node: str) -> str:
        return min((read_literal(one).text for one in self._values[name].get(node, ()) if one.startswith('"')), default="")

    def _number(self, name: str, node: str) -> int | None:
        text = self._text(name, node)
        return int(text) if text.isascii() and text.isdigit() else None

"""The graph as users hold it: a table of quads, and views of it that are made on demand."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.analysis import THRESHOLD
from airm_graph.namespaces import BASE, PREFIXES, iri, rebase_text
from airm_graph.pipeline.display import describe_as_html, describe_briefly
from airm_graph.pipeline.shipped import read_ontology
from airm_graph.pipeline.writable import WritableGraph
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx
    import rdflib

    from airm_graph.analysis.agreement import Agreement
    from airm_graph.analysis.code_checks import CodeChecks
    from airm_graph.analysis.coverage import Coverage
    from airm_graph.analysis.evidence_paths import EvidencePath
    from airm_graph.analysis.network import Network
    from airm_graph.analysis.packs import Pack
    from airm_graph.analysis.similar import Similarity
    from airm_graph.analysis.why import Contradiction, Explainer, Explanation
    from airm_graph.graph.store import Store
    from airm_graph.query.answers import Table
    from airm_graph.query.library import Query
    from airm_graph.search import Hits, SearchIndex
    from airm_graph.validate.report import Report

__all__ = ["Graph"]

_INFERRED = iri("graph/inferred")


class Graph(WritableGraph):
    """A graph of mitigations: asserted and inferred quads in a table, what was found wrong, and
    ways to ask, convert and write.

    Attributes: those of `WritableGraph`.
    """

    #: Loads all of it into a store, where that is known otherwise than by its quads.
    fill_store: "Callable[[Store], None] | None" = None

    @classmethod
    def of(cls, quads: "Iterable[Quad]", *, base: str = BASE) -> "Graph":
        """Make a graph of quads as N-Quads terms.

        Raises:
            StoreError: A term is no N-Quads term.

        >>> len(Graph.of([("<urn:a>", "<urn:b>", '"1"', graph) for graph in ("", "<urn:g>")]))
        1
        """
        from airm_graph.graph import TripleTable

        table = TripleTable(threads=1)
        table.load_rows(quads)
        return cls(table, base=base)

    def __len__(self) -> int:
        """Number of different triples."""
        return int(self.table.execute("SELECT count(*) FROM (SELECT DISTINCT s, p, o FROM quads) AS t")[0][0])

    def is_of_project(self) -> bool:
        """Whether a statement is about a thing, or by a term, whose IRI begins with the base.

        What was built, made of quads or written by a build is not looked through.
        """
        if self.fill_store or self._given is None:
            return True
        start = f"<{self.base}"
        return any(term.startswith(start) for quad in self._given for term in quad[:3])

    # Views.

    @property
    def inferred(self) -> tuple[Quad, ...]:
        """Inferred quads, sorted."""
        inferred = self._rebase(_INFERRED)
        return tuple(quad for quad in self._iter_quads() if quad[3] == inferred)

    def __repr__(self) -> str:
        """What it holds, in a line."""
        return describe_briefly(self.count(), self.report)

    def _repr_html_(self) -> str:
        """What it holds, its findings and the notice, for a notebook."""
        return describe_as_html(self.count(), self.report)

    def __eq__(self, other: object) -> bool:
        """Whether both state the same in the same named graphs."""
        return isinstance(other, Graph) and self.quads == other.quads

    def __hash__(self) -> int:
        """Equal graphs have equal numbers of triples."""
        return len(self)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle quads, report and base; what can be read again from the inputs is left out."""
        return _restore, (self.quads, self.report, self.base)

    @property
    def ontology(self) -> tuple[Quad, ...]:
        """The ontology, in its own graph, sorted; asked with the data, but exported as its own file
        only.
        """
        return tuple(self._rebase_quad(quad) for quad in read_ontology())

    @cached_property
    def store(self) -> "Store":
        """The graph and the ontology as a SPARQL store, loaded on first use."""
        return self.make_store()

    def make_store(self) -> "Store":
        """Load the graph and the ontology into a store of its own."""
        from airm_graph.graph.store import Store  # loads Oxigraph, which many commands do not need

        store = Store()
        if self.fill_store:
            self.fill_store(store)
        elif self._given is not None or self.table.holds_few:
            store.add_rows(self._iter_quads())
        else:
            from airm_graph.graph import Selection, rebased_text, stream_quads

            store.add_batches(stream_quads(Selection(self.table, text=rebased_text(self.base))))
        store.add_rows(self.ontology)
        return store

    def to_rdflib(self, *, named_graphs: bool = False) -> "rdflib.Graph":
        """Convert to an rdflib Graph, or to a Dataset with one graph per capture.

        rdflib does not order years (``xsd:gYear``): a comparison finds nothing, so compare
        ``xsd:integer(STR(?year))``. A file with named graphs (``airm.nq``) belongs into
        ``rdflib.Dataset(default_union=True)``: a plain Graph that parses it stays empty, and so
        does the default graph of another Dataset. In ``GRAPH ?g { … }`` a statement is found once
        for each capture that makes it: count with ``DISTINCT``.
        """
        import warnings

        import rdflib

        name = "nquads" if named_graphs else "ntriples"
        target = rdflib.Dataset(default_union=True) if named_graphs else rdflib.Graph()
        with warnings.catch_warnings():
            # rdflib warns of its own use of names that it is about to drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            target.parse(data="".join(self.export(name)).encode(), format="nquads" if named_graphs else "nt")
        for prefix, namespace in PREFIXES.items():
            target.bind(prefix, rebase_text(namespace, self.base))
        return target

    def to_networkx(self) -> "networkx.MultiDiGraph[str]":
        """Convert to a networkx graph: resources are nodes, literals are attributes.

        Attributes of nodes are called as in ``rdfs_label``, several values are joined by `` | ``;
        the attribute ``property`` of an edge is a prefixed name, its key no other edge has.
        """
        from airm_graph.graph.projection import project_rows

        return project_rows(self._iter_quads(), prefixes={p: rebase_text(n, self.base) for p, n in PREFIXES.items()})

    # Questions.

    def query(self, name: "str | Query", /, **arguments: str) -> "Table":
        """Answer a query of the library.

        Args:
            name: Its name; ``airm-graph query list`` shows them.
            arguments: Values of its parameters.

        Raises:
            UnknownQueryError: No query of that name.
            ParameterError: A parameter is unknown, missing or of the wrong kind.

        >>> len(Graph().query("mitigations-by-code", code="1.1"))
        0
        """
        from airm_graph.query.library import run_query

        return run_query(self.store, name, arguments, base=self.base)

    def sparql(self, query: str, /) -> "Table":
        """Answer a SELECT of your own, over all named graphs and the ontology; nothing can be
        changed by one.

        Raises:
            QueryError: It does not parse or is no SELECT.

        >>> Graph().sparql("SELECT (1 AS ?one) {}").values()
        [('1',)]
        """
        from airm_graph.query.answers import Table

        columns, rows = self.store.select(query)
        return Table(columns, tuple(rows))

    def count(self) -> dict[str, int]:
        """Count kinds of things, as the query ``counts`` does, without a store.

        >>> Graph().count()["mitigations"]
        0
        """
        from airm_graph.query.counts import count_things

        return count_things(self.table, base=self.base)

    @cached_property
    def _index(self) -> "SearchIndex":
        from airm_graph.search import SearchIndex

        return SearchIndex.build(self._iter_quads(), base=self.base)

    def search(self, text: str, /, *, limit: int = 20, offset: int = 0, **facets: str | Sequence[str]) -> "Hits":
        """Search names, descriptions, reasons and titles.

        Args:
            text: Words that must all occur; ``"words in quotes"`` stand together; ``word*`` begins
                a word. Empty finds everything.
            limit, offset: Which of the hits.
            facets: Values by facet (``code="1.1"``, ``actor="developer"``), each an IRI, its last
                part or a label.

        Raises:
            ParameterError: There is no such facet or value.

        >>> Graph().search("training").total
        0
        """
        from airm_graph.search import search_index

        chosen = {name: [value] if isinstance(value, str) else value for name, value in facets.items()}
        return search_index(self._index, text, facets=chosen, limit=limit, offset=offset)

    def coverage(
        self, rows: str, columns: str, layers: str | None = None, /, *, edition: str | None = None, level: int | None = None
    ) -> "Coverage":
        """Count mitigations by two or three of the facets of `counted_facets`.

        Args:
            rows, columns, layers: Different facets.
            edition, level: Of codes; by itself the edition in use, and its second level.

        Raises:
            ParameterError: A facet is unknown or given twice, or there is no such edition or level.

        >>> Graph().coverage("actor", "stage").mitigations
        0
        """
        from airm_graph.analysis.coverage import count_coverage

        return count_coverage(self.store, rows, columns, layers, edition=edition, level=level, base=self.base)

    def pack(self, **given: str) -> "Pack":
        """Select the mitigations of a role, a code or a source, with all that they stand on.

        Args:
            given: Values by facet (``actor``, ``stage``, ``function``, ``code`` with ``edition``,
                ``source``, ``statement``, ``suggested``, ``original``), as queries take them; all
                must be so.

        Raises:
            ParameterError: There is no such facet or value.

        >>> Graph().pack(actor="deployer").why_empty
        'the data holds no mitigation'
        """
        from airm_graph.analysis.packs import select_pack
        from airm_graph.pipeline.options import find_issued

        return select_pack(self.store, given, issued=find_issued(), base=self.base)

    def similar(
        self, mitigation: str | None = None, /, *, threshold: float = THRESHOLD, decisions: Sequence[str | Path] = ()
    ) -> "Similarity":
        """Find mitigations that say the same under other words; nothing is joined.

        Args:
            mitigation: Only pairs of this one; its IRI, or a path below the base.
            threshold: The least score of a pair, above 0 and up to 1.
            decisions: Tables of what people decided of pairs, as ``build`` takes them.

        Raises:
            EngineError: The extra ``analysis`` is not installed.
            InputError: A table of decisions cannot be read.
            ParameterError: The threshold is out of range, or there is no such mitigation.
        """
        from airm_graph.analysis.similar import find_similar
        from airm_graph.errors import InputError
        from airm_graph.ingest.decisions import read_decisions
        from airm_graph.model import Location

        readings = read_decisions(decisions, base=self.base)
        for finding in readings.findings:
            where = finding.location or Location("decisions")
            raise InputError(finding.message, file=where.file, line=where.first_line or where.row, remedy=finding.remedy)
        found = find_similar(self.store, threshold=threshold, decisions=readings.joins, base=self.base)
        return found if mitigation is None else found.select(mitigation)

    def agreement(self, *, threshold: float = THRESHOLD, decisions: Sequence[str | Path] = ()) -> "Agreement":
        """Compare codes, actors, stages and functions of mitigations that say the same.

        Arguments and errors are those of `similar`.
        """
        from airm_graph.analysis.agreement import find_agreement

        return find_agreement(self.store, self.similar(threshold=threshold, decisions=decisions), base=self.base)

    def check_codes(self, *, edition: str | None = None) -> "CodeChecks":
        """Rank codes by how little the text of the mitigation speaks for them; nothing is changed.

        Args:
            edition: Of the codes; by itself the edition in use.

        Raises:
            EngineError: The extra ``analysis`` is not installed.
            ParameterError: There is no such edition, or too little or too much to learn from.
        """
        from airm_graph.analysis.code_checks import check_codes

        return check_codes(self.store, edition=edition, base=self.base)

    def network(self, kind: str, /, *, edition: str | None = None) -> "Network":
        """Connect things by the mitigations that they share, and measure how they hang together.

        Args:
            kind: mitigation-code, code-code, source-code, role-code or source-source.
            edition: Of the codes; by itself the edition in use.

        Raises:
            ParameterError: There is no such network or edition.
        """
        from airm_graph.analysis.network import build_network, check_network

        check_network(kind)
        return build_network(self.to_networkx(), kind, edition=edition)

    def find_path(self, start: str, end: str, /) -> "EvidencePath":
        """Find the shortest path of statements between two things, each with its evidence.

        Args:
            start, end: Each an IRI or a path below the base.

        Raises:
            ParameterError: One of them is no term or not in the graph, or both are the same.
            QueryError: The data has no named graphs.
        """
        from airm_graph.analysis.evidence_paths import find_path

        return find_path(self.to_networkx(), start, end, explain=self.explain, base=self.base)

    @cached_property
    def _explainer(self) -> "Explainer":
        from airm_graph.analysis.why import Explainer

        return Explainer(self.quads, ontology=self.ontology, base=self.base)

    def explain(self, subject: str, predicate: str, value: str, /) -> "Explanation":
        """Say why a statement is in the graph: the rule, its premises, theirs, down to captured
        lines and cells.

        Args:
            subject, predicate, value: Each an IRI, a prefixed name, a path below the base or a
                literal in quotes.

        Raises:
            ParameterError: One of them is no term.
            QueryError: The statement is not there, or the data has no named graphs.
        """
        return self._explainer.explain(subject, predicate, value)

    def explain_all(self) -> "Iterator[Explanation]":
        """Explain every inferred statement, in order."""
        return self._explainer.explain_all()

    def find_contradictions(self) -> "list[Contradiction]":
        """Find what belongs to classes that exclude each other, each with its minimal set of
        statements.
        """
        return self._explainer.find_contradictions()


def _restore(quads: tuple[Quad, ...], report: "Report", base: str) -> Graph:
    return Graph(quads=quads, base=base, report=report)

"""The closure on the columnar table: each rule is one statement over all facts at once, run to a
fixpoint.

Three stages. Property chains feed on their own results, so they run first and semi-naively: chains
that depend on each other form a group, groups run in order of dependence, and from the second round
on one step of a chain must be new. Then whatever one fact implies by itself (superproperties,
inverses) and all types follow in one statement each, because ``axioms`` has closed those rules over
each other. Literals and blank nodes take part as in generalised RDF, and are left out of the result
where RDF or publishing has no place for them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from airm_graph.graph import BLANK, IRI, TripleTable
from airm_graph.namespaces import PREFIXES, iri, term
from airm_graph.reason.axioms import Axioms, Chain, compile_axioms, is_axiom
from airm_graph.reason.publish import Vocabulary
from airm_graph.terms import Quad

__all__ = ["find_axioms", "infer_compiled", "read_axioms"]

_TYPE = term("rdf:type")
_GRAPH = iri("graph/inferred")
_STEERING = tuple(map(term, ("rdf:first", "rdf:rest", "rdfs:domain", "rdfs:range", "rdfs:subClassOf", "rdfs:subPropertyOf")))
#: Subject or object of a fact f, as a rule r wants.
_PLACE = "CASE WHEN r.of_object = 1 THEN f.o ELSE f.s END"
#: What a rule r makes of a fact f: its target, and subject and object in their places or exchanged.
_TURNED = "r.target AS p, CASE WHEN r.flipped = 1 THEN f.o ELSE f.s END AS s, CASE WHEN r.flipped = 1 THEN f.s ELSE f.o END AS o"
_RULES = ("rule_fact", "rule_rewrite", "rule_type", "rule_subclass", "rule_disjoint")
_SCRATCH = (*_RULES, "inferred", "fact", "fresh_0", "fresh_1", "typed")


def read_axioms(table: TripleTable) -> Axioms:
    """Compile the axioms that the quads of a table state, in whatever graph."""
    return compile_axioms(find_axioms(table))


def find_axioms(table: TripleTable) -> list[Quad]:
    """Find the triples of a table that can be axioms."""
    owl = f"SELECT id FROM terms WHERE kind = {IRI} AND lexical LIKE '{PREFIXES['owl']}%'"
    ids = table.find_ids((_TYPE, *_STEERING))
    steering = _listed(ids[name] for name in _STEERING if name in ids)
    some = (f"p IN {steering}", f"p IN ({owl})", f"p = {ids.get(_TYPE, 0)} AND o IN ({owl})")
    quads = table.execute(" UNION ".join(f"SELECT s, p, o FROM quads WHERE {one}" for one in some))
    texts = table.read_terms({number for quad in quads for number in quad})
    return [row for s, p, o in quads if is_axiom(row := (texts[s], texts[p], texts[o], ""))]


def infer_compiled(
    table: TripleTable, axioms: Axioms, *, vocabulary: Vocabulary | None = None, generalised: bool = False
) -> tuple[int, tuple[str, ...]]:
    """Infer by the compiled axioms what follows from all quads of a table, into its inferred graph.

    Args:
        table: Gets the new statements.
        axioms: From ``compile_axioms`` or ``read_axioms``; what they left over is not applied.
        vocabulary: Keep only what ``publishable`` would keep with this vocabulary.
        generalised: Keep also what has a literal as subject or speaks of a blank node.

    Returns:
        How many statements are new, and the contradictions, each as a sentence, sorted.
    """
    run = _Run(table, axioms)
    try:
        size = run.infer(vocabulary, generalised=generalised)
        contradictions = run.find_contradictions()
        table.append("quads", "SELECT s, p, o, g FROM inferred")
        return size, contradictions
    finally:
        table.drop(*_SCRATCH)


class _Run:
    """One closure: the ids of the terms that the rules use, and the statements that apply them."""

    def __init__(self, table: TripleTable, axioms: Axioms) -> None:
        self._table = table
        self._axioms = axioms
        self._ids = table.add_terms([_TYPE, _GRAPH, *sorted(axioms.names())])
        #: Properties on which chains work: facts about them are kept while chains run.
        self._linked = {name for link in axioms.chains for name in (link.head, *link.body)}
        self._targets = _implied_among(self._linked, axioms.rewrites)
        self._made = {name for link in axioms.chains for name in self._targets[link.head]}

    def infer(self, vocabulary: Vocabulary | None, *, generalised: bool) -> int:
        """Leave what is new in the table ``inferred``; returns how much that is."""
        self._write_rules()
        self._run_chains()
        self._find_types()
        return self._collect(vocabulary, generalised=generalised)

    def find_contradictions(self) -> tuple[str, ...]:
        """Tell which things belong to two classes that exclude each other."""
        if not self._axioms.disjoint:
            return ()
        member = f"SELECT s, c FROM typed UNION ALL SELECT s, o AS c FROM quads WHERE p = {self._ids[_TYPE]}"
        # Most things belong to one such class alone, which is told faster than what is wrong.
        one = f"SELECT s FROM ({member}) AS m WHERE c IN (SELECT a FROM rule_disjoint UNION SELECT b FROM rule_disjoint)"
        if all(a != b for a, b in self._axioms.disjoint) and not self._table.execute(f"{one} GROUP BY s HAVING MIN(c) <> MAX(c) LIMIT 1"):
            return ()
        found = self._table.execute(f"""
            WITH member AS ({member})
            SELECT DISTINCT a.lexical, b.lexical, x.lexical FROM member AS m
            JOIN rule_disjoint AS d ON d.a = m.c JOIN member AS n ON n.s = m.s AND n.c = d.b
            JOIN terms AS a ON a.id = d.a JOIN terms AS b ON b.id = d.b JOIN terms AS x ON x.id = m.s
            ORDER BY 1, 2, 3""")
        return tuple(f"Disjoint classes {a} and {b} have a common individual {name}" for a, b, name in found)

    def _write_rules(self) -> None:
        axioms, ids = self._axioms, self._ids
        among = {(source, target, flipped) for source, target, flipped in axioms.rewrites if target in self._linked}
        among |= {(name, name, False) for name in self._linked}
        self._write("rule_fact", ("source", "target", "flipped"), [(ids[s], ids[t], int(f)) for s, t, f in among])
        self._write("rule_rewrite", ("source", "target", "flipped"), [(ids[s], ids[t], int(f)) for s, t, f in axioms.rewrites])
        self._write("rule_type", ("property", "class", "of_object"), [(ids[p], ids[c], int(o)) for p, c, o in axioms.types])
        self._write("rule_subclass", ("lower", "upper"), [(ids[a], ids[b]) for a, b in axioms.subclasses])
        self._write("rule_disjoint", ("a", "b"), [(ids[a], ids[b]) for a, b in axioms.disjoint])

    def _write(self, name: str, columns: Sequence[str], rows: Collection[tuple[int, ...]]) -> None:
        names = ", ".join(columns)
        values = ", ".join(f"({', '.join(map(str, row))})" for row in sorted(rows))
        nothing = ", ".join(f"0 AS {column}" for column in columns)
        self._table.materialise(name, f"SELECT {names} FROM (VALUES {values}) AS r({names})" if rows else f"SELECT {nothing} WHERE 1 = 0")

    def _run_chains(self) -> None:
        # Without chains this is empty, and later statements need no second form.
        self._table.materialise("fact", f"SELECT DISTINCT {_TURNED} FROM quads AS f JOIN rule_fact AS r ON r.source = f.p")
        for links, recursive in _group(self._axioms.chains, self._targets):
            made = {name for link in links for name in self._targets[link.head]}
            steps = [(link, n) for link in links for n, name in enumerate(link.body) if name in made]
            found, turn = self._step([self._path(link) for link in links], made=made, turn=0), 0
            while recursive and found:
                turn += 1
                found = self._step([self._path(link, new=n, turn=turn) for link, n in steps], made=made, turn=turn)

    def _path(self, link: Chain, *, new: int | None = None, turn: int = 0) -> str:
        """Write the join along a chain; step number *new* is of the round before this one."""
        ids = [self._ids[name] for name in link.body]
        tables = [_fresh(turn - 1) if n == new else "fact" for n in range(len(ids))]
        first = f"SELECT {self._ids[link.head]} AS p, x0.s AS s, x{len(ids) - 1}.o AS o FROM {tables[0]} AS x0"
        joins = [f"JOIN {tables[n]} AS x{n} ON x{n}.s = x{n - 1}.o AND x{n}.p = {ids[n]}" for n in range(1, len(ids))]
        return f"{first} {' '.join(joins)} WHERE x0.p = {ids[0]}"

    def _step(self, paths: list[str], *, made: Collection[str], turn: int) -> int:
        """Run one round: what the paths yield and that implies, kept where it is new; returns how
        much that is.
        """
        known = f"SELECT p, s, o FROM fact WHERE p IN {_listed(self._ids[name] for name in made)}"
        found = f"SELECT {_TURNED} FROM ({' UNION ALL '.join(paths)}) AS f JOIN rule_fact AS r ON r.source = f.p"
        size = self._table.materialise(_fresh(turn), f"{found} EXCEPT {known}")
        if size:
            self._table.append("fact", f"SELECT p, s, o FROM {_fresh(turn)}")
        return size

    def _find_types(self) -> None:
        """Type the subjects and objects of all facts, and lift the types that are asserted."""
        typed = f"SELECT {_PLACE} AS s, r.class AS c FROM {{}} AS f JOIN rule_type AS r ON r.property = f.p"
        lifted = f"SELECT f.s, r.upper AS c FROM quads AS f JOIN rule_subclass AS r ON r.lower = f.o WHERE f.p = {self._ids[_TYPE]}"
        self._table.materialise("typed", f"{typed.format('quads')} UNION {typed.format(self._made_facts())} UNION {lifted}")

    def _made_facts(self) -> str:
        return f"(SELECT p, s, o FROM fact WHERE p IN {_listed(self._ids[name] for name in self._made)})"

    def _collect(self, vocabulary: Vocabulary | None, *, generalised: bool) -> int:
        """Bring all results together and leave out what is asserted, what RDF forbids and what is
        not to be published.
        """
        implied = f"SELECT {_TURNED} FROM {{}} AS f JOIN rule_rewrite AS r ON r.source = f.p"
        types = f"SELECT {self._ids[_TYPE]} AS p, s, c AS o FROM typed"
        made = self._made_facts()
        found = " UNION ALL ".join((implied.format("quads"), implied.format(made), f"SELECT p, s, o FROM {made} AS m", types))
        # What RDF has no place for, and what is said already, under the properties that can be
        # inferred.
        properties = _listed(self._ids[name] for name in self._inferable())
        said = f"SELECT 1 FROM quads AS q WHERE q.p IN {properties} AND q.p = f.p AND q.s = f.s AND q.o = f.o"
        blank = f"SELECT 1 FROM terms AS b WHERE b.kind = {BLANK} AND b.id = f.o"
        possible = "" if generalised else f"f.s IN (SELECT id FROM terms WHERE kind = {IRI}) AND NOT EXISTS ({blank}) AND "
        kept = f"{possible}NOT EXISTS ({said})"
        new = f"SELECT DISTINCT f.s, f.p, f.o FROM ({found}) AS f WHERE {kept}{self._wanted(vocabulary)}"
        return self._table.materialise("inferred", f"SELECT s, p, o, {self._ids[_GRAPH]} AS g FROM ({new}) AS n")

    def _inferable(self) -> set[str]:
        """Every property that a new statement can have."""
        return {_TYPE, *self._made, *(target for _, target, _ in self._axioms.rewrites)}

    def _wanted(self, vocabulary: Vocabulary | None) -> str:
        """Write the condition that ``publishable`` puts on a statement f."""
        if vocabulary is None:
            return ""
        properties, classes, terms = (
            _listed(self._table.find_ids(names).values()) for names in (vocabulary.properties, vocabulary.classes, vocabulary.terms)
        )
        kind = self._ids[_TYPE]
        said = f"(f.p IN {properties} AND f.p <> {kind}) OR (f.p = {kind} AND f.o IN {classes})"
        return f" AND f.s <> f.o AND f.s NOT IN {terms} AND ({said})"


def _fresh(turn: int) -> str:
    """Name the table of a round; two take turns, because a round reads what the last one wrote."""
    return f"fresh_{turn % 2}"


def _listed(ids: Iterable[int]) -> str:
    """Write ids as SQL does; 0 is no term, so an empty list can be written too."""
    return f"({', '.join(map(str, sorted(ids))) or 0})"


def _implied_among(names: Collection[str], rewrites: Iterable[tuple[str, str, bool]]) -> dict[str, set[str]]:
    """For each property, itself and those of the same set that it implies."""
    implied = {name: {name} for name in names}
    for source, target, _ in rewrites:
        if source in implied and target in implied:
            implied[source].add(target)
    return implied


def _group(chains: Sequence[Chain], implied: Mapping[str, set[str]]) -> list[tuple[list[Chain], bool]]:
    """Sort chains into groups, each of which feeds on itself and the groups before it only; tells
    which need more than one round.

    >>> up, code = Chain("up", ("up", "broader")), Chain("code", ("classification", "assigned"))
    >>> groups = _group([up, code], {"up": {"up"}, "code": {"code", "up"}})
    >>> [([link.head for link in links], again) for links, again in groups]
    [(['code'], False), (['up'], True)]
    """
    feeds = {link: {other for other in chains if implied[link.head] & set(other.body)} for link in chains}
    fed = {link: _reach(link, feeds) for link in chains}
    before = {link: {other for other in chains if link in fed[other] and other not in fed[link]} for link in chains}
    levels = defaultdict(list)
    for link in chains:
        # Whatever runs before a chain has itself fewer that run before it.
        levels[len(before[link])].append(link)
    return [(links, any(fed[link] & set(links) for link in links)) for _, links in sorted(levels.items())]


def _reach(start: Chain, edges: Mapping[Chain, set[Chain]]) -> set[Chain]:
    found, open_ends = set[Chain](), [start]
    while open_ends:
        new = edges[open_ends.pop()] - found
        found |= new
        open_ends += new
    return found

"""What compiled shapes are: plans, and what results say of the constraints that they judge.

Nothing here compiles: plans that were compiled before need no more than this.
"""

from collections.abc import Iterator, Mapping

from airm_graph.frozen import frozen
from airm_graph.namespaces import PREFIXES, term
from airm_graph.validate.compile.shapes_graph import Shape

__all__ = [
    "FOCUS",
    "FOCUS_GRAPH",
    "FOCUS_OF",
    "ID",
    "Branch",
    "Check",
    "CompiledShapes",
    "ConstraintSql",
    "DetailPlan",
    "DetailStatement",
    "ShapePart",
    "SparqlConstraint",
    "SparqlPlan",
    "StatementPlan",
    "Uncompiled",
    "component_iri",
    "find_parameter",
    "name_component",
]

#: Where the id of a term goes in SQL, and the number of the focus nodes.
ID, FOCUS = "«{}»", "«focus»"
#: Where the focus nodes stand: ``<node> FOCUS_OF "number of the query"`` in this graph.
FOCUS_GRAPH, FOCUS_OF = "<urn:airm-graph:focus>", "<urn:airm-graph:focus-of>"


@frozen
class ShapePart:
    """What one engine judges as a whole.

    That is the own constraints of a shape with targets, or one of its property shapes.
    """

    root: str
    property_shape: str | None = None

    @property
    def node(self) -> str:
        """Name the shape that holds the constraints."""
        return self.property_shape or self.root


@frozen
class Branch:
    """A SELECT of violations, and the constraint whose they are.

    Attributes:
        kind, relation, condition: Where the SELECT is a condition on each row of a relation, that
            relation, what it is (``described`` value nodes, ``counted`` focus nodes) and the
            condition; tests on one relation can be made in one pass.
        number: For the other kinds, which `combined` lists: the id of the term that the constraint
            names.
    """

    component: str
    parameter: str
    sql: str
    kind: str = ""
    relation: str = ""
    condition: str = ""
    number: int = 0


@frozen
class Check:
    """One constraint of a shape."""

    part: ShapePart
    shape: Shape
    branch: Branch


@frozen
class StatementPlan:
    """A statement that makes checks: columns slot, mask, focus, value, path.

    The last three are ids.

    Attributes:
        checks: By slot; bit i of a mask stands for the i-th check of the slot.
    """

    checks: tuple[tuple[Check, ...], ...]
    sql: str


@frozen
class ConstraintSql:
    """A SPARQL constraint as SQL; ids of terms stand between ``«»``.

    Attributes:
        names: Variables of the columns of the SELECT.
        match: What the patterns match, as ids; the table ``matched``. Its joins are to be made in
            their order, which begins with the focus nodes.
        select: A row for each solution among the matches: ids, and for the least IRI its text.
        prepare: Names and SELECTs of tables to be made first.
        integers, nodes: Properties whose values have to be integers, and those whose values may be
            no literals, or the SQL does not hold.
        terms: Whose ids it needs.
    """

    names: tuple[str, ...]
    match: str
    select: str
    prepare: tuple[tuple[str, str], ...]
    integers: tuple[str, ...]
    nodes: tuple[str, ...]
    terms: tuple[str, ...]

    def fill(self, sql: str, *, ids: Mapping[str, int], focus: int) -> str:
        """Put ids and the number of the focus nodes into a statement."""
        sql = sql.replace(FOCUS, str(focus))
        for text in self.terms:
            sql = sql.replace(ID.format(text), str(ids.get(text, -1)))
        return sql


@frozen
class SparqlConstraint:
    """A SPARQL constraint as a query for all focus nodes.

    Attributes:
        text: The query, with ``%FOCUS%`` where the pattern of the focus nodes goes.
        messages: Of the constraint, then of its shape, as literals.
        predicates: Terms of the properties that it reads; None for any.
        required: A property that every node has that it finds; empty where that is not sure. Where
            no other nodes have the property than focus nodes, these need not be named.
        reveals: It can tell a blank node from an IRI.
        sql: The same as SQL; None where its form has none.
    """

    text: str
    messages: tuple[str, ...]
    predicates: frozenset[str] | None
    required: str
    reveals: bool
    sql: ConstraintSql | None

    def for_focus(self, number: int | None) -> str:
        """Write the query over the focus nodes of a number, or, with None, without naming them."""
        named = "" if number is None else f' GRAPH {FOCUS_GRAPH} {{ ?this {FOCUS_OF} "{number}" }} '
        return self.text.replace("%FOCUS%", named)


@frozen
class SparqlPlan:
    """A SPARQL constraint of a shape, and a statement with the column node for its focus nodes."""

    part: ShapePart
    shape: Shape
    constraint: SparqlConstraint
    focus_sql: str


@frozen
class Uncompiled:
    """What is left to pyshacl, and why."""

    part: ShapePart
    reason: str


@frozen
class CompiledShapes:
    """All that the fast engine does for a shapes graph.

    Attributes:
        prepare: Names and statements of the tables that the plans work on, in order.
        plans: Statements for the constraints of SHACL Core.
        constraints: SPARQL constraints.
        parts: What the plans judge.
        uncompiled: What they do not.
        targets: Number of the targets of each root.
    """

    prepare: tuple[tuple[str, str], ...]
    plans: tuple[StatementPlan, ...]
    constraints: tuple[SparqlPlan, ...]
    parts: tuple[ShapePart, ...]
    uncompiled: tuple[Uncompiled, ...]
    targets: Mapping[str, int]

    def list_statements(self) -> Iterator[str]:
        """List the statements that are run, as far as they depend on the shapes."""
        yield from (sql for name, sql in self.prepare if name != "keys")  # which Python makes of few literals
        yield from (plan.sql for plan in self.plans)
        yield " UNION ALL ".join(plan.focus_sql for plan in self.constraints)
        for sql in filter(None, (plan.constraint.sql for plan in self.constraints)):
            yield from (sql.match, sql.select, *(select for _, select in sql.prepare))


@frozen
class DetailPlan:
    """A SELECT of details of results: columns focus, value, detail, number; all but the last are
    ids.

    Attributes:
        question: The number of the constraint component of a shape whose results they are of.
        kind: ``parameter`` where rows are what breaks one of several values of a parameter,
            ``counted`` where they are the values that are counted, ``missing`` where they tell how
            many there are of *least*, ``inner`` where they are what a value lacks for another
            shape.
        label: The number of the parameter's value, or the constraint of the inner shape.
    """

    question: int
    kind: str
    select: str
    label: tuple[str, ...] = ()
    least: int = 0


@frozen
class DetailStatement:
    """One statement for the details of many results: columns plan (its number), focus, value,
    detail, number; empty for no plan.

    It works on ``spo``, on ``judged``, the ids (node) of the focus nodes of each question
    (question), and on the tables that *prepare* makes.
    """

    plans: tuple[DetailPlan, ...]
    sql: str
    prepare: tuple[tuple[str, str], ...]


def component_iri(branch: Branch) -> str:
    """Write the IRI of the constraint component, as an N-Triples term."""
    return term(f"sh:{branch.component}ConstraintComponent")


def find_parameter(component: str) -> str:
    """Find the parameter of a constraint component of SHACL; its local name.

    >>> find_parameter("<http://www.w3.org/ns/shacl#QualifiedMinCountConstraintComponent>")
    'qualifiedValueShape'
    """
    name = name_component(component)
    return "qualifiedValueShape" if name.startswith("Qualified") else name[:1].lower() + name[1:]


def name_component(component: str) -> str:
    """Name a constraint component of SHACL without what all names have in common."""
    return component.removeprefix(f"<{PREFIXES['sh']}").removesuffix("ConstraintComponent>")

"""A shapes graph, read into frozen records: shapes, targets, paths, constraints.

Reading is lazy: a shape is read when a target or another shape leads to it, so that a part of the
graph that cannot be used costs only the shapes that need it.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import field
from functools import cached_property

from airm_graph.frozen import frozen
from airm_graph.namespaces import PREFIXES, term
from airm_graph.terms import Quad, read_literal
from airm_graph.validate.vocabulary import SHACL_12

__all__ = [
    "Alternative",
    "Constraint",
    "Inverse",
    "NotCompiledError",
    "Path",
    "Predicate",
    "Repeat",
    "Sequence",
    "Shape",
    "ShapesGraph",
    "path_text",
    "shape_path",
]

_SH = PREFIXES["sh"]
_TYPE, _FIRST, _REST, _NIL = (term(f"rdf:{name}") for name in ("type", "first", "rest", "nil"))
_CLASS, _OWL_CLASS, _SUBCLASS = term("rdfs:Class"), term("owl:Class"), term("rdfs:subClassOf")
TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_LISTS = frozenset(("and", "in", "languageIn", "or", "xone"))
#: Parameters of SHACL Core and SHACL-SPARQL that make a constraint of their own; the others refine
#: one of these.
PARAMETERS = (
    *("class", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive"),
    *("minLength", "maxLength", "pattern", "languageIn", "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals"),
    *("not", "and", "or", "xone", "node", "property", "qualifiedValueShape", "closed", "hasValue", "in", "sparql"),
    *sorted(SHACL_12),
)
_FOREIGN = ("js", "expression")
_REPEATS = {"zeroOrMorePath": (0, True), "oneOrMorePath": (1, True), "zeroOrOnePath": (0, False)}


class NotCompiledError(Exception):
    """A shape, or a part of one, that the fast engine leaves to pyshacl; the message says why."""


@frozen
class Predicate:
    """A path of one step."""

    iri: str


@frozen
class Inverse:
    """A path walked against its direction."""

    path: "Path"


@frozen
class Sequence:
    """Paths walked one after the other."""

    paths: "tuple[Path, ...]"


@frozen
class Alternative:
    """Paths of which any is walked."""

    paths: "tuple[Path, ...]"


@frozen
class Repeat:
    """A path walked once or not at all, or, where *many*, any number of times from *least* on."""

    path: "Path"
    least: int
    many: bool


Path = Predicate | Inverse | Sequence | Alternative | Repeat


@frozen
class Constraint:
    """One parameter of a shape with all its values.

    A value that is a list stands as the tuple of its members.
    """

    parameter: str
    values: tuple[str | tuple[str, ...], ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Return the values of a parameter that takes no list."""
        return tuple(value for value in self.values if isinstance(value, str))

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """Return the values of a parameter that takes lists."""
        return tuple(value for value in self.values if not isinstance(value, str))


@frozen
class Shape:
    """A node shape, or, with a path, a property shape.

    Attributes:
        node: IRI or blank node as an N-Triples term.
        targets: Pairs of a kind (``targetClass``) and a term; an implicit class target is written
            as a target class.
        options: Parameters that refine a constraint (``flags``, ``ignoredProperties``,
            ``qualifiedMinCount`` …).
    """

    node: str
    path: Path | None = None
    targets: tuple[tuple[str, str], ...] = ()
    severity: str = f"<{_SH}Violation>"
    messages: tuple[str, ...] = ()  # as literals
    deactivated: bool = False
    constraints: tuple[Constraint, ...] = ()
    options: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def option(self, name: str) -> str | None:
        """Return the one value of a refining parameter; None where it is absent.

        Raises:
            NotCompiledError: It has several.
        """
        values = self.options.get(name, ())
        if len(values) > 1:
            raise NotCompiledError(f"{self.node} has several values of sh:{name}")
        return values[0] if values else None


class ShapesGraph:
    """The rows of a shapes graph by subject and predicate."""

    def __init__(self, rows: Iterable[Quad]) -> None:
        """Index the rows, whatever their own graph."""
        self._values: dict[str, dict[str, set[str]]] = {}
        for subject, predicate, value, _ in rows:
            self._values.setdefault(subject, {}).setdefault(predicate, set()).add(value)
        self._shapes: dict[str, Shape] = {}
        # SHACL asks the shapes graph whether owl:Class is a class; every engine takes it for one,
        # and so do people.
        self._classes = self._find_below({_CLASS, _OWL_CLASS})
        self._custom = tuple(self._custom_components())

    def values(self, subject: str, predicate: str) -> list[str]:
        """Find the values of a property, sorted.

        The predicate is a term or the local name of a SHACL property.
        """
        key = predicate if predicate.startswith("<") else f"<{_SH}{predicate}>"
        return sorted(self._values[subject].get(key, ())) if subject in self._values else []

    def predicates(self, subject: str) -> list[str]:
        """Find the properties of a node, sorted."""
        return sorted(self._values.get(subject, ()))

    def subjects(self, predicate: str, value: str) -> list[str]:
        """Find the subjects that have a value of a SHACL property (its local name), sorted."""
        key = f"<{_SH}{predicate}>"
        return sorted(subject for subject, values in self._values.items() if value in values.get(key, ()))

    def objects(self, predicate: str) -> list[str]:
        """Find every value of a SHACL property, sorted."""
        key = f"<{_SH}{predicate}>"
        return sorted({value for values in self._values.values() for value in values.get(key, ())})

    def instances(self, of: str) -> list[str]:
        """Find the subjects of a type, sorted."""
        return sorted(subject for subject, values in self._values.items() if of in values.get(_TYPE, ()))

    def roots(self) -> list[str]:
        """Find every node with a target of its own, sorted."""
        keys = {f"<{_SH}{name}>" for name in TARGETS}
        return sorted(node for node, values in self._values.items() if keys & values.keys() or self._is_class_shape(node))

    def shape(self, node: str) -> Shape:
        """Read a shape.

        Raises:
            NotCompiledError: It is malformed or holds what only pyshacl judges.
        """
        if node not in self._shapes:
            self._shapes[node] = self._read(node)
        return self._shapes[node]

    def items(self, head: str) -> tuple[str, ...]:
        """Read the members of a list.

        Raises:
            NotCompiledError: It is not well formed.
        """
        found: list[str] = []
        seen: set[str] = set()
        while head != _NIL:
            first, rest = self.values(head, _FIRST), self.values(head, _REST)
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise NotCompiledError(f"{head} is not a well-formed list")
            seen.add(head)
            found += first
            head = rest[0]
        return tuple(found)

    def path(self, node: str, *, depth: int = 0) -> Path:
        """Read a property path.

        Raises:
            NotCompiledError: It is not well formed.
        """
        if node.startswith("<") and node != _NIL:
            return Predicate(node)
        if depth > 10 or not node.startswith("_:"):
            raise NotCompiledError(f"{node} is not a property path")
        if self.values(node, _FIRST):
            return Sequence(self._steps(node, depth=depth))
        for name in ("inversePath", "alternativePath", *_REPEATS):
            if inner := self.values(node, name):
                if len(inner) > 1:
                    raise NotCompiledError(f"a path has several values of sh:{name}")
                if name == "inversePath":
                    return Inverse(self.path(inner[0], depth=depth + 1))
                if name == "alternativePath":
                    return Alternative(self._steps(inner[0], depth=depth))
                least, many = _REPEATS[name]
                return Repeat(self.path(inner[0], depth=depth + 1), least=least, many=many)
        raise NotCompiledError(f"{node} is not a property path")

    def _steps(self, head: str, *, depth: int) -> tuple[Path, ...]:
        steps = tuple(self.path(step, depth=depth + 1) for step in self.items(head))
        if len(steps) < 2:
            raise NotCompiledError("a sequence or alternative path has fewer than two members")
        return steps

    def _is_class_shape(self, node: str) -> bool:
        """Tell whether a class is a shape too.

        Its type, its properties or another shape that refers to it say so.
        """
        values = self._values.get(node, {})
        types = values.get(_TYPE, set())
        if not types & self._classes:
            return False
        marks = {f"<{_SH}{name}>" for name in (*TARGETS, "property", "node")}
        return bool(types & {f"<{_SH}NodeShape>", f"<{_SH}PropertyShape>"} or marks & values.keys()) or node in self._referred

    def _find_below(self, classes: set[str]) -> set[str]:
        """Find classes and those that the graph puts below them."""
        found = set(classes)
        while more := {s for s, values in self._values.items() if found & values.get(_SUBCLASS, set())} - found:
            found |= more
        return found

    def reach(self, node: str) -> set[str]:
        """Find the nodes to which statements about SHACL lead from a shape, itself among them."""
        found, left = {node}, [node]
        for one in left:  # grows while it is walked
            for predicate, values in self._values.get(one, {}).items():
                if predicate.startswith(f"<{_SH}") or predicate in (_FIRST, _REST):
                    left += sorted(new := {value for value in values if value[:1] != '"'} - found)
                    found |= new
        return found

    def is_class_type(self, row: Quad) -> bool:
        """Tell whether a row makes its subject a class, and so a shape its own target."""
        return row[1] == _TYPE and row[2] in self._classes

    def find_empty(self) -> list[tuple[str, str]]:
        """Find pairs of a shape and an IRI that it names as a shape and that nothing is said of."""
        return sorted((node, name) for node, name in self._references() if name.startswith("<") and name not in self._values)

    @cached_property
    def _referred(self) -> frozenset[str]:
        return frozenset(name for _, name in self._references())

    def _references(self) -> Iterator[tuple[str, str]]:
        """Yield the nodes that name shapes, each with a shape that it names."""
        for node in self._values:
            for parameter in ("property", "node", "not", "qualifiedValueShape"):
                yield from ((node, name) for name in self.values(node, parameter))
            for parameter in ("and", "or", "xone"):
                for head in self.values(node, parameter):
                    with suppress(NotCompiledError):
                        yield from ((node, name) for name in self.items(head))

    def _read(self, node: str) -> Shape:
        if self.values(node, _TYPE).count(f"<{_SH}PropertyShape>") and not self.values(node, "path"):
            raise NotCompiledError(f"{node} is a property shape without a path")
        for name in _FOREIGN:
            if self.values(node, name):
                raise NotCompiledError(f"sh:{name}")
        for component, mandatory in self._custom:
            if all(self.values(node, parameter) for parameter in mandatory):
                raise NotCompiledError(f"the constraint component {component}")
        return Shape(
            node=node,
            path=self._read_path(node),
            targets=self.targets(node),
            severity=next(iter(self.values(node, "severity")), f"<{_SH}Violation>"),
            messages=tuple(self.values(node, "message")),
            deactivated=self._is_deactivated(node),
            constraints=tuple(self._constraints(node)),
            options=self._options(node),
        )

    def _read_path(self, node: str) -> Path | None:
        paths = self.values(node, "path")
        if len(paths) > 1 or (paths and f"<{_SH}NodeShape>" in self.values(node, _TYPE)):
            raise NotCompiledError(f"{node} has a path too many")
        return self.path(paths[0]) if paths else None

    def targets(self, node: str) -> tuple[tuple[str, str], ...]:
        """Find the targets of a shape: pairs of a kind and a term."""
        found = [(kind, value) for kind in TARGETS for value in self.values(node, kind)]
        if self._is_class_shape(node):
            found.append(("targetClass", node))
        return tuple(dict.fromkeys(found))

    def _is_deactivated(self, node: str) -> bool:
        values = self.values(node, "deactivated")
        if len(values) > 1:
            raise NotCompiledError(f"{node} has several values of sh:deactivated")
        return bool(values) and _text(values[0]) in ("true", "1")

    def _constraints(self, node: str) -> Iterator[Constraint]:
        for parameter in PARAMETERS:
            if values := self.values(node, parameter):
                if parameter in _LISTS:
                    yield Constraint(parameter, tuple(self.items(value) for value in values))
                else:
                    yield Constraint(parameter, tuple(values))

    def _options(self, node: str) -> dict[str, tuple[str, ...]]:
        names = ("flags", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint")
        options = {name: tuple(self.values(node, name)) for name in names}
        options["ignoredProperties"] = tuple(item for head in self.values(node, "ignoredProperties") for item in self.items(head))
        return {name: values for name, values in options.items() if values}

    def _custom_components(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Find the constraint components that the graph declares.

        Each comes with the predicates of its mandatory parameters.
        """
        kinds = self._find_below({f"<{_SH}ConstraintComponent>"})
        for node in sorted(self._values):
            parameters = self.values(node, "parameter")
            if parameters and kinds & self._values[node].get(_TYPE, set()):
                mandatory = [p for p in parameters if '"true"' not in (self.values(p, "optional") or [""])[0]]
                yield node, tuple(path for parameter in mandatory for path in self.values(parameter, "path"))


def path_text(path: Path) -> str:
    """Write a path as a SPARQL property path, as results show it.

    >>> path_text(Repeat(Inverse(Predicate("<urn:p>")), least=1, many=True))
    '(^(<urn:p>))+'
    """
    match path:
        case Predicate(iri):
            return iri
        case Inverse(inner):
            return f"^({path_text(inner)})"
        case Sequence(paths):
            return "/".join(_step_text(step) for step in paths)
        case Alternative(paths):
            return "|".join(_step_text(step) for step in paths)
        case Repeat(inner, least, many):
            return f"({path_text(inner)}){'?' if not many else '+' if least else '*'}"


def _step_text(path: Path) -> str:
    return f"({path_text(path)})" if isinstance(path, Sequence | Alternative) else path_text(path)


def shape_path(shape: Shape) -> str:
    """Write the path of a shape as results show it; empty for a node shape."""
    return path_text(shape.path) if shape.path else ""


def _text(value: str) -> str:
    return read_literal(value).text if value.startswith('"') else value.strip("<>")

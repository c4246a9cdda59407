"""Constraint components of pyshacl, corrected where it leaves the specification.

pyshacl reads patterns as Python does, for as long as they take, passes over flags that Python does
not have, cannot compare parts of dates, lets blank nodes pass a least length of 0, and gives to a
result of a SPARQL-based component the messages of those before it, too. These components take the
place of its own while it judges for this project, so that both engines give one answer. Patterns of
SPARQL constraints, which rdflib evaluates, are bounded in the same way.

Source:
    SHACL, 4.3 (value ranges), 4.4 (strings) and 6.3 (SPARQL-based components);
    SPARQL 1.1, 17.3 and 17.4.3.14.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from airm_graph.errors import ShapesError
from airm_graph.namespaces import PREFIXES
from airm_graph.validate.bounded_patterns import PatternProcess
from airm_graph.validate.compile.lexical import PARTIAL_DATES, compare_partial_dates
from airm_graph.validate.compile.patterns import translate_pattern
from airm_graph.validate.compile.shapes_graph import NotCompiledError

__all__ = ["corrected_components"]

_SH, _XSD = PREFIXES["sh"], PREFIXES["xsd"]


@contextmanager
def corrected_components() -> Iterator[None]:
    """Put the corrected components in place of pyshacl's for as long as the context lasts."""
    from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
    from pyshacl.constraints.core import property_pair_constraints, value_range_constraints
    from pyshacl.constraints.sparql.sparql_based_constraint_components import BoundShapeValidatorComponent
    from rdflib import URIRef
    from rdflib.plugins.sparql import operators

    process = PatternProcess()
    pattern, least = _make_components(process)
    corrected = {URIRef(f"{_SH}pattern"): pattern, URIRef(f"{_SH}minLength"): least}
    modules = (vars(value_range_constraints), vars(property_pair_constraints))
    comparisons = {id(module): _make_comparison(module["compare_literal"]) for module in modules if "compare_literal" in module}
    swaps: list[tuple[dict[Any, Any], Any, Any]] = [(CONSTRAINT_PARAMETERS_MAP, name, made) for name, made in corrected.items()]
    swaps += [(module, "compare_literal", comparisons[id(module)]) for module in modules if id(module) in comparisons]
    swaps.append((vars(operators), "re", _BoundedModule(process)))
    before = [(held, name, held[name]) for held, name, _ in swaps]
    setattr(BoundShapeValidatorComponent, "make_v_result", _make_result)  # noqa: B010 - its type is another
    try:
        for held, name, made in swaps:
            held[name] = made
        with process:
            yield
    finally:
        del BoundShapeValidatorComponent.make_v_result
        for held, name, made in before:
            held[name] = made


class _BoundedModule:
    """What rdflib uses of the module ``re``."""

    IGNORECASE, DOTALL, MULTILINE = re.IGNORECASE, re.DOTALL, re.MULTILINE

    def __init__(self, process: PatternProcess) -> None:
        self._process = process

    def __getattr__(self, name: str) -> Any:
        return getattr(re, name)

    def search(self, pattern: str, text: str, flags: int = 0) -> bool:
        return self._process.search(str(pattern), [str(text)], flags=int(flags))[0]

    def sub(self, pattern: str, by: str, text: str, flags: int = 0) -> str:
        # rdflib hands the flags over where `re.sub` takes the number of replacements.
        return self._process.replace(str(pattern), str(by), str(text), flags=int(flags))


def _make_components(process: PatternProcess) -> tuple[type, type]:
    from pyshacl.constraints.core.string_based_constraints import (
        MinLengthConstraintComponent,
        PatternConstraintComponent,
        StringBasedConstraintBase,
    )
    from rdflib import BNode, Literal, URIRef

    class Pattern(PatternConstraintComponent):
        def __init__(self, shape: Any) -> None:
            StringBasedConstraintBase.__init__(self, shape)
            self.string_rules = list(shape.objects(URIRef(f"{_SH}pattern")))
            if not all(isinstance(rule, Literal) for rule in self.string_rules):
                raise ShapesError(f"{shape.node}: sh:pattern takes texts only")
            flags = next(iter(shape.objects(URIRef(f"{_SH}flags"))), "")
            self.translated = {rule: _translate(str(rule), flags=str(flags)) for rule in self.string_rules}

        def _evaluate_string_rule(self, rule: Any, target_graph: Any, values_of: Any) -> tuple[bool, list[Any]]:
            pattern, flags = self.translated[rule]
            values = [(focus, value) for focus, values in values_of.items() for value in values]
            texts = ["" if isinstance(value, BNode) else _write(self, value) for _, value in values]
            found = process.search(pattern, texts, flags=flags)
            wrong = [pair for pair, is_found in zip(values, found, strict=True) if not is_found or isinstance(pair[1], BNode)]
            return bool(wrong), [self.make_v_result(target_graph, focus, value_node=value) for focus, value in wrong]

    class MinLength(MinLengthConstraintComponent):
        def _evaluate_string_rule(self, rule: Any, target_graph: Any, values_of: Any) -> tuple[bool, list[Any]]:
            if rule.value != 0:
                found: tuple[bool, list[Any]] = super()._evaluate_string_rule(rule, target_graph, values_of)  # type: ignore[no-untyped-call]
                return found
            blank = ((focus, value) for focus, values in values_of.items() for value in values if isinstance(value, BNode))
            reports = [self.make_v_result(target_graph, focus, value_node=value) for focus, value in blank]
            return bool(reports), reports

    return Pattern, MinLength


def _make_result(component: Any, *given: Any, extra_messages: list[Any], **more: Any) -> Any:
    made = super(type(component), component).make_v_result(*given, extra_messages=tuple(extra_messages), **more)
    extra_messages.clear()  # one list is handed on from result to result
    return made


def _write(component: Any, value: Any) -> str:
    return str(component.value_node_to_string(value))


def _translate(pattern: str, *, flags: str) -> tuple[str, int]:
    try:
        return translate_pattern(pattern, flags=flags)
    except NotCompiledError as error:
        raise ShapesError(str(error)) from error


def _make_comparison(compare: Any) -> Any:
    def compare_literals(one: Any, other: Any) -> Any:
        names = [str(node.datatype or "").removeprefix(_XSD) for node in (one, other)]
        if not PARTIAL_DATES.keys() & set(names):
            return compare(one, other)
        if names[0] != names[1]:
            raise TypeError("dates of unlike parts do not compare")
        return compare_partial_dates(str(one), str(other), name=names[0])

    return compare_literals

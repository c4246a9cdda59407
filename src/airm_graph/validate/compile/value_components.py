"""Constraint components that look at one value, or at the number of values.

Source:
    SHACL, 4.1 to 4.4, 4.8.2 and 4.8.3; where it is silent, as pyshacl does.
"""

import re
from collections.abc import Iterator

from airm_graph.graph import BLANK, IRI, LITERAL, quote
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import read_literal
from airm_graph.validate.compile.compiled_shapes import Branch
from airm_graph.validate.compile.lexical import STRINGS, is_comparable, well_formed
from airm_graph.validate.compile.pair_components import compare_keys
from airm_graph.validate.compile.paths import Relations
from airm_graph.validate.compile.patterns import rewrite_pattern, write_text
from airm_graph.validate.compile.scope import (
    NONE,
    TRUE,
    Scope,
    count_values,
    make_listed,
    make_test,
    only_value,
    read_count,
    require_property_shape,
    select_focus,
    select_values,
)
from airm_graph.validate.compile.shapes_graph import Constraint, NotCompiledError

__all__ = ["VALUES", "find_instances"]

_LITERAL = re.compile(r'".*"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?\Z', re.DOTALL)
_KINDS = {
    "IRI": (IRI,),
    "BlankNode": (BLANK,),
    "Literal": (LITERAL,),
    "BlankNodeOrIRI": (BLANK, IRI),
    "BlankNodeOrLiteral": (BLANK, LITERAL),
    "IRIOrLiteral": (IRI, LITERAL),
}


def _class(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for value in constraint.terms:
        instances = find_instances(scope.relations, value)
        missing = select_values(scope, f"NOT EXISTS (SELECT 1 FROM {instances} AS i WHERE i.node = v.value)")
        yield make_listed(constraint, missing, kind="class", number=scope.ids[value])


def find_instances(relations: Relations, value: str) -> str:
    """Name the relation of the instances of a class and of the classes below it.

    It comes from the table that is made for all classes at once.
    """
    return relations.name(f"SELECT node FROM instances WHERE class = {relations.ids[value]}")


def _datatype(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    datatype = only_value(constraint).strip("<>")
    conditions = [f"v.kind = {LITERAL}"]
    if datatype != PREFIXES["rdfs"] + "Literal":
        conditions.append(f"v.datatype = {quote(datatype)}")
        if form := well_formed(datatype):
            conditions.append(form)
    yield make_test(constraint, "described", scope.described(), f"NOT ({' AND '.join(conditions)})")


def _node_kind(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    kinds = _KINDS.get(only_value(constraint).strip("<>").removeprefix(PREFIXES["sh"]))
    if kinds is None:
        raise NotCompiledError(f"the node kind {only_value(constraint)}")
    yield make_test(constraint, "described", scope.described(), f"v.kind NOT IN ({', '.join(map(str, kinds))})")


def _min_count(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    require_property_shape(scope, constraint)
    least = read_count(only_value(constraint), parameter=constraint.parameter)
    if least:
        yield make_test(constraint, "counted", _counted(scope), f"v.n < {least}")


def _counted(scope: Scope) -> str:
    """Name the relation of the focus nodes and the number of their values, with no value."""
    return scope.relations.name(
        f"SELECT f.node AS focus, {NONE} AS value, COALESCE(c.n, 0) AS n FROM {scope.focus} AS f {count_values(scope.values)}"
    )


def _max_count(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    require_property_shape(scope, constraint)
    yield make_test(constraint, "counted", _counted(scope), f"v.n > {read_count(only_value(constraint), parameter=constraint.parameter)}")


def _range(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    operator = (">" if constraint.parameter.startswith("min") else "<") + ("=" if constraint.parameter.endswith("Inclusive") else "")
    for bound in constraint.terms:
        match = _LITERAL.match(bound)
        if match is None or match["language"]:
            raise NotCompiledError(f"the bound {bound}")
        if not match["datatype"]:
            text = read_literal(bound).text
            if "\0" in text:
                raise NotCompiledError("U+0000 in a bound")
            holds = f"v.kind = {LITERAL} AND v.datatype = {quote(STRINGS[0])} AND v.lexical {operator} {quote(text)}"
            yield make_test(constraint, "described", scope.described(), f"NOT ({holds})")
            continue
        if not is_comparable(read_literal(bound).text, datatype=match["datatype"]):
            raise NotCompiledError(f"the bound {bound}")
        keys = f"SELECT 1 FROM keys AS a JOIN keys AS b ON b.space = a.space AND b.id = {scope.ids[bound]}"
        outside = select_values(scope, f"NOT EXISTS ({keys} WHERE a.id = v.value AND {compare_keys(operator)})")
        yield make_listed(constraint, outside, kind=f"range{operator}", number=scope.ids[bound])


def _length(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    length = read_count(only_value(constraint), parameter=constraint.parameter)
    if constraint.parameter == "maxLength":
        yield make_test(constraint, "described", scope.described(), f"v.kind = {BLANK} OR LENGTH(v.lexical) > {length}")
    else:
        yield make_test(constraint, "described", scope.described(), f"v.kind = {BLANK} OR LENGTH(v.lexical) < {length}")


def _pattern(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    flags = read_literal(scope.shape.option("flags") or '""').text
    for value in constraint.terms:
        if not value.startswith('"'):
            raise NotCompiledError(f"the pattern {value}")
        pattern = quote(rewrite_pattern(read_literal(value).text, flags=flags))
        yield make_test(constraint, "described", scope.described(), f"v.kind = {BLANK} OR NOT regexp_matches(v.lexical, {pattern})")


def _language_in(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    if len(constraint.lists) != 1 or not all(value.startswith('"') for value in constraint.lists[0]):
        raise NotCompiledError("sh:languageIn")
    ranges = sorted({read_literal(value).text.lower() for value in constraint.lists[0]} - {""})
    form = "." if "*" in ranges else f"^({'|'.join(map(write_text, ranges))})(-.*)?$"
    holds = f"regexp_matches(LOWER(v.language), {quote(form)})" if ranges else "FALSE"
    yield make_test(constraint, "described", scope.described(), f"NOT {holds}")


def _unique_lang(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    require_property_shape(scope, constraint)
    value = only_value(constraint)
    if value not in TRUE:
        raise NotCompiledError(f"the value {value} of sh:uniqueLang")
    # The suite of the W3C asks that "1" be no true here; pyshacl takes it for one.
    if value.startswith('"true"'):
        twice = (
            # The value stands for its language, which is what a result tells.
            f"SELECT v.focus, MIN(v.value) AS value, {NONE} AS path FROM {scope.described()} AS v "
            "WHERE v.language <> '' GROUP BY v.focus, LOWER(v.language) HAVING COUNT(*) > 1"
        )
        yield make_listed(constraint, twice, kind="languages")


def _has_value(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for value in constraint.terms:
        held = f"SELECT 1 FROM {scope.values} AS v WHERE v.focus = f.node AND v.value = {scope.ids[value]}"
        yield make_listed(constraint, select_focus(scope, f"NOT EXISTS ({held})"), kind="held", number=scope.ids[value])


def _in(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    if len(constraint.lists) != 1:
        raise NotCompiledError("several values of sh:in")
    numbers = ", ".join(str(scope.ids[value]) for value in sorted(set(constraint.lists[0]))) or "-1"
    yield make_test(constraint, "described", scope.described(), f"v.value NOT IN ({numbers})")


VALUES = {
    "class": _class,
    "datatype": _datatype,
    "hasValue": _has_value,
    "in": _in,
    "languageIn": _language_in,
    "maxCount": _max_count,
    "maxExclusive": _range,
    "maxInclusive": _range,
    "maxLength": _length,
    "minCount": _min_count,
    "minExclusive": _range,
    "minInclusive": _range,
    "minLength": _length,
    "nodeKind": _node_kind,
    "pattern": _pattern,
    "uniqueLang": _unique_lang,
}

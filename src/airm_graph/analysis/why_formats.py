"""Explanations as text, JSON and RDF."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from airm_graph.analysis.proofs import Proof, Triple
from airm_graph.analysis.term_names import mark_preliminary, show_term, write_turtle
from airm_graph.analysis.why import Contradiction, Explanation, Ground
from airm_graph.namespaces import BASE, literal, rebase_text, term
from airm_graph.notice import NOTICE
from airm_graph.reason.axioms import Rule
from airm_graph.terms import Quad
from airm_graph.validate.describe import describe_location

__all__ = [
    "describe_contradictions",
    "describe_explanation",
    "describe_explanations",
    "explanation_json",
    "explanations_turtle",
    "record_explanation",
]

_MEANINGS = {
    "cax": "a class lies below another",
    "prp-dom": "domain of a property",
    "prp-eqp": "equivalent properties",
    "prp-inv": "inverse properties",
    "prp-rng": "range of a property",
    "prp-spo1": "a property implies another",
    "prp-spo2": "chain of properties",
    "prp-symp": "symmetric property",
    "prp-trp": "transitive property",
}
_QUOTED = 100  # characters of a captured line, as in reports


def describe_explanation(explanation: Explanation) -> str:
    """Write an explanation for people: each step above its premises, asserted ones with the lines
    that state them.
    """
    return describe_explanations([explanation])


def describe_explanations(explanations: Iterable[Explanation]) -> str:
    """Write explanations for people, one below the other."""
    every = list(explanations)
    steps = [line for one in every for line in _describe_step(one.proof, one, 0)]
    codes = sorted({(show_term(code, base=one.base), name) for one in every for code, name in one.codes.items()})
    told = ["", *(f"{code} is {_printable(name)}" for code, name in codes)] if codes else []
    return "\n".join((*steps, *told, "", NOTICE)) + "\n"


def _describe_step(step: Proof, explanation: Explanation, depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield indent + _show(step.statement, explanation.base)
    if step.rule:
        yield f"{indent}  by {step.rule.name} ({_name_rule(step.rule)}): {_show_axiom(step.rule, explanation.base)}; from"
        for premise in step.premises:
            yield from _describe_step(premise, explanation, depth + 2)
        return
    for ground in explanation.grounds[step.statement]:
        yield f"{indent}  stated at {_show_ground(ground, explanation.base)}"
        if ground.location and ground.location.text:
            yield f"{indent}    | {_printable(ground.location.text.partition(chr(10))[0])[:_QUOTED]}"


def _name_rule(rule: Rule) -> str:
    return next(text for name, text in _MEANINGS.items() if rule.name.startswith(name))


def _show(statement: Triple, base: str) -> str:
    return _printable(" ".join(show_term(part, base=base) for part in statement))


def _show_axiom(rule: Rule, base: str) -> str:
    if not _is_chain(rule):
        return _show(rule.axiom, base)
    steps = " ".join(show_term(name, base=base) for name in rule.body)
    return f"{show_term(rule.axiom[0], base=base)} owl:propertyChainAxiom ( {steps} )"


def _is_chain(rule: Rule) -> bool:
    """Whether the object of the axiom is a list: its first cell is a blank node, which says nothing
    by itself.
    """
    return rule.axiom[1] == term("owl:propertyChainAxiom")


def _show_ground(ground: Ground, base: str) -> str:
    where = describe_location(ground.location)
    return where or show_term(ground.graph, base=base) or "the default graph"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def explanation_json(explanation: Explanation) -> str:
    """Write an explanation as JSON, with terms as N-Triples has them."""
    found = {"notice": NOTICE, **record_explanation(explanation)}
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def record_explanation(explanation: Explanation) -> dict[str, Any]:
    """Take an explanation apart, as `explanation_json` writes it."""
    record = _record_step(explanation.proof, explanation)
    return {**record, "codes": dict(sorted(explanation.codes.items()))} if explanation.codes else record


def _record_step(step: Proof, explanation: Explanation) -> dict[str, Any]:
    record: dict[str, Any] = {"statement": list(step.statement)}
    if step.rule:
        subject, predicate, value = step.rule.axiom
        record |= {"rule": step.rule.name, "axiom": [subject, predicate, list(step.rule.body) if _is_chain(step.rule) else value]}
        record["premises"] = [_record_step(premise, explanation) for premise in step.premises]
        return record
    record["stated"] = [_record_ground(ground) for ground in explanation.grounds[step.statement]]
    return record


def _record_ground(ground: Ground) -> dict[str, Any]:
    place = ground.location
    found = {"graph": ground.graph, "evidence": ground.evidence or None}
    if place:
        lines = {"file": place.file, "first_line": place.first_line, "last_line": place.last_line}
        found |= {**lines, "row": place.row, "column": place.column or None, "text": place.text or None}  # type: ignore[dict-item]
    return found


def describe_contradictions(found: Iterable[Contradiction]) -> str:
    """Write contradictions for people: the finding, then why the thing belongs to each of the two
    classes.
    """
    lines = []
    for each in found:
        finding = each.finding
        where = describe_location(finding.location) or "-"
        lines.append(_printable(f"{where}  violation  {finding.rule}  {finding.message}; {finding.remedy}"))
        for explanation in each.explanations:
            lines += [*_describe_step(explanation.proof, explanation, 1)]
    return "\n".join((*(lines or ["no contradictions"]), "", NOTICE)) + "\n"


def explanations_turtle(explanations: Iterable[Explanation], *, base: str = BASE) -> str:
    """Write explanations as RDF, each statement once, whatever it explains.

    A statement is an ``rdf:Statement``. An inferred one was derived (``prov:wasDerivedFrom``) from
    its premises and the axiom, by a rule; an asserted one has its evidence, or the named graph that
    states it.
    """
    rows: dict[Quad, None] = {}
    for explanation in explanations:
        for step in explanation.proof.walk():
            rows.update(dict.fromkeys(_state_step(step, explanation)))
    head = f"<{base}justification>"
    found: list[Quad] = [(head, term("rdf:type"), term("prov:Collection"), ""), *mark_preliminary(head, base=base)]
    found += [(head, term("prov:hadMember"), s, "") for s, p, o, _ in rows if (p, o) == (term("rdf:type"), term("rdf:Statement"))]
    return write_turtle((*found, *rows), base=base)


def _state_step(step: Proof, explanation: Explanation) -> Iterator[Quad]:
    base = explanation.base
    yield from _state_triple(step.statement, base)
    node = _name_statement(step.statement, base)
    if step.rule:
        axiom, *cells = _state_axiom(step.rule)
        yield from ((*cell, "") for cell in cells)
        yield node, f"<{base}justification#rule>", literal(step.rule.name), ""
        yield from _state_triple(axiom, base)
        premises = (*(premise.statement for premise in step.premises), axiom)
        yield from ((node, term("prov:wasDerivedFrom"), _name_statement(one, base), "") for one in premises)
        return
    for ground in explanation.grounds[step.statement]:
        if ground.evidence:
            yield node, rebase_text(term("airm:evidence"), base), ground.evidence, ""
        elif ground.graph:
            yield node, term("prov:wasQuotedFrom"), ground.graph, ""


def _state_axiom(rule: Rule) -> Iterator[Triple]:
    """The axiom of a rule, and the cells of its list, which are named by what stands in it."""
    if not _is_chain(rule):
        yield rule.axiom
        return
    name = hashlib.sha256(" ".join(rule.body).encode()).hexdigest()[:16]
    cells = [f"_:l{name}n{number}" for number in range(len(rule.body))]
    yield (*rule.axiom[:2], cells[0])
    for cell, value, rest in zip(cells, rule.body, (*cells[1:], term("rdf:nil")), strict=True):
        yield cell, term("rdf:first"), value
        yield cell, term("rdf:rest"), rest


def _state_triple(statement: Triple, base: str) -> Iterator[Quad]:
    node = _name_statement(statement, base)
    yield node, term("rdf:type"), term("rdf:Statement"), ""
    yield node, term("rdf:type"), term("prov:Entity"), ""
    for name, part in zip(("subject", "predicate", "object"), statement, strict=True):
        yield node, term(f"rdf:{name}"), part, ""


def _name_statement(statement: Triple, base: str) -> str:
    """Name a statement by the digest of its N-Triples form."""
    digest = hashlib.sha256(f"{' '.join(statement)} .\n".encode()).hexdigest()
    return f"<{base}justification/{digest[:32]}>"

"""Every inferred statement explained and replayed, beside Nemo, which traces the same statements by the same rules in the same run.

python benchmarks/why.py PATH [PATH …]

PATHs are what `airm-graph build` takes, or one dist folder. Told are seconds of the processor: for ours to load (quads in memory to an
index of the closure), to explain all, to replay all (each step by its rule from its premises, each proof from no less than it stands on),
to write all as RDF; for Nemo to load and reason, and to trace all. A proof of ours is minimal and leads to captured lines; a trace of Nemo
is neither made minimal nor has it lines. Exit code 1 where a proof takes more than 2 ms, all of it 10 s, or where a statement lacks one.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import airm_graph
from airm_graph.analysis.proofs import Triple, apply_rule, derive
from airm_graph.analysis.why import Explainer, Explanation
from airm_graph.analysis.why_formats import explanations_turtle
from airm_graph.namespaces import term
from airm_graph.pipeline import is_release, load
from airm_graph.reason.axioms import Rule
from airm_graph.reason.compiled import read_axioms

__all__ = ["main", "replay", "write_program"]

MOST_MS, MOST_SECONDS = 2.0, 10.0
_TYPE = term("rdf:type")


def replay(explanations: Iterable[Explanation]) -> tuple[int, int]:
    """Give each step again by its rule, and look whether a proof lacks nothing and has nothing to spare.

    Returns:
        How many steps there are, and how many of them, or of what proofs stand on, are wrong.
    """
    steps = wrong = 0
    for explanation in explanations:
        proof = explanation.proof
        for step in proof.walk():
            if step.rule:
                steps += 1
                wrong += apply_rule(step.rule, [premise.statement for premise in step.premises]) != step.statement
        asserted = proof.asserted
        wrong += derive(asserted, proof.rules, goal=proof.statement) is None
        for omitted in asserted:
            wrong += derive([one for one in asserted if one != omitted], proof.rules, goal=proof.statement) is not None
        wrong += any(not explanation.grounds[one] for one in asserted)
    return steps, wrong


def write_program(rules: Iterable[Rule], data: Path) -> str:
    """Write rules as a program of Nemo over one predicate of three terms."""
    lines = [f'@import t :- ntriples{{resource="{data}"}} .']
    lines += sorted({line for rule in rules for line in _write_rule(rule)})
    return "\n".join((*lines, "@export t :- csv{} .")) + "\n"


def _write_rule(rule: Rule) -> Iterator[str]:
    body = rule.body
    if rule.kind == "class":
        yield f"t(?x, {_TYPE}, {rule.head}) :- t(?x, {_TYPE}, {body[0]}) ."
    elif rule.kind == "type":
        yield f"t(?{'y' if rule.turned else 'x'}, {_TYPE}, {rule.head}) :- t(?x, {body[0]}, ?y) ."
    elif rule.kind == "property":
        head = f"?y, {rule.head}, ?x" if rule.turned else f"?x, {rule.head}, ?y"
        yield f"t({head}) :- t(?x, {body[0]}, ?y) ."
    elif rule.kind == "chain":
        parts = ", ".join(f"t(?x{n}, {name}, ?x{n + 1})" for n, name in enumerate(body))
        yield f"t(?x0, {rule.head}, ?x{len(body)}) :- {parts} ."


def _trace(asserted: Iterable[Triple], rules: Iterable[Rule], goals: Sequence[Triple]) -> tuple[float, float, int]:
    """Reason and trace with Nemo: seconds of both, and how many statements it has a trace of."""
    from nmo_python import NemoEngine, load_string

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data.nt")
        data.write_text("".join(f"{s} {p} {o} .\n" for s, p, o in asserted if "_:" not in (s[:2], o[:2])), encoding="utf-8")
        program = write_program(rules, data)
        start = time.process_time()
        engine = NemoEngine(load_string(program))
        engine.reason()
        loaded = time.process_time()
        found = sum(bool(trace) and "rule" in trace.dict() for trace in map(engine.trace, (f"t({s}, {p}, {o})" for s, p, o in goals)))
    return loaded - start, time.process_time() - loaded, found


def main(paths: Sequence[str]) -> int:
    """Measure and tell; returns the exit code."""
    graph = load(paths[0]) if len(paths) == 1 and is_release(Path(paths[0])) else airm_graph.build(paths)
    quads, ontology = graph.quads, graph.ontology
    marks = [time.process_time()]
    explainer = Explainer(quads, ontology=ontology, base=graph.base)
    marks.append(time.process_time())
    explanations = list(explainer.explain_all())
    marks.append(time.process_time())
    steps, wrong = replay(explanations)
    marks.append(time.process_time())
    written = explanations_turtle(explanations, base=graph.base)
    marks.append(time.process_time())
    contradictions = explainer.find_contradictions()
    marks.append(time.process_time())
    loading, explaining, replaying, writing, contradicting = (after - before for before, after in pairwise(marks))
    number = len(explanations)
    each = 1000 * explaining / max(number, 1)
    print(f"{len(quads)} quads, {number} inferred statements that nothing states, {steps} steps")
    print(
        f"ours: {loading:.2f} s to load, {explaining:.2f} s to explain all ({each:.3f} ms a proof), {replaying:.2f} s to replay all", end=""
    )
    print(f", {writing:.2f} s to write {len(written) / 1e6:.1f} MB of RDF; {contradicting:.2f} s for {len(contradictions)} contradictions")
    print(f"wrong: {wrong}")
    asserted = {quad[:3] for quad in (*graph.asserted, *ontology)}
    goals = [one.statement for one in explanations]
    reasoning, tracing, found = _trace(sorted(asserted), _list_rules(graph), goals)
    print(
        f"Nemo: {reasoning:.2f} s to load and reason, {tracing:.2f} s to trace all ({1000 * tracing / max(number, 1):.3f} ms a trace)",
        end="",
    )
    print(f"; {found} of {number} statements have one")
    return int(wrong > 0 or each > MOST_MS or loading + explaining + replaying > MOST_SECONDS)


def _list_rules(graph: airm_graph.Graph) -> tuple[Rule, ...]:
    from airm_graph.graph import TripleTable

    with TripleTable(threads=1) as table:
        table.load_rows((*quad[:3], "") for quad in graph.ontology)
        return read_axioms(table).declared


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    sys.exit(main(parser.parse_args().paths))

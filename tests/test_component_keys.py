"""Whatever compares what different pages say is named here, with the keys that make such pages one component.

A build of what changed is right only as long as nothing is compared that no key connects. Who adds a shape, rule, axiom or derivation that
looks beyond one statement meets a test that fails here, and says by which keys of `merge/components.py` or `pipeline/components.py` the
pages that it compares are connected.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from airm_graph.ingest.inputs import find_inputs
from airm_graph.namespaces import PREFIXES, term
from airm_graph.pipeline import BuildOptions, components
from airm_graph.pipeline.building import build_entries
from airm_graph.pipeline.components import find_components
from airm_graph.pipeline.pages_record import select_texts
from airm_graph.pipeline.shipped import read_ontology
from airm_graph.progress import tell_nobody
from airm_graph.rules import RULES
from airm_graph.triples import derivations
from airm_graph.validate.default_shapes import read_compiled
from test_cli import EXAMPLES

#: What one page, mitigation or source says, however many pages that takes.
RECORD = ("own",)
#: What no page says: vocabularies that come with the project, and tables, beside which all is built.
NO_PAGE = ()

SPARQL_CONSTRAINTS: Mapping[str, tuple[str, ...]] = {
    "abstract-of-two": ("abstract",),
    "before-in-text": RECORD,
    "codes-of-one-edition": RECORD,
    "digest-in-iri": RECORD,
    "evidence-below-capture": RECORD,
    "evidence-of-mitigation": RECORD,
    "line-in-evidence": RECORD,
    "lines-in-iri": RECORD,
    "notation-in-iri": NO_PAGE,
    "notation-of-parent": NO_PAGE,
    "notation-without-parent": NO_PAGE,
    "number-of-lines": RECORD,
    "same-text": RECORD,
    "unique-notation": NO_PAGE,
}
#: Shapes with a path that goes backwards or on and on.
PATHS: Mapping[str, tuple[str, ...]] = {
    "Classification-mitigation": RECORD,
    "Concept-children": NO_PAGE,
    "Concept-descendants": NO_PAGE,
    "Concept-topConcept": NO_PAGE,
    "ConceptScheme-notation": NO_PAGE,
    "Mapped-exactMatch": NO_PAGE,
    "Mitigation-derivedFromItself": ("text", "word"),
    "Mitigation-parts": RECORD,
    "Related-hierarchy": NO_PAGE,
    "Repair-evidence": RECORD,
}
#: Rules of the merge and of the closure.
MERGE_RULES: Mapping[str, tuple[str, ...]] = {
    "INF-01": RECORD,
    "MRG-01": RECORD,
    "MRG-02": RECORD,
    "MRG-03": RECORD,
    "MRG-04": RECORD,
    "MRG-05": ("own", "abstract"),
    "MRG-06": RECORD,
    "MRG-07": RECORD,
    "MRG-08": RECORD,
    "MRG-09": RECORD,
    "MRG-10": ("own", "unnamed"),
    "MRG-11": ("number",),
    "MRG-12": ("title",),
    "MRG-13": ("own", "unnamed"),
    "MRG-14": NO_PAGE,
}
#: Properties that a derivation is found by.
DERIVATIONS: Mapping[str, tuple[str, ...]] = {
    "airm:source": RECORD,
    "dcterms:description": ("text", "word"),
    "dcterms:identifier": ("word",),
    "dcterms:issued": RECORD,
}
#: Properties of the ontology with an axiom by which a statement follows from those of other subjects.
AXIOMS: Mapping[str, tuple[str, ...]] = {
    "airm:classifies": RECORD,
    "airm:code": RECORD,
    "airm:hasPart": RECORD,
    "airm:suggestedStatementKind": RECORD,
    "airm:underCode": RECORD,
    "airm:within": RECORD,
}


def list_shapes(predicates: Iterable[str]) -> set[str]:
    """Names of the shapes in which one of some properties of SHACL stands, however deep."""
    rows = read_compiled().rows
    above: defaultdict[str, set[str]] = defaultdict(set)
    for subject, _, value, _ in rows:
        above[value].add(subject)
    found: set[str] = set()
    wanted = {f"<{PREFIXES['sh']}{name}>" for name in predicates}
    waiting = [subject for subject, predicate, _, _ in rows if predicate in wanted]
    while waiting:
        node = waiting.pop()
        if node.startswith("<"):
            found.add(node[1:-1].rpartition("#")[2])
        else:
            waiting += above[node]
    return found


def test_every_sparql_constraint_says_what_connects_the_pages_it_compares() -> None:
    named = f"<{PREFIXES['sh']}sparql>"
    assert {row[2][1:-1].rpartition("#")[2] for row in read_compiled().rows if row[1] == named} == SPARQL_CONSTRAINTS.keys()


def test_every_shape_that_looks_back_says_what_connects_the_pages_it_compares() -> None:
    assert list_shapes(["inversePath", "oneOrMorePath", "zeroOrMorePath", "zeroOrOnePath"]) == PATHS.keys()


def test_every_rule_of_several_pages_says_what_connects_them() -> None:
    assert {rule for rule in RULES if rule.startswith(("INF-", "MRG-"))} == MERGE_RULES.keys()


def test_every_property_that_proves_a_derivation_says_what_connects_the_pages() -> None:
    assert set(derivations._NAMES) == DERIVATIONS.keys()


def test_every_axiom_over_several_subjects_says_what_connects_the_pages() -> None:
    kinds = {term(f"owl:{name}Property") for name in ("Functional", "InverseFunctional", "Symmetric", "Transitive")}
    axioms = {term(f"owl:{name}") for name in ("hasKey", "inverseOf", "propertyChainAxiom", "sameAs")}
    found = {row[0][1:-1] for row in read_ontology() if row[1] in axioms or row[2] in kinds}
    assert {"airm:" + iri.removeprefix(PREFIXES["airm"]) for iri in found} == AXIOMS.keys()


def test_every_key_that_connects_pages_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (EXAMPLES / "handbook-staged-release.txt").read_text(encoding="utf-8")
    unnamed = "\n".join(line for line in page.split("\n") if "(2025)" not in line)
    for name in ("numbered", "unnamed"):
        (tmp_path / f"{name}.txt").write_text(unnamed, encoding="utf-8")
    (tmp_path / "numbered.meta.yaml").write_text("source:\n  title: A Guide\n  doi: 10.1000/182\n", encoding="utf-8")
    made: set[str] = set()
    connect = components.connect

    def note(keys: Mapping[str, Iterable[str]]) -> list[list[str]]:
        made.update(key.partition("|")[0] for held in keys.values() for key in held)
        return connect(keys)

    monkeypatch.setattr(components, "connect", note)
    read, graph = build_entries(find_inputs([EXAMPLES, tmp_path]), BuildOptions(), tell=tell_nobody)
    with closing(graph):
        find_components(read, texts=select_texts(graph.table))
    used = {key for table in (SPARQL_CONSTRAINTS, PATHS, MERGE_RULES, DERIVATIONS, AXIOMS) for keys in table.values() for key in keys}
    assert used <= made

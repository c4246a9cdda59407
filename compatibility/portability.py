"""Hold the query library and the shapes against the rules of portability: ``python compatibility/portability.py``.

Prints what breaks a rule, and ends with 1 where something does. Other files can be named as arguments.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from query_rules import Break, check_query_text
from rdflib import OWL, RDFS, Graph
from shape_rules import check_shapes

from airm_graph.namespaces import PREFIXES
from airm_graph.triples.statements import STATEMENTS

__all__ = ["check_files", "list_files", "read_kinds"]

ROOT = Path(__file__).resolve().parent.parent
_KINDS = {"text": "string", "year": "gYear", "date": "date", "integer": "integer", "iri": "IRI", "address": "IRI"}


def list_files() -> list[Path]:
    """What the project ships."""
    return sorted([*(ROOT / "queries").glob("*.rq"), *(ROOT / "shapes").glob("*.ttl")])


def read_kinds() -> dict[str, str]:
    """Property → kind of its values, by the table of statements and the ranges of the ontology."""
    kinds = {}
    for one in STATEMENTS:
        prefix, _, local = one.predicate.partition(":")
        kinds[PREFIXES[prefix] + local] = _KINDS.get(one.form, "IRI")
    ontology = Graph().parse(ROOT / "ontology" / "airm.ttl", format="turtle")
    for term, kind in ontology.subject_objects(RDFS.range):
        if (term, None, OWL.DatatypeProperty) in ontology:
            kinds[str(term)] = str(kind).rpartition("#")[2]
    return kinds


def check_files(paths: Iterable[Path], *, kinds: Mapping[str, str]) -> list[Break]:
    """Check queries (``.rq``) and shapes (``.ttl``)."""
    found = []
    for path in paths:
        check = check_query_text if path.suffix == ".rq" else check_shapes
        found += check(path.read_text(encoding="utf-8"), file=path.name, kinds=kinds)
    return found


def main(arguments: list[str]) -> int:
    """Print what breaks a rule."""
    found = check_files([Path(one) for one in arguments] or list_files(), kinds=read_kinds())
    for one in found:
        print(one)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

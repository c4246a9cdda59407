"""Asks each SPARQL constraint of the default shapes alone: seconds of the processor, filling the store included.

python benchmarks/constraints.py FILE.nq …
"""

import resource
import sys
from pathlib import Path

from airm_graph.graph import TripleTable
from airm_graph.graph.store import stream_rows
from airm_graph.namespaces import iri
from airm_graph.validate.compile import ShapesGraph, compile_shapes, find_constants
from airm_graph.validate.compiled_engine import prepared
from airm_graph.validate.shape_files import DEFAULT_SHAPES, read_every_shapes
from airm_graph.validate.sparql_constraints import ask_constraints

__all__ = ["measure"]


def measure(path: Path) -> dict[str, tuple[float, int]]:
    """Measure the constraints on a file: shape → seconds and number of results."""
    shape_rows, found = read_every_shapes(DEFAULT_SHAPES), {}
    graph = ShapesGraph(shape_rows)
    with TripleTable() as table:
        table.load_files([path], parse=stream_rows)
        table.remove_graph(iri("graph/inferred"))
        compiled = compile_shapes(graph, ids=table.add_terms(find_constants(shape_rows, graph=graph)))
        with prepared(compiled, table=table):
            for plan in compiled.constraints:
                start = _read_clock()
                results, _ = ask_constraints([plan], table=table)
                found[plan.shape.node] = (_read_clock() - start, sum(map(len, results.values())))
    return found


def _read_clock() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print one line for each file and constraint."""
    for name in sys.argv[1:]:
        for shape, (seconds, results) in measure(Path(name)).items():
            print(f"{name}\t{shape}\t{seconds:.2f}\t{results}")


if __name__ == "__main__":
    main()

"""The query library through our call, beside the same text given to pyoxigraph directly, on the same store.

The mitigations are loaded with their closure and the ontology, as a graph of ours loads them; loading is not counted. Each query is asked
several times in each run, and the least counts; the time of the run is the sum over all queries, and each query is a part. Directly means
`Store.query`, every term of every row taken. Arguments are such that there is something to find.

    python benchmarks/queries.py [SIZE [TIMES]]        10000 and 5 by default: both ways in turns in one process, a line for each query

Two processes differ by more than a tenth on a machine with other work, which is what our call may cost; in one process they do not.
"""

import sys
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from child import Watch, Work
from frame import Engine, Job
from generated import generate, ontology_rows

from airm_graph.namespaces import BASE, term
from airm_graph.pipeline import Graph
from airm_graph.query.library import bind_query, list_queries, load_query
from airm_graph.reason import infer

__all__ = ["JOBS", "choose_arguments", "make_graph"]

#: How often each query is asked in a run.
TIMES = 3


def make_graph(size: int) -> Graph:
    """Generated mitigations as a graph: asserted, inferred, ontology."""
    graph = Graph.of(generate(size))
    infer(graph.table, ontology=ontology_rows())
    return graph


def choose_arguments(graph: Graph) -> dict[str, tuple[str, dict[str, str]]]:
    """What is asked: a name → a query of the library and arguments that find something.

    Every query is there with what it requires, and narrowed where it would list pairs or mitigations without end; without that it is there
    once more.
    """

    def first(kind: str) -> str:
        return next(s for s, p, o, _ in graph.asserted if p == term("rdf:type") and o == term(kind))[1:-1].removeprefix(BASE)

    given = {"mitigation": first("airm:Mitigation"), "source": first("airm:Source"), "code": "1.1", "text": "watermark"}
    asked = {query.name: (query.name, {p.name: given[p.name] for p in query.parameters if p.required}) for query in list_queries()}
    narrowed = {
        "codes-by-source": {"source": given["source"]},
        "mitigations-by-role": {"actor": "developer", "stage": "deploy"},
        "sources-by-shared-code": {"source": given["source"]},
    }
    asked |= {f"{name}, all": asked[name] for name in narrowed}
    return dict(sorted((asked | {name: (name, arguments) for name, arguments in narrowed.items()}).items()))


def prepare(_: Path, size: int, way: str) -> Work:
    """Ask every query, through our call or directly."""
    graph = make_graph(size)
    ask = {"ours": _ask_ours, "direct": _ask_directly}[way]
    calls = {name: ask(graph, query, arguments) for name, (query, arguments) in choose_arguments(graph).items()}
    for call in calls.values():
        call()
    return lambda watch: _ask_all(calls, watch)


def _ask_all(calls: Mapping[str, Callable[[], list]], watch: Watch) -> object:
    found, taken = {}, {}
    for name, call in calls.items():
        marks = []
        for _ in range(TIMES):
            begun = time.perf_counter(), time.process_time()
            found[name] = call()
            marks.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
        taken[name] = tuple(map(min, zip(*marks, strict=True)))
        watch.parts[name] = round(taken[name][1], 6)
    watch.give(seconds=sum(clock for clock, _ in taken.values()), cpu=sum(cpu for _, cpu in taken.values()))
    return lambda: {"rows": {name: len(rows) for name, rows in found.items()}, "digest": _digest(*found.values())}


def _ask_ours(graph: Graph, name: str, arguments: Mapping[str, str]) -> Callable[[], list]:
    return lambda: list(graph.query(name, **arguments).rows)


def _ask_directly(graph: Graph, name: str, arguments: Mapping[str, str]) -> Callable[[], list]:
    # The text and the store are those that our call uses.
    text, store = bind_query(load_query(name), arguments), graph.store._store
    return lambda: [tuple(row) for row in store.query(text)]


def _digest(*tables: list) -> str:
    told = ["\n".join(sorted("\t".join("" if cell is None else str(cell) for cell in row) for row in rows)) for rows in tables]
    return sha256("\n\n".join(told).encode()).hexdigest()[:16]


JOBS = (
    Job(
        "queries",
        "The query library",
        "Every query of the library, asked of the same store in memory; the sum of their times. Directly is the same text given to "
        "pyoxigraph, every term of every row taken.",
        (
            Engine("airm-graph", "queries:prepare", ("ours",), ("pyoxigraph",)),
            Engine("pyoxigraph, called directly", "queries:prepare", ("direct",), ("pyoxigraph",), most=100_000),
        ),
        aims={"pyoxigraph, called directly": 1 / 1.1},
    ),
)


def main(size: int, times: int) -> None:
    """Ask in turns and print the least milliseconds of the processor, and the ratio."""
    graph = make_graph(size)
    print(f"{'query':<34} {'rows':>7} {'ours':>9} {'directly':>9} ms  ratio")
    for name, (query, arguments) in choose_arguments(graph).items():
        ways = [ask(graph, query, arguments) for ask in (_ask_ours, _ask_directly)]
        marks: list[list[float]] = [[], []]
        for turn in range(times + 1):
            for way, taken in zip(ways, marks, strict=True):
                begun = time.process_time()
                rows = way()
                taken += [time.process_time() - begun] if turn else []
        ours, directly = (1000 * min(taken) for taken in marks)
        print(f"{name:<34} {len(rows):>7,} {ours:9.2f} {directly:9.2f}     {ours / directly:5.2f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000, int(sys.argv[2]) if sys.argv[2:] else 5)

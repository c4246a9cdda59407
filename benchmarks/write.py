"""The writers beside those of rdflib and pyoxigraph, from statements in memory to a file on disk.

Ours start from our Graph, rdflib from its own, pyoxigraph from a list of triples; making these does not count. Ours and one
of rdflib's JSON-LD are compacted with the context of the project, the other one of rdflib is expanded; pyoxigraph keeps the order of its
input and groups nothing. What each has written is read again, and has to be the same triples.
"""

import json
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from child import Watch, Work
from frame import Engine, Job
from generated import generate

from airm_graph.graph.store import parse_rows
from airm_graph.resources import read_resource
from airm_graph.terms import Quad

__all__ = ["JOBS"]

#: Format of ours → suffix, format of pyoxigraph, and the formats of rdflib with the largest size for each.
FORMATS = {
    "turtle": (".ttl", "TURTLE", {"longturtle": 10_000, "turtle": 10_000}),
    "jsonld": (".jsonld", "JSON_LD", {"json-ld": 10_000, "json-ld compacted": 10_000}),
    "rdfxml": (".rdf", "RDF_XML", {"xml": 10_000, "pretty-xml": 1000}),
    "ntriples": (".nt", "N_TRIPLES", {"nt": 10_000}),
}
_TITLES = {"turtle": "Turtle", "jsonld": "JSON-LD", "rdfxml": "RDF/XML", "ntriples": "N-Triples"}
_AIMS = {"jsonld": {"rdflib json-ld": 20.0}}


def make_statements(size: int) -> list[Quad]:
    """What is written."""
    return sorted(set(generate(size)))


def prepare_ours(folder: Path, size: int, form: str) -> Work:
    """Our writer of one format, or of all five in one pass."""
    from airm_graph.export import EXPORTS
    from airm_graph.pipeline import Graph

    for module in ("airm_graph.export.links", "airm_graph.validate.report"):
        import_module(module)  # loaded by those who use them, and imports do not count
    graph = Graph.of(make_statements(size))
    graph.table.use_all_threads()
    formats = tuple(EXPORTS) if form == "all" else (form,)

    def work(_: Watch) -> object:
        written = graph.write(folder / "ours", formats=formats)
        return partial(digest_file, written[EXPORTS[formats[0]].file_name])

    return work


def prepare_rdflib(folder: Path, size: int, form: str, suffix: str) -> Work:
    """A serializer of rdflib, from a Graph."""
    import rdflib

    graph = rdflib.Graph().parse(data=_lines(make_statements(size)), format="nt")
    form, _, compacted = form.partition(" ")
    told = {"context": json.loads(read_resource("ontology/context.jsonld"))["@context"]} if compacted else {}
    target = folder / f"rdflib{suffix}"

    def work(_: Watch) -> object:
        graph.serialize(target, format=form, **told)
        return partial(digest_file, target)

    return work


def prepare_pyoxigraph(folder: Path, size: int, form: str, suffix: str) -> Work:
    """The serializer of pyoxigraph, from a list of triples."""
    import pyoxigraph as ox

    triples = list(ox.parse(_lines(make_statements(size)), format=ox.RdfFormat.N_TRIPLES))
    target = folder / f"pyoxigraph{suffix}"

    def work(_: Watch) -> object:
        ox.serialize(triples, str(target), format=getattr(ox.RdfFormat, form))
        return partial(digest_file, target)

    return work


def _lines(rows: list[Quad]) -> bytes:
    return "".join(dict.fromkeys(f"{s} {p} {o} .\n" for s, p, o, _ in rows)).encode()


def digest_file(path: Path) -> dict[str, object]:
    """Number and digest of the triples of a file, whatever their order and spelling."""
    triples = sorted({row[:3] for row in parse_rows(path.read_bytes(), name=path.name, suffix=path.suffix)})
    return {"triples": len(triples), "digest": sha256("\n".join(map(" ".join, triples)).encode()).hexdigest()[:16]}


def _make_job(form: str) -> Job:
    suffix, theirs, others = FORMATS[form]
    return Job(
        f"write-{form}",
        f"Writing {_TITLES[form]}",
        "From statements in memory (ours and rdflib: a Graph; pyoxigraph: a list) to a file. pyoxigraph keeps the order "
        "of its input and groups nothing.",
        (
            Engine("airm-graph", "write:prepare_ours", (form,), ("pyoxigraph",)),
            *(Engine(f"rdflib {other}", "write:prepare_rdflib", (other, suffix), ("rdflib",), most=most) for other, most in others.items()),
            Engine("pyoxigraph", "write:prepare_pyoxigraph", (theirs, suffix), ("pyoxigraph",)),
        ),
        aims=_AIMS.get(form, {}),
    )


JOBS = (
    *map(_make_job, FORMATS),
    Job(
        "write-all",
        "Writing all five formats in one pass",
        "Turtle, JSON-LD, RDF/XML, N-Triples and N-Quads with their digests.",
        (Engine("airm-graph", "write:prepare_ours", ("all",), ("pyoxigraph",)),),
    ),
)

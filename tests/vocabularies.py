"""Shapes and vocabularies of others: this project and pyshacl find the same.

python tests/vocabularies.py FOLDER    fetches pinned packages and files into FOLDER, compares, prints a table
"""

import random
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from airm_graph.errors import AirmError, ShapesError
from airm_graph.graph import TripleTable
from airm_graph.graph.store import find_format
from airm_graph.ingest.mapping_sets import read_matches
from airm_graph.ingest.rdf import load_rdf_file
from airm_graph.namespaces import literal, term
from airm_graph.terms import Quad, read_literal
from airm_graph.validate.compile import ShapesGraph
from airm_graph.validate.engine import judge
from airm_graph.validate.pyshacl_engine import run_pyshacl
from airm_graph.validate.results import Result
from airm_graph.validate.shape_files import load_shapes

__all__ = ["compare_engines", "make_data"]

_SH, _TYPE = "<http://www.w3.org/ns/shacl#", term("rdf:type")


@dataclass(frozen=True)
class Source:
    """A release of a package (``pip`` or ``npm``), or files of a commit (``git``)."""

    kind: str
    name: str
    version: str
    files: tuple[str, ...] = ()


#: Where shapes come from; they judge data that is made of what they name.
SHAPES = (
    Source("pip", "roc-validator", "0.13.0"),
    Source("pip", "brickschema", "0.8.0", ("ontologies/1.5/extensions/223p.ttl", "ontologies/1.5/extensions/ref-schema.ttl")),
    Source("pip", "prezmanifest", "1.2.12", ("validator.ttl",)),
    Source("npm", "@vocabulary/dash", "1.0.6"),
    Source(
        "git",
        "AGLDWG/vocpub-profile",
        "34917dbf2e553ffde5c51a133142bf615eec30be",
        ("validators/validator.ttl", "validators/validator.ga.ttl"),
    ),
)
#: Where data comes from; the SKOS Reference judges it.
DATA = (
    Source("npm", "@vocabulary/dpv", "1.0.6", ("dpv.nq",)),
    Source("pip", "pylode", "3.4.1", ("rdf/",)),
    Source("git", "w3c/dpv", "b70b397aedc26a7e4dfd5b3df79539f5951605eb", ("2.3/dpv/dpv.ttl", "2.3/ai/ai.ttl")),
    Source("git", "d3fend/d3fend-ontology", "4ffca563f53cb8b0d37d0a0fb505ae40d3592542", ("src/ontology/d3fend-protege.ttl",)),
    *(
        Source("git", "NatLibFi/Skosmos", commit, (f"tests/test-vocab-data/{name}.ttl",))
        for name, commit in (
            ("test", "fbd554685f76bee9c420376549eea7fa4862d660"),
            ("groups", "20660d04de404f627b17a93aac2f60c3e4a7ab46"),
            ("mapping", "e069f56e978fb7ea892f9fdc96226f96afa27b0e"),
            ("xl", "dd998daeffb3b190a866ea88b77f136fbc917495"),
        )
    ),
)
#: Tables of mappings.
MAPPINGS = tuple(
    Source("git", "mapping-commons/sssom", commit, (f"examples/{name}.sssom.tsv",))
    for name, commit in (
        ("embedded/foodie-inc-2022-05-01", "598369a72776ddf4c8445e779c10c3ea9a4af440"),
        ("embedded/mp-hp-exact-0.0.1", "d2e4075b5224498af6e16a4119eb223e593aa509"),
        ("schema/literals", "3a9c374cd547f08efa3431c37ee35e8a54255f33"),
    )
)


def fetch(source: Source, folder: Path) -> list[Path]:
    """Fetch what is not there yet; returns the files, none where it is not to be had."""
    own = folder / f"{source.name.replace('/', '_')}-{source.version}"
    if not own.is_dir():
        part = own.with_suffix(".part")
        part.mkdir(parents=True, exist_ok=True)
        try:
            _FETCH[source.kind](source, part)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(part)
            print(f"{source.name} {source.version} cannot be had: {str(error).splitlines()[0]}", flush=True)
            return []
        part.rename(own)
    files = sorted(path for path in own.rglob("*") if path.is_file() and (find_format(path) or path.name.endswith(".sssom.tsv")))
    return [path for path in files if not source.files or any(name in path.as_posix() for name in source.files)]


def _fetch_pip(source: Source, folder: Path) -> None:
    wanted = [f"{source.name}=={source.version}", "--no-deps", "--only-binary=:all:", "--python-version=3.13", "--dest", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", *wanted], check=True, capture_output=True)
    for path in folder.glob("*.whl"):
        with zipfile.ZipFile(path) as packed:
            packed.extractall(folder)


def _fetch_npm(source: Source, folder: Path) -> None:
    subprocess.run(["npm", "pack", "--silent", f"{source.name}@{source.version}"], cwd=folder, check=True, capture_output=True)
    for path in folder.glob("*.tgz"):
        with tarfile.open(path) as packed:
            packed.extractall(folder, filter="data")


def _fetch_git(source: Source, folder: Path) -> None:
    for name in source.files:
        with urllib.request.urlopen(f"https://raw.githubusercontent.com/{source.name}/{source.version}/{name}", timeout=20) as answer:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(answer.read())


_FETCH = {"pip": _fetch_pip, "npm": _fetch_npm, "git": _fetch_git}


def make_data(rows: Iterable[Quad], chance: random.Random) -> list[Quad]:
    """Make data of the classes, properties and values that shapes name."""
    rows = list(rows)
    graph = ShapesGraph(rows)
    named = {o for _, p, o, _ in rows if p in (f"{_SH}targetClass>", f"{_SH}class>")}
    classes = sorted(named | {node for node in graph.roots() if graph.targets(node)[-1] == ("targetClass", node)})
    heads = [o for _, p, o, _ in rows if p == f"{_SH}path>"]
    steps = {node for head in heads for node in graph.reach(head) if node.startswith("<") and not node.startswith(_SH)}
    properties = sorted(
        steps | {o for _, p, o, _ in rows if p in (f"{_SH}targetSubjectsOf>", f"{_SH}targetObjectsOf>", f"{_SH}equals>", f"{_SH}disjoint>")}
    )
    constants = {o for _, p, o, _ in rows if p in (f"{_SH}hasValue>", f"{_SH}in>", term("rdf:first"), f"{_SH}targetNode>")}
    values = sorted(value for value in constants if not value.startswith("_:"))[:60]
    nodes = [f"<https://example.org/n{number}>" for number in range(12)] + ["_:n1", "_:n2"]
    words = ['""', '"x"', '"Some text"@en', '"Text"@de', '"2024-02-30"', '"https://example.org/"']
    typed = [literal(text, datatype=f"xsd:{name}") for text, name in (("1", "integer"), ("2024-01-31", "date"), ("2.5", "decimal"))]
    found = {(chance.choice(nodes), _TYPE, chance.choice(classes), "") for _ in range(16) if classes}
    for _ in range(60 if properties else 0):
        value = chance.choice(chance.choice([nodes, words, typed, values or nodes]))
        found.add((chance.choice(nodes), chance.choice(properties), value, ""))
    return sorted(found)


def compare_engines(table: TripleTable, rows: Sequence[Quad]) -> tuple[int, str, Counter[tuple[str, ...]]]:
    """Judge by both; returns the number of results, which engine of this project judged, and what one finds and the other does not."""
    judgement = judge(table, shape_rows=rows)
    with patch("airm_graph.validate.pyshacl_engine.corrected_components", nullcontext):
        theirs = Counter(map(_reduce, run_pyshacl(table, shape_rows=rows)))
    ours = Counter(map(_reduce, judgement.results))
    return len(judgement.results), "+".join(sorted(set(judgement.engines.values()))), (ours - theirs) + (theirs - ours)


def _reduce(result: Result) -> tuple[str, ...]:
    texts = sorted(read_literal(message).text for message in result.messages)
    return result.focus, result.path, result.value, result.component, result.shape, result.severity, *texts


def _compare_shapes(path: Path) -> Iterator[str]:
    try:
        rows = load_shapes([str(path)]).rows
        if not ShapesGraph(rows).roots():
            return
        for seed in range(3):
            with TripleTable(threads=1) as table:
                table.load_rows(make_data(rows, random.Random(seed)))
                number, engine, unlike = compare_engines(table, rows)
            yield f"{number} | {engine} | {sum(unlike.values())}"
            for one in sorted(unlike)[:5]:
                print(f"  {path.name}, seed {seed}: {one}", flush=True)
    except ShapesError as error:
        yield f"refused: {str(error).removeprefix(f'{path}:')[:120]}"


def _judge_skos(path: Path) -> Iterator[str]:
    with TripleTable(threads=1) as table:
        load_rdf_file(path, label="", table=table)
        rows = load_shapes(["skos"]).rows
        number, engine, unlike = compare_engines(table, rows)
        rules = Counter(result.message.partition(":")[0] for result in judge(table, shape_rows=rows).results)
        yield f"{number} | {engine} | {sum(unlike.values())} | {dict(rules)}"
        for one in sorted(unlike)[:5]:
            print(f"  {path.name}: {one}", flush=True)


def _read_mappings(path: Path) -> Iterator[str]:
    found, findings = read_matches(path.read_bytes(), file=path.name)
    yield f"{len(found.matches)} mappings | {Counter(finding.rule for finding in findings)}"


def main(folder: Path, only: Sequence[str]) -> None:
    """Compare all that can be had, or what has one of some names."""
    for sources, look in ((SHAPES, _compare_shapes), (DATA, _judge_skos), (MAPPINGS, _read_mappings)):
        for source in sources:
            for path in fetch(source, folder) if not only or source.name in only else ():
                try:
                    for line in look(path):
                        print(f"| {source.name} | {path.name} | {line} |", flush=True)
                except AirmError as error:
                    print(f"| {source.name} | {path.name} | refused: {error} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

"""Input that is cut, too deep or no file: refused with file and line, never judged up to where it ends."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from airm_graph.errors import InputError, StoreError
from airm_graph.graph.nesting import MAX_DEPTH
from airm_graph.graph.store import parse_rows
from airm_graph.ingest.captures import tail
from airm_graph.ingest.captures.page import read_capture
from airm_graph.ingest.captures.sidecar import Sidecar
from airm_graph.ingest.decisions import read_decisions
from airm_graph.ingest.mapping_sets import load_matches
from airm_graph.ingest.tables import load_mapping
from airm_graph.pipeline import validate_inputs
from airm_graph.pipeline.loading import read_rdf

HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/">\n'


def test_rdfxml_that_is_cut_anywhere_is_refused(example_dist: Path) -> None:
    data = (example_dist / "airm.rdf").read_bytes()
    whole = data.rstrip()
    chance = random.Random(20261129)
    for _ in range(100):
        cut = chance.randrange(len(whole))
        with pytest.raises(StoreError, match=r"a\.rdf"):
            parse_rows(data[:cut], name="a.rdf", suffix=".rdf")
    assert parse_rows(data, name="a.rdf", suffix=".rdf")


def test_rdfxml_that_is_cut_says_where_it_ends() -> None:
    data = f'{HEAD}<rdf:Description rdf:about="http://e.example/a">\n<e:b>c</e:b>\n</rdf:Description>\n'.encode()
    with pytest.raises(StoreError, match=r"a\.rdf:5: the file ends before its elements are closed; get the whole file"):
        parse_rows(data, name="a.rdf", suffix=".rdf")


def nest_json(depth: int) -> bytes:
    return b'{"@id": "http://e.example/a", "http://e.example/b": ' + b'{"http://e.example/b":\n' * (depth - 1) + b'"["' + b"}" * depth


def nest_xml(depth: int) -> bytes:
    pairs = depth // 2
    inner = "<rdf:Description>\n<e:b>" * (pairs - 1) + "c" + "</e:b></rdf:Description>" * (pairs - 1)
    return f"{HEAD}<rdf:Description><e:b>{inner}</e:b></rdf:Description></rdf:RDF>".encode()


@pytest.mark.parametrize(("suffix", "make", "most"), [(".jsonld", nest_json, MAX_DEPTH), (".rdf", nest_xml, MAX_DEPTH - 2)])
def test_nesting_is_read_up_to_the_limit_and_refused_past_it(suffix: str, make, most: int) -> None:
    assert parse_rows(make(most), name="a", suffix=suffix)
    with pytest.raises(StoreError, match=rf"a:\d+: .* nested more than {MAX_DEPTH} deep, which is the most"):
        parse_rows(make(most + 2), name="a", suffix=suffix)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    path = tmp_path / "pipe.nt"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    "read", [read_rdf, load_matches, load_mapping, lambda path: read_decisions([path]), lambda path: validate_inputs([path])]
)
def test_pipe_is_refused_without_waiting_for_it(pipe: Path, read) -> None:
    with pytest.raises(InputError, match="no regular file, but a folder, a pipe or a device"):
        read(pipe)


EXAMPLES = str(Path(__file__).parent.parent / "examples")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("a.yaml", ["build", EXAMPLES, "-o", "dist", "--mapping"]),
        ("a.csv", ["build", EXAMPLES, "-o", "dist", "--decisions"]),
        ("a.csv", ["build", "-o", "dist"]),
        ("a.json", ["validate", EXAMPLES, "--baseline"]),
        ("a.ttl", ["validate", EXAMPLES, "--shapes"]),
        ("a.sssom.tsv", ["sssom"]),
        ("a.sssom.tsv", ["migrate", EXAMPLES, "--alignment"]),
        ("a.csv", ["migrate", EXAMPLES, "--decisions"]),
        ("a.csv", ["map"]),
        ("a.txt", ["fix"]),
        ("a.rq", ["query", "run"]),
        ("a.nq", ["query", "run", "counts", "--data"]),
        ("a.nq", ["why", "--all", "--data"]),
        ("a.nq", ["coverage", "--rows", "code", "--columns", "source", "--data"]),
        ("a.nq", ["diff", "a.nq"]),
    ],
    ids=lambda given: " ".join(part for part in given if part not in (EXAMPLES, "dist")) if isinstance(given, list) else "",
)
def test_pipe_or_device_as_any_argument_is_exit_2(name: str, arguments: list[str], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    code = "import sys\nfrom airm_graph.cli import main\nmain(sys.argv[1:])"
    command = [sys.executable, "-c", code, *arguments, name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert name in done.stderr
    assert "internal error" not in done.stderr
    assert "no regular file" in done.stderr or "cannot be read" in done.stderr


def test_tables_of_people_with_cr_line_ends_are_read(tmp_path: Path) -> None:
    text = "#mapping_set_id: https://e.example/set\n#license: https://e.example/licence\n#curie_map:\n#  e: https://e.example/\n"
    text += "subject_id\tpredicate_id\tobject_id\tmapping_justification\ne:a\tskos:exactMatch\te:b\tsemapv:ManualMappingCuration\n"
    found = []
    for name, end in (("lf", "\n"), ("cr", "\r"), ("crlf", "\r\n")):
        path = tmp_path / f"{name}.sssom.tsv"
        path.write_bytes(text.replace("\n", end).encode())
        found.append(load_matches(path))
    assert len(found[0].matches) == 1
    assert found[0] == found[1] == found[2]
    decisions = "subject_id,object_id,decision\nhttps://w3id.org/airm-graph/capture/0123456789abcdef/r1,"
    decisions += "https://w3id.org/airm-graph/capture/0123456789abcdef/r2,accept\n"
    read = []
    for name, end in (("lf", "\n"), ("cr", "\r")):
        path = tmp_path / name / "decisions.csv"
        path.parent.mkdir()
        path.write_bytes(decisions.replace("\n", end).encode())
        read.append(read_decisions([path]).decisions)
    assert len(read[0].joins) == 1
    assert read[0] == read[1]


def test_author_line_of_commas_is_a_finding() -> None:
    examples = Path(__file__).parent.parent / "examples"
    page = (examples / "handbook-staged-release.txt").read_text(encoding="utf-8")
    (line,) = [line for line in page.splitlines() if line.endswith(("(2024)", "(2025)", "(2023)", "(2022)"))]
    commas = page.replace(line, ", , (2024)")
    found = read_capture(commas.encode(), file="a.txt", sidecar=Sidecar()).findings
    assert "the author line names nobody, so the page names no source" in {finding.message for finding in found}


def test_page_with_many_lines_behind_its_tail_is_read_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = Path(__file__).parent.parent / "examples"
    page = (examples / "handbook-staged-release.txt").read_bytes() + b"\nx" * 50_000
    calls = []
    real = tail._take_pairs
    monkeypatch.setattr(tail, "_take_pairs", lambda parts: (calls.append(len(parts)), real(parts))[1])
    assert "CAP-15" in {finding.rule for finding in read_capture(page, file="a.txt", sidecar=Sidecar()).findings}
    assert sum(calls) < 2 * 50_000

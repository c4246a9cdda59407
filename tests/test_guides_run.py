"""Guides whose commands need inputs, a server or tools: all that they show is run, in their order."""

import contextlib
import csv
import io
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

import airm_graph
import virtuoso
from airm_graph.cli import cli
from airm_graph.ingest.tables.mapping import read_mapping
from conftest import ROOT
from test_guides import GUIDES, check_options
from tools import require_programs

#: Headers of the mapping that the guide to tables writes out, and rows for them.
MEASURES = (
    "ID,Name,Description,Remarks,Source ID,Part of,Parts,Main actor,Other actors,Taken from,Code,Code label,Why,Classified by,"
    "Kind of classifier,Classification date,Type\n"
    "A1,Keep an inventory,All systems are listed.,,D1,,,Developer,Deployer,,1.1,{one},About duties.,"
    "someone@example.org,human,2026-03-01,Control\n"
    "A2,Rehearse a roll-back,The team goes back to what was before.,Twice a year,D1,A1,,Deployer,,A1,2.3,{two},,,,,Measure\n"
    "A3,Governance,Rows of this kind only group the others.,,D1,,,,,,,,,,,,Group\n"
)
DOCUMENTS = (
    'ID,Title,First author,Authors,URL,DOI,Date,Abstract\nD1,A Handbook of Rehearsals,Ann Lee,"Ann Lee, Bo Chen",,10.1000/182,2025-03-01,\n'
)
#: The same for the mapping of the first edition, which needs none of its own.
FIRST_EDITION = (
    "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
    "A1,Red teaming,Outsiders try to break the model.,doc-1,3.1,{label},Ann Lee,2025-03-01\n"
)
FIRST_SOURCES = 'ID,Title,Authors,URL,Date,Abstract\ndoc-1,A Made-up Handbook,"Ann Lee, Bo Chen",,2025-03-01,\n'


def label_of(edition: str, code: str) -> str:
    from airm_graph.taxonomy import load_taxonomy

    return load_taxonomy(edition).codes[code].label or ""


def list_blocks(name: str) -> list[tuple[str, str]]:
    """Language and text of each block of a guide, in its order."""
    text = (ROOT / "docs" / "guides" / name).read_text(encoding="utf-8")
    return re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def list_commands(block: str) -> list[str]:
    """The commands of a block, each on one line."""
    lines = block.replace("\\\n", " ").splitlines()
    return [line for line in lines if re.match(r"(?:airm-graph|curl|cd|export|zcat|isql-vt|[A-Z_]+=\S+ airm-graph) ", line)]


def run(command: str, folder: Path, *, codes: tuple[int, ...] = (0,), **variables: str) -> str:
    """Run a command as a shell does; returns what it prints."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **variables}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode in codes, f"{command} ends with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert "internal error" not in done.stderr, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with captures, tables of the first edition, a workbook, and what the project ships."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "captures")
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "mitigations.csv").write_text(FIRST_EDITION.format(label=label_of("v1", "3.1")))
    (tmp_path / "tables" / "sources.csv").write_text(FIRST_SOURCES)
    book = openpyxl.Workbook()
    for row in (("Name", "Code"), ("Keep an inventory", "1.1")):
        book.active.append(row)
    book.save(tmp_path / "measures.xlsx")
    return tmp_path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# What stands in the running text.

NAMES = sorted({(path, name) for path in GUIDES for name in re.findall(r"`(airm_graph(?:\.\w+)+)", path.read_text(encoding="utf-8"))})


@pytest.mark.parametrize(("path", "name"), NAMES, ids=lambda value: value if isinstance(value, str) else value.name)
def test_name_that_a_guide_gives_is_there(path: Path, name: str) -> None:
    parts = name.split(".")
    found: object = import_module(parts[0])
    for number, part in enumerate(parts[1:], 2):
        with contextlib.suppress(ImportError):
            import_module(".".join(parts[:number]))
        found = getattr(found, part)
    assert found


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_commands_in_the_text_of_a_guide_have_the_options_that_it_gives_them(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for line in re.findall(r"`(airm-graph [a-z][^`]*)`", text):
        words = [word for word in line.replace("…", "").replace("'", "").split()[1:] if word not in {"&&", ">"}]
        check_options(words, line)


@pytest.mark.parametrize("rule", ["CAP", "TXT", "MRG"])
def test_guide_to_captures_tells_the_rules_as_they_are(rule: str) -> None:
    from airm_graph.rules import RULES

    text = (ROOT / "docs" / "guides" / "captures.md").read_text(encoding="utf-8")
    told = {
        cells[0]: tuple(cells[1:4])
        for line in text.splitlines()
        if len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 4
    }
    wanted = {name: (entry.severity.value, entry.title, entry.remedy) for name, entry in RULES.items() if name.startswith(rule)}
    assert {name: cells for name, cells in told.items() if name.startswith(f"{rule}-")} == wanted


# Guides.


def test_guide_to_captures_runs(work: Path) -> None:
    ((_, grammar), *_) = list_blocks("captures.md")
    assert "NOTICE NOTICE" in grammar
    (sidecar,) = (block for language, block in list_blocks("captures.md") if language == "yaml")
    page = work / "captures" / "handbook-staged-release.txt"
    page.with_suffix(".meta.yaml").write_text(sidecar)
    report = airm_graph.build(["captures"]).report
    assert not [finding for finding in report.findings if finding.rule == "CAP-18"]
    assert run("airm-graph info captures/handbook-staged-release.txt --pages", work).startswith("handbook-staged-release.txt:")
    told = run("airm-graph build captures/ --cache-dir kept -o dist", work)
    assert "digest" in told
    assert any((work / "kept").iterdir())


def test_guide_to_mappings_runs(work: Path) -> None:
    blocks = [text for _, text in list_blocks("mappings.md")]
    (mine,) = (text for text in blocks if text.startswith("#curie_map"))
    (work / "mine.sssom.tsv").write_text(mine)
    pages = [text for text in blocks if text.startswith("subject_id,")]
    assert len(pages) == 2
    ran = 0
    for command in (command for text in blocks for command in list_commands(text)):
        if "--decisions migration/review.csv" in command:
            # A person decides.
            review = work / "migration" / "review.csv"
            with review.open(newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            with review.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, rows[0])
                writer.writeheader()
                writer.writerows({**row, "decision": "2.2.2", "decided by": "Bo Chen"} for row in rows)
        if "--decisions mine.sssom.tsv" in command:
            run("cp dist/links.sssom.tsv mine.sssom.tsv", work)
        run(command, work)
        ran += 1
    assert ran == 8
    assert (work / "ontology" / "alignments" / "v1-v2.ttl").read_bytes() == (ROOT / "ontology" / "alignments" / "v1-v2.ttl").read_bytes()
    for number, text in enumerate(pages):
        (work / f"decided-{number}.csv").write_text(text)
        report = airm_graph.build(["captures"], decisions=[f"decided-{number}.csv"]).report
        # They name what this input does not hold, and are read.
        assert {finding.rule for finding in report.findings if finding.rule.startswith("DEC-")} <= {"DEC-01"}
    assert "5 of 7" in (ROOT / "docs" / "guides" / "mappings.md").read_text(encoding="utf-8")


def test_guide_to_tables_runs(work: Path) -> None:
    blocks = list_blocks("tables.md")
    whole, *parts = (text for language, text in blocks if language == "yaml")
    (work / "mine.yaml").write_text(whole)
    own = work / "own"
    own.mkdir()
    (own / "mitigations.csv").write_text(MEASURES.format(one=label_of("v2", "1.1"), two=label_of("v2", "2.3")))
    (own / "sources.csv").write_text(DOCUMENTS)
    told = run("airm-graph build own --mapping mine.yaml -o dist-of-mine", work)
    assert "3 rows read = 2 used + 1 quarantined" in told
    for command in (command for language, text in blocks if not language for command in list_commands(text)):
        # The edition of tables with a code that both editions have is asked for; the mapping of the guide is for its own table.
        asked = " map " in f" {command} "
        run(command.replace("tables/ --mapping mine.yaml", "own --mapping mine.yaml"), work, codes=(0, 1) if asked else (0,))
        if asked:
            mapping = work / "tables" / "mapping.yaml"
            mapping.write_text(re.sub(r"^# edition: v\d", "edition: v1", mapping.read_text(), flags=re.MULTILINE))
        if command == "airm-graph export dist --format table -o tables":
            before = airm_graph.load("dist")
    assert airm_graph.load("again").count()["mitigations"] == before.count()["mitigations"]
    for text in parts:
        check_part(text)
    for code in (text for language, text in blocks if language == "python"):
        exec(code, {})


def check_part(text: str) -> None:
    """Hold a part of a mapping, or of a side-car, to the reader."""
    if text.startswith("sources:"):
        assert set(yaml.safe_load(text)["sources"]["NIST.AI.600-1"]) == {"title", "authors", "year", "url"}
        return
    lines = text.rstrip().splitlines()
    inside = [line.strip() for line in lines]
    if inside[0] == "mitigations:":
        assert read_mapping(f"tables:\n{text.rstrip()}\n    columns: {{name: N}}\n".encode(), file="a.yaml").tables["mitigations"].document
        return
    begins = "tables:\n  mitigations:\n"
    if inside[0].startswith("source:"):
        rest = f"    columns:\n      name: N\n{text}"
    else:
        rest = f"    document: {{title: A}}\n    columns: {{name: N}}\n{text}"
    assert read_mapping(f"edition: v2\n{begins}{rest}".encode(), file="a.yaml").tables["mitigations"]


@contextlib.contextmanager
def serve(command: str, folder: Path, *, port: int) -> Iterator[None]:
    """Run a server until the block ends."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with subprocess.Popen(
        shlex.split(f"{command} --port {port}"), cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stderr
        drained = threading.Thread(target=server.stderr.read)
        drained.start()
        try:
            assert server.stdout.readline().startswith(f"serving at http://127.0.0.1:{port}/")
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)
            drained.join()


def test_guide_to_the_server_runs(work: Path) -> None:
    pytest.importorskip("starlette")
    blocks = list_blocks("serve.md")
    port = free_port()
    commands = [command.replace("8080", str(port)) for language, text in blocks if not language for command in list_commands(text)]
    run(commands[0], work)
    assert [command for command in commands if command.startswith("airm-graph serve")] == [commands[1], commands[-1]]
    with serve(commands[1], work, port=port):
        for command in commands[2:-1]:
            assert run(command.replace("curl ", "curl -fsS "), work).strip(), command
        page = (ROOT / "docs" / "guides" / "serve.md").read_text(encoding="utf-8")
        told = {found for found in re.findall(r"`(/[a-z][\w/.?=&*-]*)`", page) if not found.startswith("/dataset")}
        assert len(told) > 20
        # Without an earlier release there is no /diff.
        for address in sorted(told - {"/match", "/graph-store?graph", "/diff"}):
            done = run(f"curl -s -o /dev/null -w '%{{http_code}}' 'http://127.0.0.1:{port}{address}'", work)
            assert done in {"200", "303", "307", "400", "404", "405", "406"}, (address, done)
            assert done != "404" or "NAME" in address or "IRI" in address, address
    with serve(commands[-1], work, port=port):
        pass
    known: dict[str, object] = {"graph": airm_graph.load("dist")}
    search, own = (text for language, text in blocks if language == "python")
    exec(search, known)
    done = subprocess.Popen([sys.executable, "-c", own], cwd=work, stdout=subprocess.PIPE, text=True)
    assert done.stdout
    assert done.stdout.readline().startswith("http://127.0.0.1:")
    done.send_signal(signal.SIGINT)
    done.communicate(timeout=60)


@pytest.mark.virtuoso
@pytest.mark.xdist_group("virtuoso")
def test_guide_to_triple_stores_runs(work: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    require_programs("virtuoso-t", packages="virtuoso-opensource-7-bin")
    blocks = list_blocks("triple-stores.md")
    ran = 0
    with virtuoso.run_virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        known = {"AIRM_ENDPOINT_USER": virtuoso.USER, "AIRM_ENDPOINT_PASSWORD": virtuoso.PASSWORD}
        for language, text in blocks:
            if language == "sh":
                for command in list_commands(text):
                    if ("export AIRM_" not in command and "localhost:8890" in command) or " build " in command:
                        codes = (1,) if "--dry-run" in command else (0,)
                        told = run(command.replace("http://localhost:8890", server.url), work, codes=codes, **known)
                        ran += 1
            elif language == "python":
                code = f"import os\nos.environ.update({known})\n{text.replace('http://localhost:8890', server.url)}\nassert table.rows"
                assert subprocess.run([sys.executable, "-c", code], cwd=work, check=False).returncode == 0
            elif language == "sql":
                shutil.copy(work / "dist" / "airm.nq", server.folder)
                lines = text.replace("/data/dist", str(server.folder)).replace(";", "").split("\n")
                server.run_sql(*filter(None, lines))
                told = run(f"airm-graph push {server.graph_store} --data dist --dry-run", work, **known)
    assert ran >= 4
    assert told


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
def test_guide_to_spark_runs(work: Path) -> None:
    pytest.importorskip("pyspark")
    require_programs("java", packages="openjdk-17-jre-headless")
    shutil.copytree(work / "tables", work / "parts")
    first = next(text for language, text in list_blocks("scale-out.md") if language == "sh")
    commands = [command for command in list_commands(first) if not command.startswith("pip ")]
    assert len(commands) == 3
    for command in commands:
        run(command.replace("local[4]", "local[2]"), work)
    run("airm-graph build parts/ -o beside", work)
    run("zcat dist/nquads/*.gz | cmp - beside/airm.nq", work)
    told = {path.relative_to(work / "dist").as_posix() for path in (work / "dist").rglob("*") if path.is_file()}
    assert {"manifest.json", "report.json", "links.sssom.tsv", "SHA256SUMS", "parquet/part-00000.parquet"} <= told


def test_commands_for_clusters_are_read_as_the_program_reads_them(work: Path) -> None:
    asked = [
        command
        for language, text in list_blocks("scale-out.md")
        if language == "sh"
        for command in list_commands(text)
        if "/data/parts" in command
    ]
    assert len(asked) == 3
    for command in asked:
        words = shlex.split(command.replace("$(hostname -i)", "127.0.0.1"))
        with contextlib.redirect_stdout(io.StringIO()):
            done = CliRunner().invoke(cli, words[words.index("build") :], standalone_mode=False)
        # Nothing but the folder is missing.
        assert "data" in str(done.exception), done.exception


@pytest.mark.parametrize(("name", "left_out"), [("ci.md", "--update"), ("site.md", "http.server")])
def test_commands_of_a_guide_run(name: str, left_out: str, work: Path) -> None:
    if name == "site.md":
        pytest.importorskip("jinja2")
        pytest.importorskip("matplotlib")
    ran = 0
    for command in (command for language, text in list_blocks(name) if language == "sh" for command in list_commands(text)):
        if left_out not in command or "baseline" in command:
            run(command, work, codes=(0, 1) if "--fail-on" in command else (0,))
            ran += 1
    assert ran >= 3

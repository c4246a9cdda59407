"""The command line as users run it: a process, its two streams, its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
COMMANDS = ["", "build", "export", "info", "query", "query list", "query show", "query run", "validate"]


def run(*arguments: object, stdin: bytes | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, env={**os.environ, **environment}, timeout=120, check=False)


def any_example() -> Path:
    return min(EXAMPLES.glob("*.txt"))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example_for_every_command(name: str) -> None:
    done = run(*name.split(), "--help")
    assert done.returncode == 0
    assert " ".join(["airm-graph", *name.split()[:1]]).encode() in done.stdout
    assert b"\n  Example" in done.stdout
    assert b"\\b" not in done.stdout


def test_version_carries_the_notice() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert b"2026." in done.stdout
    assert b"preliminary" in done.stdout


def test_build_writes_every_file_and_tells_their_names_on_standard_output(tmp_path: Path) -> None:
    done = run("build", EXAMPLES, "-o", tmp_path / "dist")
    assert done.returncode == 0, done.stderr.decode()
    names = {Path(line).name for line in done.stdout.decode().split()}
    assert names == {"airm.ttl", "airm.jsonld", "airm.nt", "airm.nq", "airm.rdf", "links.sssom.tsv", "report.json", "SHA256SUMS"}
    assert names == {path.name for path in (tmp_path / "dist").iterdir()}
    assert b"mitigations" in done.stderr
    assert b"findings:" in done.stderr


def test_build_prints_the_report_only_when_asked_for_json(tmp_path: Path) -> None:
    done = run("build", EXAMPLES, "-o", tmp_path / "dist", "--format", "json", "-q")
    assert json.loads(done.stdout) == json.loads((tmp_path / "dist" / "report.json").read_text())
    assert done.stderr == b""


def test_build_reads_standard_input(tmp_path: Path) -> None:
    done = run("build", "-", "-o", tmp_path / "dist", stdin=any_example().read_bytes())
    assert done.returncode == 0, done.stderr.decode()
    assert "standard-input.txt" in (tmp_path / "dist" / "airm.nt").read_text()


def test_build_leaves_an_earlier_output_alone_when_nothing_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "airm.ttl").write_text("earlier")
    page = tmp_path / "page.txt"
    page.write_bytes(b"")
    done = run("build", page, "-o", folder)
    assert done.returncode == 2
    assert b"page.txt" in done.stderr
    assert b"CAP-02" in done.stderr
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("airm.ttl", "earlier")]


def test_build_exits_with_one_and_names_the_line_of_a_violation(tmp_path: Path) -> None:
    lines = any_example().read_text().split("\n")
    lines[-1 if lines[-1] else -2] = ""
    page = tmp_path / "cut.txt"
    page.write_text("\n".join(lines))
    done = run("build", page, "-o", tmp_path / "dist")
    assert done.returncode == 1
    assert b"cut.txt:" in done.stderr
    assert b"CAP-15" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["build", "no-such-file.txt"], b"no-such-file.txt"),
        (["build"], b"INPUTS"),
        (["build", "x.csv"], b"x.csv"),
        (["frob"], b"frob"),
        (["query", "run", "no-such-query"], b"no-such-query"),
        (["query", "run", "mitigations-by-code"], b"code"),
        (["query", "run", "mitigations-by-code", "code"], b"PARAMETER=VALUE"),
        (["query", "run", "mitigations-by-code", "cod=1"], b"cod"),
        (["export", "--format", "xls"], b"xls"),
        (["build", ".", "--base", "nowhere"], b"--base"),
        (["similar", "dist"], b"a graph is given with --data"),
    ],
)
def test_wrong_use_exits_with_two_and_no_traceback(arguments: list[str], word: bytes) -> None:
    done = run(*arguments)
    assert done.returncode == 2, done
    assert word in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_locale_without_utf8_changes_no_byte(captures: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for arguments in (["validate", captures], ["export", "--format", "turtle"], ["info", captures, "--pages"]):
        assert run(*arguments, **ascii_only).stdout == run(*arguments).stdout != b""


def test_quiet_build_prints_violations_only(tmp_path: Path) -> None:
    page = any_example().read_text()
    (tmp_path / "page.txt").write_text(page.replace("\n1.1.1 Training Data", "\n1.1.8 Training Data", 1))
    done = run("build", EXAMPLES, tmp_path / "page.txt", "-o", tmp_path / "dist", "-q")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"violation" in done.stderr
    assert b"warning" not in done.stderr


def test_interrupted_database_exits_like_any_interruption(tmp_path: Path) -> None:
    # DuckDB runs while Python waits, and tells Ctrl-C as an error of its own in these words.
    code = (
        "import airm_graph.pipeline.building as c\n"
        "def build(*_, **__):\n"
        "    raise RuntimeError('Query interrupted')\n"
        "c.build_entries = build\n"
        "from airm_graph.cli import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code, "build", EXAMPLES], capture_output=True, timeout=60, check=False, cwd=tmp_path)
    assert done.returncode == 130, done
    assert b"internal error" not in done.stderr


def test_internal_error_exits_with_three_and_no_traceback(tmp_path: Path) -> None:
    broken = "import airm_graph.pipeline.building as c; c.build_entries = None\nfrom airm_graph.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", broken, "build", EXAMPLES], capture_output=True, timeout=60, check=False, cwd=tmp_path)
    assert done.returncode == 3
    assert b"internal error" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="whoever runs the tests may read everything")
@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "in", "-o", "out"],
        ["validate", "in"],
        ["info", "in"],
        ["build", "in/page.txt", "--ids", "in/closed/ids.lock", "-o", "out"],
        ["validate", "in/page.txt", "--shapes", "in/closed/a.ttl"],
    ],
    ids=" ".join,
)
def test_folder_that_may_not_be_read_is_named(arguments: list[str], tmp_path: Path) -> None:
    closed = tmp_path / "in" / "closed"
    closed.mkdir(parents=True)
    (tmp_path / "in" / "page.txt").write_bytes(any_example().read_bytes())
    closed.chmod(0)
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, cwd=tmp_path)
    closed.chmod(0o700)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"in/closed" in done.stderr
    assert b"Permission denied; check" in done.stderr
    assert b"internal error" not in done.stderr


def test_process_does_what_is_to_be_done_at_its_end(tmp_path: Path) -> None:
    code = (
        "import atexit, tempfile\n"
        "from airm_graph.cli import main\n"
        "atexit.register(lambda: print('last words'))\n"
        "folder = tempfile.TemporaryDirectory(dir='.')\n"
        "main()"
    )
    command = [sys.executable, "-c", code, "validate", str(any_example())]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, [b"last words"])
    assert list(tmp_path.iterdir()) == []


def test_profiled_command_ends_as_any_program() -> None:
    done = subprocess.run([sys.executable, "-m", "cProfile", "-m", "airm_graph", "--version"], capture_output=True, timeout=60, check=False)
    assert b"function calls" in done.stdout


def test_validate_writes_findings_to_standard_output(tmp_path: Path) -> None:
    done = run("validate", EXAMPLES)
    assert done.returncode == 0
    assert b"warning" in done.stdout
    assert str(EXAMPLES).encode() in done.stdout
    page = tmp_path / "page.txt"
    page.write_text("not a page\n")
    done = run("validate", page, "--format", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["rule"] == "CAP-03"


@pytest.mark.parametrize("name", ["airm.ttl", "airm.nt", "airm.nq", "airm.jsonld", "airm.rdf"])
def test_validate_and_query_take_every_export(example_dist: Path, name: str) -> None:
    done = run("validate", example_dist / name)
    assert done.returncode == 0, done.stdout.decode()
    done = run("query", "run", "counts", "--data", example_dist / name, "--format", "csv")
    assert done.returncode == 0
    assert done.stdout == run("query", "run", "counts", "--data", example_dist, "--format", "csv").stdout


def test_query_runs_on_the_packaged_example_when_nothing_is_given() -> None:
    done = run("query", "run", "mitigations-by-code", "code=1.1")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 1


@pytest.mark.parametrize(
    ("name", "start"),
    [("turtle", b"#"), ("jsonld", b"{"), ("ntriples", b"<"), ("nquads", b"<"), ("rdfxml", b"<?xml")],
)
def test_export_writes_the_file_of_a_build_to_standard_output(example_dist: Path, name: str, start: bytes) -> None:
    from airm_graph.export import EXPORTS

    done = run("export", example_dist, "--format", name)
    assert done.returncode == 0
    assert done.stdout.startswith(start)
    assert done.stdout == (example_dist / EXPORTS[name].file_name).read_bytes()


def test_info_shows_what_the_reader_found(captures: Path) -> None:
    done = run("info", captures, "--pages", "--format", "json")
    found = json.loads(done.stdout)
    expected = json.loads((captures / "expected.json").read_text())
    assert found.keys() == expected.keys()
    for name, page in expected.items():
        assert [[item["name"], item["code"]] for item in found[name]["children"]] == page["children"]
        assert [[item["name"], item["code"]] for item in found[name]["others"]] == page["others"]
        assert {key: found[name][key] for key in ("code", "also_in", "name", "parent", "lifecycle", "actor", "function")} == {
            key: page[key] for key in ("code", "also_in", "name", "parent", "lifecycle", "actor", "function")
        }


def test_output_has_no_colours_in_a_pipe() -> None:
    assert b"\x1b[" not in run("validate", EXAMPLES).stdout
    assert b"\x1b[" not in run("validate", EXAMPLES, NO_COLOR="1", FORCE_COLOR="").stdout


def test_closed_pipe_is_no_error() -> None:
    command = (
        f'"{sys.executable}" -c "from airm_graph.cli import main; main()" export --format ntriples | head -1; echo "${{PIPESTATUS[0]}}"'
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120, check=False)
    assert done.stdout.split()[-1] == b"0"
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["validate {0}", "validate {0} --format json", "build {0} -o {1}"])
@pytest.mark.skipif(sys.platform == "win32", reason="the shell of Windows keeps no status of pipes")
def test_verdict_stays_when_nobody_reads_the_output(tmp_path: Path, arguments: str) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "good.txt").write_bytes(any_example().read_bytes())
    (folder / "bad.txt").write_bytes(b"binary \x00 bytes\n")
    given = arguments.format(folder, tmp_path / "dist").split()
    expected = run(*given).returncode
    assert expected == 1
    # The reader of the pipe is gone before the first byte comes.
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", *given]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=120, check=False)
    os.close(writing)
    assert done.returncode == expected
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_verdict_stays_when_standard_output_and_error_are_closed(tmp_path: Path) -> None:
    code = "import sys; sys.stdout = sys.stderr = None; from airm_graph.cli import main; main()"
    command = [sys.executable, "-c", code, "build", str(EXAMPLES), "-o", str(tmp_path / "dist")]
    assert subprocess.run(command, timeout=120, check=False).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["export"], ["info"], ["--version"], ["query", "list"], ["validate", str(EXAMPLES)]])
def test_full_standard_output_is_an_error_with_a_sentence(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", "from airm_graph.cli import main; main()", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False)
    assert done.returncode == 2
    assert b"standard output cannot be written: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_full_standard_error_takes_nothing_from_the_verdict(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", "from airm_graph.cli import main; main()", "build", str(EXAMPLES), "-o", str(tmp_path / "dist")]
        assert subprocess.run(command, stdout=subprocess.DEVNULL, stderr=full, timeout=120, check=False).returncode == 0


@pytest.mark.parametrize(
    "arguments", [["build", str(EXAMPLES)], ["export"], ["validate", str(EXAMPLES)], ["map", str(EXAMPLES)]], ids=lambda given: given[0]
)
def test_empty_name_of_an_output_is_refused(arguments: list[str]) -> None:
    done = run(*arguments, "-o", "")
    assert done.returncode == 2
    assert b"the name is empty; give the file or folder to write to" in done.stderr

"""Repairs of side-cars: only what can be meant in one way, shown first, captures untouched."""

import hashlib
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from airm_graph.cli.fix import command
from airm_graph.errors import InputError
from airm_graph.ingest.mend import find_mends, mend_sidecar
from airm_graph.ingest.sidecar import read_sidecar

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Name: Red teaming\n", "name: Red teaming\n"),
        ("NAME:Red teaming", "name: Red teaming"),
        ("name: Red teaming  \t\n", "name: Red teaming\n"),
        ("retrieved: 2026/11/2\n", "retrieved: 2026-11-02\n"),
        ("Retrieved: 2026.11.21\r\n", "retrieved: 2026-11-21\r\n"),
        ("retrieved: 2 November 2026\n", "retrieved: 2026-11-02\n"),
        ("retrieved: Nov 21, 2026\n", "retrieved: 2026-11-21\n"),
        ("# why\nURL: https://example.org/a: b\n", "# why\nurl: https://example.org/a: b\n"),
    ],
)
def test_side_car_is_mended_where_one_meaning_is_possible(before: str, after: str) -> None:
    assert mend_sidecar(before.encode()).decode() == after


@pytest.mark.parametrize(
    "text",
    [
        "retrieved: 02/11/2026\n",
        "retrieved: 2026-11-02\n",
        "retrieved: 2026/13/45\n",
        "retrieved: Ju 2, 2026\n",
        "title: Red teaming\n",
        "name: Red teaming\nName: Blue teaming\n",
        "name: |\n  Two\n  lines\n",
        "- a\n- b\n",
        "name: [\n",
        "",
    ],
)
def test_side_car_stays_where_nothing_is_certain(text: str) -> None:
    assert mend_sidecar(text.encode()) == text.encode()


@pytest.mark.parametrize("data", [b"\xff\xfe", b"Name: a\n" * 100_000])
def test_side_car_that_cannot_be_read_stays(data: bytes) -> None:
    assert mend_sidecar(data) == data


@given(st.text(alphabet="nameNAMEidurltrievd:2016/-. \n\"'#|>[]", max_size=60))
def test_mending_when_given_anything_loses_nothing_and_is_done_once(text: str) -> None:
    before = text.encode()
    after = mend_sidecar(before)
    (old, problems), (new, left) = (read_sidecar(data, file="a") for data in (before, after))
    assert len(left) <= len(problems)
    for key in ("identifier", "url", "name", "retrieved"):
        assert getattr(old, key) in {None, getattr(new, key)}
    assert mend_sidecar(after) == after


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "captures"
    shutil.copytree(EXAMPLES, folder)
    sidecar = folder / "gipiskis-restrict-web-access.meta.yaml"
    sidecar.write_text(sidecar.read_text().replace("retrieved: 2026-11-02", "Retrieved: 2 November 2026"))
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_fix_shows_a_diff_and_changes_nothing_until_asked(folder: Path) -> None:
    before = digests(folder)
    shown = CliRunner().invoke(command, [str(folder)], standalone_mode=False)
    assert shown.return_value == 1
    assert "-Retrieved: 2 November 2026\n+retrieved: 2026-11-02\n" in shown.stdout
    assert digests(folder) == before
    done = CliRunner().invoke(command, [str(folder), "--apply"], standalone_mode=False)
    assert (done.return_value, done.stdout) == (0, shown.stdout)
    after = digests(folder)
    assert {name for name in before if before[name] != after[name]} == {"gipiskis-restrict-web-access.meta.yaml"}
    again = CliRunner().invoke(command, [str(folder)], standalone_mode=False)
    assert (again.return_value, again.stdout, again.stderr) == (0, "", "0 side-cars can be mended with --apply\n")


def test_capture_stands_for_its_side_car(folder: Path) -> None:
    (mend,) = find_mends([folder / "gipiskis-restrict-web-access.txt"])
    assert mend.path == folder / "gipiskis-restrict-web-access.meta.yaml"
    assert find_mends([folder / "handbook-staged-release.txt"]) == []


def test_fix_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no-such"):
        find_mends(["no-such"])

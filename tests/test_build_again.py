"""Builds into a folder with a cache: where nothing changed nothing is built; whatever changed, the bytes are those of a build without."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import airm_graph
from airm_graph.errors import InputError
from airm_graph.pipeline import BuildOptions, Graph, build_into, building
from test_cli import EXAMPLES, run

#: Long before any look, so that the times of files prove what they hold.
EARLIER = 1_700_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples that was made a while ago."""
    copied = Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))
    for path in copied.iterdir():
        os.utime(path, (EARLIER, EARLIER))
    return copied


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gets an entry for each build that is made."""
    made: list[int] = []
    kept = building.build_entries

    def build_entries(*args: object, **kwargs: object) -> tuple[object, Graph]:
        made.append(1)
        return kept(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "build_entries", build_entries)
    return made


def build(folder: Path, tmp_path: Path, **options: object) -> Graph:
    return build_into([folder], tmp_path / "dist", BuildOptions(**options), cache=tmp_path / "cache")  # type: ignore[arg-type]


def read_sums(folder: Path) -> bytes:
    return (folder / "SHA256SUMS").read_bytes()


def test_nothing_is_built_when_nothing_changed(folder: Path, tmp_path: Path, builds: list[int]) -> None:
    first = build(folder, tmp_path)
    stamps = {path: path.stat() for path in (tmp_path / "dist").iterdir()}
    again = build(folder, tmp_path)
    assert len(builds) == 1
    assert {path: path.stat() for path in stamps} == stamps
    assert again.written == first.written
    assert list(again.written) == list(first.written)
    assert (len(again), again.count(), again.digest, again.files) == (len(first), first.count(), first.digest, first.files)
    assert again.report.to_json() == first.report.to_json()
    assert again == first


def test_commands_say_the_same_when_nothing_changed(folder: Path, tmp_path: Path) -> None:
    for shape in ("human", "json"):
        command = ("build", folder, "-o", tmp_path / "dist", "--cache-dir", tmp_path / "cache", "--format", shape)
        first, again = run(*command), run(*command)
        assert (again.returncode, again.stdout, again.stderr) == (first.returncode, first.stdout, first.stderr)


def edit(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b"Reasoning\n", b"Reasoning\nFirst of all. ", 1))
    assert path.read_bytes() != data


def edit_unseen(path: Path) -> None:
    """Change a letter and put the time back, as tools do that unpack archives."""
    path.write_bytes(path.read_bytes().replace(b"Reasoning\nT", b"Reasoning\nD", 1))
    os.utime(path, (EARLIER, EARLIER))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a page is edited": lambda folder: edit(min(folder.glob("*.txt"))),
    "a page is edited and keeps its time": lambda folder: edit_unseen(min(folder.glob("*.txt"))),
    "a page is gone": lambda folder: min(folder.glob("*.txt")).unlink(),
    "a page has another name": lambda folder: min(folder.glob("*.txt")).rename(folder / "zz.txt"),
    "a side-car comes": lambda folder: min(folder.glob("*.txt")).with_suffix(".meta.yaml").write_text("name: Another name\n"),
    "a table comes": lambda folder: (folder / "mine.csv").write_text("name,description\nKeep a log,Keep a log of what is changed.\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_is_built_to_the_bytes_of_a_build_without(name: str, folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path)
    CHANGES[name](folder)
    build(folder, tmp_path)
    airm_graph.build([folder]).write(tmp_path / "plain")
    assert read_sums(tmp_path / "dist") == read_sums(tmp_path / "plain")


@pytest.mark.parametrize("name", ["airm.nt", "airm.ttl", "report.json", "SHA256SUMS"])
def test_output_that_somebody_changed_is_written_again(name: str, folder: Path, tmp_path: Path, builds: list[int]) -> None:
    build(folder, tmp_path)
    before = read_sums(tmp_path / "dist")
    path = tmp_path / "dist" / name
    data = path.read_bytes()
    for damage in (data[:-1] + b"x", data + b"\n", None):
        path.unlink()
        if damage is not None:
            path.write_bytes(damage)
        build(folder, tmp_path)
        assert path.read_bytes() == data
        assert read_sums(tmp_path / "dist") == before
    assert len(builds) == 4


def test_output_that_was_copied_back_is_taken_as_it_is(folder: Path, tmp_path: Path, builds: list[int]) -> None:
    build(folder, tmp_path)
    shutil.move(tmp_path / "dist", tmp_path / "away")
    shutil.copytree(tmp_path / "away", tmp_path / "dist", copy_function=shutil.copyfile)
    build(folder, tmp_path)
    assert len(builds) == 1


def test_other_options_and_software_are_noticed(folder: Path, tmp_path: Path, builds: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    build(folder, tmp_path)
    build(folder, tmp_path, engine="reference")
    build(folder, tmp_path, published="https://example.org/data/")
    build(folder, tmp_path)
    assert len(builds) == 4
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    build(folder, tmp_path)
    assert len(builds) == 5
    monkeypatch.setattr("airm_graph.pipeline.build_record.reader_version", lambda: "another")
    build(folder, tmp_path)
    assert len(builds) == 6


@pytest.mark.parametrize("damage", [b"", b"x", b"{}", b"0\n[]"])
def test_record_that_is_damaged_costs_time_only(folder: Path, tmp_path: Path, builds: list[int], damage: bytes) -> None:
    build(folder, tmp_path)
    before = read_sums(tmp_path / "dist")
    (record,) = (tmp_path / "cache").glob("*.build")
    whole = record.read_bytes()
    for data in (damage, whole[:-10], whole.replace(b"airm.nt", b"airm.nq", 1)):
        record.write_bytes(data)
        build(folder, tmp_path)
    assert len(builds) == 4
    assert read_sums(tmp_path / "dist") == before


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no user numbers")
def test_record_of_another_user_is_refused(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(folder, tmp_path)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(InputError, match="belongs to another user"):
        build(folder, tmp_path)


def test_few_records_are_kept(folder: Path, tmp_path: Path) -> None:
    for number in range(10):
        build_into([min(folder.glob("*.txt"))], tmp_path / f"dist{number}", BuildOptions(), cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").glob("*.build"))) == 8


def test_record_of_a_folder_that_is_looked_at_becomes_the_newest(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airm_graph.pipeline.stamps._FRESH", 0)
    build(folder, tmp_path)
    (record,) = (tmp_path / "cache").glob("*.build")
    os.utime(record, (1, 1))
    before = record.read_bytes()
    build(folder, tmp_path)
    assert record.stat().st_mtime > 1
    assert record.read_bytes() == before

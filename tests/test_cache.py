"""Readings that are kept: the same bytes as from nothing, and a page is read again when anything changes that it depends on."""

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

import airm_graph
from airm_graph import cache as caching
from airm_graph.cache import Cache, find_cache_folder, make_key, pack, unpack
from airm_graph.errors import InputError
from airm_graph.ingest import read_captures
from airm_graph.ingest.captures import cached as again
from airm_graph.ingest.captures.page import Reading, read_capture
from airm_graph.model import Page
from airm_graph.pipeline import open_reader
from test_cli import EXAMPLES, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


def fresh(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many readings a new process has to make with a cache."""
    made = []

    def read(*args: object, **kwargs: object) -> Reading:
        made.append(1)
        return read_capture(*args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(again, "read_capture", read)
        with open_reader(cache) as reader:
            found = read_captures([folder], reader=reader)
    assert found == read_captures([folder])
    return len(made)


def test_pages_that_did_not_change_are_not_read_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fresh(folder, tmp_path / "cache", monkeypatch) > 0
    assert fresh(folder, tmp_path / "cache", monkeypatch) == 0


def test_pages_are_read_again_when_they_or_their_sidecars_or_names_change(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(folder, tmp_path / "cache", monkeypatch)
    page = min(folder.glob("*.txt"))
    page.write_text(page.read_text(encoding="utf-8").replace("Reasoning", "Reasoning\n", 1), encoding="utf-8")
    assert fresh(folder, tmp_path / "cache", monkeypatch) > 0
    page.with_name(f"{page.stem}.meta.yaml").write_text("name: Another name\n")
    assert fresh(folder, tmp_path / "cache", monkeypatch) > 0
    page.rename(page.with_name("zz.txt"))
    assert fresh(folder, tmp_path / "cache", monkeypatch) > 0
    assert fresh(folder, tmp_path / "cache", monkeypatch) == 0


def test_pages_are_read_again_when_other_pages_of_their_source_say_something_else(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(folder, tmp_path / "cache", monkeypatch)
    for page in sorted(folder.glob("*.txt")):
        kept = page.read_bytes()
        page.unlink()
        fresh(folder, tmp_path / "cache", monkeypatch)
        page.write_bytes(kept)
        assert fresh(folder, tmp_path / "cache", monkeypatch) == 0


def test_pages_are_read_again_by_another_reader(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(folder, tmp_path / "cache", monkeypatch)
    monkeypatch.setattr(again, "reader_version", lambda: "another")
    assert fresh(folder, tmp_path / "cache", monkeypatch) > 0


def test_version_of_the_reader_depends_on_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caching.reader_version.cache_clear()
    before = caching.reader_version()
    package = Path(shutil.copytree(Path(caching.__file__).parent, tmp_path / "airm_graph", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(caching, "__file__", str(package / "cache.py"))
    caching.reader_version.cache_clear()
    assert caching.reader_version() == before
    with (package / "text" / "words.py").open("a") as file:
        file.write("\n")
    caching.reader_version.cache_clear()
    assert caching.reader_version() != before
    caching.reader_version.cache_clear()


def test_build_with_a_cache_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        done = run("build", folder, "-o", tmp_path / name, "--cache-dir", tmp_path / "cache", "-q")
        assert done.returncode == 0, done.stderr.decode()
    airm_graph.build([folder]).write(tmp_path / "plain")
    plain = (tmp_path / "plain" / "SHA256SUMS").read_bytes()
    assert (tmp_path / "first" / "SHA256SUMS").read_bytes() == (tmp_path / "second" / "SHA256SUMS").read_bytes() == plain


def test_cache_lies_where_xdg_says_and_is_off_by_default(folder: Path, tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path / "xdg")}
    assert run("build", folder, "-o", tmp_path / "dist", "-q", **environment).returncode == 0
    assert not (tmp_path / "xdg").exists()
    assert run("build", folder, "-o", tmp_path / "dist", "-q", "--cache", **environment).returncode == 0
    assert (tmp_path / "xdg" / "airm-graph" / "entries.sqlite").is_file()


@pytest.mark.parametrize("value", ["", "relative"])
def test_cache_lies_in_the_home_otherwise(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_cache_folder() == tmp_path / ".cache" / "airm-graph"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_cache_is_for_its_owner_only(tmp_path: Path) -> None:
    with Cache(tmp_path / "a" / "cache") as cache:
        cache.keep("key", ["value"])
    assert stat.S_IMODE((tmp_path / "a" / "cache").stat().st_mode) == 0o700
    with Cache(tmp_path / "a" / "cache") as cache:
        assert cache.find("key") == ["value"]
        assert cache.find("other") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no user numbers")
def test_cache_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(InputError, match="belongs to another user"):
        Cache(tmp_path)


def test_cache_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "entries.sqlite").mkdir()
    done = run("build", EXAMPLES, "-o", tmp_path / "dist", "--cache-dir", tmp_path)
    assert done.returncode == 2
    assert b"the cache cannot be used" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("damage", [b"", b"x" * 10, b"y" * 200])
def test_damaged_entries_are_as_good_as_none(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    fresh(folder, tmp_path / "cache", monkeypatch)
    with sqlite3.connect(tmp_path / "cache" / "entries.sqlite") as file:
        file.execute("UPDATE entries SET value = ?", (damage,))
    assert fresh(folder, tmp_path / "cache", monkeypatch) > 0


@pytest.mark.parametrize("wrong", [[], {}, "x", 5, [None, 5], [["a"], []], [None, [["CAP-01"]]]])
def test_entries_that_say_something_else_are_as_good_as_none(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: object
) -> None:
    fresh(folder, tmp_path / "cache", monkeypatch)
    with sqlite3.connect(tmp_path / "cache" / "entries.sqlite") as file:
        keys = [key for (key,) in file.execute("SELECT key FROM entries")]
    with Cache(tmp_path / "cache") as cache:
        for key in keys:
            if not isinstance(cache.find(key), str):
                cache.keep(key, wrong)
    assert fresh(folder, tmp_path / "cache", monkeypatch) > 0


def test_cache_forgets_what_was_not_used_for_longest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_MOST", 400_000)
    for number in range(6):
        with Cache(tmp_path) as cache:
            cache.find("0")
            cache.keep(str(number), "x" * 100_000)
    with Cache(tmp_path) as cache:
        assert [cache.find(str(number)) is not None for number in range(6)] == [True, False, False, False, True, True]


def test_readings_survive_being_kept() -> None:
    for reading in [read_capture(path.read_bytes(), file=path.name) for path in EXAMPLES.glob("*.txt")]:
        assert unpack(Reading, pack(reading)) == reading
    with pytest.raises(TypeError, match="no record"):
        pack({"a": 1})
    with pytest.raises(TypeError):
        unpack(Page, 5)
    assert make_key("a", "b") != make_key("ab")


@pytest.mark.parametrize("place", [0, 20, 30, 100, 2000, 5000])
@pytest.mark.parametrize("suffix", ["", "-journal", "-wal"])
def test_damaged_file_of_the_cache_costs_time_only(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int, suffix: str
) -> None:
    cache = tmp_path / "cache"
    fresh(folder, cache, monkeypatch)
    path = cache / f"entries.sqlite{suffix}"
    data = bytearray(path.read_bytes() if path.exists() else b"\0" * 6000)
    data[place : place + 40] = b"\xff" * 40
    path.write_bytes(data)
    fresh(folder, cache, monkeypatch)
    fresh(folder, cache, monkeypatch)
    assert fresh(folder, cache, monkeypatch) == 0


@pytest.mark.parametrize("data", [b"x" * 5000, b"SQLite format 3\0"], ids=["no database", "cut"])
def test_cache_that_is_no_database_is_begun_anew(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "entries.sqlite").write_bytes(data)
    assert fresh(folder, cache, monkeypatch) > 0
    assert fresh(folder, cache, monkeypatch) == 0


def test_cache_of_other_columns_is_begun_anew(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    with sqlite3.connect(cache / "entries.sqlite") as file:
        file.execute("CREATE TABLE entries (a)")
    file.close()
    assert fresh(folder, cache, monkeypatch) > 0
    assert fresh(folder, cache, monkeypatch) == 0

"""Building again in part: whatever is edited, every file has the bytes of a build from nothing; what cannot be trusted is not used."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import airm_graph
from airm_graph.incremental import Built, build_folder
from airm_graph.incremental.index import Index
from airm_graph.incremental.look import look_at
from airm_graph.incremental.splice import Edit, Layout, find_line, list_segments
from airm_graph.incremental.state import Damaged, State, open_state
from airm_graph.ingest.capture import read_capture
from airm_graph.ingest.inputs import Input, find_inputs
from airm_graph.ingest.sidecar import Sidecar
from airm_graph.merge import merge_pages
from airm_graph.merge.islands import list_keys, list_record_keys
from airm_graph.model import Page
from pages import Document, Node, as_bytes, print_page, walk
from test_cli import EXAMPLES

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows everything is built")

TITLES = ("On risk", "On risk: a survey", "On risk and its measures", "Measures for models", "Other measures for models")
AUTHORS = (("Lee, Ann",), ("Ann Lee",), ("Lee, A.", "Berg, Jo"), ("Jo Berg", "Lee, Ann"), ("Office of Tests",), ("Lee",))
ABSTRACTS = ((), ("Short.",), ("This abstract is long enough to say which document it is of, for it goes on and on and on.",))
NAMES = ("Audit models", "Log access", "Test inputs", "Watch outputs", "Train people")
TEXTS = ((), ("Do it whenever the system is changed, and keep a record of it for the next one.",), ("Do it [12] well:",), ("ﬁrst of all",))
CODES = ("1.1.1", "2.1.2", "3.2.1", "2.2.1")


def make_document(rng: random.Random) -> Document:
    """A document that has something in common with others."""
    nodes = tuple(
        Node(
            name,
            rng.choice(CODES),
            rng.choice(TEXTS),
            rng.choice(("Because.", None)),
            (Node("Deeper", "1.1.2", rng.choice(TEXTS)),) * (rng.random() < 0.3),
        )
        for name in rng.sample(NAMES, rng.randint(1, 3))
    )
    return Document(rng.choice(TITLES), rng.choice(AUTHORS), nodes, rng.choice(("2020", "2021", "")), rng.choice(ABSTRACTS))


def make_pages(rng: random.Random) -> list[bytes]:
    """The pages of a document."""
    document = make_document(rng)
    return [as_bytes(print_page(document, path)) + b"\n" for path in walk(document.nodes)]


def edit_pages(rng: random.Random, folder: Path) -> str:
    """Change something about the pages of a folder; returns what."""
    files = sorted(folder.rglob("*.txt"))
    kind = rng.choice(("add", "remove", "change", "change", "copy", "spoil", "name", "exchange")) if files else "add"
    page = rng.choice(files) if files else folder
    text = page.read_text(encoding="utf-8", errors="replace") if files else ""
    if kind == "add":
        for data in make_pages(rng):
            place = folder / rng.choice("abc")
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{rng.randint(0, 60):02}.txt").write_bytes(data)
    elif kind == "remove":
        page.unlink()
    elif kind == "change":
        old, new = rng.choice(
            (("Because", "Just because"), ("On risk", TITLES[3]), ("Lee", "Leeson"), (NAMES[0], NAMES[1]), ("2020", "2021"), ("\n", "\n\n"))
        )
        page.write_text(text.replace(old, new), encoding="utf-8")
    elif kind == "copy":
        page.with_name("copy.txt").write_bytes(page.read_bytes())
    elif kind == "spoil":
        page.write_bytes(rng.choice((b"", b"nothing\n", b"\x00\x01")))
    elif kind == "name":
        said = (
            "url: https://example.org/x\n",
            "id: M1\n",
            f"name: {NAMES[0]}\n",
            "oops: 1\n",
            "url: http://www.w3.org/2004/02/skos/core#x\n",
        )
        page.with_suffix(".meta.yaml").write_text(rng.choice(said), encoding="utf-8")
    else:
        other = rng.choice(files)
        one, two = page.read_bytes(), other.read_bytes()
        page.write_bytes(two)
        other.write_bytes(one)
    return kind


def read_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def check_same(folder: Path, work: Path, **options: object) -> Built:
    """Build in part or not, and from nothing; both are the same."""
    built = build_folder([folder], work / "dist", cache=work / "cache", **options)  # type: ignore[arg-type]
    graph = airm_graph.build([folder], **options)  # type: ignore[arg-type]
    graph.write(work / "plain")
    assert isinstance(built, Built)
    assert read_files(work / "dist") == read_files(work / "plain")
    assert list(built.written) == list(graph.written)
    assert (len(built), built.count(), built.digest, dict(built.files)) == (len(graph), graph.count(), graph.digest, dict(graph.files))
    return built


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


def change_reason(folder: Path) -> Path:
    page = next(path for path in sorted(folder.glob("*.txt")) if "Reasoning\n" in path.read_text(encoding="utf-8"))
    page.write_text(page.read_text(encoding="utf-8").replace("Reasoning\n", "Reasoning\nFirst of all. ", 1), encoding="utf-8")
    return page


# Islands.


@st.composite
def page_sets(draw: st.DrawFn) -> list[Page]:
    """Pages of some documents that have titles, years, numbers, authors and abstracts in common."""
    rng = random.Random(draw(st.integers(0, 10**6)))
    pages = []
    for number in range(draw(st.integers(2, 7))):
        read = read_bytes_of(make_pages(rng), number)
        doi = draw(st.sampled_from((None, None, "10.1234/one", "10.1234/two")))
        pages += [replace(page, source=page.source and replace(page.source, doi=doi)) for page in read]
    return pages


def read_bytes_of(contents: Sequence[bytes], number: int) -> list[Page]:
    read = (read_capture(data, file=f"{number}-{place}.txt", sidecar=Sidecar()) for place, data in enumerate(contents))
    return [reading.page for reading in read if reading.page]


def part_pages(pages: list[Page]) -> list[list[Page]]:
    """Pages in groups of those that hang together by keys."""
    keys, groups = list_keys(pages), list[tuple[set[str], list[Page]]]()
    for page in pages:
        held, here = set(keys[page.capture.sha256]), [page]
        for known, some in [group for group in groups if group[0] & held]:
            held, here = held | known, here + some
            groups.remove((known, some))
        groups.append((held, here))
    return [some for _, some in groups]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(page_sets())
def test_islands_when_merged_alone_give_the_records_of_all_pages(pages: list[Page]) -> None:
    whole = merge_pages(pages)
    parts = [merge_pages(island) for island in part_pages(pages)]
    for name in ("captures", "sources", "mitigations", "repairs", "links"):
        assert sorted(chain.from_iterable(getattr(part, name) for part in parts), key=repr) == sorted(getattr(whole, name), key=repr), name
    assert sorted(map(repr, chain.from_iterable(part.findings for part in parts))) == sorted(map(repr, whole.findings))
    taken = [{key for _, key in list_record_keys(part)} for part in parts]
    assert sum(map(len, taken)) == len(set().union(*taken))


# What is written down.


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sets(st.integers(0, 2000), max_size=60), st.sets(st.integers(0, 2000), max_size=60)), max_size=6),
    st.integers(1, 900),
)
def test_index_when_blocks_come_and_go_says_where_they_stand(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[set[int], set[int]]], size: int
) -> None:
    blocks = {f"{number:04}": (number % 7 + 1, number % 3 + 1) for number in range(0, 2 * size, 2)}
    with State(tmp_path_factory.mktemp("index") / "state.sqlite") as state:
        index = Index(state, "blocks")
        index.fill(sorted(blocks.items()))
        for gone, come in changes:
            removed = {f"{number:04}" for number in gone} & blocks.keys()
            added = {f"{number:04}": (number % 5 + 2, 1) for number in come if f"{number:04}" not in blocks or f"{number:04}" in removed}
            if len(removed) == len(blocks) and not added:
                continue
            found = index.change(removed=removed, added=added)
            before = sorted(blocks.items())
            for key in removed | added.keys():
                start = [sum(sizes[column] for name, sizes in before if name < key) for column in range(2)]
                length = blocks[key] if key in removed else (0, 0)
                assert found[key] == tuple((at, at + more) for at, more in zip(start, length, strict=True))
            blocks = {**{key: sizes for key, sizes in blocks.items() if key not in removed}, **added}


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.integers(0, 30), st.sampled_from(("", "x", "long")), min_size=1),
    st.dictionaries(st.integers(0, 30), st.sampled_from(("", "y", "longer"))),
    st.sampled_from(("", ",", ",\n")),
)
def test_segments_when_blocks_change_make_the_new_file(old: dict[int, str], new: dict[int, str], separator: str) -> None:
    def write(blocks: dict[int, str], head: str) -> bytes:
        return f"{head}{separator.join(f'<{key:02}{text}>' for key, text in sorted(blocks.items()))}]".encode()

    def unit(key: int, text: str) -> bytes:
        return f"<{key:02}{text}>{separator}".encode()

    after = {key: text for key, text in {**old, **new}.items() if text or key not in new}
    edits = []
    for key in sorted(new):
        start = sum(len(unit(*pair)) for pair in old.items() if pair[0] < key)
        edits.append(Edit(start, start + (len(unit(key, old[key])) if key in old else 0), unit(key, new[key]) if key in after else b""))
    data = write(old, "[")
    layout = Layout(1, b"{{", separator.encode(), b"]")
    parts = list_segments(len(data), edits, layout=layout)
    if after:
        assert b"".join(part if isinstance(part, bytes) else data[slice(*part)] for part in parts) == write(after, "{{")


@given(st.lists(st.binary(max_size=3).filter(lambda text: b"\n" not in text), max_size=20), st.binary(max_size=3))
def test_line_when_looked_for_is_the_first_that_is_not_below(lines: list[bytes], wanted: bytes) -> None:
    lines.sort()
    data = b"".join(line + b"\n" for line in lines)
    assert find_line(data, wanted, key=lambda line: line[:-1]) == sum(len(line) + 1 for line in lines if line < wanted)


def test_look_when_files_are_links_hidden_or_not_utf8_sees_what_a_build_reads(folder: Path, tmp_path: Path) -> None:
    page = min(folder.glob("*.txt"))
    for place in ("below/é.txt", ".hidden/a.txt", "below/.b.txt"):
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_bytes(page.read_bytes())
    (folder / "link.txt").symlink_to(page)
    (folder / "gone.txt").symlink_to(folder / "nothing")
    (folder / "again").symlink_to(folder / "below")
    (folder / "report.json").write_text("{}")
    expected = [Input(entry.name, entry.path, is_named=False) for entry in find_inputs([folder])]
    seen = look_at([folder])
    assert seen is not None
    assert [seen[name].entry for name in sorted(seen)] == sorted(expected, key=lambda entry: entry.name)
    assert {one.shown for one in seen.values()} == {entry.shown for entry in expected}
    named = look_at([page, folder / "below" / ".b.txt"])
    assert named is not None
    assert set(named) == {page.name, ".b.txt"}
    (folder / "table.csv").write_text("a,b\n")
    assert look_at([folder]) is None
    assert look_at(["-"]) is None


# Whole builds.


def build_again(folder: Path, work: Path, **options: object) -> Built:
    """Build in part or not, held against nothing else."""
    built = build_folder([folder], work / "dist", cache=work / "cache", **options)  # type: ignore[arg-type]
    assert isinstance(built, Built)
    return built


def find_record(work: Path) -> Path:
    (path,) = (work / "cache" / "builds").glob("*.sqlite")
    return path


def test_edits_in_any_order_give_the_bytes_of_a_build_from_nothing(tmp_path: Path) -> None:
    rng, pages = random.Random(1), tmp_path / "pages"
    shutil.copytree(EXAMPLES, pages)
    build_again(pages, tmp_path)
    for _ in range(2):
        done = [edit_pages(rng, pages) for _ in range(2)]
        built = check_same(pages, tmp_path)
        assert built.pages < len(built.files), (done, built.reason)
    assert build_again(pages, tmp_path).pages == 0


def test_page_when_it_changes_but_for_size_and_time_is_built_again_under_any_base(folder: Path, tmp_path: Path) -> None:
    base = "https://example.org/my/"
    build_again(folder, tmp_path, base=base)
    page = next(path for path in sorted(folder.glob("*.txt")) if "Reasoning\n" in path.read_text(encoding="utf-8"))
    status, text = page.stat(), page.read_text(encoding="utf-8")
    place = text.index("Reasoning\n") + 10
    page.write_text(text[:place] + text[place:].swapcase(), encoding="utf-8")
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert page.stat().st_size == status.st_size
    assert check_same(folder, tmp_path, base=base).pages


def test_files_that_changed_just_now_are_not_trusted(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def trusted() -> list[bool]:
        with State(find_record(tmp_path)) as state:
            return [bool(stamp) for _, files in state.find("files/") for _, _, stamp in files.values()]

    build_again(folder, tmp_path)
    assert not any(trusted())
    later = time.time_ns() + 3 * 10**9
    monkeypatch.setattr("airm_graph.incremental.engine.time.time_ns", lambda: later)
    assert build_again(folder, tmp_path).pages == 0
    assert all(trusted())


def test_record_when_damaged_or_of_other_files_is_not_used(folder: Path, tmp_path: Path) -> None:
    build_again(folder, tmp_path)
    with sqlite3.connect(find_record(tmp_path)) as file:
        file.execute("UPDATE entries SET value = CAST(value || x'00' AS BLOB) WHERE key LIKE 'island/%'")
    file.close()
    change_reason(folder)
    assert "damaged" in build_again(folder, tmp_path).reason
    nquads = tmp_path / "dist" / "airm.nq"
    whole = nquads.read_bytes()
    nquads.write_bytes(whole[:-9])
    assert "not what was written" in build_again(folder, tmp_path).reason
    assert nquads.read_bytes() == whole


def test_record_when_it_is_no_such_file_or_held_by_another_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "builds" / "a.sqlite"
    with open_state(tmp_path, "a") as state:
        state.put("a", [1])
        state.put("b", [2])
        with pytest.raises(Damaged, match="locked"):
            open_state(tmp_path, "a")
        state.commit()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE entries SET value = (SELECT value FROM entries WHERE key = 'a')")
    file.close()
    with open_state(tmp_path, "a") as state:
        assert state.get("a") == [1]
        with pytest.raises(Damaged, match="damaged"):
            state.get("b")
    for nonsense in (b"SQLite format 3\0" + b"nonsense" * 999, b"something else"):
        path.write_bytes(nonsense)
        with open_state(tmp_path, "a") as state:
            assert state.get("a") is None


def test_build_that_ends_before_its_record_is_written_does_no_harm(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_again(folder, tmp_path)
    change_reason(folder)

    def stop(_state: State) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(State, "commit", stop)
        with pytest.raises(KeyboardInterrupt):
            build_again(folder, tmp_path)
    assert "not what was written" in build_again(folder, tmp_path).reason
    assert build_again(folder, tmp_path).pages == 0


def test_process_when_killed_does_no_harm(folder: Path, tmp_path: Path) -> None:
    arguments = ["build", str(folder), "--cache-dir", str(tmp_path / "cache"), "-o", str(tmp_path / "dist")]
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", *arguments]
    assert "again" not in subprocess.run(command, check=False, capture_output=True, text=True).stderr
    change_reason(folder)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(0.5)
        process.kill()
    check_same(folder, tmp_path)


def test_tables_are_built_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("Name,Source\nAudit models,On risk\n")
    built = build_folder([tmp_path / "mine.csv"], tmp_path / "dist", cache=tmp_path / "cache")
    assert not isinstance(built, Built)
    assert not (tmp_path / "cache" / "builds").exists()

"""A written graph is the earlier one or the new one, whenever its writer is killed and whatever rename is refused."""

import errno
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from airm_graph.errors import ExportError, InputError
from airm_graph.export.files import hold_folder, replace_file, write_folder
from airm_graph.export.switch import JOURNAL, LOCK, lock_folder, name_beside
from airm_graph.pipeline import SUMS, load, read_sums

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the processes that are killed here are forked")

NAMES = ("airm.nq", "airm.nt", "airm.ttl")
#: Runs in a process of its own without threads, forks a writer for each rename, and ends it before or after that rename.
KILLER = """
import json, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_switch import count_renames, write_release
folder, found, with_parts = Path(sys.argv[1]), [], sys.argv[3] == "parts"
for moment in ("before", "after"):
    for number in range(50):
        target = folder / f"{moment}-{number}"
        write_release(target, "old", with_parts=with_parts)
        if (pid := os.fork()) == 0:
            with count_renames(number, lambda rename: (rename() if moment == "after" else None, os._exit(9))):
                write_release(target, "new", with_parts=with_parts)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0:
            break
        found.append(target.name)
print(json.dumps(found))
"""


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_release(folder: Path, content: str, *, with_parts: bool = False) -> None:
    with hold_folder(folder):
        _write_release(folder, content, with_parts=with_parts)


def _write_release(folder: Path, content: str, *, with_parts: bool) -> None:
    def fill(drafts) -> None:
        for name, draft in drafts.items():
            draft.write(f"{content} {name}\n")

    folders, others = {}, {}
    if with_parts:
        folders["parts"] = name_beside(folder / "parts")
        folders["parts"].mkdir()
        (folders["parts"] / "a.nq").write_text(f"{content} part\n")
        others["parts/a.nq"] = hashlib.sha256(f"{content} part\n".encode()).hexdigest()
    write_folder(folder, NAMES, fill, sums=SUMS, others=others, folders=folders)


def read_release(folder: Path) -> str:
    """What every file of a folder says, as a reader of ours finds it."""
    sums = read_sums(folder)
    (content,) = {(folder / name).read_text().split()[0] for name in sums}
    return content


@contextmanager
def count_renames(number: int, act: Callable[[Callable[[], None]], object]) -> Iterator[None]:
    """Do something in place of the rename with a number, from 0."""
    before, seen = (os.replace, os.rename), iter(range(10_000))

    def count(real):
        def rename(source, target, **options) -> None:
            if next(seen) == number:
                act(lambda: real(source, target, **options))
            else:
                real(source, target, **options)

        return rename

    os.replace, os.rename = map(count, before)
    try:
        yield
    finally:
        os.replace, os.rename = before


def refuse(_rename: Callable[[], None]) -> None:
    raise OSError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("kind", ["files", "parts"])
def test_release_is_old_or_new_when_its_writer_is_killed_at_any_rename(tmp_path: Path, kind: str) -> None:
    command = [sys.executable, "-c", KILLER, str(tmp_path), str(Path(__file__).parent), kind]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    killed = json.loads(run.stdout)
    # Journal, three files and sums, before and after each; a folder goes out of the way of its next one.
    assert len(killed) == (14 if kind == "parts" else 10)
    seen = {name: read_release(tmp_path / name) for name in killed}
    assert {name for name, content in seen.items() if content == "old"} == {"before-0"}
    for name in killed:
        write_release(tmp_path / name, "newest", with_parts=kind == "parts")
        assert read_release(tmp_path / name) == "newest"
        assert list_names(tmp_path / name) == sorted((*NAMES, SUMS, *(["parts"] if kind == "parts" else []))), name


@pytest.mark.parametrize("number", range(5))
def test_earlier_release_stays_when_one_rename_is_refused(tmp_path: Path, number: int) -> None:
    write_release(tmp_path, "old")
    with count_renames(number, refuse), pytest.raises(ExportError, match="cannot be written: Permission denied"):
        write_release(tmp_path, "new")
    assert read_release(tmp_path) == "old"
    assert list_names(tmp_path) == sorted((*NAMES, SUMS))


@pytest.mark.parametrize("number", range(1, 5))
def test_new_release_is_finished_later_where_a_rename_is_refused_and_nothing_can_be_put_back(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(tmp_path, "old")
    monkeypatch.setattr(os, "link", refuse_link)
    # What finishes the switch at the end is refused, too.
    with (
        count_renames(number, refuse),
        count_renames(number + 1, refuse),
        pytest.raises(ExportError, match="run any command on the folder"),
    ):
        write_release(tmp_path, "new")
    assert read_release(tmp_path) == "new"


def refuse_link(*_: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_reader_refuses_a_half_renamed_release_that_it_cannot_finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(tmp_path, "old")
    (tmp_path / JOURNAL).write_text(json.dumps({"moves": [["airm.nq", ".airm.nq.new"]]}))
    (tmp_path / ".airm.nq.new").write_text("new")
    monkeypatch.setattr(Path, "replace", lambda *_: refuse(lambda: None))
    with pytest.raises(ExportError, match="a build ended before all its files were in their places"):
        read_sums(tmp_path)


def test_damaged_journal_is_refused_with_what_to_do(tmp_path: Path) -> None:
    write_release(tmp_path, "old")
    (tmp_path / JOURNAL).write_text("{")
    with pytest.raises(ExportError, match="is damaged; remove it and build the release again"):
        read_sums(tmp_path)


def test_second_writer_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    write_release(tmp_path, "old")
    code = "import test_switch, sys; from pathlib import Path; test_switch.write_release(Path(sys.argv[1]), 'new')"
    with lock_folder(tmp_path):
        command = [sys.executable, "-c", code, str(tmp_path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    assert run.returncode == 1
    assert f"is being written by process {os.getpid()} on " in run.stderr
    assert read_release(tmp_path) == "old"
    assert not (tmp_path / LOCK).exists()


def test_lock_of_a_dead_process_is_none(tmp_path: Path) -> None:
    write_release(tmp_path, "old")
    (tmp_path / LOCK).write_text("process 1 on elsewhere")
    write_release(tmp_path, "new")
    assert list_names(tmp_path) == sorted((*NAMES, SUMS))


def test_litter_of_a_dead_writer_of_one_file_is_removed_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    from airm_graph.export.files import draft_files

    dead = tmp_path / ".a.0123abcd.airm-new"
    dead.write_text("half")
    (tmp_path / ".a.notes.airm-new").write_text("of somebody else")
    with draft_files([tmp_path / "a"]) as (draft,):
        draft.write("slow")
        assert not dead.exists()
        replace_file(tmp_path / "a", b"quick")
    assert (tmp_path / "a").read_text() == "slow"
    assert list_names(tmp_path) == [".a.notes.airm-new", "a"]


@pytest.fixture(scope="module")
def changed(example_graph, tmp_path_factory) -> Path:
    """A written graph one of whose files is of another one."""
    folder = tmp_path_factory.mktemp("changed") / "dist"
    example_graph.write(folder)
    with (folder / "airm.ttl").open("a") as file:
        file.write("# of another release\n")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "run", "counts", "--data"],
        ["export", "--format", "turtle"],
        ["info"],
        ["validate"],
        ["search", "training", "--data"],
        ["serve"],
        ["push", "http://127.0.0.1:9/update", "--data"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_reader_says_that_sums_do_not_fit(changed: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "airm_graph", *arguments, str(changed)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, run.stdout) == (2, "")
    assert "airm.ttl was changed since" in run.stderr


def test_reader_takes_what_the_sums_name_and_not_an_export_of_an_earlier_release(example_graph, tmp_path: Path) -> None:
    (tmp_path / "airm.nq").write_text("<urn:earlier> <urn:p> <urn:o> .\n")
    example_graph.write(tmp_path, formats=["turtle"])
    assert len(load(tmp_path)) == len(example_graph)


def test_release_that_changes_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(tmp_path, "old")
    real, seen = hashlib.file_digest, []

    def digest(file, name: str):
        seen.append(name)
        if len(seen) == 2:  # the sums are read, and one file is looked at
            write_release(tmp_path, "new")
        return real(file, name)

    monkeypatch.setattr(hashlib, "file_digest", digest)
    assert read_release(tmp_path) == "new"


def test_load_refuses_a_file_that_changes_between_its_sum_and_its_reading(example_graph, tmp_path: Path, monkeypatch) -> None:
    import airm_graph.pipeline.loading as loading

    example_graph.write(tmp_path)
    monkeypatch.setattr(loading, "read_sums", lambda folder: {**read_sums(folder), "airm.nq": "0" * 64})
    with pytest.raises(InputError, match=r"airm\.nq: the file was changed while it was read; ask again"):
        load(tmp_path)

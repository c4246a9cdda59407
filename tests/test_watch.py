"""Watching: what changes is built again, the same bytes as a build from nothing; errors do not end it, Ctrl-C does."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import airm_graph
from airm_graph.namespaces import BASE
from airm_graph.pipeline.watch import Rebuilt, watch
from test_cli import EXAMPLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


class Clock:
    """Waits no time, and changes files when it has been asked to wait often enough."""

    def __init__(self) -> None:
        self.waits = 0

    def __call__(self, _seconds: float) -> None:
        self.waits += 1
        assert self.waits < 100, "nothing is built any more"


def start(folder: Path, dist: Path, **options: object) -> Iterator[Rebuilt]:
    return watch([folder], dist, base=BASE, sleep=Clock(), **options)  # type: ignore[arg-type]


def sums(dist: Path) -> bytes:
    return (dist / "SHA256SUMS").read_bytes()


def built(folder: Path, dist: Path) -> bytes:
    airm_graph.build([folder]).write(dist)
    return sums(dist)


def test_change_is_built_again_to_the_bytes_of_a_build_from_nothing(folder: Path, tmp_path: Path) -> None:
    rounds = start(folder, tmp_path / "dist")
    first = next(rounds)
    assert first.graph is not None
    assert first.changed == tuple(sorted(map(str, folder.iterdir())))
    assert sums(tmp_path / "dist") == built(folder, tmp_path / "plain")
    page = min(folder.glob("*.txt"))
    page.write_text(page.read_text(encoding="utf-8").replace("Reasoning\n", "Reasoning\nFirst of all. ", 1), encoding="utf-8")
    second = next(rounds)
    assert second.changed == (str(page),)
    assert sums(tmp_path / "dist") == built(folder, tmp_path / "plain") != first
    page.unlink()
    assert next(rounds).changed == (str(page),)
    assert sums(tmp_path / "dist") == built(folder, tmp_path / "plain")


def test_errors_are_told_and_do_not_end_it(folder: Path, tmp_path: Path) -> None:
    rounds = start(folder, tmp_path / "dist")
    next(rounds)
    before = sums(tmp_path / "dist")
    shutil.move(folder, tmp_path / "away")
    folder.mkdir()
    failed = next(rounds)
    assert failed.graph is None
    assert "holds no captures" in failed.error
    assert sums(tmp_path / "dist") == before
    (folder / "a.txt").write_text("no page\n")
    assert "no mitigation was read" in next(rounds).error
    shutil.copytree(tmp_path / "away", folder, dirs_exist_ok=True)
    (folder / "a.txt").unlink()
    assert next(rounds).graph is not None
    assert sums(tmp_path / "dist") == before


def test_side_cars_are_watched_and_outputs_and_hidden_files_are_not(folder: Path, tmp_path: Path) -> None:
    rounds = start(folder, folder / "dist")
    next(rounds)
    (folder / "quarantine.csv").write_text("rule\n")
    (folder / ".hidden.txt").write_text("x")
    with pytest.raises(AssertionError, match="nothing is built"):
        next(rounds)
    (folder / ".hidden.txt").unlink()
    rounds = start(folder, tmp_path / "dist")
    next(rounds)
    page = min(folder.glob("*.txt"))
    page.with_name(f"{page.stem}.meta.yaml").write_text("name: Something else\n")
    assert [Path(name).name for name in next(rounds).changed] == [f"{page.stem}.meta.yaml"]


def test_file_that_is_being_written_is_waited_for(folder: Path, tmp_path: Path) -> None:
    page = min(folder.glob("*.txt"))
    whole = page.read_bytes()
    clock = Clock()

    def grow(seconds: float) -> None:
        clock(seconds)
        size = min(len(whole), clock.waits * (len(whole) // 4))
        if page.stat().st_size < len(whole):
            page.write_bytes(whole[:size])
            os.utime(page, ns=(clock.waits, clock.waits))

    page.write_bytes(whole[:10])
    rounds = watch([folder], tmp_path / "dist", base=BASE, sleep=grow)
    assert next(rounds).graph is not None
    assert page.read_bytes() == whole
    assert clock.waits > 3


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signal to one process")
def _heed_interrupts() -> None:
    """What a shell runs in the background ignores them, and so does all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_command_builds_and_ends_cleanly_when_it_is_interrupted(folder: Path, tmp_path: Path) -> None:
    code = "from airm_graph.cli import main; main()"
    command = [sys.executable, "-c", code, "watch", str(folder), "-o", str(tmp_path / "dist"), "--interval", "0.05"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_heed_interrupts) as process:
        try:
            assert process.stdout
            assert "written in" in process.stdout.readline()
            (folder / "b.txt").write_text("no page\n")
            assert "violations" in process.stdout.readline()
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "the watch has ended" in err
    assert "Traceback" not in err
    assert f"changed: {folder / 'b.txt'}" in err

"""Whatever comes between two steps of a reader, a writer or a build: an answer is of one release, an output of whole files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a folder that is written is held in another way there")


def run_trial(*names: str) -> list[int]:
    run = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "steps.py"), *names], capture_output=True, text=True, check=False, timeout=600
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["wrong"] == []
    return list(found["steps"])


def test_reader_answers_of_one_release_when_another_is_put_in_place_at_any_step() -> None:
    # `make kills` tries all of them.
    steps = run_trial("try_readers", "info", "query")
    assert len(steps) == 2
    assert min(steps) >= 7


def test_readers_and_a_second_writer_at_any_step_of_a_writer_see_one_release_or_are_refused() -> None:
    number, answered, refused, held, written = run_trial("try_writer", "3")
    assert number == held + written
    assert answered > 0 < refused
    # Only before the folder is held, and behind.
    assert 0 < written < 5 < held


def test_build_says_what_a_file_said_once_when_it_is_edited_at_any_step() -> None:
    steps = run_trial("try_edits")
    assert len(steps) == 5
    assert min(steps) >= 2

"""Small jobs that a hook, an editor or a notebook runs all day: whole commands, beside an earlier build.

    AIRM_GRAPH_BASE=CHECKOUT python benchmarks/run.py everyday [--rounds 5] [--gate]

The base is a checkout with its own environment in ``.venv``; without one ours runs alone. Each run starts the command three times, after
one start that compiles its modules. What is aimed at is how much of the time of the build of 6d9fd65 is left. RDF that is judged by shapes
of others stands beside pyshacl, too, which is started once.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from child import MissingError, Watch, Work
from corpus import write_tables
from frame import Engine, Job

from airm_graph.namespaces import PREFIXES as NAMESPACES

__all__ = ["BASE", "JOBS", "PREFIX", "run_command", "write_inputs"]

#: The environment variable that names the base, and what the jobs are called.
BASE, PREFIX = "AIRM_GRAPH_BASE", "everyday-"
STARTS = 3
ROWS = 831
PAGES = Path(__file__).resolve().parent.parent / "examples"
#: Two pages of one source, the first of which is the single page.
_NAMES = ("francois-child-safety.txt", "gipiskis-adversarial-training.txt")
_CODES = ("query", "run", "mitigations-by-code", "code=1.1", "--data")


def run_command(folder: Path, *arguments: str, python: Path = Path(sys.executable)) -> None:
    """Run a command in a folder; its modules are kept compiled, as people have them."""
    _start(folder, python, "-m", "airm_graph", *arguments)


def _start(folder: Path, *command: str | Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise MissingError(done.stderr.decode(errors="replace").strip()[-500:])


def prepare(folder: Path, _: int, which: str, *arguments: str) -> Work:
    """Start a command of this checkout or of the base in the folder of the inputs."""
    python = Path(sys.executable)
    if which == "base":
        if not os.environ.get(BASE):
            raise MissingError(f"{BASE} names no checkout")
        python = Path(os.environ[BASE], ".venv", "bin", "python")
    place = folder / which
    shutil.copytree(folder / "inputs", place, dirs_exist_ok=True)

    def work(watch: Watch) -> object:
        for _ in range(STARTS):
            run_command(place, *arguments, python=python)
        taken = watch.stop()
        watch.give(seconds=taken["seconds"] / STARTS, cpu=taken["cpu"] / STARTS)
        return None

    run_command(place, *arguments, python=python)
    return work


def prepare_pyshacl(folder: Path, _: int) -> Work:
    """Start the command of pyshacl."""

    def work(_: Watch) -> object:
        _start(folder / "inputs", sys.executable, "-m", "pyshacl", "-s", "outside.ttl", "data.nt")
        return None

    return work


def write_outside(folder: Path, size: int) -> None:
    """Write generated mitigations as N-Triples, and the shapes of the job ``validate`` as Turtle."""
    from validate import shapes, write_inputs

    from airm_graph.graph.store import format_rows

    inputs = folder / "inputs"
    inputs.mkdir()
    write_inputs(inputs, size)
    (inputs / "outside.ttl").write_bytes(format_rows(shapes(), media_type="text/turtle", prefixes=NAMESPACES))


def write_inputs(folder: Path, _: int) -> None:
    """Write one page, two pages, a table, and what is made of the last two."""
    inputs = folder / "inputs"
    for name, pages in (("one", _NAMES[:1]), ("two", _NAMES)):
        (inputs / name).mkdir(parents=True)
        for page in pages:
            shutil.copy(PAGES / page, inputs / name)
    write_tables(ROWS, inputs / "rows")
    shutil.copytree(inputs / "two", inputs / "rows-and-pages" / "pages")
    shutil.copytree(inputs / "rows", inputs / "rows-and-pages" / "rows")
    for name in ("two", "rows"):
        run_command(inputs, "build", name, "-o", f"dist-{name}")


def _make_job(job: str, title: str, left: float, *arguments: str) -> Job:
    """Make a job that is to take no more than a part of the time of the base."""
    engines = tuple(
        Engine(shown, "everyday:prepare", (which, *arguments), compared=False)
        for shown, which in (("airm-graph", "ours"), ("the base", "base"))
    )
    about = "One whole process with its start; the mean of three."
    return Job(PREFIX + job, title, about, engines, write_inputs, aims={"the base": 1 / left}, sizes=(1,), unit="process")


def _make_outside_jobs() -> Iterator[Job]:
    """Make the jobs that judge RDF by shapes of others: one with aims, and one at sizes on both sides of what SQLite is asked about."""
    job = _make_job("outside", "Everyday: check of RDF by shapes of others", 0.35, "validate", "data.nt", "--shapes", "outside.ttl")
    job = replace(job, prepare=write_outside, unit="mitigations")
    pyshacl = Engine("pyshacl", "everyday:prepare_pyshacl", packages=("pyshacl", "rdflib"), compared=False)
    yield replace(job, engines=(*job.engines, pyshacl), aims={**job.aims, "pyshacl": 40}, sizes=(1000,))
    yield replace(job, name=f"{job.name}-sizes", title=f"{job.title}, other sizes", aims={}, sizes=(100, 2000, 3000, 10_000))


JOBS = (
    _make_job("build", "Everyday: build of one page", 0.3, "build", "one", "-o", "dist"),
    _make_job("validate", "Everyday: check of one page", 0.3, "validate", "one"),
    _make_job("info", "Everyday: what two pages hold", 0.3, "info", "two"),
    _make_job("query", "Everyday: a query on two pages", 0.45, *_CODES, "dist-two"),
    _make_job("query-rows", f"Everyday: a query on {ROWS} rows", 0.45, *_CODES, "dist-rows"),
    _make_job("rows", f"Everyday: build of {ROWS} rows and two pages", 0.4, "build", "rows-and-pages", "-o", "dist"),
    *_make_outside_jobs(),
)

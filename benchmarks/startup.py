"""How long the command line takes to start, beside Python itself with the same site.

Each run starts the command ten times, after one start that fills the caches of compiled modules. The function of the command is called
without the installed script, which costs what its installer wrote into it (one of pip before 25.2 imports `re` first).
"""

import subprocess
import sys
from pathlib import Path

from child import Watch, Work
from frame import Engine, Job

__all__ = ["JOBS"]

STARTS = 10
CALL = "from airm_graph.cli import main; main()"


def prepare(_: Path, __: int, code: str, *arguments: str) -> Work:
    """Start Python with a line of code."""
    command = [sys.executable, "-c", code, *arguments]

    def work(watch: Watch) -> object:
        for _ in range(STARTS):
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        taken = watch.stop()
        watch.give(seconds=taken["seconds"] / STARTS, cpu=taken["cpu"] / STARTS)
        return None

    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return work


def _make_job(name: str, *arguments: str) -> Job:
    return Job(
        name,
        f"Starting: airm-graph {' '.join(arguments)}",
        "One start of a process, without the installed script; the mean of ten.",
        (
            Engine("airm-graph", "startup:prepare", (CALL, *arguments)),
            Engine("python -c pass", "startup:prepare", ("pass",)),
            Engine("python -c 'import click'", "startup:prepare", ("import click",), ("click",)),
        ),
        sizes=(1,),
        unit="start",
    )


JOBS = (_make_job("start", "--version"), _make_job("start-list", "query", "list"))

"""Measures how long the command line takes to start, beside Python itself with the same site, as a whole process.

Commands take turns, so that other work on the machine meets all of them; a figure is the median of twenty runs after one that is not
counted (it fills the caches of compiled modules). The installed script costs what its installer wrote into it: one of pip before 25.2
imports `re` first, which takes as long as Python does; "without script" calls the same function.

    python benchmarks/startup.py [RUNS]
"""

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 20
BARE = "python -c pass"
CALL = "from airm_graph.cli import main; main()"


def commands() -> dict[str, list[str]]:
    """Name to command."""
    found = {BARE: [sys.executable, "-c", "pass"], "python -c 'import click'": [sys.executable, "-c", "import click"]}
    script = Path(sys.executable).with_name("airm-graph")
    for arguments in ("--version", "--help", "query list", "explain MIT-03"):
        found[f"{arguments}, without script"] = [sys.executable, "-c", CALL, *arguments.split()]
        if shutil.which(script):
            found[f"{arguments}, installed script"] = [str(script), *arguments.split()]
    return found


def main(runs: int) -> None:
    """Measure and print."""
    taken: dict[str, list[float]] = {name: [] for name in commands()}
    for number in range(runs + 1):
        for name, command in commands().items():
            started = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            taken[name] += [time.perf_counter() - started] if number else []
    bare = statistics.median(taken[BARE])
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        print(f"{name:<36} {1000 * middle:7.1f} ms (least {1000 * min(seconds):6.1f})  {middle / bare:5.2f} times python -c pass")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else RUNS)

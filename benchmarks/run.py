"""Run benchmarks: jobs beside their peers, at several sizes, in turns; prints what was found and writes it as JSON and as a page.

    python benchmarks/run.py [JOB …] [--sizes N …] [--rounds N] [--install] [--results FILE] [--page FILE] [--gate]

`make bench` installs every peer and runs all jobs. Where FILE holds results already, those of the jobs that are run take the place of the
old ones; the others stay, and the machine is described anew with each. "everyday" stands for all jobs of that name; --gate ends with 1
where a peer that has an aim was asked and the median is short of it. No time of day is written but SOURCE_DATE_EPOCH.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from frame import Job, Limits, describe_machine, install_apart, measure_job
from jobs import list_jobs
from page import write_page

__all__ = ["list_missed", "measure", "show", "write_results"]

SIZES = (1000, 10_000)
ROUNDS = 3


def measure(job: Job, sizes: Iterable[int], *, rounds: int, limits: Limits) -> dict[str, Any]:
    """Measure a job at several sizes, as it stands in the results."""
    found: dict[str, Any] = {}
    machine = describe_machine()
    for size in sorted(job.sizes or sizes):
        with tempfile.TemporaryDirectory() as folder:
            found[str(size)] = measure_job(job, size, rounds=rounds, limits=limits, folder=Path(folder))
        show(job, size, found[str(size)])
    return {
        "title": job.title,
        "about": job.about,
        "unit": job.unit,
        "ours": job.engines[0].name,
        "aims": dict(job.aims),
        "rounds": rounds,
        "machine": machine,
        "versions": {"airm-graph": metadata.version("airm-graph")} | _collect_versions(found),
        "sizes": found,
    }


def _collect_versions(found: Mapping[str, Any]) -> dict[str, str]:
    """Versions of all engines, taken out of the runs so that each stands once."""
    runs = [run for engines in found.values() for run in engines.values()]
    return dict(sorted(pair for run in runs for pair in run.pop("versions", {}).items()))


def show(job: Job, size: int, engines: Mapping[str, Any]) -> None:
    """Print what one size took."""
    ours = engines[job.engines[0].name]["median"]
    for name, run in engines.items():
        told = f"{job.name:<16} {size:>9,}  {name:<30} "
        if "left_out" in run:
            print(told + f"left out: {run['left_out']}", flush=True)
            continue
        median = run["median"]
        told += f"{median['seconds']:9.3f} s  {median['cpu']:9.3f} s CPU  {median['mebibytes']:7,.0f} MiB"
        print(told + ("" if median is ours else f"  {median['cpu'] / ours['cpu']:8.2f} times the CPU of ours"), flush=True)


def list_missed(job: Job, found: Mapping[str, Any]) -> list[str]:
    """Say which aims the medians are short of."""
    ours, missed = job.engines[0].name, list[str]()
    for size, engines in found["sizes"].items():
        for peer, aim in job.aims.items():
            if "median" in engines.get(peer, {}) and (ratio := engines[peer]["median"]["cpu"] / engines[ours]["median"]["cpu"]) < aim:
                missed.append(f"aim missed: {job.name} at {size}: {peer} takes {ratio:.2f} times the CPU of ours, {aim:.2f} was the aim")
    return missed


def write_results(path: Path, jobs: Mapping[str, Any]) -> dict[str, Any]:
    """Write results in the order of the jobs, those of other jobs kept; returns all of them."""
    old = json.loads(path.read_text(encoding="utf-8"))["jobs"] if path.exists() else {}
    results: dict[str, Any] = {"jobs": {name: jobs.get(name) or old[name] for name in list_jobs() if name in jobs or name in old}}
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        results = {"date": datetime.fromtimestamp(int(epoch), UTC).date().isoformat(), **results}
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(path)
    return results


def main(arguments: list[str]) -> int:
    """Run, print and write."""
    parser = argparse.ArgumentParser(description="Run benchmarks beside their peers.")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"what to run; all by default: {', '.join(list_jobs())}")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="how many mitigations; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each engine runs; default: %(default)s")
    parser.add_argument("--seconds", type=float, default=Limits.seconds, help="what one run may take; default: %(default)s")
    parser.add_argument("--mebibytes", type=float, default=Limits.mebibytes, help="what one run may hold; default: %(default)s")
    parser.add_argument("--install", action="store_true", help="install the peers that need an environment of their own")
    parser.add_argument("--results", type=Path, help="JSON file to write")
    parser.add_argument("--page", type=Path, help="page to write; needs --results")
    parser.add_argument("--gate", action="store_true", help="fail where an aim is missed")
    given = parser.parse_args(arguments)
    # A run that is going on ends with this process, however that ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    known = list_jobs()
    names = [one for name in given.jobs for one in ([job for job in known if job.startswith(f"{name}-")] if name == "everyday" else [name])]
    if unknown := [name for name in names if name not in known]:
        parser.error(f"no job {', '.join(unknown)}; there are {', '.join(known)}")
    chosen, missed = [known[name] for name in names or known], list[str]()
    if given.install:
        install_apart(engine for job in chosen for engine in job.engines)
    for job in chosen:
        found = measure(job, given.sizes, rounds=given.rounds, limits=Limits(given.seconds, given.mebibytes))
        missed += list_missed(job, found)
        if given.results:
            results = write_results(given.results, {job.name: found})
            if given.page:
                write_page(results, given.page)
    print(*missed, sep="\n")
    return 1 if missed and given.gate else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

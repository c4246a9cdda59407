"""What one core of this machine can do at most, and what share of it each job reaches.

    python benchmarks/limits.py [SIZE] [RESULTS]        size of the jobs, 10000, and benchmarks/results.json by default

The limits are measured on 10,000 generated mitigations as N-Triples: cutting lines into terms, hashing every term, looking every hash up in
a table (a few lines of C, compiled by `cc`), reading and writing the bytes, SHA-256, and sorting the lines. Each is the least of five runs
in seconds of the processor. Then each job of the results is shown in triples for each second of a core, beside them, with the parts
that take its time. Nothing can reach these limits that also has to check, keep or answer anything: they say how far the floor is.
"""

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generated import generate

__all__ = ["list_jobs", "measure_limits"]

HERE = Path(__file__).resolve().parent
RUNS = 5
MEASURED = 10_000
PASSES = ("cutting lines into terms", "the same and hashing every term", "the same and finding each hash in a table")


def measure_limits(size: int, folder: Path) -> tuple[int, int, dict[str, float]]:
    """Triples, bytes, and the least seconds of each thing that can be done with them."""
    lines = [f"{s} {p} {o} .\n".encode() for s, p, o, _ in generate(size)]
    data = b"".join(lines)
    path = folder / "data.nt"
    path.write_bytes(data)
    found = {}
    if compiler := shutil.which("cc"):
        library = folder / "limits.so"
        subprocess.run([compiler, "-O3", "-march=native", "-shared", "-fPIC", str(HERE / "limits.c"), "-o", str(library)], check=True)
        run, terms = ctypes.CDLL(str(library))["pass"], ctypes.c_uint64()
        run.argtypes, run.restype = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_void_p], ctypes.c_uint64
        for number, name in enumerate(PASSES):
            found[name] = _least(lambda number=number: run(data, len(data), number, ctypes.byref(terms)))
    else:
        print("no C compiler (cc): cutting and hashing are not measured")
    found["reading the file"] = _least(path.read_bytes)
    found["writing the bytes"] = _least(lambda: _write(folder / "copy.nt", data))
    found["SHA-256"] = _least(lambda: hashlib.sha256(data).digest())
    found["sorting the lines"] = _least(lambda: sorted(lines))
    return len(lines), len(data), found


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _least(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def list_jobs(results: Mapping[str, Any], size: int) -> Iterator[tuple[str, int, float, Mapping[str, float]]]:
    """Title, triples, seconds of the processor and parts of each job that handles triples."""
    jobs = results["jobs"]
    # What is read: the triples of the data, as the job of the whole has counted them.
    rows = jobs["whole"]["sizes"][str(size)][jobs["whole"]["ours"]]["answer"]["rows"]
    for name, job in jobs.items():
        run = job["sizes"].get(str(size), {}).get(job["ours"])
        if run and name.split("-")[0] in {"tables", "close", "validate", "whole", "write"}:
            answer = run["answer"]
            triples = answer["triples"] if isinstance(answer, dict) and "triples" in answer else rows
            yield job["title"], triples, run["median"]["cpu"], run["parts"]


def main(size: int, results: Path) -> None:
    """Print limits and shares as tables in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        triples, size_of, limits = measure_limits(MEASURED, Path(folder))
    print(f"{triples:,} triples, {size_of / 1e6:.1f} MB\n\n| on one core | million triples per second | MB per second |\n|---|---|---|")
    for name, seconds in limits.items():
        print(f"| {name} | {triples / seconds / 1e6:.1f} | {size_of / seconds / 1e6:,.0f} |")
    cut, hashed = (triples / limits[name] if name in limits else float("nan") for name in PASSES[::2])
    print("\n| job | thousand triples per second and core | of cutting | of finding hashes | where the time goes |\n|---|---|---|---|---|")
    for title, count, seconds, parts in list_jobs(json.loads(results.read_text(encoding="utf-8")), size):
        speed, whole = count / seconds, sum(parts.values())
        told = ", ".join(f"{part} {100 * spent / whole:.0f} %" for part, spent in sorted(parts.items(), key=lambda pair: -pair[1]))
        print(f"| {title} | {speed / 1000:,.0f} | {100 * speed / cut:.2f} % | {100 * speed / hashed:.1f} % | {told} |")


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["10000"])[0]), Path(sys.argv[2]) if sys.argv[2:] else HERE / "results.json")

"""The frame that every benchmark runs in: jobs beside named peers, on the same input, in turns, each run a process of its own.

A job is a piece of work, an engine one way to do it; the first engine of a job is ours. Rounds go through all engines before the next
begins, so that what else the machine does meets all of them. Of every run are kept the seconds by the clock and of the processor (the
latter change less when a machine is busy), the most memory that its processes held at once, and its answer: engines that do the same work
have to answer the same. A run that takes too long or too much memory is ended, and its engine is left out, with the reason.
"""

import contextlib
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

__all__ = ["Engine", "Job", "Limits", "Outcome", "describe_machine", "find_python", "install_apart", "list_tree", "measure_job", "run_once"]

HERE = Path(__file__).resolve().parent
#: Cores that a run may use, so that ratios of one machine can be held against those of another.
CORES = 2
#: Seconds between two looks at the memory of a run.
_PAUSE = 0.1
_DIGITS = {"seconds": 4, "cpu": 4, "mebibytes": 1, "more": 1}


@dataclass(frozen=True)
class Engine:
    """One way to do a job.

    Attributes:
        run: ``module:function`` of what `child` calls with the folder of the inputs, the size and the options.
        options: What the function is told beside.
        packages: The distributions that do the work; their versions are recorded.
        apart: What pip installs into an environment of its own, for a peer that does not get along with our libraries.
        most: The largest size that it is given: what takes minutes is left out.
        compared: Whether its answer has to be that of the first engine.
    """

    name: str
    run: str
    options: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    most: int = 10**9
    compared: bool = True


@dataclass(frozen=True)
class Job:
    """A piece of work with the engines that do it.

    Attributes:
        title: What a reader is told it is.
        about: What is in the time and what is not, in sentences.
        engines: Ours first.
        prepare: Writes the inputs of a size into a folder.
        read: Makes what is compared of the folder and what an engine answered, for answers that are files.
        aims: Peer → how many times as long as ours it is to take, at least.
        sizes: The only sizes that it is measured at; left empty, it goes by the sizes asked for.
        unit: What a size counts.
    """

    name: str
    title: str
    about: str
    engines: tuple[Engine, ...]
    prepare: Callable[[Path, int], None] = lambda folder, size: None  # noqa: ARG005
    read: Callable[[Path, object], object] = lambda _, answer: answer
    aims: Mapping[str, float] = field(default_factory=dict)
    sizes: tuple[int, ...] = ()
    unit: str = "mitigations"


@dataclass(frozen=True)
class Limits:
    """What one run may take."""

    seconds: float = 900
    mebibytes: float = 12_000


@dataclass(frozen=True)
class Outcome:
    """What one run took and answered; *reason* says why there is none."""

    figures: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)
    answer: object = None
    versions: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def find_python(engine: Engine) -> Path:
    """The interpreter that runs an engine; that of an environment of its own need not be there."""
    return Path(sys.prefix, "apart", engine.name, "bin", "python") if engine.apart else Path(sys.executable)


def install_apart(engines: Iterable[Engine]) -> None:
    """Install the peers that need an environment of their own."""
    for engine in engines:
        python = find_python(engine)
        if engine.apart and not (done := python.parent.with_name(".installed")).exists():
            venv.create(python.parent.parent, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *engine.apart], check=True)
            done.touch()


def run_once(engine: Engine, *, folder: Path, size: int, limits: Limits) -> Outcome:
    """Run an engine in a process of its own."""
    python = find_python(engine)
    if not python.exists():
        return Outcome(reason=f"{' '.join(engine.apart)} is not installed; make bench installs it")
    command = [
        str(python),
        str(HERE / "child.py"),
        engine.run,
        str(folder),
        str(size),
        str(CORES),
        json.dumps(engine.options),
        *engine.packages,
    ]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=out, stderr=errors, start_new_session=True)
        held, reason = _watch_over(process, limits)
        out.seek(0)
        errors.seek(0)
        said, complaint = out.read().decode(errors="replace"), errors.read().decode(errors="replace").strip()
    if reason or process.returncode:
        return Outcome(reason=reason or f"failed: {(complaint.splitlines() or [f'exit code {process.returncode}'])[-1][:300]}")
    return _read_outcome(json.loads(said.splitlines()[-1]), held=held)


def _read_outcome(found: dict, *, held: float) -> Outcome:
    if "missing" in found:
        return Outcome(reason=found["missing"])
    figures = {name: round(found[name], digits) for name, digits in _DIGITS.items()}
    figures["mebibytes"] = max(figures["mebibytes"], round(held, 1))
    return Outcome(figures, found["parts"], found["answer"], found["versions"])


def _watch_over(process: subprocess.Popen[bytes], limits: Limits) -> tuple[float, str]:
    """Wait for a run; returns the most that its processes held at once in MiB, and why it was ended, if it was."""
    begun, held, reason = time.monotonic(), 0.0, ""
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PAUSE)
                return held, reason
            held = max(held, _tree_memory(process.pid))
            if held > limits.mebibytes:
                reason = f"ended at {limits.mebibytes:,.0f} MiB"
            elif time.monotonic() - begun > limits.seconds:
                reason = f"ended after {limits.seconds:,.0f} s"
            if reason:
                break
    finally:
        # Also what the run may have left behind, and when this process is interrupted.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return held, reason


def _tree_memory(process: int) -> float:
    """What a process and all below it hold, pages that they share counted once, in MiB; 0 where the kernel does not say."""
    tree, total = list(list_tree(process)), 0
    for number in tree:
        path = Path(f"/proc/{number}")
        with contextlib.suppress(OSError, IndexError, ValueError):
            if len(tree) == 1:
                return int((path / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
            total += int(re.findall(r"^Pss:\s+(\d+)", (path / "smaps_rollup").read_text(), re.MULTILINE)[0])
    return total / 1024


def list_tree(process: int) -> Iterator[int]:
    """A process and all below it."""
    waiting = [process]
    while waiting:
        yield (number := waiting.pop())
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{number}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())


def measure_job(
    job: Job,
    size: int,
    *,
    rounds: int,
    limits: Limits,
    engines: Iterable[str] | None = None,
    folder: Path,
    tell: Callable[[str], None] = print,
) -> dict[str, dict[str, object]]:
    """Measure the engines of a job in turns.

    Args:
        job: What is to be done.
        size: How much of it.
        rounds: How often each engine runs.
        limits: What a run may take.
        engines: Names of the engines to run; all by default, and always the first.
        folder: Where the inputs are written.
        tell: Takes lines that say how far it is.

    Returns:
        Engine → what it took in each round, the medians, and its answer; or ``left_out`` with the reason.

    Raises:
        RuntimeError: Our own engine fails, or two that do the same work do not answer the same.
    """
    chosen = [e for n, e in enumerate(job.engines) if size <= e.most and (not n or engines is None or e.name in engines)]
    folder.mkdir(parents=True, exist_ok=True)
    job.prepare(folder, size)
    taken: dict[str, list[Outcome]] = {engine.name: [] for engine in chosen}
    failed: dict[str, str] = {}
    for turn in range(rounds):
        # Who begins changes, so that nobody always runs behind the same neighbour.
        for engine in (*chosen[turn % len(chosen) :], *chosen[: turn % len(chosen)]):
            if engine.name in failed:
                continue
            outcome = run_once(engine, folder=folder, size=size, limits=limits)
            if outcome.reason:
                failed[engine.name] = outcome.reason
                tell(f"{job.name} {size:,}: {engine.name} is left out: {outcome.reason}")
            else:
                taken[engine.name].append(replace(outcome, answer=job.read(folder, outcome.answer)))
    if ours := failed.get(job.engines[0].name):
        raise RuntimeError(f"{job.name} {size:,}: ours {ours}")
    _check_answers(job, taken, size=size)
    return {name: {"left_out": failed[name]} if name in failed else _summarise(runs) for name, runs in taken.items()}


def _check_answers(job: Job, taken: Mapping[str, Sequence[Outcome]], *, size: int) -> None:
    ours = taken[job.engines[0].name][0].answer
    for engine in job.engines:
        for run in taken.get(engine.name, ()):
            if engine.compared and run.answer != ours:
                said = json.dumps({job.engines[0].name: ours, engine.name: run.answer}, sort_keys=True)
                raise RuntimeError(f"{job.name} {size:,}: {engine.name} does not answer as {job.engines[0].name}: {said[:600]}")


def _summarise(runs: Sequence[Outcome]) -> dict[str, object]:
    columns = {name: [run.figures[name] for run in runs] for name in _DIGITS}
    median = {name: round(statistics.median(column), _DIGITS[name]) for name, column in columns.items()}
    parts = {part: round(statistics.median(run.parts[part] for run in runs), 6) for part in runs[0].parts}
    return {**columns, "median": median, "parts": parts, "answer": runs[0].answer, "versions": dict(runs[0].versions)}


def describe_machine() -> dict[str, object]:
    """What the machine is and how busy it was when this was called."""
    return {
        "cores": os.cpu_count(),
        "cores_used": min(CORES, os.cpu_count() or 1),
        "cpu": _find_line(Path("/proc/cpuinfo"), r"model name\s*:\s*(.+)") or platform.processor(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_at_start": [round(load, 2) for load in os.getloadavg()],
    }


def _find_line(path: Path, pattern: str) -> str:
    with contextlib.suppress(OSError):
        if found := re.search(pattern, path.read_text(encoding="utf-8")):
            return found[1].strip()
    return ""

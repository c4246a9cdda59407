"""Hold fresh ratios of our time to that of our peers against recorded ones; fails where one got worse.

    python benchmarks/gate.py [JOB …] [--against benchmarks/results.json] [--size 1000] [--rounds 3] [--factor 1.5] [--peer-seconds 4]

A ratio says on every machine how we stand beside a peer, seconds do not. It is made of the least seconds of the processor in all rounds,
for other work on a machine only adds to them. A ratio got worse when it is more than *factor* times the recorded one and lies beyond the
spread of both: ours at its best beside the peer at its worst is still more than what was recorded the other way round. What looks worse
is measured once more, so that a moment of somebody else's work fails nothing. Only peers that were recorded, are installed and take at
most so many seconds are asked, and what takes ours or the peer less than two hundredths of a second is left to noise.

Exit code 0: nothing got worse; 1: something did, and each is named; 2: the recorded results cannot be read.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frame import Job, Limits, measure_job
from jobs import list_jobs

__all__ = ["FACTOR", "Ratio", "check", "compare", "list_peers"]

HERE = Path(__file__).resolve().parent
FACTOR = 1.5
#: Seconds below which a ratio says more about the clock than about ours and its peer.
LEAST = 0.02
#: Jobs that a gate can hold to their ratios: starting takes hundredths of a second, and serving needs wrk and an idle machine.
LEFT_OUT = ("start", "start-list", "serve")
_Measure = Callable[[Job, int, list[str]], Mapping[str, Any]]


@dataclass(frozen=True)
class Ratio:
    """How many times the time of a peer ours takes, before and now."""

    job: str
    size: int
    peer: str
    before: float
    now: float
    beyond: bool

    def is_worse(self, factor: float = FACTOR) -> bool:
        """Whether it got worse by more than a factor, and by more than the spread."""
        return self.beyond and self.now > factor * self.before

    def __str__(self) -> str:
        return f"{self.job} at {self.size:,} beside {self.peer}: {self.before:.3f} times its CPU before, {self.now:.3f} now"


def compare(job: str, size: int, *, ours: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Ratio]:
    """Ratios of one job and size for each peer that was measured both times."""
    for peer in sorted(before.keys() & now.keys() - {ours}):
        runs = [(found[ours]["cpu"], found[peer]["cpu"]) for found in (before, now) if "cpu" in found[peer]]
        if len(runs) == 2:
            (old, old_peer), (new, new_peer) = runs
            beyond = min(new) / max(new_peer) > max(old) / min(old_peer)
            yield Ratio(job, size, peer, min(old) / min(old_peer), min(new) / min(new_peer), beyond)


def list_peers(recorded: Mapping[str, Any], *, ours: str, seconds: float) -> list[str]:
    """Peers that took at most so many seconds of the processor, and enough to be measured."""
    return [name for name, run in recorded.items() if name != ours and "cpu" in run and LEAST <= min(run["cpu"]) <= seconds]


def check(
    results: Mapping[str, Any],
    jobs: Iterable[Job],
    *,
    size: int,
    peer_seconds: float,
    factor: float = FACTOR,
    measure: _Measure,
    tell: Callable[[str], None] = print,
) -> list[Ratio]:
    """Measure each job that was recorded at a size, and tell how it stands; returns all ratios."""
    ratios = []
    for job in jobs:
        recorded = results["jobs"].get(job.name, {}).get("sizes", {}).get(str(size), {})
        ours = job.engines[0].name
        peers = list_peers(recorded, ours=ours, seconds=peer_seconds)
        if not peers or min(recorded[ours]["cpu"]) < LEAST:
            continue
        found = list(compare(job.name, size, ours=ours, before=recorded, now=measure(job, size, peers)))
        if again := [ratio.peer for ratio in found if ratio.is_worse(factor)]:
            repeated = {r.peer: r for r in compare(job.name, size, ours=ours, before=recorded, now=measure(job, size, again))}
            found = [min(ratio, repeated.get(ratio.peer, ratio), key=lambda one: one.now) for ratio in found]
        for ratio in found:
            tell(f"{'WORSE ' if ratio.is_worse(factor) else 'ok    '}{ratio}")
        ratios += found
    return ratios


def main(arguments: list[str]) -> int:
    """Measure, tell and judge."""
    parser = argparse.ArgumentParser(description="Hold fresh ratios against recorded ones.")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="what to measure; by default all that were recorded at the size")
    parser.add_argument("--against", type=Path, default=HERE / "results.json", help="recorded results; default: %(default)s")
    parser.add_argument("--size", type=int, default=1000, help="how many mitigations; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="how often each engine runs; default: %(default)s")
    parser.add_argument("--factor", type=float, default=FACTOR, help="by how much a ratio may get worse; default: %(default)s")
    parser.add_argument("--peer-seconds", type=float, default=4.0, help="longest time of a peer that is measured; default: %(default)s")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    known = {name: job for name, job in list_jobs().items() if name not in LEFT_OUT}
    if unknown := [name for name in given.jobs if name not in known]:
        parser.error(f"no job {', '.join(unknown)}; there are {', '.join(known)}")
    try:
        results = json.loads(given.against.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        parser.error(f"{given.against} cannot be read: {error}; make bench writes it")

    def measure(job: Job, size: int, peers: list[str]) -> Mapping[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            return measure_job(job, size, rounds=given.rounds, limits=Limits(300), engines=peers, folder=Path(folder))

    jobs = [known[name] for name in given.jobs or known]
    ratios = check(results, jobs, size=given.size, peer_seconds=given.peer_seconds, factor=given.factor, measure=measure)
    if not ratios:
        parser.error(f"{given.against} has no ratio at {given.size:,} that can be measured here; make bench records and installs")
    worse = [ratio for ratio in ratios if ratio.is_worse(given.factor)]
    for ratio in worse:
        print(f"got worse by a factor of {ratio.now / ratio.before:.2f}, more than {given.factor}: {ratio}", file=sys.stderr)
    return bool(worse)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The benchmarks: every job runs at a tiny size beside a peer, the frame says what it leaves out, the gate sees what got slower."""

import copy
import importlib
import importlib.metadata
import json
import os
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: A peer for each job that has one which costs little and is always installed.
PEERS = {"tables": "pyoxigraph, a loop", "read-csv": "Python's csv", "read-jsonl": "Python's json", "read-parquet": "DuckDB"}
PEERS |= {"read-xlsx": "calamine", "validate": "our reference", "queries": "pyoxigraph, called directly", "start": "python -c pass"}
PEERS |= {f"write-{form}": "pyoxigraph" for form in ("turtle", "jsonld", "rdfxml", "ntriples")}
#: wrk and six seconds a server are not for a test; owlrl and reasonable are compared in the tests of the closure.
NOT_HERE = {"serve"}


def module(name: str) -> Any:
    return importlib.import_module(name)


def list_jobs() -> dict[str, Any]:
    return module("jobs").list_jobs()


def measure(job: Any, size: int, folder: Path, **given: Any) -> dict[str, Any]:
    given = {"rounds": 1, "limits": module("frame").Limits(seconds=60), **given}
    return module("frame").measure_job(job, size, folder=folder, **given)


@pytest.mark.parametrize("name", sorted(list_jobs().keys() - NOT_HERE))
def test_job_when_tiny_runs_beside_a_peer_with_the_same_answer(name: str, tmp_path: Path) -> None:
    job = list_jobs()[name]
    size = 1 if job.sizes else 5
    wanted = PEERS.get(name)
    found = measure(job, size, tmp_path, engines=[wanted])
    assert list(found) == [engine for engine in (job.engines[0].name, wanted) if engine]
    for run in found.values():
        assert run["cpu"][0] > 0
        assert run["mebibytes"][0] > 1


def test_engines_of_every_job_name_a_function_that_is_there() -> None:
    for job in list_jobs().values():
        assert len({engine.name for engine in job.engines}) == len(job.engines)
        assert job.aims.keys() <= {engine.name for engine in job.engines[1:]}
        for engine in job.engines:
            location, _, function = engine.run.partition(":")
            assert callable(getattr(module(location), function))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A job of engines whose code is given: what each work does and returns."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))

    def make(**bodies: str) -> Any:
        frame = module("frame")
        lines = (f"def {name}(folder, size):\n    def work(watch):\n        {body}\n    return work\n" for name, body in bodies.items())
        (tmp_path / "made_engines.py").write_text("import subprocess, sys, time\n" + "".join(lines))
        return frame.Job("made", "Made", "", tuple(frame.Engine(name, f"made_engines:{name}") for name in bodies))

    return make


def test_engine_when_it_answers_otherwise_is_an_error(made: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="made 1: peer does not answer as ours"):
        measure(made(ours="return 1", peer="return 2"), 1, tmp_path)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("time.sleep(60)", "ended after 2 s"),
        ("held = bytearray(400 << 20); time.sleep(60)", "ended at 300 MiB"),
        ("raise ValueError('no luck')", "failed: ValueError: no luck"),
        ("subprocess.run([sys.executable, '-c', 'x = bytearray(400 << 20); import time; time.sleep(60)'])", "ended at 300 MiB"),
    ],
)
def test_peer_when_it_fails_is_left_out_with_the_reason(made: Any, tmp_path: Path, body: str, reason: str) -> None:
    limits = module("frame").Limits(seconds=2 if "after" in reason else 60, mebibytes=300)
    found = measure(made(ours="return 1", peer=body), 1, tmp_path, limits=limits, rounds=2)
    assert found["peer"] == {"left_out": reason}
    assert len(found["ours"]["cpu"]) == 2


def test_ours_when_it_fails_is_an_error(made: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ours failed: ValueError"):
        measure(made(ours="raise ValueError", peer="return 1"), 1, tmp_path)


def test_package_when_not_installed_leaves_its_engine_out(made: Any, tmp_path: Path) -> None:
    frame = module("frame")
    job = made(ours="return 1", peer="return 1")
    absent = frame.Engine("peer", "made_engines:peer", packages=("no-such-package",))
    job = frame.Job("made", "Made", "", (job.engines[0], absent))
    assert measure(job, 1, tmp_path)["peer"] == {"left_out": "no-such-package is not installed"}


def test_processor_time_when_a_child_works_counts_it(made: Any, tmp_path: Path) -> None:
    work = "subprocess.run([sys.executable, '-c', 'import time\\nwhile time.process_time() < 0.3: pass'], check=True)"
    found = measure(made(ours=work), 1, tmp_path)
    assert found["ours"]["cpu"][0] >= 0.29


# The page and the file of results


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def run_result(*cpu: float) -> dict[str, Any]:
    median = {"seconds": sorted(cpu)[len(cpu) // 2], "cpu": sorted(cpu)[len(cpu) // 2], "mebibytes": 50.0, "more": 1.0}
    return {
        "seconds": list(cpu),
        "cpu": list(cpu),
        "mebibytes": [50.0],
        "more": [1.0],
        "median": median,
        "parts": {"load": cpu[0]},
        "answer": 1,
    }


def make_results(**sizes: dict[str, Any]) -> dict[str, Any]:
    machine = module("frame").describe_machine()
    told = {"title": "Made <&>", "about": "", "unit": "things", "ours": "airm-graph", "aims": {"peer": 10}, "rounds": 3, "machine": machine}
    return {"jobs": {"close": {**told, "versions": {"peer": "1"}, "sizes": {size.strip("_"): found for size, found in sizes.items()}}}}


def test_page_when_made_has_a_table_for_each_plot_and_loads_nothing() -> None:
    small = {"airm-graph": run_result(1, 1.1, 1.2), "peer": run_result(9, 10, 11), "gone": {"left_out": "ended <after> 9 s"}}
    results = make_results(_1000=small, _10000={"airm-graph": run_result(5, 5, 5), "peer": run_result(99, 98, 97)})
    page = module("page").make_page(results)
    assert page == module("page").make_page(copy.deepcopy(results))
    reader = _Reader()
    reader.feed(page)
    assert not [attributes for _, attributes in reader.tags if attributes.keys() & {"src", "onclick"}]
    assert all(attributes["href"].startswith("#") for tag, attributes in reader.tags if tag == "a")  # type: ignore[union-attr]
    assert sum(attributes.get("role") == "img" for tag, attributes in reader.tags if tag == "svg") == 2
    assert "Made &lt;&amp;&gt;" in page
    assert "left out: ended &lt;after&gt; 9 s" in page
    assert "peer at 10,000: 20×, aim 10×" in page


def test_results_when_written_keep_other_jobs_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    path, run = tmp_path / "results.json", module("run")
    for name in ("serve", "close", "tables"):
        results = run.write_results(path, {name: {"of": name}})
    assert list(results["jobs"]) == ["tables", "close", "serve"]
    assert json.loads(path.read_text()) == results
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1785542400")
    assert run.write_results(path, {})["date"] == "2026-08-01"


# The gate


def check(before: dict[str, Any], *fresh: dict[str, Any]) -> list[Any]:
    """Ratios that the gate finds when each measurement gives the next of *fresh*."""
    given = iter(fresh)
    return module("gate").check(
        make_results(_1000=before), [list_jobs()["close"]], size=1000, peer_seconds=4, measure=lambda *_: next(given), tell=lambda _: None
    )


BEFORE = {"airm-graph": run_result(0.50, 0.52, 0.55), "peer": run_result(2.0, 2.1, 2.3)}


@pytest.mark.parametrize(
    ("ours", "peer", "worse"),
    [
        ((0.50, 0.52, 0.55), (2.0, 2.1, 2.3), False),
        # Another machine, half as fast.
        ((1.00, 1.04, 1.10), (4.0, 4.2, 4.6), False),
        # Noise: some rounds met other work.
        ((0.55, 1.40, 1.60), (2.0, 3.1, 2.3), False),
        # Worse, but not beyond the spread.
        ((0.80, 0.85, 0.90), (2.0, 2.0, 4.0), False),
        ((0.70, 0.71, 0.72), (2.0, 2.1, 2.3), False),
        # Slower by nine tenths in every round.
        ((0.95, 0.99, 1.05), (2.0, 2.1, 2.3), True),
        # Another machine, on which only the peer is twice as fast.
        ((0.50, 0.52, 0.55), (1.0, 1.05, 1.1), True),
        # Much faster.
        ((0.10, 0.11, 0.12), (2.0, 2.1, 2.3), False),
    ],
)
def test_gate_when_a_ratio_changes_tells_worse_from_noise(ours: tuple[float, ...], peer: tuple[float, ...], worse: bool) -> None:
    now = {"airm-graph": run_result(*ours), "peer": run_result(*peer)}
    (ratio,) = check(BEFORE, now, now)
    assert ratio.is_worse() is worse


def test_gate_when_only_the_first_measurement_is_worse_passes() -> None:
    (ratio,) = check(BEFORE, {"airm-graph": run_result(2, 2, 2), "peer": run_result(2, 2, 2)}, BEFORE)
    assert not ratio.is_worse()


def test_gate_when_it_speaks_names_job_size_peer_before_and_now() -> None:
    now = {"airm-graph": run_result(1, 1, 1), "peer": run_result(2, 2, 2)}
    (ratio,) = check(BEFORE, now, now)
    assert str(ratio) == "close at 1,000 beside peer: 0.250 times its CPU before, 0.500 now"


def test_gate_when_a_peer_is_slow_gone_or_new_does_not_ask_it() -> None:
    before = {**BEFORE, "slow": run_result(50), "failed": {"left_out": "ended"}}
    asked: list[Any] = []

    def measure(_: Any, __: int, peers: list[str]) -> dict[str, Any]:
        asked.append(peers)
        return {"airm-graph": run_result(1), "peer": {"left_out": "not installed"}, "new": run_result(1)}

    gate = module("gate")
    results = make_results(_1000=before)
    assert gate.check(results, [list_jobs()["close"]], size=1000, peer_seconds=4, measure=measure, tell=lambda _: None) == []
    assert asked == [["peer"]]


def test_gate_when_there_is_nothing_to_hold_against_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results.json").write_text(json.dumps({"jobs": {}}))
    with pytest.raises(SystemExit) as ended:
        module("gate").main(["--against", str(tmp_path / "results.json")])
    assert ended.value.code == 2
    assert "no ratio at 1,000" in capsys.readouterr().err


def test_edited_page_is_measured_beside_a_build_of_everything(tmp_path: Path) -> None:
    edited = module("edited")
    found = measure(edited.JOB, 20, tmp_path, engines=["airm-graph without a cache"])
    assert all(run["median"]["cpu"] > 0 for run in found.values())
    assert found["airm-graph"]["answer"]["airm.nt"] > 0
    with (tmp_path / "part" / "dist" / "airm.nt").open("a") as file:
        file.write("\n")
    with pytest.raises(RuntimeError, match=r"writes: airm\.nt$"):
        edited.compare(tmp_path / "part", Path(sys.executable))

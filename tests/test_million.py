"""The benchmark of a whole build: it measures the command and the processes below it, and says how cost grows."""

from pathlib import Path

import million
import pytest


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is looked up in /proc")
def test_build_is_measured_with_what_it_writes(tmp_path: Path) -> None:
    (found,) = million.measure_builds([60], folder=tmp_path)
    assert {"name": "build", "engine": "airm-graph", "n": 60}.items() <= found.items()
    assert found["cpu"] > 0.1
    assert found["peak_mib"] > 1
    assert found["bytes"] > 100_000
    assert not list((tmp_path / "graph-60").iterdir())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is looked up in /proc")
def test_build_that_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "tables-7").mkdir()
    with pytest.raises(RuntimeError, match="the build of 7 ended with"):
        million.measure_builds([7], folder=tmp_path)


def test_exponents_say_how_cost_grows() -> None:
    records = [{"n": n, "seconds": n / 10, "cpu": n**2, "peak_mib": n**0.5} for n in (1000, 100)]
    ((small, large, powers),) = million.find_exponents(records)
    assert (small, large) == (100, 1000)
    assert powers == pytest.approx({"seconds": 1.0, "cpu": 2.0, "peak_mib": 0.5})

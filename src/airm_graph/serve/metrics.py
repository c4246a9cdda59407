"""Count requests by route and status, their time, and workers, for Prometheus.

Source:
    Prometheus exposition formats, text-based format, version 0.0.4.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from airm_graph.serve.worker_pool import WorkerPool

__all__ = ["Metrics"]

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts requests, and writes all counters."""

    def __init__(self, pool: WorkerPool) -> None:
        """Take the workers, which count for themselves."""
        self._pool = pool
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0

    def count(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests[route, method, status] += 1
        self._buckets[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds

    def write(self) -> str:
        """Write all counters."""
        return "\n".join((*self._write_requests(), *self._write_seconds(), *self._write_workers())) + "\n"

    def _write_requests(self) -> Iterator[str]:
        yield "# HELP airm_graph_requests_total Requests answered."
        yield "# TYPE airm_graph_requests_total counter"
        for (route, method, status), count in sorted(self._requests.items()):
            yield f'airm_graph_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}'

    def _write_seconds(self) -> Iterator[str]:
        yield "# HELP airm_graph_request_seconds Time until an answer was sent."
        yield "# TYPE airm_graph_request_seconds histogram"
        total = 0
        for bound, count in zip((*map(str, _BOUNDS), "+Inf"), self._buckets, strict=True):
            total += count
            yield f'airm_graph_request_seconds_bucket{{le="{bound}"}} {total}'
        yield f"airm_graph_request_seconds_sum {self._seconds:.6f}"
        yield f"airm_graph_request_seconds_count {total}"

    def _write_workers(self) -> Iterator[str]:
        yield "# HELP airm_graph_workers_ended_total Workers that ended, by reason."
        yield "# TYPE airm_graph_workers_ended_total counter"
        for reason, count in sorted(self._pool.ended.items()):
            yield f'airm_graph_workers_ended_total{{reason="{reason}"}} {count}'
        for name, count in self._pool.gauges.items():
            yield f"# TYPE airm_graph_pool_{name} gauge"
            yield f"airm_graph_pool_{name} {count}"

"""Define the settings of a server, and the limits that it puts on requests."""

import os
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["LOOPBACK", "Limits", "Settings", "count_processors"]

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def count_processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Limit one request, one answer, and all requests together.

    Attributes:
        seconds: Time a worker may take for an answer.
        fast_seconds: After this a request counts as slow: it goes on with low priority.
        memory: Bytes a worker may take beyond what it shares with the fork server.
        output: Bytes of an answer.
        get_length, post_length: Bytes of a query.
        depth: Nested brackets of a query.
        repetitions: How often one operator or keyword may stand in a query.
        workers: Workers that wait for requests; as many more may be busy with slow ones.
        queue_length: Requests that may wait for a worker.
        queue_seconds: How long they may wait.
        requests_per_worker: Answers after which a worker is replaced.
        head_seconds, body_seconds: Time in which the head and the body of a request have to arrive.
        send_seconds: Time that a client may take no byte of an answer; and, with a second for each
            `send_rate` bytes, the time in which it has to take the whole answer.
        send_rate: Bytes that a client takes in a second at least.
        in_flight: Bytes of large answers that may wait for their clients together.
        connections: Clients that may be connected; fewer where the process may open fewer files.
        drain_seconds: Time that requests in progress have when the server is told to stop.
    """

    seconds: float = 10.0
    fast_seconds: float = 0.25
    memory: int = 512 << 20
    output: int = 32 << 20
    get_length: int = 16 << 10
    post_length: int = 64 << 10
    depth: int = 100
    repetitions: int = 1000
    workers: int = field(default_factory=lambda: max(4, 2 * count_processors()))
    queue_length: int = 256
    queue_seconds: float = 5.0
    requests_per_worker: int = 5000
    head_seconds: float = 5.0
    body_seconds: float = 10.0
    send_seconds: float = 10.0
    send_rate: int = 256 << 10
    in_flight: int = 128 << 20
    connections: int = 1000
    # Together with what uvicorn takes, the server is gone within five seconds.
    drain_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Say where a server listens, and what it says of itself.

    Attributes:
        host, port: Where it listens; port 0 takes a free one.
        public_url: Address under which users reach it, with a slash at the end; empty where that is
            where it listens.
        root_path: Path that a proxy takes away before it forwards a request.
        origins: Origins whose pages may read answers: ``*``, one origin, or empty for none.
        log: Whether a line of JSON for each request goes to standard error.
        previous: An earlier release, which the data is compared with.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    root_path: str = ""
    origins: str = "*"
    log: bool = True
    previous: Path | None = None
    limits: Limits = field(default_factory=Limits)

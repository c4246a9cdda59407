"""What a server may be told, and the limits it holds outside questions to."""

import os
from dataclasses import dataclass, field

__all__ = ["LOOPBACK", "Limits", "Settings"]

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _count_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one question and of all together.

    Attributes:
        seconds: Time a question may take, waiting not counted.
        swift_seconds: After this a question counts as slow: it runs on with low priority, if a slow place is free.
        memory: Bytes a worker may take beyond what it shares with the broker.
        output: Bytes of an answer.
        get_length, post_length: Bytes of a query.
        depth: Nested brackets of a query.
        chain: How often one operator or keyword may stand in a query.
        workers: Workers that wait for questions; as many more may be busy with slow ones.
        waiting: Questions that may wait for a worker.
        waiting_seconds: How long they may wait.
        recycle: Questions after which a worker is replaced.
    """

    seconds: float = 10.0
    swift_seconds: float = 0.25
    memory: int = 512 << 20
    output: int = 32 << 20
    get_length: int = 16 << 10
    post_length: int = 64 << 10
    depth: int = 100
    chain: int = 1000
    workers: int = field(default_factory=lambda: max(4, 2 * _count_processors()))
    waiting: int = 256
    waiting_seconds: float = 5.0
    recycle: int = 5000


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server listens and what it says of itself.

    Attributes:
        host, port: Where it listens; port 0 takes a free one.
        public_url: Address under which users reach it, with a slash at the end; empty where that is what they ask for.
        root_path: Path that a proxy takes away before it asks.
        origins: Who may read answers from a web page: ``*``, one origin, or empty for none.
        log: Whether each request is written to standard error as a line of JSON.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    root_path: str = ""
    origins: str = "*"
    log: bool = True
    limits: Limits = field(default_factory=Limits)

"""What becomes of workers: why they ended, and how much they used."""

import os
import signal

from airm_graph.serve.messages import Reply

__all__ = ["make_refusal", "read_status", "read_used"]

_REASONS = {
    "busy": "the server is busy; ask again later",
    "crash": "the query needs more than the server gives to one; ask a simpler one",
    "killed": "the process that answered was ended from outside, twice; ask again later",
    "preparing": "what the analyses need is being loaded; ask again in a moment",
    "draining": "the server is about to stop; ask again later",
    "memory": "the query needs more memory than the server gives to one; ask a smaller one",
    "slow": "the query takes long, and the server has too many of that kind at work; ask a smaller one, or ask again later",
    "time": "the query takes longer than the server allows; ask a smaller one",
}
_TICKS, _LEAST = os.sysconf("SC_CLK_TCK"), 1e-9
# Rust aborts when memory runs out.
_SIGNALS = {
    int(signal.SIGALRM): "time",
    int(signal.SIGXCPU): "time",
    int(signal.SIGABRT): "memory",
    int(signal.SIGKILL): "killed",
    int(signal.SIGTERM): "killed",
}


def make_refusal(reason: str) -> Reply:
    """Make the reply that says why there is no other."""
    return Reply(503, {"error": _REASONS.get(reason, _REASONS["crash"]), "reason": reason})


def read_used(process: int) -> float:
    """Seconds of the processor that a process has used; 0 where the system does not tell."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:  # noqa: PTH123 - for every message
            fields = file.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS + _LEAST
    except (OSError, ValueError, IndexError):
        return 0.0


def read_status(status: int) -> str:
    """Read from an ``os.waitpid`` status why a worker ended."""
    if os.WIFSIGNALED(status):
        return _SIGNALS.get(os.WTERMSIG(status), "crash")
    return "memory" if os.WEXITSTATUS(status) == 1 else "crash"

"""How long work tells where it is."""

from collections.abc import Callable

__all__ = ["Progress", "tell_nobody"]

#: Called with the step, the number done, and the number in all.
Progress = Callable[[str, int, int], None]


def tell_nobody(_step: str, _done: int, _all: int) -> None:
    """Take what nobody wants to follow."""

"""The names that are nearest to one that is not there."""

from collections.abc import Sequence
from difflib import get_close_matches

__all__ = ["list_nearest"]

_NEAR = 3
#: Of more names only those are compared that begin alike.
_MANY = 5_000


def list_nearest(value: str, names: Sequence[str]) -> str:
    """List the nearest of some names, and say how many more there are.

    >>> list_nearest("deployr", ["deployer", "developer", "user"])
    'near: deployer, developer, and 1 more'
    """
    compared = names if len(names) <= _MANY else [name for name in names if name[:2] == value[:2]]
    near = get_close_matches(value, compared, n=_NEAR, cutoff=0.4) or [*names[:_NEAR]]
    more = len(names) - len(near)
    return f"near: {', '.join(near)}" + (f", and {more} more" if more > 0 else "") if near else "there are none"

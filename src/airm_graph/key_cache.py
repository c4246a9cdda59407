"""What functions make of keys, kept in memory for the keys that come again."""

from collections.abc import Callable
from typing import TypeVar

__all__ = ["CACHE_SIZE", "Cache"]

_Key = TypeVar("_Key")
_Made = TypeVar("_Made")

#: Terms kept by a cache of one run: most repeated terms are near each other, and unique literals
#: must not pile up.
CACHE_SIZE = 1 << 16


class Cache(dict[_Key, _Made]):
    """What a function makes of a key, kept for the keys that were met lately.

    >>> Cache(str.upper)["a"]
    'A'
    """

    def __init__(self, make: Callable[[_Key], _Made], *, most: float = CACHE_SIZE) -> None:
        """Remember the function, and how much to keep."""
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, key: _Key) -> _Made:
        """Make it; a full cache is emptied, which costs less than to know what was used last."""
        if len(self) >= self._most:
            self.clear()
        made = self[key] = self._make(key)
        return made

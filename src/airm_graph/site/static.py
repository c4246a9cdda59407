"""The files that come with the pages, read once: a style sheet and a script of our own, and the editor where it was vendored."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

__all__ = ["STATIC_TYPES", "find_vendored", "read_static", "static_version"]

_FOLDER = Path(__file__).parent / "static"
_EDITOR = ("vendor/yasgui.min.css", "vendor/yasgui.min.js")
#: Media type by suffix of what is served.
STATIC_TYPES: Mapping[str, str] = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def read_static() -> Mapping[str, bytes]:
    """Read the files by their path below ``/static``; nothing else is ever served from there."""
    found = (path for path in sorted(_FOLDER.rglob("*")) if path.suffix in STATIC_TYPES and path.is_file())
    return {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in found}


@cache
def static_version(name: str) -> str:
    """What changes whenever the file does."""
    return hashlib.sha256(read_static()[name]).hexdigest()[:12]


def find_vendored() -> tuple[str, str] | None:
    """Style sheet and script of the editor; None where nobody ran ``make vendor``."""
    return _EDITOR if all(name in read_static() for name in _EDITOR) else None

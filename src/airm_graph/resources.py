"""Where the project's own data lies: in a checkout beside ``src``, in a wheel inside the package.

A wheel carries the folders under ``airm_graph/_data``; an editable install has none there and finds
the checkout (hatchling's force-include does not reach editable installs).
"""

from functools import cache
from pathlib import Path

from airm_graph.errors import ResourceError

__all__ = ["find_resource", "read_resource"]

_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = (_PACKAGE / "_data", _PACKAGE.parent.parent)


@cache
def find_resource(name: str) -> Path:
    """Find a file or folder of ontology/, shapes/, queries/ or examples/.

    Args:
        name: Path with forward slashes, for example ``ontology/airm.ttl``.

    Raises:
        ResourceError: It is in none of the folders looked at; the message lists them.

    >>> find_resource("ontology").is_dir()
    True
    """
    for folder in _FOLDERS:
        path = folder / name
        if path.exists():
            return path
    folders = " or ".join(str(folder) for folder in _FOLDERS)
    raise ResourceError(f"{name} is not in {folders}; reinstall airm-graph")


@cache
def read_resource(name: str) -> str:
    """Read a text file of the project's own data as UTF-8."""
    return find_resource(name).read_text(encoding="utf-8")

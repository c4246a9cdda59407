"""Public names of packages that are imported when they are first asked for, so that a command pays
for what it uses only.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["defer_imports"]


def defer_imports(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Make the ``__getattr__`` of a package.

    Args:
        package: Its name.
        homes: Public name → the module below ``airm_graph`` that has it.

    >>> defer_imports("airm_graph", {"VERSION": "version"})("VERSION").count(".")
    2
    """

    def find_name(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"airm_graph.{homes[name]}"), name)

    return find_name

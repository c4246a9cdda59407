"""Public names of packages that are imported when they are first asked for, so that a command pays
for what it uses only; packages that are called as the function that they are named for.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["defer_imports", "make_callable"]


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


def make_callable(package: str, *, home: str, name: str) -> None:
    """Let a package be called as a function of another module, which is imported at the first call.

    A package and a function cannot both have one name: whoever imports a module of the package puts
    the package in the place of the function.

    Args:
        package: Its name.
        home: The module below ``airm_graph`` that has the function.
        name: The function; its signature and its text are those of the package.
    """

    class CallablePackage(ModuleType):
        @property
        def __wrapped__(self) -> Callable[..., Any]:
            found: Callable[..., Any] = getattr(import_module(f"airm_graph.{home}"), name)
            return found

        def __call__(self, *given: Any, **options: Any) -> Any:
            return self.__wrapped__(*given, **options)

    sys.modules[package].__class__ = CallablePackage

"""Libraries that are installed on demand: how to get those of an extra into this Python."""

import re
import sys
from importlib.util import find_spec

from airm_graph.errors import EngineError

__all__ = ["require", "tell_install", "tell_pip"]


def require(what: str, *modules: str, extra: str = "") -> None:
    """Refuse what needs libraries that are not installed.

    Args:
        what: What needs them, as the message begins.
        modules: Names under which they are imported.
        extra: That of the project which brings them; without one, they are installed by name.

    Raises:
        EngineError: One of them is not there; the message has the command that installs them.

    >>> require("an answer", "json", "csv")
    """
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        command = tell_install(extra) if extra else tell_pip(*missing)
        raise EngineError(f"{what} needs what is not installed: {', '.join(missing)}; run: {command}")


def tell_install(extra: str) -> str:
    """Return the command that installs the libraries of an extra.

    It names the libraries and not the package, so that it works wherever the package was installed
    from: a checkout, a wheel, a repository.

    Args:
        extra: Its name in `pyproject.toml`.

    >>> tell_install("tables").partition(" -m ")[2]
    'pip install "backports-zstd<2,>=1"'
    """
    from importlib.metadata import PackageNotFoundError, requires

    try:
        parts = [line.partition(";") for line in requires("airm-graph") or ()]
    except PackageNotFoundError:  # it runs from its files, and nothing was installed
        parts = []
    named = _list(extra, [(name.strip(), condition) for name, _, condition in parts])
    return tell_pip(*named) if named else f"install airm-graph with the extra {extra}"


def _list(extra: str, parts: list[tuple[str, str]]) -> list[str]:
    """List what an extra needs; an extra that it names is replaced by what that one needs."""
    found: list[str] = []
    for name, condition in parts:
        if f"extra == '{extra}'" in condition or f'extra == "{extra}"' in condition:
            inner = re.fullmatch(r"airm.graph\[([\w,]+)\]", name)
            found += [one for other in inner[1].split(",") for one in _list(other, parts)] if inner else [name]
    return found


def tell_pip(*requirements: str) -> str:
    """Return the command that installs libraries into this Python."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    # Double quotes, because the shells of Windows know no others.
    return " ".join([python, "-m pip install", *(f'"{one}"' for one in requirements)])

"""Libraries that are installed on demand: how to get those of an extra into this Python."""

import sys

__all__ = ["tell_install", "tell_pip"]


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
    wanted = (f"extra == '{extra}'", f'extra == "{extra}"')
    named = [name.strip() for name, _, condition in parts if any(text in condition for text in wanted)]
    return tell_pip(*named) if named else f"install airm-graph with the extra {extra}"


def tell_pip(*requirements: str) -> str:
    """Return the command that installs libraries into this Python."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    # Double quotes, because the shells of Windows know no others.
    return " ".join([python, "-m pip install", *(f'"{one}"' for one in requirements)])

"""Every error this package raises on purpose.

AirmError
├── EngineError (RuntimeError)     an engine is not there, or gives up
├── ExportError (ValueError)       rows that a format cannot say, or files that cannot be written
├── InputError (ValueError)        an input cannot be read: says file and line
├── ResourceError (LookupError)    ontology, shapes, queries or examples are not there
├── QueryError (ValueError)        a query cannot be run
│   ├── UnknownQueryError          no query of that name
│   └── ParameterError             a parameter is missing, unknown or of the wrong kind
├── MintError (ValueError)         a text cannot become part of an IRI
├── RemoteError (OSError)          a server on the network does not do what was asked
├── ReleaseError (ValueError)      a graph is not fit to be released: says all reasons
├── StoreError (ValueError)        RDF that the store cannot read
└── ShapesError (ValueError)       shapes that cannot be used
"""

from collections.abc import Iterable
from functools import partial

__all__ = [
    "AirmError",
    "EngineError",
    "ExportError",
    "InputError",
    "MintError",
    "ParameterError",
    "QueryError",
    "ReleaseError",
    "RemoteError",
    "ResourceError",
    "ShapesError",
    "StoreError",
    "UnknownQueryError",
    "name_some",
]


def name_some(names: Iterable[object], *, most: int = 5) -> str:
    """List names for a message, and how many more there are.

    >>> name_some("abcd", most=2)
    'a, b and 2 more'
    """
    every = list(map(str, names))
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


class AirmError(Exception):
    """Base of all errors of this package; its message says what, where and what to do."""


class EngineError(AirmError, RuntimeError):
    """An engine that does the work is not installed, does not start, or gives up."""


class ExportError(AirmError, ValueError):
    """Rows that a format cannot say, or files that cannot be written."""


class InputError(AirmError, ValueError):
    """An input cannot be read."""

    def __init__(self, what: str, *, file: str, line: int | None = None, remedy: str = "") -> None:
        """Compose the message ``FILE:LINE: what; remedy``."""
        self.what, self.file, self.line, self.remedy = what, file, line, remedy
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {what}" + (f"; {remedy}" if remedy else ""))

    def __reduce__(self) -> tuple[object, ...]:
        """Cross from one process to another, as its parts do."""
        return partial(type(self), self.what, file=self.file, line=self.line, remedy=self.remedy), ()


class ResourceError(AirmError, LookupError):
    """A folder or file of the project's own data is missing."""


class QueryError(AirmError, ValueError):
    """A query cannot be run."""


class UnknownQueryError(QueryError):
    """No query of that name exists."""


class ParameterError(QueryError):
    """A query parameter is missing, unknown or of the wrong kind."""

    def __init__(self, message: str, *, parameter: str) -> None:
        """Take the message and the name of the parameter."""
        self.parameter = parameter
        super().__init__(message)


class MintError(AirmError, ValueError):
    """A text cannot become part of an IRI."""


class RemoteError(AirmError, OSError):
    """A server on the network cannot be reached, refuses, or answers what it should not."""


class ReleaseError(AirmError, ValueError):
    """A graph is not fit to be released."""

    def __init__(self, reasons: Iterable[str], *, folder: str) -> None:
        """Compose the message of all reasons, a line for each."""
        self.reasons, self.folder = tuple(reasons), folder
        super().__init__(f"{folder} is not released:" + "".join(f"\n  {reason}" for reason in self.reasons))

    def __reduce__(self) -> tuple[object, ...]:
        """Cross from one process to another, as its parts do."""
        return partial(type(self), self.reasons, folder=self.folder), ()


class StoreError(AirmError, ValueError):
    """RDF that the store cannot read."""


class ShapesError(AirmError, ValueError):
    """A shapes graph that cannot be used."""

"""Say where pages are: on a server by path, in a folder of files by relative addresses."""

import re
from collections.abc import Iterable
from typing import Protocol
from urllib.parse import quote, urlencode

from airm_graph.serve.server_settings import Settings

__all__ = ["Addresses", "ServerAddresses", "is_page_path", "is_web_address", "quote_path"]

# A path below the base that begins otherwise could be read as the name of another host.
_PATH = re.compile(r"(?:[\w.~%!$&'()*+,;=:@#?-].*)?", re.DOTALL)

Parameters = Iterable[tuple[str, str]]


class Addresses(Protocol):
    """Writes the addresses that the links of a page have.

    Attributes:
        is_server: Whether a server answers queries and forms; files do not.
        endpoint: Address of the SPARQL endpoint as users know it; empty where there is none.
    """

    @property
    def is_server(self) -> bool: ...  # noqa: D102

    @property
    def endpoint(self) -> str: ...  # noqa: D102

    def url(self, path: str = "", parameters: Parameters = ()) -> str:
        """Write the address of a path."""
        ...

    def href(self, iri: str) -> str:
        """Find where an IRI leads; empty where it leads nowhere that is safe."""
        ...


class ServerAddresses:
    """Writes addresses on a server, behind whatever path its proxy takes away."""

    is_server = True

    def __init__(self, settings: Settings, *, base: str) -> None:
        """Take where the server is known, and what the IRIs of the project begin with."""
        self._root, self._base = settings.root_path, base
        self.endpoint = f"{settings.public_url}sparql" if settings.public_url else self.url("sparql")

    def url(self, path: str = "", parameters: Parameters = ()) -> str:
        """Write the address of a path on this server."""
        query = urlencode(list(parameters))
        return f"{self._root}/{quote_path(path)}" + (f"?{query}" if query else "")

    def href(self, iri: str) -> str:
        """Find where an IRI leads: to a path on this server, or elsewhere by http and https.

        Returns:
            An address; empty for any other IRI, so that no link runs a script or names another
            host.
        """
        if not iri.startswith(self._base):
            return iri if is_web_address(iri) else ""
        path = iri.removeprefix(self._base)
        return f"{self._root}/{path}" if is_page_path(path) else ""


def quote_path(path: str) -> str:
    """Write a path as addresses can carry it."""
    return quote(path.lstrip("/"), safe="/:.~@!$,;=+*()")


def is_page_path(path: str) -> bool:
    """Tell whether a path below the base leads to this server when a slash stands before it."""
    return bool(_PATH.fullmatch(path))


def is_web_address(iri: str) -> bool:
    """Tell whether a link to an IRI is harmless."""
    return iri.startswith(("http://", "https://"))

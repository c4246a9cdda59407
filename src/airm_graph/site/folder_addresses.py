"""Write the addresses of pages in a folder of files: relative, so that they hold below any path.

The page of an IRI is ``PATH/index.html``, which every static host also answers at ``PATH/``, and
which opens from a disk. Its data lies beside the folder: ``PATH.ttl``, ``PATH.jsonld`` and
``PATH.nt``, and the page as Markdown in ``PATH.md``.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlencode

from airm_graph.key_cache import Cache
from airm_graph.serve.addresses import is_web_address, quote_path

__all__ = ["DATA_SUFFIXES", "FolderAddresses", "SiteMap", "name_markdown"]

#: Suffix to media type of the data beside each page.
DATA_SUFFIXES = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples", "md": "text/markdown"}
_INDEX = "index.html"
# Names that every file system takes, and that no host reads as something else.
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~+,=@-]{0,199}(?<!\.)")
_MOST_SEGMENTS = 24
#: Addresses that are kept: pages that follow each other lead to much the same.
_MOST_KEPT = 50_000

Parameters = Iterable[tuple[str, str]]


def name_markdown(path: str) -> str:
    """Name the file that has a page as Markdown."""
    return f"{path or 'index'}.md"


class SiteMap:
    """Knows which pages and files a site has.

    Attributes:
        base: What every IRI of the project begins with.
        pages: Paths of pages, without a slash at either end.
        files: Paths of files that are no page.
        left_out: Paths of IRIs that get no page, because no file can have their name.
    """

    def __init__(self, base: str) -> None:
        """Begin with no page."""
        self.base = base
        self.pages: set[str] = set()
        self.files: set[str] = set()
        self.left_out: set[str] = set()
        self._taken: set[str] = set()
        self._folders: set[str] = set()
        self._found = Cache(self._find, most=_MOST_KEPT)
        self._led = Cache(self._find_iri, most=_MOST_KEPT)

    def add_page(self, path: str) -> None:
        """Add a page, and its Markdown."""
        self._take(f"{path}/{_INDEX}".lstrip("/"))
        self.pages.add(path)
        self.add_file(name_markdown(path))

    def add_file(self, path: str) -> None:
        """Add a file that is no page."""
        self._take(path)
        self.files.add(path)

    def add_resource(self, path: str) -> None:
        """Add the page of an IRI and its data, or leave it out where that is no name of a file."""
        segments = path.split("/")
        names = [f"{path}/{_INDEX}", *(f"{path}.{suffix}" for suffix in DATA_SUFFIXES)]
        if len(segments) > _MOST_SEGMENTS or not all(map(_SEGMENT.fullmatch, segments)) or any(map(self._is_taken, names)):
            self.left_out.add(path)
            return
        self.add_page(path)
        for name in names[1:]:
            if name != name_markdown(path):
                self.add_file(name)

    def find(self, path: str) -> str:
        """Find the address of a page or file below the front page; empty where there is none."""
        return self._found[path]

    def _find(self, path: str) -> str:
        page = f"{quote_path(path)}/{_INDEX}".lstrip("/") if path in self.pages else ""
        return quote_path(path) if path in self.files else page

    def find_iri(self, iri: str, *, is_markdown: bool) -> tuple[str, bool]:
        """Find where an IRI leads, and whether that is below the front page; empty where it leads
        nowhere.
        """
        return self._led[iri, is_markdown]

    def _find_iri(self, key: tuple[str, bool]) -> tuple[str, bool]:
        iri, is_markdown = key
        if not iri.startswith(self.base):
            return (iri if is_web_address(iri) else ""), False
        path, hash_sign, fragment = iri.removeprefix(self.base).partition("#")
        path = path.strip("/")
        address = self.find(name_markdown(path) if is_markdown and path in self.pages else path)
        return (f"{address}{hash_sign}{quote_path(fragment)}", True) if address else ("", False)

    def _take(self, name: str) -> None:
        # Some file systems do not tell upper from lower case.
        name = name.casefold()
        self._taken.add(name)
        while "/" in name:
            name = name.rpartition("/")[0]
            self._folders.add(name)

    def _is_taken(self, name: str) -> bool:
        name = name.casefold()
        if name in self._taken or name in self._folders:
            return True
        while "/" in name:
            name = name.rpartition("/")[0]
            if name in self._taken:
                return True
        return False


class FolderAddresses:
    """Writes addresses as one page of a site has them."""

    is_server = False
    endpoint = ""

    def __init__(self, sitemap: SiteMap, path: str, *, root: str | None = None, is_markdown: bool = False) -> None:
        """Take the page that the addresses stand on.

        Args:
            sitemap: All pages and files.
            path: Of the page.
            root: What leads to the front page, with a slash at the end, where that is not the same
                for every address the page is shown at.
            is_markdown: Whether they stand in its Markdown, which leads to that of other pages.
        """
        self._map = sitemap
        self._is_markdown, depth = is_markdown, path.count("/") + (bool(path) and not is_markdown)
        self._root = "../" * depth if root is None else root

    def url(self, path: str = "", parameters: Parameters = ()) -> str:
        """Write the address of a page or file; empty where the site has none of that path.

        A file is the same whatever parameters are asked for.
        """
        path = path.strip("/")
        if self._is_markdown and path in self._map.pages:
            path = name_markdown(path)
        found = self._map.find(path)
        if not found:
            return ""
        query = urlencode([pair for pair in parameters if pair[0] == "v" or path in self._map.pages]) if parameters else ""
        return f"{self._root}{found}?{query}" if query else self._root + found

    def href(self, iri: str) -> str:
        """Find where an IRI leads: to a page of the site, or elsewhere by http and https."""
        address, is_below = self._map.find_iri(iri, is_markdown=self._is_markdown)
        return self._root + address if is_below else address

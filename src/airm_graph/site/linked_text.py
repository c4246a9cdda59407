"""Find the IRIs of the project in texts for people, so that a page can lead to them."""

import re
from collections.abc import Iterator

from airm_graph.site.render import Site

__all__ = ["find_links"]

# As analyses write IRIs below the base: paths, with no space before or behind that is a part.
_PATH = re.compile(
    r"(?<![\w/:.#\"“-])(?:actor|agent|capture|function|lifecycle|mitigation|notice|scheme|source|taxonomy)(?:/[\w.~%+@=-]*[\w~%+@=-])+"
)


def find_links(site: Site, text: str) -> list[tuple[str, str]]:
    """Split a text into pieces, each with the address that it leads to; empty where to none."""
    return list(_split(site, text))


def _split(site: Site, text: str) -> Iterator[tuple[str, str]]:
    done = 0
    for found in _PATH.finditer(text):
        if found.start() > done:
            yield text[done : found.start()], ""
        yield found[0], site.href(site.base + found[0])
        done = found.end()
    if done < len(text):
        yield text[done:], ""

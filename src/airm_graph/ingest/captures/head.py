"""The top of a page: its notices, whatever else stands above the definition, and where the
definition is.
"""

from collections.abc import Sequence

from airm_graph.frozen import frozen
from airm_graph.ingest.captures.authors import is_code_line
from airm_graph.ingest.captures.codes import is_name_like
from airm_graph.ingest.captures.page_lines import Fragment
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import fingerprint, normalise

__all__ = ["ALSO_IN", "NOTICES", "Head", "find_second_page", "is_known_definition", "read_head"]

ALSO_IN = "Also in "
#: Notice → phrases that all stand in it.
NOTICES = {"unfinished": ("page is still being",), "preliminary": ("preliminary", "do not share")}


@frozen
class Head:
    """What stands above the definition of a page.

    Attributes:
        notices: Those that are found, in the order of the lines.
        above: Lines that are no notice.
        begin: Index of the definition, or of what follows where there is none.
        is_sure: Whether the definition is a known one, or the first two lines hold a notice.
    """

    notices: tuple[str, ...]
    above: tuple[Fragment, ...]
    begin: int
    is_sure: bool

    @property
    def hint(self) -> str:
        """What the line right above the definition calls the page, where it looks like a name."""
        return self.above[-1].text if self.above and is_name_like(self.above[-1].text) else ""


def read_head(parts: Sequence[Fragment]) -> Head:
    """Find the definition: the known one wherever it stands, else the line above "Also in", else
    the line below the notices.

    Args:
        parts: The lines of a page above its last six.
    """
    stop = next((index for index, part in enumerate(parts) if part.is_reasoning or is_code_line(part)), len(parts))
    notices = {index: name for index in range(stop) if (name := _find_notice(parts[index].text))}
    first = [index for index in notices if index < len(NOTICES)]
    known = next((index for index in range(stop) if is_known_definition(parts[index])), None)
    begin = known if known is not None else _find_above_parent(parts[:stop], notices)
    if begin is None:
        begin = max(first, default=-1) + 1
    found = {index: name for index, name in notices.items() if index < begin}
    above = tuple(part for index, part in enumerate(parts[:begin]) if index not in found)
    return Head(tuple(found.values()), above, begin, known is not None or bool(first))


def find_second_page(parts: Sequence[Fragment]) -> Fragment | None:
    """Find the first line of another page in the same file: a notice or a known definition between
    two reasons.
    """
    reasons = [index for index, part in enumerate(parts) if part.is_reasoning]
    between = parts[reasons[0] + 2 : reasons[-1]] if len(reasons) > 1 else ()
    return next((part for part in between if _find_notice(part.text) or is_known_definition(part)), None)


def is_known_definition(part: Fragment) -> bool:
    """Whether a line is the definition of a code, or of one among several."""
    taxonomy, print_ = load_taxonomy(), fingerprint(part.text)
    return print_ in taxonomy.fingerprints or print_ in taxonomy.branches


def _find_notice(text: str) -> str:
    words = normalise(text)
    return next((name for name, phrases in NOTICES.items() if all(phrase in words for phrase in phrases)), "")


def _find_above_parent(parts: Sequence[Fragment], notices: dict[int, str]) -> int | None:
    """Index of the line above "Also in" with the label of a code; that of "Also in" where a notice
    stands above it.
    """
    labels = load_taxonomy().labels()
    for index, part in enumerate(parts):
        if part.text.startswith(ALSO_IN) and part.text.removeprefix(ALSO_IN) in labels:
            return index if index == 0 or index - 1 in notices else index - 1
    return None

"""The inputs of a build that is made again: found in the record of the earlier one where it knows
them all, and looked for otherwise.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from airm_graph.frozen import frozen
from airm_graph.graph.rdf_format import find_format
from airm_graph.ingest.inputs import Input, find_inputs, is_input_name
from airm_graph.pipeline.build_record import BuildRecord

__all__ = ["KnownInputs", "find_again", "show_path"]

_PAGE = ".txt"


@frozen
class KnownInputs:
    """Inputs by their names.

    Attributes:
        files: Name of each input → the path under which the user finds it.
        found: The inputs; none where all of them are pages that the earlier build read.
    """

    files: Mapping[str, str]
    found: Sequence[Input] = ()

    @property
    def are_pages(self) -> bool:
        """Whether all of them are files that hold pages."""
        return not any(entry.is_table or entry.path is None for entry in self.found)

    def pick(self, names: Collection[str]) -> list[Input]:
        """Pick those that have one of some names, in the order in which they are read."""
        if self.found:
            return [entry for entry in self.found if entry.name in names]
        return [Input(name, Path(self.files[name]), is_named=False) for name in sorted(names) if name in self.files]


def find_again(inputs: Sequence[str | Path], *, known: BuildRecord, look: Collection[str], changes: Iterable[str]) -> KnownInputs:
    """Find inputs again.

    Args:
        inputs: As for `find_inputs`.
        known: The earlier build.
        look: Paths of all files that may be read now.
        changes: Those of them that came, went or hold something else.

    Raises:
        InputError: An input does not exist or cannot be read.
    """
    if _are_known(known, look, changes):
        return KnownInputs(known.files)
    found = find_inputs(inputs)
    return KnownInputs({entry.name: entry.shown for entry in found}, found)


def show_path(path: str) -> str:
    """Write a path as `Input.shown` does."""
    return Input("", Path(path)).shown


def _are_known(known: BuildRecord, look: Collection[str], changes: Iterable[str]) -> bool:
    """Whether the inputs are those that the earlier build read, and all of them pages.

    Which files count is told by their names and by what they begin with. So no file of such a name
    came or went, none that changed is RDF, and none that was passed over changed.
    """
    pages = set(known.files.values())
    if not (pages <= known.inputs.keys() and all(page.endswith(_PAGE) for page in pages) and all(map(str.isprintable, known.inputs))):
        return False  # a table, or a path that is not shown as it is
    found = [path for path in changes if is_input_name(Path(path).name)]
    return all(path in known.inputs and path in look and show_path(path) in pages and not find_format(Path(path)) for path in found)

"""What lies at a path that is to be validated: RDF, mapping sets, pages and tables, and the
rest.
"""

from collections.abc import Iterator
from pathlib import Path

from airm_graph.frozen import frozen
from airm_graph.graph.rdf_format import find_format, has_quads
from airm_graph.ingest.inputs import is_input_name, is_own
from airm_graph.pipeline.loading import find_export, is_release
from airm_graph.pipeline.platform import MANIFEST, NQUADS
from airm_graph.sssom import begins_like_match_table, is_match_table

__all__ = ["Found", "find_files"]

_BESIDE = ("mapping.yaml", "mapping.yml", MANIFEST)
_HEAD = 4096
_STRANGE = "neither RDF nor a page, a table or a mapping set, by name or by content"
_PACKED = [".7z", ".bz2", ".lz4", ".rar", ".tar", ".tgz", ".xz", ".zip"]


@frozen
class Found:
    """The files that a path stands for.

    Attributes:
        rdf, mapping_sets: Files of RDF and tables of mappings.
        has_others: Whether there are pages or tables among them.
        passed_over: Names of other files, and why they are not read.
    """

    rdf: tuple[Path, ...] = ()
    mapping_sets: tuple[Path, ...] = ()
    has_others: bool = False
    passed_over: tuple[tuple[str, str], ...] = ()


def find_files(name: str | Path) -> Found:
    """Find the files that a path stands for: itself, what a folder holds, the export of a written
    graph.

    Hidden files are left out; what is no file or folder is left to whoever reads it.
    """
    path = Path(name)
    if not path.is_dir():
        if not path.is_file():  # a pipe or a device, which whoever reads it refuses
            return Found(rdf=(path,)) if path.exists() and find_format(path) else Found(has_others=True)
        if _is_mapping_set(path):
            return Found(mapping_sets=(path,))
        return Found(rdf=(path,)) if _is_rdf(path) else Found(has_others=True)
    if is_release(path) and not (path / MANIFEST).is_file():
        export = find_export(path)
        return Found(rdf=(export,) if export else ())
    files = sorted(_walk(path / NQUADS if (path / MANIFEST).is_file() else path))
    sets = [file for file in files if _is_mapping_set(file)]
    rdf = [file for file in files if file not in sets and _is_rdf(file)]
    rest = [file for file in files if file not in sets and file not in rdf]
    others = [file for file in rest if is_input_name(file.name) and not is_own(file.name)]
    beside = (file for file in rest if file not in others and not (file.name in _BESIDE or file.name.endswith(".meta.yaml")))
    return Found(tuple(rdf), tuple(sets), bool(others), tuple((file.as_posix(), _explain(file)) for file in beside))


def _explain(path: Path) -> str:
    return f"packed as {path.suffix}, of which RDF is not read; unpack it first" if path.suffix.lower() in _PACKED else _STRANGE


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that are not hidden; of a written graph, whose files all say
    the same, one.
    """
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and is_release(path):
            yield from filter(None, [find_export(path)])
        elif path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def _is_mapping_set(path: Path) -> bool:
    if is_match_table(path.name):
        return True
    if path.suffix.lower() not in (".tsv", ".csv", ".txt"):
        return False
    try:
        with path.open("rb") as file:
            return begins_like_match_table(file.read(_HEAD).decode("utf-8", "replace"))
    except OSError:
        return False


def _is_rdf(path: Path) -> bool:
    return bool(find_format(path)) or has_quads(path)

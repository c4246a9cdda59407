"""Formats with blocks (Turtle, JSON-LD, RDF/XML), each written by a process of its own, which gets subjects in reading order.

The process keeps its blocks in a file until it has seen all of them, because what stands at the head depends on them; then it gives the
whole file to the one that asked.
"""

import marshal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from airm_graph.errors import AirmError, ExportError
from airm_graph.export import EXPORTS
from airm_graph.export.batches import Columns, Shape
from airm_graph.export.files import Draft
from airm_graph.export.streams import BlockFormat, without_collector
from airm_graph.export.subjects import Order
from airm_graph.graph import Members
from airm_graph.pipeline.views import make_options

__all__ = ["main", "render", "write_block_formats"]

_PIECE = 4 << 20
#: Version of ``marshal`` that does not look for what is there twice.
_PLAIN = 2


def write_block_formats(parts: Iterable[list[Members]], drafts: Sequence[tuple[str, Draft]], *, base: str, workspace: Path) -> None:
    """Write formats with blocks.

    Args:
        parts: Subjects in reading order (``columns.reading.stream_shapes``).
        drafts: The formats, each with the file to write.
        base: What every IRI of the project begins with.
        workspace: Folder for what is needed on the way.

    Raises:
        ExportError: A format cannot say what stands there, or a file cannot be written.
    """
    if not drafts:
        return
    with ExitStack() as running:
        processes = [running.enter_context(_start(name, base, workspace)) for name, _ in drafts]
        for process in processes:
            running.callback(process.kill)
        # A process that is gone has said why, which is asked below.
        with suppress(BrokenPipeError), without_collector():
            for part in parts:
                data = marshal.dumps([(one.predicates, one.kinds, one.places, one.subjects, one.objects) for one in part], _PLAIN)
                for process in processes:
                    _stream(process.stdin).write(b"%d\n" % len(data) + data)
        for process in processes:
            with suppress(BrokenPipeError):
                _stream(process.stdin).close()
        with ThreadPoolExecutor(len(processes)) as pool:
            # A digest takes as long as all else, and several can be taken at a time.
            list(pool.map(_take, drafts, processes))


def _start(name: str, base: str, workspace: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", f"from {__name__} import main; main()", name, base, str(workspace / f"{name}.blocks")]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603 - ourselves


def _stream(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ExportError("a process that writes a format has no pipe")
    return pipe


def _take(given: tuple[str, Draft], process: subprocess.Popen[bytes]) -> None:
    """Take a file from the process that wrote it."""
    name, draft = given
    while piece := _stream(process.stdout).read(_PIECE):
        draft.write(piece)
    said = _stream(process.stderr).read().decode(errors="replace").strip()
    if process.wait():
        raise ExportError(f"{EXPORTS[name].file_name} cannot be written: {said[-500:]}")


def _read_parts(file: IO[bytes]) -> Iterator[list[Members]]:
    while size := file.readline():
        yield [Members(*members) for members in marshal.loads(file.read(int(size)))]  # noqa: S302 - from ourselves


def render(part: Sequence[Members], form: BlockFormat, order: Order) -> list[str]:
    """Write the blocks of a part in their order."""
    blocks = [""] * sum(len(members.places) for members in part)
    for members in part:
        width = len(members.predicates)
        objects = tuple(tuple(members.objects[place::width]) for place in range(width))
        columns = Columns(Shape(members.predicates, members.kinds), tuple(members.subjects), objects)
        for place, block in zip(members.places, form.render(columns, order), strict=True):
            blocks[place] = block
    return blocks


def main() -> None:
    """Write one format, in a process of its own: the arguments are the format, the base and a file for the blocks."""
    name, base, path = sys.argv[1:]
    options = make_options(base)
    make, place = EXPORTS[name].blocks, Path(path)
    if make is None:
        raise ExportError(f"{name} has no blocks")
    form, order, filled = make(options), Order(options.prefixes), False
    try:
        with without_collector(), place.open("w", encoding="utf-8", newline="\n", buffering=_PIECE) as file:
            for part in _read_parts(sys.stdin.buffer):
                file.write((form.separator if filled else "") + form.separator.join(render(part, form, order)))
                filled = True
        _give(place, form, filled=filled)
    except (AirmError, OSError) as error:
        sys.stderr.write(str(error))
        sys.exit(1)


def _give(place: Path, form: BlockFormat, *, filled: bool) -> None:
    """Write the whole file to standard output."""
    out = sys.stdout.buffer
    out.write(form.head(filled=filled).encode())
    with place.open("rb") as file:
        # Whole lines, so that nothing which is to be settled is cut.
        while lines := file.readlines(_PIECE):
            text = b"".join(lines)
            out.write(form.settle(text.decode()).encode() if b"\0" in text else text)
    out.write(form.foot(filled=filled).encode())
    out.flush()
    place.unlink()

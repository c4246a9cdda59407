"""Write the pages of a release to a folder that any host of files serves.

Pages are those of the server, by the same renderer and templates. All resources are described in
one pass over the graph, by as many processes as there are processors.
"""

import asyncio
import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from airm_graph.errors import ExportError
from airm_graph.export.files import hold_folder
from airm_graph.export.switch import name_beside
from airm_graph.progress import Progress, tell_nobody
from airm_graph.serve.server_settings import count_processors
from airm_graph.site.change_log import compare_with_earlier
from airm_graph.site.release_client import load_release_client
from airm_graph.site.site_contents import SiteContents
from airm_graph.site.site_folder import FileWriter, SiteFile, SiteSide, check_folder, switch_site

__all__ = ["SiteReport", "build_site"]

#: Pages that a process makes before it says how far it is; fewer than some hundreds are not worth a
#: second process, and of more than these each process copies what is loaded: 1 GiB for each.
_CHUNK, _FEW, _MANY = 100, 500, 50_000

_Job = tuple[int, list[str]]
_Write = Callable[[_Job], list[SiteFile]]
# What a forked process runs; empty everywhere else.
_workers: list[_Write] = []


@dataclass(frozen=True, slots=True)
class SiteReport:
    """Say what became of a site.

    Attributes:
        pages, files: How many it has; files are pages and all others.
        written, removed: How many files were, because they differ from the earlier site.
        left_out: Paths of IRIs without a page, because no file can have their name.
    """

    pages: int
    files: int
    written: int
    removed: int
    left_out: tuple[str, ...]


def build_site(
    release: Path,
    output: Path,
    *,
    url: str = "",
    previous: Path | None = None,
    processes: int | None = None,
    progress: Progress = tell_nobody,
) -> SiteReport:
    """Write the site of a release; when a file cannot be written, the earlier site is as it was.

    Args:
        release: A folder that a build wrote.
        output: Folder of the site, made when it is missing.
        url: Where it will be known, with a slash at the end: for the map that crawlers read and the
            page for addresses that are not there. All other links are relative.
        previous: An earlier release, for the page that says what changed since.
        processes: How many make pages; when left out, one for each processor, or one alone where
            there are so many pages that others would need gigabytes.
        progress: Told the step, and how many pages are made.

    Raises:
        InputError: The first folder is no release, or the earlier one is none.
        QueryError: The two have different bases.
        ExportError: The other one has files and is no site, another process writes it, or the disk
            is full.
    """
    progress("load", 0, 0)
    client = load_release_client(release)
    changes = None if previous is None else compare_with_earlier(previous, release)
    with hold_folder(output):
        earlier = check_folder(output)
        contents = SiteContents(client, url=url, changes=changes)
        side = name_beside(Path(os.path.realpath(output)) / "site")
        folder = SiteSide(output, side, is_new=not earlier)
        files = list(_write_all(contents, folder, processes=processes, progress=progress))
        progress("switch", 0, 0)
        written, removed = switch_site(output, files, earlier=earlier)
    return SiteReport(len(contents.map.pages), len(files), written, removed, tuple(sorted(contents.map.left_out)))


def _write_all(contents: SiteContents, folder: SiteSide, *, processes: int | None, progress: Progress) -> Iterator[SiteFile]:
    paths = sorted(contents.map.pages)
    # What is no page takes longest, so it comes first.
    chunks = [[], *(paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK))]
    write = partial(_write_chunk, contents, folder)
    count = 1 if len(paths) <= _FEW or (processes is None and len(paths) > _MANY) else processes
    for number, found in enumerate(_run(write, list(enumerate(chunks)), processes=count)):
        progress("pages", min(number * _CHUNK, len(paths)), len(paths))
        yield from found


def _write_chunk(contents: SiteContents, folder: SiteSide, job: _Job) -> list[SiteFile]:
    number, paths = job
    writer = FileWriter(folder, name=str(number))

    async def write() -> list[SiteFile]:
        files = [file for path in paths for file in await contents.make_page(path)] if paths else await contents.make_others()
        return [writer.write(name, body) for name, body in files]

    return asyncio.run(write())


def _run(write: _Write, jobs: Sequence[_Job], *, processes: int | None) -> Iterator[list[SiteFile]]:
    """Run jobs in order, in processes that share what is loaded where the system can fork."""
    count = count_processors() if processes is None else processes
    if count < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(write, jobs)
        return
    # Else a fork takes apart what this process no longer needs: a database without its threads.
    gc.freeze()
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork"), initializer=_workers.append, initargs=(write,))
    try:
        yield from pool.map(_run_job, jobs)
    except BrokenProcessPool as error:
        raise ExportError("a process that made pages was ended, perhaps for want of memory; free some and run it again") from error
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _run_job(job: _Job) -> list[SiteFile]:
    return _workers[-1](job)

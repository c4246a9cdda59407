"""What other processes do at every step of a build, of a switch and of a reader: each file that Python opens, renames or links is a step.

Run as a program it makes one of the trials below and prints as JSON how many steps there were and what went wrong. It is a process
of its own, because a hook on steps cannot be taken away.

python tests/steps.py try_readers [READER …]
"""

import io
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from threading import Thread

import airm_graph
from airm_graph.errors import AirmError
from airm_graph.export import switch
from airm_graph.pipeline import SUMS, Graph, open_reader, read_sums

ROOT = Path(__file__).resolve().parent.parent
READERS = {
    "query": ["query", "run", "counts", "--data"],
    "export": ["export", "--format", "ntriples"],
    "info": ["info"],
    "validate": ["validate", "--quiet"],
    "search": ["search", "model", "--data"],
}
FORMATS = ("nquads", "turtle")
_EVENTS = {"open", "os.rename", "os.link", "os.remove"}
_TABLE = 'Name,Description,Source,Code\n"Red\nteaming",Try to break it.,A Handbook,1.1\nLogging,Keep it.,A Handbook,{code}\n'
_MAPPING = "edition: v2\ntables:\n  mitigations:\n    columns: {name: Name, description: Description, source: Source, code: Code}\n"

Answer = tuple[int, str]


class Steps:
    """Counts the steps that touch a folder, and does something before one of them."""

    def __init__(self) -> None:
        self.folder, self.number, self.seen = "", 0, 0
        self.act: Callable[[], object] | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.act is None or event not in _EVENTS or not str(arguments[0]).startswith(self.folder):
            return
        self.seen += 1
        if self.seen == self.number:
            with self.unheard() as act:
                thread = Thread(target=act)  # which holds no folder that this thread holds
                thread.start()
                thread.join()

    @contextmanager
    def unheard(self) -> Iterator[Callable[[], object] | None]:
        """Do something that does not count."""
        act, self.act = self.act, None
        try:
            yield act
        finally:
            self.act = act

    def go_through(
        self, folder: Path, run: Callable[[], object], act: Callable[[], object], *, prepare: Callable[[], object], stride: int = 1
    ) -> int:
        """Run something again and again, and do something else before its first step in a folder, its second and so on."""
        for number in range(1, 10_000, stride):
            prepare()
            self.folder, self.number, self.seen, self.act = str(folder), number, 0, act
            run()
            self.act = None
            if self.seen < number:
                return number // stride
        raise AssertionError("it comes to no end")


STEPS = Steps()


def read(name: str, folder: Path) -> Answer:
    """Exit code and output of a command on a written graph; of what it refuses, the message."""
    from click.testing import CliRunner

    from airm_graph.cli import cli

    done = Context().run(CliRunner().invoke, cli, [*READERS[name], str(folder)], standalone_mode=False)
    if isinstance(done.exception, AirmError):
        return 2, str(done.exception)
    if done.exception:
        raise done.exception
    return done.return_value or 0, done.stdout


def build_two(work: Path) -> tuple[Graph, Graph]:
    """Two graphs that differ in every file."""
    graphs, pages = [], sorted((ROOT / "examples").glob("*.txt"))
    for number in (0, 1):
        folder = work / f"pages-{number}"
        folder.mkdir()
        for path in pages[2 * number : 2 * number + 2]:
            shutil.copy(path, folder)
        graphs.append(airm_graph.build([folder]))
    return graphs[0], graphs[1]


def know_answers(graphs: tuple[Graph, Graph], folder: Path) -> dict[str, list[Answer]]:
    """What each reader says of two releases; last of the first one, which stays."""
    known: dict[str, list[Answer]] = {name: [] for name in READERS}
    for graph in reversed(graphs):
        graph.write(folder, formats=FORMATS)
        for name, answers in known.items():
            answers.append(read(name, folder))
    assert all(one != other and one[0] < 2 > other[0] for one, other in known.values())
    return known


def list_litter(folder: Path) -> list[str]:
    return sorted({path.name for path in folder.iterdir()} - {*read_sums(folder), SUMS})


def try_readers(work: Path, *names: str) -> tuple[list[int], list[str]]:
    """A new release is put in its place before each step of readers, of all when none is named."""
    graphs, target = build_two(work), work / "dist"
    known, steps, wrong = know_answers(graphs, target), [], []
    for name in names or READERS:
        answers: list[Answer] = []
        steps.append(
            STEPS.go_through(
                target,
                lambda name=name, answers=answers: answers.append(read(name, target)),  # type: ignore[misc]
                lambda: graphs[1].write(target, formats=FORMATS),
                prepare=lambda: graphs[0].write(target, formats=FORMATS),
            )
        )
        wrong += [f"{name}: {answer}" for answer in answers if answer not in known[name] and answer[0] != 2]
    return steps, wrong


def try_writer(work: Path, stride: str = "1") -> tuple[list[int], list[str]]:
    """A reader, one after the other, and another writer come before each step of a writer."""
    switch._PAUSE = 0.0  # a reader waits for a writer, which waits here for the reader
    graphs, target = build_two(work), work / "dist"
    known, wrong, said = know_answers(graphs, target), [], Counter[str]()
    for path in target.iterdir():
        path.unlink()

    def come() -> None:
        if not (target / SUMS).exists():
            return
        name = list(READERS)[STEPS.number % len(READERS)]
        answer = read(name, target)
        if answer not in known[name] and (answer[0] != 2 or "another process is putting files" not in answer[1]):
            wrong.append(f"{name}: {answer}")
        said[f"exit {answer[0]}"] += 1
        try:
            graphs[0].write(target, formats=FORMATS)
            said["written"] += 1
        except AirmError as error:
            if f"is being written by process {os.getpid()} on " not in str(error):
                wrong.append(str(error))
            said["held"] += 1

    def check() -> None:
        graphs[1].write(target, formats=FORMATS)
        wrong.extend(list_litter(target))

    number = STEPS.go_through(target, check, come, prepare=lambda: graphs[0].write(target, formats=FORMATS), stride=int(stride))
    return [number, said["exit 0"], said["exit 2"], said["held"], said["written"]], wrong


def write_tables(folder: Path, kind: str) -> dict[Path, tuple[bytes, bytes]]:
    """A table of some kind and its mapping; returns the file that somebody edits, as it was and as it is then."""
    (folder / "mapping.yaml").write_text(_MAPPING)
    if kind.endswith(".csv"):
        return {folder / kind: (_TABLE.replace("{code}", "2.2").encode(), _TABLE.replace("{code}", "2.3").encode())}
    rows = [{"Name": "Logging", "Description": "Keep it.", "Source": "A Handbook", "Code": code} for code in ("2.2", "2.3")]
    found = []
    for row in rows:
        if kind.endswith(".xlsx"):
            from openpyxl import Workbook

            book, target = Workbook(), io.BytesIO()
            book.active.append(list(row))
            book.active.append(list(row.values()))
            book.save(target)
            found.append(target.getvalue())
        else:
            import duckdb

            path = folder.parent / "made.parquet"
            columns = ", ".join(f"'{value}' AS {name}" for name, value in row.items())
            with duckdb.connect() as connection:  # the shared one may be in use
                connection.sql(f"COPY (SELECT {columns}) TO '{path}' (FORMAT parquet)")
            found.append(path.read_bytes())
    return {folder / kind: (found[0], found[1])}


def write_pages(folder: Path, *, beside: bool) -> dict[Path, tuple[bytes, bytes]]:
    """Two pages of one source; somebody edits one, or what stands beside it."""
    page, _ = (Path(shutil.copy(path, folder)) for path in sorted((ROOT / "examples").glob("handbook-*.txt"))[:2])
    if beside:
        return {page.with_name(f"{page.stem}.meta.yaml"): (b"name: One name\n", b"name: Another name\n")}
    text = page.read_bytes()
    return {page: (text, text.replace(b"model", b"system"))}


def try_edits(work: Path) -> tuple[list[int], list[str]]:
    """A page, what stands beside it, or a table is edited before each step of a build."""
    found = [try_edits_of(kind, work) for kind in ("page", "side-car", "table.csv", "table.xlsx", "table.parquet")]
    return [steps for steps, _ in found], [text for _, wrong in found for text in wrong]


def try_edits_of(kind: str, work: Path) -> tuple[int, list[str]]:
    folder, cache = work / kind, work / f"{kind}-cache"
    folder.mkdir()
    is_kept = "." not in kind  # only readings of pages are
    files = write_tables(folder, kind) if not is_kept else write_pages(folder, beside=kind == "side-car")
    ((path, versions),) = files.items()
    wrong: list[str] = []

    def put(number: int) -> None:
        # In place, and so that its time tells nothing.
        path.write_bytes(versions[number])
        os.utime(path, (1, 1))

    known = []
    for number in (0, 1):
        put(number)
        known.append(state(folder))
    assert known[0] != known[1], kind

    def prepare() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        put(0)

    def build() -> None:
        try:
            if state(folder, cache=cache) not in known:
                wrong.append(f"{kind}: neither what the file said before nor what it said then")
        except AirmError as error:
            if "has changed since" not in str(error):
                wrong.append(f"{kind}: {error}")
        with STEPS.unheard():
            if is_kept and state(folder, cache=cache) != known[path.read_bytes() == versions[1]]:
                wrong.append(f"{kind}: the cache holds something else than the files say")

    return STEPS.go_through(folder, build, lambda: put(1), prepare=prepare), wrong


def state(folder: Path, *, cache: Path | None = None) -> str:
    """The quads of a build, and its findings."""
    with open_reader(cache) as reader:
        graph = airm_graph.build([folder], shapes=["core"], reader=reader)
    return f"{graph.quads} {graph.report.to_json()}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        counted, failed = globals()[sys.argv[1]](Path(place), *sys.argv[2:])
    json.dump({"steps": counted, "wrong": [text[:300] for text in failed]}, sys.stdout)

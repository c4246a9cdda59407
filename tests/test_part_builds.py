"""Builds of what changed: after any edits the files are those of a build without a cache, byte by byte, and so are figures and findings."""

import hashlib
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from corpus import write_captures

import airm_graph
from airm_graph.export import files, splice
from airm_graph.export.files import draft_files
from airm_graph.export.links import profile_links, write_links
from airm_graph.ingest.mapping_sets import read_matches
from airm_graph.model import Link, Mention
from airm_graph.namespaces import BASE, term
from airm_graph.pipeline import BuildOptions, Graph, build_into, known_inputs
from airm_graph.pipeline.block_index import BlockIndex, subject_order
from airm_graph.pipeline.components import find_owner
from airm_graph.pipeline.part_build import PartBuild
from airm_graph.pipeline.splicing import UnclearChangeError
from airm_graph.validate.default_shapes import read_compiled
from test_cli import EXAMPLES

#: Paths of what belongs to pages.
KINDS = ("agent/", "capture/", "mitigation/", "source/")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets an entry for each build of a part: empty, or why all was built."""
    found: list[str] = []
    run = PartBuild.run

    def note(*args: object) -> object:
        try:
            done = run(*args)  # type: ignore[arg-type]
        except UnclearChangeError as error:
            found.append(str(error))
            raise
        found.append("")
        return done

    monkeypatch.setattr(PartBuild, "run", note)
    return found


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES, tmp_path / "in"))


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    """Seventy pages of four sources."""
    write_captures(70, tmp_path / "in", per_source=20)
    return tmp_path / "in"


def build(folder: Path) -> Graph:
    return build_into([folder], folder.parent / "dist", BuildOptions(), cache=folder.parent / "cache")


def check(folder: Path) -> None:
    """Build in part and as a whole, and compare all that comes of both."""
    built, plain = build(folder), airm_graph.build([folder])
    shutil.rmtree(folder.parent / "plain", ignore_errors=True)
    plain.write(folder.parent / "plain")
    for path in sorted((folder.parent / "plain").iterdir()):
        assert (folder.parent / "dist" / path.name).read_bytes() == path.read_bytes(), path.name
    assert (built.count(), len(built), built.digest) == (plain.count(), len(plain), plain.digest)
    assert built.files == plain.files
    assert built.report.to_json() == plain.report.to_json()


def find_source(lines: list[str]) -> int:
    """Find the line of authors and year; the title stands above it."""
    return next((number for number, line in enumerate(lines) if line.endswith(")") and "," in line and line[-6:-5] == "("), 0)


class Edits:
    """Edits of pages in a folder, drawn at random."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.known = [path.read_bytes() for path in sorted(folder.rglob("*.txt"))]

    def draw(self) -> None:
        pages = sorted(self.folder.rglob("*.txt"))
        edits = [self.add, self.change_reason, self.cut, self.describe, self.join_author, self.join_title, self.move, self.remove]
        self.random.choice(edits)(self.random.choice(pages))

    def add(self, page: Path) -> None:
        page.with_name(f"new-{self.random.randrange(999)}.txt").write_bytes(self.random.choice(self.known))

    def change_reason(self, page: Path) -> None:
        self.rewrite(page, lambda text: text.replace("Reasoning\n", f"Reasoning\nIt was said {self.random.randrange(999)} times. ", 1))

    def cut(self, page: Path) -> None:
        self.rewrite(page, lambda text: text[: len(text) * 2 // 3])

    def describe(self, page: Path) -> None:
        page.with_suffix(".meta.yaml").write_text(f"name: Another name {self.random.randrange(99)}\n")

    def join_author(self, page: Path) -> None:
        self.replace_line(page, 0, lambda line: line.replace(line.split(",")[0], self.random.choice(["Ito", "Berg", "Lee", "Novak"]), 1))

    def join_title(self, page: Path) -> None:
        other = self.random.choice(self.known).decode().split("\n")
        if number := find_source(other):
            self.replace_line(page, -1, lambda _: other[number - 1])

    def move(self, page: Path) -> None:
        page.rename(page.with_name(f"moved-{self.random.randrange(999)}.txt"))

    def remove(self, page: Path) -> None:
        if len(list(self.folder.rglob("*.txt"))) > 3:
            page.unlink()

    def rewrite(self, page: Path, change: Callable[[str], str]) -> None:
        page.write_text(change(page.read_text(encoding="utf-8")), encoding="utf-8")

    def replace_line(self, page: Path, place: int, change: Callable[[str], str]) -> None:
        lines = page.read_text(encoding="utf-8").split("\n")
        if number := find_source(lines):
            lines[number + place] = change(lines[number + place])
            self.rewrite(page, lambda _: "\n".join(lines))


@pytest.mark.parametrize("seed", range(3))
def test_any_edits_are_built_to_the_bytes_of_a_whole_build(seed: int, generated: Path, parts: list[str]) -> None:
    build(generated)
    edits = Edits(generated, seed)
    for _ in range(4):
        for _ in range(edits.random.choice([1, 1, 2, 3])):
            edits.draw()
        check(generated)
    assert parts.count("") >= 2


@pytest.mark.parametrize("seed", range(3))
def test_any_edits_of_joined_pages_are_built_to_the_bytes_of_a_whole_build(seed: int, examples: Path, parts: list[str]) -> None:
    build(examples)
    edits = Edits(examples, seed)
    for _ in range(4):
        edits.draw()
        check(examples)
    assert "" in parts


def first_pages(folder: Path) -> Iterator[Path]:
    """The first page of each source."""
    return (min(source.glob("*.txt")) for source in sorted(folder.iterdir()))


def test_sources_that_share_an_author_join_and_part_again(generated: Path, parts: list[str]) -> None:
    build(generated)
    one, two = list(first_pages(generated))[:2]
    kept = two.read_bytes()
    lines, others = (page.read_text(encoding="utf-8").split("\n") for page in (one, two))
    others[find_source(others)] = lines[find_source(lines)]
    two.write_text("\n".join(others), encoding="utf-8")
    check(generated)
    two.write_bytes(kept)
    check(generated)
    assert parts == ["", ""]


def test_text_that_two_sources_share_is_found_and_forgotten(generated: Path, parts: list[str]) -> None:
    build(generated)
    one, two = list(first_pages(generated))[:2]
    reason = "The text asks whoever changes the system to keep a record of it, which is what this code collects and no other one."
    kept = two.read_bytes()
    for page in (one, two):
        lines = page.read_text(encoding="utf-8").split("\n")
        lines[lines.index("Reasoning") + 1] = reason
        page.write_text("\n".join(lines), encoding="utf-8")
        check(generated)
    assert reason in (generated.parent / "dist" / "airm.nt").read_text(encoding="utf-8")
    two.write_bytes(kept)
    check(generated)
    assert parts == ["", "", ""]


def test_links_are_written_anew_when_their_head_changes(examples: Path, parts: list[str]) -> None:
    pages = sorted(examples.rglob("*.txt"))
    kept = {page: page.read_bytes() for page in pages[1:4]}
    for page in pages[1:]:
        page.unlink()
    build(examples)
    heads = [read_head(examples)]
    for page, data in kept.items():
        page.write_bytes(data)
        check(examples)
        heads.append(read_head(examples))
    assert len(set(heads)) > 1
    assert parts == [""] * len(kept)


def read_head(folder: Path) -> str:
    """Read all of the table of links that stands before its rows."""
    return (folder.parent / "dist" / "links.sssom.tsv").read_text(encoding="utf-8").partition("\ncapture:")[0]


@pytest.mark.parametrize("suffix", [".pages", ".blocks"])
def test_damage_of_what_is_kept_costs_time_only(suffix: str, generated: Path, parts: list[str]) -> None:
    build(generated)
    (kept,) = (generated.parent / "cache").glob(f"*{suffix}")
    whole = kept.read_bytes()
    for data in (b"", b"x\n", whole[:-3], whole.replace(b"source", b"sourec", 1)):
        kept.write_bytes(data)
        Edits(generated, len(data)).change_reason(next(first_pages(generated)))
        check(generated)
    assert parts == []


def test_files_of_another_build_are_not_spliced(generated: Path, parts: list[str]) -> None:
    build(generated)
    kept = {path: path.read_bytes() for path in (generated.parent / "cache").iterdir()}
    Edits(generated, 1).change_reason(next(first_pages(generated)))
    check(generated)
    for path, data in kept.items():
        path.write_bytes(data)
    Edits(generated, 2).change_reason(next(first_pages(generated)))
    check(generated)
    assert parts == [""]


def test_file_that_somebody_changed_is_not_spliced(generated: Path, parts: list[str]) -> None:
    build(generated)
    path = generated.parent / "dist" / "airm.ttl"
    path.write_bytes(path.read_bytes().replace(b"Maker", b"maker").replace(b"system", b"sistem", 1))
    os.utime(path, (1, 1))
    Edits(generated, 1).change_reason(next(first_pages(generated)))
    check(generated)
    assert parts == []


def test_tables_beside_pages_are_built_whole(generated: Path, parts: list[str]) -> None:
    build(generated)
    (generated / "mine.csv").write_text("name,description\nKeep a log,Keep a log of what is changed.\n")
    check(generated)
    assert parts == ["tables are built whole"]


def test_pages_that_are_known_are_not_looked_for(generated: Path, parts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    build(generated)
    monkeypatch.setattr(known_inputs, "find_inputs", lambda _: pytest.fail("the folder was gone through"))
    page = next(first_pages(generated))
    Edits(generated, 1).change_reason(page)
    check(generated)
    page.with_suffix(".meta.yaml").write_text("name: Another name\n")
    check(generated)
    assert parts == ["", ""]


def test_page_that_becomes_rdf_is_passed_over_until_it_is_a_page_again(generated: Path, parts: list[str]) -> None:
    build(generated)
    page = next(first_pages(generated))
    kept = page.read_bytes()
    for data in (b"<urn:a> <urn:b> <urn:c> .\n", b"<urn:a> <urn:b> <urn:d> .\n", kept):
        page.write_bytes(data)
        check(generated)
    assert build(generated).files.keys() >= {page.relative_to(generated).as_posix()}
    assert "" in parts


def test_names_that_cannot_be_shown_are_built_as_others(generated: Path, parts: list[str]) -> None:
    page = next(first_pages(generated))
    page = page.rename(page.with_name("a\tb.txt"))
    build(generated)
    Edits(generated, 1).change_reason(page)
    check(generated)
    assert parts == [""]


def test_default_shapes_find_focus_nodes_of_pages_by_what_is_stated_of_them(examples: Path) -> None:
    read = read_compiled()
    assert read
    reached = {o for _, p, o, _ in read.rows if p == term("sh:targetObjectsOf")}
    own = [row for row in airm_graph.build([examples]).quads if find_owner(row[0][len(BASE) + 1 : -1]).startswith(KINDS)]
    assert len(own) > 1000
    assert reached.isdisjoint(row[1] for row in own)
    assert term("rdfs:subClassOf") not in {row[1] for row in own}


@pytest.mark.parametrize("piece", [1, 3, 100])
def test_file_is_copied_in_pieces_of_any_size(piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splice, "PIECE", piece)
    monkeypatch.setattr(files, "PIECE", 2)
    (tmp_path / "old").write_bytes(b"0123456789")
    with draft_files([tmp_path / "new"]) as (draft,):
        splice.copy_segments(tmp_path / "old", [(0, 4), b"--", (6, 10), (9, 10)], draft)
    assert (tmp_path / "new").read_bytes() == b"0123--67899"
    assert draft.sha256 == hashlib.sha256(b"0123--67899").hexdigest()
    with pytest.raises(OSError, match="shorter"), draft_files([tmp_path / "new"]) as (draft,):
        splice.copy_segments(tmp_path / "old", [(8, 12)], draft)
    assert (tmp_path / "new").read_bytes() == b"0123--67899"


def test_index_takes_out_and_puts_in_what_a_new_one_holds() -> None:
    lines = sorted((f"{letter}<x:{number}>" for letter in "ab" for number in (1, 2, 10, 30)), key=subject_order)
    index = BlockIndex.empty(1)
    index.add(lines, [[f"{line}." for line in lines]])
    with pytest.raises(KeyError):
        index.change(["a<x:3>"], {}, separators=[b""])
    with pytest.raises(KeyError):
        index.change([], {"a<x:1>": [b"new"]}, separators=[b""])
    assert (index.text.decode().splitlines(), list(index.lengths[0])) == (lines, [len(line) + 1 for line in lines])
    (edits,) = index.change(["a<x:2>", "b<x:30>"], {"a<x:2>": [b"longer..."], "a<x:5>": [b"new"]}, separators=[b", "])
    changed = index.text.decode().splitlines()
    assert changed == sorted({*lines, "a<x:5>"} - {"b<x:30>"}, key=subject_order)
    assert list(index.lengths[0]) == [{"a<x:2>": 9, "a<x:5>": 3}.get(line, len(line) + 1) for line in changed]
    blocks = "".join(f"{line}., " for line in lines).encode()
    assert [blocks[edit.start : edit.end] for edit in edits] == [b"a<x:2>., ", b"", b"b<x:30>., "]
    assert [edit.data for edit in edits] == [b"longer..., ", b"new, ", b""]


def make_links() -> list[Link]:
    ends = [Mention(f"capture/{'0' * 16}/l{number}", name, "mitigation") for number, name in enumerate(("", "a", "a\tb"))]
    targets = ("mitigation/a/b", "")
    return [
        Link(one, two, target, basis, "a" * (basis != "structure"), 1)
        for one in ends
        for two in ends
        for target in targets
        for basis in ("name", "text", "structure")
    ]


def test_profile_of_links_counts_each_of_them() -> None:
    links = make_links()
    assert profile_links(links) == sum((profile_links([link]) for link in links), profile_links([]))


def test_links_that_were_read_are_written_beside_others_as_all_are_at_once() -> None:
    links = make_links()
    for step in (1, 2, 3, 5, len(links)):
        first, rest = links[::step], [link for number, link in enumerate(links) if number % step]
        earlier = "".join(write_links(first, notice="Preliminary.")).encode()
        kept = read_matches(earlier, file="links.sssom.tsv")[0].matches
        assert "".join(write_links(rest, notice="Preliminary.", kept=kept)) == "".join(write_links(links, notice="Preliminary."))

"""IRIs that stay: a better name, another table, a source with another title give no new IRI, and what is gone says what replaced it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import airm_graph
from airm_graph.cli import cli
from airm_graph.errors import InputError
from airm_graph.ids_lock import IdsLock, LockedId, list_changes, read_ids_lock
from airm_graph.namespaces import iri, literal, term
from airm_graph.notice import NOTICE
from airm_graph.pipeline import load_ids
from conftest import ROOT

MAPPING = """edition: v2
tables:
  mitigations:
    columns: {identifier: ID, name: Name, description: Description, source: Source ID, code: Code}
  sources:
    columns: {identifier: ID, title: Title, authors: Authors}
"""
SOURCES = "ID,Title,Authors\none,Some Handbook of Keys,Jane Locke\n"
HEAD = "ID,Name,Description,Source ID,Code\n"
ROWS = (
    "m1,Lock the door,Two people keep keys.,one,1.1\n",
    "m2,Count the keys,Every evening.,one,1.1\n",
    "m3,Oil the hinges,Once a year.,one,2.2\n",
)
START = "mitigation/jane-locke-undated-some-handbook/"


def write_tables(folder: Path, rows: tuple[str, ...] = ROWS, *, sources: str = SOURCES) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "mitigations.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    (folder / "sources.csv").write_text(sources, encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return folder


def build(folder: Path, lock: Path, **options: object) -> airm_graph.Graph:
    """Build and leave the lock as the command does."""
    graph = airm_graph.build([folder], ids=lock, **options)
    lock.write_text("".join(graph.ids.write()), encoding="utf-8")
    return graph


def names(graph: airm_graph.Graph) -> dict[str, str]:
    """Path of each mitigation → its name."""
    typed = {s for s, p, o, _ in graph.asserted if (p, o) == (term("rdf:type"), term("airm:Mitigation"))}
    return {s.partition("airm-graph/")[2][:-1]: o[1:-1] for s, p, o, _ in graph.asserted if s in typed and p == term("rdfs:label")}


def about(graph: airm_graph.Graph, path: str) -> set[tuple[str, str, str]]:
    return {(p, o, g) for s, p, o, g in graph.quads if s == iri(path)}


def rename(rows: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    assert any(old in row for row in rows)
    return tuple(row.replace(old, new) for row in rows)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "ids.lock"


def test_lock_that_is_not_there_changes_nothing_but_makes_one(tmp_path: Path, lock: Path) -> None:
    folder = write_tables(tmp_path / "in")
    graph = build(folder, lock)
    assert graph.quads == airm_graph.build([folder]).quads
    assert airm_graph.build([folder]).ids is None
    assert (
        names(graph).keys()
        == {f"{START}{name}" for name in ("lock-the-door", "count-the-keys", "oil-the-hinges")}
        == load_ids(lock).entries.keys()
    )
    text = lock.read_text(encoding="utf-8")
    assert NOTICE in text
    assert "Two people" not in text  # texts of others stay out
    assert build(folder, lock).quads == graph.quads
    assert lock.read_text(encoding="utf-8") == text


def test_row_with_a_better_name_keeps_its_iri(tmp_path: Path, lock: Path) -> None:
    build(write_tables(tmp_path / "in"), lock)
    graph = build(write_tables(tmp_path / "in", rename(ROWS, "Lock the door", "Bolt the door")), lock)
    assert names(graph)[f"{START}lock-the-door"] == "Bolt the door"
    assert len(names(graph)) == 3
    assert any(s == iri(f"{START}lock-the-door/classification/v2-1.1") for s, _, _, _ in graph.quads)
    assert not any("bolt-the-door" in part for quad in graph.quads for part in quad)
    # And in the builds after that, from the lock alone.
    text = lock.read_text(encoding="utf-8")
    again = build(tmp_path / "in", lock)
    assert again.quads == graph.quads
    assert lock.read_text(encoding="utf-8") == text
    # The first name again is nothing special.
    back = build(write_tables(tmp_path / "in"), lock)
    assert names(back)[f"{START}lock-the-door"] == "Lock the door"
    assert load_ids(lock).kept == {}


@pytest.mark.parametrize(
    "rows",
    [
        rename(rename(ROWS, "Lock the door", "Bolt the door"), "Two people keep keys.", "Other words."),  # the identifier
        rename(rename(ROWS, "Lock the door", "Bolt the door"), "m1", "n9"),  # the text
        tuple(reversed(rename(ROWS, "Lock the door", "Bolt the door"))),  # both, in another row
    ],
)
def test_row_is_recognised_by_identifier_or_text(tmp_path: Path, lock: Path, rows: tuple[str, ...]) -> None:
    build(write_tables(tmp_path / "in"), lock)
    assert names(build(write_tables(tmp_path / "in", rows), lock))[f"{START}lock-the-door"] == "Bolt the door"


def test_row_of_which_nothing_is_the_same_is_a_new_mitigation(tmp_path: Path, lock: Path) -> None:
    build(write_tables(tmp_path / "in"), lock)
    graph = build(write_tables(tmp_path / "in", ("n9,Bolt the door,Other words.,one,1.1\n", *ROWS[1:])), lock)
    assert f"{START}bolt-the-door" in names(graph)
    assert f"{START}lock-the-door" not in names(graph)
    assert load_ids(lock).entries[f"{START}lock-the-door"].is_removed


def test_mitigations_that_swap_their_names_keep_their_iris(tmp_path: Path, lock: Path) -> None:
    build(write_tables(tmp_path / "in"), lock)
    swapped = tuple(
        row.replace("Lock the door", "?").replace("Count the keys", "Lock the door").replace("?", "Count the keys") for row in ROWS
    )
    found = names(build(write_tables(tmp_path / "in", swapped), lock))
    assert found[f"{START}lock-the-door"] == "Count the keys"
    assert found[f"{START}count-the-keys"] == "Lock the door"


def test_new_mitigation_with_the_earlier_name_of_another_gets_an_iri_of_its_own(tmp_path: Path, lock: Path) -> None:
    build(write_tables(tmp_path / "in"), lock)
    rows = (*rename(ROWS, "Lock the door", "Bolt the door"), "m9,Lock the door,With a third key.,one,1.1\n")
    found = names(build(write_tables(tmp_path / "in", rows), lock))
    assert found[f"{START}lock-the-door"] == "Bolt the door"
    (other,) = (path for path, name in found.items() if name == "Lock the door")
    assert other.startswith(f"{START}lock-the-door-")
    assert names(build(tmp_path / "in", lock)) == found


def test_source_with_another_title_gives_its_mitigations_no_new_iris(tmp_path: Path, lock: Path) -> None:
    build(write_tables(tmp_path / "in"), lock)
    other = build(write_tables(tmp_path / "in", sources=SOURCES.replace("Some Handbook of Keys", "All About Locks")), lock)
    assert names(other).keys() == load_ids(lock).entries.keys()
    assert all(path.startswith(START) for path in names(other))


def test_removed_mitigation_is_deprecated_and_says_what_replaced_it(tmp_path: Path, lock: Path) -> None:
    build(write_tables(tmp_path / "in"), lock)
    graph = build(write_tables(tmp_path / "in", ROWS[1:]), lock)
    gone = f"{START}lock-the-door"
    data = iri("graph/dataset")
    deprecated = (term("owl:deprecated"), literal("true", datatype="xsd:boolean"), data)
    assert about(graph, gone) == {deprecated, (term("rdfs:label"), '"Lock the door"', data)}
    # A person says what to use instead; the next builds keep that.
    text = lock.read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith(gone))
    lock.write_text(text.replace(line, line + f"{START}count-the-keys"), encoding="utf-8")
    graph = build(tmp_path / "in", lock)
    assert (term("dcterms:isReplacedBy"), iri(f"{START}count-the-keys"), data) in about(graph, gone)
    assert (term("dcterms:isReplacedBy"), iri(f"{START}count-the-keys"), data) in about(build(tmp_path / "in", lock), gone)
    assert graph.report == airm_graph.build([tmp_path / "in"]).report
    # It comes back as it was.
    back = build(write_tables(tmp_path / "in"), lock)
    assert deprecated not in about(back, gone)
    assert names(back)[gone] == "Lock the door"


def test_mitigation_that_became_part_of_another_is_replaced_by_that(tmp_path: Path, lock: Path) -> None:
    rows = ("m1,Lock the door,Two people keep keys.,one,1.1\n", "m2,Locking the doors,Two people keep the keys of all doors.,one,1.1\n")
    build(write_tables(tmp_path / "in", rows), lock)
    entries = load_ids(lock).entries
    one, two = sorted(entries)
    joined = replace(entries[one], evidence=entries[one].evidence | entries[two].evidence)
    gone = IdsLock(entries).renew([joined]).entries[two]
    assert (gone.is_removed, gone.replaced_by) == (True, (one,))


@pytest.mark.parametrize("cached", [False, True])
def test_page_with_a_better_name_keeps_its_iri(tmp_path: Path, lock: Path, cached: bool) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "in")
    first = airm_graph.build([tmp_path / "in"], ids=lock)
    lock.write_text("".join(first.ids.write()), encoding="utf-8")
    for page in (tmp_path / "in").glob("*.txt"):
        page.write_text(page.read_text(encoding="utf-8").replace("Incident response plan", "Incident handling plan"), encoding="utf-8")
    key = "mitigation/example-standards-forum-2025-safeguards-practice/incident-response-plan"
    graphs = []
    for _ in range(2):
        if cached:
            with airm_graph.pipeline.open_reader(tmp_path / "cache") as reader:
                graphs.append(build(tmp_path / "in", lock, reader=reader))
        else:
            graphs.append(build(tmp_path / "in", lock))
    assert [names(graph)[key] for graph in graphs] == ["Incident handling plan"] * 2
    assert graphs[0].quads == graphs[1].quads
    assert names(graphs[0]).keys() == names(first).keys()


def test_small_and_large_tables_keep_the_same_iris(tmp_path: Path, lock: Path) -> None:
    build(write_tables(tmp_path / "in"), lock)
    write_tables(tmp_path / "in", rename(ROWS, "Lock the door", "Bolt the door"))
    shutil.copy(ROOT / "examples" / "handbook-staged-release.txt", tmp_path / "in")
    several = airm_graph.build([tmp_path / "in"], ids=lock)
    assert names(several)[f"{START}lock-the-door"] == "Bolt the door"
    assert several.ids.kept == {f"{START}bolt-the-door": f"{START}lock-the-door"}


def test_decision_of_a_code_names_the_iri_that_is_kept(tmp_path: Path, lock: Path) -> None:
    build(write_tables(tmp_path / "in"), lock)
    write_tables(tmp_path / "in", rename(ROWS, "Lock the door", "Bolt the door"))
    decided = tmp_path / "decided.csv"
    base, head = "https://w3id.org/airm-graph/", "mitigation,edition,candidates,decision,decided by"
    decided.write_text(f"{head}\n{base}{START}lock-the-door,v2,2.2,2.2,Ada Example\n", encoding="utf-8")
    graph = airm_graph.build([tmp_path / "in"], ids=lock, decisions=[decided])
    assert "DEC-01" not in {finding.rule for finding in graph.report.findings}


# The file.


def line(key: str = "mitigation/a/b", name: str = "B", minted: str = "", state: str = "", heirs: str = "") -> str:
    return f"{key}\t{name}\t{minted}\t\t0f/l1-l2\t\t{state}\t{heirs}\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda text: text.replace("format 1", "format 9"),
            r"ids\.lock:1: the line is not '# ids\.lock of airm-graph, format 1",
        ),
        (lambda _: "", r"ids\.lock:1: the line is not"),
        (lambda text: text + "<<<<<<< HEAD\n", r"ids\.lock:5: both sides of a merge stand here; keep the lines of both"),
        (lambda text: text + line(), r"ids\.lock:5: mitigation/a/b stands in line 4, too; keep one of the lines"),
        (lambda text: text + "half a line", r"ids\.lock:5: the line has 1 columns and not 8; take the file as it was committed"),
        (lambda text: text + line("a/b"), r"ids\.lock:5: 'a/b' is not mitigation/<source>/<name>"),
        (lambda text: text + line("mitigation/a/c", state="lost"), r"ids\.lock:5: the state is 'lost'; leave it empty, or write removed"),
        (lambda text: text + line("mitigation/a/c", heirs="mitigation/a/b"), r"ids\.lock:5: mitigation/a/c is replaced and not removed"),
        (lambda text: text + line("mitigation/a/c", state="removed", heirs="mitigation/a/x"), r"ids\.lock:5: mitigation/a/x has no line"),
        (
            lambda text: text + line("mitigation/a/c", state="removed", heirs="mitigation/a/c"),
            r"ids\.lock:5: .* is replaced by itself in the end",
        ),
        (
            lambda text: text + line("mitigation/a/c", minted="mitigation/a/x") + line("mitigation/a/d", minted="mitigation/a/x"),
            r"ids\.lock:6: the name of mitigation/a/d gives mitigation/a/x, as does that of mitigation/a/c",
        ),
    ],
)
def test_damaged_lock_is_an_error_with_its_line(change: Callable[[str], str], message: str) -> None:
    text = "".join(IdsLock().write()) + line()
    assert read_ids_lock(text, file="ids.lock").entries.keys() == {"mitigation/a/b"}
    with pytest.raises(InputError, match=message):
        read_ids_lock(change(text), file="ids.lock")


def test_lock_of_odd_names_and_identifiers_is_read_as_it_was_written() -> None:
    odd = LockedId("mitigation/a/b", "x y", "", frozenset({"v1:a b\tc %20 ü\u2003"}), frozenset({"0f/r2"}), frozenset({"00"}), True)
    lock = IdsLock({odd.key: odd})
    assert read_ids_lock("".join(lock.write()), file="ids.lock") == lock
    assert list_changes(lock, lock) == []


def run(*arguments: object) -> tuple[object, str]:
    done = CliRunner().invoke(cli, ["build", *map(str, arguments)], standalone_mode=False)
    return (done.return_value if done.exception is None else done.exception), done.stderr


def test_command_writes_the_lock_and_a_check_tells_that_it_is_old(tmp_path: Path, lock: Path) -> None:
    folder, out = write_tables(tmp_path / "in"), tmp_path / "dist"
    code, said = run(folder, "-o", out, "--ids", lock, "--check-ids")
    assert code == 1
    assert f"{START}lock-the-door: new" in said
    assert "is not up to date; build without --check-ids and commit it" in said
    assert not out.exists()
    assert not lock.exists()
    assert run(folder, "-o", out, "--ids", lock)[0] == 0
    assert run(folder, "-o", out, "--ids", lock, "--check-ids")[0] == 0
    before = lock.read_bytes()
    write_tables(folder, rename(ROWS, "Lock the door", "Bolt the door")[:2])
    code, said = run(folder, "-o", out, "--ids", lock, "--check-ids")
    assert code == 1
    assert f"{START}lock-the-door: kept, though its name now gives {START}bolt-the-door" in said
    assert f"{START}oil-the-hinges: removed" in said
    assert lock.read_bytes() == before
    assert "goes with --ids only" in str(run(folder, "-o", out, "--check-ids")[0])


def test_releases_tell_renamed_and_replaced_mitigations_by_the_lock(tmp_path: Path, lock: Path) -> None:
    from airm_graph.pipeline import diff

    build(write_tables(tmp_path / "in"), lock).write(tmp_path / "one", formats=["nquads"])
    write_tables(tmp_path / "in", rename(ROWS, "Lock the door", "Bolt the door")[:2])
    build(tmp_path / "in", lock)
    gone = f"{START}oil-the-hinges"
    text = lock.read_text(encoding="utf-8")
    (old,) = (each for each in text.splitlines() if each.startswith(gone))
    lock.write_text(text.replace(old, old + f"{START}lock-the-door"), encoding="utf-8")
    build(tmp_path / "in", lock).write(tmp_path / "two", formats=["nquads"])
    changes = [
        (one.kind, one.subject, one.what, one.new) for one in diff(tmp_path / "one", tmp_path / "two").changes if "mitig" in one.kind
    ]
    assert changes == [
        ("mitigation removed", iri(gone), "dcterms:isReplacedBy", (iri(f"{START}lock-the-door"),)),
        ("mitigation renamed", iri(f"{START}lock-the-door"), "same IRI", ('"Bolt the door"',)),
    ]

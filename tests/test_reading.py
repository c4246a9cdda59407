"""Pages as they really come: without a source, cut, with more above the definition, and what is told of them together."""

from pathlib import Path

import pytest

import airm_graph
from airm_graph.ingest import read_captures
from airm_graph.ingest.captures.page import read_capture
from airm_graph.merge import merge_pages
from pages import Document, Node, code_line, define, print_page, tail_lines, walk
from prefixes import list_invented, list_prefixes, state_page

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "captures"
ITEMS = [
    ("Kiln rules", "2.1.3"),
    ("Kiln rules > Heat logs", "2.3.3"),
    ("Kiln rules > Door locks", "2.3.2"),
    ("Glaze reviews", "2.2.3"),
    ("Glaze reviews > Tile panels", "2.2.2"),
    ("Glaze reviews > Shard counts", "2.2.1"),
]
SOURCE = ["A Potter’s Guide to Guarded Kilns", "Birch, Ola; Fenn, Ida (2024)", "What potters do about kilns that think."]
AIRM = "PREFIX airm: <https://w3id.org/airm-graph/ontology#> PREFIX dcterms: <http://purl.org/dc/terms/> "


def write_page(
    items: list[tuple[str, str]] | None = None,
    *,
    code: str = "2.4.2",
    also_in: str = "Engineering & Development",
    own: list[str] | None = None,
    source: list[str] | None = SOURCE,
    above: list[str] | None = None,
    tail: list[str] | None = None,
    definition: str = "",
    reason: str = "It sets a rule for how kilns are built.",
) -> bytes:
    lines = [*(above or []), definition or define(code), *([f"Also in {also_in}"] if also_in else []), *(own or []), "Reasoning", reason]
    glue = ""
    for name, notation in ITEMS if items is None else items:
        lines.append(glue + name)
        glue = code_line(notation)
    rest = [*(source or []), *(tail or tail_lines())]
    return "\n".join([*lines, glue + rest[0], *rest[1:]]).encode()


def rules_of(data: bytes) -> list[str]:
    return [finding.rule for finding in read_capture(data, file="page.txt").findings if finding.rule != "CAP-05"]


def build(folder: Path, **pages: bytes) -> airm_graph.Graph:
    folder.mkdir(exist_ok=True)
    for name, data in pages.items():
        (folder / f"{name}.txt").write_bytes(data)
    return airm_graph.build([folder])


def labels(graph: airm_graph.Graph, kind: str) -> list[str]:
    query = f"{AIRM} PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?l WHERE {{ ?s a {kind} ; rdfs:label ?l }} ORDER BY ?l"
    return [str(row[0]) for row in graph.to_rdflib().query(query)]


# Pages without a source.


def test_page_without_a_source_is_read_whole():
    reading = read_capture(write_page(source=None), file="page.txt")
    page = reading.page
    assert page is not None
    assert [(" > ".join(item.path), item.code) for item in (*page.children, *page.others)] == ITEMS
    assert [role.label for role in page.roles] == ["Deploy", "Developer", "Manage"]
    assert (page.own.code, page.own.reasoning.published, page.source) == ("2.4.2", "It sets a rule for how kilns are built.", None)
    assert [(one.rule, one.location.first_line) for one in reading.findings if one.rule != "CAP-05"] == [("CAP-13", 11)]


@pytest.mark.parametrize("stage", ["Deploy", "Unable to classify", "Other (general)", "Plan and Design", "Operate and Monitor"])
def test_any_stage_may_be_glued_to_the_last_label(stage):
    page = read_capture(write_page(source=None, tail=[*tail_lines((stage, "Developer", "Manage"))]), file="page.txt").page
    assert page is not None
    assert (page.roles[0].label, page.others[-1].code, len(page.roles)) == (stage, "2.2.1", 3)


def test_term_that_no_vocabulary_has_is_kept_as_captured_and_takes_nothing_with_it():
    tail = ["Decommission", "Taking the system out of use.", "Archivist", "Whoever keeps it.", *tail_lines()[4:]]
    assert rules_of(write_page(tail=tail)) == ["CAP-16", "CAP-16"]
    page = read_capture(write_page(tail=tail), file="page.txt").page
    assert page is not None
    assert [aside.text.split("\n")[0] for aside in page.own.asides] == ["Decommission", "Archivist"]
    assert (page.source.abstract.published, [role.label for role in page.roles]) == (SOURCE[2], ["Manage"])


def test_stage_that_no_vocabulary_has_is_parted_from_the_last_label():
    data = write_page(source=None, tail=["Decommission", "Taking the system out of use.", *tail_lines()[2:]])
    assert rules_of(data) == ["CAP-13", "CAP-16"]
    page = read_capture(data, file="page.txt").page
    assert page is not None
    assert (page.others[-1].code, [role.label for role in page.roles]) == ("2.2.1", ["Developer", "Manage"])


def test_unnamed_pages_are_of_one_document_only_where_their_lists_say_so(tmp_path):
    one = write_page(source=None)
    two = write_page(source=None, code="2.3.1", also_in="Operations & Security", reason="Slow starts.")
    other = write_page([("Yard watch", "2.3.3"), ("Red teaming", "2.2.2")], source=None, code="2.2.1", also_in="Risk & Assurance")
    graph = build(tmp_path / "in", one=one, two=two, other=other)
    query = f"{AIRM} SELECT ?m WHERE {{ ?m a airm:Mitigation }}"
    owners = {str(row[0]).split("/")[5] for row in graph.to_rdflib().query(query)}
    assert len(owners) == 2
    assert graph.count()["mitigations"] == 6 + 2 + 3
    assert graph.count()["sources"] == 0
    assert [one.rule for one in graph.report.findings if one.rule in {"CAP-13", "EDI-25", "MIT-03"}] == ["CAP-13"] * 3


def test_side_car_names_the_source_of_its_page_and_of_pages_with_its_list(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    side_car = (
        "source:\n  title: A Guide\n  authors: Birch, Ola; Fenn, Ida\n  year: 2024\n  doi: 10.1000/182\n  url: https://example.org/guide\n"
    )
    (folder / "one.meta.yaml").write_text(side_car, encoding="utf-8")
    two = write_page(source=None, code="2.3.1", also_in="Operations & Security", reason="Slow starts.")
    graph = build(folder, one=write_page(source=None), two=two)
    assert (labels(graph, "airm:Source"), graph.count()["mitigations"]) == (["A Guide"], 6 + 2)
    found = [finding for finding in graph.report.findings if finding.rule in {"CAP-13", "CAP-18", "CAP-24"}]
    assert [(finding.rule, finding.location.file) for finding in found] == [("CAP-24", "two.txt")]
    assert "doi:10.1000/182" in "".join(graph.export("nquads"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source:\n  authors: Doe, Jane\n", "a source has a title"),
        ("source: A Guide\n", "is a mapping with title"),
        ("source:\n  title: A\n  year: last\n", "is not a year"),
        ("source:\n  title: A\n  doi: none\n", "is not a DOI"),
        ("source:\n  title: A\n  city: Rome\n", "'city' is not one of title"),
    ],
)
def test_source_of_a_side_car_that_is_wrong_is_reported(tmp_path, text, message):
    (tmp_path / "page.meta.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "page.txt").write_bytes(write_page(source=None))
    (found,) = [finding for finding in read_captures([tmp_path]).findings if finding.rule == "CAP-18"]
    assert message in found.message


# Pages that are cut.


@pytest.mark.parametrize("path", [*sorted(SAMPLES.glob("*.txt")), *sorted((ROOT / "examples").glob("*.txt"))], ids=lambda path: path.name)
def test_beginning_of_a_page_states_nothing_that_the_whole_does_not(path):
    data = path.read_bytes()
    whole, _ = state_page(data)
    assert whole
    assert [found for cut in list_prefixes(data) for found in list_invented(cut, whole)] == []


def test_beginning_of_a_page_of_any_outline_states_nothing_that_the_whole_does_not():
    leaf = Node("Oath of the yard", "3.3.3", ("Whoever lights a furnace swears.", "Doe, Jane (2020) says so."), reason := "Because (2024).")
    nodes = tuple(
        Node(name, code, text, reason, children)
        for name, code, text, children in [
            ("Kiln rules", "2.1.3", ("1.1 Models are kept.",), (leaf, Node("Heat logs", "2.3.3"))),
            ("Glaze reviews", "1.1", (), (Node("Tile panels", "99"), Node("Shard counts: all of them", "1.2", ("Risks (2023)",)))),
            ("Yard watch", "99.9", ("As two people say (Doe et al. 2024)",), ()),
            ("Deploy", "2.3.1", ("Deploy with care.",), ()),
        ]
    )
    document = Document("A Guide", ("Birch, Ola", "Fenn, Ida"), nodes, abstract=("What it holds.", "Deploy it with care."))
    for path in walk(nodes):
        data = "\n".join(print_page(document, path)).encode()
        whole, _ = state_page(data)
        assert [found for cut in list_prefixes(data, step=7) for found in list_invented(cut, whole)] == []


def test_check_for_invented_statements_sees_them():
    whole, _ = state_page(write_page(ITEMS[:3]))
    assert list(list_invented(write_page(ITEMS[:4]), whole))


@pytest.mark.parametrize(
    "line",
    [
        "Whoever lights a furnace swears to keep wat",
        "A method for kilns (2024)",
        "As described elsewhere (Birch et al. 2024)",
        "Deploy",
        "Birch, Ola (2024)",
        "Kiln rules > Heat lo",
    ],
)
def test_line_behind_an_item_that_is_cut_names_no_author(line):
    data = write_page().decode().split("A Potter")[0] + f"Furnace oath\n{line}"
    records = merge_pages([read_capture(data.encode(), file="page.txt").page])
    assert records.sources == ()
    assert {name.value for one in records.mitigations for name in one.names} == {name.split(" > ")[-1] for name, _ in ITEMS}


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("OECD (2024)", ("OECD",)),
        ("van der Berg, Jan; de Vries, A. B. (2023)", ("van der Berg, Jan", "de Vries, A. B.")),
        ("Department for Science, Innovation and Technology (May 2025)", ("Department for Science, Innovation and Technology",)),
        ("Birch, Ola; et al. (n.d.)", ("Birch, Ola",)),
        ("王, 伟 (2021)", ("王, 伟",)),
    ],
)
def test_author_line_is_a_list_of_names_with_a_date(line, people):
    page = read_capture(write_page(source=[SOURCE[0], line, SOURCE[2]]), file="page.txt").page
    assert page is not None
    assert page.source.authors == people


# What stands above the definition.


@pytest.mark.parametrize(
    "above",
    [
        ["Skip the menu", "A trial site.", "BackGlaze oath", "Glaze oath"],
        ["Home / Mitigations / Glaze oath", "This page is new: come back later.", "Glaze oath"],
        ["This page is still being worked on.", "Glaze oath"],
        ["Menu", "This page is still being worked on.", "This data is preliminary: please do not share or cite it.", "Glaze oath"],
        ["Glaze oath"],
    ],
)
def test_known_definition_is_found_below_other_lines(above):
    reading = read_capture(write_page(above=above), file="page.txt")
    own = reading.page.own
    assert (own.code, own.description, own.name, own.hint) == ("2.4.2", None, None, "Glaze oath")
    assert "CAP-23" in {finding.rule for finding in reading.findings}
    assert own.asides[0].text.endswith("Glaze oath")


def test_line_above_also_in_is_the_definition_though_nobody_knows_it():
    reading = read_capture(write_page(above=["Skip the menu"], definition="Nobody has seen this."), file="page.txt")
    assert (reading.page.own.code, reading.page.own.description) == (None, None)
    assert {"CAP-06", "CAP-23"} <= {finding.rule for finding in reading.findings}


# The reason stays.


def test_reason_of_an_open_code_stands_on_the_mitigation(tmp_path):
    reason = "The text names no activity at all."
    graph = build(tmp_path / "in", page=write_page(definition="Nobody could say where this belongs.", also_in="", reason=reason))
    rows = list(graph.to_rdflib().query(f"{AIRM} SELECT ?r WHERE {{ ?m a airm:Mitigation ; airm:reasoning ?r ; airm:actor ?a }}"))
    assert [str(row[0]) for row in rows] == [reason]


@pytest.mark.parametrize("code", ["99", "99.9"])
def test_reason_of_a_residual_code_stands_on_its_classification(tmp_path, code):
    graph = build(tmp_path / "in", page=write_page(code=code, also_in="", reason="No activity."))
    rows = list(graph.to_rdflib().query(f"{AIRM} SELECT ?r ?c WHERE {{ ?c a airm:Classification ; airm:reasoning ?r }}"))
    assert [(str(row[0]), str(row[1]).endswith(f"v2-{code}")) for row in rows] == [("No activity.", True)]


# One page, one mitigation.

THIRD = {"code": "2.3.1", "also_in": "Operations & Security", "reason": "Slow starts."}
TOP = {"code": "2.1.3", "also_in": "Oversight & Accountability", "reason": "Rules are policy."}
YARD = [("Yard watch", "2.3.3"), ("Yard watch > Lamps", "2.3.3"), ("Yard watch > Dogs", "2.3.2")]


def test_page_is_the_one_mitigation_that_it_leaves_out_with_all_below_it(tmp_path):
    graph = build(tmp_path / "in", third=write_page(**THIRD), top=write_page(ITEMS[3:] + YARD, **TOP))
    assert graph.count()["mitigations"] == 10
    (note,) = [finding for finding in graph.report.findings if finding.rule == "MRG-10"]
    assert ("'Kiln rules'" in note.message, note.location.file) == (True, "top.txt")


def test_page_that_leaves_out_two_that_are_not_within_each_other_stays_unnamed(tmp_path):
    graph = build(tmp_path / "in", third=write_page(**THIRD), top=write_page(ITEMS[5:] + YARD, **TOP))
    assert not [finding for finding in graph.report.findings if finding.rule == "MRG-10"]
    (note,) = [finding for finding in graph.report.findings if finding.rule == "MRG-13"]
    assert "'Kiln rules'" in note.message


def test_hint_above_the_definition_is_named_beside_the_mitigation_that_it_may_be(tmp_path):
    listed = write_page([("Furnace oaths", "3.3.3"), *ITEMS], **THIRD)
    page = write_page(above=["Furnace oaths"], code="3.3.3", also_in="Voluntary & Cooperative")
    graph = build(tmp_path / "in", listed=listed, page=page)
    (note,) = [finding for finding in graph.report.findings if finding.rule == "MRG-13"]
    assert ("'Furnace oaths' (listed.txt" in note.message, note.location.file) == (True, "page.txt")


def test_list_prints_the_first_paragraph_of_a_description_only(tmp_path):
    oath = ["Whoever lights a furnace swears to keep watch until it is cold again.", "Some yards let two people swear."]
    page = write_page(code="3.3.3", also_in="Voluntary & Cooperative", own=oath)
    listed = write_page(**THIRD).decode().replace("Kiln rules\n", f"Furnace oaths\n{oath[0]}\n{code_line('3.3.3')}Kiln rules\n", 1)
    graph = build(tmp_path / "in", page=page, list=listed.encode())
    assert graph.count()["mitigations"] == 8
    assert not [finding for finding in graph.report.findings if finding.rule == "MRG-02"]
    text = "".join(graph.export("nquads"))
    assert text.count("Some yards let two people swear.") >= 1
    assert f'description> "{oath[0]}"' not in text


def test_name_with_an_arrow_is_split_only_below_a_name_that_is_printed():
    page = read_capture(write_page([*ITEMS[:5], ("From gate > to yard", "2.2.1")]), file="page.txt").page
    assert page is not None
    assert [item.path for item in page.others][-2:] == [("Glaze reviews", "Tile panels"), ("From gate > to yard",)]


# Descriptions that differ by damage alone.


@pytest.mark.parametrize(
    ("one", "two", "kept"),
    [
        ("Whoever lights a fur- nace swears to keep watch.", "Whoever lights a furnace swears to keep watch.", 1),
        ("Whoever lights a furnace swears to keep watch until it is", "Whoever lights a furnace swears to keep watch until it is cold.", 1),
        ("Eﬀective oﬃcers of the yard keep watch.", "Eective ocers of the yard keep watch.", 0),
        ("Whoever lights a furnace swears [4 to keep watch.", "Whoever lights a furnace swears to keep watch.", 1),
    ],
)
def test_of_two_descriptions_that_differ_by_damage_alone_one_is_published(one, two, kept):
    pages = []
    for text, third in ((one, THIRD), (two, TOP)):
        lines = (
            write_page([("Furnace oaths", "3.3.3"), *ITEMS[:5]], **third).decode().replace("Furnace oaths\n", f"Furnace oaths\n{text}\n", 1)
        )
        pages.append(read_capture(lines.encode(), file="page.txt").page)
    (oaths,) = [found for found in merge_pages(pages).mitigations if [name.value for name in found.names] == ["Furnace oaths"]]
    published = [found.value for found in oaths.descriptions]
    assert published == [(one, two)[kept].replace("ﬀ", "ff").replace("ﬃ", "ffi")]
    assert len(oaths.evidence) == 2


def test_descriptions_that_say_different_things_are_both_published():
    pages = []
    for text, third in (("Whoever lights a furnace swears to keep watch.", THIRD), ("The yard pays whoever keeps watch.", TOP)):
        lines = (
            write_page([("Furnace oaths", "3.3.3"), *ITEMS[:5]], **third).decode().replace("Furnace oaths\n", f"Furnace oaths\n{text}\n", 1)
        )
        pages.append(read_capture(lines.encode(), file="page.txt").page)
    (oaths,) = [found for found in merge_pages(pages).mitigations if [name.value for name in found.names] == ["Furnace oaths"]]
    assert len(oaths.descriptions) == 2


# Fields before prose.


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("Phase: Firing; Who: Apprentices; Further notes: The yard keeps a bell that anyone may ring.", True),
        ("Stage of work: Firing | Who: All. A bell is kept.", True),
        ("Kind: Bell\nPlace: Yard\nAnyone may ring it.", True),
        ("Note: a bell is kept. Then: anyone may ring it.", False),
        ("Two kinds exist: bells; lamps: both are kept.", False),
        ("Measures: bells; lamps; ropes.", False),
    ],
)
def test_fields_before_prose_are_reported(text, is_said):
    assert ("TXT-03" in rules_of(write_page(own=text.split("\n")))) == is_said

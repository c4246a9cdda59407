"""The capture reader: real pages, simulated pages of every shape, and broken input."""

import inspect
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airm_graph.graph.store import parse_rows
from airm_graph.ingest import read_captures
from airm_graph.ingest.captures.codes import find_code_line, is_name_like
from airm_graph.ingest.captures.known import learn_names
from airm_graph.ingest.captures.page import Reading, read_capture
from airm_graph.ingest.captures.sidecar import Sidecar, read_sidecar
from airm_graph.ingest.captures.text import MAX_BYTES, decode_capture
from airm_graph.model import Evidence, Finding, Page, Severity
from airm_graph.rules import RULES
from airm_graph.taxonomy import load_taxonomy, load_vocabularies
from pages import (
    TAIL,
    WORDS,
    Document,
    Node,
    as_bytes,
    code_line,
    codes,
    define,
    item_lines,
    own_lines,
    plan_page,
    print_page,
    source_lines,
    tail_lines,
    walk,
)

PLAIN = settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

# A document with two levels and more than six mitigations on them, so that every page prints six others.
OUTLINE = (
    Node(
        "Governance",
        "2.1",
        ("Somebody answers for it.",),
        children=(
            Node("Board review", "2.1.1", ("The board looks at it.",)),
            Node("Audit trail", "2.2.3", ("Records are kept.",), children=(Node("Log retention", "2.3.3", ("Logs stay for a year.",)),)),
        ),
    ),
    Node("Model", "1.1", ("The weights change.",)),
    Node("6.2 Supporting Defensive Systems", "3.3.1", ("Defenders get help.",)),
    Node("GLiNER", "1.1.9", ("It finds names.",)),
    Node("Other", "99", ("Something else.",)),
    Node("Training Data", "1.1.1", ("Data is cleaned.",)),
    Node("Red teaming", "2.2.2", ("People attack it.",)),
)
DOCUMENT = Document("A Book of Measures", ("Doe, Jane", "Roe, Richard"), OUTLINE, "2024", ("What the book is about.",))
BOARD = (OUTLINE[0], OUTLINE[0].children[0])
AUDIT = (OUTLINE[0], OUTLINE[0].children[1])


def read(lines: list[str] | bytes, **more: object) -> Reading:
    return read_capture(lines if isinstance(lines, bytes) else as_bytes(lines), file="page.txt", **more)


def page_of(lines: list[str] | bytes, **more: object) -> Page:
    page = read(lines, **more).page
    assert page is not None
    return page


def rules_of(reading: Reading) -> list[str]:
    return [finding.rule for finding in reading.findings]


def evidence_of(page: Page) -> list[Evidence]:
    own, source = page.own, page.source
    found = [own.evidence, own.reasoning_evidence] if own else []
    found += [source.evidence] if source else []
    found += [page.heading.evidence] if page.heading else []
    return [e for e in [*found, *(i.evidence for i in (*page.children, *page.others)), *(r.evidence for r in page.roles)] if e]


def summary(page: Page) -> dict[str, object]:
    own, source = page.own, page.source
    return {
        "code": own.code if own else None,
        "also_in": own.also_in if own else None,
        "name": own.name.published if own and own.name else None,
        "parent": page.heading.name.published if page.heading else None,
        "children": [[item.name.published, item.code] for item in page.children],
        "others": [[item.name.published, item.code] for item in page.others],
        "source": {"first_author": source.authors[0], "authors": len(source.authors), "year": int(source.year or 0)} if source else None,
        **{role.vocabulary: role.label for role in page.roles},
    }


def assert_page_is_as_planned(page: Page, document: Document, path: tuple[Node, ...], *, parent_description: bool = True) -> None:
    plan = plan_page(document, path)
    own, source = page.own, page.source
    assert own is not None
    assert source is not None
    assert own.code == plan.node.code
    assert (own.description.captured if own.description else "") == "\n".join(plan.node.description)
    assert (own.reasoning.captured if own.reasoning else None) == plan.node.reasoning
    assert (page.heading.name.published if page.heading else None) == (plan.heading.name if plan.heading else None)
    if page.heading and plan.heading and parent_description:
        assert (page.heading.description.captured if page.heading.description else "") == "\n".join(plan.heading.description)
    assert [(item.name.published, item.code) for item in page.children] == [(node.name, node.code) for node in plan.children]
    assert [(item.name.published, item.code) for item in page.others] == [(name, node.code) for name, node in plan.others]
    texts = [item.description.captured if item.description else "" for item in (*page.children, *page.others)]
    assert texts == ["\n".join(node.description) for node in (*plan.children, *(node for _, node in plan.others))]
    assert source.title.published == document.title
    assert source.authors == document.authors
    assert (source.abstract.captured if source.abstract else "") == "\n".join(document.abstract)
    assert [(role.vocabulary, role.label) for role in page.roles] == list(
        zip(("lifecycle", "actor", "function"), plan.node.tail, strict=True)
    )


# The real pages.


def test_real_captures_are_read_as_expected(captures):
    expected = json.loads((captures / "expected.json").read_text(encoding="utf-8"))
    readings = read_captures([captures])
    assert {page.capture.file_names[0]: summary(page) for page in readings.pages} == expected
    assert not [finding for finding in readings.findings if finding.severity is Severity.VIOLATION]


def test_real_capture_has_its_damage_repaired_and_its_text_kept(captures):
    (page,) = read_captures([captures / "000_7245bff3596cb6cf.txt"]).pages
    text = page.children[1].description
    assert "aacks" in text.captured
    assert "attacks" in text.published
    assert page.children[0].description.captured.startswith("(TAR). A method")


# Simulated pages.


@pytest.mark.parametrize("path", list(walk(OUTLINE)), ids=lambda path: path[-1].name)
def test_page_is_read_as_printed(path):
    reading = read(print_page(DOCUMENT, path))
    assert_page_is_as_planned(reading.page, DOCUMENT, path)
    assert reading.findings == ()


@pytest.mark.parametrize("code", [*codes(), "2.4.3"])
def test_own_code_is_found_for_every_definition(code):
    own = page_of([*print_page(DOCUMENT, BOARD)[:2], *own_lines(Node("x", code)), *print_page(DOCUMENT, BOARD)[7:]]).own
    assert own.code == code


def test_code_of_the_publishers_definition_is_found():
    taxonomy = load_taxonomy()
    assert taxonomy.fingerprints["9af24fb4f4056a8f"] == "1.1"
    assert (taxonomy.fingerprints["3ce1568843ffbbc7"], taxonomy.fingerprints["aa47ef094cd346df"]) == ("99", "99.9")


NASTY = [
    *("6.2 Supporting Defensive Systems", "GLiNER", "DP-transformers", "Bias / Discrimination (alternatively, Legal and Rights Related)"),
    *("“Kill switch” drills", "Top10", "Model", "Other", "Training Data", "AI System", "lower case name", "R&D & more", "Risk Analysis"),
    *("'Quoted' name", "(A) first measure", "3D printing checks", "e-mail checks", "NIST AI 600-1 profile", "Ecosystem", "Non-Model"),
    *("Data for tuning & evaluation", "Gipiškis’ check", "Pre‑deployment tests", "Model evaluations", "ISO 42001", "1.5 Threat modelling"),
    *("Incorporating the estimation of atypical input samples or classes for better model reliability", "Red-teaming: a start"),
]
NUMBERED = [
    *(
        "1.1 Organisations that run a system name somebody.",
        "(1.2) or based on a contract.",
        "2. Governments name an office.",
        "2\\. So do firms.",
    ),
    *(
        "99 Otherwise it stays with the seller.",
        "1.1 Models are watched.",
        "1.1 Model owners report it.",
        "3 Ecosystem-wide rules apply.",
        "1.1.9 Others help.",
    ),
    *(
        "1 AI Systems are listed.",
        "2 Organisations of each kind join.",
        "2.2.2 Testing & Evaluation, as said above, goes on.",
        "1.1 Model's weights stay.",
        "12 people do it.",
    ),
]


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("code", ["1.1", "99", "1.1.9", "2.2.2", "3"])
def test_name_glued_to_a_label_is_split_off(name, code):
    found = find_code_line(code_line(code) + name, opens_block=False)
    assert (found.code, found.rest, found.rule) == (code, name, "")
    assert (code_line(code) + name)[found.column - 1 :] == name


@pytest.mark.parametrize("line", NUMBERED)
@pytest.mark.parametrize("opens_block", [True, False])
def test_number_at_line_start_in_prose_is_text(line, opens_block):
    assert find_code_line(line, opens_block=opens_block) is None


@pytest.mark.parametrize("code", codes())
def test_longest_label_is_tried_first_and_every_pair_is_known(code):
    found = find_code_line(code_line(code), opens_block=False)
    assert (found.code, found.label, found.rest) == (code, load_taxonomy().codes[code].label, "")


sentences = st.lists(st.sampled_from(WORDS), min_size=5, max_size=24).map(lambda found: " ".join(found).capitalize() + ".")
paragraphs = st.one_of(sentences, sentences, st.sampled_from(NUMBERED))
descriptions = st.tuples(sentences, st.lists(paragraphs, max_size=2)).map(lambda pair: (pair[0], *pair[1]))
tails = st.tuples(*(st.sampled_from(sorted(vocabulary.concepts)) for vocabulary in load_vocabularies()))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents whose pages leave no doubt: every mitigation has a description, and there are enough for six others on each page."""
    names = iter([*draw(st.permutations(NASTY)), *(f"Measure number {number}" for number in range(100))])
    # Sentences differ between nodes, as they do in a document.
    number = iter(range(1, 1000))

    def node(depth: int) -> Node:
        text = draw(descriptions)
        text = (f"{text[0][:-1]} {next(number)}x.", *text[1:])
        below = draw(st.integers(0, 2)) if depth < 3 else 0
        reasoning = draw(sentences)
        return Node(next(names), draw(st.sampled_from(codes())), text, reasoning, tuple(node(depth + 1) for _ in range(below)), draw(tails))

    nodes = tuple(node(1) for _ in range(draw(st.integers(7, 8))))
    authors = draw(
        st.sampled_from(
            [("Doe, Jane",), ("Doe, Jane", "van der Berg, A. B.", "Gipiškis, Rokas"), ("NIST",), ("Example Forum", "Muster, Erika")]
        )
    )
    abstract = draw(st.sampled_from([(), ("It is about things.",), ("First part (2024)", "1.1 Organisations are asked.")]))
    title = draw(st.sampled_from(["A Book of Measures", "AI Risk (2023): What to Do", "Model Book", "6 Steps > 7 Steps", "“Safe” AI & Co"]))
    return Document(title, authors, nodes, "2024", abstract)


@PLAIN
@given(documents(), st.data())
def test_any_page_is_read_as_printed(document, data):
    path = data.draw(st.sampled_from(list(walk(document.nodes))))
    assert_page_is_as_planned(page_of(print_page(document, path)), document, path)


@settings(PLAIN, max_examples=15)
@given(documents())
def test_all_pages_of_a_document_are_read_as_printed(document):
    paths = list(walk(document.nodes))
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths):
            Path(folder, f"{number:03}.txt").write_bytes(as_bytes(print_page(document, path)))
        pages = read_captures([folder]).pages
    for page, path in zip(pages, paths, strict=True):
        assert_page_is_as_planned(page, document, path)


@PLAIN
@given(documents(), st.data())
def test_evidence_is_whole_lines_of_the_file(document, data):
    lines = print_page(document, data.draw(st.sampled_from(list(walk(document.nodes)))))
    for evidence in evidence_of(page_of(lines)):
        assert evidence.text == "\n".join(lines[evidence.first_line - 1 : evidence.last_line])


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2024", "2024"),
        ("2024a", "2024"),
        ("2023-2024", "2023"),
        ("2023–24", "2023"),
        ("2024-05-01", "2024"),
        ("May 2024", "2024"),
        ("n.d.", None),
    ],
)
def test_year_is_found_in_the_author_line(date, year):
    reading = read(print_page(replace(DOCUMENT, date=date), BOARD))
    assert (reading.page.source.year, reading.page.source.authors) == (year, DOCUMENT.authors)
    assert ("CAP-14" in rules_of(reading)) == (year is None)


def test_author_line_without_a_date_is_told_by_its_place():
    reading = read(print_page(replace(DOCUMENT, date=""), BOARD))
    assert (reading.page.source.title.published, reading.page.source.authors, reading.page.source.year) == (
        DOCUMENT.title,
        DOCUMENT.authors,
        None,
    )
    assert rules_of(reading) == ["CAP-14"]


def test_abbreviated_author_lists_name_nobody_et_al():
    source = page_of(print_page(replace(DOCUMENT, authors=("Doe, Jane", "et al.")), BOARD)).source
    assert (source.authors, source.author_line.published) == (("Doe, Jane",), "Doe, Jane; et al. (2024)")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"),
    ],
    ids=["bom", "crlf", "cr", "bom and crlf"],
)
def test_line_ends_and_byte_order_mark_change_nothing(change):
    text = as_bytes(print_page(DOCUMENT, AUDIT))
    assert read(change(text)) == read(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines, "", ""],
        lambda lines: [line + "  \t" for line in lines],
        lambda lines: ["  " + line for line in lines],
        lambda lines: [part for line in lines for part in (line, "")],
        lambda lines: ["\N{NO-BREAK SPACE}" + line for line in lines],
    ],
    ids=["blank lines at the end", "blanks behind", "blanks before", "blank lines between", "no-break spaces"],
)
def test_blanks_change_no_record(change):
    lines = print_page(DOCUMENT, AUDIT)
    reading = read(change(lines))
    assert summary(reading.page) == summary(page_of(lines))
    assert reading.findings == ()


@pytest.mark.parametrize(
    "change", [lambda line: line.replace(" ", "\u00a0"), lambda line: f"\u200b{line}\u200e", lambda line: f" \ufeff{line}\u2003"]
)
def test_characters_that_are_not_seen_change_no_record(change):
    whole, changed = page_of(SOUND), page_of([change(line) for line in SOUND])
    assert summary(changed) == summary(whole)
    assert changed.own.reasoning.captured == whole.own.reasoning.captured
    assert changed.source.author_line.published == whole.source.author_line.published


def test_no_break_space_may_stand_in_a_code_line():
    lines = [line.replace("2.2.3 ", "2.2.3\N{NO-BREAK SPACE}") for line in print_page(DOCUMENT, BOARD)]
    assert lines != print_page(DOCUMENT, BOARD)
    assert summary(page_of(lines)) == summary(page_of(print_page(DOCUMENT, BOARD)))


def test_newline_between_code_and_label_changes_no_record_and_no_place():
    lines = [part for line in SOUND for part in (line.split(" ", 1) if line[:1].isdigit() and "Supporting" not in line else [line])]
    assert len(lines) == len(SOUND) + 5
    split, whole = page_of(lines), page_of(SOUND)
    assert summary(split) == summary(whole)
    assert split.source.title.published == "A Book of Measures"
    document = replace(DOCUMENT, nodes=(OUTLINE[1], Node("Resisting aacks", "1.1"), *OUTLINE[2:]))
    lines = [
        part for line in print_page(document, (OUTLINE[2],)) for part in (line.split(" ", 1) if line.startswith("1.1 Model") else [line])
    ]
    (repair,) = next(item for item in page_of(lines).others if item.name.published == "Resisting attacks").name.repairs
    assert lines[repair.line - 1][repair.position - 1 :] == "aacks"


@pytest.mark.parametrize("word", ["Reasoning:", "reasoning", "REASONING :"])
def test_reasoning_is_known_however_it_is_written(word):
    reading = read([word if line == "Reasoning" else line for line in SOUND])
    assert reading.page.own.reasoning.captured == "The text says so."
    assert rules_of(reading) == []


def test_newline_behind_a_label_changes_no_record():
    lines = print_page(DOCUMENT, AUDIT)
    split = []
    for line in lines:
        found = find_code_line(line, opens_block=False)
        split += [line[: found.column - 1], found.rest] if found and found.rest else [line]
    assert len(split) > len(lines)
    assert summary(page_of(split)) == summary(page_of(lines))


def test_repair_says_line_and_column_of_the_capture():
    node = Node("Defence", "1.1", ("It resists aacks.", "And more aacks [12]."))
    document = replace(DOCUMENT, nodes=(*OUTLINE[:2], node, *OUTLINE[2:]))
    lines = print_page(document, BOARD)
    (item,) = [item for item in page_of(lines).others if item.name.published == "Defence"]
    assert item.description.published == "It resists attacks.\nAnd more attacks."
    assert len(item.description.repairs) == 3
    for repair in item.description.repairs:
        assert lines[repair.line - 1][repair.position - 1 :].startswith(repair.before)


def test_repair_in_a_glued_name_counts_from_the_start_of_its_line():
    document = replace(DOCUMENT, nodes=(OUTLINE[1], Node("Resisting aacks", "1.1"), *OUTLINE[2:]))
    lines = print_page(document, (OUTLINE[2],))
    (item,) = [item for item in page_of(lines).others if item.name.published == "Resisting attacks"]
    (repair,) = item.name.repairs
    assert lines[repair.line - 1][repair.position - 1 :] == "aacks"


# Heading or item.


def heading_of(lines: list[str], **more: object) -> tuple[str, str] | None:
    heading = page_of(lines, **more).heading
    return (heading.name.published, heading.basis) if heading else None


def make_lines(first: list[str], others: list[tuple[str, Node]] | None = None, node: Node = OUTLINE[1]) -> list[str]:
    """A page with *first* before its items."""
    items = item_lines([(n.name, n) for n in OUTLINE] if others is None else others, DOCUMENT.title)
    return [*print_page(DOCUMENT, BOARD)[:2], *own_lines(node), *first, *items, *source_lines(DOCUMENT)[1:], *tail_lines()]


def others_of(path: tuple[Node, ...]) -> list[tuple[str, Node]]:
    return list(plan_page(DOCUMENT, path).others)


def test_heading_is_told_by_the_others():
    assert heading_of(make_lines(["Training Data", "A child", "What it does.", code_line("1.1") + "Governance"][:1], None)) == (
        "Training Data",
        "others",
    )


def test_heading_is_told_by_parent_and_child():
    assert heading_of(make_lines(["Audit trail"], others_of((OUTLINE[1],)))) == ("Audit trail", "others")


def test_heading_is_told_by_the_item_that_follows():
    assert heading_of(make_lines(["Far away", "It lies far away."], others_of((OUTLINE[1],)))) == ("Far away", "next-item")


def test_parent_that_stands_before_its_children_is_an_item():
    assert heading_of(make_lines([], others_of((OUTLINE[1],)))) is None


def test_heading_with_description_is_told_by_its_look_and_reported():
    reading = read(make_lines(["Far away", "It lies far away."]))
    assert reading.page.heading.basis == "pattern"
    assert reading.page.heading.description.captured == "It lies far away."
    assert rules_of(reading) == ["CAP-11"]


def test_heading_with_description_stands_before_a_bare_item_where_items_are_bare():
    bare = [(node.name, replace(node, description=())) for node in OUTLINE]
    assert heading_of(make_lines(["Far away", "It lies far away."], bare)) == ("Far away", "pattern")
    mixed = [bare[0], *((node.name, node) for node in OUTLINE[1:])]
    assert heading_of(make_lines(["Far away", "It lies far away."], mixed)) is None


def test_long_line_that_ends_in_a_citation_is_no_name():
    assert is_name_like("EU AI Act (2024)")
    assert is_name_like("Public reports (data, models, etc.)")
    assert not is_name_like("Critical decisions are made by two people.*")
    assert not is_name_like("They call it “safe enough.”")
    assert not is_name_like("This was first done by those who build such systems (2024)")


def test_sentence_with_a_mark_behind_its_full_stop_is_the_description_of_the_first_item():
    sentence = "Critical decisions are made by two people.*"
    bare = [(node.name, replace(node, description=())) for node in OUTLINE[1:]]
    page = page_of(make_lines(["Dual control", sentence + "\n" + code_line("2.1.2") + OUTLINE[0].name], bare))
    assert page.heading is None
    assert (page.children + page.others)[0].name.published == "Dual control"


def test_two_names_in_a_row_are_heading_and_item():
    assert heading_of(make_lines(["Far away"])) == ("Far away", "pattern")


def test_two_names_and_no_description_leave_the_reader_unsure():
    lines = make_lines(["Far away", "Near by", code_line("1.1") + "Governance"], [(n.name, n) for n in OUTLINE])
    lines.remove("Governance")
    reading = read(lines)
    assert (reading.page.heading, reading.page.children[0].name.published) == (None, "Far away")
    assert rules_of(reading) == ["CAP-11", "TXT-01"]


def test_heading_that_is_a_question_is_told_by_what_follows():
    reading = read(make_lines(["Is it far away?", "It lies far away."]))
    assert (reading.page.heading.name.published, reading.page.heading.basis) == ("Is it far away?", "pattern")
    assert rules_of(reading) == ["CAP-11"]


def test_question_below_the_first_line_may_be_an_item_where_others_are_bare():
    bare = [(node.name, replace(node, description=())) for node in OUTLINE[1:]]
    lines = make_lines(["Far away"], [("Is it near?", replace(OUTLINE[0], description=())), *bare])
    reading = read(lines)
    assert reading.page.heading is None
    assert rules_of(reading) == ["CAP-11"]


@pytest.mark.parametrize(
    "name", ["Open vs. closed release", "2. Oversight", "b. logs of what it does", "Lamps [draft]", "U.S. rules", "Plan B. the rest"]
)
def test_full_stop_that_ends_no_sentence_and_a_bracket_may_stand_in_a_name(name):
    assert is_name_like(name)
    item = [(name, OUTLINE[0]), *((node.name, node) for node in OUTLINE[1:])]
    assert heading_of(make_lines(["Far away", "It lies far away."], item)) == ("Far away", "pattern")


@pytest.mark.parametrize("text", ["It is so. And so is that", "As two people say [88, 56]", "As is said [Doe 2024]", "It is open [104"])
def test_sentence_or_citation_mark_stands_in_no_name(text):
    assert not is_name_like(text)


def test_first_line_that_may_be_a_heading_is_reported():
    bare = [(OUTLINE[0].name, replace(OUTLINE[0], description=())), *((node.name, node) for node in OUTLINE[1:])]
    reading = read(make_lines(["Far away", "It lies far away."], bare))
    assert reading.page.heading is None
    assert rules_of(reading) == ["CAP-11", "TXT-01", "CAP-25"]


def test_list_in_a_description_is_one_paragraph():
    points = [
        "Who does what:",
        "1.1 Organisations name somebody.",
        "2\\. So do firms.",
        "a) Nobody else does.",
        "- They write it down.",
        "• All of it.",
    ]
    assert "CAP-25" not in rules_of(read([*SOUND[:12], *points, *SOUND[13:]]))


def test_pair_with_a_blank_behind_it_is_prose_where_it_ends_in_a_full_stop():
    line = "2.1.3 Policies & Procedures Boards write them down."
    assert find_code_line(line, opens_block=False) is None
    assert find_code_line(line.rstrip("."), opens_block=False).rest == "Boards write them down"


def test_file_of_two_pages_is_refused_at_the_second():
    for lines, line in (([*SOUND, *SOUND], 31), ([*SOUND, "", *SOUND[2:]], 32)):
        reading = read(lines)
        assert reading.page is None
        assert [(finding.rule, finding.location.first_line) for finding in reading.findings] == [("CAP-03", line)]


def test_item_called_reasoning_begins_no_page():
    assert read(make_lines(["Reasoning", "It is what it is."])).page is not None


def test_sentence_that_is_broken_over_two_lines_is_reported():
    board = replace(BOARD[1], description=("The board of the yard looks at all of it,", "and says what it found."))
    reading = read(make_lines([], None, node=board))
    assert [(f.rule, f.location.first_line, f.location.last_line) for f in reading.findings if f.rule == "TXT-04"] == [("TXT-04", 5, 6)]


def test_heading_alone_is_read_on_a_page_without_items():
    lines = make_lines(["Far away"], [])
    page = page_of(lines)
    assert (page.heading.name.published, page.heading.basis, page.children, page.others) == ("Far away", "alone", (), ())
    assert page.source.title.published == DOCUMENT.title


def read_together(*documents_lines: list[str]) -> list[Page]:
    with tempfile.TemporaryDirectory() as folder:
        for number, lines in enumerate(documents_lines):
            Path(folder, f"{number}.txt").write_bytes(as_bytes(lines))
        return list(read_captures([folder]).pages)


def test_heading_is_told_by_a_page_that_lists_it():
    deep = Node("Deep", "1.1.3", children=(Node("Deeper", "1.1.1"), Node("Deepest", "1.1.2")))
    bare = tuple(replace(node, description=(), children=()) for node in OUTLINE)
    document = replace(DOCUMENT, nodes=(*bare[1:], replace(bare[0], children=(replace(BOARD[1], children=(deep,)),))))
    path = next(p for p in walk(document.nodes) if p[-1].name == "Deeper")
    above = next(p for p in walk(document.nodes) if p[-1].name == "Board review")
    page, _ = read_together(print_page(document, path), print_page(document, above))
    assert (page.heading.name.published, page.heading.basis) == ("Deep", "other-page")
    assert_page_is_as_planned(page, document, path)


def test_page_confirms_nothing_of_itself_even_when_captured_twice():
    lines = make_lines(["Far away", "It lies far away."])
    first, second = read_together(lines, [*lines, ""])
    assert (first.heading.basis, second.heading.basis) == ("pattern", "pattern")


def test_fewer_than_six_others_are_told_by_other_pages():
    small = replace(DOCUMENT, nodes=OUTLINE[:3])
    paths = list(walk(small.nodes))
    for page, path in zip(read_together(*(print_page(small, path) for path in paths)), paths, strict=True):
        assert_page_is_as_planned(page, small, path)


def test_known_names_are_none_for_a_single_page():
    assert learn_names([page_of(print_page(DOCUMENT, BOARD))]) == {}


# Every rule fires with its line, and does not on a sound page.


def cut(lines: list[str], what: str) -> list[str]:
    kept = [line for line in lines if line != what]
    assert len(kept) == len(lines) - 1
    return kept


def swap(lines: list[str], before: str, after: str) -> list[str]:
    changed = [line.replace(before, after) for line in lines]
    assert changed != lines
    return changed


SOUND = print_page(DOCUMENT, BOARD)
CASES = {
    "CAP-01": (b"one\ntwo \xff\n", 2),
    "CAP-02": (b" \n\r\n\t", None),
    "CAP-03": (["Some text", "that is no page."], 1),
    "CAP-04": (b"one\n" + b"x" * 300_000, 2),
    "CAP-05": (SOUND[1:], 1),
    "CAP-06": (swap(SOUND, define("2.1.1"), "A definition of nothing."), 3),
    "CAP-07": (swap(SOUND, "Also in Oversight & Accountability", "Also in Model"), 4),
    "CAP-08": (cut(cut(SOUND, "Reasoning"), "The text says so."), 5),
    "CAP-09": (swap(SOUND, "2.2.3 Auditing & Compliance", "2.2.3 Training Data"), 14),
    "CAP-10": (swap(SOUND, "2.2.3 Auditing & Compliance", "2.2.7 Auditing & Compliance"), 14),
    "CAP-11": (make_lines(["Far away"]), 8),
    "CAP-12": (swap(SOUND, "99 OtherA Book", "99 OtherOne more\nIt does more.\nA Book"), 22),
    "CAP-13": (cut(SOUND, "Doe, Jane; Roe, Richard (2024)")[:-7] + SOUND[-6:], 22),
    "CAP-14": (swap(SOUND, "Richard (2024)", "Richard (n.d.)"), 23),
    "CAP-15": (SOUND[:-1], 29),
    "CAP-16": (swap(SOUND, "Developer", "Developers"), 27),
    "CAP-17": (swap(SOUND, tail_lines()[-1], "A new definition."), 30),
    "CAP-19": (make_lines([], [(node.name, node) for node in OUTLINE[1:4]]), 8),
    "CAP-20": (swap(SOUND, "Records are kept.", "(AT). Records are kept."), 12),
    "CAP-21": (swap(SOUND, "2.2.3 Auditing & ComplianceModel", "2.2.3 Auditing & Compliance\n1.1 ModelModel"), 15),
    "CAP-22": (cut(SOUND, "Also in Oversight & Accountability"), 3),
    "CAP-23": ([*SOUND[:2], "Skip the menu", "Board review", *SOUND[2:]], 3),
    "CAP-25": ([*SOUND[:13], "Whoever asks may see them.", *SOUND[13:]], 14),
    "TXT-01": (swap(SOUND, "Records are kept.", "Records are kept by the"), 13),
    "TXT-02": (swap(SOUND, "Records are kept.", "Model artifacts:"), 13),
    "TXT-03": (swap(SOUND, "Records are kept.", "Stage: Detection; Stakeholder: Developer"), 13),
    "TXT-04": (swap(SOUND, "Records are kept.", "Records are kept (all of them."), 13),
}


@pytest.mark.parametrize("rule", CASES)
def test_rule_fires_at_its_line(rule):
    lines, line = CASES[rule]
    found = [finding for finding in read(lines).findings if finding.rule == rule]
    assert found
    assert found[0].severity is RULES[rule].severity
    assert found[0].remedy == RULES[rule].remedy
    assert found[0].location.first_line == line


def test_rules_of_pages_and_texts_all_have_a_case():
    # CAP-18 is about side-cars, CAP-24 about several pages: they have tests of their own.
    assert set(CASES) | {"CAP-18", "CAP-24"} == {rule for rule in RULES if rule.startswith(("CAP", "TXT"))}


def test_no_rule_fires_on_a_sound_page():
    assert read(SOUND).findings == ()


@pytest.mark.parametrize(
    "line",
    [
        "2.2.3 Modul",
        "2.2.3 Training DataModel",
        "3.3.2 Something NewModel",
        "2.4.3 Development WorkflowModel",
        "2.2.3 Auditing and ComplianceModel",
    ],
)
def test_broken_code_line_still_closes_its_item(line):
    lines = swap(SOUND, "2.2.3 Auditing & ComplianceModel", line)
    reading = read(lines)
    broken = [finding for finding in reading.findings if finding.rule in {"CAP-09", "CAP-10"}]
    assert [finding.location.first_line for finding in broken] == [14]
    names = [item.name.published for item in reading.page.others]
    assert names[:2] == ["Governance", "Governance > Audit trail"]
    assert reading.page.others[1].code is None
    if line.endswith("Model"):
        assert names[2] == "Model"


def test_swapped_labels_are_two_findings():
    lines = swap(SOUND, "3.3.1 Industry Coordination", "3.3.1 @").copy()
    lines = swap(swap(lines, "1.1.9 Other", "1.1.9 Industry Coordination"), "3.3.1 @", "3.3.1 Other")
    reading = read(lines)
    assert rules_of(reading) == ["CAP-09", "CAP-09"]
    assert [item.name.published for item in reading.page.others] == [item.name.published for item in page_of(SOUND).others]


@pytest.mark.parametrize("code", ["2.4.3", "3.3.2"])
def test_code_without_a_known_label_is_reported(code):
    reading = read(swap(SOUND, "2.2.3 Auditing & Compliance", f"{code} Brand New Label"))
    assert rules_of(reading) == ["CAP-09"]
    assert f"no label of {code} is known" in reading.findings[0].message


def test_branch_definition_names_both_codes(monkeypatch):
    from airm_graph.ingest.captures import own as capture

    taxonomy = load_taxonomy()
    known = replace(taxonomy, fingerprints={}, branches={capture.fingerprint(define("99")): ("99", "99.9")})
    monkeypatch.setattr(capture, "load_taxonomy", lambda edition="v2": known)
    (finding,) = [f for f in read(print_page(DOCUMENT, (OUTLINE[4],))).findings if f.rule == "CAP-06"]
    assert "it belongs to 99 or 99.9" in finding.message


def test_page_without_a_source_keeps_what_it_says_of_itself():
    lines = [line for line in SOUND if "Roe, Richard" not in line and line != "What the book is about."]
    reading = read(lines)
    assert "CAP-13" in rules_of(reading)
    assert reading.page.source is None
    assert reading.page.own.code == "2.1.1"


def test_unknown_definition_leaves_the_code_open_and_says_the_fingerprint():
    reading = read(CASES["CAP-06"][0])
    assert reading.page.own.code is None
    assert "its parent is 2.1 by 'Also in'" in reading.findings[0].message


def test_text_behind_the_tail_is_reported_and_the_page_is_read():
    reading = read([*SOUND, "Give feedback"])
    assert [(f.rule, f.location.first_line) for f in reading.findings] == [("CAP-15", len(SOUND) + 1)]
    assert summary(reading.page) == summary(page_of(SOUND))


def test_two_stages_and_two_actors_are_read():
    lines = [*SOUND[:-6], *tail_lines()[:2], *tail_lines(("Operate and Monitor", "Deployer", "Manage"))[:4], *tail_lines()[2:]]
    roles = page_of(lines).roles
    assert [role.label for role in roles] == ["Deploy", "Operate and Monitor", "Deployer", "Developer", "Manage"]
    assert page_of(lines).source.abstract.captured == "What the book is about."


@pytest.mark.parametrize("position", range(3))
def test_unable_to_classify_is_told_by_its_position(position):
    tail = tuple("Unable to classify" if location == position else label for location, label in enumerate(TAIL))
    role = page_of([*SOUND[:-6], *tail_lines(tail)]).roles[position]
    assert (role.concept, role.vocabulary) == ("unable-to-classify", ("lifecycle", "actor", "function")[position])


def test_title_broken_over_two_lines_is_joined():
    page = page_of(swap(SOUND, "A Book of Measures", "A Book of Measures:\nVolume One"))
    assert page.source.title.published == "A Book of Measures: Volume One"


# Input that is no page.


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "CAP-02"),
        (b"\xef\xbb\xbf", "CAP-02"),
        (bytes(range(256)), "CAP-01"),
        (b"a\x00b", "CAP-01"),
        (b"a\x0cb", "CAP-01"),
        ("café".encode("latin-1"), "CAP-01"),
        ("page".encode("utf-16"), "CAP-01"),
        ("\uffff".encode(), "CAP-01"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "CAP-03"),
        (b'{"error": "not found"}', "CAP-03"),
        (b"\x89PNG\r\n\x1a\n", "CAP-01"),
        (b"x" * 50_000_000, "CAP-04"),
        (b"x\n" * 20_000_001, "CAP-04"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:12]),
)
def test_file_that_is_no_page_is_one_violation(data, rule):
    reading = read(data[: MAX_BYTES + 1])
    assert reading.page is None
    assert [(finding.rule, finding.severity) for finding in reading.findings] == [(rule, Severity.VIOLATION)]


def test_digest_is_that_of_the_file_in_normal_form():
    import hashlib

    text = as_bytes(SOUND)
    assert page_of(text).capture.sha256 == hashlib.sha256(text).hexdigest()
    assert decode_capture(text, file="a").lines == tuple(SOUND)


@pytest.mark.parametrize("path", [BOARD, AUDIT, (OUTLINE[0],)], ids=lambda path: path[-1].name)
def test_page_cut_off_anywhere_is_a_violation(path):
    lines = print_page(DOCUMENT, path)
    for count in range(1, len(lines)):
        reading = read(lines[:count])
        assert any(finding.severity is Severity.VIOLATION for finding in reading.findings), lines[count - 1]
    assert read(lines).findings == ()


def check_soundness(reading: Reading, data: bytes) -> None:
    lines = decode_capture(data, file="a").lines
    for finding in reading.findings:
        check_location(finding, lines)
    for evidence in evidence_of(reading.page) if reading.page else ():
        assert 1 <= evidence.first_line <= evidence.last_line <= len(lines)
        assert evidence.text == "\n".join(lines[evidence.first_line - 1 : evidence.last_line])


def check_location(finding: Finding, lines: tuple[str, ...]) -> None:
    location = finding.location
    assert finding.rule in RULES
    if location.first_line is not None and lines:
        assert 1 <= location.first_line <= location.last_line <= len(lines)
        if finding.rule not in {"CAP-01", "CAP-03", "CAP-04"}:
            assert location.text == "\n".join(lines[location.first_line - 1 : location.last_line])


junk = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["Reasoning", "Also in Model", "1.1 Model", "99 Other", "(2024)", "A > B", "Deploy", "Manage", "1.1.1 Mod"]),
)
operations = st.lists(
    st.tuples(st.sampled_from(["delete", "double", "swap", "insert", "shorten"]), st.integers(0, 60), st.integers(0, 60), junk), max_size=8
)


@settings(PLAIN, max_examples=150)
@given(st.sampled_from(list(walk(OUTLINE))), operations)
def test_damaged_page_never_crashes_the_reader(path, changes):
    lines = print_page(DOCUMENT, path)
    for kind, one, two, text in changes:
        if not lines:
            break
        i, j = one % len(lines), two % len(lines)
        if kind == "delete":
            del lines[i]
        elif kind == "double":
            lines.insert(j, lines[i])
        elif kind == "swap":
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == "insert":
            lines.insert(i, text)
        else:
            lines[i] = lines[i][: two % 20]
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    check_soundness(read(data), data)


@settings(PLAIN, max_examples=150)
@given(st.binary(max_size=200), st.integers(0, 2000))
def test_random_bytes_never_crash_the_reader(noise, at):
    text = as_bytes(SOUND)
    data = text[: at % len(text)] + noise + text[at % len(text) :]
    check_soundness(read(data), data)
    check_soundness(read(noise), noise)


# Side-cars.


def test_sidecar_names_the_page():
    sidecar, findings = read_sidecar(
        b"id: 007\nname: Board review\nurl: https://example.org/7\nretrieved: 2026-11-02\n", file="page.meta.yaml"
    )
    assert (sidecar, findings) == (Sidecar("007", "https://example.org/7", "Board review", "2026-11-02"), ())
    page = page_of(SOUND, sidecar=sidecar)
    assert (page.own.name.published, page.own.identifier) == ("Board review", "007")
    assert (page.capture.url, page.capture.retrieved) == ("https://example.org/7", "2026-11-02")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"name: A\nname: B", 2),
        (b"name: A\ntitle: B", 2),
        (b"url: ftp://example.org", 1),
        (b"url: https://exa mple.org", 1),
        (b"url: https://[x", 1),
        (b"retrieved: yesterday", 1),
        (b"name:\n  - A", 1),
        (b"- name", 1),
        (b"name: [", 1),
        (b"\xff", None),
        (b"name: ''", 1),
        (b"x" * 70_000, None),
        (b"url: https://example.org/x?y=[1]", 1),
        (b"url: https://example.org/a#b#c", 1),
        (b"url: https://example.org/%zz", 1),
        (b"url: https://example.org:port/", 1),
        ("url: https://example.org/\u202ea".encode(), 1),
    ],
)
def test_sidecar_that_is_wrong_is_reported_at_its_line(data, line):
    sidecar, findings = read_sidecar(data, file="page.meta.yaml")
    assert {finding.rule for finding in findings} == {"CAP-18"}
    assert line is None or findings[0].location.first_line == line
    assert sidecar.url is None


def test_sidecar_that_is_nested_too_deep_is_reported():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 150)
    try:
        _, findings = read_sidecar(b"[" * 120 + b"]" * 120, file="page.meta.yaml")
    finally:
        sys.setrecursionlimit(limit)
    assert [(finding.rule, "nested too deep" in finding.message) for finding in findings] == [("CAP-18", True)]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "HTTP://example.org:8080/a/(b)'c;d=e?f=g&h=/#i?j",
        "https://[::1]:80/x",
        "https://user@example.org/%C3%BC",
        "https://exämple.org/ü/漢/\U0001f600",
    ],
)
def test_sidecar_takes_every_address_that_can_be_an_iri(address):
    sidecar, findings = read_sidecar(f"url: {address}".encode(), file="page.meta.yaml")
    assert (sidecar.url, findings) == (address, ())
    assert parse_rows(f"<x:s> <x:p> <{address}> .".encode(), name="a", suffix=".nt")


@settings(PLAIN, max_examples=100)
@given(st.one_of(st.binary(max_size=100), st.text(alphabet="abc:[]{}&*!#|>-'\"\n 0", max_size=60).map(str.encode)))
def test_sidecar_never_crashes(data):
    _, findings = read_sidecar(data, file="page.meta.yaml")
    assert {finding.rule for finding in findings} <= {"CAP-18"}


# The guide.


def test_guide_lists_every_rule_as_it_is():
    text = (Path(__file__).resolve().parent.parent / "docs" / "guides" / "captures.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith(("| CAP-", "| TXT-", "| MRG-"))]
    assert rows == [
        f"| {name} | {rule.severity.value} | {rule.title} | {rule.remedy} |"
        for name, rule in RULES.items()
        if name[:3] in {"CAP", "TXT", "MRG"}
    ]


def test_guide_lists_every_basis_of_a_heading():
    text = (Path(__file__).resolve().parent.parent / "docs" / "guides" / "captures.md").read_text(encoding="utf-8")
    for basis in ("others", "other-page", "next-item", "alone", "pattern"):
        assert f"| `{basis}` |" in text


@pytest.mark.parametrize(
    ("authors", "named"),
    [
        (("Doe, Jane", "Roe, Richard et al."), ("Doe, Jane", "Roe, Richard")),
        (("Doe, Jane and others",), ("Doe, Jane",)),
        (("Doe, Jane, et al",), ("Doe, Jane",)),
        (("Doe, Jane", "and 12 others"), ("Doe, Jane",)),
        (("Centre for Others", "Doe, Jane"), ("Centre for Others", "Doe, Jane")),
        (("Unknown",), ()),
        (("Various authors",), ()),
        (("Doe, J., Roe-Poe, R. S., & Lee, A.",), ("Doe, J.", "Roe-Poe, R. S.", "Lee, A.")),
        (("Doe, J. and Roe, R.",), ("Doe, J.", "Roe, R.")),
        (("Doe, J., Acme & Sons",), ("Doe, J., Acme & Sons",)),
    ],
)
def test_authors_who_are_not_named_are_no_agent(authors: tuple[str, ...], named: tuple[str, ...]) -> None:
    assert page_of(print_page(replace(DOCUMENT, authors=authors), BOARD)).source.authors == named

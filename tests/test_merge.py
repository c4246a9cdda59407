"""The merge: simulated sources whose pages are captured in part and in any order."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airm_graph.ingest.captures.known import learn_names
from airm_graph.ingest.captures.page import read_capture
from airm_graph.ingest.captures.sidecar import Sidecar
from airm_graph.merge import merge_pages
from airm_graph.merge.minting import mint_agent, mint_sources, telling_words
from airm_graph.model import Mitigation, Page, Records
from airm_graph.rules import RULES
from pages import WORDS, Document, Node, as_bytes, codes, plan_page, print_page, walk

PLAIN = settings(deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow])

DEEP = (
    Node("Circuit breakers", "1.1.3", ("They stop the model before harm is done to people.",)),
    Node("Adversarial training", "1.1.2", ("The model learns from inputs that were made to mislead it.",)),
)
OUTLINE = (
    Node(
        "Model development", "2.4", children=(Node("Data-related", "1.1", children=(Node("Fine-tuning-related", "1.1.1", children=DEEP),)),)
    ),
    Node("Model evaluations", "2.2.2", children=(Node("Benchmarking", "3.2.1"), Node("Red teaming", "2.2.2"))),
    Node("Governance", "2.1", ("Somebody decides, answers for it and can be asked about it.",)),
    Node("Access control", "2.3.2", ("Not everybody gets everything, and nobody gets it at once.",)),
)
DOCUMENT = Document(
    "Measures for Models",
    ("Doe, Jane", "Smith"),
    OUTLINE,
    "2024",
    ("An abstract about what is measured, how, by whom and to which end in all of this.",),
)


def find(document: Document, name: str) -> tuple[Node, ...]:
    return next(path for path in walk(document.nodes) if path[-1].name == name)


def read(*captures: tuple[list[str], Sidecar] | list[str]) -> list[Page]:
    """Read captures together: lines, or lines with a side-car."""
    pairs = [capture if isinstance(capture, tuple) else (capture, Sidecar()) for capture in captures]
    pages: list[Page] = []
    known = {}
    for _ in range(3):
        readings = [
            read_capture(
                as_bytes(lines), file=f"{number}.txt", sidecar=sidecar, known=known.get(pages[number].capture.sha256) if pages else None
            )
            for number, (lines, sidecar) in enumerate(pairs)
        ]
        pages = [reading.page for reading in readings]
        known = learn_names(pages)
    return pages


def merge(*captures: tuple[list[str], Sidecar] | list[str]) -> Records:
    return merge_pages(read(*captures))


def merge_names(*names: str, document: Document = DOCUMENT) -> Records:
    """Merge the pages of the mitigations of these names."""
    return merge(*(print_page(document, find(document, name)) for name in names))


def slugs(records: Records) -> list[str]:
    return [mitigation.key.rsplit("/", 1)[1] for mitigation in records.mitigations]


def named(records: Records, name: str) -> Mitigation:
    (found,) = [m for m in records.mitigations if m.names and m.names[0].value == name]
    return found


def parents(mitigation: Mitigation) -> list[str]:
    return [parent.value.rsplit("/", 1)[1] for parent in mitigation.part_of]


def code_of(mitigation: Mitigation) -> list[str]:
    return [classification.code for classification in mitigation.classifications]


def rules_of(records: Records) -> list[str]:
    return [finding.rule for finding in records.findings]


# A page gets its name.


def test_page_is_named_by_the_heading_on_its_childs_page():
    records = merge_names("Fine-tuning-related", "Adversarial training")
    page = named(records, "Fine-tuning-related")
    assert (code_of(page), parents(page)) == (["1.1.1"], ["data-related"])
    assert parents(named(records, "Circuit breakers")) == ["fine-tuning-related"]
    assert {evidence.capture for evidence in page.evidence} == {capture.sha256 for capture in records.captures}
    assert rules_of(records) == []


def test_child_is_named_by_its_description():
    records = merge_names("Fine-tuning-related", "Adversarial training")
    child = named(records, "Adversarial training")
    assert [reason.value for reason in child.classifications[0].reasonings] == ["The text says so."]
    assert [(vocabulary, role.value) for vocabulary, role in child.roles] == [
        ("actor", "developer"),
        ("function", "manage"),
        ("lifecycle", "deploy"),
    ]


def test_page_of_its_own_is_unnamed_and_reported():
    records = merge_names("Fine-tuning-related")
    (page,) = [m for m in records.mitigations if not m.names]
    assert page.key == f"mitigation/doe-2024-measures-models/page-{records.captures[0].sha256[:16]}"
    assert (code_of(page), parents(page)) == (["1.1.1"], ["data-related"])
    assert rules_of(records) == ["MRG-06"]


def test_page_is_named_by_its_sidecar():
    lines = print_page(DOCUMENT, find(DOCUMENT, "Fine-tuning-related"))
    records = merge((lines, Sidecar(identifier="m-7", name="Fine-tuning-related")))
    page = named(records, "Fine-tuning-related")
    assert [identifier.value for identifier in page.identifiers] == ["m-7"]
    assert rules_of(records) == []


def test_heading_meets_the_page_that_a_sidecar_names():
    above = (print_page(DOCUMENT, find(DOCUMENT, "Fine-tuning-related")), Sidecar(name="Fine-tuning-related"))
    records = merge(above, print_page(DOCUMENT, find(DOCUMENT, "Circuit breakers")))
    assert code_of(named(records, "Fine-tuning-related")) == ["1.1.1"]
    assert parents(named(records, "Circuit breakers")) == ["fine-tuning-related"]


def test_page_is_named_by_what_it_alone_does_not_list():
    records = merge_names("Model evaluations", "Access control", "Data-related")
    assert parents(named(records, "Benchmarking")) == ["model-evaluations"]
    assert "Model evaluations" in [m.names[0].value for m in records.mitigations if m.names]
    notes = [finding for finding in records.findings if finding.rule == "MRG-10"]
    assert [finding.location.first_line for finding in notes] == [3, 3]
    assert {finding.message.split("'")[1] for finding in notes} == {"Model evaluations", "Data-related"}


def test_page_that_could_be_several_stays_unnamed():
    roots = tuple(Node(f"Root {number}", "1.1") for number in range(9))
    document = Document("Roots", ("Doe, Jane",), roots)
    records = merge_names("Root 7", "Root 1", document=document)
    # Root 1 is missing on its own page only; pages behind the first six look the same.
    assert [m.names for m in records.mitigations if not m.names] == [()]
    assert rules_of(records) == ["MRG-06", "MRG-10"]


def test_page_of_another_code_is_not_taken_for_what_it_leaves_out():
    own = find(with_code("Governance", "1.1.9"), "Governance")
    records = merge(print_page(with_code("Governance", "1.1.9"), own), print_page(DOCUMENT, find(DOCUMENT, "Access control")))
    assert code_of(named(records, "Governance")) == ["2.1"]
    assert rules_of(records) == ["MRG-06", "MRG-13"]


def test_page_with_an_older_list_is_not_taken_for_what_is_new():
    new = replace(DOCUMENT, nodes=(Node("New one", "1.1.9"), Node("New two", "1.1.9"), *OUTLINE))
    old = replace(DOCUMENT, nodes=(*OUTLINE, Node("Root 8", "1.1.9")))
    records = merge(print_page(old, find(old, "Root 8")), print_page(new, find(new, "Governance")))
    assert "MRG-10" not in [f.rule for f in records.findings if f.location.file == "0.txt"]


def test_page_below_a_parent_is_not_taken_for_one_at_the_top():
    new = replace(DOCUMENT, nodes=(Node("New one", "1.1.3"), *OUTLINE))
    records = merge_pages(read(print_page(DOCUMENT, find(DOCUMENT, "Circuit breakers")), print_page(new, find(new, "Governance"))))
    assert "MRG-10" not in [f.rule for f in records.findings if f.location.file == "0.txt"]


def _recode(nodes: tuple[Node, ...], name: str, code: str) -> tuple[Node, ...]:
    return tuple(
        replace(node, code=code if node.name == name else node.code, children=_recode(node.children, name, code)) for node in nodes
    )


def test_only_child_of_its_code_is_the_page():
    document = replace(DOCUMENT, nodes=(*OUTLINE, Node("Tools", "1", children=(Node("Scanner", "1.2.3"), Node("Filter", "1.2.1")))))
    above = (print_page(document, find(document, "Tools")), Sidecar(name="Tools"))
    records = merge(above, print_page(document, find(document, "Filter")))
    assert len([m for m in records.mitigations if m.names and m.names[0].value == "Filter"]) == 1
    assert not [m for m in records.mitigations if not m.names]
    assert "MRG-10" in rules_of(records)


def test_page_that_could_be_two_children_stays_unnamed():
    tools = Node("Tools", "1", children=(Node("Scanner", "1.2.1"), Node("Filter", "1.2.1")))
    document = replace(DOCUMENT, nodes=(*OUTLINE, tools))
    records = merge((print_page(document, (tools,)), Sidecar(name="Tools")), print_page(document, (tools, tools.children[1])))
    assert [parents(m) for m in records.mitigations if not m.names] == [["tools"]]


def test_unnamed_pages_of_one_code_do_not_meet():
    twins = tuple(Node(f"Thing {number}", "1.2.1", reasoning=f"Reason {number}.") for number in range(3))
    document = replace(DOCUMENT, nodes=(*OUTLINE, *twins))
    records = merge_names("Thing 1", "Thing 2", document=document)
    assert len([m for m in records.mitigations if not m.names]) == 2


def test_two_captures_of_one_page_meet():
    lines = print_page(DOCUMENT, find(DOCUMENT, "Fine-tuning-related"))
    changed = [line.replace("made to mislead", "built to mislead") for line in lines]
    records = merge(lines, changed, [*lines, ""])
    assert len([m for m in records.mitigations if not m.names]) == 1
    assert [d.value for d in named(records, "Adversarial training").descriptions] == [
        "The model learns from inputs that were made to mislead it.",
        "The model learns from inputs that were built to mislead it.",
    ]
    assert "MRG-02" in rules_of(records)


def test_equal_files_are_one_capture(tmp_path):
    from airm_graph.ingest import read_captures

    text = as_bytes(print_page(DOCUMENT, find(DOCUMENT, "Governance")))
    (tmp_path / "a.txt").write_bytes(text)
    (tmp_path / "b.txt").write_bytes(text.replace(b"\n", b"\r\n"))
    (capture,) = merge_pages(read_captures([tmp_path]).pages).captures
    assert capture.file_names == ("a.txt", "b.txt")


# Any part of the pages, in any order.


NAMES = [
    "Testing",
    "6.2 Defence",
    "Model",
    "Other",
    "Audits",
    "R&D & more",
    "lower case",
    "Filters",
    "Watermarks",
    "Training Data",
    "Liability",
    "GLiNER",
]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    names = iter([*draw(st.permutations(NAMES)), *(f"Measure number {number}" for number in range(99))])
    number = iter(range(1, 999))

    def node(depth: int) -> Node:
        text = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=8, max_size=12))).capitalize() + f" {next(number)}x."
        below = draw(st.integers(0, 2)) if depth < 3 else 0
        children = tuple(node(depth + 1) for _ in range(below))
        return Node(next(names), draw(st.sampled_from(codes())), (text,), f"Reason {next(number)}.", children)

    return Document("A Book of Measures", ("Doe, Jane", "Smith"), tuple(node(1) for _ in range(draw(st.integers(7, 8)))))


def assert_outline(records: Records, document: Document, captured: list[tuple[Node, ...]]) -> None:
    """Every mitigation that a page shows is there once, with its name, code, description and parent as far as pages tell."""
    shown = set()
    for path in captured:
        plan = plan_page(document, path)
        shown |= {path[-1].name, *(node.name for node in plan.children), *(node.name for _, node in plan.others)}
        shown |= {plan.heading.name} if plan.heading else set()
    told = {m.names[0].value: m for m in records.mitigations if m.names}
    assert len(told) == len([m for m in records.mitigations if m.names])
    assert set(told) <= shown
    unnamed = [m for m in records.mitigations if not m.names]
    assert len(told) + len(unnamed) == len(shown)
    above = {path[-1].name: path[-2].name if len(path) > 1 else None for path in walk(document.nodes)}
    nodes = {path[-1].name: path[-1] for path in walk(document.nodes)}
    keys = {m.key: name for name, m in told.items()}
    for name, mitigation in told.items():
        assert [n.value for n in mitigation.names] == [name]
        assert set(code_of(mitigation)) <= {nodes[name].code}
        assert {d.value for d in mitigation.descriptions} <= set(nodes[name].description)
        assert {keys.get(parent.value, above[name]) for parent in mitigation.part_of} <= {above[name]}
    for mitigation in unnamed:
        assert {d.value for d in mitigation.descriptions} & {path[-1].description[0] for path in captured}


@PLAIN
@given(documents(), st.data())
def test_merged_records_are_the_outline_as_far_as_pages_tell(document, data):
    paths = list(walk(document.nodes))
    captured = data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=8, unique_by=lambda path: path[-1].name))
    assert_outline(merge(*(print_page(document, path) for path in captured)), document, captured)


@settings(PLAIN, max_examples=10)
@given(documents())
def test_all_pages_together_give_the_whole_outline(document):
    paths = list(walk(document.nodes))
    records = merge(*(print_page(document, path) for path in paths))
    assert_outline(records, document, paths)
    for path in paths:
        if len(path) > 1 and (found := [m for m in records.mitigations if m.names and m.names[0].value == path[-1].name]):
            assert len(found[0].part_of) == 1
            assert found[0].descriptions


@PLAIN
@given(documents(), st.data())
def test_order_of_pages_changes_nothing(document, data):
    paths = data.draw(st.lists(st.sampled_from(list(walk(document.nodes))), min_size=2, max_size=6, unique_by=lambda path: path[-1].name))
    pages = read(*(print_page(document, path) for path in paths))
    assert merge_pages(data.draw(st.permutations(pages))) == merge_pages(pages)


def test_evidence_names_every_page_that_says_so():
    records = merge_names("Governance", "Access control", "Red teaming")
    assert len({evidence.capture for evidence in named(records, "Model development").evidence}) == 3
    assert len(records.sources[0].evidence) == 3


# Conflicts are kept with their evidence and reported.


def with_code(name: str, code: str) -> Document:
    return replace(DOCUMENT, nodes=_recode(OUTLINE, name, code))


def test_two_codes_are_kept_and_reported():
    records = merge(
        print_page(DOCUMENT, find(DOCUMENT, "Governance")), print_page(with_code("Red teaming", "2.2.1"), find(DOCUMENT, "Access control"))
    )
    assert code_of(named(records, "Red teaming")) == ["2.2.1", "2.2.2"]
    (finding,) = [finding for finding in records.findings if finding.rule == "MRG-01"]
    assert "2.2.1 (1.txt:" in finding.message
    assert "2.2.2 (0.txt:" in finding.message


def test_own_page_of_another_code_keeps_its_reason_at_its_own_code():
    own = (
        print_page(with_code("Red teaming", "2.2.1"), find(with_code("Red teaming", "2.2.1"), "Red teaming")),
        Sidecar(name="Red teaming"),
    )
    records = merge(own, print_page(DOCUMENT, find(DOCUMENT, "Governance")))
    first, second = named(records, "Red teaming").classifications
    assert (first.code, len(first.reasonings), second.code, len(second.reasonings)) == ("2.2.1", 1, "2.2.2", 0)


def test_two_parents_are_kept_and_reported():
    moved = replace(
        DOCUMENT,
        nodes=(
            OUTLINE[0],
            replace(OUTLINE[1], children=OUTLINE[1].children[:1]),
            replace(OUTLINE[2], children=OUTLINE[1].children[1:]),
            OUTLINE[3],
        ),
    )
    named_page = Sidecar(name="Red teaming", identifier="m-1")
    records = merge(
        (print_page(DOCUMENT, find(DOCUMENT, "Red teaming")), named_page),
        (print_page(moved, find(moved, "Red teaming"), parent_description=False), named_page),
    )
    assert parents(named(records, "Red teaming")) == ["governance", "model-evaluations"]
    assert "MRG-03" in rules_of(records)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Measures for “Models”", 'Measures for "Models"'),
        ("People’s Measures", "People's Measures"),
        ("Measures for Models", "Measures for models"),
    ],
)
def test_title_in_two_spellings_is_one_source(before, after):
    documents = [replace(DOCUMENT, title=title) for title in (before, after)]
    names = ("Governance", "Access control")
    records = merge(*(print_page(document, find(document, name)) for document, name in zip(documents, names, strict=True)))
    (source,) = records.sources
    assert {title.value for title in source.titles} == {before, after}
    assert rules_of(records).count("MRG-04") == 1


def test_author_lines_that_differ_are_reported():
    records = merge(
        print_page(DOCUMENT, find(DOCUMENT, "Governance")),
        print_page(replace(DOCUMENT, authors=("Doe, Jane",)), find(DOCUMENT, "Access control")),
    )
    assert len(records.sources[0].author_lines) == 2
    assert "MRG-04" in rules_of(records)


def test_two_abstracts_of_one_source_are_reported():
    records = merge(
        print_page(DOCUMENT, find(DOCUMENT, "Governance")),
        print_page(replace(DOCUMENT, abstract=("Another abstract.",)), find(DOCUMENT, "Access control")),
    )
    assert len(records.sources[0].abstracts) == 2
    assert "MRG-05" in rules_of(records)


def test_one_abstract_of_two_sources_is_reported():
    records = merge(
        print_page(DOCUMENT, find(DOCUMENT, "Governance")),
        print_page(replace(DOCUMENT, title="Another Book"), find(DOCUMENT, "Access control")),
    )
    assert len(records.sources) == 2
    (finding,) = [finding for finding in records.findings if finding.rule == "MRG-05"]
    assert "one abstract stands with 2 sources" in finding.message


def test_two_identifiers_of_one_name_keep_pages_apart():
    lines = print_page(DOCUMENT, find(DOCUMENT, "Governance"))
    records = merge((lines, Sidecar(name="Governance", identifier="1")), ([*lines, ""], Sidecar(name="Governance", identifier="2")))
    assert sorted(slugs(records).count(slug) for slug in set(slugs(records)))[-1] == 1
    assert len([m for m in records.mitigations if m.names[0].value == "Governance"]) == 2
    assert "MRG-07" in rules_of(records)


def test_two_actors_are_kept_and_reported():
    node = replace(OUTLINE[2], tail=("Deploy", "Deployer", "Manage"))
    document = replace(DOCUMENT, nodes=(*OUTLINE[:2], node, OUTLINE[3]))
    sidecar = Sidecar(name="Governance", identifier="1")
    records = merge((print_page(DOCUMENT, (OUTLINE[2],)), sidecar), (print_page(document, (node,)), sidecar))
    assert {role.value for vocabulary, role in named(records, "Governance").roles if vocabulary == "actor"} == {"developer", "deployer"}
    assert "MRG-09" in rules_of(records)


def test_sidecars_that_give_one_page_two_names_are_kept_both():
    lines = print_page(DOCUMENT, find(DOCUMENT, "Governance"))
    records = merge((lines, Sidecar(name="Governance", identifier="1")), ([*lines, ""], Sidecar(name="Steering", identifier="1")))
    (found,) = [m for m in records.mitigations if m.identifiers]
    assert {name.value for name in found.names} == {"Governance", "Steering"}


def test_findings_of_every_rule_name_a_place():
    records = merge(
        print_page(DOCUMENT, find(DOCUMENT, "Governance")), print_page(with_code("Red teaming", "2.2.1"), find(DOCUMENT, "Access control"))
    )
    for finding in records.findings:
        assert RULES[finding.rule].severity is finding.severity
        assert finding.location.text
        assert finding.location.first_line <= finding.location.last_line


# One name twice.


TWICE = replace(
    DOCUMENT,
    nodes=(
        Node(
            "Design",
            "2.4",
            ("How it is drawn up by those who build it.",),
            children=(Node("Testing", "2.2.2", ("Before the thing is built by anybody.",)),),
        ),
        Node(
            "Operation",
            "2.3",
            ("How it is run by those who have it.",),
            children=(Node("Testing", "2.3.3", ("After the thing is built by somebody.",)),),
        ),
        *OUTLINE[1:],
    ),
)


def test_one_name_below_two_parents_stays_two():
    records = merge_names("Governance", document=TWICE)
    found = {m.key.rsplit("/", 1)[1]: code_of(m) for m in records.mitigations if m.names and m.names[0].value == "Testing"}
    assert found == {"design--testing": ["2.2.2"], "operation--testing": ["2.3.3"]}
    assert "MRG-07" in rules_of(records)


def test_page_finds_its_place_among_mitigations_of_one_name():
    path = next(path for path in walk(TWICE.nodes) if path[-1].code == "2.3.3")
    records = merge(print_page(TWICE, path), print_page(TWICE, find(TWICE, "Governance")))
    (found,) = [m for m in records.mitigations if m.key.endswith("operation--testing")]
    assert found.roles
    assert code_of(found) == ["2.3.3"]


def test_key_without_a_clash_is_the_name_alone():
    assert "red-teaming" in slugs(merge_names("Governance"))


def test_names_that_differ_in_signs_only_get_different_keys():
    nodes = (*OUTLINE, Node("C++ checks", "1.2"), Node("C# checks", "1.1"))
    document = replace(DOCUMENT, nodes=(nodes[4], nodes[5], *OUTLINE))
    keys = slugs(merge_names("Governance", document=document))
    assert len(set(keys)) == len(keys)


def test_names_in_other_scripts_are_told_apart():
    nodes = (Node("风险评估", "2.2.1"), Node("红队测试", "2.2.2"), *OUTLINE)
    records = merge_names("Governance", document=replace(DOCUMENT, nodes=nodes))
    assert {"风险评估", "红队测试"} <= {m.names[0].value for m in records.mitigations if m.names}
    assert all(slug.isascii() and slug for slug in slugs(records))


# Sources and agents.


def test_sources_that_would_share_a_key_take_more_words():
    found = mint_sources(
        {
            "a": ("Doe, Jane", "2024", "Risk Measures for Models"),
            "b": ("Doe, John", "2024", "Risk Measures for Firms"),
            "c": ("Doe, Jane", "", "Risk Measures"),
        }
    )
    assert found == {"a": "doe-2024-risk-measures-models", "b": "doe-2024-risk-measures-firms", "c": "doe-undated-risk-measures"}


def test_sources_that_stay_equal_get_a_digest():
    found = mint_sources({"a": ("Doe, Jane", "2024", "Risk"), "b": ("Doe, John", "2024", "The Risk")})
    assert len(set(found.values())) == 2
    assert all(slug.startswith("doe-2024-risk-") for slug in found.values())
    assert found == mint_sources({"b": ("Doe, John", "2024", "The Risk"), "a": ("Doe, Jane", "2024", "Risk")})


def test_telling_words_are_never_none():
    assert telling_words("The") == telling_words("The")
    assert len(telling_words("…")) == 1


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Doe, Jane", "agent/doe-jane"),
        ("Gipiškis, Rokas", "agent/gipiskis-rokas"),
        ("Example Forum", "agent/example-forum"),
        ("NIST", "agent/s/nist"),
        ("Smith,", "agent/s/smith"),
        ("李, 明", "agent/li-ming"),
    ],
)
def test_agent_of_one_word_stays_inside_its_source(name, key):
    assert mint_agent(name, "s") == key


def test_agents_of_one_name_meet_across_sources_and_bare_surnames_do_not():
    records = merge(
        print_page(DOCUMENT, find(DOCUMENT, "Governance")),
        print_page(replace(DOCUMENT, title="Another Book"), find(DOCUMENT, "Access control")),
    )
    keys = sorted({agent.key for source in records.sources for agent, _ in source.creators})
    assert keys == ["agent/doe-2024-another-book/smith", "agent/doe-2024-measures-models/smith", "agent/doe-jane"]


def test_agent_has_one_name_in_all_sources():
    spelt = [
        replace(DOCUMENT, title=f"Book {letter}", authors=(name,))
        for letter, name in zip("abc", ("Munoz, Ana", "Muñoz, Ana", "Muñoz, Ana"), strict=True)
    ]
    records = merge(*(print_page(document, find(document, "Governance")) for document in spelt))
    assert {agent for source in records.sources for agent, _ in source.creators} == {records.sources[0].creators[0][0]}
    assert records.sources[0].creators[0][0].name == "Muñoz, Ana"


def test_page_without_a_year_belongs_to_the_only_year_of_its_title():
    records = merge(
        print_page(DOCUMENT, find(DOCUMENT, "Governance")), print_page(replace(DOCUMENT, date="n.d."), find(DOCUMENT, "Access control"))
    )
    (source,) = records.sources
    assert (source.key, [year.value for year in source.years]) == ("source/doe-2024-measures-models", ["2024"])


def test_editions_of_two_years_stay_two_sources():
    records = merge(
        print_page(DOCUMENT, find(DOCUMENT, "Governance")), print_page(replace(DOCUMENT, date="2025"), find(DOCUMENT, "Access control"))
    )
    assert [source.key for source in records.sources] == ["source/doe-2024-measures-models", "source/doe-2025-measures-models"]


def test_mitigations_of_a_page_without_a_source_are_named_after_the_page():
    lines = print_page(DOCUMENT, find(DOCUMENT, "Governance"))
    at = next(index for index, line in enumerate(lines) if line.startswith("Doe, Jane"))
    records = merge([*lines[: at - 2], *lines[-6:]])
    (capture,) = records.captures
    assert records.sources == ()
    assert {one.key.split("/")[1] for one in records.mitigations} == {f"unknown-{capture.sha256[:16]}"}
    assert {one.source for one in records.mitigations} == {None}


def test_nothing_gives_nothing():
    assert merge_pages([]) == Records()


def test_examples_are_named_and_merged_as_their_readme_says():
    from airm_graph.ingest import read_captures
    from airm_graph.resources import find_resource

    records = merge_pages(read_captures([find_resource("examples")]).pages)
    assert len([m for m in records.mitigations if not m.names]) == 2
    page = named(records, "Fine-tuning-related")
    assert (code_of(page), parents(page)) == (["1.1"], ["data-related"])
    assert code_of(named(records, "Staged release")) == ["2.2", "2.3.1"]
    assert named(records, "Child safety").roles
    assert sorted(rules_of(records)) == ["MRG-01", "MRG-04", "MRG-06", "MRG-06"]

"""Tables laid out as publishers of the field lay out theirs, every word of them invented: from `map` to `build` with nothing edited."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import airm_graph
from airm_graph.errors import InputError
from airm_graph.ingest import propose_mapping
from airm_graph.ingest.formats import count_records, read_tables
from airm_graph.ingest.tables.mapping import read_mapping
from airm_graph.model import Severity
from airm_graph.namespaces import iri, term
from airm_graph.terms import read_literal


@dataclass(frozen=True)
class Layout:
    """A file, what its columns have to be taken for, and what the rows have to be called."""

    file: str
    text: str
    columns: dict[str, str]
    names: set[str]
    records: str = ""
    name_else: tuple[str, ...] = ()


#: A catalogue of controls in groups, controls within controls, with roles and parties beside them (OSCAL).
CATALOGUE = {
    "catalog": {
        "uuid": "0",
        "metadata": {"title": "A catalogue", "roles": [{"id": "author", "title": "Author"}], "parties": [{"uuid": "1", "name": "A body"}]},
        "groups": [
            {
                "id": "ac",
                "title": "Access",
                "controls": [
                    {
                        "id": "ac-1",
                        "class": "demo",
                        "title": "Keep a list of who may enter",
                        "params": [{"id": "ac-1_p1", "label": "how often"}],
                        "props": [{"name": "label", "value": "AC-1"}],
                        "links": [{"href": "#ac-2", "rel": "related"}],
                        "parts": [{"name": "statement", "prose": "The body keeps a list."}, {"name": "guidance", "prose": "Lists age."}],
                        "controls": [{"id": "ac-1.1", "title": "Ask twice a year", "parts": [{"name": "statement", "prose": "It asks."}]}],
                    },
                    {"id": "ac-2", "title": "Take rights away", "parts": [{"name": "statement", "prose": "The body takes them away."}]},
                ],
            }
        ],
        "back-matter": {"resources": [{"uuid": "2", "title": "A book"}]},
    }
}
#: Categories, then controls with lists of personas, risks and mappings (CoSAI).
RISK_MAP = """title: Controls
description:
  - The controls of a made-up map.
categories:
  - {id: controlsData, title: Data}
  - {id: controlsModel, title: Model}
controls:
  - id: controlWeighData
    title: Weigh the data
    description:
      - >
        The team weighs every record
        before it is used.
      - - It notes the weight.
        - It notes who weighed.
    category: controlsData
    personas: [personaBuilder]
    risks: [riskOfBias, riskOfTheft]
    mappings: {other-list: [X.1@5.0.1]}
    lifecycleStage: [data-preparation]
  - id: controlAskModel
    title: Ask the model
    description: [The team asks the model about itself.]
    category: controlsModel
    risks: [riskOfBias]
"""
#: Matrices with tactics, techniques and mitigations, each mitigation with uses (ATLAS).
MATRICES = """id: DEMO
name: A demo
version: 1.0.0
matrices:
  - id: DEMO
    name: Matrix
    tactics:
      - {id: D.TA0, name: Entry, object-type: tactic}
    techniques:
      - {id: D.T0, name: Knock, object-type: technique, tactics: [D.TA0]}
    mitigations:
      - id: D.M0
        name: Lock the door
        object-type: mitigation
        description: |
          The team locks the door
          at night.
        techniques:
          - {id: D.T0, use: Who knocks stays outside.}
        ml-lifecycle: [Deployment of the model]
        category: [Policy]
        created_date: 2024-05-01
      - {id: D.M1, name: Hide the key, object-type: mitigation, description: Nobody sees it., techniques: []}
case-studies:
  - {id: D.CS0, name: A visit, summary: Somebody came.}
"""
#: A framework of nodes that name their parent by address; most have a text and no name (CISO Assistant).
LIBRARY = """urn: urn:demo:library:plan
ref_id: PLAN
name: A plan
objects:
  framework:
    urn: urn:demo:framework:plan
    ref_id: PLAN
    requirement_nodes:
      - {urn: "urn:demo:req:1", assessable: false, depth: 1, ref_id: "P1", name: Order}
      - {urn: "urn:demo:req:1.1", depth: 2, parent_urn: "urn:demo:req:1", ref_id: P1.1, description: The body keeps order.}
      - {urn: "urn:demo:req:1.2", depth: 2, parent_urn: "urn:demo:req:1", ref_id: P1.2, description: The body throws nothing away.}
"""
#: Families and controls with an objective, each with requirements to assess (FINOS, Gemara).
FAMILIES = """title: A catalogue of controls
control-families:
  - {id: F1, title: Data}
controls:
  - id: CN01
    title: Seal the archive
    objective: The archive is sealed, so that nobody changes it.
    family: F1
    threat-mappings: [{reference-id: T, entries: [{reference-id: TH01}]}]
    assessment-requirements:
      - {id: CN01.AR01, text: When it is sealed it stays sealed., applicability: [clear]}
      - {id: CN01.AR02, text: A broken seal is reported., applicability: [clear]}
  - id: CN02
    title: Open the archive
    objective: The archive is opened in the presence of two.
    family: F1
    assessment-requirements: [{id: CN02.AR01, text: Two are there., applicability: [clear]}]
"""
#: Techniques in columns by level, of which most are empty (D3FEND).
LEVELS = (
    "ID,DEMO Tactic,DEMO Technique,DEMO Technique Level 0,Definition\n"
    "D-WH,Harden,Wall Hardening,,Walls are made thicker than they were before anybody asked.\n"
    "D-BR,Harden,,Brick Replacement,Bricks that crumble are replaced by bricks that do not crumble.\n"
    "D-GL,Detect,Glance Listing,,Whoever looks over the wall is listed with the hour and the day.\n"
)
#: Documents, taxonomies, risks and actions in one file (AI Atlas Nexus).
KNOWLEDGE = """documents:
  - {id: d1, name: A document}
taxonomies:
  - {id: t1, name: A taxonomy}
entries:
  - {id: r1, name: A risk, type: Risk, hasRelatedAction: [a1]}
  - {id: r2, name: Another risk, type: Risk, isPartOf: t1}
actions:
  - {id: a1, name: Count the cases, description: The team counts them every week., hasDocumentation: [d1], dateCreated: 2024-01-02}
  - {id: a2, name: Tell the board, description: The team tells the board of them., hasDocumentation: [d1], dateCreated: 2024-01-02}
"""
#: Requirements without names, with attributes and checks (Prowler).
CHECKS = {
    "Framework": "DEMO",
    "Provider": "none",
    "Requirements": [
        {
            "Id": f"DEMO-{n}",
            "Description": f"The operator of the {what} writes down who may change it, who did change it, and why it had to be changed so,"
            " before the evening of the same day.",
            "Attributes": [{"Section": "Order", "Profile": "Level 1", "References": "https://example.org/1"}],
            "Checks": ["check_one", "check_two"],
        }
        for n, what in enumerate(("gate", "mill", "barn"))
    ],
}
#: Threats with the measures against each in one text (pytm).
THREATS = [
    {
        "SID": f"T0{n}",
        "target": ["Process"],
        "description": f"Threat by {what}",
        "details": f"Somebody uses {what} to come in, and nobody sees it, for it is dark where the {what} stands at night.",
        "severity": "High",
        "condition": f"target.has{what}",
        "mitigations": f"The owner takes {what} away or puts it where it can be seen, and asks the neighbours,"
        " the guests and the keepers of the road to do so with theirs.",
        "references": "https://example.org/",
    }
    for n, what in enumerate(("ladders", "ropes", "boats"))
]
#: Rows of a baseline, called by group, with the requirement as a short text (SCuBA).
BASELINE = (
    "Product,GroupNumber,GroupName,ControlID,Requirement,Criticality\n"
    "mail,1,Sharing,MAIL.1.1,Letters to strangers are read by two.,SHALL\n"
    "mail,1,Sharing,MAIL.1.2,Letters from strangers are opened outside.,SHALL\n"
    "mail,2,Keeping,MAIL.2.1,Letters are kept for one year.,SHOULD\n"
)
#: Terms of a vocabulary with label, definition and the term above, which is none of the rows (DPV).
VOCABULARY = (
    "term,type,iri,label,definition,parentterm,created\n"
    "LockedDoor,class,https://example.org/v#LockedDoor,Locked Door,A door that is kept locked at all times.,demo:Measure,2024-01-02\n"
    "OpenDoor,class,https://example.org/v#OpenDoor,Open Door,A door that is kept open to see who passes through.,demo:Measure,2024-01-02\n"
)
LAYOUTS = {
    "catalogue": Layout(
        "catalogue.json",
        json.dumps(CATALOGUE),
        {"identifier": "id", "name": "title", "description": "parts.prose"},
        {"Keep a list of who may enter", "Ask twice a year", "Take rights away"},
        "controls",
    ),
    "risk map": Layout(
        "controls.yaml",
        RISK_MAP,
        {"identifier": "id", "name": "title", "description": "description"},
        {"Weigh the data", "Ask the model"},
        "controls",
    ),
    "matrices": Layout(
        "matrices.yaml",
        MATRICES,
        {"identifier": "id", "name": "name", "description": "description"},
        {"Lock the door", "Hide the key"},
        "mitigations",
    ),
    "library": Layout(
        "library.yaml",
        LIBRARY,
        {"identifier": "ref_id", "name": "name", "description": "description"},
        {"Order", "P1.1", "P1.2"},
        name_else=("ref_id",),
    ),
    "families": Layout(
        "families.yaml",
        FAMILIES,
        {"identifier": "id", "name": "title", "description": "objective"},
        {"Seal the archive", "Open the archive"},
        "controls",
    ),
    "levels": Layout(
        "levels.csv", LEVELS, {"identifier": "ID", "name": "Definition"},
        {line.split(",")[4] for line in LEVELS.splitlines()[1:]},
    ),
    "knowledge": Layout(
        "knowledge.yaml",
        KNOWLEDGE,
        {"identifier": "id", "name": "name", "description": "description"},
        {"Count the cases", "Tell the board"},
        "actions",
    ),
    "checks": Layout(
        "checks.json",
        json.dumps(CHECKS),
        {"identifier": "Id", "name": "Id", "description": "Description"},
        {"DEMO-0", "DEMO-1", "DEMO-2"},
        "Requirements",
    ),
    "threats": Layout(
        "threats.json",
        json.dumps(THREATS),
        {"identifier": "SID", "name": "SID", "description": "mitigations"},
        {"T00", "T01", "T02"},
    ),
    "baseline": Layout(
        "baseline.csv", BASELINE, {"identifier": "ControlID", "name": "Requirement"},
        {line.split(",")[4] for line in BASELINE.splitlines()[1:]},
    ),
    "vocabulary": Layout(
        "vocabulary.csv", VOCABULARY, {"name": "label", "description": "definition"}, {"Locked Door", "Open Door"},
    ),
}  # fmt: skip
#: What may be said of these mitigations.
SAID = {"type", "label", "identifier", "description", "source", "evidence", "subject"}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_table_of_a_publisher_goes_from_map_to_build_and_says_nothing_else(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / layout.file).write_text(layout.text, encoding="utf-8")
    proposal, counts, violations = propose_mapping([tmp_path / layout.file], document="A made-up document")
    mapping = read_mapping(proposal.yaml.encode(), file="m.yaml")
    table = mapping.tables["mitigations"]
    assert (table.columns, mapping.records, table.name_else) == (layout.columns, layout.records, layout.name_else)
    assert ([(count.read, count.used) for count in counts], violations) == ([(len(layout.names), len(layout.names))], ())
    (tmp_path / "mapping.yaml").write_text(proposal.yaml, encoding="utf-8")
    graph = airm_graph.build([tmp_path / layout.file])
    said = [
        (predicate[1:-1].replace("#", "/").rsplit("/", 1)[1], value) for s, predicate, value, _ in graph.asserted if "/mitigation/" in s
    ]
    assert {name for name, _ in said} <= SAID
    assert {read_literal(value).text for name, value in said if name == "label"} == layout.names
    assert [str(finding.message) for finding in graph.report.findings if finding.severity is Severity.VIOLATION] == []


def test_lists_are_named_with_their_numbers_where_none_is_called_as_measures_are(tmp_path: Path) -> None:
    text = json.dumps({"people": [{"id": "1"}], "places": [{"id": "2"}, {"id": "3"}]})
    (tmp_path / "a.json").write_text(text)
    assert count_records(text.encode(), file="a.json") == {"people": 1, "places": 2}
    with pytest.raises(
        InputError, match=r"several lists of records: /people, /places; name one with --records: places \(2\), people \(1\)"
    ):
        propose_mapping([tmp_path / "a.json"])


def test_digest_of_json_that_is_held_as_a_whole_is_that_of_its_text() -> None:
    text = json.dumps(CATALOGUE, indent=1) + "\n"
    (held,) = read_tables(text.encode(), file="a.json", records="controls")
    (other,) = read_tables(b'[{"a": "b"}]\n', file="a.json")
    assert len(held.sha256) == len(other.sha256) == 64
    (more,) = read_tables(f"{text} []".encode(), file="a.json", records="controls")
    assert "behind the end of the JSON stands more" in more.findings[0].message


@pytest.mark.parametrize("header", ["Group Name", "SectionTitle", "Author name", "Risk ID", "Parent id"])
def test_name_of_something_else_is_not_that_of_the_row(header: str, tmp_path: Path) -> None:
    rows = "".join(
        f"Thing {n},The team does thing number {n} with great care and writes it down in the book of all things.\n" for n in range(3)
    )
    (tmp_path / "a.csv").write_text(f"{header},Description\n{rows}")
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"], document="A document")
    assert f": {header}" not in "".join(line for line in proposal.yaml.splitlines() if not line.lstrip().startswith("#"))


def test_what_belongs_to_a_code_is_a_comment_where_no_column_holds_codes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Description,Justification,Date\nLocking,The team locks all doors.,It is cheap.,2024-01-02\n")
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"], document="A document")
    assert set(read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"].columns) == {"name", "description"}


def test_key_of_a_document_is_no_title(tmp_path: Path) -> None:
    rows = "".join(f"Locking {n},The team locks door {n} at night.,BOOK.{n // 2}\n" for n in range(4))
    (tmp_path / "a.csv").write_text(f"Name,Description,Document\n{rows}")
    proposal, counts, _ = propose_mapping([tmp_path / "a.csv"])
    table = read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"]
    assert (table.columns["source"], table.inline, counts[0].used) == ("Document", {}, 4)


def test_one_document_for_all_rows_leaves_no_row_without_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Description\nLocking,The team locks all doors.\nKnocking,Whoever comes has to knock.\n")
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"], document="A document")
    (tmp_path / "mapping.yaml").write_text(proposal.yaml)
    assert "TAB-07" not in {finding.rule for finding in airm_graph.build([tmp_path]).report.findings}


def test_row_is_called_by_the_first_column_that_says_something(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Title,Ref\n,,R1\nLocking,Other,R2\n,Knocking,R3\n,,\n")
    (tmp_path / "mapping.yaml").write_text("tables: {mitigations: {document: {title: A}, columns: {name: [Name, Title, Ref]}}}")
    graph = airm_graph.build([tmp_path])
    labels = {
        read_literal(value).text for s, predicate, value, _ in graph.asserted if "/mitigation/" in s and predicate == term("rdfs:label")
    }
    assert labels == {"R1", "Locking", "Knocking"}


SCHEME = """tables:
  mitigations:
    document: {title: A handbook}
    columns: {identifier: ID, name: Name}
    schemes:
      - {name: handbook-parts, title: Parts of a handbook, columns: {code: Part, label: Part name}, separator: "|"}
      - {name: handbook-kinds, title: Kinds of a handbook, columns: {label: Kind}}
"""
SORTED = """ID,Name,Part,Part name,Kind
1,Locking,1.1.3,Doors,Of wood
2,Knocking,1.1.3|X 9,Doors|Walls & more,Of wood; Of air
3,Asking,,,
4,Waiting,9.9.9|1,Alone,
"""


def test_codes_of_others_are_concepts_of_their_own_scheme_and_judged_by_no_list(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text(SORTED)
    (folder / "mapping.yaml").write_text(SCHEME)
    graph = airm_graph.build([folder])
    assert [str(finding.message) for finding in graph.report.findings if finding.severity is Severity.VIOLATION] == []
    said = {(s, p, o) for s, p, o, g in graph.asserted if "/capture/" in g}
    given = {(s.rpartition("/")[2][:-1], o) for s, p, o in said if p == term("dcterms:subject")}
    doors, one, wood = iri("scheme/handbook-parts/1.1.3"), iri("scheme/handbook-parts/1"), "scheme/handbook-kinds/of-wood-"
    assert {(name, o) for name, o in given if o in {doors, one}} == {("locking", doors), ("knocking", doors), ("waiting", one)}
    assert {name for name, o in given if wood in o} == {"locking", "knocking"}
    assert len(given) == 8
    of_doors = {(p, o) for s, p, o in said if s == doors}
    assert of_doors == {
        (term("rdf:type"), term("skos:Concept")),
        (term("skos:notation"), '"1.1.3"'),
        (term("rdfs:label"), '"Doors"'),
        (term("skos:prefLabel"), '"Doors"'),
        (term("skos:inScheme"), iri("scheme/handbook-parts")),
    }
    # Two codes and one label: which is whose is not known.
    assert not [o for s, p, o in said if s == one and p == term("skos:prefLabel")]
    assert (iri("scheme/handbook-parts"), term("rdfs:label"), '"Parts of a handbook"') in said
    assert not [p for _, p, _ in said if p == term("airm:assignedCode")]


def test_concepts_of_others_go_to_tables_and_back(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SORTED)
    (tmp_path / "mapping.yaml").write_text(SCHEME)
    graph = airm_graph.build([tmp_path / "a.csv"])
    graph.write_tables(tmp_path / "tables")
    again = airm_graph.build([tmp_path / "tables"])
    assert {quad for quad in graph.asserted if "/capture/" in quad[3]} == {quad for quad in again.asserted if "/capture/" in quad[3]}


def test_column_of_categories_is_proposed_as_a_scheme_of_the_document(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RISK_MAP)
    proposal, _, _ = propose_mapping([tmp_path / "a.yaml"], document="A made-up map")
    (scheme,) = read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"].schemes
    assert (scheme.name, scheme.title, scheme.columns) == ("a-made-up-map-category", "category: A made-up map", {"label": "category"})


def test_columns_of_numbers_are_neither_people_nor_documents_nor_codes(tmp_path: Path) -> None:
    rows = "".join(
        f"Measure {n},What the measure {n} asks the team to do.,{2020 + n % 2},{n % 3},0.{n % 2}5,{n % 2},Jane Doe\n" for n in range(6)
    )
    (tmp_path / "a.csv").write_text(f"Name,Description,Year,Priority,Score,Count,Owner\n{rows}")
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"], document="A handbook")
    guessed = {guess.profile.header: guess.what for guess in proposal.tables[0].guesses}
    assert {guessed[header] for header in ("Year", "Priority", "Score", "Count")} == {""}
    assert guessed["Owner"] not in {"agent", "source", "identifier"}


def test_number_of_whoever_assigned_a_code_is_a_comment(tmp_path: Path) -> None:
    rows = "".join(f"Measure {n},What the measure {n} asks the team to do.,1.1.{n % 3 + 1},{n % 2}\n" for n in range(6))
    (tmp_path / "a.csv").write_text(f"Name,Description,Code,Coder\n{rows}")
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"], document="A handbook")
    assert "# agent: Coder" in proposal.yaml


@pytest.mark.parametrize("head", ["Countermeasure,Details", "Recommendation,Explanation", "Requirement,Guidance", "Practice,Description"])
def test_short_column_of_measures_is_the_name_and_the_longer_one_the_description(head: str, tmp_path: Path) -> None:
    rows = "".join(f"Lock door {n},Whoever leaves last locks the door {n} and says so.\n" for n in range(4))
    (tmp_path / "a.csv").write_text(f"{head}\n{rows}")
    proposal, counts, _ = propose_mapping([tmp_path / "a.csv"], document="A list")
    columns = read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"].columns
    assert ([columns["name"], columns["description"]], counts[0].used) == (head.split(","), 4)


@pytest.mark.parametrize("total", ["Total", "Total: 4", "Grand total", "Sum of all = 4", "Subtotal"])
@pytest.mark.parametrize("described", [True, False])
def test_total_below_the_rows_is_no_mitigation(total: str, described: bool, tmp_path: Path) -> None:
    more = ",Described" if described else ""
    rows = "".join(f"Lock door {n}{',Whoever leaves last locks it.' if described else ''}\n" for n in range(4))
    (tmp_path / "a.csv").write_text(f"Name{more}\n{rows}{total}{',' if described else ''}\n")
    columns = "{name: Name, description: Described}" if described else "{name: Name}"
    (tmp_path / "mapping.yaml").write_text(f"tables: {{mitigations: {{document: {{title: A}}, columns: {columns}}}}}")
    graph = airm_graph.build([tmp_path])
    assert graph.count()["mitigations"] == 4
    (found,) = [finding for finding in graph.report.findings if finding.rule == "TAB-39"]
    assert (found.location.row, found.location.column, found.severity.value) == (6, "Name", "info")
    assert len(graph.quarantine) == 1


def test_measure_that_is_called_after_a_total_and_described_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Described\nTotal,All costs of a system are summed up.\nTotal recall,\n")
    (tmp_path / "mapping.yaml").write_text("tables: {mitigations: {document: {title: A}, columns: {name: Name, description: Described}}}")
    assert airm_graph.build([tmp_path]).count()["mitigations"] == 2


ROWS = [
    ("C-1", "Lock the door", "Whoever leaves last locks the door.", "2.3.2"),
    ("C-2", "Watch the kiln", "Somebody watches the kiln all night.", "2.3.3"),
    ("C-3", "Ring the bell", "Whoever sees smoke rings the bell.", "2.3.4"),
]
HEAD = ("ID", "Control", "Description", "Code")
MAPPED = (
    "edition: v2\ntables:\n  mitigations:\n    document: {title: A}\n"
    "    columns: {identifier: ID, name: Control, description: Description, code: Code}\n"
)


def lines_of(*rows: tuple[str, ...], mark: str = ",") -> str:
    return "".join(mark.join(row) + "\n" for row in rows)


def build_text(text: str, folder: Path, *, mapping: str = MAPPED) -> airm_graph.Graph:
    (folder / "a.csv").write_text(text)
    (folder / "mapping.yaml").write_text(mapping)
    return airm_graph.build([folder])


def names_of(graph: airm_graph.Graph) -> set[str]:
    rows = ((s, predicate, value) for s, predicate, value, _ in graph.asserted if "/mitigation/" in s and "/classification/" not in s)
    return {read_literal(value).text for _, predicate, value in rows if predicate == term("rdfs:label")}


NAMES = {row[1] for row in ROWS}


@pytest.mark.parametrize(
    ("rows", "set_aside"),
    [
        ([("Part A", "", "", ""), *ROWS[:2], ("Part B", "", "", ""), ROWS[2]], [2, 5]),
        ([("", "Part A", "", ""), *ROWS], [2]),
        ([*ROWS, ("", "", "", ""), ("Note: this is a draft.", "", "", "")], [6]),
        ([*ROWS[:2], HEAD, ROWS[2]], [4]),
    ],
)
def test_headings_notes_and_a_header_once_more_are_no_mitigations(
    rows: list[tuple[str, ...]], set_aside: list[int], tmp_path: Path
) -> None:
    graph = build_text(lines_of(HEAD, *rows), tmp_path)
    assert names_of(graph) == NAMES
    assert [finding.location.row for finding in graph.report.findings if finding.rule == "TAB-39"] == set_aside
    assert len(graph.quarantine) == len(set_aside)


def test_row_of_a_name_is_a_measure_where_most_rows_hold_nothing_else(tmp_path: Path) -> None:
    graph = build_text(lines_of(HEAD, ROWS[0], *(("", f"Measure {number}", "", "") for number in range(3))), tmp_path)
    assert names_of(graph) == {"Lock the door", "Measure 0", "Measure 1", "Measure 2"}


def test_row_with_a_name_and_an_identifier_is_a_measure(tmp_path: Path) -> None:
    assert names_of(build_text(lines_of(HEAD, *ROWS, ("C-4", "Sweep the floor", "", "")), tmp_path)) == {*NAMES, "Sweep the floor"}


def test_lone_description_is_a_row_without_a_name(tmp_path: Path) -> None:
    graph = build_text(lines_of(HEAD, *ROWS, ("", "", "and then goes home.", "")), tmp_path)
    assert [finding.location.row for finding in graph.report.findings if finding.rule == "TAB-04"] == [5]


@pytest.mark.parametrize(
    "text",
    [
        lines_of(("A list", "", "", ""), ("Version", "2", "", ""), ("", "", "", ""), HEAD, *ROWS),
        "A list\n\n" + lines_of(HEAD, *ROWS, mark=";"),
        "A list, the second\n" + lines_of(HEAD, *ROWS, mark=";"),
        "sep=;\n" + lines_of(HEAD, *ROWS, mark=";"),
    ],
)
def test_titles_above_the_header_of_a_text_are_left_out_and_said(text: str, tmp_path: Path) -> None:
    graph = build_text(text, tmp_path)
    assert names_of(graph) == NAMES
    (found,) = [finding for finding in graph.report.findings if finding.rule == "TAB-24"]
    assert "what stands above it" in found.message
    assert text.split("\n")[int(found.message.split("row ")[1].split(";")[0]) - 1].startswith("ID")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Control\nLock, then go\n", {"Lock"}),
        ("Control\nLock; then go\nWatch; then go; then rest\n", {"Lock; then go", "Watch; then go; then rest"}),
        ("Control;Text\nLock;a, b, c\nWatch;d, e, f\nRing;g, h, i\n", {"Lock", "Watch", "Ring"}),
    ],
)
def test_header_of_one_or_two_columns_is_no_title(text: str, names: set[str], tmp_path: Path) -> None:
    mapping = "tables: {mitigations: {document: {title: A}, columns: {name: Control}}}"
    graph = build_text(text, tmp_path, mapping=mapping)
    assert names_of(graph) == names or {finding.rule for finding in graph.report.findings} >= {"TAB-09"}


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("2.3.4 / 2.3.3", {"2.3.3", "2.3.4"}),
        ("2.3.4, 2.3.3 and 1.1", {"1.1", "2.3.3", "2.3.4"}),
        ("Incident Response (2.3.4)", {"2.3.4"}),
        ("Monitoring & Logging (2.3.4)", set()),
        ("2,3", set()),
    ],
)
def test_codes_of_a_cell_stand_apart_by_any_mark_that_no_code_has(cell: str, codes: set[str], tmp_path: Path) -> None:
    graph = build_text(lines_of(HEAD, ("C-1", "Lock the door", "Whoever leaves locks it.", f'"{cell}"')), tmp_path)
    assert {o.rsplit("/", 1)[1][:-1] for _, p, o, _ in graph.asserted if p == term("airm:assignedCode")} == codes
    assert bool(codes) != any(finding.rule in {"TAB-05", "TAB-06"} for finding in graph.report.findings)


def test_levels_of_one_code_are_one_classification(tmp_path: Path) -> None:
    rows = [(row[0], row[1], row[2], "2", "2.3", row[3]) for row in ROWS]
    (tmp_path / "a.csv").write_text(lines_of((*HEAD[:3], "L1 code", "L2 code", "L3 code"), *rows))
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"], document="A list")
    table = read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"]
    assert (table.columns["code"], table.classifications) == ("L3 code", ())


def test_columns_that_describe_the_document_of_a_row_are_proposed(tmp_path: Path) -> None:
    head = ("Mitigation", "Description", "Paper", "Authors", "Year", "Owner")
    rows = [(row[1], row[2], f"A paper on kilns {number // 2}", '"Doe, Jane"', "2024", f"Team {number}") for number, row in enumerate(ROWS)]
    (tmp_path / "a.csv").write_text(lines_of(head, *rows))
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"])
    inline = read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"].inline
    assert inline == {"title": "Paper", "authors": "Authors", "issued": "Year"}
    different = [(*row[:4], f"202{number}", row[5]) for number, row in enumerate(rows)]
    (tmp_path / "a.csv").write_text(lines_of(head, *different))
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"])
    assert read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"].inline == {"title": "Paper", "authors": "Authors"}


def test_proposed_mapping_of_comments_alone_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Foo\n1\n2\n")
    proposal, _, _ = propose_mapping([tmp_path / "a.csv"], document="A list")
    assert proposal.missing
    with pytest.raises(InputError, match="nothing but comments: take the mark away"):
        read_mapping(proposal.yaml.encode(), file="m.yaml")


def test_column_of_a_taxonomy_is_proposed_once(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({row[0]: {"name": row[1], "code": row[3]} for row in ROWS}))
    proposal, _, _ = propose_mapping([tmp_path / "a.json"])
    assert [line.split(":")[0].strip() for line in proposal.yaml.splitlines() if "C-" in line and ".code" in line] == [
        "code",
        "# code",
        "# code",
    ]


def test_rows_of_another_type_are_no_mitigations(tmp_path: Path) -> None:
    objects = [{"type": "course-of-action", "id": f"course-of-action--{row[0]}", "name": row[1], "description": row[2]} for row in ROWS]
    others = [{"type": "identity", "id": "identity--1", "name": "Kiln board"}, {"type": "relationship", "id": "relationship--1"}]
    (tmp_path / "a.json").write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": [others[0], *objects, others[1]]}))
    proposal, counts, violations = propose_mapping([tmp_path / "a.json"], document="A list")
    table = read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"]
    assert (table.only, table.columns["name"], table.name_else) == ({"type": ("course-of-action",)}, "name", ())
    assert ([(count.read, count.used) for count in counts], violations) == ([(5, 3)], ())
    (tmp_path / "mapping.yaml").write_text(proposal.yaml)
    graph = airm_graph.build([tmp_path])
    assert names_of(graph) == NAMES
    assert sorted(finding.location.row for finding in graph.report.findings if finding.rule == "TAB-39") == [1, 5]


def test_column_that_tells_rows_apart_must_be_there(tmp_path: Path) -> None:
    mapping = MAPPED.replace("    columns:", "    only: {Type: Control}\n    columns:")
    graph = build_text(lines_of(HEAD, *ROWS), tmp_path, mapping=mapping)
    assert next(finding.message for finding in graph.report.findings if finding.rule == "TAB-03").endswith("these are missing: Type")
    graph = build_text(lines_of((*HEAD, "Type"), *((*row, "Control") for row in ROWS[:2]), (*ROWS[2], "Aim")), tmp_path, mapping=mapping)
    assert names_of(graph) == {row[1] for row in ROWS[:2]}


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_objects_under_their_identifiers_are_rows(suffix: str, tmp_path: Path) -> None:
    controls = {row[0]: {"name": row[1], "description": row[2], "code": row[3]} for row in ROWS}
    (tmp_path / f"a{suffix}").write_text(json.dumps({"title": "A", "controls": controls}))
    proposal, counts, violations = propose_mapping([tmp_path / f"a{suffix}"], document="A list")
    mapping = read_mapping(proposal.yaml.encode(), file="m.yaml")
    assert (mapping.records, mapping.tables["mitigations"].columns["identifier"]) == ("controls", "key")
    assert ([(count.read, count.used) for count in counts], violations) == ([(3, 3)], ())


def test_member_that_stands_twice_in_a_list_of_a_name_has_no_certain_value(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"controls": [{"name": "Lock", "name": "Bell"}, {"name": "Watch"}], "people": [{"id": 1}]}')
    (tmp_path / "mapping.yaml").write_text("records: controls\ntables: {mitigations: {document: {title: A}, columns: {name: name}}}")
    graph = airm_graph.build([tmp_path])
    assert names_of(graph) == {"Watch"}
    assert "TAB-26" in {finding.rule for finding in graph.report.findings}


def test_column_without_a_header_says_nothing(tmp_path: Path) -> None:
    rows = [(str(number), *row) for number, row in enumerate(ROWS)]
    graph = build_text(lines_of(("", *HEAD), *rows), tmp_path)
    assert names_of(graph) == NAMES
    assert not [o for s, _, o, _ in graph.asserted if "/classification/" in s and "/agent/" in o]


def test_table_that_is_none_is_named_with_its_line_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Control,Text\nLock,It is locked.\n"Watch" it,It is watched.\n')
    with pytest.raises(InputError, match=r"a\.csv:3: the row is not CSV: .*; save the table again"):
        propose_mapping([tmp_path / "a.csv"])

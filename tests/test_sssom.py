"""Tables of mappings: read with their lines, written in one form, checked against the vocabularies, and accepted by the reference tool."""

import io
import json
import os
import subprocess
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from airm_graph import sssom
from airm_graph.cli import cli
from airm_graph.errors import ExportError, InputError
from airm_graph.export.alignment import write_alignment
from airm_graph.export.mapping_formats import condense, write_matches
from airm_graph.ingest.external import check_matches, find_match_findings
from airm_graph.ingest.inputs import find_inputs
from airm_graph.ingest.known_terms import load_known_terms, read_terms
from airm_graph.ingest.mapping_sets import load_matches, open_matches, read_matches
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.pipeline import validate_inputs
from airm_graph.resources import find_resource
from airm_graph.sssom import NO_TERM, Curies, Match, MatchSet
from tools import miss

ALIGNMENTS = sorted(find_resource("ontology/alignments").glob("*.sssom.tsv"))
FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
SKOS = PREFIXES["skos"]
HEAD = """\
#curie_map:
#  airo: https://w3id.org/airo#
#  mine: https://example.org/terms/
#mapping_set_id: https://example.org/mine
#license: https://creativecommons.org/licenses/by/4.0/
"""
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification"
ROW = "mine:user\tskos:closeMatch\tairo:AIUser\tsemapv:ManualMappingCuration"


def table(*rows: str, head: str = HEAD, columns: str = COLUMNS) -> bytes:
    return (head + "\n".join([columns, *rows]) + "\n").encode()


def read(data: bytes) -> tuple[MatchSet, list[tuple[str, int]]]:
    matches, findings = read_matches(data, file="a.sssom.tsv")
    return matches, [(finding.rule, finding.location.first_line) for finding in findings if finding.location]


def reference_tool() -> Path:
    """The command of the reference tool, which CI must have."""
    named = os.environ.get("AIRM_SSSOM", "")
    if not named:
        miss("the reference tool for SSSOM is not named by AIRM_SSSOM")
    assert Path(named).exists(), f"AIRM_SSSOM names {named}, which is not there"
    return Path(named)


# Reading.


def test_table_is_read_with_its_metadata_and_lines():
    matches, found = read(table(ROW, "", ROW))
    assert found == []
    assert matches.get("mapping_set_id") == "https://example.org/mine"
    assert matches.prefixes == {"airo": "https://w3id.org/airo#", "mine": "https://example.org/terms/"}
    assert [match.line for match in matches.matches] == [7, 9]
    assert matches.matches[0].triple == ("https://example.org/terms/user", f"{SKOS}closeMatch", "https://w3id.org/airo#AIUser")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", ["", " ", "   "])
def test_table_is_read_the_same_with_any_line_end_and_indent(end: str, indent: str):
    text = table(ROW).decode().replace("#", f"#{indent}").replace(f"#{indent}", "#" + indent)
    head, _, body = text.partition("subject_id")
    data = (head + "subject_id" + body.replace(f"#{indent}", "#")).replace("\n", end).encode()
    matches, found = read(data)
    assert found == []
    assert len(matches.matches) == 1
    assert matches.prefixes["mine"] == "https://example.org/terms/"


def test_values_with_tabs_quotes_line_ends_and_bars_are_kept():
    columns = f"{COLUMNS}\tcomment\tmatch_string"
    matches, found = read(table(f'{ROW}\t"one ""two""\tthree\nfour"\ta|b\\|c\\\\d', ROW + "\t\t", columns=columns))
    assert found == []
    assert matches.matches[0].get("comment") == 'one "two"\tthree\nfour'
    assert matches.matches[0].values["match_string"] == ("a", "b|c\\d")
    assert [match.line for match in matches.matches] == [7, 9]


def test_set_hands_its_slots_on_unless_a_mapping_has_its_own():
    head = HEAD + "#mapping_tool: mine\n#subject_type: skos concept\n"
    matches, _ = read(table(f"{ROW}\towl class", f"{ROW}\t", head=head, columns=f"{COLUMNS}\tsubject_type"))
    assert [match.get("mapping_tool") for match in matches.matches] == ["mine", "mine"]
    assert [match.get("subject_type") for match in matches.matches] == ["owl class", ""]


def test_list_of_the_metadata_may_be_one_text():
    head = HEAD + "#creator_label: Ann Lee\n"
    assert read(table(ROW, head=head))[0].metadata["creator_label"] == ("Ann Lee",)


def test_metadata_may_lie_in_a_file_of_their_own(tmp_path: Path):
    (tmp_path / "a.sssom.tsv").write_bytes(table(ROW, head=""))
    (tmp_path / "a.sssom.yml").write_text("".join(line[1:] + "\n" for line in HEAD.splitlines()))
    assert load_matches(tmp_path / "a.sssom.tsv").get("mapping_set_id") == "https://example.org/mine"
    assert find_match_findings(tmp_path / "a.sssom.tsv", name="a") == []


def test_table_may_be_comma_separated():
    matches, found = read(table(ROW.replace("\t", ","), columns=COLUMNS.replace("\t", ",")))
    assert (len(matches.matches), found) == (1, [])


def test_literal_needs_a_label_and_no_identifier():
    columns = "subject_label\tsubject_type\tpredicate_id\tobject_id\tmapping_justification"
    row = "a user\trdfs literal\tskos:closeMatch\tairo:AIUser\tsemapv:LexicalMatching"
    matches, found = read(table(row, row.replace("a user", ""), columns=columns))
    assert found == [("SSM-03", 8)]
    assert [match.is_statement for match in matches.matches] == [False]


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (table(ROW).replace(b"user", b"us\xe9r"), "SSM-01", 7),
        (b"", "SSM-01", 1),
        (HEAD.encode(), "SSM-01", 5),
        (table(ROW, columns=COLUMNS.replace("object_id", "subject_id")), "SSM-01", 6),
        (table(ROW, columns=COLUMNS.replace("predicate_id", "predicate")), "SSM-01", 6),
        (table(f"{ROW}\tmore"), "SSM-01", 7),
        (table(ROW, f'{ROW}\t"open', columns=f"{COLUMNS}\tcomment"), "SSM-01", 8),
        (table(ROW, head=HEAD.replace("#license", "#: - {license")), "SSM-01", 5),
        (table(ROW, head=HEAD + "#comment: &a x\n#other: *a\n"), "SSM-01", 1),
        (table(ROW, head="# a remark\n"), "SSM-01", 1),
        (table(ROW, head=HEAD.rpartition("#license")[0]), "SSM-02", 1),
        (table(ROW.replace("semapv:ManualMappingCuration", "")), "SSM-03", 7),
        (table(ROW.replace("mine:user", "")), "SSM-03", 7),
        (table(ROW.replace("mine:", "yours:")), "SSM-04", 7),
        (table(ROW.replace("mine:user", "user")), "SSM-04", 7),
        (table(ROW.replace("ManualMappingCuration", "Guesswork")), "SSM-05", 7),
        (table(ROW.replace("skos:closeMatch", "sssom:NoTermFound")), "SSM-05", 7),
        (table(f"{ROW}\t1.5", columns=f"{COLUMNS}\tconfidence"), "SSM-05", 7),
        (table(f"{ROW}\tNever", columns=f"{COLUMNS}\tpredicate_modifier"), "SSM-05", 7),
        (table(f"{ROW}\t2026-02-30", columns=f"{COLUMNS}\tmapping_date"), "SSM-05", 7),
        (table(f"{ROW}\tnot an address", columns=f"{COLUMNS}\tsee_also"), "SSM-05", 7),
        (table(ROW, head=HEAD + "#mapping_set_id: https://example.org/again\n"), "SSM-05", 6),
        (table(ROW, head=HEAD + "#publication_date: someday\n"), "SSM-05", 6),
        (table(ROW, head=HEAD + "#mapping_set_title:\n#  - one\n#  - two\n"), "SSM-05", 6),
        (table(ROW, head=HEAD.replace("#  mine", "#  not a prefix")), "SSM-05", 3),
        (table(ROW, head=HEAD.replace("#mapping_set_id", "#  skos: urn:x/\n#mapping_set_id")), "SSM-06", 4),
        (table(f"{ROW}\tx", columns=f"{COLUMNS}\tcertainty"), "SSM-06", 6),
        (table(ROW.replace("mine:user", "https://example.org/terms/user")), "SSM-06", 7),
        (b"\xef\xbb\xbf" + table(ROW), "SSM-06", 1),
        (table(ROW, head=HEAD + "#favourite: blue\n"), "SSM-06", 6),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_at_its_line(data: bytes, rule: str, line: int):
    assert (rule, line) in read(data)[1]


def test_undeclared_prefix_is_reported_on_every_row_and_the_rows_are_left_out():
    matches, found = read(table(*[ROW.replace("mine:", "yours:")] * 3, ROW))
    assert found == [("SSM-04", 7), ("SSM-04", 8), ("SSM-04", 9)]
    assert len(matches.matches) == 1


def test_loading_stops_at_the_first_violation_with_file_and_line(tmp_path: Path):
    path = tmp_path / "a.sssom.tsv"
    path.write_bytes(table(ROW, ROW.replace("semapv:ManualMappingCuration", "")))
    with pytest.raises(InputError, match=r"a\.sssom\.tsv:8: the row has no mapping_justification"):
        load_matches(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_matches(tmp_path / "none.sssom.tsv")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: table(ROW, text)))
def test_nothing_makes_the_reader_fail(data: bytes):
    matches, findings = read_matches(data, file="a.sssom.tsv")
    assert matches.matches or findings


def test_rows_are_read_in_bounded_memory():
    class Endless(io.RawIOBase):
        """A table that is made while it is read."""

        def __init__(self, rows: int) -> None:
            self.lines = iter([*table().splitlines(keepends=True), *([ROW.encode() + b"\n"] * rows)])

        def readline(self, size: int | None = -1) -> bytes:
            return next(self.lines, b"")

    peaks = []
    for rows in (500, 5_000):
        stream = Endless(rows)
        tracemalloc.start()
        assert sum(1 for _ in open_matches(stream, file="a.sssom.tsv")) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_line_of_many_megabytes_is_refused():
    assert read(table("x" * 1_100_000))[1] == [("SSM-01", 7)]


# Writing.


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def match_sets(draw: st.DrawFn) -> MatchSet:
    matches = []
    for _ in range(draw(st.integers(0, 4))):
        values = {
            "subject_id": f"https://example.org/terms/{draw(st.integers(1, 3))}",
            "predicate_id": f"{SKOS}closeMatch",
            "object_id": draw(st.sampled_from(["https://w3id.org/airo#AIUser", NO_TERM])),
            "mapping_justification": "https://w3id.org/semapv/vocab/MappingReview",
        }
        if draw(st.booleans()):
            values["comment"] = draw(TEXTS)
        if draw(st.booleans()):
            values["match_string"] = tuple(draw(st.lists(TEXTS, min_size=1, max_size=3)))
        if draw(st.booleans()):
            values["mapping_tool"] = draw(TEXTS)
        if draw(st.booleans()):
            values["confidence"] = draw(st.sampled_from(["0.5", "1", "0.125"]))
        if draw(st.booleans()):
            values["predicate_modifier"] = "Not"
        matches.append(Match(values))
    metadata = {"mapping_set_id": "https://example.org/mine", "license": "https://example.org/l", "mapping_set_title": draw(TEXTS)}
    return MatchSet(metadata, {"mine": "https://example.org/terms/", "airo": "https://w3id.org/airo#"}, tuple(matches))


@settings(max_examples=60, deadline=None)
@given(match_sets(), st.booleans())
def test_what_is_written_is_read_again(matches: MatchSet, condensed: bool):
    text = "".join(write_matches(matches, condensed=condensed))
    again, findings = read_matches(text.encode(), file="a.sssom.tsv")
    assert findings == ()
    assert again.get("mapping_set_title") == matches.get("mapping_set_title")
    assert sorted(map(repr, (sorted(match.values.items()) for match in again.matches))) == sorted(
        map(repr, (sorted(match.values.items()) for match in matches.matches))
    )
    assert "".join(write_matches(again, condensed=condensed)) == text


@pytest.mark.parametrize(
    "title", ["0000-00-00", "2026-11-21", "1.10", "yes", "a: b", "# no", "- a", "x\u2028y", "null", " a", "'", '"', "é"]
)
def test_text_of_the_metadata_stays_a_text(title: str):
    text = "".join(write_matches(MatchSet({"mapping_set_id": "urn:x", "license": "urn:y", "mapping_set_title": title})))
    assert read_matches(text.encode(), file="a")[0].get("mapping_set_title") == title


def test_order_of_mappings_changes_nothing():
    matches = load_matches(ALIGNMENTS[0])
    turned = MatchSet(matches.metadata, dict(reversed(matches.prefixes.items())), tuple(reversed(matches.matches)))
    assert "".join(write_matches(turned)) == "".join(write_matches(matches))


def test_common_values_are_said_once():
    matches = load_matches(find_resource("ontology/alignments/v1-v2.sssom.tsv"))
    assert {match.get("subject_type") for match in matches.matches} == {"skos concept"}
    assert condense(matches).get("subject_type") == "skos concept"
    assert "subject_type" in "".join(write_matches(matches, condensed=False)).split("\nsubject_id")[1].splitlines()[0]


@pytest.mark.parametrize(
    ("matches", "message"),
    [
        (MatchSet({"license": "urn:x"}), "no mapping_set_id"),
        (MatchSet({"mapping_set_id": "urn:x"}), "no license"),
        (MatchSet({"mapping_set_id": "urn:x", "license": "urn:x"}, {}, (Match({"subject_id": "urn:y"}),)), "no namespace"),
    ],
)
def test_set_that_cannot_be_written_is_refused(matches: MatchSet, message: str):
    with pytest.raises(ExportError, match=message):
        "".join(write_matches(matches))


def test_longest_namespace_gives_the_curie():
    curies = Curies({"a": "https://example.org/", "b": "https://example.org/terms/"})
    assert curies.contract("https://example.org/terms/user") == "b:user"
    assert curies.expand("b:user") == "https://example.org/terms/user"
    assert curies.expand("c:user") is None


# Links.


def test_denied_mappings_and_missing_terms_are_no_links():
    columns = f"{COLUMNS}\tpredicate_modifier"
    rows = (f"{ROW}\tNot", ROW.replace("airo:AIUser", "sssom:NoTermFound") + "\t", ROW.replace("mine:user", "mine:person") + "\t")
    matches, found = read(table(*rows, columns=columns))
    assert found == []
    graph = Graph().parse(data=write_alignment(matches), format="turtle")
    assert {str(s) for s, p, _ in graph if p.startswith(SKOS)} == {"https://example.org/terms/person"}


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda path: path.name)
def test_alignment_in_turtle_is_the_one_made_from_its_table(path: Path):
    done = CliRunner().invoke(cli, ["sssom", str(path)])
    assert done.exit_code == 0
    assert done.output == path.with_name(path.name.replace(".sssom.tsv", ".ttl")).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda path: path.name)
def test_our_tables_are_canonical_and_pass_every_rule(path: Path):
    assert "".join(write_matches(load_matches(path))) == path.read_text(encoding="utf-8")
    assert find_match_findings(path, name=path.name) == []


def test_every_alignment_has_a_table():
    turtle = {path.stem for path in find_resource("ontology/alignments").glob("*.ttl")}
    assert turtle == {path.name.removesuffix(".sssom.tsv") for path in ALIGNMENTS}


# External terms.


def findings_of(tmp_path: Path, *rows: str, columns: str = COLUMNS, head: str = HEAD, terms: object = None) -> list[tuple[str, int]]:
    path = tmp_path / "a.sssom.tsv"
    path.write_bytes(table(*rows, columns=columns, head=head))
    return [(finding.rule, finding.location.first_line) for finding in find_match_findings(path, name=path.name, terms=terms)]


def test_vendored_terms_are_those_of_the_facts():
    if not FACTS.is_dir():
        pytest.skip("the facts are not beside this checkout")
    assert find_resource("ontology/external-terms.tsv").read_bytes() == (FACTS / "external-terms.tsv").read_bytes()
    assert len(read_terms(find_resource("ontology/external-terms.tsv").read_text(encoding="utf-8"))) == 3008


@pytest.mark.parametrize(
    ("target", "rules"),
    [
        ("https://w3id.org/airo#AIUser", []),
        ("https://w3id.org/airo#AIUsr", ["SSM-08"]),
        ("https://w3id.org/dpv/legal/eu/aiact#Nothing", ["SSM-08"]),
        ("https://w3id.org/dpv/pd#Nothing", []),
        (f"{BASE}taxonomy/v2/2.2.1", []),
        (f"{BASE}taxonomy/v2/2.2.7", ["SSM-08"]),
        (f"{BASE}ontology#Mitigation", []),
        (f"{BASE}ontology#Mitigations", ["SSM-08"]),
        (f"{BASE}mitigation/a/b", []),
        (f"{BASE}agent/somebody", []),
        ("https://example.org/anything", []),
        (f"{SKOS}exactmatch", ["SSM-08"]),
        (NO_TERM, []),
    ],
)
def test_term_of_a_listed_vocabulary_must_be_in_the_list(target: str, rules: list[str]):
    match = Match({"subject_id": "urn:a", "predicate_id": f"{SKOS}closeMatch", "object_id": target}, 7)
    assert [finding.rule for finding in check_matches([match], file="a")] == rules


def test_labels_and_deprecated_terms_are_found_at_file_and_line(tmp_path: Path):
    columns = "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification"
    rows = [f"mine:user\tskos:closeMatch\tairo:{name}\t{label}\tsemapv:MappingReview" for name, label in
            (("AIUser", "AI User"), ("AIUser", "AI Subject"), ("AISubject", ""))]  # fmt: skip
    assert findings_of(tmp_path, *rows, columns=columns) == [("SSM-10", 8), ("SSM-11", 8)]
    terms = {**load_known_terms(), **read_terms(
        "vocabulary\tedition\tiri\tlabel\tkind\tdeprecated\nairo\t1.0\thttps://w3id.org/airo#AISubject\tAI Subject\tclass\ttrue"
    )}  # fmt: skip
    assert findings_of(tmp_path, *rows, columns=columns, terms=terms) == [("SSM-10", 8), ("SSM-11", 8), ("SSM-09", 9)]


def test_mapping_that_is_stated_and_denied_is_found_wherever_the_two_stand(tmp_path: Path):
    columns = f"{COLUMNS}\tpredicate_modifier"
    other = ROW.replace("closeMatch", "exactMatch")
    assert findings_of(tmp_path, f"{ROW}\t", f"{other}\t", f"{ROW}\tNot", f"{ROW}\t", columns=columns) == [
        *(("SSM-07", 7), ("SSM-07", 10), ("SSM-12", 10))
    ]
    assert findings_of(tmp_path, f"{ROW}\tNot", f"{other}\t", columns=columns) == []


# The command line.


def test_validate_judges_a_table_of_mappings(tmp_path: Path):
    (tmp_path / "bad.sssom.tsv").write_bytes(table(ROW, ROW.replace("AIUser", "AIUsr")))
    done = CliRunner().invoke(cli, ["validate", str(tmp_path / "bad.sssom.tsv"), "--format", "json"], standalone_mode=False)
    assert done.return_value == 1
    (finding,) = json.loads(done.output)["findings"]
    assert (finding["rule"], finding["first_line"], Path(finding["file"]).name) == ("SSM-08", 8, "bad.sssom.tsv")


def test_validate_judges_tables_beside_rdf_and_alone(tmp_path: Path):
    report, names = validate_inputs([find_resource("ontology/alignments")])
    assert report.conforms
    assert len(names) == 2 * len(ALIGNMENTS)
    (tmp_path / "a.sssom.tsv").write_bytes(table(ROW))
    assert validate_inputs([tmp_path])[0].findings == ()


def test_captures_and_mappings_at_once_are_both_judged(tmp_path: Path):
    (tmp_path / "a.sssom.tsv").write_bytes(table(ROW, ROW))
    report, files = validate_inputs([tmp_path / "a.sssom.tsv", find_resource("examples")])
    assert "SSM-12" in {finding.rule for finding in report.findings}
    assert len(files) > 2


@pytest.mark.parametrize("separator", ["\t", ","])
def test_metadata_when_a_spreadsheet_padded_or_quoted_them_are_read(separator: str):
    lines = table(ROW).decode().replace("\t", separator).splitlines()
    padded = [f"{line}{separator * 4}" if line.startswith("#") else line for line in lines]
    padded[2] = f'"{padded[2].rstrip(separator)}"{separator * 4}'
    found, findings = read("\n".join(["", *padded, separator * 4, ""]).encode())
    assert (findings, len(found.matches)) == ([], 1)
    assert found.prefixes == read(table(ROW))[0].prefixes


def test_tables_of_mappings_are_no_tables_of_mitigations(tmp_path: Path):
    (tmp_path / "links.sssom.tsv").write_bytes(table(ROW))
    with pytest.raises(InputError, match="holds no captures"):
        find_inputs([tmp_path])


def test_sssom_command_refuses_a_table_with_its_line(tmp_path: Path):
    (tmp_path / "a.sssom.tsv").write_bytes(table(ROW.replace("mine:", "yours:")))
    done = CliRunner().invoke(cli, ["sssom", str(tmp_path / "a.sssom.tsv")])
    assert isinstance(done.exception, InputError)
    assert "a.sssom.tsv:7: subject_id: the prefix 'yours' is not declared" in str(done.exception)


def test_sssom_command_writes_the_canonical_table(tmp_path: Path):
    target = tmp_path / "b.sssom.tsv"
    (tmp_path / "a.sssom.tsv").write_bytes(table(ROW.replace("user", "zoo"), ROW).replace(b"\n", b"\r\n"))
    done = CliRunner().invoke(cli, ["sssom", str(tmp_path / "a.sssom.tsv"), "-f", "sssom", "-o", str(target)])
    assert done.exit_code == 0
    assert target.read_bytes() == table(ROW, ROW.replace("user", "zoo"))


# The reference tool.

_JUDGE = """
import json, logging, sys
from sssom.parsers import parse_sssom_table
from sssom.validators import validate
logging.disable(logging.CRITICAL)
verdicts = {}
for path in sys.argv[1:]:
    try:
        validate(parse_sssom_table(path))
        verdicts[path] = True
    except Exception:
        verdicts[path] = False
print(json.dumps(verdicts))
"""
_DESCRIBE = """
import importlib.resources, json, yaml
schema = yaml.safe_load(importlib.resources.files("sssom_schema").joinpath("schema/sssom_schema.yaml").read_text())
marks = {name: set(slot.get("annotations") or {}) for name, slot in schema["slots"].items()}
print(json.dumps({
    "mapping": schema["classes"]["mapping"]["slots"], "set": schema["classes"]["mapping set"]["slots"],
    "propagated": [n for n, m in marks.items() if "propagated" in m], "newer": [n for n, m in marks.items() if "added_in" in m],
    "several": [n for n, s in schema["slots"].items() if s.get("multivalued")],
    "enums": {n: list(e["permissible_values"]) for n, e in schema["enums"].items()},
}))
"""


def ask(code: str, *arguments: Path) -> dict:
    python = reference_tool().with_name("python")
    done = subprocess.run([python, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True, timeout=300)
    return json.loads(done.stdout)


@pytest.mark.sssom
def test_slots_are_those_of_the_reference_schema():
    schema = ask(_DESCRIBE)
    assert list(sssom.SLOTS) == schema["mapping"]
    assert list(sssom.SET_SLOTS) == [name for name in schema["set"] if name not in {"curie_map", "mappings", "extension_definitions"}]
    assert set(schema["propagated"]) == sssom.PROPAGATED
    assert set(schema["newer"]) == sssom.NEWER | {"sssom_version"}
    assert {slot.name for slots in (sssom.SLOTS, sssom.SET_SLOTS) for slot in slots.values() if slot.several} == set(schema["several"]) & {
        *sssom.SLOTS, *sssom.SET_SLOTS
    }  # fmt: skip
    assert {f"{name}_enum": list(values) for name, values in sssom.ENUMS.items()} == schema["enums"]


@pytest.mark.sssom
def test_reference_tool_accepts_what_is_written_and_refuses_what_we_refuse(tmp_path: Path, example_dist: Path):
    from airm_graph.pipeline.migration import migrate_codes

    good = [*ALIGNMENTS, example_dist / "links.sssom.tsv"]
    tables = migrate_codes([write_first_edition(tmp_path / "in")]).tables
    tables |= migrate_codes([tmp_path / "in"], take_certain=True).tables
    for name in ("proposals.sssom.tsv", "accepted.sssom.tsv"):
        good.append(tmp_path / name)
        good[-1].write_text(tables[name], encoding="utf-8")
    bad = []
    for number, (data, rule) in enumerate(
        [
            (table(ROW.replace("ManualMappingCuration", "Guesswork")), "SSM-05"),
            (table(f"{ROW}\t1.5", columns=f"{COLUMNS}\tconfidence"), "SSM-05"),
        ]
    ):
        assert rule in {name for name, _ in read(data)[1]}
        bad.append(tmp_path / f"{number}.sssom.tsv")
        bad[-1].write_bytes(data)
    verdicts = ask(_JUDGE, *good, *bad)
    assert [path for path, passed in verdicts.items() if passed] == [str(path) for path in good]


@pytest.mark.sssom
def test_reference_command_accepts_our_mapping_of_the_editions():
    path = find_resource("ontology/alignments/v1-v2.sssom.tsv")
    done = subprocess.run([reference_tool(), "validate", str(path)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


def write_first_edition(folder: Path) -> Path:
    folder.mkdir()
    (folder / "mitigations.csv").write_text(
        "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
        "A1,Red teaming,People try to break it.,doc-1,3.1,Testing & Auditing,,\n"
        "A2,Release in steps,First to few.,doc-1,3.4,Staged Deployment,,\n"
    )
    (folder / "sources.csv").write_text('ID,Title,Authors,URL,Date,Abstract\ndoc-1,A Made-up Handbook,"Ann Lee, Bo Chen",,2025,\n')
    return folder

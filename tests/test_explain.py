"""The pages of the rules: every rule has one, and every example on it does what the page says."""

import csv
import gzip
import io
import json
import re
import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

from airm_graph.cli import cli
from airm_graph.cli.explain_command import command
from airm_graph.errors import InputError
from airm_graph.graph.store import parse_rows
from airm_graph.ingest import read_captures
from airm_graph.ingest.decisions import read_decisions
from airm_graph.ingest.external import find_match_findings
from airm_graph.merge import merge_pages
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.resources import find_resource, read_resource
from airm_graph.rules import RULES
from airm_graph.terms import Quad
from airm_graph.validate import validate_rows
from airm_graph.validate.rulebook import find_page, load_rulebook
from graphs import close

PAGES = load_rulebook()
EXAMPLES = yaml.safe_load(read_resource("shapes/examples.yaml"))
CAPTURES = Path(__file__).parent.parent / "examples"
HEAD = f"BASE <{BASE}>\n" + "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
OF_SHAPES = sorted(rule for rule, page in PAGES.items() if page.shape)
OF_READER = sorted(rule for rule, page in PAGES.items() if not page.shape)
#: Folders whose IRIs examples share.
SHARED = re.compile(rf"<{re.escape(BASE)}(mitigation|source|capture|agent|taxonomy|actor|lifecycle|function|statement-kind)(/[^>]*)>")
#: Rules that no page of examples/ can be made to break by a change of a few lines; shapes/examples.yaml says why.
UNTRIED = {"CAP-24", "MRG-08", "MRG-10", "MRG-13", "SSM-09"}


def test_every_rule_has_a_page_with_both_examples_and_a_reason() -> None:
    assert RULES.keys() <= PAGES.keys()
    messages = "".join(path.read_text(encoding="utf-8") for path in find_resource("shapes").glob("*.ttl"))
    assert set(re.findall(r'sh:message "([A-Z]+-[0-9]+): ', messages)) == set(OF_SHAPES)
    assert EXAMPLES.keys() == PAGES.keys()
    for rule, page in PAGES.items():
        assert page.why, rule
        assert page.passes, rule
        assert page.fails or EXAMPLES[rule].get("whole"), rule
        assert page.fails != page.passes, rule
        assert page.remedy, rule


# Examples of shapes: judged by the reference engine, all at once.


def example_rows(rule: str, text: str) -> list[Quad]:
    """The rows of an example; its IRIs get the rule into them, so that all examples can be judged as one graph."""
    text = re.sub(r"(?<=[</])(words|other|dataset)(?=[/#>])", rf"{rule}-\1", text)
    rows = parse_rows((HEAD + text).encode(), name=rule, suffix=".ttl")
    return [(_own(s, rule), p, _own(o, rule), "") for s, p, o, _ in rows]


def _own(term: str, rule: str) -> str:
    # PRV-01 compares the IRI with a digest, and no other example has that digest for its own.
    return term if rule == "PRV-01" else SHARED.sub(lambda match: f"<{BASE}{match[1]}/{rule}-{match[2][1:]}>", term)


@cache
def judged(kind: str) -> set[tuple[str, str]]:
    """(rule, rule to whose example the focus node belongs) of every finding; blank nodes are used by DAT-06 alone."""
    rows = [row for rule in OF_SHAPES for row in example_rows(rule, getattr(PAGES[rule], kind))]
    groups = sorted({page.group for page in PAGES.values() if page.shape})
    found = set()
    for finding in validate_rows(rows, shapes=groups):
        owner = re.search(r"/([A-Z]+-[0-9]{2})-", finding.focus)
        found.add((finding.rule, owner[1] if owner else "DAT-06" if finding.focus.startswith("_:") else "PRV-01"))
    return found


@pytest.mark.parametrize("rule", OF_SHAPES)
def test_example_of_a_shape_fails_or_passes_as_the_page_says(rule: str) -> None:
    assert (rule, rule) in judged("fails")
    assert (rule, rule) not in judged("passes")


# Examples of the reader: put into a copy of the packaged captures.


#: Tables that say nothing wrong; an example takes the place of one of them.
TABLES = {
    "mitigations.csv": "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
    "A1,Red teaming,People try to break it.,doc-1,3.1,Testing & Auditing,,\n",
    "sources.csv": 'ID,Title,Authors,URL,Date,Abstract\ndoc-1,A Made-up Handbook,"Ann Lee, Bo Chen",,2025-03-01,\n',
}


def count_findings(folder: Path, rule: str, kind: str) -> int:
    entry = EXAMPLES[rule]
    text = getattr(PAGES[rule], kind)
    if "mappings" in entry:
        folder.with_suffix(".sssom.tsv").write_text(f"{text}\n", encoding="utf-8")
        return Counter(finding.rule for finding in find_match_findings(folder.with_suffix(".sssom.tsv"), name="mine.sssom.tsv"))[rule]
    if "decisions" in entry:
        folder.with_suffix(".csv").write_text(f"{text}\n", encoding="utf-8")
        decided = read_decisions([folder.with_suffix(".csv")])
        records = merge_pages(read_captures([CAPTURES]).pages, decisions=decided.decisions)
        return Counter(finding.rule for finding in (*decided.findings, *records.findings))[rule]
    if "table" in entry:
        folder.mkdir()
        encoding = entry.get("encoding") if kind == "fails" else None
        for name, content in {**TABLES, **entry.get("beside", {}), entry["table"]: PAGES[rule].passes if encoding else text}.items():
            (folder / name).write_bytes(_packed(name, content, entry, kind=kind) or content.encode(encoding or "utf-8"))
        readings = read_captures([folder])
        return Counter(finding.rule for finding in (*readings.findings, *merge_pages(readings.pages).findings))[rule]
    name = entry["page"]
    shutil.copytree(CAPTURES, folder)
    if entry.get("again"):
        stem = name.partition(".")[0]
        for suffix in (".txt", ".meta.yaml"):
            if (folder / f"{stem}{suffix}").exists():
                (folder / f"again{suffix}").write_bytes((folder / f"{stem}{suffix}").read_bytes() + b"\n")
        name = name.replace(stem, "again")
    (folder / name).write_bytes(_changed(folder / name, rule, kind, text))
    readings = read_captures([folder / name if entry.get("alone") else folder])
    findings = (*readings.findings, *merge_pages(readings.pages).findings)
    return Counter(finding.rule for finding in findings)[rule]


def _packed(name: str, content: str, entry: dict, *, kind: str) -> bytes:
    """The example as the file that its name says, a blank line parting two sheets; nothing where that is the text itself."""
    if name.endswith(".gz"):
        return gzip.compress(f"{content}\n".encode() * (entry["times"] if kind == "fails" else 1))
    if not name.endswith(".xlsx"):
        return b""
    book, target = openpyxl.Workbook(), io.BytesIO()
    for number, part in enumerate(content.split("\n\n")):
        sheet = book.create_sheet() if number else book.active
        for row in csv.reader(io.StringIO(part)):
            sheet.append(row)
    for number in entry.get("hidden", ()) if kind == "fails" else ():
        book.active.row_dimensions[number].hidden = True
    book.save(target)
    return target.getvalue()


def _changed(path: Path, rule: str, kind: str, text: str) -> bytes:
    entry = EXAMPLES[rule]
    before = path.read_text(encoding="utf-8") if path.exists() else PAGES[rule].fails
    if entry.get("encoding") or entry.get("whole"):
        assert PAGES[rule].passes in before
        if kind == "passes":
            return before.encode()
        return before.encode(entry["encoding"], "ignore") if entry.get("encoding") else (text * entry.get("times", 1)).encode()
    here = max((part for part in (PAGES[rule].fails, PAGES[rule].passes) if part in before), key=len, default="")
    assert before.count(here) == 1, f"{entry['page']} holds neither example of {rule}, or more than once"
    return before.replace(here, text).encode()


def test_untried_examples_are_few_and_say_why() -> None:
    assert {rule for rule, entry in EXAMPLES.items() if "untried" in entry} == UNTRIED
    assert all(EXAMPLES[rule]["untried"] for rule in UNTRIED)


def test_example_of_a_contradiction_is_one() -> None:
    assert [rule for rule, entry in EXAMPLES.items() if entry.get("turtle")] == ["INF-01"]
    ontology = parse_rows(read_resource("ontology/airm.ttl").encode(), name="airm.ttl", suffix=".ttl")
    fails, passes = (close(example_rows("INF-01", getattr(PAGES["INF-01"], kind)), ontology=ontology) for kind in ("fails", "passes"))
    assert fails.contradictions
    assert not passes.contradictions


@pytest.mark.parametrize("rule", [rule for rule in OF_READER if rule not in UNTRIED and "turtle" not in EXAMPLES[rule]])
def test_example_of_the_reader_fails_or_passes_as_the_page_says(rule: str, tmp_path: Path) -> None:
    assert count_findings(tmp_path / "fails", rule, "fails") > count_findings(tmp_path / "passes", rule, "passes")


# The command.


def test_explain_prints_the_whole_page() -> None:
    done = CliRunner().invoke(command, ["mit-03"])
    page = PAGES["MIT-03"]
    assert done.output.startswith("MIT-03 (violation): the source of a mitigation is a document\n")
    for part in (page.why, page.remedy, *page.fails.split("\n"), *page.passes.split("\n"), page.shape):
        assert part in done.output
    assert "\n\n\n" not in done.output


def test_explain_lists_all_rules_when_none_is_given() -> None:
    done = CliRunner().invoke(command, [])
    assert [line.split()[0] for line in done.output.splitlines()] == list(PAGES)


def test_explain_writes_json() -> None:
    one = json.loads(CliRunner().invoke(command, ["CAP-08", "--format", "json"]).output)
    assert one["rule"] == "CAP-08"
    assert one["severity"] == "warning"
    every = json.loads(CliRunner().invoke(command, ["--format", "json"]).output)
    assert [page["rule"] for page in every] == list(PAGES)


@pytest.mark.parametrize(("asked", "close"), [("MIT-99", "MIT-"), ("MIT03", "MIT-03"), ("sk0-14", "SKO-14")])
def test_unknown_rule_is_refused_with_those_that_are_close(asked: str, close: str) -> None:
    with pytest.raises(InputError, match=close):
        find_page(asked)


def test_unknown_rule_far_from_all_is_refused() -> None:
    with pytest.raises(InputError, match="lists them all"):
        find_page("????????????")


def test_explain_is_a_command_of_the_program() -> None:
    assert "explain" in CliRunner().invoke(cli, ["--help"]).output

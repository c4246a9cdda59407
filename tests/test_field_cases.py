"""Cases from work in the field, where they are at hand: each command, its exit code, and what it must and must not say."""

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from airm_graph.cli import cli
from airm_graph.errors import AirmError
from conftest import SHARED

CASES = SHARED / "cases" / "field"

#: Folder, what is put in the place of what before it, command, exit code, what is said.
_EXPECTED: list[tuple[str, dict[str, str], str, int, tuple[str, ...]]] = [
    (
        "baseline-takes-another-shape",
        {},
        "validate before.ttl --shapes shapes.ttl --fail-on warning --baseline b.json --update-baseline",
        0,
        (),
    ),
    (
        "baseline-takes-another-shape",
        {"shapes-reordered.ttl": "shapes.ttl"},
        "validate after.ttl --shapes shapes.ttl --baseline b.json",
        1,
        ("1 violation",),
    ),
    ("csv-error-words", {}, "build m -o dist", 2, ("TAB-22", "TAB-04", "2 rows read = 0 used")),
    ("data-that-is-no-data", {}, "query run counts --data notes.md", 2, ("no mitigation could be read",)),
    ("data-that-is-no-data", {}, "search model --data graph.nt.gz", 2, ("it names no mitigation",)),
    ("data-that-is-no-data", {}, "export notes.md -f ntriples", 2, ("no mitigation could be read",)),
    ("data-that-is-no-data", {}, "info notes.md", 2, ("no mitigation could be read",)),
    ("export-refuses-blank-nodes", {}, "export vocab.ttl -f ntriples", 0, ("_:c14n0",)),
    ("folder-passes-over-rdf", {}, "validate set --shapes shapes.ttl", 1, ("bad.n3", "bad.json", "in 5 files")),
    ("implicit-target-owl-class", {}, "validate data.ttl --shapes shapes.ttl", 1, ("1 violation",)),
    ("implicit-target-owl-class", {}, "validate data.ttl --shapes shapes.ttl --engine reference", 1, ("1 violation",)),
    ("jsonld-relative-id-dropped", {}, "validate catalogue.jsonld --shapes shapes.ttl", 1, ("2 violations",)),
    ("jsonld-relative-id-dropped", {}, "export catalogue.jsonld -f ntriples", 0, ("controls/c2>",)),
    ("map-cross-reference-as-part-of", {}, "map .", 0, ("# note: Related controls", "12 of 12 rows")),
    ("map-proposes-what-build-cannot-use", {}, "map actions.csv -o mapping.yaml", 0, ("2 of 2 rows can be used",)),
    ("map-proposes-what-build-cannot-use", {}, "build actions.csv --mapping mapping.yaml -o dist", 0, ("2 rows read = 2 used",)),
    ("one-result-per-value", {}, "validate data.ttl --shapes shapes.ttl -f turtle", 1, ("sh:resultMessage",) * 5),
    ("pre-commit-part-of-a-vocabulary", {}, "validate scheme.ttl b.ttl", 0, ("0 violations",)),
    ("relative-iri-refused", {}, "validate scheme.ttl", 0, ()),
    ("relative-iri-refused", {}, "validate scheme.rdf", 0, ()),
    ("relative-iri-refused", {}, "export scheme.ttl", 0, ("scheme.ttl#c1>",)),
    ("relative-iri-refused", {}, "validate scheme.ttl --shapes shapes.ttl", 1, ("1 violation",)),
    ("shapes-imports-ignored", {}, "validate data.ttl --shapes main.ttl", 2, ("http://example.org/shapes/owner",)),
    ("shapes-imports-ignored", {}, "validate data.ttl --shapes .", 1, ("1 violation",)),
    ("shapes-select-nothing", {}, "validate data.ttl --shapes shapes-typo.ttl", 2, ("no shape selects a node",)),
    ("shapes-select-nothing", {}, "validate data.ttl --shapes data.ttl", 2, ("no shape with a target",)),
    ("skos-clash-by-entailment", {}, "validate related-mapped.ttl", 1, ("SKO-06",)),
    ("skos-clash-by-entailment", {}, "validate exact-reversed.ttl", 1, ("SKO-07",)),
    ("skos-house-rules-as-violations", {}, "validate valid.ttl", 0, ("0 violations",)),
    ("sssom-padded-metadata", {}, "validate padded.sssom.tsv", 0, ("0 violations",)),
    ("sssom-padded-metadata", {}, "sssom padded.sssom.tsv", 0, ("closeMatch",)),
    ("sssom-told-once-per-value", {}, "validate mine.sssom.tsv --baseline b.json --update-baseline", 0, ()),
    (
        "sssom-told-once-per-value",
        {"mine-later.sssom.tsv": "mine.sssom.tsv"},
        "validate mine.sssom.tsv --baseline b.json",
        1,
        ("tsv:8 ", "tsv:9 ", "tsv:10 "),
    ),
    ("sssom-two-labels-one-id", {}, "validate labels.sssom.tsv", 0, ("SSM-11", "SSM-11", "SSM-12", "3 warnings")),
]


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
@pytest.mark.parametrize("name", sorted({case[0] for case in _EXPECTED}))
def test_case_from_the_field_is_answered_rightly(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (CASES / name).rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(CASES / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    monkeypatch.chdir(tmp_path)
    for _, moved, command, code, said in (case for case in _EXPECTED if case[0] == name):
        for new, old in moved.items():
            shutil.copyfile(new, old)
        done = CliRunner().invoke(cli, shlex.split(command), standalone_mode=False)
        assert done.exception is None or isinstance(done.exception, AirmError), command
        told = f"{done.output}{done.exception or ''}"
        assert (2 if done.exception else done.return_value or 0) == code, (command, told)
        assert all(told.count(text) >= said.count(text) for text in said), (command, told)


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
def test_every_case_from_the_field_is_tried() -> None:
    assert {path.name for path in CASES.iterdir() if path.is_dir()} == {case[0] for case in _EXPECTED}

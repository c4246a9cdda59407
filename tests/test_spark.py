"""Apache Spark beside the embedded engine, on two threads of this machine: same statements, same bytes, same findings."""

import csv
import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import test_sparql_sql
import virtuoso
from airm_graph.errors import EngineError, InputError, StoreError
from airm_graph.graph import TERM_TEXT, TripleTable
from airm_graph.ingest.inputs import find_inputs
from airm_graph.ingest.rdf import load_rdf_files
from airm_graph.ingest.tables.folders import load_folders
from airm_graph.ingest.tables.loaded import read_rows
from airm_graph.namespaces import BASE, literal, term
from airm_graph.pipeline import build, validate_inputs
from airm_graph.remote import Endpoint
from airm_graph.spark import Spark
from airm_graph.spark.dialect import carry_over, rewrite_regex
from airm_graph.spark.spark_database import FEW_ROWS
from airm_graph.spark.spark_platform import open_session
from airm_graph.spark.spark_table import SparkTable
from airm_graph.validate import sparql_constraints
from airm_graph.validate.engine import judge
from tools import miss, require_programs

# One session for all, in one process: it takes some ten seconds to start.
pytestmark = [pytest.mark.xdist_group("spark"), pytest.mark.spark]

ROOT = Path(__file__).resolve().parent.parent
ROWS = 2000
PLANTED = "Keep the plans of the same exercise apart from each other, as long as anyone may still have to rehearse them again."
CONF = {
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.log.level": "ERROR",
}


def find_missing() -> str:
    """What Spark needs and this machine has not."""
    needed = [name for name in ("pyspark", "sqlglot") if importlib.util.find_spec(name) is None]
    return ", ".join(needed + ([] if shutil.which("java") or os.environ.get("JAVA_HOME") else ["Java"]))


@pytest.fixture(scope="module")
def session():
    missing = find_missing()
    if missing:
        miss(f"Spark needs {missing}, which is not installed here")
    with open_session("local[2]", CONF) as running:
        yield running


@pytest.fixture
def table(session, tmp_path):
    with SparkTable(session, folder=tmp_path, few=0) as made:
        yield made


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> Path:
    """Generated mitigations with planted defects, cut into two tables that speak of the same sources."""
    folder = tmp_path_factory.mktemp("spark") / "tables"
    benchmarks = str(ROOT / "benchmarks")
    sys.path.append(benchmarks)
    try:
        from corpus import write_tables
    finally:
        sys.path.remove(benchmarks)
    write_tables(ROWS, folder)
    with (folder / "mitigations.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    (folder / "mitigations.csv").unlink()
    location = {name: number for number, name in enumerate(head)}
    # Rows of two parts that only their text makes one, spelt so that Python alone sees it; and a cell of several lines.
    one, two = rows[900], rows[901]
    one[location["Description"]], two[location["Description"]] = PLANTED, PLANTED.replace("same", "ſame")
    two[location["ID"]] = ""
    for name in ("Source ID", "Code", "Code label"):
        two[location[name]] = one[location[name]]
    rows[10][location["Description"]] += "\nIt goes on."
    for part in range(2):
        with (folder / f"mitigations-{part}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows[part::2]])
    return folder


@pytest.fixture(scope="module")
def options(parts, tmp_path_factory) -> dict[str, object]:
    """The mapping, and a table in which people join two rows of two parts that nothing else would join."""
    captures = [
        hashlib.sha256((parts / f"mitigations-{part}.csv").read_text(encoding="utf-8").encode()).hexdigest()[:16] for part in range(2)
    ]
    joined = ",".join(f"{BASE}capture/{capture}/r252" for capture in captures)
    decisions = tmp_path_factory.mktemp("spark") / "decisions.csv"
    decisions.write_text(f"subject_id,object_id,decision\n{joined},accept\n", encoding="utf-8")
    return {"mapping": parts / "mapping.yaml", "decisions": [decisions]}


@pytest.fixture(scope="module")
def embedded(parts, options, tmp_path_factory):
    graph, folder = build([parts], **options), tmp_path_factory.mktemp("spark") / "embedded"
    graph.write(folder)
    return graph, folder


@pytest.fixture(scope="module")
def spark(session, parts, options, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark") / "spark"
    # Every statement on Spark.
    graph = build([parts], platform=Spark("local[2]", parts=3, few=0), **options)
    graph.write(folder)
    return graph, folder


def unpack(folder: Path) -> bytes:
    return b"".join(gzip.decompress(path.read_bytes()) for path in sorted((folder / "nquads").iterdir()))


def test_parts_are_the_embedded_file_when_put_together(embedded, spark) -> None:
    assert len(list((spark[1] / "nquads").iterdir())) == 3
    assert unpack(spark[1]) == (embedded[1] / "airm.nq").read_bytes()


def test_report_and_tables_beside_are_the_same(embedded, spark) -> None:
    for name in ("report.json", "links.sssom.tsv", "quarantine.csv"):
        assert (spark[1] / name).read_bytes() == (embedded[1] / name).read_bytes(), name
    assert "semapv:ManualMappingCuration" in (spark[1] / "links.sssom.tsv").read_text(encoding="utf-8")
    report = spark[0].report
    assert report.counts["warning"] > 5
    assert {finding.rule for finding in report.findings} >= {"TAB-04", "EDI-21"}
    assert spark[0].table.execute("SELECT count(*) FROM independent")[0][0] > ROWS - 50, "almost all rows are independent"
    (other,) = spark[0].table.find_ids([term("skos:altLabel")]).values()
    assert spark[0].table.execute(f"SELECT count(*) FROM quads WHERE p = {other}") > [(0,)], "rows of two parts with one text are one"


def test_digest_counts_and_manifest_are_those_of_the_embedded_graph(embedded, spark) -> None:
    graph, folder = spark
    assert graph.digest == embedded[0].digest
    assert len(graph) == len(embedded[0])
    assert graph.count() == embedded[0].count()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["digest"], manifest["triples"]) == (graph.digest, len(graph))
    assert manifest["statements"] == unpack(folder).count(b"\n")
    assert "Preliminary" in manifest["notice"]
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"}
    assert sums == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_parquet_holds_the_same_statements_in_the_same_order(spark) -> None:
    _, folder = spark
    with TripleTable(threads=1) as table:
        read = [table.execute(f"SELECT s, p, o, g FROM read_parquet('{path}')") for path in sorted((folder / "parquet").iterdir())]
    assert len(read) == 3
    assert "".join(f"{' '.join(row)} .\n" for rows in read for row in rows).encode() == unpack(folder)


def test_written_again_gives_the_same_bytes_and_replaces_what_was_there(spark, tmp_path) -> None:
    graph, folder = spark
    (tmp_path / "nquads").mkdir()
    (tmp_path / "nquads" / "part-00099.nq.gz").write_bytes(b"of an earlier build")
    graph.write(tmp_path)
    assert (tmp_path / "SHA256SUMS").read_bytes() == (folder / "SHA256SUMS").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in folder.iterdir())
    assert len(list((tmp_path / "nquads").iterdir())) == 3


def test_views_of_a_graph_are_those_of_the_embedded_graph(embedded, spark) -> None:
    assert "".join(spark[0].export("turtle")).encode() == (embedded[1] / "airm.ttl").read_bytes()
    assert spark[0].query("counts") == embedded[0].query("counts")


@pytest.mark.virtuoso
def test_virtuoso_loads_the_packed_parts(spark, tmp_path) -> None:
    require_programs("virtuoso-t", packages="virtuoso-opensource-7-bin")
    with virtuoso.run_virtuoso(tmp_path) as server:
        parts = shutil.copytree(spark[1] / "nquads", tmp_path / "parts")
        server.run_sql(f"ld_dir('{parts}', '*.nq.gz', 'urn:none')", "rdf_loader_run()")
        assert "\n0\n" in server.run_sql("SELECT count(*) FROM DB.DBA.load_list WHERE ll_state <> 2 OR ll_error IS NOT NULL")
        with Endpoint(server.public) as endpoint:
            counts = endpoint.count_graphs(BASE)
    graphs = Counter(line.rsplit(" ", 2)[1].strip("<>") for line in unpack(spark[1]).decode().splitlines())
    assert counts == dict(graphs)


def test_strict_stops_at_the_same_rows(session, parts) -> None:
    options = {"mapping": parts / "mapping.yaml", "strict": True}
    graph, other = build([parts], platform=Spark("local[2]"), **options), build([parts], **options)
    assert graph.is_empty
    assert graph.report.to_json() == other.report.to_json()


@pytest.fixture(scope="module")
def damaged(embedded, tmp_path_factory) -> Path:
    """Two files of statements without every hundredth, with blank nodes and a line that needs the careful parser."""
    folder = tmp_path_factory.mktemp("spark") / "quads"
    folder.mkdir()
    lines = (embedded[1] / "airm.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines[:4000]) if number % 100]
    kept += [f"_:b {term('rdf:type')} {term('prov:Agent')} .\n", f'_:b {term("rdfs:label")} "caf\\u00E9" .\n']
    (folder / "a.nq").write_text("".join(kept[::2]), encoding="utf-8")
    (folder / "b.nq").write_text("".join(kept[1::2]), encoding="utf-8")
    return folder


def test_findings_on_quads_stand_at_the_same_lines(session, damaged) -> None:
    # Half of the shapes: all of them judged the build.
    wanted, names = validate_inputs([damaged], shapes=["core"], engine="fast")
    for few in (0, FEW_ROWS):
        found, files = validate_inputs([damaged], shapes=["core"], platform=Spark("local[2]", few=few))
        assert found.to_json() == wanted.to_json()
        assert files == names
    assert found.counts["violation"] > 3


def test_sparql_constraints_as_sql_find_on_spark_what_the_store_finds(table, monkeypatch) -> None:
    shape_rows = test_sparql_sql.make_shapes(test_sparql_sql.QUERIES)
    with TripleTable(threads=1) as embedded:
        embedded.load_rows(test_sparql_sql.EVERY)
        wanted = judge(embedded, shape_rows=shape_rows)
    monkeypatch.setattr(sparql_constraints, "MANY", 0)
    monkeypatch.setattr(sparql_constraints, "_fill_store", None)
    table.load_rows(test_sparql_sql.EVERY)
    assert judge(table, shape_rows=shape_rows).results == wanted.results
    assert {result.messages[0].strip('"').partition(":")[0] for result in wanted.results} == test_sparql_sql.QUERIES.keys()


def test_parts_are_judged_without_spark_as_the_embedded_file_is(embedded, spark) -> None:
    found, wanted = (validate_inputs([folder], shapes=["core", "editorial"])[0] for folder in (spark[1], embedded[1]))
    assert [Path(file).name for file in found.files] == [f"part-0000{part}.nq.gz" for part in range(3)]
    assert Counter((one.rule, one.focus, one.value) for one in found.findings) == Counter(
        (one.rule, one.focus, one.value) for one in wanted.findings
    )
    assert wanted.findings


def test_rdf_is_read_in_tasks_as_it_is_elsewhere(session, damaged, spark, tmp_path) -> None:
    plain, packed = tmp_path / "plain", tmp_path / "packed"
    for folder in (plain, packed):
        folder.mkdir()
        (folder / "c.ttl").write_text("PREFIX ex: <urn:> ex:a ex:b [ ex:c 1 ] .", encoding="utf-8")
    for name in ("a.nq", "b.nq"):
        shutil.copy(damaged / name, plain)
        (packed / f"{name}.gz").write_bytes(gzip.compress((damaged / name).read_bytes()))
    with Spark("local[2]", few=0).open() as opened, TripleTable() as other:
        files = opened.load_rdf(sorted(packed.iterdir()))
        assert [file.label for file in files] == [file.label for file in load_rdf_files(plain.iterdir(), table=other)]
        assert opened.table.rows() == other.rows()
    with Spark("local[2]").open() as opened:
        opened.load_rdf([spark[1] / "parquet" / "part-00000.parquet"])
        assert len(opened.table) == gzip.decompress((spark[1] / "nquads" / "part-00000.nq.gz").read_bytes()).count(b"\n")


def test_file_that_is_none_is_named_with_its_line(session, tmp_path) -> None:
    path = tmp_path / "broken.nq"
    path.write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> .\n", encoding="utf-8")
    with Spark("local[2]").open() as opened, pytest.raises(StoreError, match=r"broken\.nq:2"):
        opened.load_rdf([path])
    with Spark("local[2]").open() as opened, pytest.raises(InputError, match=r"none\.nq: the file cannot be read"):
        opened.load_rdf([tmp_path / "none.nq"])


def test_tables_of_one_folder_with_one_header_are_one(session, parts, tmp_path) -> None:
    folder = shutil.copytree(parts, tmp_path / "tables")
    with (parts / "mitigations-0.csv").open(encoding="utf-8", newline="") as file:
        rows = list(islice(csv.DictReader(file), 5))
    (folder / "more.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    tables = [entry for entry in find_inputs([folder]) if entry.is_table]
    with Spark("local[2]", few=0).open() as opened, TripleTable() as other:
        _, groups = load_folders(tables, table=opened.table, make_folder=opened.make_folder, over=opened.over, load=opened.load)
        _, single = load_folders(tables, table=other, make_folder=lambda: tmp_path)
        assert [one.head.file for group in groups for one in group.members] == ["mitigations-0.csv", "mitigations-1.csv", "more.jsonl"]
        assert len(groups) == 1
        found, wanted = (
            [row for one in stated for row in read_rows(one, table=table, condition="number < 20")]
            for stated, table in ((groups, opened.table), (single, other))
        )
        assert found == wanted
        assert len(found) == 2 * 18 + 5


@pytest.mark.parametrize("few", [FEW_ROWS, 20_000])
def test_statements_that_read_few_rows_run_on_the_driver_and_change_nothing(
    session, few, embedded, spark, parts, options, tmp_path
) -> None:
    asked = list[str]()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("airm_graph.spark.spark_database.carry_over", lambda sql: asked.append(sql) or carry_over(sql))
        graph = build([parts], platform=Spark("local[2]", parts=3, few=few), **options)
        graph.write(tmp_path)
    assert (tmp_path / "SHA256SUMS").read_bytes() == (spark[1] / "SHA256SUMS").read_bytes()
    assert bool(asked) == (few < len(graph)), "what reads more goes to Spark"
    for one in (graph, spark[0]):
        assert "".join(one.export("ntriples")).encode() == (embedded[1] / "airm.nt").read_bytes(), "two graphs at a time"


def test_tables_go_between_driver_and_spark_with_their_changes(session, tmp_path) -> None:
    with SparkTable(session, folder=tmp_path, few=5) as table, TripleTable(threads=1) as other:
        for one in (table, other):
            one.load_records("small", columns={"n": "INTEGER", "t": "VARCHAR"}, records=[(1, "a"), (2, "b")])
            one.materialise("large", "SELECT n * 10 AS n, t FROM small")
            one.execute("CREATE OR REPLACE TEMP VIEW seen AS SELECT n, t FROM large WHERE n <> 20")
            for _ in range(2):
                one.append("large", "SELECT a.n + b.n * 100 AS n, a.t FROM small AS a, small AS b")
            one.materialise("summed", "SELECT t, sum(n) AS n FROM large GROUP BY t")
            one.append("small", "SELECT 3 AS n, 'c' AS t")
            one.execute("DELETE FROM large WHERE n = 101")
            one.append("large", "SELECT n, t FROM small")
        for sql in ("SELECT n, t FROM seen ORDER BY 1, 2", "SELECT t, n FROM summed ORDER BY 1", "SELECT n FROM small ORDER BY 1"):
            assert table.execute(sql) == other.execute(sql)
            assert [row for rows in table.stream(sql) for row in rows] == other.execute(sql)
        assert tmp_path in {path.parent for path in table.files("large")}, "few rows were added to the files of many"
        table.drop("seen", "large")
        assert table.size("large") == 0


ODD = ['"a\\\\b\\n\\"\\\\n"@en', '"\\\\"', '""', '"é\u2028"^^<urn:t>', '"x\\r"', '"^^<y>"', '"a@b"@en-gb', "_:x.y", "<urn:é>", '"\\\\\\""']


def test_terms_come_back_as_they_were(table) -> None:
    rows = sorted(("<urn:s>", "<urn:p>", text, "") for text in ODD)
    table.load_rows([*rows, rows[0]])
    assert table.rows() == rows
    ids = table.find_ids([*ODD, "<urn:unknown>"])
    assert sorted(ids) == sorted(ODD)
    with TripleTable() as other:
        other.load_rows(rows)
        columns = "kind, lexical, datatype, language"
        assert table.execute(f"SELECT {columns} FROM terms ORDER BY 1, 2, 3, 4") == other.execute(
            f"SELECT {columns} FROM terms ORDER BY 1, 2, 3, 4"
        )


@given(st.lists(st.text(max_size=100), min_size=50, max_size=50))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_and_spark_number_terms_alike(table, texts) -> None:
    terms = {literal(text) for text in texts if text.isprintable()}
    numbers = table.add_terms(terms)
    known = dict(table.execute(f"SELECT {TERM_TEXT}, id FROM terms"))
    assert numbers == {term: known[term] for term in terms}


def test_terms_whose_numbers_meet_stay_apart(session, tmp_path) -> None:
    rows = sorted((f"<urn:s{n % 20}>", f"<urn:p{n % 3}>", f'"{n}"', "<urn:g>") for n in range(100))
    with SparkTable(session, folder=tmp_path, few=0, bits=9) as table:
        table.load_rows(rows[50:])
        table.load_rows(rows)
        assert table._aliases
        assert table.rows() == rows
        assert len(table.add_terms([row[2] for row in rows])) == 100


PATTERNS = [
    r"^([0-9]+)$",
    r"\s",
    r"a.c",
    r"[[:space:]]",
    r"(?i)É",
    r"^[^[]+$",
    r"[ -&(-~]",
    r"\A[a-z]*(?:\n?\z)",
    r"\x{e9}|\p{Lu}",
    r"[\s,]x$",
]
TEXTS = ["12", "12\n", "a\rc", "a\nc", "a\u2028c", "a\x0bc", "É", "é", "[", "a[b", "'", "&", "abc\n", "", ", x", "\x85"]


def test_patterns_find_in_java_what_they_find_in_duckdb(table) -> None:
    table.load_records("texts", columns={"n": "INTEGER", "t": "VARCHAR"}, records=list(enumerate(TEXTS)))
    with TripleTable() as other:
        other.load_records("texts", columns={"n": "INTEGER", "t": "VARCHAR"}, records=list(enumerate(TEXTS)))
        quoted = [pattern.replace("'", "''") for pattern in PATTERNS]
        tests = [f"regexp_matches(t, '{pattern}')" for pattern in quoted] + [f"regexp_full_match(t, '{pattern}')" for pattern in quoted]
        tests += [f"regexp_replace(t, '{pattern}', '-', 'g')" for pattern in quoted[1:4]]
        select = f"SELECT n, {', '.join(f'{test} AS c{n}' for n, test in enumerate(tests))} FROM texts ORDER BY n"
        assert table.execute(select) == other.execute(select)


def test_recursion_and_not_in_give_the_same_rows(table) -> None:
    edges = [(n, (n * 7 + 3) % 50) for n in range(40)]
    walk = (
        "WITH RECURSIVE r1 AS (SELECT a FROM edges WHERE a < 3), r2 AS (SELECT a AS x, a AS y FROM r1 UNION "
        "SELECT w.x, e.b AS y FROM r2 AS w JOIN edges AS e ON e.a = w.y) SELECT x, y FROM r2 ORDER BY 1, 2"
    )
    alone = "SELECT b FROM edges WHERE b NOT IN (SELECT a FROM edges) AND NOT a IN (1, 2) ORDER BY 1"
    with TripleTable() as other:
        for one in (table, other):
            one.load_records("edges", columns={"a": "INTEGER", "b": "INTEGER"}, records=edges)
        assert [table.execute(sql) for sql in (walk, alone)] == [other.execute(sql) for sql in (walk, alone)]


def test_statement_that_no_plan_has_is_refused() -> None:
    with pytest.raises(StoreError, match="no UNION"):
        carry_over("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r")
    with pytest.raises(StoreError, match="carried over"):
        carry_over("DELETE FROM quads")
    assert rewrite_regex(r"\$.") == r"\$[^\n]"


def test_spark_that_refuses_says_so_in_one_line(table) -> None:
    with pytest.raises(EngineError) as error:
        table.execute("SELECT nothing FROM nowhere")
    assert "nowhere" in str(error.value)
    assert "\n" not in str(error.value).partition("statement")[0]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)


def test_missing_java_and_wrong_options_are_explained(tmp_path) -> None:
    build = ("build", str(ROOT / "examples"), "-o", str(tmp_path / "dist"))
    if importlib.util.find_spec("pyspark"):
        without = run(*build, "--engine", "spark", JAVA_HOME=str(tmp_path))
        assert (without.returncode, without.stdout) == (2, "")
        assert "needs Java 17" in without.stderr
        assert "Traceback" not in without.stderr
    assert run(*build, "--master", "local[2]").returncode == 2
    assert "KEY=VALUE" in run(*build, "--engine", "spark", "--spark-conf", "x").stderr
    assert not (tmp_path / "dist").exists()

"""Damaged bytes for every reader: what comes is a result or one of our errors, and nothing else."""

import gzip
import io
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from airm_graph.errors import AirmError
from airm_graph.graph.store import parse_rows
from airm_graph.ingest.captures.page import read_capture
from airm_graph.ingest.captures.sidecar import Sidecar, read_sidecar
from airm_graph.ingest.decisions import read_decisions
from airm_graph.ingest.formats import read_tables
from airm_graph.ingest.mapping_sets import read_matches
from airm_graph.ingest.tables.mapping import read_mapping
from airm_graph.validate.baseline import read_baseline

ROOT = Path(__file__).resolve().parent.parent
_TABLE = (
    'Name,Description,Source,Code\r\nRed teaming,"Try, in earnest,\r\nto break it.",A Handbook,1.1\r\nLogging,Keep it.,A Handbook,2.2\r\n'
)
_ROWS = [{"Name": "Red teaming", "Code": "1.10", "More": {"a": [1, 2.5, None]}}, {"Name": "Logging", "Code": "2.2"}]
_MATCHES = (
    "#mapping_set_id: https://e.example/set\n#license: https://e.example/licence\n#curie_map:\n#  e: https://e.example/\n"
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\ne:a\tskos:exactMatch\te:b\tsemapv:ManualMappingCuration\n"
)
_TURTLE = '@prefix e: <http://e.example/> .\ne:a a e:B ; e:c "d"@en, """two\nlines""", 1.5, true, [ e:f ( e:g "h"^^e:i ) ] .\n'
_TRIPLES = '<http://e.example/a> <http://e.example/b> "c\\u00e9\\n"@en-GB .\n_:x <http://e.example/b> <http://e.example/a> .\n'
_RDFXML = (
    '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/">\n'
    '<e:B rdf:about="http://e.example/a"><e:c xml:lang="en">d &amp; e</e:c>'
    '<e:f rdf:parseType="Resource"><e:g>h</e:g></e:f></e:B>\n</rdf:RDF>\n'
)
_JSONLD = '{"@context": {"e": "http://e.example/", "c": {"@id": "e:c", "@container": "@set"}}, "@id": "e:a", "c": ["d", {"@value": 1}]}'
_MAPPING = "edition: v2\ntables:\n  mitigations:\n    columns: {name: Name, description: Description, source: Source, code: Code}\n"
_DECISIONS = "subject_id,object_id,decision\nhttps://e.example/a,https://e.example/b,accept\n"
_JUNK = (
    b"\x00",
    b"\xff\xfe",
    b"\xc3",
    b'"',
    b"'",
    b"\r",
    b"\n\n",
    b"{",
    b"[",
    b"<",
    b">",
    b"&",
    b"\\",
    b"\\u",
    b",",
    b"\t",
    b"#",
    b"-",
    b"9" * 30,
)


def _write_workbook() -> bytes:
    from openpyxl import Workbook

    book, target = Workbook(), io.BytesIO()
    for row in (("Name", "Code"), ("Red teaming", 1.1), ("Logging", "2.2")):
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def _write_parquet() -> bytes:
    import duckdb

    with TemporaryDirectory() as folder:
        path = Path(folder, "a.parquet")
        with duckdb.connect() as connection:  # the shared one may be in use
            connection.sql(f"COPY (SELECT 'Red teaming' AS Name, '1.1' AS Code) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


def _read_table(name: str) -> Callable[[bytes], object]:
    return lambda data: read_tables(data, file=name)


def _read_rdf(suffix: str) -> Callable[[bytes], object]:
    return lambda data: parse_rows(data, name=f"a{suffix}", suffix=suffix)


def _read_decisions(data: bytes) -> object:
    with TemporaryDirectory() as folder:
        path = Path(folder, "decisions.csv")
        path.write_bytes(data)
        return read_decisions([path])


#: Reader → bytes that it reads, and how; where one run takes more than a moment, how many times fewer there are.
READERS: dict[str, tuple[Callable[[], bytes], Callable[[bytes], object], int]] = {
    "capture": (
        (ROOT / "examples" / "handbook-staged-release.txt").read_bytes,
        lambda data: read_capture(data, file="a.txt", sidecar=Sidecar()),
        1,
    ),
    "side-car": ((ROOT / "examples" / "handbook-staged-release.meta.yaml").read_bytes, lambda data: read_sidecar(data, file="a.yaml"), 1),
    "csv": (_TABLE.encode, _read_table("a.csv"), 1),
    "packed csv": (lambda: gzip.compress(_TABLE.encode(), mtime=0), _read_table("a.csv.gz"), 1),
    "workbook": (_write_workbook, _read_table("a.xlsx"), 1),
    "json": (lambda: json.dumps(_ROWS).encode(), _read_table("a.json"), 1),
    "json lines": (lambda: "\n".join(map(json.dumps, _ROWS)).encode(), _read_table("a.jsonl"), 1),
    "parquet": (_write_parquet, _read_table("a.parquet"), 30),
    "mapping": (_MAPPING.encode, lambda data: read_mapping(data, file="a.yaml"), 1),
    "mapping set": (_MATCHES.encode, lambda data: read_matches(data, file="a.sssom.tsv"), 1),
    "decisions": (_DECISIONS.encode, _read_decisions, 1),
    "baseline": (
        lambda: json.dumps({"version": 2, "findings": {}}).encode(),
        lambda data: read_baseline(data.decode("utf-8", "replace"), name="a.json"),
        1,
    ),
    "turtle": (_TURTLE.encode, _read_rdf(".ttl"), 1),
    "triples": (_TRIPLES.encode, _read_rdf(".nt"), 1),
    "quads": (_TRIPLES.encode, _read_rdf(".nq"), 1),
    "rdfxml": (_RDFXML.encode, _read_rdf(".rdf"), 1),
    "jsonld": (_JSONLD.encode, _read_rdf(".jsonld"), 1),
}


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Damage bytes in one to three ways: changed, cut, left out, doubled, moved, with junk in between."""
    for _ in range(chance.randrange(1, 4)):
        if not data:
            return data
        at, to = sorted((chance.randrange(len(data)), chance.randrange(len(data) + 1)))
        way = chance.randrange(7)
        if way == 0:
            data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        elif way == 1:
            data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        elif way == 2:
            data = data[:at]
        elif way == 3:
            data = data[:at] + data[min(to, at + 40) :]
        elif way == 4:
            data = data[:to] + data[at : min(to, at + 200)] + data[to:]
        elif way == 5:
            data = data[:at] + chance.choice(_JUNK) * chance.randrange(1, 4) + data[at:]
        else:
            data = data[at:] + data[:at]
    return data


def run(name: str, *, first: int, number: int) -> int:
    """Read damaged bytes; returns how many were refused.

    Raises:
        AssertionError: A reader ended in another way than with a result or an error of ours; the message has what brings it about again.
    """
    make, read, _ = READERS[name]
    data, refused = make(), 0
    for seed in range(first, first + number):
        damaged = mutate(data, random.Random(f"{name} {seed}"))
        try:
            read(damaged)
        except AirmError:
            refused += 1
        except Exception as error:
            raise AssertionError(f"the reader of {name}, seed {seed}: {type(error).__name__}: {error}") from error
    return refused


if __name__ == "__main__":
    # python tests/mutations.py 1000000: as many for each reader, those that are slow fewer times.
    for reader, (_, _, factor) in READERS.items():
        print(f"{reader}: {run(reader, first=0, number=int(sys.argv[1]) // factor)} refused", flush=True)

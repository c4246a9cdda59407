"""Where SQLite takes longer than DuckDB to judge RDF by shapes of others: whole commands in both tables, in turns.

    python benchmarks/which_table.py [SIZE …]

A size is a number of generated mitigations, judged by the shapes of the job ``validate``: as N-Triples or, with ``.ttl`` behind it, as
Turtle; or ``short:N``, a number of short statements that five constraints judge. Medians of three: seconds of the processor, and the most
memory. Both tables have to say the same.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from everyday import write_outside

from airm_graph.graph.store import format_rows, parse_rows
from airm_graph.namespaces import PREFIXES

__all__ = ["main"]

ROUNDS = 3
SIZES = ("300", "1000", "2000", "2500", "3000", "10000", "1000.ttl", "2500.ttl", "short:20000", "short:40000", "short:60000")
#: Statements up to which SQLite is asked.
LIMITS = {"SQLite": 1 << 40, "DuckDB": 0}
_RUN = """
import sys
from airm_graph.pipeline import validation
validation._FEW_BYTES, validation._FEW_STATEMENTS = 1 << 40, int(sys.argv.pop(1))
from airm_graph.cli import main
main()
"""
_SHORT = """<urn:n{0}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:C{1}> .
<urn:n{0}> <urn:p> <urn:n{2}> .
<urn:n{0}> <urn:q> "{3}"^^<http://www.w3.org/2001/XMLSchema#integer> .
<urn:n{0}> <urn:r> "name {0}" .
"""
_SHAPES = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
<urn:S> a sh:NodeShape ; sh:targetClass <urn:C0> , <urn:C1> ;
  sh:property [ sh:path <urn:p> ; sh:minCount 1 ; sh:maxCount 1 ; sh:class <urn:C0> ; sh:nodeKind sh:IRI ] ,
    [ sh:path <urn:q> ; sh:datatype xsd:integer ; sh:minInclusive 5 ; sh:maxInclusive 9990 ] ,
    [ sh:path <urn:r> ; sh:pattern "^name [0-9]+$" ; sh:maxLength 50 ] ,
    [ sh:path ( <urn:p> <urn:p> ) ; sh:maxCount 1 ] , [ sh:path [ sh:inversePath <urn:p> ] ; sh:maxCount 2 ] .
"""


def write(folder: Path, size: str) -> Path:
    """Write data and shapes; returns the file of the data."""
    if size.startswith("short:"):
        count = int(size.removeprefix("short:")) // 4
        text = "".join(_SHORT.format(number, number % 3, number // 2, number * 7919 % 10_000) for number in range(count))
        (folder / "data.nt").write_text(text)
        (folder / "outside.ttl").write_text(_SHAPES)
        return folder / "data.nt"
    write_outside(folder, int(size.removesuffix(".ttl")))
    data = folder / "inputs" / "data.nt"
    if size.endswith(".ttl"):
        rows = parse_rows(data.read_bytes(), name="data", suffix=".nt")
        data = data.with_suffix(".ttl")
        data.write_bytes(format_rows(rows, media_type="text/turtle", prefixes=PREFIXES))
    return data


def run(data: Path, limit: int) -> tuple[float, int, bytes]:
    """Run the command; returns seconds of the processor, MiB and what it said."""
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-c", _RUN, str(limit), "validate", str(data), "--shapes", str(data.parent / "outside.ttl")]
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        said.seek(0)
        return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, said.read()


def main(sizes: Sequence[str]) -> None:
    """Measure and print."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            data = write(Path(folder), size)
            found = [{name: run(data, limit) for name, limit in LIMITS.items()} for _ in range(ROUNDS)]
            if len({said for one in found for *_, said in one.values()}) != 1:
                raise ValueError(f"the tables differ at {size}")
            with data.open("rb") as file:
                told = f"{size:>12} {data.stat().st_size / 1e6:6.1f} MB {sum(1 for _ in file):>8,} lines"
        for name in LIMITS:
            seconds, memory = (statistics.median(one[name][place] for one in found) for place in (0, 1))
            told += f"  {name} {seconds:.2f} s {memory:.0f} MiB"
        print(told, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or SIZES)

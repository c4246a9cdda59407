"""Builds the same tables with the embedded engine and on Spark with two threads: rows per second, start-up apart, digests compared.

Spark is measured twice: as it is, where statements that read few rows run on the driver, and with every statement on Spark, which
tells what a statement costs that reads more.

The tables are those of ``generate.py`` with planted defects, cut into four parts. Both engines read, merge, judge, close and write
N-Quads with the digest; Spark writes Parquet, too. Seconds of the clock stand beside seconds of the processors (of Java and of Python),
which say more on a machine that does other things as well. Each engine runs in a process of its own.

    python benchmarks/spark.py [SIZE …]          1000 10000 100000 by default
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from corpus import write_tables

PARTS = 4
ENGINES = ("embedded", "spark", "spark-only")


def cut(size: int, folder: Path) -> None:
    """Write the tables, the mitigations in parts."""
    write_tables(size, folder)
    whole = folder / "mitigations.csv"
    with whole.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    whole.unlink()
    some = -(-len(rows) // PARTS)
    for part in range(PARTS):
        with (folder / f"mitigations-{part}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows[part * some : (part + 1) * some]])


def used() -> float:
    """Seconds that this process and those below it have taken of the processors."""
    found, parents = {}, {}
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
        except OSError:
            continue
        if not fields:
            continue
        parents[int(entry.name)] = int(fields[1])
        found[int(entry.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def is_below(process: int) -> bool:
        return process == os.getpid() or (process in parents and is_below(parents[process]))

    return sum(seconds for process, seconds in found.items() if is_below(process))


def run(engine: str, tables: Path, target: Path) -> None:
    """Build and write in this process, and print what it took."""
    from airm_graph.pipeline import build

    mapping = tables / "mapping.yaml"
    if engine == "embedded":
        started, before = time.perf_counter(), used()
        graph = build([tables], mapping=mapping)
        graph.write(target, formats=["nquads", "ntriples"])
        report(graph, target, seconds=time.perf_counter() - started, cpu=used() - before)
        return
    from airm_graph.spark import Spark
    from airm_graph.spark.spark_platform import open_session

    platform = Spark("local[2]", few=0) if engine == "spark-only" else Spark("local[2]")
    started, before = time.perf_counter(), used()
    with open_session(platform.master, platform.conf) as session:
        session.range(2).count()
        begun = {"start": time.perf_counter() - started, "start_cpu": used() - before}
        started, before = time.perf_counter(), used()
        graph = build([tables], mapping=mapping, platform=platform)
        built = time.perf_counter() - started
        graph.write(target)
        report(graph, target, seconds=time.perf_counter() - started, cpu=used() - before, build=built, **begun)


def report(graph, target: Path, **taken: float) -> None:  # type: ignore[no-untyped-def]
    bytes_of = {
        name: sum(path.stat().st_size for path in (target / name).iterdir()) for name in ("nquads", "parquet") if (target / name).is_dir()
    }
    print(json.dumps({"digest": graph.digest, "findings": graph.report.counts, "triples": len(graph), "bytes": bytes_of, **taken}))


def measure(engine: str, tables: Path, target: Path) -> dict[str, object]:
    command = [sys.executable, __file__, "--run", engine, str(tables), str(target)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(sizes: list[int]) -> None:
    cpu: dict[str, dict[int, float]] = {engine: {} for engine in ENGINES}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="airm-graph-spark-") as folder:
            path = Path(folder)
            cut(size, path / "tables")
            found = {engine: measure(engine, path / "tables", path / engine) for engine in ENGINES}
        same = all(len({json.dumps(one[what]) for one in found.values()}) == 1 for what in ("digest", "findings", "triples"))
        for engine, one in found.items():
            rates = f"{size / one['seconds']:,.0f} rows/s by the clock, {size / one['cpu']:,.0f} per processor second"
            print(f"{size:>9,} rows  {engine:<10} {one['seconds']:7.1f} s, {one['cpu']:7.1f} s of processors; {rates}")
        for engine in ENGINES[1:]:
            more = found[engine]
            print(
                f"           start of {engine} {more['start']:.1f} s ({more['start_cpu']:.1f} of processors), build {more['build']:.1f} s"
            )
        sizes_of = ", ".join(f"{what} {number / size:.0f}" for what, number in more["bytes"].items())
        print(f"           {more['triples']:,} triples; bytes per row: {sizes_of}")
        print(f"           same digest, findings and number of triples: {'yes' if same else 'NO'}", flush=True)
        assert same
        for engine, one in found.items():
            cpu[engine][size] = one["cpu"]
    for engine, taken in cpu.items() if len(sizes) > 1 else ():
        small, large = sorted(taken)[-2:]
        slope = (taken[large] - taken[small]) / (large - small)
        fixed = taken[large] - slope * large
        print(f"{engine}, from {small:,} to {large:,} rows: {slope * 1e3:.2f} ms for each more, {fixed:,.0f} s whatever the size")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main([int(size) for size in sys.argv[1:]] or [1000, 10_000, 100_000])

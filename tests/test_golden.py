"""The outputs of five inputs, byte by byte: their digests are kept, and a change of one is a decision.

PYTHONPATH=benchmarks python tests/test_golden.py    writes the digests of today
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import corpus
import pytest

import airm_graph

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
DIGESTS = Path(__file__).with_name("golden.json")
INPUTS = ["examples", "captures", "table of 831", "both", "generated 10000"]


def find_inputs(name: str, folder: Path) -> list[Path]:
    """Files of an input, made where they are generated."""
    table, captures = SHARED / "data" / "mit-v1", SHARED / "captures"
    found = {"examples": [ROOT / "examples"], "captures": [captures], "table of 831": [table], "both": [table, captures]}.get(name)
    if found is None:
        corpus.write_tables(int(name.split()[1]), folder / "in")
        return [folder / "in"]
    return found


def find_digests(inputs: list[Path], folder: Path) -> dict[str, str]:
    """Name → SHA-256 of every file of a graph."""
    airm_graph.build(inputs).write(folder / "out")
    lines = (folder / "out" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


@pytest.mark.parametrize("name", INPUTS)
def test_outputs_are_byte_by_byte_those_that_were_kept(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    inputs = find_inputs(name, tmp_path)
    if missing := [path for path in inputs if not path.exists()]:
        pytest.skip(f"{missing[0].name} is not beside this checkout")
    assert find_digests(inputs, tmp_path) == json.loads(DIGESTS.read_text(encoding="utf-8"))[name]


if __name__ == "__main__":
    found = {}
    for title in INPUTS:
        with TemporaryDirectory() as path:
            found[title] = find_digests(find_inputs(title, Path(path)), Path(path))
    DIGESTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")

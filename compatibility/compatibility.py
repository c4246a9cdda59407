"""Read the exports and ask the query library with the tools of others, and hold the page that tells what they do to it.

    python compatibility/compatibility.py            prints the table; ends with 1 where a row differs from docs/compatibility.md
    python compatibility/compatibility.py --write    writes the page
    python compatibility/compatibility.py TOOL …     only these tools

Each tool has one version; packages are put into ``build/compatibility``, programs are those of the system (Debian 12).
"""

import json
import sys
import warnings
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
from inputs import CODES, ROOT, Inputs, make_inputs
from probes import PROBES, TOOLS, Probe, Run
from query_cases import CASES, read_answers
from query_rules import QUERY_RULES
from running import RefusedError, Setup, find_tool_version
from shape_rules import SHAPE_RULES

PAGE = ROOT / "docs" / "compatibility.md"
_EQUAL = "equal"
_INTRODUCTION = """# What other tools read

What tools of others make of the exports, of the answers, and of the query library. Each row was run, and so was what
stands under "what to do". The page is made by `make compatibility`, which ends with 1 where a row is another now:
packages of pip and npm at the versions here, programs as Debian 12 has them. A file is *equal* where every statement,
code, node or row comes back as it was.

- `airm.*` are the exports of the packaged example; `airm.nq` holds the named graphs, the others the same statements
  without them.
- `codes.*` are an answer of `airm-graph query run --format …` with the codes 1, 1.1, 1.10, 1.2 and 10.1. They are texts
  in every export; a tool that guesses numbers makes one code of 1.1 and 1.10.
- `graph.*` are written by networkx from `graph.to_networkx()`; GEXF is what Gephi opens.
- *query library* is each query with what it requires and with every argument, on the example.
- *endpoint* is each form of query at `airm-graph serve`, in each way that the client has of sending it.

"""
_RULES = """
## What queries and shapes leave out

Engines answer these forms differently, so no query of the library and no shape uses them.
`python compatibility/portability.py FILE…` looks for them in yours (`.rq`, `.ttl`).

| rule | what engines do | in its place |
|---|---|---|
"""


def judge(probe: Probe, run: Run, setup: Setup) -> str:
    """Say how a tool reads a file: equal, differs, refused."""
    try:
        said = run(setup, setup.inputs.folder / probe.file)
    except RefusedError as error:
        return f"refused: {error}"
    return _JUDGES[probe.file.partition(".")[0]](said, setup.inputs, probe.file)


def judge_statements(said: str, inputs: Inputs, file: str) -> str:
    found = frozenset(ox.parse(said.encode(), format=ox.RdfFormat.N_QUADS))
    if not file.endswith(".nq"):  # rdflib.js keeps the address of the document as a graph
        found = frozenset(ox.Quad(*quad.triple, ox.DefaultGraph()) for quad in found)
    wanted = inputs.quads if file.endswith(".nq") else inputs.triples
    if found == wanted:
        return _EQUAL
    if not found:
        return "differs: nothing is read, and no error told"
    return f"differs: {len(wanted - found)} of {len(wanted)} statements are missing, {len(found - wanted)} are others"


def judge_codes(said: str, _: Inputs, _file: str) -> str:
    found = json.loads(said)
    return _EQUAL if found == CODES else f"differs: {', '.join(found)}"


def judge_network(said: str, inputs: Inputs, _file: str) -> str:
    found = json.loads(said)
    wrong = [f"{name} {found[name]} instead of {wanted}" for name, wanted in inputs.network.items() if found[name] != wanted]
    return f"differs: {'; '.join(wrong)}" if wrong else _EQUAL


def judge_rows(said: str, inputs: Inputs, _file: str) -> str:
    pairs = zip(CASES, read_answers(said), inputs.rows, strict=True)
    wrong = sorted({name for (name, _), found, wanted in pairs if found != wanted})
    return f"differs: {', '.join(wrong)}" if wrong else _EQUAL


def judge_client(said: str, inputs: Inputs, _file: str) -> str:
    found = json.loads(said)
    wrong = [(form, answer) for answers in found.values() for form, answer in answers.items() if answer != inputs.answers[form]]
    if not wrong:
        return _EQUAL
    told = sorted({answer for _, answer in wrong if isinstance(answer, str)})
    parts = ", ".join(f"{form} in {count} of {len(found)} ways" for form, count in Counter(form for form, _ in wrong).items())
    return f"differs: {parts} ({'; '.join(told) or 'other answers'})"


_JUDGES = {
    "airm": judge_statements,
    "codes": judge_codes,
    "graph": judge_network,
    "query library": judge_rows,
    "endpoint": judge_client,
}


def write_row(probe: Probe, setup: Setup, version: str) -> str:
    """Run a probe, and its remedy where there is need of one, as a line of the table."""
    found, advice = judge(probe, probe.run, setup), ""
    if found != _EQUAL and probe.remedy:
        advice = f"{probe.remedy.text} → {judge(probe, probe.remedy.run, setup)}"
    cells = (probe.tool, version, probe.file, found, advice)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def write_rules() -> str:
    rules = sorted([*QUERY_RULES, *SHAPE_RULES], key=lambda rule: rule.name)
    return "".join(f"| {rule.name} | {rule.seen} | {rule.instead} |\n" for rule in rules)


def make_rows(tools: list[str]) -> list[str]:
    rows = []
    with TemporaryDirectory() as folder:
        setup = Setup(make_inputs(Path(folder) / "dist"))
        with setup.stack:
            versions = {tool: find_tool_version(setup, source) for tool, source in TOOLS.items() if not tools or tool in tools}
            for probe in PROBES:
                if probe.tool in versions:
                    rows.append(write_row(probe, setup, versions[probe.tool]))
                    print(rows[-1], flush=True)
    return rows


def main(arguments: list[str]) -> int:
    warnings.simplefilter("ignore")
    tools = [one for one in arguments if not one.startswith("--")]
    if unknown := [tool for tool in tools if tool not in TOOLS]:
        print(f"there is no tool {unknown[0]!r}; there are {', '.join(TOOLS)}", file=sys.stderr)
        return 2
    rows = make_rows(tools)
    head = "| tool | version | reads | how | what to do |\n|---|---|---|---|---|\n"
    if "--write" in arguments and not tools:
        PAGE.write_text(_INTRODUCTION + head + "".join(f"{row}\n" for row in rows) + _RULES + write_rules(), encoding="utf-8")
    lines = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    recorded = [line for line in lines if line.startswith("| ") and line.split(" | ")[0][2:] in (tools or TOOLS)]
    changed = [f"now: {row}" for row in rows if row not in recorded] + [f"recorded: {row}" for row in recorded if row not in rows]
    if changed:
        print("\n" + "\n".join(["these rows differ from docs/compatibility.md:", *changed]), file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

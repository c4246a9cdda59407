"""Run the tools: packages in an environment of their own, programs of the system, servers that end with the run."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
from inputs import ROOT, Inputs
from node_packages import ENGINES, ask_node, install_packages

sys.path += [str(ROOT / "tests"), str(ROOT / "benchmarks")]

from jena import find_jena, find_version

from serving import Server, serving
from virtuoso import Virtuoso
from virtuoso import run_virtuoso as start_virtuoso

__all__ = [
    "RefusedError",
    "Setup",
    "find_tool_version",
    "run_client",
    "run_command",
    "run_jena",
    "run_libreoffice",
    "run_morph_kgc",
    "run_node",
    "run_on",
    "run_python",
    "run_queries",
    "run_virtuoso",
]

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = ROOT / "build" / "compatibility"
MORPH_KGC = "morph-kgc==2.10.0"
_CLIENTS = {"SPARQLStore of rdflib": "SPARQLStore"}
_IN_PYTHON = {"SPARQLWrapper", "SPARQLStore", "pymantic"}
_SECONDS = 600
_RML = """@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
<urn:codes> a rr:TriplesMap ;
  rml:logicalSource [ rml:source "{file}" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rml:reference "code" ; rr:termType rr:IRI ] ;
  rr:predicateObjectMap [ rr:predicate <http://www.w3.org/2004/02/skos/core#notation> ; rr:objectMap [ rml:reference "notation" ] ] .
"""
_GRAPH = "http://example.org/loaded"


class RefusedError(Exception):
    """A tool did not read what it was given; the message is what it said."""


@dataclass
class Setup:
    """What runs have in common: inputs, and servers that are started when they are first asked."""

    inputs: Inputs
    stack: ExitStack = field(default_factory=ExitStack)

    def make_folder(self) -> Path:
        """A folder that goes with the run."""
        return Path(self.stack.enter_context(TemporaryDirectory()))

    @cached_property
    def python(self) -> Path:
        """The Python of an environment with the packages that ``requirements.txt`` names."""
        return _make_environment("python", "--requirement", str(HERE / "requirements.txt"))

    @cached_property
    def morph_kgc(self) -> Path:
        """The Python of an environment with morph-kgc, which does not go with the others."""
        return _make_environment("morph-kgc", MORPH_KGC)

    @cached_property
    def jena(self) -> list[str]:
        """The command that starts a class of Jena, without its name."""
        command = find_jena(self.make_folder())
        if command is None or len(command) == 1:
            raise RefusedError("not installed (Debian: libapache-jena-java)")
        return command[:-1]

    @cached_property
    def virtuoso(self) -> Virtuoso:
        """A server with the quads in it."""
        server = self.stack.enter_context(start_virtuoso(self.make_folder()))
        self.load(server, "airm.nq")
        return server

    @cached_property
    def server(self) -> Server:
        """This project's own server."""
        return self.stack.enter_context(serving(self.inputs.folder))

    def load(self, server: Virtuoso, name: str) -> None:
        """Load a file by Virtuoso's bulk loader; what has no graph is put into `_GRAPH`."""
        folder = server.folder / f"load-{name.rpartition('.')[2]}"
        folder.mkdir()
        shutil.copy(self.inputs.folder / name, folder)
        server.run_sql(f"ld_dir('{folder}', '{name}', '{_GRAPH}')", "rdf_loader_run()", "checkpoint")


def _make_environment(name: str, *wanted: str) -> Path:
    """Make a virtual environment with packages, unless it is there, and return its Python."""
    folder = ENVIRONMENTS / name
    python, done = folder / "bin" / "python", folder / "installed.txt"
    told = "".join(Path(one).read_text(encoding="utf-8") if one.endswith(".txt") else one for one in wanted)
    if not done.exists() or done.read_text(encoding="utf-8") != told:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], check=True)
        done.write_text(told, encoding="utf-8")
    return python


def find_tool_version(setup: Setup, source: str) -> str:
    """The version of a tool, by the words of ``probes.TOOLS``."""
    kind, _, what = source.partition(" ")
    if kind == "npm":
        return str(json.loads((install_packages() / "node_modules" / what / "package.json").read_text(encoding="utf-8"))["version"])
    if kind == "pip":
        return run([str(setup.python), "-c", f"from importlib.metadata import version; print(version({what!r}))"]).strip()
    if kind == "morph-kgc":
        return MORPH_KGC.partition("==")[2]
    if kind == "jena":
        return find_version([*setup.jena, ""])
    done = subprocess.run(what.split(), capture_output=True, check=False, text=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "not found"


def run(command: Sequence[str | Path], *, folder: Path | None = None) -> str:
    """Run a command and return what it prints."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "NODE_NO_WARNINGS": "1", "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, check=False, timeout=_SECONDS, env=environment, cwd=folder)
    except FileNotFoundError as error:
        raise RefusedError("not installed") from error
    if done.returncode:
        raise RefusedError(_shorten(done.stderr.decode(errors="replace") or done.stdout.decode(errors="replace")))
    return done.stdout.decode("utf-8")


def _shorten(said: str) -> str:
    """The line of an error that says most, without paths and addresses."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"(\w|\.)*(Error|Exception|error)\b", line)] or lines[-1:]
    return re.sub(r"(file://)?/[\w@.-]+/[\w./@-]+", "…", told[-1])[:120] if told else "no reason given"


def run_python(name: str) -> Callable[[Setup, Path], str]:
    """Read with a function of ``engines/read.py``."""
    return lambda setup, path: run([setup.python, ENGINES / "read.py", name, path])


def run_node(name: str) -> Callable[[Setup, Path], str]:
    """Read with a function of ``engines/read.mjs``."""
    return lambda _, path: _ask_node("read.mjs", name, path)


def run_on(name: str, run_it: Callable[[Setup, Path], str]) -> Callable[[Setup, Path], str]:
    """Read another file in place of the one that is given."""
    return lambda setup, path: run_it(setup, path.with_name(name))


def _ask_node(*arguments: str | Path) -> str:
    try:
        return ask_node(*map(str, arguments))
    except RuntimeError as error:
        raise RefusedError(_shorten(str(error))) from error


def run_command(*command: str) -> Callable[[Setup, Path], str]:
    """Read with a program of the system."""
    return lambda _, path: run([part.format(file=path) for part in command])


def run_jena(setup: Setup, path: Path) -> str:
    """Read with Jena's riot."""
    return run([*setup.jena, "riotcmd.riot", "--output=NQ", path])


def run_virtuoso(setup: Setup, path: Path) -> str:
    """Load a file into Virtuoso, and read it back."""
    from airm_graph.remote import Endpoint

    server = setup.virtuoso
    named = path.suffix == ".nq"
    if not named:
        setup.load(server, path.name)
    pattern = "GRAPH ?g { ?s ?p ?o }"
    with Endpoint(server.public) as endpoint:
        names = [row[0] for row in endpoint.ask(f"SELECT DISTINCT ?g {{ {pattern} }}")[1]] if named else [f"<{_GRAPH}>"]
        names = [name for name in names if name == f"<{_GRAPH}>" or "airm-graph/" in str(name)]
        rows = [(*row, name) for name in names for row in endpoint.ask(f"SELECT ?s ?p ?o {{ GRAPH {name} {{ ?s ?p ?o }} }}")[1]]
    if not named:
        server.run_sql(f"SPARQL CLEAR GRAPH <{_GRAPH}>")
    return "".join(f"{s} {p} {o} {g if named else ''} .\n" for s, p, o, g in rows)


def run_morph_kgc(setup: Setup, path: Path) -> str:
    """Make RDF of a table by an RML mapping, and read the codes in it."""
    folder = setup.make_folder()
    (folder / "mapping.ttl").write_text(_RML.format(file=path), encoding="utf-8")
    settings = "[CONFIGURATION]\noutput_file=made.nt\n[it]\nmappings=mapping.ttl\n"
    (folder / "settings.ini").write_text(settings, encoding="utf-8")
    run([setup.morph_kgc, "-m", "morph_kgc", "settings.ini"], folder=folder)
    quads = ox.parse(path=folder / "made.nt", format=ox.RdfFormat.N_TRIPLES)
    return json.dumps(sorted(quad.object.value for quad in quads))


def run_libreoffice(infilter: str) -> Callable[[Setup, Path], str]:
    """Open a table in LibreOffice, save it as CSV, and read that."""

    def read(setup: Setup, path: Path) -> str:
        folder = setup.make_folder()
        options = [f"--infilter={infilter}"] if infilter else []
        profile = f"-env:UserInstallation=file://{folder}/profile"
        run(["soffice", profile, "--headless", *options, "--convert-to", "csv", "--outdir", folder / "out", path])
        return run([setup.python, ENGINES / "read.py", "csv", folder / "out" / "codes.csv"])

    return read


def run_queries(tool: str) -> Callable[[Setup, Path], str]:
    """Ask the query library in an engine."""

    def ask(setup: Setup, _: Path) -> str:
        folder = setup.inputs.folder
        given = [folder / "airm.nt", folder / "airm.nq", folder / "cases" / "queries"]
        if tool in {"rdflib", "pyoxigraph"}:
            return run([setup.python, ENGINES / "read.py", f"ask {tool}", *given])
        if tool == "Jena":
            return run([*setup.jena, ENGINES / "Ask.java", *given])
        if tool == "Virtuoso":
            return _ask_virtuoso(setup, given[2])
        return _ask_node("ask_comunica.mjs" if tool == "Comunica" else "ask_oxigraph.mjs", *given)

    return ask


def _ask_virtuoso(setup: Setup, paths: Path) -> str:
    from airm_graph.query.answers import Table, format_table
    from airm_graph.remote import Endpoint

    with Endpoint(setup.virtuoso.public) as endpoint:
        answers = [endpoint.select(Path(path).read_text(encoding="utf-8")) for path in paths.read_text(encoding="utf-8").split()]
    return "".join(format_table(Table(found, tuple(rows)), format="json").replace("\n", " ") + "\n" for found, rows in answers)


def run_client(tool: str, *, ways: str = "", forms: tuple[str, ...] = ()) -> Callable[[Setup, Path], str]:
    """Ask the server with a client, in all its ways and forms or in some."""
    client = _CLIENTS.get(tool, tool)

    def ask(setup: Setup, _: Path) -> str:
        queries = {name: text for name, text in setup.inputs.forms.items() if not forms or name.startswith(forms)}
        given = [f"{setup.server.url}/sparql", client, json.dumps(queries)]
        if client == "Jena":
            said = run([*setup.jena, ENGINES / "AskEndpoint.java", given[0], given[2]])
        else:
            said = run([setup.python, ENGINES / "clients.py", *given]) if client in _IN_PYTHON else _ask_node("clients.mjs", *given)
        return json.dumps({name: answers for name, answers in json.loads(said).items() if name.startswith(ways)})

    return ask

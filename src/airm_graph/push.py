"""A written release goes to a triple store: compared graph by graph, sent where it differs, read
back.

What the store holds is asked of the store itself, never of a note about an earlier run: each graph
is counted and its statements are read back subject by subject. So a second run sends nothing, a run
that broke off goes on where it stopped (a graph that holds a part of its statements and nothing
else gets the rest), and what somebody else changed is noticed.

Source:
    SPARQL 1.1 Graph Store HTTP Protocol; SPARQL 1.1 Update; SPARQL 1.1 Protocol.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from airm_graph.errors import InputError, RemoteError
from airm_graph.export import EXPORTS, QuadList, export_text, release_digest
from airm_graph.pipeline import SUMS, find_base, read_rdf, read_sums
from airm_graph.progress import Progress, tell_nobody
from airm_graph.remote import Client, Endpoint, check_url, read_credentials
from airm_graph.terms import Quad

__all__ = ["PushReport", "Release", "Step", "Target", "find_target", "push_release", "read_release"]

# How the path of an address ends, what is spoken there, and where queries go: "-" takes as many
# segments away as the ending has.
_ENDINGS = (
    ("/sparql-graph-crud-auth", "graph-store", "/sparql-auth"),  # Virtuoso
    ("/sparql-graph-crud", "graph-store", "/sparql"),
    ("/rdf-graphs/service", "graph-store", ""),  # RDF4J, GraphDB
    ("/statements", "update", ""),
    ("/sparql/gsp", "graph-store", "/sparql"),  # Neptune
    ("/data", "graph-store", "/query"),  # Fuseki
    ("/store", "graph-store", "/query"),  # Oxigraph
    ("/update", "update", "/query"),  # both
)
_DATASET = "graph/dataset"
# What releases hold; anything else below the base, such as an ontology somebody loaded, is not ours
# to drop.
_OURS = re.compile(r"capture/[0-9a-f]{16}|graph/(?:dataset|inferred|taxonomy)")

#: Most triples and bytes of one request. Virtuoso compiles an update into at most 10,000 lines of
#: SQL, about 1,500 triples.
_MOST_TRIPLES = {"graph-store": 20_000, "update": 500}
_MOST_BYTES = 4 << 20
#: Of one page read back: Virtuoso cuts answers silently, at 10,000 rows as it comes, and long
#: queries are slow to compile.
_PAGE_TRIPLES, _PAGE_SUBJECTS = 1000, 200


@dataclass(frozen=True, slots=True)
class Release:
    """What a dist folder holds: for each named graph its canonical N-Triples lines, sorted.

    Attributes:
        digest: The SHA-256 of ``airm.nt``.
    """

    base: str
    digest: str
    graphs: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where data goes (*url*, by *protocol*) and where questions go."""

    url: str
    protocol: str
    query_url: str


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, or is to be done, about one graph.

    Attributes:
        graph: Its IRI.
        action: ``send`` (all of it), ``resume`` (what is missing), ``keep``, or ``drop``.
        triples: How many the release has; 0 for a graph that is dropped.
        sent: How many are sent.
        digest: SHA-256 of its sorted canonical N-Triples; empty for a graph that is dropped.
        problem: What reading back found wrong; empty when the store holds just this.
    """

    graph: str
    action: str
    triples: int = 0
    sent: int = 0
    digest: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a push did."""

    target: Target
    base: str
    digest: str
    dry_run: bool
    steps: tuple[Step, ...]
    left: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the store holds the release, as far as was looked."""
        return not any(step.problem or (self.dry_run and step.action != "keep") for step in self.steps)

    def to_json(self) -> str:
        """Return the report as JSON."""
        steps = [{name: getattr(step, name) for name in Step.__slots__} for step in self.steps]
        found: dict[str, Any] = {"endpoint": self.target.url, "protocol": self.target.protocol, "base": self.base, "digest": self.digest}
        found |= {"dry_run": self.dry_run, "complete": self.complete, "graphs": steps, "left_alone": list(self.left)}
        return json.dumps(found, indent=2) + "\n"


def find_target(url: str, *, protocol: str = "auto", query_url: str | None = None) -> Target:
    """Find out by its address what a server speaks and where it answers queries; nothing is sent.

    Args:
        url: Address of a graph store or of an update endpoint.
        protocol: ``graph-store``, ``update`` or ``auto``, which looks at how the path ends and
            takes any other address for a SPARQL endpoint that takes updates and queries alike.
        query_url: Where queries go, when it is not what the address suggests; on the same server.

    Raises:
        RemoteError: An address cannot be used, or there is no telling where queries go.

    >>> find_target("http://localhost:3030/airm/data")
    Target(url='http://localhost:3030/airm/data', protocol='graph-store', query_url='http://localhost:3030/airm/query')
    """
    parts = check_url(url)
    path = parts.path.rstrip("/")
    known = next(((end, spoken, instead) for end, spoken, instead in _ENDINGS if path.endswith(end)), None)
    if query_url is None and known:
        query_url = parts._replace(path=path.removesuffix(known[0]) + known[2], query="").geturl()
    if protocol == "auto":
        protocol = known[1] if known else "update"
    if query_url is None and protocol == "graph-store":
        raise RemoteError(f"{url}: a graph store cannot say which graphs it has; give the address for queries with --query-url")
    return Target(url, protocol, query_url or url)


def read_release(dist: str | Path) -> Release:
    """Read a dist folder and see that it is what its SHA256SUMS says.

    Raises:
        InputError: It is no written graph, was changed since, or holds statements outside the named
            graphs of its base.
    """
    folder = Path(dist)
    path = folder / EXPORTS["nquads"].file_name
    sums = read_sums(folder)
    if path.name not in sums:
        raise InputError(f"{path.name} is not listed", file=str(folder / SUMS), remedy="build the release again, in all formats")
    rows = read_rdf(path, sha256=sums[path.name])
    base = find_base(rows)
    by_graph: dict[str, list[Quad]] = {}
    for row in rows:
        by_graph.setdefault(row[3][1:-1], []).append(row)
    if strange := [graph for graph in by_graph if not graph.startswith(base)]:
        what = f"a statement stands in <{strange[0]}>, which is not below {base}"
        raise InputError(what, file=str(path), remedy="build the release again")
    # The dataset goes first: it carries the notice, and data shall not stand anywhere without it.
    names = sorted(by_graph, key=lambda graph: (graph != base + _DATASET, graph))
    return Release(base, release_digest(QuadList(rows)), {graph: _write_lines(by_graph[graph]) for graph in names})


def push_release(
    url: str,
    dist: str | Path,
    *,
    protocol: str = "auto",
    query_url: str | None = None,
    client: Client | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> PushReport:
    """Bring a release into a triple store and read it back.

    Args:
        url: Address of a graph store or of an update endpoint.
        dist: The folder that a build wrote.
        protocol, query_url: As for `find_target`.
        client: How to reach the server; with the credentials of the environment when left out.
        dry_run: Compare only.
        progress: Called with (step, graphs done, graphs in all).

    Returns:
        The report; ``complete`` says whether the store holds the release.

    Raises:
        InputError: As `read_release`; nothing was sent.
        RemoteError: The server cannot be reached or refuses. What was sent stays, and another run
            goes on from there.
    """
    release = read_release(dist)
    target = find_target(url, protocol=protocol, query_url=query_url)
    with client or Client(url, credentials=read_credentials()) as reached:
        endpoint = Endpoint(target.query_url, client=reached, base=release.base)
        return _Push(release, target, reached, endpoint, progress or tell_nobody).run(dry_run=dry_run)


@dataclass
class _Push:
    release: Release
    target: Target
    client: Client
    endpoint: Endpoint
    tell: Progress

    def run(self, *, dry_run: bool) -> PushReport:
        held = self.endpoint.count_graphs(self.release.base)
        graphs = self.release.graphs
        steps = []
        for number, (graph, lines) in enumerate(graphs.items()):
            self.tell("compare", number, len(graphs))
            step, missing = self._compare(graph, lines, held.get(graph, 0))
            if not dry_run and missing:
                self.tell("send", number, len(graphs))
                self._send(graph, missing, whole=step.action == "send")
                step = self._verify(step, lines)
            steps.append(step)
        gone = [graph for graph in held if graph not in graphs]
        ours = [graph for graph in gone if _OURS.fullmatch(graph.removeprefix(self.release.base))]
        for graph in ours:
            if not dry_run:
                self._drop(graph)
            steps.append(Step(graph, "drop"))
        if not dry_run and any(step.action != "keep" for step in steps):
            steps = self._count(steps)
        self.tell("done", len(graphs), len(graphs))
        left = tuple(graph for graph in gone if graph not in ours)
        return PushReport(self.target, self.release.base, self.release.digest, dry_run, tuple(steps), left)

    def _compare(self, graph: str, lines: list[str], held: int) -> tuple[Step, list[str]]:
        """Find what is to be done about a graph, and the lines to send."""
        known = self._fetch(graph, lines) if 0 < held <= len(lines) else set()
        missing = [line for line in lines if line not in known]
        if held == 0 or len(known) != held or len(missing) != len(lines) - held:
            # The store has something else than a part of ours.
            missing, action = lines, "send"
        else:
            action = "resume" if missing else "keep"
        return Step(graph, action, len(lines), len(missing), _digest(lines)), missing

    def _fetch(self, graph: str, lines: Sequence[str]) -> set[str]:
        """What the store says in a graph about the subjects of *lines*, as canonical lines."""
        found: set[str] = set()
        for subjects in _pages(lines):
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {' '.join(subjects)} }} GRAPH <{graph}> {{ ?s ?p ?o }} }}"
            found.update(_write_lines(self.endpoint.construct(query)))
        return found

    def _verify(self, step: Step, lines: list[str]) -> Step:
        found = sorted(self._fetch(step.graph, lines))
        if _digest(found) == step.digest:
            return step
        missing, strange = len(set(lines) - set(found)), len(set(found) - set(lines))
        return replace(step, problem=f"read back differs: {missing} triples are missing, {strange} are not ours")

    def _count(self, steps: Sequence[Step]) -> list[Step]:
        """See that each graph holds as many triples as it should; reading back does not ask for
        subjects that are not ours.
        """
        held = self.endpoint.count_graphs(self.release.base)
        wrong = [step for step in steps if held.get(step.graph, 0) != step.triples and not step.problem]
        return [replace(step, problem=f"the store counts {held.get(step.graph, 0)} triples") if step in wrong else step for step in steps]

    def _send(self, graph: str, lines: Sequence[str], *, whole: bool) -> None:
        for number, chunk in enumerate(_chunks(lines, self.target.protocol)):
            fresh = whole and number == 0
            if self.target.protocol == "graph-store":
                self._store("PUT" if fresh else "POST", graph, "".join(chunk).encode())
            else:
                # One request, so that a store with transactions never shows the graph without any
                # of its statements.
                drop = f"DROP SILENT GRAPH <{graph}> ;\n" if fresh else ""
                self._update(f"{drop}INSERT DATA {{ GRAPH <{graph}> {{\n{''.join(chunk)}}} }}")

    def _drop(self, graph: str) -> None:
        if self.target.protocol == "graph-store":
            self._store("DELETE", graph, None)
        else:
            self._update(f"DROP SILENT GRAPH <{graph}>")

    def _store(self, method: str, graph: str, body: bytes | None) -> None:
        parts = urlsplit(self.target.url)
        query = "&".join(part for part in (parts.query, f"graph={quote(graph, safe='')}") if part)
        # Every graph store reads Turtle, of which N-Triples are a part; not every one knows them by
        # their own name.
        headers = {"Content-Type": "text/turtle"} if body is not None else {}
        allow = frozenset({404}) if method == "DELETE" else frozenset()
        self.client.request(method, parts._replace(query=query).geturl(), headers=headers, body=body, allow=allow, patient=True)

    def _update(self, update: str) -> None:
        headers = {"Content-Type": "application/sparql-update"}
        self.client.request("POST", self.target.url, headers=headers, body=update.encode(), patient=True)


def _write_lines(rows: Iterable[Quad]) -> list[str]:
    # Not splitlines, which also splits at line separators inside literals.
    return [f"{line}\n" for line in "".join(export_text(QuadList(rows), "ntriples")).split("\n") if line]


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _chunks(lines: Sequence[str], protocol: str) -> Iterator[list[str]]:
    """Cut lines into chunks that a server takes in one request."""
    chunk: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode())
        if chunk and (len(chunk) == _MOST_TRIPLES[protocol] or size + length > _MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(line)
        size += length
    if chunk:
        yield chunk


def _pages(lines: Sequence[str]) -> Iterator[list[str]]:
    """The subjects of *lines*, in lists about which there is not too much to say."""
    subjects: dict[str, int] = {}
    for line in lines:
        subject = line.partition(" ")[0]
        subjects[subject] = subjects.get(subject, 0) + 1
    page: list[str] = []
    size = 0
    for subject, count in subjects.items():
        if page and (len(page) == _PAGE_SUBJECTS or size + count > _PAGE_TRIPLES):
            yield page
            page, size = [], 0
        page.append(subject)
        size += count
    if page:
        yield page

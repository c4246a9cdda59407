"""RDF files in, rows and lines out: which line of a file states a triple, and on which line a
subject begins.

What a file says is what Oxigraph reads in it; the lines are found beside that and can only be
missing, never change a row.
"""

import gzip
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.frozen import frozen
from airm_graph.graph import TripleTable, quote, suffix_of
from airm_graph.graph.rdf_format import find_format, unpack
from airm_graph.graph.store import number_rows, parse_rows, stream_rows
from airm_graph.ingest.inputs import Over
from airm_graph.ingest.rdf_places import Mentions, first_line, list_above, step_back
from airm_graph.model import Finding, Location
from airm_graph.regular_files import open_regular
from airm_graph.terms import Quad, label_blank

__all__ = [
    "Lines",
    "RdfFile",
    "find_lines",
    "is_of_lines",
    "label_files",
    "load_rdf_file",
    "load_rdf_files",
    "locate_findings",
    "read_packed",
]

# What Oxigraph calls a blank node that the file does not name; the digits differ from run to run.
_ANONYMOUS = re.compile(r"_:[0-9a-f]{20,32}\Z")
# The first step of a property path, of each alternative where it has some.
_FIRST_STEPS = re.compile(r"(?:\A|\|)\(?(\^?)\(?(<[^>]*>)")

_PARQUET = ".parquet"

Triple = tuple[str, str, str]
Range = tuple[int, int]


@frozen
class RdfFile:
    """One RDF file that is in a table.

    Attributes:
        label: Stands before the names of its blank nodes.
        data, quads: What it holds, unpacked; of files of lines, which are read again where they
            are asked for, neither.
        suffix: The suffix that stands for its format.
    """

    path: Path
    label: str = ""
    data: bytes = field(default=b"", repr=False)
    quads: tuple[Quad, ...] = field(default=(), repr=False)
    suffix: str = ""

    @property
    def name(self) -> str:
        """What findings call it."""
        return self.path.as_posix()


class Lines:
    """Where a file speaks of some nodes: the first and the last line, from 1, of each triple."""

    def __init__(self, triples: Mapping[Triple, Range], *, subjects: Mapping[str, int], text: Sequence[str] | Mapping[int, str]) -> None:
        """Take the triples in the order of the file, the line on which each node is first a
        subject, and the lines of the file, from 0.
        """
        self._triples, self._subjects, self._text = triples, subjects, text
        self._last: dict[tuple[str, str], Range] = {}
        self._mentions: dict[str, Range] = {}
        for (s, p, o), at in triples.items():
            self._last[s, p] = at
            self._mentions.setdefault(o, at)

    def __bool__(self) -> bool:
        """Whether the file speaks of the nodes."""
        return bool(self._triples)

    def find(self, focus: str, *, path: str = "", value: str = "") -> Range | None:
        """Return the lines of the triple that a result is about, or those of its subject, or
        None.
        """
        stated = (self._triples.get(triple) for triple in _triples_of(focus, path=path, value=value))
        # Without a value the number of them is wrong: the last one is where one too many stands.
        last = (self._last.get((focus, predicate)) for inverse, predicate in _FIRST_STEPS.findall(path) if not inverse)
        if at := next(filter(None, (*stated, *last)), None):
            return at
        if focus in self._subjects:
            return self._subjects[focus], self._subjects[focus]
        return self._mentions.get(focus)

    def rank(self, focus: str, *, path: str, value: str) -> int:
        """Return how well the file fits a result: 0 it states the triple, 1 something of the node,
        2 neither.
        """
        if any(triple in self._triples for triple in _triples_of(focus, path=path, value=value)):
            return 0
        return 1 if focus in self._subjects else 2

    def quote(self, lines: Range) -> str:
        """Return the text of some lines, joined by LF."""
        return "\n".join(self._text[number - 1] for number in range(lines[0], lines[1] + 1))


def _triples_of(focus: str, *, path: str, value: str) -> list[Triple]:
    """The triples that a result can be about: one, or one for each alternative of its path."""
    return [(value, predicate, focus) if inverse else (focus, predicate, value) for inverse, predicate in _FIRST_STEPS.findall(path)]


def load_rdf_files(paths: Iterable[Path], *, table: TripleTable) -> tuple[RdfFile, ...]:
    """Load RDF files, packed or not, into a table.

    Blank nodes get names that depend on nothing but the files, and are never shared between two of
    them.

    Raises:
        InputError: A file cannot be read.
        StoreError: It is not what its suffix says; the message names file and line.
    """
    return tuple(load_rdf_file(path, label=label, table=table) for path, label in label_files(paths))


def label_files(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Sort files, each with what stands before the names of its blank nodes: nothing where there is
    one file only.
    """
    paths = sorted(set(paths), key=Path.as_posix)
    return [(path, f"f{number}-" if len(paths) > 1 else "") for number, path in enumerate(paths, 1)]


def load_rdf_file(path: Path, *, label: str, table: TripleTable) -> RdfFile:
    """Load an RDF file, as `load_rdf_files` does; the blank nodes of quads in Parquet keep their
    names.
    """
    if path.suffix.lower() == _PARQUET:
        _check_readable(path)
        table.load_select(f"SELECT s, p, o, g FROM read_parquet({quote(str(path))})")
        return RdfFile(path)
    suffix = find_format(path)
    if is_of_lines(path):
        _check_readable(path)
        table.load_files([path], parse=stream_rows, label=label)
        return RdfFile(path, label, suffix=suffix)
    data, names = read_packed(path), _BlankNodes(label)
    if suffix == ".rdf":
        from airm_graph.graph.xml_text import to_utf8  # most files are of other formats

        data = to_utf8(data, path.as_posix())  # lines are quoted from it
    quads = tuple(map(names.rename_row, parse_rows(data, name=path.as_posix(), suffix=suffix, base_iri=path.absolute().as_uri())))
    table.load_rows(quads)
    return RdfFile(path, label, data, quads, suffix)


def is_of_lines(path: Path) -> bool:
    """Whether a file is N-Triples or N-Quads by name and content, and so is read line by line."""
    return bool(suffix_of(path)) and find_format(path) in (".nt", ".nq")


def _check_readable(path: Path) -> None:
    try:
        with open_regular(path):
            pass
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error


def read_packed(path: Path) -> bytes:
    """Read a file, unpacked where it is packed by gzip, whatever its name says.

    Raises:
        InputError: It cannot be read, or is packed in another way.
    """
    try:
        if path.suffix.lower() == ".zst":
            raise InputError("only N-Triples and N-Quads are read packed by Zstandard", file=str(path), remedy="unpack it first")
        with open_regular(path) as file:
            return unpack(file.read())
    except (OSError, EOFError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise InputError(f"the file cannot be read: {what}", file=str(path)) from error


def _number(file: RdfFile) -> Iterable[tuple[Quad, int]]:
    names = _BlankNodes(file.label)
    for row, line in number_rows(file.data, name=file.name, suffix=file.suffix, base_iri=file.path.absolute().as_uri()):
        yield names.rename_row(row), line


class _BlankNodes:
    """Names for blank nodes by the order in which they come."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()

    def rename_row(self, row: Quad) -> Quad:
        """Rename the blank nodes of a row; most rows have none."""
        s, p, o, g = row
        if s[0] == "_" or o[0] == "_" or g[:1] == "_":
            return self.rename(s), p, self.rename(o), self.rename(g)
        return row

    def rename(self, term: str) -> str:
        """Leave a term as it is unless it is a blank node."""
        if not term.startswith("_:"):
            return term
        if term not in self._names:
            wish = f"_:{self._label}" + (f"anon{len(self._names) + 1}" if _ANONYMOUS.match(term) else term[2:])
            while wish in self._taken:
                wish += "-x"
            self._names[term] = wish
            self._taken.add(wish)
        return self._names[term]


def find_lines(file: RdfFile, *, nodes: Collection[str]) -> Lines:
    """Find where *file* speaks of *nodes*.

    JSON-LD has limits: a node without ``@id`` and a key whose meaning a scoped context changes are
    not found.
    """
    text = file.data.decode("utf-8-sig", errors="replace").split("\n")
    text = [line.removesuffix("\r") for line in text]
    if file.suffix == ".jsonld":
        from airm_graph.ingest.rdf_jsonld import find_json_lines

        rows = [row for row in file.quads if row[0] in nodes or row[2] in nodes]
        triples, subjects = find_json_lines("\n".join(text), rows=rows, base=file.path.absolute().as_uri())
        return Lines(triples, subjects=subjects, text=text)
    return _find_numbered(file, nodes=nodes, text=text)


def _find_numbered(file: RdfFile, *, nodes: Collection[str], text: Sequence[str]) -> Lines:
    triples: dict[Triple, tuple[int, int]] = {}
    subjects: dict[str, int] = {}
    turtle = file.suffix in {".ttl", ".trig"}
    mentions, above = Mentions(text), list_above(text) if turtle else ()
    for (s, p, o, _), reached in _number(file):
        line = step_back(o, text=text, line=reached, above=above) if turtle and o.endswith('"') else reached
        if s not in subjects and (s in nodes or s.startswith("_:")):
            subjects[s] = mentions.find(s, until=line)
        if s in nodes or o in nodes:
            triples.setdefault((s, p, o), (first_line(o, text=text, last=line, is_xml=not turtle), line))
        if not o.startswith("_:"):
            mentions.forget(line)
    # The parser is done with a triple whose value is a blank node when that node closes; the triple
    # stands where the node opens.
    for triple, (_, last) in triples.items():
        if triple[2] in subjects and triple[2].startswith("_:"):
            triples[triple] = (min(subjects[triple[2]], last),) * 2
    return Lines(triples, subjects={node: line for node, line in subjects.items() if node in nodes}, text=text)


def locate_findings(findings: Iterable[Finding], *, files: Sequence[RdfFile], over: Over = map) -> list[Finding]:
    """Give findings about RDF files the line of the triple they are about, or of its subject, or at
    least the file.

    The place in a capture that a finding had, if any, becomes its origin.

    Args:
        files: In the order in which their blank nodes were labelled; of files packed in another way
            than by gzip no line is told.
        over: Applies a function to each of some files of lines.
    """
    findings = list(findings)
    if not findings:
        return []
    focus, values = (
        {node for node in nodes if node[:1] in {"<", "_"}} for nodes in zip(*((f.focus, f.value) for f in findings), strict=True)
    )
    nodes = focus | values
    alone = len(files) == 1
    held = [file for file in files if file.quads and (alone or any(quad[0] in nodes or quad[2] in nodes for quad in file.quads))]
    lines = {file.name: find_lines(file, nodes=nodes) for file in held}
    scanned = [file for file in files if not file.quads and suffix_of(file.path)]
    scan = partial(_scan_labelled, focus=focus, values=values)
    found = over(scan, [(file.path, file.label) for file in scanned])
    lines |= {file.name: one for file, one in zip(scanned, found, strict=True) if one or alone}
    return [replace(finding, location=_locate(finding, lines=lines), origin=finding.location) for finding in findings]


def _scan_labelled(file: tuple[Path, str], *, focus: Collection[str], values: Collection[str]) -> Lines:
    return _scan(file[0], focus=focus, values=values, label=file[1])


def _scan(path: Path, *, focus: Collection[str], values: Collection[str], label: str) -> Lines:
    """The lines of a file that speak of focus nodes; of those that only mention one, the first, and
    those about a value.
    """
    triples: dict[Triple, Range] = {}
    subjects: dict[str, int] = {}
    text: dict[int, str] = {}
    mentioned = set[str]()
    for number, (s, p, o), line in _stated(path, nodes={node.replace(f"_:{label}", "_:").encode() for node in focus}, label=label):
        if s in focus or (o in focus and (s in values or o not in mentioned)):
            triples.setdefault((s, p, o), (number, number))
            text[number - 1] = line
            mentioned.add(o)
        if s in focus:
            subjects.setdefault(s, number)
    return Lines(triples, subjects=subjects, text=text)


def _stated(path: Path, *, nodes: Collection[bytes], label: str) -> Iterator[tuple[int, Triple, str]]:
    """The statements of a file that may be about nodes, with number and text of their lines."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1] == ".zst":
        return
    packed = suffixes[-1] == ".gz"
    with gzip.open(path) if packed else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            parts = line.split(None, 3)
            # A node may be written with escapes.
            if len(parts) > 2 and (parts[0] in nodes or parts[2] in nodes or (b"\\" in line and b"\\u" in line.lower())):
                for s, p, o, _ in parse_rows(line, name=path.as_posix(), suffix=suffixes[-2 if packed else -1]):
                    yield number, (label_blank(s, label), p, label_blank(o, label)), line.decode("utf-8-sig").rstrip("\r\n")


def _locate(finding: Finding, *, lines: Mapping[str, Lines]) -> Location | None:
    ranked = sorted((found.rank(finding.focus, path=finding.path, value=finding.value), name) for name, found in lines.items())
    for _, name in ranked:
        at = lines[name].find(finding.focus, path=finding.path, value=finding.value)
        if at:
            return Location(name, *at, lines[name].quote(at))
    return Location(ranked[0][1]) if len(ranked) == 1 else None

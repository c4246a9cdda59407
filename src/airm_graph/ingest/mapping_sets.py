"""Tables of mappings (SSSOM/TSV): bytes in, mappings with their lines out, row by row.

Source:
    SSSOM/TSV, https://mapping-commons.github.io/sssom/ ; extensions are passed over, as the
    specification allows.
"""

import csv
import datetime
import io
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from airm_graph.errors import InputError
from airm_graph.ingest.mapping_lines import MAX_METADATA, Lines, UnreadableLineError, compose
from airm_graph.model import Finding, Location, Severity
from airm_graph.regular_files import open_regular
from airm_graph.rules import make_finding
from airm_graph.sssom import BUILT_IN, ENUMS, JUSTIFICATIONS, NO_TERM, PROPAGATED, SET_SLOTS, SLOTS, Curies, Match, MatchSet, Slot, Value

__all__ = ["MatchReader", "load_matches", "open_matches", "read_matches", "read_metadata_beside"]

_NEEDED = ("predicate_id", "mapping_justification")
_LITERAL = "rdfs literal"
_NCNAME = re.compile(r"[A-Za-z_][\w.\-]*\Z")
_URI = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>"{}|\\^`\x00-\x20]+\Z')
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE]-?\d+)?\Z")
_RANGES = {"number": (0.0, 1.0), "agreement": (-1.0, 1.0)}
_PARTS = re.compile(r"\\([\\|])|\|")


class MatchReader:
    """A table of mappings that is read as it is gone through, once; its metadata is there from the
    start.

    Attributes:
        metadata: The slots of the set, references as IRIs, without those that it hands on to every
            mapping and no mapping has.
        prefixes: As declared.
        findings: What is wrong so far, of rules SSM-01 to SSM-06; complete when all mappings were
            taken.
    """

    def __init__(self, stream: BinaryIO, *, file: str, beside: bytes | None = None) -> None:
        """Read the metadata and the header.

        Args:
            stream: The table, opened for bytes.
            file: Its name, for findings.
            beside: The metadata, where they lie in a file of their own.
        """
        self.file = file
        self.findings: list[Finding] = []
        self.prefixes: dict[str, str] = {}
        self.metadata: dict[str, Value] = {}
        self._inherited: dict[str, Value] = {}
        self._curies = Curies({})
        self._columns: list[Slot | None] = []
        self._lines = Lines(stream)
        self._rows: Iterator[list[str]] = iter(())
        try:
            self._read_head(beside)
        except UnreadableLineError as error:
            self._say("SSM-01", error.what, error.line)

    def __iter__(self) -> Iterator[Match]:
        """The mappings that can be used, in the order of the file."""
        first = self._lines.number + 1
        try:
            for cells in self._rows:
                match = self._read_row(cells, first) if any(cell.strip() for cell in cells) else None
                if match:
                    yield match
                first = self._lines.number + 1
        except UnreadableLineError as error:
            self._say("SSM-01", error.what, error.line)
        except csv.Error as error:
            self._say("SSM-01", f"the row is not readable: {error}", first)

    def _say(self, rule: str, message: str, line: int, cells: Sequence[str] = ()) -> None:
        self.findings.append(make_finding(rule, message, Location(self.file, line, line, " | ".join(cells))))

    # The metadata and the header.

    def _read_head(self, beside: bytes | None) -> None:
        block, header = self._lines.split_head()
        if self._lines.had_mark:
            self._say("SSM-06", "the table begins with a byte-order mark", 1)
        if beside is not None and not block:
            self._read_metadata(beside.decode("utf-8", "replace").splitlines(), first=0)
        else:
            self._read_metadata(block, first=1)
        self._curies = Curies(self.prefixes)
        self._read_header(header)

    def _read_metadata(self, block: Sequence[str], *, first: int) -> None:
        node = compose(block)
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        if node is not None and not isinstance(node, yaml.MappingNode):
            raise UnreadableLineError("the metadata are no pairs of 'slot: value'", max(first, 1))
        found: dict[str, tuple[Any, int]] = {}
        for key, value in pairs:
            if str(key.value) in found:
                self._say("SSM-05", f"{key.value!r} stands twice; the first is used", key.start_mark.line + first)
            found.setdefault(str(key.value), (value, key.start_mark.line + first))
        if "curie_map" in found:
            self._read_prefixes(found.pop("curie_map")[0], first)
        self._curies = Curies(self.prefixes)
        for name, (value, line) in found.items():
            self._read_set_slot(name, value, line)
        for name, what in (("mapping_set_id", "which set it is"), ("license", "under which licence it stands")):
            if name not in self.metadata:
                self._say("SSM-02", f"the metadata do not say {what} ({name})", max(first, 1))

    def _read_prefixes(self, node: Any, first: int) -> None:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            name, at = str(key.value), key.start_mark.line + first
            if not isinstance(value, yaml.ScalarNode) or not _NCNAME.match(name) or not _URI.match(value.value):
                self._say("SSM-05", f"{name!r} is no prefix of an IRI", at)
            elif name in BUILT_IN and value.value != BUILT_IN[name]:
                self._say("SSM-06", f"the prefix {name!r} is built in as <{BUILT_IN[name]}> and stays that", at)
            else:
                self.prefixes[name] = value.value

    def _read_set_slot(self, name: str, node: Any, line: int) -> None:
        slot = SET_SLOTS.get(name)
        if slot is None:
            if name != "extension_definitions":
                self._say("SSM-06", f"{name!r} is no slot of a set of mappings and is passed over", line)
            return
        texts = [str(part.value) for part in (node.value if isinstance(node, yaml.SequenceNode) else [node]) if _is_given(part)]
        if any(not isinstance(part, yaml.ScalarNode) for part in (node.value if isinstance(node, yaml.SequenceNode) else [node])):
            self._say("SSM-05", f"{name!r} takes texts only", line)
            return
        if len(texts) > 1 and not slot.several:
            self._say("SSM-05", f"{name!r} takes one value", line)
            return
        values = [value for text in texts if (value := self._take(slot, text, line, ())) is not None]
        if values:
            target = self._inherited if name in PROPAGATED else self.metadata
            target[name] = tuple(values) if slot.several else values[0]

    def _read_header(self, header: str) -> None:
        line = self._lines.number
        if not header.strip():
            raise UnreadableLineError("the table has no header", max(line, 1))
        separator = "\t" if "\t" in header else ","
        self._rows = csv.reader(self._lines, delimiter=separator, strict=True)
        try:
            names = [name.strip() for name in next(csv.reader([header], delimiter=separator))]
        except csv.Error as error:
            raise UnreadableLineError(f"the header cannot be read: {error}", line) from error
        twice = next((name for name in names if name and names.count(name) > 1), None)
        missing = [name for name in _NEEDED if name not in names]
        if twice or missing:
            raise UnreadableLineError(f"the header names {twice!r} twice" if twice else f"the header lacks {' and '.join(missing)}", line)
        for name in names:
            if name not in SLOTS:
                self._say("SSM-06", f"{name!r} is no slot of a mapping; the column is passed over", line, names)
        self._columns = [SLOTS.get(name) for name in names]
        # What some mapping says for itself, the set does not say for all.
        kept = {name: value for name, value in self._inherited.items() if name in names}
        self.metadata |= kept
        self._inherited = {name: value for name, value in self._inherited.items() if name not in kept}

    # The rows.

    def _read_row(self, cells: list[str], line: int) -> Match | None:
        before = len(self.findings)
        if any(cell.strip() for cell in cells[len(self._columns) :]):
            self._say("SSM-01", f"the row has {len(cells)} cells and the header {len(self._columns)}", line, cells)
        values: dict[str, Value] = dict(self._inherited)
        written = [(slot, cell) for slot, cell in zip(self._columns, cells, strict=False) if slot and cell.strip()]
        for slot, cell in written:
            texts = _split(cell) if slot.several else [cell.strip()]
            taken = [value for text in texts if (value := self._take(slot, text, line, cells)) is not None]
            if taken:
                values[slot.name] = tuple(taken) if slot.several else taken[0]
        match = Match(values, line)
        for what in _find_missing(match, {slot.name for slot, _ in written}):
            self._say("SSM-03", f"the row has no {what}", line, cells)
        is_usable = not any(finding.severity is Severity.VIOLATION for finding in self.findings[before:])
        return match if is_usable and not _find_missing(match, match.values) else None

    def _take(self, slot: Slot, text: str, line: int, cells: Sequence[str]) -> str | None:
        """The value of a text in a slot; None, and a finding, where it cannot be one."""
        if slot.kind == "reference":
            return self._expand(slot, text, line, cells)
        problem = _find_problem(slot, text)
        if problem:
            self._say("SSM-05", f"{slot.name}: {problem}", line, cells)
            return None
        return text

    def _expand(self, slot: Slot, text: str, line: int, cells: Sequence[str]) -> str | None:
        iri = self._curies.expand(text)
        prefix = text.partition(":")[0]
        if iri is None and "://" in text and _URI.match(text):
            self._say("SSM-06", f"{slot.name} holds the whole IRI {text!r}; a table of mappings holds CURIEs", line, cells)
            iri = text
        if iri is None or not _URI.match(iri):
            known = iri is not None or ":" not in text
            what = f"{text!r} is no CURIE such as skos:exactMatch" if known else f"the prefix {prefix!r} is not declared in curie_map"
            self._say("SSM-04", f"{slot.name}: {what}", line, cells)
            return None
        if slot.name == "mapping_justification" and iri not in JUSTIFICATIONS:
            self._say("SSM-05", f"{text!r} is no justification that SSSOM knows", line, cells)
            return None
        if iri == NO_TERM and slot.name not in {"subject_id", "object_id"}:
            self._say("SSM-05", f"{text!r} stands for a subject or an object only", line, cells)
            return None
        return iri


def _find_missing(match: Match, given: Collection[str]) -> list[str]:
    """What a mapping must have and *given* does not hold; a literal has a label and needs no
    identifier.
    """
    missing = [name for name in _NEEDED if name not in given]
    for end in ("subject", "object"):
        needed = f"{end}_label" if match.get(f"{end}_type") == _LITERAL else f"{end}_id"
        missing += [needed] if needed not in given and f"{end}_id" not in given else []
    return missing


def _is_given(node: Any) -> bool:
    return not (isinstance(node, yaml.ScalarNode) and (node.tag == "tag:yaml.org,2002:null" or not node.value.strip()))


def _split(cell: str) -> list[str]:
    r"""The values of a cell: bars part them, a backslash takes a bar or a backslash as it is.

    >>> _split(r"a|b\|c")
    ['a', 'b|c']
    """
    parts, position = [""], 0
    for found in _PARTS.finditer(cell):
        parts[-1] += cell[position : found.start()] + (found[1] or "")
        position = found.end()
        if found[1] is None:
            parts.append("")
    parts[-1] += cell[position:]
    return [part.strip() for part in parts if part.strip()]


def _find_problem(slot: Slot, text: str) -> str:
    if slot.kind in ENUMS:
        return "" if text in ENUMS[slot.kind] else f"{text!r} is not one of {', '.join(ENUMS[slot.kind])}"
    if slot.kind in _RANGES:
        low, high = _RANGES[slot.kind]
        is_within = _NUMBER.match(text) is not None and low <= float(text) <= high
        return "" if is_within else f"{text!r} is no number from {low:g} to {high:g}"
    if slot.kind == "date":
        return "" if _is_day(text) else f"{text!r} is no day such as 2026-11-21"
    if slot.kind == "uri":
        return "" if _URI.match(text) else f"{text!r} is no IRI"
    return ""


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def open_matches(stream: BinaryIO, *, file: str, beside: bytes | None = None) -> MatchReader:
    r"""Open a table of mappings for going through its rows once, whatever its size.

    >>> head = "subject_id\tpredicate_id\tobject_id\tmapping_justification"
    >>> table = f"{head}\nskos:Concept\tskos:exactMatch\towl:Class\tsemapv:MappingReview\n"
    >>> [match.triple[1] for match in open_matches(io.BytesIO(table.encode()), file="a.sssom.tsv")]
    ['http://www.w3.org/2004/02/skos/core#exactMatch']
    """
    return MatchReader(stream, file=file, beside=beside)


def read_matches(data: bytes, *, file: str, beside: bytes | None = None) -> tuple[MatchSet, tuple[Finding, ...]]:
    """Read a table of mappings that is in memory; what is wrong with it comes as findings."""
    reader = open_matches(io.BytesIO(data), file=file, beside=beside)
    matches = tuple(reader)
    return MatchSet(reader.metadata, reader.prefixes, matches), tuple(reader.findings)


def load_matches(path: str | Path) -> MatchSet:
    """Read the table of mappings in a file, with the metadata of a file beside it when it has none
    of its own.

    Raises:
        InputError: It cannot be read, or a rule that must be kept is broken; the message names file
            and line.
    """
    try:
        with open_regular(Path(path)) as stream:
            reader = open_matches(stream, file=str(path), beside=read_metadata_beside(Path(path)))
            matches = tuple(reader)
    except OSError as error:
        raise InputError(f"the table of mappings cannot be read: {error.strerror}", file=str(path), remedy="check its name") from error
    for finding in reader.findings:
        if finding.severity is Severity.VIOLATION and finding.location:
            raise InputError(finding.message, file=str(path), line=finding.location.first_line, remedy=finding.remedy)
    return MatchSet(reader.metadata, reader.prefixes, matches)


def read_metadata_beside(path: Path) -> bytes | None:
    """Return the metadata of a table whose own file holds none: ``NAME.sssom.yml`` beside
    ``NAME.sssom.tsv``.
    """
    stem = path.name.removesuffix(path.suffix)
    for suffix in (".yml", ".yaml"):
        beside = path.with_name(stem + suffix)
        if beside.is_file():
            with open_regular(beside) as stream:
                return stream.read(MAX_METADATA + 1)
    return None

"""What people decided of joins and of codes: tables of mappings (SSSOM) and CSV in, decisions with
their cells out.
"""

import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.external import check_end
from airm_graph.ingest.formats import MAX_TABLE, Row, Table, read_table
from airm_graph.ingest.mapping_sets import open_matches, read_metadata_beside
from airm_graph.ingest.tables.names import is_day, name_agent
from airm_graph.model import (
    Agent,
    AssignedCode,
    Capture,
    CodeDecision,
    Decisions,
    Evidence,
    Finding,
    JoinDecision,
    Location,
    Mention,
)
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.regular_files import open_regular
from airm_graph.rules import make_finding
from airm_graph.sssom import BUILT_IN, NO_TERM, Match, is_match_table
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import normalise

__all__ = ["REVIEW_COLUMNS", "DecisionReadings", "read_decisions", "split_codes"]

#: The columns of a review of proposed codes; *decision* and what stands behind it are for people to
#: fill in.
REVIEW_COLUMNS = (
    *("mitigation", "name", "source", "old code", "edition", "candidates", "reasons", "certain", "present"),
    *("decision", "decided by", "decided on"),
)
_JOIN_COLUMNS = ("subject_id", "object_id", "decision")
_CODE_COLUMNS = ("mitigation", "edition", "decision")
_YES, _NO = {"accept", "accepted", "yes"}, {"reject", "rejected", "no"}
_NOTHING = {"none", "-", "no code"}
_CODE = PREFIXES["airm"] + "code"
_MITIGATION = "mitigation/"
_RELATIONS = {f"{PREFIXES['skos']}{name}Match": name for name in ("exact", "close")}
_EDITIONS = ("v1", "v2")
_BY_HAND = {BUILT_IN["semapv"] + name for name in ("ManualMappingCuration", "MappingReview")}
_NOTATION = re.compile(r"'?(?:v\d+\s+|v\d+:)?(\d+(?:\.\d+)*)(?:\s+(\S.*))?\Z", re.DOTALL)


@dataclass
class DecisionReadings:
    """What tables of decisions say.

    Attributes:
        undecided: How many rows leave the decision open.
        rejected: (mitigation, edition) of each row that says that no code fits, with its place.
        files: Name of each table → the path under which the user finds it.
    """

    joins: list[JoinDecision] = field(default_factory=list)
    codes: list[CodeDecision] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rejected: list[tuple[str, str, Location]] = field(default_factory=list)
    undecided: int = 0
    files: dict[str, str] = field(default_factory=dict)

    @property
    def decisions(self) -> Decisions:
        """The decisions as the merge takes them."""
        return Decisions(tuple(self.joins), tuple(self.codes), tuple(self.captures))


def read_decisions(paths: Sequence[str | Path], *, base: str = BASE) -> DecisionReadings:
    """Read tables of decisions.

    Args:
        paths: Tables of mappings (``*.sssom.tsv``), where a mapping between two mentions joins them
            and a denied one keeps them apart, where one between two IRIs of sources keeps the first
            for what the rules give the second, and where ``airm:code`` gives a mitigation a code;
            or CSV with the columns ``subject_id``, ``object_id``, ``decision`` (accept, reject), or
            those of a review (``mitigation``, ``edition``, ``decision``).
        base: What the IRIs of the build begin with.

    Raises:
        InputError: A table does not exist, cannot be read, or is none of these; the message names
            file and line.
    """
    readings = DecisionReadings()
    for path in map(Path, paths):
        try:
            with open_regular(path) as stream:
                data = stream.read(MAX_TABLE + 1)
        except OSError as error:
            raise InputError(f"the decisions cannot be read: {error.strerror}", file=str(path), remedy="check the path") from error
        readings.files[path.name] = path.as_posix()
        if is_match_table(path.name) or data.startswith(b"#"):
            _read_mappings(data, path, base, readings)
        else:
            _read_csv(data, path, base, readings)
    return readings


def _make_key(iri: str, base: str) -> str:
    """The path of an IRI below the base, of a CURIE of ours, or as it stands."""
    for start in (base, BASE):
        if iri.startswith(start):
            return iri[len(start) :]
    prefix, colon, local = iri.partition(":")
    return f"{prefix}/{local}" if colon and prefix in {"capture", "mitigation", "source"} else iri


# Tables of mappings.


def _read_mappings(data: bytes, path: Path, base: str, readings: DecisionReadings) -> None:
    reader = open_matches(io.BytesIO(data), file=path.name, beside=read_metadata_beside(path))
    text = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    capture = Capture(hashlib.sha256(text).hexdigest(), (path.name,), "text/tab-separated-values")
    count = len(readings.codes)
    for match in reader:
        location = Location(path.name, match.line, match.line)
        readings.findings += (finding for end in ("subject", "object") for finding in check_end(match, end, location))
        if match.get("predicate_id") == _CODE:
            _read_code_mapping(match, capture, base, location, readings)
        else:
            _read_join_mapping(match, base, location, readings)
    readings.findings += reader.findings
    readings.captures += [capture] if len(readings.codes) > count else []


def _read_join_mapping(match: Match, base: str, location: Location, readings: DecisionReadings) -> None:
    one, two = (_read_mention(match, end, base) for end in ("subject", "object"))
    if one.key.startswith(_MITIGATION) and two.key.startswith(_MITIGATION) and match.get("mapping_justification") not in _BY_HAND:
        # What the tool lists is no decision before a person made it one.
        readings.undecided += 1
        return
    who = match.get("reviewer_label") or match.get("author_label")
    readings.joins.append(JoinDecision(one, two, not match.is_negative, location, who, _RELATIONS.get(match.get("predicate_id"), "")))


def _read_mention(match: Match, end: str, base: str) -> Mention:
    kind = match.get(f"{end}_category")
    known = kind if kind in {"agent", "mitigation", "source"} else ""
    return Mention(_make_key(match.get(f"{end}_id"), base), match.get(f"{end}_label"), known)


def _read_code_mapping(match: Match, capture: Capture, base: str, location: Location, readings: DecisionReadings) -> None:
    mitigation, target = _make_key(match.get("subject_id"), base), match.get("object_id")
    if match.is_negative or target == NO_TERM:
        readings.rejected.append((mitigation, _make_key(match.get("object_source"), base).rpartition("/")[2], location))
        return
    edition, _, code = _make_key(target, base).removeprefix("taxonomy/").partition("/")
    problem = _find_unknown(edition, code)
    if problem:
        readings.findings.append(make_finding("DEC-03", problem, location))
        return
    # What was derived is the tool's; what a person decided is nobody's where no name is given.
    derived = match.get("mapping_tool") if match.get("mapping_justification") not in _BY_HAND else ""
    who = match.get("reviewer_label") or match.get("author_label") or derived
    day = match.get("review_date") or match.get("mapping_date") or None
    # A spreadsheet shows the metadata as rows too: the row is the line.
    evidence = Evidence(capture.sha256, match.line, match.line, code, match.line, "object_id")
    assigned = AssignedCode(edition, code, evidence, name_agent(who, known={}) if who else None, day)
    readings.codes.append(CodeDecision(mitigation, assigned, location))


def _find_unknown(edition: str, code: str) -> str:
    if edition not in _EDITIONS:
        return f"{edition!r} is no edition of the taxonomy; there are {' and '.join(_EDITIONS)}"
    return "" if code in load_taxonomy(edition).codes else f"{code!r} is no code of {edition}"


# CSV.


def _read_csv(data: bytes, path: Path, base: str, readings: DecisionReadings) -> None:
    # "none" is a decision, and no cell without one.
    table = replace(read_table(data, file=path.name), is_exact=True)
    readings.findings += table.findings
    header = set(table.header)
    if header.issuperset(_CODE_COLUMNS):
        count = len(readings.codes)
        for row in table.rows:
            _read_review(table, row, base, readings)
        if len(readings.codes) > count:
            readings.captures.append(Capture(table.sha256, (path.name,), table.media_type))
    elif header.issuperset(_JOIN_COLUMNS):
        for row in table.rows:
            _read_join(table, row, base, readings)
    elif table.header:
        wanted = " or ".join(", ".join(columns) for columns in (_JOIN_COLUMNS, _CODE_COLUMNS))
        raise InputError("the table holds no decisions", file=str(path), line=1, remedy=f"it needs the columns {wanted}")


def _read_join(table: Table, row: Row, base: str, readings: DecisionReadings) -> None:
    said = table.get(row, "decision").lower()
    location = table.locate(row, "decision", quote=_JOIN_COLUMNS)
    if not said:
        readings.undecided += 1
    elif said not in _YES | _NO:
        readings.findings.append(make_finding("DEC-03", f"{said!r} is neither accept nor reject", location))
    else:
        one, two = (
            Mention(_make_key(table.get(row, f"{end}_id"), base), table.get(row, f"{end}_label"), table.get(row, f"{end}_category"))
            for end in ("subject", "object")
        )
        relation = table.get(row, "relation")
        decided = JoinDecision(
            one, two, said in _YES, location, table.get(row, "decided by"), relation if relation in _RELATIONS.values() else ""
        )
        readings.joins.append(decided)


def _read_review(table: Table, row: Row, base: str, readings: DecisionReadings) -> None:
    said, edition = table.get(row, "decision"), table.get(row, "edition")
    mitigation = _make_key(table.get(row, "mitigation"), base)
    location = table.locate(row, "decision", quote=_CODE_COLUMNS)
    if not said:
        readings.undecided += 1
    elif said.lower() in _NOTHING:
        readings.rejected.append((mitigation, edition, location))
    else:
        day = table.get(row, "decided on")
        if day and not is_day(day):
            readings.findings.append(
                make_finding("DEC-03", f"{day!r} is no day such as 2026-11-21; the code is taken without it", location)
            )
        who = table.get(row, "decided by")
        agent: Agent | None = name_agent(who, known={}) if who else None
        evidence = table.evidence(row, ["decision"], cell=True)
        for code in split_codes(said, edition=edition, location=location, findings=readings.findings):
            assigned = AssignedCode(edition, code, evidence, agent, day if is_day(day) else None)
            readings.codes.append(CodeDecision(mitigation, assigned, location))


def split_codes(said: str, *, edition: str, location: Location, findings: list[Finding]) -> Iterator[str]:
    """Yield the codes of a cell, parted by semicolons or line ends, each alone or with its label;
    what is none becomes a finding of DEC-03.

    >>> where = Location("review.csv")
    >>> said = "2.2.2 Testing & Evaluation; 2.2.3"
    >>> list(split_codes(said, edition="v2", location=where, findings=[]))
    ['2.2.2', '2.2.3']
    """
    for part in re.split(r"[;\n|]", said):
        if not part.strip():
            continue
        found = _NOTATION.match(part.strip())
        problem = _find_unknown(edition, found[1]) if found else f"{part.strip()!r} is no code"
        label = load_taxonomy(edition).codes[found[1]].label if found and not problem else None
        if found and label and found[2] and normalise(found[2]) != normalise(label):
            problem = f"code {found[1]} of {edition} is {label!r} and not {found[2]!r}"
        if problem:
            hint = "; where a spreadsheet made a date of it, write it with its label"
            findings.append(make_finding("DEC-03", problem + hint, location))
        elif found:
            yield found[1]

"""Mappings and codes of another edition proposed, and mapping sets in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from airm_graph.errors import InputError, ResourceError
from airm_graph.export.alignment import write_alignment
from airm_graph.export.mapping_formats import write_matches
from airm_graph.ingest import Proposal as MappingProposal
from airm_graph.ingest import propose_mapping as propose_from_paths
from airm_graph.ingest import read_captures
from airm_graph.ingest.decisions import read_decisions
from airm_graph.ingest.mapping_sets import load_matches
from airm_graph.merge import merge_pages
from airm_graph.migrate import Agreement, Proposal, accept, list_proposals, measure, propose, write_review
from airm_graph.model import Finding, TableCount
from airm_graph.namespaces import BASE
from airm_graph.notice import NOTICE
from airm_graph.resources import find_resource

__all__ = ["REVIEW", "Migration", "convert_matches", "has_decisions", "migrate_codes", "propose_mapping"]

#: The table in which people decide of proposed codes.
REVIEW = "review.csv"


@dataclass(frozen=True)
class Migration:
    """What comes of proposing codes of another edition.

    Attributes:
        proposals: One for each old code of each mitigation.
        agreement: How often they hold the code that somebody assigned already.
        findings: Decisions that cannot be taken, and what is wrong with the inputs' decisions.
        tables: File name → content; ``accepted.sssom.tsv`` when decisions were asked for, else
            ``proposals.sssom.tsv`` and ``review.csv``.
        undecided: Rows of the decisions that are still open.
        files: Name of each table of decisions → its path.
    """

    proposals: tuple[Proposal, ...]
    agreement: Agreement
    findings: tuple[Finding, ...]
    tables: Mapping[str, str]
    undecided: int = 0
    files: Mapping[str, str] = field(default_factory=dict)


def migrate_codes(
    inputs: Sequence[str | Path],
    *,
    old: str = "v1",
    new: str = "v2",
    alignment: str | Path | None = None,
    mapping: str | Path | None = None,
    decisions: Sequence[str | Path] = (),
    take_certain: bool = False,
    base: str = BASE,
) -> Migration:
    """Propose codes of another edition for mitigations that have one of the old edition; codes that
    are there stay.

    Args:
        inputs, mapping, base: As for :func:`build`.
        old, new: Editions of the taxonomy.
        alignment: Table of mappings from the old codes to the new ones; the project's own when left
            out.
        decisions: Reviews that people filled in; then what was accepted is written instead of
            proposals.
        take_certain: Accept what the mapping settles, where nobody decided otherwise.

    Raises:
        InputError: An input cannot be read, or there is no mapping of these editions.
    """
    matches = load_matches(_find_alignment(old, new) if alignment is None else alignment)
    records = merge_pages(read_captures(inputs, mapping=mapping).pages)
    proposals = propose(records, matches, old=old, new=new)
    agreement = measure(proposals)
    if not decisions and not take_certain:
        listed = list_proposals(proposals, new=new, notice=NOTICE, base=base)
        review = write_review(proposals, old=old, new=new, base=base)
        return Migration(proposals, agreement, (), {"proposals.sssom.tsv": "".join(write_matches(listed)), REVIEW: review})
    decided = read_decisions(decisions, base=base)
    accepted, unknown = accept(proposals, decided.codes, decided.rejected, new=new, notice=NOTICE, take_certain=take_certain, base=base)
    tables = {"accepted.sssom.tsv": "".join(write_matches(accepted))}
    return Migration(proposals, agreement, (*decided.findings, *unknown), tables, decided.undecided, decided.files)


def _find_alignment(old: str, new: str) -> Path:
    try:
        return find_resource(f"ontology/alignments/{old}-{new}.sssom.tsv")
    except ResourceError as error:
        raise InputError(f"there is no mapping from {old} to {new}", file=f"{old}-{new}", remedy="give one with --alignment") from error


def convert_matches(path: str | Path, *, format: str = "turtle") -> str:  # noqa: A002 - the word users know
    """Read a table of mappings and write its links as Turtle (``turtle``) or the table in canonical
    form (``sssom``).

    Raises:
        InputError: The table cannot be read, or breaks a rule that must be kept; the message names
            file and line.
        ExportError: A mapping cannot be written.
    """
    matches = load_matches(path)
    return write_alignment(matches) if format == "turtle" else "".join(write_matches(matches))


def propose_mapping(
    paths: Sequence[str | Path], *, document: str = "", records: str = ""
) -> tuple[MappingProposal, tuple[TableCount, ...], tuple[Finding, ...]]:
    """Propose a mapping for tables that belong together: which column is what, how sure that is,
    and why.

    Args:
        paths: Tables, or folders of them.
        document: Title of the one document that all rows are from.
        records: Name of the lists that hold the rows, in JSON and YAML.

    Returns:
        The proposal; and, where it can be used as it is, how many rows it lets a build use, and
        what keeps it from the others.

    Raises:
        InputError: A path does not exist or cannot be read, or no table is among them.
    """
    return propose_from_paths(paths, notice=NOTICE, document=document, records=records)


def has_decisions(path: str | Path) -> bool:
    """Tell whether somebody decided something in a review."""
    decided = read_decisions([path])
    return bool(decided.codes or decided.rejected or decided.findings)

"""Two releases read from folders or files, and compared."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.analysis.releases import Changes, Release, compare_releases
from airm_graph.errors import InputError
from airm_graph.export import EXPORTS
from airm_graph.model import Finding
from airm_graph.namespaces import term
from airm_graph.pipeline.loading import find_base, find_export, read_rdf, read_report, read_sums
from airm_graph.pipeline.marks import REPORT, SUMS
from airm_graph.validate.fingerprints import fingerprint_findings

if TYPE_CHECKING:
    from airm_graph.pipeline.views import Graph

__all__ = ["compare_with", "diff", "read_release"]

_REMEDY = "give a folder that airm-graph build wrote, or one of its RDF files"


def diff(old: str | Path, new: str | Path) -> Changes:
    """Tell what changed from one release to another.

    Args:
        old, new: Each a folder that a build wrote, one of its RDF files, or a digest of its
            triples, of which a folder is found beside the other. Findings are compared where both
            are folders.

    Raises:
        InputError: One of them is no release, or was changed since it was written.
        StoreError: A file is not what its suffix says; the message names file and line.
        QueryError: They have different bases.
    """
    return compare_releases(read_release(_find_digest(old, beside=new)), read_release(_find_digest(new, beside=old)))


def _find_digest(given: str | Path, *, beside: str | Path) -> str | Path:
    """Find the folder of a release by the SHA-256 of its triples, or the first eight digits or more
    of it; what is no digest is returned as it is.
    """
    digest = str(given)
    if not re.fullmatch("[0-9a-f]{8,64}", digest) or Path(given).exists():
        return given
    places = [Path(), *(place for other in (Path(beside).absolute(), Path("releases")) for place in (other, other.parent))]
    folders = {folder.resolve(): folder for place in places if place.is_dir() for folder in (place, *place.iterdir())}
    line = re.compile(rf"^{digest}[0-9a-f]*  {re.escape(EXPORTS['ntriples'].file_name)}$", re.MULTILINE)
    found = [folder for _, folder in sorted(folders.items()) if (sums := folder / SUMS).is_file() and line.search(sums.read_text("utf-8"))]
    if len(found) != 1:
        what = f"{len(found)} releases have" if found else "no release here or beside the other has"
        raise InputError(f"{what} this digest", file=digest, remedy=_REMEDY)
    return found[0]


def compare_with(old: str | Path, graph: "Graph", new: str | Path | None) -> Changes:
    """Tell what changed from a release to a graph that is loaded; names tell no more of a path than
    its last part.

    Args:
        old: As for `diff`.
        graph: What it is compared with.
        new: Where the graph was loaded from; None for the packaged example.

    Raises:
        InputError, StoreError, QueryError: As for `diff`.
    """
    before = read_release(old)
    if new is not None and find_export(Path(new)):
        after = read_release(new)
    else:
        after = Release(str(new or "example"), graph.quads, base=graph.base, findings=_key_findings(graph.report.findings))
    for one in (before, after):
        one.name = Path(one.name).resolve().name
    return compare_releases(before, after)


def _key_findings(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {fingerprint: one for one, fingerprint in fingerprint_findings(findings)}


def read_release(path: str | Path, *, name: str = "") -> Release:
    """Read a release; it is called by its path where no name is given.

    Raises:
        InputError: It is none, or was changed since it was written.
        StoreError: A file is not what its suffix says; the message names file and line.
    """
    given = Path(path)
    if not given.exists():
        raise InputError("there is no such file or folder", file=str(path), remedy=_REMEDY)
    sums = read_sums(given) if given.is_dir() else {}
    findings = None
    if REPORT in sums:
        report = read_report(given / REPORT, sha256=sums[REPORT])
        findings = _key_findings(report.findings)
    if (file := find_export(given)) is None:
        raise InputError("this is no release", file=str(path), remedy=_REMEDY)
    quads = read_rdf(file, sha256=sums.get(file.name, ""))
    if not any(p == term("rdf:type") and o == term("dcat:Dataset") for _, p, o, _ in quads):
        raise InputError("this is RDF, but no release: no dataset is described in it", file=str(file), remedy=_REMEDY)
    return Release(name or str(path), quads, base=find_base(quads), findings=findings)

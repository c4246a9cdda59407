"""Two releases read from folders or files, and compared."""

from pathlib import Path

from airm_graph.analysis.releases import Changes, Release, compare_releases
from airm_graph.errors import InputError
from airm_graph.namespaces import term
from airm_graph.pipeline.loading import find_base, find_export, read_rdf, read_report, read_sums
from airm_graph.pipeline.writable import REPORT
from airm_graph.validate.fingerprints import fingerprint_findings

__all__ = ["diff", "read_release"]

_REMEDY = "give a folder that airm-graph build wrote, or one of its RDF files"


def diff(old: str | Path, new: str | Path) -> Changes:
    """Tell what changed from one release to another.

    Args:
        old, new: Each a folder that a build wrote, or one of its RDF files. Findings are compared
            where both are folders.

    Raises:
        InputError: One of them is no release, or was changed since it was written.
        StoreError: A file is not what its suffix says; the message names file and line.
        QueryError: They have different bases.
    """
    return compare_releases(read_release(old), read_release(new))


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
        findings = {fingerprint: one for one, fingerprint in fingerprint_findings(report.findings)}
    if (file := find_export(given)) is None:
        raise InputError("this is no release", file=str(path), remedy=_REMEDY)
    quads = read_rdf(file, sha256=sums.get(file.name, ""))
    if not any(p == term("rdf:type") and o == term("dcat:Dataset") for _, p, o, _ in quads):
        raise InputError("this is RDF, but no release: no dataset is described in it", file=str(file), remedy=_REMEDY)
    return Release(name or str(path), quads, base=find_base(quads), findings=findings)

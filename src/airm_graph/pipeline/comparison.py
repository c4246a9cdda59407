"""Two releases read from folders or files, and compared."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airm_graph.analysis.releases import Changes, Release, compare_releases
from airm_graph.errors import InputError
from airm_graph.namespaces import term
from airm_graph.pipeline.loading import find_base, find_export, read_rdf, read_sums
from airm_graph.pipeline.writable import REPORT

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


def read_release(path: str | Path) -> Release:
    """Read a release.

    Raises:
        InputError: It is none, or was changed since it was written.
        StoreError: A file is not what its suffix says; the message names file and line.
    """
    place = Path(path)
    if not place.exists():
        raise InputError("there is no such file or folder", file=str(path), remedy=_REMEDY)
    # What lies in a folder beside the release is no part of it.
    sums = read_sums(place) if place.is_dir() else None
    findings = _read_findings(place / REPORT) if sums and REPORT in sums else None
    if (file := find_export(place, among=sums)) is None:
        raise InputError("this is no release", file=str(path), remedy=_REMEDY)
    quads = read_rdf(file)
    if not any(p == term("rdf:type") and o == term("dcat:Dataset") for _, p, o, _ in quads):
        raise InputError("this is RDF, but no release: no dataset is described in it", file=str(file), remedy=_REMEDY)
    return Release(str(path), quads, base=find_base(quads), findings=findings)


def _read_findings(path: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["findings"]
        return {str(one["fingerprint"]): {"rule": one["rule"], "message": one["message"], **one} for one in found}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("the report cannot be read", file=str(path), remedy="build the release again") from error

"""A written graph made a release: a folder of its own with version, description, digests, change
log, citation and RO-Crate.
"""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from airm_graph.analysis.releases import Release, compare_releases
from airm_graph.analysis.releases_formats import changes_json, changes_markdown
from airm_graph.errors import ExportError, InputError, ParameterError, QueryError, ReleaseError, StoreError
from airm_graph.export import EXPORTS, LINKS, QUARANTINE, QuadList, export_text, make_options, write_folder
from airm_graph.export.citation import CRATE, Citation, Publisher, write_citation, write_crate
from airm_graph.export.files import Draft
from airm_graph.namespaces import literal, term
from airm_graph.notice import NOTICE
from airm_graph.pipeline.comparison import read_release
from airm_graph.pipeline.loading import find_base, read_rdf, read_report, read_sums
from airm_graph.pipeline.marks import REPORT, SUMS
from airm_graph.pipeline.options import find_issued
from airm_graph.pipeline.views import Graph
from airm_graph.progress import Progress, tell_nobody
from airm_graph.terms import Quad, read_literal
from airm_graph.triples.release import ReleaseFile, describe_files, find_version, restate_version
from airm_graph.validate import Report
from airm_graph.validate.fingerprints import fingerprint_findings

__all__ = ["DESCRIPTION", "Publisher", "write_release"]

#: The description of a release, by itself.
DESCRIPTION = "dataset.ttl"
_CHANGES = ("CHANGES.md", "changes.json")
_CITATION = "CITATION.cff"
_VERSION = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,62}[0-9A-Za-z])?")
_NQUADS = EXPORTS["nquads"].file_name
#: Name of a file → media type, and what it is.
_WHAT = {
    **{export.file_name: (export.media_type, "All statements of the release.") for export in EXPORTS.values()},
    REPORT: ("application/json", "What was found wrong with the data, for programs."),
    LINKS: ("text/tab-separated-values", "Every join across inputs, with its reason (SSSOM)."),
    QUARANTINE: ("text/csv", "Rows of tables that could not be used, with the reason."),
    DESCRIPTION: ("text/turtle", "Description of the release (DCAT, VoID): version, predecessor, files with size and digest, counts."),
    "CHANGES.md": ("text/markdown", "What changed since the release before."),
    "changes.json": ("application/json", "What changed since the release before, for programs."),
    _CITATION: ("application/yaml", "How the release is named."),
    SUMS: ("text/plain", "SHA-256 of every file, as sha256sum prints and checks it."),
}


@dataclass(frozen=True, slots=True)
class _Given:
    """A written graph that is to be released."""

    folder: Path
    sums: Mapping[str, str]
    quads: Sequence[Quad]
    base: str
    report: Report
    version: str


def write_release(
    dist: str | Path,
    folder: str | Path,
    *,
    version: str,
    previous: str | Path | None = None,
    publisher: Publisher | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a release of a written graph into a new folder, named by its version.

    Args:
        dist: Folder that a build wrote.
        folder: Where releases are kept; the new one is *folder*/*version*.
        version: Letters, digits, dots, hyphens and low lines.
        previous: Folder of the release before; None for the first.
        publisher: Who makes it available.
        progress: Called with (step, number done, number in all).

    Returns:
        The new folder.

    Raises:
        ReleaseError: Violations are open, the notice is missing, or the release before is none, has
            another base or the same version; says all of it.
        InputError: *dist* is no folder that a build wrote, or was changed since.
        ParameterError: The version cannot be part of an IRI.
        ExportError: The release is there already, has no day, or cannot be written.
    """
    tell = progress or tell_nobody
    target = Path(folder) / _check_version(version)
    if target.exists():
        raise ExportError(f"{target} is there already, and a release does not change; choose another version")
    tell("read", 0, 5)
    given = _read_dist(Path(dist))
    tell("compare", 1, 5)
    earlier, earlier_version = _check(given, version, previous)
    issued = _find_day(given)
    quads = restate_version(given.quads, old=given.version, new=version, previous=earlier_version, issued=issued, base=given.base)
    graph = Graph(quads=tuple(sorted(set(quads))), base=given.base, report=given.report)
    iri = f"{given.base}dataset/"
    citation = Citation(
        f"AI risk mitigations, release {version}",
        "Measures against AI risk as documents state them, sorted under a code taxonomy, with the captured lines behind every statement.",
        version,
        issued,
        iri + version,
        f"{given.base}notice/preliminary",
        publisher or Publisher(),
        iri + earlier_version if earlier_version else "",
    )
    tell("write", 2, 5)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{version}-", dir=target.parent) as begun:
            beside = Path(begun, version)
            _write(graph, given, citation, earlier, folder=beside, tell=tell)
            beside.rename(target)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror or error}; make room or choose another folder") from error
    tell("done", 5, 5)
    return target


def _check_version(version: str) -> str:
    if not _VERSION.fullmatch(version):
        what = f"the version {version!r} cannot be part of an IRI"
        raise ParameterError(f"{what}; use up to 64 letters, digits, dots, hyphens and low lines, such as 2026.12.0", parameter="version")
    return version


def _read_dist(folder: Path) -> _Given:
    remedy = "build it with all formats: airm-graph build INPUTS -o DIST"
    if not folder.is_dir():
        raise InputError("there is no such folder", file=str(folder), remedy=remedy)
    sums = read_sums(folder)
    if missing := [name for name in (_NQUADS, REPORT) if name not in sums]:
        raise InputError(f"{', '.join(missing)} is missing", file=str(folder), remedy=remedy)
    quads = read_rdf(folder / _NQUADS, sha256=sums[_NQUADS])
    base = find_base(quads)
    version = find_version(quads, base=base)
    if not version:
        raise InputError("no dataset with one version is described in it", file=str(folder / _NQUADS), remedy=remedy)
    return _Given(folder, sums, quads, base, read_report(folder / REPORT, sha256=sums[REPORT]), version)


def _check(given: _Given, version: str, previous: str | Path | None) -> tuple[Release | None, str]:
    """Find all that forbids a release; returns the one before and its version."""
    found = []
    grave = [finding for finding in given.report.findings if finding.severity.rank == 0]
    if grave:
        count = f"{len(grave)} violation{'s are' if len(grave) > 1 else ' is'} open"
        found.append(f"{count}, the first: {grave[0].rule} {grave[0].message}; airm-graph validate shows all: repair them and build again")
    if not _states_notice(given):
        found.append(f"the notice ({NOTICE}) is missing from the dataset; build again with airm-graph build")
    earlier, earlier_version = None, ""
    if previous is not None:
        try:
            earlier, earlier_version = _read_previous(Path(previous), base=given.base, version=version)
        except (InputError, StoreError, QueryError) as error:
            found.append(f"the release before: {error}")
    if found:
        raise ReleaseError(found, folder=str(given.folder))
    return earlier, earlier_version


def _states_notice(given: _Given) -> bool:
    """Whether dataset and release stand under the notice, and the notice says what it is."""
    notice = f"<{given.base}notice/preliminary>"
    bound = {s for s, p, o, _ in given.quads if p == term("dcterms:rights") and o == notice}
    said = any(s == notice and o in {literal(NOTICE), literal(NOTICE, language="en")} for s, _, o, _ in given.quads)
    return said and {f"<{given.base}dataset>", f"<{given.base}dataset/{given.version}>"} <= bound


def _read_previous(path: Path, *, base: str, version: str) -> tuple[Release, str]:
    remedy = "give the folder that airm-graph release wrote, or leave --previous out for the first release"
    if not path.is_dir():
        raise InputError("there is no such folder", file=str(path), remedy=remedy)
    release = read_release(path)
    if release.base != base:
        raise QueryError(f"{path} has the base {release.base} and this one has {base}; build this one again with --base")
    stated = find_version(((*triple, "") for triple in release.triples), base=release.base)
    if literal(stated) not in release.get(f"<{base}dataset/{stated}>", "dcat:version"):
        raise InputError("this is a build and no release: it states no dcat:version", file=str(path), remedy=remedy)
    if stated == version:
        raise InputError(f"it has the version {version}, too", file=str(path), remedy="choose another version")
    release.name = stated
    return release, stated


def _find_day(given: _Given) -> str:
    """Find the day of a release: outputs hold no clock of their own."""
    release = f"<{given.base}dataset/{given.version}>"
    stated = [read_literal(o).text for s, p, o, _ in given.quads if s == release and p == term("dcterms:issued")]
    if found := find_issued() or max(stated, default=""):
        return found
    raise ExportError("a release has a day; set SOURCE_DATE_EPOCH to its seconds, such as SOURCE_DATE_EPOCH=$(date +%s)")


def _write(graph: Graph, given: _Given, citation: Citation, earlier: Release | None, *, folder: Path, tell: Progress) -> None:
    graph.write(folder)
    sums = dict(_split(line) for line in (folder / SUMS).read_text(encoding="utf-8").splitlines())
    tell("describe", 3, 5)
    kept = {name: (given.folder / name).read_bytes() for name in (LINKS, QUARANTINE) if name in given.sums}
    texts = kept | {_CITATION: write_citation(citation).encode()} | _tell_changes(graph, citation.version, earlier)
    files = [_list_file(name, (folder / name).stat().st_size, sums[name]) for name in sums]
    files += [_list_file(name, len(data), _digest(data)) for name, data in texts.items()]
    quads = describe_files(graph.quads, sorted(files, key=_name), version=citation.version, triples=len(graph), base=given.base)
    options = make_options(given.base, comment=NOTICE)
    described = "".join(export_text(QuadList(quads), "turtle", options=options)).encode()
    texts[DESCRIPTION] = described
    files.append(_list_file(DESCRIPTION, len(described), _digest(described)))
    length = sum(len(f"{'0' * 64}  {name}\n") for name in (*(file.name for file in files), CRATE))
    crate = write_crate(citation, sorted([*files, _list_file(SUMS, length, "")], key=_name))
    texts[CRATE] = crate.encode()
    if bare := [name for name, data in texts.items() if name not in kept and NOTICE.encode() not in data]:
        raise ReleaseError([f"the notice is missing from {', '.join(bare)}"], folder=str(given.folder))
    tell("write", 4, 5)

    def fill(drafts: Mapping[str, Draft]) -> None:
        for name, data in texts.items():
            drafts[name].write(data)

    write_folder(folder, tuple(sorted(texts)), fill, sums=SUMS, others=sums)


def _tell_changes(graph: Graph, version: str, earlier: Release | None) -> dict[str, bytes]:
    """Write the change log; of the first release it tells what it holds."""
    if earlier is None:
        counts = "".join(f"- {thing}: {number}\n" for thing, number in graph.count().items())
        first = f"### {version}: the first release\n\n{counts}\n_{NOTICE}_\n"
        return {_CHANGES[0]: first.encode()}
    findings = {fingerprint: one for one, fingerprint in fingerprint_findings(graph.report.findings)}
    changes = compare_releases(earlier, Release(version, graph.quads, base=graph.base, findings=findings))
    return dict(zip(_CHANGES, (changes_markdown(changes).encode(), changes_json(changes).encode()), strict=True))


def _split(line: str) -> tuple[str, str]:
    digest, _, name = line.partition("  ")
    return name, digest


def _list_file(name: str, size: int, sha256: str) -> ReleaseFile:
    return ReleaseFile(name, *_WHAT[name], size, sha256)


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _name(file: ReleaseFile) -> str:
    return file.name

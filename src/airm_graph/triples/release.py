"""The description of a release: its version and the one before, its files with size and digest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from airm_graph.namespaces import BASE, literal, term
from airm_graph.terms import Quad

__all__ = ["ReleaseFile", "describe_files", "find_version", "restate_version"]

_SPDX = "http://spdx.org/rdf/terms#"
_ALGORITHM = f"<{_SPDX}checksumAlgorithm_sha256>"
_IANA = "https://www.iana.org/assignments/media-types/"
_TYPE = term("rdf:type")


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of a release: its name, media type, what it is, bytes, and digest as 64 hex digits."""

    name: str
    media_type: str
    what: str
    size: int
    sha256: str


def find_version(quads: Iterable[Quad], *, base: str = BASE) -> str:
    """Find the version of the release that quads describe; empty where they describe none, or
    several.

    >>> from airm_graph.namespaces import iri
    >>> find_version([(iri("dataset"), term("dcterms:hasVersion"), iri("dataset/2026.11.0"), iri("graph/dataset"))])
    '2026.11.0'
    """  # noqa: W505
    dataset = f"<{base}dataset>"
    found = {o for s, p, o, _ in quads if s == dataset and p == term("dcterms:hasVersion")}
    start = f"{dataset[:-1]}/"
    return found.pop()[len(start) : -1] if len(found) == 1 and all(one.startswith(start) for one in found) else ""


def restate_version(quads: Iterable[Quad], *, old: str, new: str, previous: str = "", issued: str = "", base: str = BASE) -> Iterator[Quad]:
    """State quads of a dataset as those of another version, with version, day and predecessor.

    Args:
        quads: All quads of a graph.
        old, new: Version that is stated now, and the one to state.
        previous: Version of the release before; empty for the first.
        issued: Day (YYYY-MM-DD); empty to leave it as it is.
        base: What the IRIs of the data begin with.
    """
    before, after = (f"{base}dataset/{version}" for version in (old, new))
    release, graph = f"<{after}>", f"<{base}graph/dataset>"
    labels = {literal(f"AI risk mitigations, release {old}", language="en"): literal(f"AI risk mitigations, release {new}", language="en")}
    texts = labels | {literal(old): literal(new)}
    day, before_it = term("dcterms:issued"), term("dcat:previousVersion")
    dropped = {before_it, day} if issued else {before_it}

    def restate(name: str) -> str:
        is_own = name == f"<{before}>" or name.startswith(f"<{before}/")
        return f"<{after}{name[len(before) + 1 :]}" if is_own else name

    for s, p, o, g in quads:
        subject = restate(s)
        if subject == release and p in dropped:
            continue
        yield subject, p, (texts.get(o) if subject == release else None) or restate(o), g
    yield release, term("dcat:version"), literal(new), graph
    if issued:
        yield release, day, literal(issued, datatype="xsd:date"), graph
    if previous:
        yield release, before_it, f"<{base}dataset/{previous}>", graph


def describe_files(quads: Iterable[Quad], files: Iterable[ReleaseFile], *, version: str, triples: int, base: str = BASE) -> Iterator[Quad]:
    """Write the description of a release as a document of its own: what the quads say of the
    dataset, and of each file how large it is and its digest, which no file can say of itself.

    Args:
        quads: All quads of the release.
        files: Its files.
        version: Of the release.
        triples: How many there are.
        base: What the IRIs of the data begin with.
    """
    graph = f"<{base}graph/dataset>"
    described = [quad for quad in quads if quad[3] == graph]
    yield from (_drop_graph(quad) for quad in described)
    release = f"<{base}dataset/{version}>"
    yield release, term("void:triples"), literal(triples), ""
    notice = f"<{base}notice/preliminary>"
    listed = {o for s, p, o, _ in described if s == release and p == term("dcat:distribution")}
    published = _find_published(described)
    yield _ALGORITHM, _TYPE, f"<{_SPDX}ChecksumAlgorithm>", ""
    for file in files:
        subject = f"{release[:-1]}/{file.name}>"
        if subject not in listed:
            yield release, term("dcat:distribution"), subject, ""
            yield subject, _TYPE, term("dcat:Distribution"), ""
            yield from ((subject, term(name), literal(file.name), "") for name in ("rdfs:label", "dcterms:title"))
            yield subject, term("dcat:mediaType"), f"<{_IANA}{file.media_type}>", ""
            yield subject, term("dcterms:rights"), notice, ""
            yield from _state_address(subject, file, published)
        yield subject, term("dcterms:description"), literal(file.what, language="en"), ""
        yield subject, term("dcat:byteSize"), literal(str(file.size), datatype="xsd:nonNegativeInteger"), ""
        checksum = f"{subject[:-1]}/sha256>"
        yield subject, f"<{_SPDX}checksum>", checksum, ""
        yield checksum, _TYPE, f"<{_SPDX}Checksum>", ""
        yield checksum, f"<{_SPDX}algorithm>", _ALGORITHM, ""
        yield checksum, f"<{_SPDX}checksumValue>", literal(file.sha256, datatype="xsd:hexBinary"), ""


def _find_published(described: Iterable[Quad]) -> str:
    """Find the folder in which people find the files; empty where nothing says so."""
    for s, p, o, _ in described:
        name = s.rpartition("/")[2]
        if p == term("dcat:downloadURL") and o.endswith(f"/{name}"):
            return o[1 : -len(name)]
    return ""


def _state_address(subject: str, file: ReleaseFile, published: str) -> Iterator[Quad]:
    """State where a file is found, with the classes that DCAT-AP asks for, as for exports."""
    if published:
        address = f"<{published}{file.name}>"
        yield from ((subject, term(said), address, "") for said in ("dcat:accessURL", "dcat:downloadURL"))
        yield address, _TYPE, term("rdfs:Resource"), ""
        yield f"<{_IANA}{file.media_type}>", _TYPE, term("dcterms:MediaType"), ""


def _drop_graph(quad: Quad) -> Quad:
    return (*quad[:3], "")

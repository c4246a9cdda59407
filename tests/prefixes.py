"""What the beginning of a page states, in names that do not depend on where it is cut."""

from collections.abc import Iterator

from airm_graph.ingest.captures.page import read_capture
from airm_graph.merge import merge_pages
from airm_graph.model import Finding
from airm_graph.namespaces import BASE, term
from airm_graph.triples import state_records

#: What is a text and may stop short.
TEXTS = {term("dcterms:description"), term("dcterms:abstract"), term("airm:reasoning")}
_LABEL, _TYPE = term("rdfs:label"), term("rdf:type")


def state_page(data: bytes) -> tuple[set[tuple[str, str, str]], tuple[Finding, ...]]:
    """Statements about mitigations, sources, agents and classifications, and what the reader found."""
    reading = read_capture(data, file="page.txt")
    if reading.page is None:
        return set(), reading.findings
    quads = list(state_records(merge_pages([reading.page])))
    labels = {s: o for s, p, o, _ in quads if p == _LABEL}
    kinds = ("mitigation", "source", "agent")
    return {
        (_name(s, labels), p, _name(o, labels))
        for s, p, o, _ in quads
        if s.startswith(tuple(f"<{BASE}{k}/" for k in kinds)) and _is_told(o)
    }, reading.findings


def _is_told(term_: str) -> bool:
    return not term_.startswith(f"<{BASE}capture/")


def _name(node: str, labels: dict[str, str]) -> str:
    path = node.removeprefix(f"<{BASE}").rstrip(">").split("/")
    if node.startswith(f"<{BASE}mitigation/"):
        owner = f"<{BASE}{'/'.join(path[:3])}>"
        return "/".join(["mitigation", labels.get(owner, "the page itself"), *path[3:]])
    return "source" if node.startswith(f"<{BASE}source/") else node


def list_invented(cut: bytes, whole: set[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """List the statements of a cut page that the whole page does not make; a text that stops short must say so."""
    stated, findings = state_page(cut)
    says_so = any(finding.rule in {"CAP-15", "TXT-01"} for finding in findings)
    for s, p, o in sorted(stated - whole):
        longer = (text for subject, predicate, text in whole if (subject, predicate) == (s, p))
        if not (p in TEXTS and says_so and any(text.startswith(o[:-1].rstrip()) for text in longer)):
            yield s, p, o


def list_prefixes(data: bytes, *, step: int = 50) -> Iterator[bytes]:
    """List the beginnings of a file: of every number of lines, and at every so many bytes."""
    lines = data.split(b"\n")
    yield from (b"\n".join(lines[:count]) for count in range(1, len(lines)))
    yield from (data[:at] for at in range(step, len(data), step))

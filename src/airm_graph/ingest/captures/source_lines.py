"""The source of a page: title, author line and abstract, as it prints them or as a side-car names
them.
"""

from collections.abc import Sequence
from dataclasses import replace

from airm_graph.ingest.captures.authors import list_people, match_authors
from airm_graph.ingest.captures.page_lines import Fragment, Script
from airm_graph.ingest.captures.sidecar import NamedSource
from airm_graph.model import Finding, SourceBlock, Text

__all__ = ["read_source"]


def read_source(
    script: Script,
    title: Sequence[Fragment],
    body: Sequence[Fragment],
    authors: int | None,
    *,
    named: NamedSource | None,
    at: tuple[int, int],
    findings: list[Finding],
) -> SourceBlock | None:
    """Read the source of a page.

    Args:
        script: The capture.
        title: Lines of the title.
        body: The lines of the page above its last six.
        authors: Index of the author line in *body*; None for none.
        named: What a side-car says.
        at: First and last line of where a source would stand.
        findings: Takes CAP-13, CAP-14 and the findings on texts.

    Returns:
        None where neither page nor side-car names it.
    """
    if authors is None or not title:
        if named:
            return _make_named(script, named, at)
        message = "the page names no source: no title with a line 'Surname, Given (YYYY)' below it stands behind the last item"
        findings.append(script.finding("CAP-13", message, *at))
        return None
    line = body[authors]
    names, year = match_authors(line.text) or (line.text, None)
    if names and not any(map(str.isalpha, names)):
        if named:
            return _make_named(script, named, at)
        findings.append(script.finding("CAP-13", "the author line names nobody, so the page names no source", line.line))
        return None
    year = year or (named.year if named else None)
    if year is None:
        findings.append(script.finding("CAP-14", "the author line holds no year", line.line))
    abstract = body[authors + 1 :]
    evidence = script.evidence(title[0].line, (abstract[-1] if abstract else line).line)
    heading = script.text(title, kind="title")
    heading = Text(heading.captured, " ".join(heading.published.split("\n")), heading.repairs)
    block = SourceBlock(heading, Text(line.text, line.text), list_people(names), year, evidence, script.prose(abstract, findings))
    return replace(block, doi=named.doi, url=named.url) if named else block


def _make_named(script: Script, named: NamedSource, at: tuple[int, int]) -> SourceBlock:
    names = named.authors or ""
    return SourceBlock(
        Text(named.title, named.title),
        Text(names, names),
        list_people(names),
        named.year,
        script.evidence(*at),
        url=named.url or (f"https://doi.org/{named.doi}" if named.doi else None),
        doi=named.doi,
    )

"""What all inputs together say."""

from dataclasses import field

from airm_graph.frozen import frozen
from airm_graph.model.findings import Finding
from airm_graph.model.join_decisions import Link
from airm_graph.model.pages import Agent, Capture, Evidence, Repair, Subject

__all__ = ["Attested", "Classification", "Mitigation", "Records", "Source"]


@frozen(order=True)
class Attested:
    """A value and every place that says it; *evidence* is sorted and never empty.

    The value is a published text, a notation, or the key of another record (``source/…``,
    ``mitigation/…``, ``agent/…``).
    """

    value: str
    evidence: tuple[Evidence, ...]


@frozen
class Classification:
    """The assertion that a mitigation falls under a code of an edition (``v1``, ``v2``).

    Attributes:
        agents: Who made it, each with the places that say so.
        created: Days on which it was made (YYYY-MM-DD).
        by: Tells classifications of one mitigation apart that different agents made; empty where
            nothing has to be told apart.
    """

    edition: str
    code: str
    evidence: tuple[Evidence, ...]
    reasonings: tuple[Attested, ...] = ()
    agents: tuple[tuple[Agent, tuple[Evidence, ...]], ...] = ()
    created: tuple[Attested, ...] = ()
    by: str = ""


@frozen
class Mitigation:
    """A measure against AI risk as one source states it.

    Attributes:
        key: Path of its IRI below the base, ``mitigation/<source>/<name>``.
        source: None where nothing names it.
        names: First the preferred one; empty when unknown.
        descriptions: More than one when pages disagree.
        roles: (vocabulary, attested concept slug) pairs.
        part_of: Keys of parents in the outline; more than one when pages disagree.
        texts: What else a table says of it: (name of `TEXTS`, attested text) pairs.
        reasonings: Reasons of pages and rows that give no code: why it has this one or none.
        subjects: Concepts of other schemes than ours, each with the places that say so.
        minted: The key that its names give, where an earlier one is kept.
        taken_from: What rows call the mitigations that it was taken from.
        derived_from: Keys of these, as far as the input holds them.
    """

    key: str
    source: Attested | None
    evidence: tuple[Evidence, ...]
    identifiers: tuple[Attested, ...] = ()
    names: tuple[Attested, ...] = ()
    descriptions: tuple[Attested, ...] = ()
    classifications: tuple[Classification, ...] = ()
    roles: tuple[tuple[str, Attested], ...] = ()
    part_of: tuple[Attested, ...] = ()
    texts: tuple[tuple[str, Attested], ...] = ()
    reasonings: tuple[Attested, ...] = ()
    subjects: tuple[tuple[Subject, tuple[Evidence, ...]], ...] = ()
    minted: str = ""
    taken_from: tuple[Attested, ...] = ()
    derived_from: tuple[Attested, ...] = ()


@frozen
class Source:
    """A document; several titles, author lines or abstracts when its pages differ, the preferred
    one first.

    Attributes:
        identifiers: ``doi:…`` and ``arxiv:…``, found in addresses and where a DOI is given.
        called: What rows call it where no table lists it.
        is_described: Whether more than that is known; otherwise it has no title.
    """

    key: str
    titles: tuple[Attested, ...]
    author_lines: tuple[Attested, ...]
    creators: tuple[tuple[Agent, tuple[Evidence, ...]], ...]
    years: tuple[Attested, ...]
    evidence: tuple[Evidence, ...]
    abstracts: tuple[Attested, ...] = ()
    urls: tuple[Attested, ...] = ()
    identifiers: tuple[Attested, ...] = ()
    called: tuple[Attested, ...] = ()
    is_described: bool = True


@frozen
class Records:
    """All that the input says, merged; every tuple is sorted by key."""

    captures: tuple[Capture, ...] = ()
    sources: tuple[Source, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    repairs: tuple[tuple[Evidence, Repair], ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    links: tuple[Link, ...] = ()

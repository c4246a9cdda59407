"""Mentions of one thing in several inputs, and what people decided of them."""

from airm_graph.frozen import frozen
from airm_graph.model.findings import Location
from airm_graph.model.pages import AssignedCode, Capture

__all__ = ["CodeDecision", "Decisions", "JoinDecision", "Link", "Mention"]


@frozen(order=True)
class Mention:
    """A place that speaks of a mitigation, a source or an agent.

    Attributes:
        key: Path of the IRI of its evidence below the base.
        name: What it calls the thing; empty when it does not say, or when whoever names the mention
            does not care.
        kind: ``mitigation``, ``source`` or ``agent``; empty when whoever names the mention leaves
            it open.
    """

    key: str
    name: str = ""
    kind: str = ""


@frozen(order=True)
class Link:
    """Two mentions in different inputs that are one thing, or are not, and why.

    Attributes:
        target: Key of the record that both are; empty when they stay apart.
        basis: ``identifier``, ``name``, ``text``, ``structure`` (by what stands around them) or
            ``decision``.
        matched: What both have, normalised.
        score: From 0 to 1: how much of what both say is the same.
    """

    one: Mention
    two: Mention
    target: str
    basis: str
    matched: str = ""
    score: float = 1.0


@frozen
class JoinDecision:
    """What a person decided of two mentions: that they are one, or that they are not; or of two
    mitigations.

    Attributes:
        by: Who decided; empty where no name is given.
        relation: Of two mitigations: ``exact`` or ``close``, where the table says so.
    """

    one: Mention
    two: Mention
    accepted: bool
    location: Location
    by: str = ""
    relation: str = ""


@frozen
class CodeDecision:
    """A code that a person gave a mitigation, with the cell that says so.

    Attributes:
        mitigation: Its key.
    """

    mitigation: str
    assigned: AssignedCode
    location: Location


@frozen
class Decisions:
    """What people decided, and the tables that say so, where a statement of the graph rests
    on one.
    """

    joins: tuple[JoinDecision, ...] = ()
    codes: tuple[CodeDecision, ...] = ()
    captures: tuple[Capture, ...] = ()

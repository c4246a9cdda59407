"""Joins across inputs: what people decided of them, and the list of all with the reason of each.

A mention is named by its evidence. Two mentions on one line (``Parent > Child``) are told apart by
the name that they print.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from airm_graph.frozen import frozen
from airm_graph.merge.occurrences import Occurrence
from airm_graph.merge.people import parse_name
from airm_graph.model import Evidence, Finding, JoinDecision, Link, Mention, SourceBlock
from airm_graph.rules import make_finding
from airm_graph.text import find_identifiers, location_key, name_key

__all__ = ["Joins", "Pairs", "Spot", "link_agents", "link_mentions", "list_authors", "list_mentions", "list_sources"]

#: What the keys of sources begin with.
_SOURCE = "source/"
#: Scores are rounded to what a table of mappings holds.
_DIGITS = 3


@frozen
class Spot:
    """One mention as it is compared with others.

    Attributes:
        capture: SHA-256 of the input.
        numbers: Identifiers that settle the matter: of an edition, or of a document.
        text, key: Description, and name or title, normalised; empty when there is none.
        is_aside: Whether it stands on the line of another mention, which the line is about.
    """

    mention: Mention
    capture: str
    key: str = ""
    text: str = ""
    numbers: tuple[str, ...] = ()
    is_aside: bool = False


@frozen
class Pairs:
    """Decisions as pairs of places in a list of mentions."""

    joined: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()


def list_mentions(occurrences: Iterable[Occurrence]) -> list[Spot]:
    """Return the mentions of mitigations, in the order given."""
    return [
        Spot(
            Mention(location_key(occurrence.evidence), occurrence.name, "mitigation"),
            occurrence.evidence.capture,
            occurrence.key,
            occurrence.text_key,
            (f"{occurrence.edition} {occurrence.identifier}",) if occurrence.identifier else (),
            occurrence.kind == "implied",
        )
        for occurrence in occurrences
    ]


def list_sources(blocks: Iterable[SourceBlock | None]) -> list[Spot | None]:
    """Return the mentions of sources, in the order given; None where there is none."""
    return [
        Spot(
            Mention(location_key(block.evidence), block.title.published or block.key, "source"),
            block.evidence.capture,
            name_key(block.title.published),
            "",
            find_identifiers(block.doi, block.url),
        )
        if block
        else None
        for block in blocks
    ]


def list_authors(said: Iterable[tuple[str, Evidence]]) -> list[Spot | None]:
    """Return the mentions of authors, by printed name and evidence, in the order given."""
    return [_find_author(name, evidence) for name, evidence in said]


def _find_author(name: str, evidence: Evidence) -> Spot:
    # The order of given name and surname is no difference.
    return Spot(Mention(location_key(evidence), name, "agent"), evidence.capture, " ".join(parse_name(name).words))


@dataclass
class Joins:
    """Decisions on joins, and what became of them.

    Attributes:
        decisions: All that were given.
        findings: Of rules DEC-01 and DEC-02; complete after `close`.
        links: What was decided and followed, as links.
        kept_apart: Pairs of keys of records that a person keeps apart.
    """

    decisions: Sequence[JoinDecision] = ()
    findings: list[Finding] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    kept_apart: set[frozenset[str]] = field(default_factory=set)
    _seen: dict[JoinDecision, set[str]] = field(default_factory=dict)
    _done: set[JoinDecision] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Leave out decisions that say yes and no of one pair."""
        held: defaultdict[frozenset[Mention], list[JoinDecision]] = defaultdict(list)
        for decision in self.decisions:
            held[frozenset((decision.one, decision.two))].append(decision)
        kept = []
        for same in held.values():
            if len({decision.accepted for decision in same}) > 1:
                self.findings += [_say("DEC-02", "the pair is accepted and rejected; neither is followed", decision) for decision in same]
            else:
                kept.append(same[0])
        self.decisions = tuple(kept)
        self._seen = {decision: set() for decision in kept}

    def resolve(self, spots: Sequence[Spot | None], kind: str) -> tuple[Pairs, list[tuple[JoinDecision, int, int]]]:
        """Return the decisions that name two of these mentions, as pairs of places.

        Args:
            spots: Mentions of one kind.
            kind: ``mitigation``, ``source`` or ``agent``.

        Returns:
            The pairs, and each decision with the first place on both sides.
        """
        wanted = [decision for decision in self.decisions if self._is_about(decision, kind)]
        if not wanted:
            return Pairs(), []
        locations: defaultdict[str, list[int]] = defaultdict(list)
        for index, spot in enumerate(spots):
            if spot:
                locations[spot.mention.key].append(index)
        joined: list[tuple[int, int]] = []
        apart: list[tuple[int, int]] = []
        found = []
        for decision in wanted:
            one, two = (_find_locations(side, locations, spots) for side in (decision.one, decision.two))
            self._seen[decision] |= {end for end, hits in (("one", one), ("two", two)) if hits}
            if one and two:
                self._done.add(decision)
                found.append((decision, one[0], two[0]))
                pairs = [(a, b) for a in one for b in two if a != b]
                (joined if decision.accepted else apart).extend(pairs)
        return Pairs(tuple(sorted(joined)), tuple(sorted(apart))), found

    def _is_about(self, decision: JoinDecision, kind: str) -> bool:
        """Whether a decision is about things of a kind; one that does not say so is about sources,
        or else mitigations.
        """
        kinds = {decision.one.kind, decision.two.kind} - {""}
        return kinds == {kind} or (not kinds and kind != "agent" and decision not in self._done)

    def follow(self, found: Iterable[tuple[JoinDecision, int, int]], spots: Sequence[Spot | None], owner: Mapping[int, str]) -> None:
        """Compare decisions with the outcome: links for those that hold, findings for the others.

        Args:
            found: As `resolve` gives it.
            spots: The same mentions.
            owner: Place of a mention → key of its record.
        """
        for decision, one, two in found:
            first, second = spots[one], spots[two]
            if first is None or second is None:
                continue
            is_one = owner[one] == owner[two]
            if is_one != decision.accepted:
                what = "join what other decisions keep apart" if decision.accepted else "keep apart what other decisions or one row join"
                self.findings.append(_say("DEC-02", f"the decision cannot be followed: it would {what}", decision))
            else:
                target = owner[one] if is_one else ""
                self.kept_apart |= set() if is_one else {frozenset((owner[one], owner[two]))}
                self.links.append(_make_link(first, second, target, basis="decision"))

    def keep_names(self, slugs: Mapping[str, str]) -> dict[str, str]:
        """Give sources the IRIs that a person keeps for them: of two IRIs the first, for what the
        rules give the second.

        Args:
            slugs: Identity of a source → the last part of its IRI, by the rules.
        """
        found = dict(slugs)
        owners = {f"source/{slug}": identity for identity, slug in slugs.items()}
        for decision in self.decisions:
            kept, given = decision.one.key, decision.two.key
            if not (kept.startswith(_SOURCE) and given.startswith(_SOURCE)):
                continue
            self._seen[decision] |= {end for end, key in (("one", kept), ("two", given)) if key in owners}
            if kept in owners and given in owners:
                self._done.add(decision)
                self.findings.append(_say("DEC-02", "the input holds both sources: decide of their mentions", decision))
            elif kept in owners or (given in owners and not decision.accepted):
                # There is nothing to do: as long as nobody describes the source, the rules give it
                # the IRI to keep.
                self._done.add(decision)
            elif given in owners:
                self._done.add(decision)
                found[owners[given]] = kept.removeprefix(_SOURCE)
        return found

    def close(self) -> None:
        """Report the decisions that name nothing that the input holds."""
        for decision in self.decisions:
            if decision in self._done:
                continue
            missing = [side.key for end, side in (("one", decision.one), ("two", decision.two)) if end not in self._seen[decision]]
            if missing:
                name = " and ".join(_write(mention) for mention in (decision.one, decision.two) if mention.key in missing)
                self.findings.append(_say("DEC-01", f"the input holds no mention {name}", decision))
            elif decision.accepted:
                self.findings.append(_say("DEC-01", "the two mentions stand in different sources, or are of different kinds", decision))


def _write(mention: Mention) -> str:
    return f"{mention.key} of {mention.name!r}" if mention.name else mention.key


def _say(rule: str, message: str, decision: JoinDecision) -> Finding:
    return make_finding(rule, message, decision.location)


def _find_locations(mention: Mention, locations: Mapping[str, Sequence[int]], spots: Sequence[Spot | None]) -> list[int]:
    here = [(index, spot) for index in locations.get(mention.key, ()) if (spot := spots[index])]
    if mention.name:
        return [index for index, spot in here if name_key(spot.mention.name) == name_key(mention.name)]
    return [index for index, spot in here if not spot.is_aside] or [index for index, _ in here]


# Links.


class _Seen:
    """Mentions of one record so far, by what they could have in common with the next one."""

    def __init__(self) -> None:
        self.first: Spot | None = None
        self.by: dict[tuple[str, ...], Spot] = {}

    def add(self, spot: Spot) -> None:
        self.first = self.first or spot
        for mark in _list_marks(spot):
            self.by.setdefault(mark, spot)

    def find(self, spot: Spot) -> tuple[Spot, str] | None:
        """Return the earlier mention of another input that has most in common, and what."""
        for mark in _list_marks(spot):
            other = self.by.get(mark)
            if other and other.capture != spot.capture:
                return other, mark[0].replace("both", "name")
        return (self.first, "structure") if self.first and self.first.capture != spot.capture else None


def _list_marks(spot: Spot) -> Iterator[tuple[str, ...]]:
    for number in spot.numbers:
        yield "identifier", number
    if spot.key and spot.text:
        yield "both", spot.key, spot.text
    if spot.key:
        yield "name", spot.key
    if spot.text:
        yield "text", spot.text


_RANKS = ("identifier", "name", "text", "structure")


def link_mentions(groups: Iterable[tuple[str, Sequence[Spot]]]) -> Iterator[Link]:
    """List the joins across inputs: one link for each input of a record beside its first, between
    the mentions that have most in common.

    Args:
        groups: Key of a record and all its mentions.
    """
    for key, spots in groups:
        inputs: defaultdict[str, list[Spot]] = defaultdict(list)
        for spot in spots:
            inputs[spot.capture].append(spot)
        if len(inputs) < 2:
            continue
        seen = _Seen()
        for _, here in sorted(inputs.items()):
            here.sort(key=lambda spot: (spot.is_aside, spot.mention))
            found = [(spot, *hit) for spot in here if (hit := seen.find(spot))]
            if found:
                spot, other, basis = min(found, key=lambda hit: _RANKS.index(hit[2]))
                yield _make_link(other, spot, key, basis=basis)
            for spot in here:
                seen.add(spot)


def _make_link(one: Spot, two: Spot, target: str, *, basis: str) -> Link:
    first, second = sorted((one, two), key=lambda spot: spot.mention)
    matched = ""
    if basis == "identifier":
        matched = min(set(one.numbers) & set(two.numbers), default="")
    elif basis == "name" and one.key == two.key:
        matched = one.key
    elif basis == "text":
        matched = one.text
    return Link(first.mention, second.mention, target, basis, matched, _score(one, two))


def _score(one: Spot, two: Spot) -> float:
    """How much of what both mentions say is the same: of each of name and text the share of words
    that both have.
    """
    shares = [_share(a, b) for a, b in ((one.key, two.key), (one.text, two.text)) if a and b]
    return round(sum(shares) / len(shares), _DIGITS) if shares else 0.0


def _share(one: str, two: str) -> float:
    first, second = set(one.split()), set(two.split())
    return 1.0 if one == two else len(first & second) / len(first | second)


def link_agents(said: Iterable[tuple[str, str, str, Evidence]]) -> Iterator[Link]:
    """List the authors that are one in several sources, or under several names, of different
    inputs.

    Args:
        said: (key of the agent, key of the source, name as printed, evidence).
    """
    first: defaultdict[str, dict[tuple[str, str], Spot]] = defaultdict(dict)
    for agent, source, name, evidence in sorted(said):
        first[agent].setdefault((source, name), _find_author(name, evidence))
    for agent, spots in sorted(first.items()):
        here = list(spots.values())
        for spot in here[1:]:
            if spot.capture != here[0].capture:
                yield _make_link(here[0], spot, agent, basis="name")

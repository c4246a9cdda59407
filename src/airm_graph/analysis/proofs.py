"""Proofs of inferred statements, found by matching the bodies of rules against a closed set of
statements.

At depth n a statement follows when all premises of some rule follow at depth n - 1, and at depth 0
when it is asserted. Each statement is proved at its least depth: so no proof leans on itself, and
none depends on what was asked before. What a proof stands on (asserted statements and axioms) is
then reduced until nothing of it can be left out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from airm_graph.namespaces import term
from airm_graph.reason.axioms import Rule

__all__ = ["Proof", "Prover", "Triple", "apply_rule", "derive", "minimise"]

Triple = tuple[str, str, str]
_TYPE = term("rdf:type")


@dataclass(frozen=True, slots=True)
class Proof:
    """A statement with the rule that gives it and the proofs of its premises; without a rule it is
    asserted.
    """

    statement: Triple
    rule: Rule | None = None
    premises: "tuple[Proof, ...]" = ()

    def walk(self) -> "Iterator[Proof]":
        """Every step once, premises before what follows from them."""
        found: dict[Triple, Proof] = {}
        self._walk(found)
        yield from found.values()

    def _walk(self, found: "dict[Triple, Proof]") -> None:
        if self.statement not in found:
            for premise in self.premises:
                premise._walk(found)
            found[self.statement] = self

    @property
    def asserted(self) -> tuple[Triple, ...]:
        """What the proof stands on, beside axioms; sorted."""
        return tuple(sorted(step.statement for step in self.walk() if step.rule is None))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that it uses, each once."""
        return tuple(dict.fromkeys(step.rule for step in self.walk() if step.rule))


def apply_rule(rule: Rule, premises: Iterable[Triple]) -> Triple | None:
    """Apply a rule to premises in the order of its body; None where they do not fit.

    >>> rule = Rule("prp-inv1", "property", ("<urn:p>",), "<urn:q>", True, ("<urn:p>", term("owl:inverseOf"), "<urn:q>"))
    >>> apply_rule(rule, [("<urn:a>", "<urn:p>", "<urn:b>")])
    ('<urn:b>', '<urn:q>', '<urn:a>')
    """  # noqa: W505
    found = list(premises)
    if len(found) != (len(rule.body) if rule.kind == "chain" else 1) or rule.kind == "disjoint":
        return None
    s, p, o = found[0]
    if rule.kind == "class":
        return (s, _TYPE, rule.head) if (p, o) == (_TYPE, rule.body[0]) else None
    if tuple(p for _, p, _ in found) != rule.body:
        return None
    if rule.kind == "type":
        return o if rule.turned else s, _TYPE, rule.head
    if rule.kind == "property":
        return (o, rule.head, s) if rule.turned else (s, rule.head, o)
    linked = all(left[2] == right[0] for left, right in pairwise(found))
    return (s, rule.head, found[-1][2]) if linked else None


def derive(statements: Iterable[Triple], rules: Iterable[Rule], *, goal: Triple) -> Proof | None:
    """Apply rules to a few statements until the goal follows; None when it does not."""
    known = {statement: Proof(statement) for statement in statements}
    chosen = list(rules)
    while goal not in known:
        new: dict[Triple, Proof] = {}
        for rule in chosen:
            for premises in _find_premises(rule, known):
                made = apply_rule(rule, premises)
                if made and made not in known:
                    new.setdefault(made, Proof(made, rule, tuple(known[one] for one in premises)))
        if not new:
            return None
        known |= new
    return known[goal]


def _find_premises(rule: Rule, known: Collection[Triple]) -> list[tuple[Triple, ...]]:
    if rule.kind == "class":
        return [(one,) for one in known if one[1] == _TYPE and one[2] == rule.body[0]]
    if rule.kind == "disjoint":
        return []
    paths: list[tuple[Triple, ...]] = [(one,) for one in known if one[1] == rule.body[0]]
    for name in rule.body[1:] if rule.kind == "chain" else ():
        paths = [(*path, one) for path in paths for one in known if one[1] == name and one[0] == path[-1][2]]
    return paths


class Prover:
    """Finds proofs in a closed set of statements."""

    def __init__(self, asserted: Collection[Triple], closed: Iterable[Triple], rules: Iterable[Rule]) -> None:
        """Index what is asserted, and all of it closed under the rules."""
        self.asserted = asserted
        self.closed: set[Triple] = set()
        self._objects: Mapping[tuple[str, str], list[str]] = defaultdict(list)
        self._subjects: Mapping[tuple[str, str], list[str]] = defaultdict(list)
        # In order, so that equal data has equal proofs.
        for s, p, o in sorted(set(closed)):
            self.closed.add((s, p, o))
            self._objects[s, p].append(o)
            self._subjects[p, o].append(s)
        self._rules: Mapping[tuple[bool, str], list[Rule]] = defaultdict(list)
        for rule in rules:
            self._rules[rule.kind in {"class", "type"}, rule.head].append(rule)
        self._found: dict[Triple, tuple[int, Proof]] = {}
        self._failed: dict[Triple, int] = {}
        self._reached: dict[tuple[bool, str], tuple[Rule, ...]] = {}

    def prove(self, goal: Triple) -> Proof | None:
        """Find a minimal proof; None for what is not in the closed set."""
        if goal not in self.closed:
            return None
        # What is in the closed set follows in some number of steps.
        found = self._search(goal, len(self.closed))
        return minimise([found], self.list_rules([goal]))[0] if found else None

    def list_rules(self, goals: Iterable[Triple]) -> tuple[Rule, ...]:
        """The rules by which some statements may follow, whatever is asserted."""
        return tuple(dict.fromkeys(rule for _, p, o in goals for rule in self._list_rules(p == _TYPE, o if p == _TYPE else p)))

    def _list_rules(self, is_class: bool, name: str) -> tuple[Rule, ...]:  # noqa: FBT001
        """The rules that lead to a class or property, directly or not."""
        if (is_class, name) not in self._reached:
            found: dict[Rule, None] = {}
            open_ends, seen = [(is_class, name)], {(is_class, name)}
            while open_ends:
                for rule in self._rules.get(open_ends.pop(), ()):
                    found[rule] = None
                    new = {(rule.kind == "class", each) for each in rule.body} - seen
                    seen |= new
                    open_ends += sorted(new)
            self._reached[is_class, name] = tuple(found)
        return self._reached[is_class, name]

    def find_members(self, classes: Iterable[str]) -> list[str]:
        """What belongs to all of some classes, sorted."""
        members = [set(self._subjects.get((_TYPE, name), ())) for name in classes]
        return sorted(set.intersection(*members)) if members else []

    def _search(self, goal: Triple, limit: int) -> Proof | None:
        """Find a proof of the least depth up to a limit, whatever was asked before."""
        if goal in self.asserted:
            return Proof(goal)
        if goal in self._found:
            needed, proof = self._found[goal]
            return proof if needed <= limit else None
        for depth in range(self._failed.get(goal, 0) + 1, limit + 1):
            if found := self._search_at(goal, depth):
                self._found[goal] = depth, found
                return found
            self._failed[goal] = depth
        return None

    def _search_at(self, goal: Triple, depth: int) -> Proof | None:
        for rule in self._rules.get((goal[1] == _TYPE, goal[2] if goal[1] == _TYPE else goal[1]), ()):
            for premises in self._match(rule, goal):
                proofs = []
                for premise in premises:
                    if not (proof := self._search(premise, depth - 1)):
                        break
                    proofs.append(proof)
                else:
                    return Proof(goal, rule, tuple(proofs))
        return None

    def _match(self, rule: Rule, goal: Triple) -> Iterator[tuple[Triple, ...]]:
        """Premises in the closed set from which a rule makes the goal."""
        s, _, o = goal
        body = rule.body[0]
        if rule.kind == "class":
            if (one := (s, _TYPE, body)) in self.closed:
                yield (one,)
        elif rule.kind == "type" and rule.turned:
            yield from (((x, body, s),) for x in self._subjects.get((body, s), ()))
        elif rule.kind == "type":
            yield from (((s, body, x),) for x in self._objects.get((s, body), ()))
        elif rule.kind == "property":
            if (one := (o, body, s) if rule.turned else (s, body, o)) in self.closed:
                yield (one,)
        else:
            yield from self._match_chain(rule.body, s, o)

    def _match_chain(self, body: tuple[str, ...], start: str, end: str) -> Iterator[tuple[Triple, ...]]:
        if len(body) == 1:
            if (start, body[0], end) in self.closed:
                yield ((start, body[0], end),)
            return
        for middle in self._objects.get((start, body[0]), ()):
            for rest in self._match_chain(body[1:], middle, end):
                yield ((start, body[0], middle), *rest)


def minimise(proofs: Sequence[Proof], rules: Sequence[Rule]) -> tuple[Proof, ...]:
    """Leave out what some proofs together can do without: every asserted statement and axiom that
    is left is needed.

    Args:
        proofs: They may change to others of the same statements.
        rules: All rules by which the statements may follow.
    """
    statements = sorted({one for proof in proofs for one in proof.asserted})
    found = tuple(proofs)
    for one in tuple(statements) if len(statements) > 1 else ():
        rest = [each for each in statements if each != one]
        if made := _derive_all(rest, rules, found):
            statements, found = rest, made
    kept = list(dict.fromkeys(rule for proof in found for rule in proof.rules))
    axioms = list(dict.fromkeys(rule.axiom for rule in kept))
    # One statement follows from nothing without the only axiom.
    for axiom in axioms if len(axioms) > 1 or len(found) > 1 else ():
        fewer = [rule for rule in kept if rule.axiom != axiom]
        if made := _derive_all(statements, fewer, found):
            kept, found = fewer, made
    return found


def _derive_all(statements: Sequence[Triple], rules: Sequence[Rule], proofs: Sequence[Proof]) -> tuple[Proof, ...]:
    """Prove the same from other statements and rules; empty where one of them does not follow."""
    made = []
    for proof in proofs:
        if not (found := derive(statements, rules, goal=proof.statement)):
            return ()
        made.append(found)
    return tuple(made)

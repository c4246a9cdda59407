"""What kind of statement a mitigation may be, proposed by the words of its description.

Only where no input says it, and never as ``airm:statementKind``: a suggestion is a node with the
kind, the reason and how far the rule can be trusted. The rules look at the first sentence, for what
follows explains it. A confidence is the share of the texts in ``benchmarks/statement-kinds.tsv`` at
which the rule fired and was right, few texts counting little; ``benchmarks/statement_kinds.py``
counts it anew.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from airm_graph.graph import TripleTable
from airm_graph.namespaces import BASE, iri, literal, term
from airm_graph.terms import Quad

__all__ = ["RULES", "Rule", "find_suggestions", "suggest_kind"]

_GRAPH = iri("graph/suggestions")
_ASKS = (
    "am are can could did do does had has have how in is may might should to under was were what when where which who whom whose why "
    "will with would"
)
_VERBS = (
    "acknowledge acquire adapt adjust adopt align analyse analyze apply appoint assess assign audit avoid build categorise "
    "categorize check clarify clearly collaborate collect commission commit communicate compare conduct consider consult "
    "continue control coordinate create deactivate define delay delegate deploy design designate determine develop disclose "
    "discuss display distribute document draw educate embed employ enable encourage enforce engage ensure establish estimate "
    "evaluate examine exercise explain explore facilitate flag follow fund gather give have help identify implement improve "
    "include incorporate inform install integrate invest investigate inventory involve keep label leverage limit list log "
    "maintain make manage map measure minimise minimize mitigate monitor notify obtain offer operationalise operationalize "
    "perform plan prepare preserve prevent prioritise prioritize prohibit protect provide publish put record reduce refrain "
    "register reject release remove report require respond restrict retain review revise run sandbox scan secure seek set "
    "share specify standardise standardize store strengthen submit support take test track train understand undertake update "
    "use validate verify work"
)
_VERB = f"(?:re-)?(?:{'|'.join(_VERBS.split())})"
_IMPERATIVE = rf"(?:(?:only|also|do not|don't|never|always|\w+ly) )?{_VERB}\b(?! (?:is|are|was|were|can|may|of)\b)"
_CLAUSE = r"(?:when|where|before|after|during|if|once|while|for|in|as)\b[^.;?]*?, "
#: Where the first sentence ends: at a mark before a capital.
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")


@dataclass(frozen=True, slots=True)
class Rule:
    """What words say of a text.

    Attributes:
        kind: Last part of the IRI of the kind.
        pattern: Found in the first sentence, whatever the case of letters.
        reason: Why it speaks for the kind.
        confidence: From 0 to 1, in two places.
    """

    kind: str
    pattern: re.Pattern[str]
    reason: str
    confidence: str


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


#: What a finite verb or a modal verb of a statement looks like.
_STATES = "is|are|was|were|has|have|can|could|may|might|includes?|consists?|refers?|uses?"
#: What a text begins with that names its thing: an article, a gerund, a plural without a verb.
_NAMES = r"^(?:an?\b|the\b|\w{2,}ing\b|(?:processes|procedures|tools|methods|screenings?) )"
#: In the order in which they are asked; the first that fires counts.
RULES = (
    Rule("question", _compile(rf"^(?:{'|'.join(_ASKS.split())})\b.*\?"), "The first sentence begins and ends as a question.", "0.92"),
    Rule(
        "requirement",
        _compile(r"\b(?:shall|must|(?:is|are) (?:required|obliged) to|signatories commit)\b"),
        "The first sentence obliges.",
        "0.83",
    ),
    Rule(
        "recommendation",
        _compile(r"\b(?:should|ought to|(?:is|are) (?:advised|encouraged|recommended))\b"),
        "The first sentence advises.",
        "0.94",
    ),
    Rule("recommendation", _compile(rf"^(?:{_CLAUSE})?{_IMPERATIVE}"), "The first sentence is an imperative.", "0.99"),
    Rule("description", _compile(_NAMES), "The text begins with the name of what it describes.", "0.96"),
    Rule("description", _compile(rf"\b(?:{_STATES})\b"), "The first sentence says how something is.", "0.91"),
)


def suggest_kind(text: str) -> Rule | None:
    """Find the rule that a text falls under.

    >>> texts = ("Are logs kept?", "Keep logs.", "Logs are kept.")
    >>> [rule.kind for rule in map(suggest_kind, texts) if rule]
    ['question', 'recommendation', 'description']
    """
    first = _END.split(" ".join(text.split()), maxsplit=1)[0]
    return next((rule for rule in RULES if rule.pattern.search(first)), None)


def find_suggestions(table: TripleTable) -> Iterator[Quad]:
    """Suggest the kind of each mitigation that has a description and no kind; of several
    descriptions, all must speak for one kind.

    Args:
        table: All that is asserted; it is not changed.
    """
    names = [term(name) for name in ("dcterms:description", "airm:statementKind", "rdf:type", "airm:Mitigation")]
    known = table.find_ids(names)
    about, stated, kind, mitigation = (known.get(name, -1) for name in names)
    select = f"""SELECT DISTINCT q.s, t.lexical FROM quads AS q JOIN terms AS t ON t.id = q.o
      WHERE q.p = {about} AND q.s IN (SELECT s FROM quads WHERE p = {kind} AND o = {mitigation})
      AND q.s NOT IN (SELECT s FROM quads WHERE p = {stated})"""
    rules: dict[int, set[Rule | None]] = {}
    for subject, text in table.execute(select):
        rules.setdefault(subject, set()).add(suggest_kind(text))
    texts = table.read_terms(rules)
    for subject, fired in sorted(((texts[number], fired) for number, fired in rules.items()), key=lambda pair: pair[0]):
        if None not in fired and len({rule.kind for rule in fired if rule}) == 1:
            # Of several rules for one kind, the one that is trusted least.
            rule = min((rule for rule in fired if rule), key=lambda rule: (rule.confidence, rule.reason))
            yield from _state(subject, rule)


def _state(mitigation: str, rule: Rule) -> Iterator[Quad]:
    node = iri(f"{mitigation.removeprefix(f'<{BASE}').rstrip('>')}/suggestion/{rule.kind}")
    yield mitigation, term("airm:suggestion"), node, _GRAPH
    yield node, term("rdf:type"), term("airm:Suggestion"), _GRAPH
    yield node, term("airm:suggestedKind"), iri(f"statement-kind/{rule.kind}"), _GRAPH
    yield node, term("airm:reasoning"), literal(rule.reason), _GRAPH
    yield node, term("airm:confidence"), literal(rule.confidence, datatype="xsd:decimal"), _GRAPH

"""Tables of mappings after SSSOM: the slots of a mapping and of a set of them, and CURIEs.

Source:
    The Simple Standard for Sharing Ontological Mappings, data model and SSSOM/TSV
    (https://mapping-commons.github.io/sssom/).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from types import MappingProxyType

from airm_graph.errors import ExportError
from airm_graph.frozen import frozen
from airm_graph.namespaces import PREFIXES

__all__ = [
    "BUILT_IN",
    "ENUMS",
    "JUSTIFICATIONS",
    "NEWER",
    "NO_TERM",
    "PROPAGATED",
    "SET_SLOTS",
    "SLOTS",
    "SUFFIXES",
    "Curies",
    "Match",
    "MatchSet",
    "Slot",
    "Value",
    "begins_like_match_table",
    "is_match_table",
]

#: How the name of a table of mappings ends.
SUFFIXES = (".sssom.tsv", ".sssom.csv")

#: Prefixes that need no declaration and cannot be given another meaning.
BUILT_IN: Mapping[str, str] = MappingProxyType(
    {
        **{name: PREFIXES[name] for name in ("owl", "rdf", "rdfs", "skos")},
        "semapv": "https://w3id.org/semapv/vocab/",
        "sssom": "https://w3id.org/sssom/",
    }
)
#: Stands for the term that a vocabulary does not have.
NO_TERM = f"{BUILT_IN['sssom']}NoTermFound"

#: A text, or the texts of a slot that takes several. References are IRIs, whatever prefixes the
#: file has.
Value = str | tuple[str, ...]


@frozen
class Slot:
    """What may stand in a slot.

    Attributes:
        kind: ``text``, ``reference`` (an IRI, in a file a CURIE), ``uri``, ``number``,
            ``agreement``, ``date``, or a name of `ENUMS`.
        several: Whether it takes more than one value.
    """

    name: str
    kind: str = "text"
    several: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _slots(text: str) -> Mapping[str, Slot]:
    """Slots of a list such as ``subject_id:reference match_string+``; a plus takes several
    values.
    """
    found = {}
    for entry in text.split():
        name, _, kind = entry.removesuffix("+").partition(":")
        found[name] = Slot(name, kind or "text", entry.endswith("+"))
    return MappingProxyType(found)


#: The slots of a mapping in the order of the specification, which is that of the columns.
SLOTS = _slots(
    """
    record_id:reference subject_id:reference subject_label subject_category predicate_id:reference predicate_label
    predicate_modifier:predicate_modifier object_id:reference object_label object_category mapping_justification:reference
    author_id:reference+ author_label+ reviewer_id:reference+ reviewer_label+ creator_id:reference+ creator_label+ license:uri
    subject_type:entity_type subject_source:reference subject_source_version object_type:entity_type object_source:reference
    object_source_version predicate_type:entity_type mapping_provider:uri mapping_source:reference
    mapping_cardinality:mapping_cardinality cardinality_scope+ mapping_tool mapping_tool_id:reference mapping_tool_version
    mapping_date:date publication_date:date review_date:date confidence:number reviewer_agreement:agreement curation_rule:reference+
    curation_rule_text+ subject_match_field:reference+ object_match_field:reference+ match_string+ subject_preprocessing:reference+
    object_preprocessing:reference+ similarity_score:number similarity_measure see_also:uri+ issue_tracker_item:reference other comment
    """
)

#: The slots of a set but for its mappings and its prefixes, in the order of the specification.
SET_SLOTS = _slots(
    """
    sssom_version:sssom_version mapping_set_id:uri mapping_set_version mapping_set_source:uri+ mapping_set_title mapping_set_description
    mapping_set_confidence:number creator_id:reference+ creator_label+ license:uri subject_type:entity_type subject_source:reference
    subject_source_version object_type:entity_type object_source:reference object_source_version predicate_type:entity_type
    mapping_provider:uri cardinality_scope+ mapping_tool mapping_tool_id:reference mapping_tool_version mapping_date:date
    publication_date:date subject_match_field:reference+ object_match_field:reference+ subject_preprocessing:reference+
    object_preprocessing:reference+ similarity_measure curation_rule:reference+ curation_rule_text+ see_also:uri+ issue_tracker:uri
    other comment
    """
)

#: Slots of the set that speak of every mapping in it, unless one of them has a value of its own.
PROPAGATED = _words(
    """
    cardinality_scope curation_rule curation_rule_text mapping_date mapping_provider mapping_tool mapping_tool_id mapping_tool_version
    object_match_field object_preprocessing object_source object_source_version object_type predicate_type similarity_measure
    subject_match_field subject_preprocessing subject_source subject_source_version subject_type
    """
)

#: Slots that version 1.1 of SSSOM added: a set that uses one of them says so.
NEWER = _words("cardinality_scope mapping_set_confidence mapping_tool_id predicate_type record_id review_date reviewer_agreement")

ENUMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sssom_version": ("1.0", "1.1"),
        "predicate_modifier": ("Not",),
        "mapping_cardinality": ("1:1", "1:n", "n:1", "n:n", "1:0", "0:1", "0:0"),
        "entity_type": (
            *(f"owl {kind}" for kind in ("class", "object property", "data property", "annotation property", "named individual")),
            *("skos concept", "rdfs resource", "rdfs class", "rdfs literal", "rdfs datatype", "rdf property"),
            "composed entity expression",
        ),
    }
)

#: How one can come to a mapping.
JUSTIFICATIONS = frozenset(
    BUILT_IN["semapv"] + name
    for name in _words(
        """
        MappingReview ManualMappingCuration LogicalReasoning LexicalMatching CompositeMatching UnspecifiedMatching
        SemanticSimilarityThresholdMatching LexicalSimilarityThresholdMatching MappingChaining MappingInversion StructuralMatching
        InstanceBasedMatching BackgroundKnowledgeBasedMatching
        """
    )
)


@frozen
class Match:
    """One mapping: its slots that have a value, and the line of the file on which it begins (0 when
    it was not read).
    """

    values: Mapping[str, Value]
    line: int = 0

    def get(self, slot: str) -> str:
        """Return the value of a slot, the first one where there are several; empty when there is
        none.
        """
        value = self.values.get(slot, "")
        return value if isinstance(value, str) else next(iter(value), "")

    @property
    def triple(self) -> tuple[str, str, str]:
        """Subject, predicate and object as IRIs; empty where a literal stands."""
        return self.get("subject_id"), self.get("predicate_id"), self.get("object_id")

    @property
    def is_negative(self) -> bool:
        """Whether the mapping is denied."""
        return bool(self.get("predicate_modifier"))

    @property
    def is_statement(self) -> bool:
        """Whether the mapping says of two terms that they belong together: only then it is a
        triple.
        """
        subject, _, target = self.triple
        return not self.is_negative and NO_TERM not in {subject, target} and bool(subject and target)


@frozen
class MatchSet:
    """A set of mappings: its slots, its prefixes (without those built in), its mappings."""

    metadata: Mapping[str, Value]
    prefixes: Mapping[str, str] = field(default_factory=dict)
    matches: tuple[Match, ...] = ()

    def get(self, slot: str) -> str:
        """Return the value of a slot of the set, the first one where there are several; empty when
        there is none.
        """
        return Match(self.metadata).get(slot)


class Curies:
    """CURIEs of a set of prefixes, in both directions."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        """Take the prefixes of a set; those built in come first."""
        self.prefixes = {**prefixes, **BUILT_IN}
        self._longest_first = sorted(self.prefixes.items(), key=lambda pair: (-len(pair[1]), pair[0]))

    def expand(self, curie: str) -> str | None:
        """Return the IRI of a CURIE, or None when its prefix is not declared.

        >>> Curies({}).expand("skos:exactMatch")
        'http://www.w3.org/2004/02/skos/core#exactMatch'
        """
        prefix, colon, local = curie.partition(":")
        return self.prefixes[prefix] + local if colon and prefix in self.prefixes else None

    def contract(self, iri: str) -> str:
        """Return the CURIE of an IRI, by the longest namespace that it lies in.

        Raises:
            ExportError: It lies in none.

        >>> Curies({}).contract("http://www.w3.org/2004/02/skos/core#exactMatch")
        'skos:exactMatch'
        """
        for prefix, namespace in self._longest_first:
            if iri.startswith(namespace) and len(iri) > len(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        raise ExportError(f"<{iri}> lies in no namespace of the set; declare a prefix for it")

    def used(self, iris: Iterable[str]) -> dict[str, str]:
        """Return the prefixes that a file with these IRIs has to declare, sorted."""
        names = {self.contract(iri).partition(":")[0] for iri in iris} - BUILT_IN.keys()
        return {name: self.prefixes[name] for name in sorted(names)}


def is_match_table(name: str) -> bool:
    """Tell whether a file of that name is a table of mappings.

    >>> is_match_table("v1-v2.sssom.tsv"), is_match_table("mitigations.tsv")
    (True, False)
    """
    return name.lower().endswith(SUFFIXES)


def begins_like_match_table(head: str) -> bool:
    r"""Whether a text begins with the metadata or the header of a table of mappings, whatever its
    file is called.

    >>> begins_like_match_table("#curie_map:\n#  a: urn:a"), begins_like_match_table("ID,Name")
    (True, False)
    """
    for line in head.removeprefix("\ufeff").split("\n"):
        if line.lstrip('"').startswith("#"):
            if line.lstrip('"# ').startswith(("curie_map:", "mapping_set_id:")):
                return True
        elif line.strip("\t\r ,"):
            return {"predicate_id", "mapping_justification"} <= set(re.split(r"[\t,\r]", line))
    return False

"""The terms that mapping sets may point to: those of listed vocabularies, of our own ontology and
taxonomies, and the links of SKOS.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from airm_graph.namespaces import BASE, PREFIXES, term
from airm_graph.ontology_rows import read_turtle
from airm_graph.resources import read_resource
from airm_graph.terms import read_literal

__all__ = ["KnownTerm", "load_known_terms", "read_terms"]

#: File of ours → what the IRIs of its terms begin with.
_OWN = {
    "airm": PREFIXES["airm"],
    **{f"taxonomy/{edition}": f"{BASE}taxonomy/{edition}/" for edition in ("v1", "v2")},
    **{f"vocabularies/{name}": f"{BASE}{name}/" for name in ("actor", "function", "lifecycle", "statement-kind")},
}
_LABELS = {term("rdfs:label"), term("skos:prefLabel")}
#: The properties of SKOS that link concepts: a misspelt one is a link that nobody finds.
_SKOS_LINKS = (
    *("broadMatch", "closeMatch", "exactMatch", "mappingRelation", "narrowMatch", "relatedMatch"),
    *("broader", "broaderTransitive", "narrower", "narrowerTransitive", "related", "semanticRelation"),
)


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A term of a listed vocabulary; *label* is empty where it has none, *vocabulary* says name and
    edition.
    """

    iri: str
    label: str
    vocabulary: str
    is_deprecated: bool = False


def read_terms(text: str) -> dict[str, KnownTerm]:
    r"""Read a list of terms: columns vocabulary, edition, iri, label, kind, deprecated.

    >>> head = "vocabulary\tedition\tiri\tlabel\tkind\tdeprecated"
    >>> read_terms(f"{head}\nairo\t1.0\thttps://w3id.org/airo#AISubject\tAI Subject\tclass\tyes")["https://w3id.org/airo#AISubject"].is_deprecated
    True
    """
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    found = (
        KnownTerm(row["iri"], row["label"], f"{row['vocabulary']} {row['edition']}", row["deprecated"] not in {"", "no", "false"})
        for row in rows
    )
    return {known.iri: known for known in found}


@cache
def load_known_terms() -> Mapping[str, KnownTerm]:
    """Return the terms of the vocabularies that are mapped to, of our own ontology and taxonomies,
    and the links of SKOS.
    """
    found = read_terms(read_resource("ontology/external-terms.tsv"))
    for name, space in _OWN.items():
        found |= {known.iri: known for known in _read_own(name, space)}
    links = (KnownTerm(PREFIXES["skos"] + name, "", "SKOS") for name in _SKOS_LINKS)
    return {**found, **{known.iri: known for known in links}}


def _read_own(name: str, space: str) -> Iterator[KnownTerm]:
    labels: defaultdict[str, str] = defaultdict(str)
    for subject, predicate, value, _ in read_turtle(f"ontology/{name}.ttl"):
        iri = subject.strip("<>")
        if iri.startswith(space):
            labels[iri] = read_literal(value).text if predicate in _LABELS else labels[iri]
    return (KnownTerm(iri, label, name.rpartition("/")[2]) for iri, label in labels.items())

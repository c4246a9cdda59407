"""A set of mappings as a file of links in Turtle: an ontology header, then subjects with one link
per line.

Denied mappings, those without a term, and those of literals are no links: they stay in the table.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from airm_graph.errors import ExportError
from airm_graph.export.term_writers import Names, natural_key
from airm_graph.namespaces import PREFIXES, literal, term
from airm_graph.sssom import MatchSet

__all__ = ["list_links", "write_alignment"]

_DRAFT = "<http://purl.org/ontology/bibo/status/draft>"


def list_links(matches: MatchSet) -> list[tuple[str, str, str]]:
    """Return the triples that a set states, as N-Triples terms, each once and sorted by subject."""
    triples = {match.triple for match in matches.matches if match.is_statement}
    return sorted(((f"<{s}>", f"<{p}>", f"<{o}>") for s, p, o in triples), key=_sort_key)


def _sort_key(triple: tuple[str, str, str]) -> tuple[object, ...]:
    subject, predicate, value = triple
    # Terms of the ontology come before codes and concepts.
    return not subject.startswith(term("airm:x")[:-2]), natural_key(subject), predicate, natural_key(value)


def write_alignment(matches: MatchSet) -> str:
    """Write a set of mappings as Turtle; its identifier becomes an ``owl:Ontology``.

    Raises:
        ExportError: The set has no identifier.
    """
    if not matches.get("mapping_set_id"):
        raise ExportError("the set of mappings has no mapping_set_id; the ontology of the links needs one")
    names = Names(PREFIXES)
    blocks = [_write_block(f"<{matches.get('mapping_set_id')}>", _describe(matches), names)]
    links: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, value in list_links(matches):
        links[subject].append((predicate, value))
    blocks += [_write_block(subject, pairs, names) for subject, pairs in links.items()]
    head = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in sorted(names.used))
    return "\n".join([head, *blocks])


def _describe(matches: MatchSet) -> Iterator[tuple[str, str]]:
    """The header, in the order of the layout: type, label, then by predicate."""
    days = {match.get("mapping_date") for match in matches.matches} - {""}
    title = matches.get("mapping_set_title")
    creator = matches.get("creator_id")
    yield term("rdf:type"), term("owl:Ontology")
    found = [
        ("rdfs:label", literal(title, language="en") if title else ""),
        ("bibo:status", _DRAFT),
        ("dcterms:created", literal(min(days), datatype="xsd:date") if days else ""),
        ("dcterms:creator", f"<{creator}>" if creator else ""),
        ("dcterms:description", _text(matches.get("mapping_set_description"))),
        ("dcterms:license", f"<{matches.get('license')}>" if matches.get("license") else ""),
        ("dcterms:modified", literal(matches.get("publication_date"), datatype="xsd:date") if matches.get("publication_date") else ""),
        ("dcterms:publisher", f"<{creator}>" if creator else ""),
        ("dcterms:title", _text(title)),
        ("owl:versionInfo", literal(matches.get("mapping_set_version")) if matches.get("mapping_set_version") else ""),
        ("rdfs:comment", _text(matches.get("comment"))),
    ]
    yield from ((term(name), value) for name, value in found if value)


def _text(value: str) -> str:
    return literal(value, language="en") if value else ""


def _write_block(subject: str, pairs: Iterable[tuple[str, str]], names: Names) -> str:
    lines = []
    for predicate, value in pairs:
        name = "a" if predicate == term("rdf:type") else names.shorten(predicate)
        lines.append(f"  {name} {_shorten(value, names)}")
    return f"{names.shorten(subject)}\n" + " ;\n".join(lines) + " .\n"


def _shorten(value: str, names: Names) -> str:
    quoted, mark, datatype = value.rpartition("^^")
    if mark and value.startswith('"') and quoted.endswith('"'):
        return f"{quoted}^^{names.shorten(datatype)}"
    return names.shorten(value) if value.startswith("<") else value

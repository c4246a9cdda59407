"""What a record says as RDF: one table of statements, from which all that makes quads is made.

``state`` makes quads of records from it, ``selects`` makes SQL for rows in DuckDB, ``rml``
publishes it as an RML mapping, ``export.table`` and ``ingest.tables.restore`` name the columns of
exported tables by it. A line reads: the record, where all of *when* holds, has *predicate* with
*value*.

Statements stand in the graphs of captures. A field with one value (a name, the source of a
mitigation) is stated by every capture that speaks of the record, so that each graph can be read
alone; of a field with several, each value is stated by the captures that give it.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from airm_graph.model import TEXTS
from airm_graph.namespaces import literal, term

__all__ = ["FORMS", "SEVERAL", "STATEMENTS", "Statement", "list_statements", "predicate_of"]

#: How a text becomes a term: what stands before and behind it. Texts of literals are escaped.
FORMS = MappingProxyType(
    {
        "class": ("", ""),
        "iri": (term("airm:")[: -len("ontology#>")], ">"),
        "address": ("<", ">"),
        "text": ('"', '"'),
        "integer": ('"', literal("", datatype="xsd:integer")[1:]),
        "date": ('"', literal("", datatype="xsd:date")[1:]),
        "year": ('"', literal("", datatype="xsd:gYear")[1:]),
    }
)
#: Fields that may have several values, by record; every other field has one or none.
SEVERAL = MappingProxyType(
    {
        "capture": frozenset(("files",)),
        "evidence": frozenset[str](),
        "repair": frozenset[str](),
        "source": frozenset(("other title", "authors", "creators", "numbers", "called", "issued", "abstract", "addresses", "evidence")),
        "agent": frozenset[str](),
        "mitigation": frozenset(
            (
                "other name",
                "identifier",
                "description",
                *TEXTS,
                "reason",
                "actor",
                "lifecycle",
                "function",
                "statement kind",
                "part of",
                "derived from",
                "evidence",
            )
        ),
        "classification": frozenset(("reason", "agents", "created", "evidence")),
        "subject": frozenset[str](),
    }
)
_FIELD = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True)
class Statement:
    """One line of the table.

    Attributes:
        record: Kind of record: ``capture``, ``evidence``, ``repair``, ``source``, ``agent``,
            ``mitigation``, ``classification`` or ``subject``.
        predicate: Prefixed name.
        value: Text in which ``{field}`` stands for a field of the record; a field with several
            values makes as many statements. For the form ``class`` the prefixed name of a class.
        form: A key of `FORMS`: an IRI below the base, an address, or a literal.
        when: Fields that must be there, or with ``!`` before them must not; fields of *value* must.
        subject: Field with the path of the subject below the base.
    """

    record: str
    predicate: str
    value: str
    form: str = "text"
    when: tuple[str, ...] = ()
    subject: str = "key"

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Fields in the value."""
        return tuple(_FIELD.findall(self.value)) if self.form != "class" else ()

    @cached_property
    def each(self) -> str:
        """The field of the value that may have several values, empty for none."""
        return next((name for name in self.fields if name in SEVERAL[self.record]), "")

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Texts around the fields of the value: one more than there are fields."""
        return tuple(_FIELD.split(self.value)[::2])


#: All of it.
STATEMENTS = (
    Statement("capture", "rdf:type", "airm:Capture", "class"),
    Statement("capture", "rdfs:label", "{name}"),
    Statement("capture", "airm:fileName", "{files}"),
    Statement("capture", "airm:sha256", "{sha256}"),
    Statement("capture", "dcat:mediaType", "https://www.iana.org/assignments/media-types/{media type}", "address"),
    Statement("capture", "dcterms:source", "{address}", "address"),
    Statement("capture", "airm:retrieved", "{retrieved}", "date"),
    # A licence is a statement of rights: who gives one does not ask to keep the file to oneself.
    Statement("capture", "dcterms:license", "{licence}", "address"),
    Statement("capture", "dcterms:rights", "{licence}", "address"),
    Statement("capture", "dcterms:rights", "notice/preliminary", "iri", when=("!licence",)),
    Statement("capture", "adms:status", "{status}", "address"),
    Statement("evidence", "rdf:type", "airm:Evidence", "class"),
    Statement("evidence", "rdfs:label", "{file}, {lines}", when=("!row",)),
    Statement("evidence", "rdfs:label", "{file}, row {row}", when=("!column",)),
    Statement("evidence", "rdfs:label", "{file}, row {row}, column {column}"),
    Statement("evidence", "airm:capture", "{capture}", "iri"),
    Statement("evidence", "airm:firstLine", "{first line}", "integer"),
    Statement("evidence", "airm:lastLine", "{last line}", "integer"),
    Statement("evidence", "airm:row", "{row}", "integer"),
    Statement("evidence", "airm:column", "{column}"),
    Statement("evidence", "airm:capturedText", "{text}"),
    Statement("repair", "airm:repair", "{key}", "iri", subject="evidence"),
    Statement("repair", "rdf:type", "airm:Repair", "class"),
    Statement("repair", "rdfs:label", "{rule}, line {line}, column {position}", when=("!cell",)),
    Statement("repair", "rdfs:label", "{rule}, {cell}, line {line}, column {position}"),
    Statement("repair", "airm:rule", "{rule}"),
    Statement("repair", "airm:before", "{before}"),
    Statement("repair", "airm:after", "{after}"),
    Statement("repair", "airm:line", "{line}", "integer"),
    Statement("repair", "airm:position", "{position}", "integer"),
    Statement("source", "rdf:type", "airm:Source", "class"),
    Statement("source", "rdfs:label", "{title}"),
    Statement("source", "dcterms:title", "{title}"),
    Statement("source", "dcterms:alternative", "{other title}"),
    Statement("source", "airm:authors", "{authors}"),
    Statement("source", "dcterms:creator", "{creators}", "iri"),
    Statement("source", "dcterms:identifier", "{numbers}"),
    Statement("source", "dcterms:identifier", "{called}"),
    Statement("source", "adms:status", "airm:NotDescribed", "class", when=("not described",)),
    Statement("source", "dcterms:issued", "{issued}", "year"),
    Statement("source", "dcterms:abstract", "{abstract}"),
    Statement("source", "rdfs:seeAlso", "{addresses}", "address"),
    Statement("source", "airm:evidence", "{evidence}", "iri"),
    Statement("agent", "rdf:type", "prov:Agent", "class"),
    Statement("agent", "rdf:type", "prov:Person", "class", when=("person",)),
    Statement("agent", "rdf:type", "prov:Organization", "class", when=("organization",)),
    Statement("agent", "rdf:type", "prov:SoftwareAgent", "class", when=("software",)),
    Statement("agent", "rdfs:label", "{name}"),
    Statement("mitigation", "rdf:type", "airm:Mitigation", "class"),
    Statement("mitigation", "rdfs:label", "{name}"),
    Statement("mitigation", "skos:altLabel", "{other name}"),
    Statement("mitigation", "dcterms:identifier", "{identifier}"),
    Statement("mitigation", "dcterms:description", "{description}"),
    Statement("mitigation", "skos:note", "{note}"),
    Statement("mitigation", "airm:reasoning", "{reason}"),
    Statement("mitigation", "airm:source", "{source}", "iri"),
    Statement("mitigation", "airm:actor", "actor/{actor}", "iri"),
    Statement("mitigation", "airm:lifecycleStage", "lifecycle/{lifecycle}", "iri"),
    Statement("mitigation", "airm:function", "function/{function}", "iri"),
    Statement("mitigation", "airm:statementKind", "statement-kind/{statement kind}", "iri"),
    Statement("mitigation", "airm:partOf", "{part of}", "iri"),
    Statement("mitigation", "prov:wasDerivedFrom", "{derived from}", "iri"),
    Statement("mitigation", "airm:evidence", "{evidence}", "iri"),
    Statement("classification", "airm:classification", "{key}", "iri", subject="mitigation"),
    Statement("classification", "rdf:type", "airm:Classification", "class"),
    Statement("classification", "rdfs:label", "{label}"),
    Statement("classification", "airm:assignedCode", "taxonomy/{edition}/{code}", "iri"),
    Statement("classification", "airm:reasoning", "{reason}"),
    Statement("classification", "prov:wasAttributedTo", "{agents}", "iri"),
    Statement("classification", "dcterms:created", "{created}", "date"),
    Statement("classification", "airm:evidence", "{evidence}", "iri"),
    # Schemes of others are kept as they are, and no shape of ours judges their codes.
    Statement("subject", "dcterms:subject", "{key}", "iri", subject="mitigation"),
    Statement("subject", "rdf:type", "skos:Concept", "class"),
    Statement("subject", "skos:notation", "{notation}"),
    Statement("subject", "rdfs:label", "{label}"),
    Statement("subject", "skos:prefLabel", "{label}"),
    Statement("subject", "skos:inScheme", "{scheme}", "iri"),
    Statement("subject", "rdf:type", "skos:ConceptScheme", "class", subject="scheme"),
    Statement("subject", "rdfs:label", "{title}", subject="scheme"),
)


def predicate_of(record: str, field: str) -> str:
    """Find the property that has a field of a record alone as its value, as a prefixed name.

    >>> predicate_of("mitigation", "actor"), predicate_of("source", "title")
    ('airm:actor', 'dcterms:title')
    """
    return [one.predicate for one in STATEMENTS if one.record == record and one.fields == (field,)][-1]


def list_statements(record: str) -> tuple[Statement, ...]:
    """List what is said of one kind of record.

    >>> [one.predicate for one in list_statements("agent")][-1]
    'rdfs:label'
    """
    return tuple(one for one in STATEMENTS if one.record == record)

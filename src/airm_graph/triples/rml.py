"""The table of statements for others: an RML mapping of exported tables, and a page for people.

The mapping reads the folder that ``airm-graph export --format table`` writes. Its logical sources
are SQL over those files, one column for the subject and one for each object: what RML has no words
for (several values in a cell, a condition, an IRI with slashes) is said there. ``morph-kgc``, run
in that folder with ``na_values=None``, makes the triples; the graphs of captures are not in it.

    python -m airm_graph.triples.rml > ontology/statements.rml.ttl
    python -m airm_graph.triples.rml --page > docs/statements.md
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

from airm_graph.model import ROLES
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.taxonomy import Vocabulary, load_vocabulary
from airm_graph.triples.statements import FORMS, STATEMENTS, Statement, list_statements

__all__ = ["describe_statements", "write_rml"]

_HEAD = """\
# RML mapping of the tables that `airm-graph export --format table` writes, for other engines.
# Made of src/airm_graph/triples/statements.py by `python -m airm_graph.triples.rml`; change that.
"""
_PREFIXES = {
    "ql": "http://semweb.mmlab.be/ns/ql#",
    "rml": "http://semweb.mmlab.be/ns/rml#",
    "rr": "http://www.w3.org/ns/r2rml#",
    **{prefix: PREFIXES[prefix] for prefix in {one.predicate.partition(":")[0] for one in STATEMENTS}},
}
#: What a cell holds behind the apostrophe that keeps spreadsheets from running it.
_PLAIN = r"""CASE WHEN starts_with(COLUMNS(*), 'json:"') THEN json_extract_string(substring(COLUMNS(*), 6), '$')
    WHEN regexp_matches(COLUMNS(*), '^''+[ \x{a0}\x{200b}\x{feff}]*[=+\-@\t\n＝＋－＠]') THEN substring(COLUMNS(*), 2)
    ELSE COLUMNS(*) END"""


@dataclass(frozen=True, slots=True)
class _View:
    """How a record stands in exported tables.

    Attributes:
        tables: Files that are joined, without suffix, and how.
        fields: Field → SQL; a field that is not there is the column of its name.
        lists: Field of which a cell may hold several → what stands between them.
    """

    tables: str
    fields: Mapping[str, str]
    lists: Mapping[str, str] = field(default_factory=dict)


def _slugs(vocabulary: Vocabulary) -> str:
    """Write the SQL that makes the last part of an IRI of the label of a term."""
    cases = " ".join(f"WHEN {_quote(one.label)} THEN '{one.slug}'" for one in vocabulary.concepts.values())
    return f'CASE "{vocabulary.name}" {cases} ELSE split_part("{vocabulary.name}", \'/\', -1) END'


_CODE = "concat_ws('-', edition || '-' || code, \"by\")"
_CAPTURE = "JOIN captures ON left(captures.sha256, 16) = split_part(evidence.evidence, '/', 1)"
_LINES = """CASE WHEN "row" IS NULL THEN CASE WHEN "first line" = "last line" THEN 'line ' || "first line"
    ELSE 'lines ' || "first line" || '–' || "last line" END END"""
_SPOT = "'l' || repairs.line || '-c' || repairs.position || '-' || repairs.rule"
_SPOT = f"CASE WHEN \"row\" IS NULL THEN {_SPOT} ELSE split_part(evidence.evidence, '/', 2) || '-' || {_SPOT} END"
_KINDS = ("person", "organization", "software")
_EVIDENCE = {"evidence": "'capture/' || evidence"}
_FILES = ("captures", "evidence", "repairs", "sources", "agents", "mitigations", "classifications", "subjects")


@cache
def _views() -> Mapping[str, _View]:
    return {
        "capture": _View(
            "captures",
            {
                "key": "'capture/' || left(sha256, 16)",
                "name": "split_part(files, chr(10), 1)",
                "licence": "CASE WHEN starts_with(rights, 'http') THEN rights END",
            },
            {"files": "\n"},
        ),
        "evidence": _View(
            f"evidence {_CAPTURE}",
            {
                "key": "'capture/' || evidence",
                "file": "split_part(files, chr(10), 1)",
                "lines": _LINES,
                "capture": "'capture/' || left(sha256, 16)",
            },
        ),
        "repair": _View(
            "repairs JOIN evidence ON evidence.evidence = repairs.evidence",
            {
                "key": f"'capture/' || split_part(evidence.evidence, '/', 1) || '/repair/' || {_SPOT}",
                "evidence": "'capture/' || evidence.evidence",
                "before": "coalesce(before, '')",
                "after": "coalesce(after, '')",
                "cell": "'row ' || \"row\" || coalesce(', column ' || \"column\", '')",
            },
        ),
        "source": _View(
            "sources",
            {"key": "source", **_EVIDENCE},
            {"creators": " ", "evidence": " ", **dict.fromkeys(("numbers", "called", "addresses"), "\n")},
        ),
        "agent": _View("agents", {"key": "agent", **{kind: f"CASE WHEN kind = '{kind}' THEN kind END" for kind in _KINDS}}),
        "mitigation": _View(
            "mitigations",
            {"key": "mitigation", **_EVIDENCE, **{name: _slugs(load_vocabulary(name)) for name in ROLES}},
            {"identifier": "\n", "part of": " ", "derived from": " ", "evidence": " ", **dict.fromkeys(ROLES, "; ")},
        ),
        "classification": _View(
            "classifications",
            {
                "key": f"mitigation || '/classification/' || {_CODE}",
                "label": "concat_ws(' ', edition, code, label, '(' || \"by\" || ')')",
                **_EVIDENCE,
            },
            {"agents": " ", "created": " ", "evidence": " "},
        ),
        "subject": _View("subjects", {"key": "concept"}),
    }


def write_rml() -> str:
    """Write the mapping as Turtle, a triples map for each record and, where a cell holds several
    values, for each of these.

    >>> write_rml().count("rr:predicateObjectMap [") == len(STATEMENTS)
    True
    """
    prefixes = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(_PREFIXES.items()))
    return "\n".join([_HEAD, prefixes, *(_write_map(*part) for record in _views() for part in _list_parts(record))])


def _list_parts(record: str) -> Iterator[tuple[str, str, Sequence[Statement]]]:
    """List statements that have the subject and at most one cell with several values in common:
    subject, field, statements.
    """

    def key(one: Statement) -> tuple[str, str]:
        return one.subject, one.each if one.each in _views()[record].lists else ""

    for (subject, each), group in groupby(sorted(list_statements(record), key=key), key=key):
        yield subject, each, tuple(group)


def _write_map(subject: str, each: str, statements: Sequence[Statement]) -> str:
    record = statements[0].record
    view = _views()[record]
    objects = {f"o{number}": one for number, one in enumerate(statements, 1)}
    columns = [
        f"'{BASE}' || {_field(view, subject)} AS s",
        *(f"{_write_object(view, one)} AS {name}" for name, one in objects.items()),
    ]
    listed = ",\n  ".join(columns)
    query = f"{_write_tables(view, each)}\nSELECT\n  {listed}\nFROM {view.tables}".replace("\\", "\\\\")
    title = "-".join(part.replace(" ", "-") for part in (record, subject, each) if part not in {"", "key"})
    made = " ;\n".join(
        f'  rr:predicateObjectMap [ rr:predicate {one.predicate} ; rr:objectMap [ rml:reference "{name}" ; {_describe_kind(one)} ] ]'
        for name, one in objects.items()
    )
    return f"""<{BASE}statements#{title}>
  a rr:TriplesMap ;
  rml:logicalSource [ rml:referenceFormulation ql:CSV ; rml:query \"\"\"{query}\"\"\" ] ;
  rr:subjectMap [ rml:reference "s" ; rr:termType rr:IRI ] ;
{made} .
"""


def _write_tables(view: _View, each: str) -> str:
    """Write the files that a view needs as tables of what their cells mean, one row for each value
    of the list.
    """
    names = [word for word in view.tables.split() if word in _FILES]
    tables = {name: f"SELECT {_PLAIN} FROM read_csv('{name}.csv', all_varchar = true)" for name in names}
    if each in view.lists:
        (name,) = names
        tables[name] = f'SELECT * REPLACE (unnest(string_split("{each}", {_quote(view.lists[each])})) AS "{each}") FROM ({tables[name]})'
    return "WITH " + ",\n".join(f"{name} AS ({select})" for name, select in tables.items())


def _field(view: _View, name: str) -> str:
    return f"({view.fields[name]})" if name in view.fields else f'"{name}"'


def _write_object(view: _View, one: Statement) -> str:
    """Write the SQL for the object of a statement; NULL where it is not stated."""
    first, *others = one.parts if one.form != "class" else ("",)
    pieces = [_quote(_expand(one.value) if one.form == "class" else (BASE if one.form == "iri" else "") + first)]
    for name, part in zip(one.fields, others, strict=True):
        pieces += [_field(view, name), _quote(part)]
    value = " || ".join(piece for piece in pieces if piece != "''")
    needs = " AND ".join(f"{_field(view, name.lstrip('!'))} IS {'' if name[0] == '!' else 'NOT '}NULL" for name in one.when)
    return f"CASE WHEN {needs} THEN {value} END" if needs else value


def _describe_kind(one: Statement) -> str:
    if FORMS[one.form][0] != '"':
        return "rr:termType rr:IRI"
    datatype = FORMS[one.form][1].partition("^^")[2]
    return f"rr:datatype {datatype}" if datatype else "rr:termType rr:Literal"


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if text != "\n" else "chr(10)"


def _expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def describe_statements() -> str:
    """Write the table of statements as a page in Markdown."""
    lines = [
        "# What a record says",
        "",
        "Every statement that a build makes of a page or table, by the record that it is about. Made of",
        "[`triples/statements.py`](../src/airm_graph/triples/statements.py), from which come the quads of records, the SQL for",
        "tables and [the RML mapping](../ontology/statements.rml.ttl). `{…}` is a field of the record; where it is not known",
        "there is no statement.",
        "",
        "| record | property | value | form | only with |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in STATEMENTS:
        record = one.record if one.subject == "key" else f"{one.subject} of {one.record}"
        when = ", ".join(f"no {name[1:]}" if name[0] == "!" else name for name in one.when)
        lines.append(f"| {record} | `{one.predicate}` | `{one.value}` | {one.form} | {when} |")
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(describe_statements() if sys.argv[1:] == ["--page"] else write_rml())

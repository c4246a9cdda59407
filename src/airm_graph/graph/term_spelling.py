r"""How terms are spelt: one text for each term, the number of a text, and the text taken apart, in
SQL and, for the odd ones, in Python.

The text of a term is what N-Quads has for it, with no escapes but ``\\``, ``\"``, ``\n`` and ``\r``
and no datatype for plain strings.
"""

import re

from airm_graph.errors import StoreError
from airm_graph.namespaces import BASE, literal
from airm_graph.terms import unescape

__all__ = [
    "BLANK",
    "DEFAULT_GRAPH",
    "IRI",
    "LANG_STRING",
    "LITERAL",
    "STRING",
    "TERM_TEXT",
    "canonical",
    "is_canonical",
    "is_certain",
    "is_certain_term",
    "number_of",
    "quote",
    "rebased_text",
    "select_terms",
    "spell",
]

#: Values of ``terms.kind``.
IRI, LITERAL, BLANK = 0, 1, 2
#: Value of ``quads.g`` for the default graph.
DEFAULT_GRAPH = 0

STRING = "http://www.w3.org/2001/XMLSchema#string"
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_BACKSLASH, _LF, _CR = "chr(92)", "chr(10)", "chr(13)"

#: SQL over a row of ``terms`` that writes the text of the term.
TERM_TEXT = f"""CASE
    WHEN kind = {IRI} THEN '<' || lexical || '>'
    WHEN kind = {BLANK} THEN '_:' || lexical
    ELSE '"' || replace(replace(replace(replace(lexical, {_BACKSLASH}, {_BACKSLASH} || {_BACKSLASH}), '"', {_BACKSLASH} || '"'),
        {_LF}, {_BACKSLASH} || 'n'), {_CR}, {_BACKSLASH} || 'r') || '"' ||
      CASE WHEN language <> '' THEN '@' || language WHEN datatype = '{STRING}' THEN '' ELSE '^^<' || datatype || '>' END
  END"""

_BODY = re.compile(r"[^\"\\\n\r]*(?:\\.[^\"\\\n\r]*)*")
_SUFFIX = re.compile(r"\^\^<(?P<datatype>[^<>\"\s]+)>|@(?P<language>[A-Za-z0-9-]+)|")
#: A body whose escapes are those of the one spelling.
_CANONICAL_BODY = re.compile(r"[^\"\\\n\r]*(?:\\[\\\"nr][^\"\\\n\r]*)*")

_SQL_BODY = r'"[^"\\\n\r]*(\\[\\"nr][^"\\\n\r]*)*"'
_ANY_IRI = r'<[^ "\\\n\r]*>'
_ANY_BLANK = r"_:[^ \"\\\n\r]+"
#: IRIs, labels and language tags that every parser takes and leaves as they are; not all that there
#: are.
_PLAIN_IRI = (
    r"<[A-Za-z][A-Za-z0-9+.-]*:(//[A-Za-z0-9._-]*(:[0-9]+)?(/[A-Za-z0-9._~:/@!$&'()*+,;=-]*)?|[A-Za-z0-9._~:@!$&'()*+,;=-][A-Za-z0-9._~:/@!$&'()*+,;=-]*)"
    r"(\?[A-Za-z0-9._~:/?@!$&'()*+,;=-]*)?(#[A-Za-z0-9._~:/?@!$&'()*+,;=-]*)?>"
)
_PLAIN_BLANK = r"_:[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_PLAIN_TAG = r"@[a-z]{2,3}(-[a-z]{2})?"


#: The same as Python asks it.
_CERTAIN = re.compile(rf"{_PLAIN_IRI}|{_SQL_BODY}(?:\^\^{_PLAIN_IRI}|{_PLAIN_TAG})?|{_PLAIN_BLANK}")
_SPELT_OUT = (f"^^<{STRING}>", f"^^<{LANG_STRING}>")


def is_certain_term(text: str) -> bool:
    """Tell whether a text is a term in its one spelling, and of a form that no parser refuses; as
    `is_certain`.

    >>> is_certain_term("<urn:a>"), is_certain_term("<a>")
    (True, False)
    """
    return _CERTAIN.fullmatch(text) is not None and not text.endswith(_SPELT_OUT)


def quote(value: str) -> str:
    """Write a text as SQL does.

    >>> quote("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def rebased_text(base: str) -> str:
    """SQL over a row of ``terms`` that writes the term, with another base where one is given."""
    if base == BASE:
        return TERM_TEXT
    own = f"kind = {IRI} AND starts_with(lexical, '{BASE}')"
    return f"CASE WHEN {own} THEN {quote('<' + base)} || substring(lexical, {len(BASE) + 1}) || '>' ELSE {TERM_TEXT} END"


def number_of(text: str) -> str:
    """SQL for the number of a term from SQL for its text; an empty text is the default graph.

    The number is a hash, so that no table has to be asked for it; `intake` sees to those that meet.
    """
    return f"CASE WHEN {text} = '' THEN {DEFAULT_GRAPH} ELSE CAST(hash({text}) >> 1 AS BIGINT) END"


def is_canonical(text: str) -> str:
    """Return an SQL condition: a text is a term in its one spelling."""
    return _is_term(text, iri=_ANY_IRI, blank=_ANY_BLANK, suffix=r"\^\^<[^<> \"\\\n\r]+>|@[A-Za-z0-9-]+")


def is_certain(text: str) -> str:
    """Return an SQL condition: a text is a term in its one spelling, and of a form that no parser
    refuses.
    """
    return _is_term(text, iri=_PLAIN_IRI, blank=_PLAIN_BLANK, suffix=rf"\^\^{_PLAIN_IRI}|{_PLAIN_TAG}")


def _is_term(text: str, *, iri: str, blank: str, suffix: str) -> str:
    # The text is cut in two for the sake of the regex engine, which is slow on long alternatives.
    literals = f"regexp_full_match({text}, {quote(f'{_SQL_BODY}({suffix})?')})"
    spelt_out = f"ends_with({text}, {quote(f'^^<{STRING}>')}) OR ends_with({text}, {quote(f'^^<{LANG_STRING}>')})"
    return (
        f"CASE WHEN starts_with({text}, '<') THEN regexp_full_match({text}, {quote(iri)}) "
        f"""WHEN starts_with({text}, '"') THEN {literals} AND NOT ({spelt_out}) ELSE regexp_full_match({text}, {quote(blank)}) END"""
    )


_SUFFIX_OF = """split_part(text, '"', -1)"""
_BODY_OF = f"substring(text, 2, length(text) - length({_SUFFIX_OF}) - 2)"
_PLAIN_BODY = f"""replace(replace(replace(x, {_BACKSLASH} || 'n', {_LF}), {_BACKSLASH} || 'r', {_CR}), {_BACKSLASH} || '"', '"')"""
_INSIDE = "substring(text, 2, length(text) - 2)"
_IS_PLAIN = f"ends_with(text, '\"') AND NOT contains(text, {_BACKSLASH})"


def select_terms(source: str) -> str:
    """SQL for rows of ``terms`` from a relation with the columns id and text; one SELECT for each
    common form, as conditions cost more.
    """
    twice = f"{_BACKSLASH} || {_BACKSLASH}"
    lexical = (
        f"CASE WHEN NOT contains(text, {twice}) THEN {_PLAIN_BODY.replace('(x,', f'({_BODY_OF},')} "
        f"ELSE array_to_string(list_transform(string_split({_BODY_OF}, {twice}), lambda x: {_PLAIN_BODY}), {_BACKSLASH}) END"
    )
    datatype = (
        f"CASE WHEN ends_with(text, '\"') THEN '{STRING}' WHEN ends_with(text, '>') "
        f"THEN substring({_SUFFIX_OF}, 4, length({_SUFFIX_OF}) - 4) ELSE '{LANG_STRING}' END"
    )
    language = f"CASE WHEN ends_with(text, '\"') OR ends_with(text, '>') THEN '' ELSE substring({_SUFFIX_OF}, 2) END"
    forms = {
        "starts_with(text, '<')": (IRI, _INSIDE, "''", "''"),
        "starts_with(text, '_:')": (BLANK, "substring(text, 3)", "''", "''"),
        f"starts_with(text, '\"') AND {_IS_PLAIN}": (LITERAL, _INSIDE, f"'{STRING}'", "''"),
        f"starts_with(text, '\"') AND NOT ({_IS_PLAIN})": (LITERAL, lexical, datatype, language),
    }
    return " UNION ALL ".join(
        f"SELECT id, {kind} AS kind, {inside} AS lexical, {type_} AS datatype, {tag} AS language FROM {source} WHERE {condition}"
        for condition, (kind, inside, type_, tag) in forms.items()
    )


def canonical(term: str) -> str:
    r"""Spell a term the one way it is kept.

    Raises:
        StoreError: It is no N-Quads term.

    >>> canonical(r'"t\u00e9\t"^^<http://www.w3.org/2001/XMLSchema#string>')
    '"té\t"'
    """
    if term[:1] == "<" and term[-1:] == ">" and not set(term) & set(' "\n\r'):
        return unescape(term)
    if term[:2] == "_:" and len(term) > 2 and not set(term) & set(' "\\\n\r'):
        return term
    body, mark, suffix = term[1:].rpartition('"')
    if term[:1] != '"' or not mark or not _SUFFIX.fullmatch(suffix):
        raise StoreError(f"{term!r} is no N-Quads term")
    if not _CANONICAL_BODY.fullmatch(body):
        if not _BODY.fullmatch(body):
            raise StoreError(f"{term!r} is no N-Quads term")
        term = literal(unescape(body)) + suffix
    return term.removesuffix(f"^^<{STRING}>")


def spell(term: str) -> str:
    """Spell a term the one way; whatever is none is in no table as it stands."""
    try:
        return canonical(term)
    except StoreError:
        return term

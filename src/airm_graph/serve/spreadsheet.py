"""Tables whose texts a spreadsheet shows and does not run."""

from airm_graph.namespaces import PREFIXES, literal
from airm_graph.query.answers import Table
from airm_graph.terms import read_literal
from airm_graph.text.cells import defuse_cell

__all__ = ["defuse_table"]

# Numbers and dates may begin with a sign and run nothing.
_HARMLESS = PREFIXES["xsd"]


def defuse_table(table: Table) -> Table:
    """Put an apostrophe before each text that a spreadsheet would take for a formula; numbers stay as they are.

    >>> defuse_table(Table(("a",), (('"=1+1"',), ('"-5"^^<http://www.w3.org/2001/XMLSchema#integer>',)))).values()
    [("'=1+1",), ('-5',)]
    """
    return Table(table.columns, tuple(tuple(None if term is None else _defuse(term) for term in row) for row in table.rows))


def _defuse(term: str) -> str:
    if not term.startswith('"'):
        return term
    text, datatype, language = read_literal(term)
    if datatype.startswith(_HARMLESS) and not datatype.endswith("#string"):
        return term
    harmless = defuse_cell(text)
    return term if harmless == text else literal(harmless, language=language or None)

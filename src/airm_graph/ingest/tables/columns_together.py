"""What several columns or rows of a table say together: classifications, levels of a code, the
document of a row, rows that are no measures.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from airm_graph.ingest.formats import Table
from airm_graph.ingest.tables.guess import Guess, Keys, guess_columns
from airm_graph.ingest.tables.headers import split_words
from airm_graph.ingest.tables.meaning import CLASSIFICATION
from airm_graph.ingest.tables.profile import Profile
from airm_graph.ingest.tables.values import split_code
from airm_graph.text import normalise, slugify

__all__ = ["find_described", "find_only", "group_classifications", "keep_rows", "leave_levels", "pair_values"]

#: What the type of a row says that is a measure, where others are something else.
_MEASURES = frozenset({"course of action", "mitigation", "countermeasure"})
_TYPES = frozenset({"type", "object type", "kind", "entity type", "node type", "record type"})
_BESIDE_CODES = frozenset(CLASSIFICATION) - {"code"}

#: What the columns of a row may say of its document, beside the title.
_SAID = ("authors", "first author", "issued", "url", "doi", "abstract")


def find_only(table: Table) -> tuple[str, tuple[str, ...]]:
    """Find the column that says which rows are measures, and what it says of these; nothing where
    all are, or no column says so.
    """
    for header in (name for name in table.header if " ".join(split_words(name)) in _TYPES):
        values = {table.get(row, header) for row in table.rows}
        measures = tuple(sorted(value for value in values if normalise(value) in _MEASURES))
        if measures and len(measures) < len(values):
            return header, measures
    return "", ()


def keep_rows(table: Table, header: str, values: Sequence[str]) -> Table:
    """Return the table with the rows that have one of the values."""
    return replace(table, rows=tuple(row for row in table.rows if table.get(row, header) in values)) if header else table


def group_classifications(guesses: Sequence[Guess]) -> dict[str, list[Guess]]:
    """Several code columns, each with the columns of reason, agent and so on whose headers share a
    word with it.
    """
    codes = [guess for guess in guesses if guess.what == "code" and guess.is_certain]
    groups: dict[str, list[Guess]] = {}
    marks: dict[str, set[str]] = {}
    common = Counter(word for guess in codes for word in set(split_words(guess.profile.header)))
    for number, guess in enumerate(codes, 1):
        own = [word for word in split_words(guess.profile.header) if common[word] == 1]
        name = slugify("-".join(own)) or f"code-{number}"
        groups[name], marks[name] = [guess], set(own)
    for guess in guesses:
        if guess.what in _BESIDE_CODES and guess.is_certain:
            words = set(split_words(guess.profile.header))
            near = [name for name, own in marks.items() if own & words]
            if len(near) == 1 and guess.what not in {one.what for one in groups[near[0]]}:
                groups[near[0]].append(guess)
    return groups


def find_described(title: Profile, guesses: Sequence[Guess]) -> dict[str, str]:
    """Find the columns that describe the document which *title* names: header and values say so,
    and rows of one document say the same.

    Returns:
        What a column says of the document → its header.
    """
    free = [guess.profile for guess in guesses if not guess.is_certain]
    found = guess_columns(free, kind="sources", keys=Keys()) if free else []
    certain = {guess.what: guess.profile for guess in found if guess.is_certain and _follows(title, guess.profile)}
    return {what: certain[what].header for what in _SAID if what in certain}


def _follows(title: Profile, other: Profile) -> bool:
    """Whether rows with one title have one value in another column."""
    pairs = set(pair_values(title, other))
    return bool(pairs) and len({one for one, _ in pairs}) == len(pairs)


def leave_levels(guesses: Sequence[Guess]) -> list[Guess]:
    """Leave out columns of codes that stand, in every row, above that of another column: they are
    levels of one classification.
    """
    codes = [guess for guess in guesses if guess.what == "code" and guess.is_certain]
    above = {
        id(one): other.profile.header for one in codes for other in codes if one is not other and _is_above(one.profile, other.profile)
    }
    return [
        replace(guess, what="", confidence=0.0, reason=f"stands above the code in {above[id(guess)]!r}") if id(guess) in above else guess
        for guess in guesses
    ]


def _is_above(one: Profile, other: Profile) -> bool:
    pairs = [(split_code(high)[0], split_code(low)[0]) for high, low in pair_values(one, other)]
    return any(high != low for high, low in pairs) and all(high and f"{low}.".startswith(f"{high}.") for high, low in pairs)


def pair_values(one: Profile, other: Profile) -> Iterator[tuple[str, str]]:
    """Pair the values of two columns by row; none where a cell is empty, for rows cannot be told
    then.
    """
    return zip(one.values, other.values, strict=True) if len(one.values) == len(other.values) else iter(())

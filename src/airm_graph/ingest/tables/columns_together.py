"""What several columns of a table say together: levels of a code, a document of the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from airm_graph.ingest.tables.guess import Guess, Keys, guess_columns
from airm_graph.ingest.tables.profile import Profile
from airm_graph.ingest.tables.values import split_code

__all__ = ["find_described", "leave_levels", "pair_values"]

#: What the columns of a row may say of its document, beside the title.
_SAID = ("authors", "first author", "issued", "url", "doi", "abstract")


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

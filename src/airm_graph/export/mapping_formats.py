"""Tables of mappings in the canonical form of SSSOM/TSV: the same bytes for the same set, whatever
order it was made in.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from airm_graph.errors import ExportError
from airm_graph.sssom import NEWER, PROPAGATED, SET_SLOTS, SLOTS, Curies, Match, MatchSet, Slot, Value

__all__ = ["condense", "profile_matches", "write_cells", "write_matches", "write_row"]

# These are of version 1.1 when they stand on the set.
_NEWER_ON_SETS = NEWER | {"curation_rule", "curation_rule_text", "similarity_measure"}
_NUMBERS = {"number", "agreement"}
_NEEDS_QUOTES = re.compile('[\t\n\r"]')
#: What begins with a letter and holds no sign of YAML is plain, unless it is one of its words.
_PLAIN = re.compile(r"[A-Za-z](?:[\w./~-]| (?! )|:(?=[\w/]))*(?<=[\w/])", re.ASCII)
#: What YAML takes for a number.
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_WORDS = {"false", "n", "no", "null", "off", "on", "true", "y", "yes"}


def write_matches(matches: MatchSet, *, condensed: bool = True) -> Iterator[str]:
    """Write a set of mappings, line by line.

    Args:
        matches: The set; its mappings are sorted here.
        condensed: Say once, on the set, what all mappings have in common.

    Raises:
        ExportError: An IRI lies in no namespace of the set, or the set has no identifier or
            licence.

    >>> written = write_matches(MatchSet({"mapping_set_id": "urn:a", "license": "urn:b"}))
    >>> print("".join(written).replace(chr(9), " ").rstrip())
    #mapping_set_id: urn:a
    #license: urn:b
    subject_id predicate_id object_id mapping_justification
    """
    for name in ("mapping_set_id", "license"):
        if not matches.get(name):
            raise ExportError(f"the set of mappings has no {name}; every set needs one")
    whole = condense(matches) if condensed else matches
    curies = Curies(whole.prefixes)
    yield from _write_metadata(whole, curies)
    needed = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    used = {name for match in whole.matches for name in match.values}.union(needed)
    columns = [name for name in SLOTS if name in used]
    yield "\t".join(columns) + "\n"
    yield from map(write_row, sorted(write_cells(whole.matches, columns=columns, curies=curies)))


def write_cells(matches: Iterable[Match], *, columns: Sequence[str], curies: Curies) -> Iterator[list[str]]:
    """Write what mappings say in some slots, a row for each; rows of a file are sorted by their
    cells.
    """
    slots = [SLOTS[name] for name in columns]
    return ([_write_value(slot, match.values.get(slot.name, ""), curies) for slot in slots] for match in matches)


def write_row(cells: Iterable[str]) -> str:
    """Write a row of a file."""
    return "\t".join(map(_quote, cells)) + "\n"


def profile_matches(matches: Iterable[Match], *, curies: Curies) -> Counter[str]:
    """Count all that head and columns of a file depend on; as long as the same things are there,
    rows can come and go.
    """
    found: Counter[str] = Counter()
    for match in matches:
        found.update(f"all {name} {match.values.get(name, '')}" for name in PROPAGATED)
        found.update(f"used {name}" for name in match.values)
        texts = [part for name, value in match.values.items() if SLOTS[name].kind == "reference" for part in _list_values(value) if part]
        found.update({f"prefix {curies.contract(text).partition(':')[0]}" for text in texts})
        found["lines"] += any(char in part for value in match.values.values() for part in _list_values(value) for char in "\t\n\r")
    return +found


def condense(matches: MatchSet) -> MatchSet:
    """Move to the set what all of its mappings say alike."""
    metadata = dict(matches.metadata)
    common: dict[str, Value] = {}
    for name in sorted(PROPAGATED):
        values = {match.values.get(name, "") for match in matches.matches}
        (value,) = values if len(values) == 1 else ("",)
        if value and metadata.get(name, value) == value:
            common[name] = value
    rest = (Match({name: value for name, value in match.values.items() if name not in common}, match.line) for match in matches.matches)
    return MatchSet({**metadata, **common}, matches.prefixes, tuple(rest))


def _write_metadata(matches: MatchSet, curies: Curies) -> Iterator[str]:
    metadata = dict(matches.metadata)
    used = {name for match in matches.matches for name in match.values}
    if used & NEWER or metadata.keys() & _NEWER_ON_SETS:
        metadata["sssom_version"] = "1.1"
    if "sssom_version" in metadata:
        yield f"#sssom_version: {_write_scalar(SET_SLOTS['sssom_version'], str(metadata['sssom_version']), curies)}\n"
    prefixes = curies.used(_list_references(matches))
    if prefixes:
        yield "#curie_map:\n"
        yield from (f"#  {name}: {_write_text(namespace)}\n" for name, namespace in prefixes.items())
    for name, slot in SET_SLOTS.items():
        value = metadata.get(name)
        if name == "sssom_version" or not value:
            continue
        if slot.several:
            yield f"#{name}:\n"
            yield from (f"#  - {_write_scalar(slot, part, curies)}\n" for part in _list_values(value))
        else:
            yield f"#{name}: {_write_scalar(slot, str(value), curies)}\n"


def _list_values(value: Value) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _list_references(matches: MatchSet) -> set[str]:
    """Every IRI that is written as a CURIE."""
    found: set[str] = set()
    held: Iterable[tuple[Mapping[str, Slot], Mapping[str, Value]]] = (
        (SET_SLOTS, matches.metadata),
        *((SLOTS, match.values) for match in matches.matches),
    )
    for slots, values in held:
        found.update(part for name, value in values.items() if slots[name].kind == "reference" for part in _list_values(value) if part)
    return found


def _write_value(slot: Slot, value: Value, curies: Curies) -> str:
    parts = [_shorten(slot, part, curies) for part in _list_values(value) if part]
    if not slot.several:
        return "".join(parts)
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def _shorten(slot: Slot, text: str, curies: Curies) -> str:
    if slot.kind == "reference":
        return curies.contract(text)
    if slot.kind in _NUMBERS:
        return _round(text)
    return text


@lru_cache(maxsize=1 << 10)
def _round(number: str) -> str:
    """Write a number with three digits behind the point at most."""
    from decimal import ROUND_HALF_UP, Decimal  # few tables of mappings have numbers

    return f"{Decimal(number).quantize(Decimal('0.001'), ROUND_HALF_UP).normalize():f}"


def _quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def _write_scalar(slot: Slot, text: str, curies: Curies) -> str:
    shortened = _shorten(slot, text, curies)
    return shortened if slot.kind in {*_NUMBERS, "date"} else _write_text(shortened)


def _write_text(text: str) -> str:
    """A text as YAML reads it back: plain where that is possible, in double quotes otherwise."""
    # Most can be told without a reader of YAML, which takes longer to load than all the rest.
    if ": " in text or " #" in text or not text.isprintable() or _DECIMAL.fullmatch(text):
        return json.dumps(text, ensure_ascii=False)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    import yaml

    try:
        is_plain = yaml.safe_load(f"a: {text}") == {"a": text} and yaml.safe_load(f"- {text}") == [text]
    except (yaml.YAMLError, ValueError):  # what looks like a day and is none cannot be made one
        is_plain = False
    return text if is_plain else json.dumps(text, ensure_ascii=False)

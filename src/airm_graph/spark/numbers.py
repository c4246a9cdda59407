"""The number of a term on Spark: XXH64 of its text, as Spark's ``xxhash64`` makes it, in SQL and in Python."""

from collections.abc import Mapping

__all__ = ["BITS", "hash_text", "number_of", "number_text", "quote"]

#: Numbers are positive 64-bit integers, and 0 is the default graph.
BITS = 62
_MASK = (1 << 64) - 1
_P1, _P2, _P3, _P4, _P5 = 11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579, 2870177450012600261
#: What Spark begins with.
_SEED = 42


def quote(text: str) -> str:
    r"""Write a text as Spark's SQL does.

    >>> print(quote("it's \\n"))
    'it\'s \\n'
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def number_of(text: str, *, bits: int = BITS, aliases: Mapping[str, int]) -> str:
    """SQL for the number of a term from SQL for its text; *aliases* are the terms that have another number than their hash."""
    number = f"shiftrightunsigned(xxhash64({text}), {64 - bits}) + 1"
    others = "".join(f" WHEN {text} = {quote(name)} THEN {alias}" for name, alias in sorted(aliases.items()))
    return f"CASE WHEN {text} = '' THEN 0{others} ELSE {number} END"


def number_text(text: str, *, bits: int = BITS) -> int:
    """The number of a term that is no alias."""
    return (hash_text(text) >> (64 - bits)) + 1


def hash_text(text: str, *, seed: int = _SEED) -> int:
    """XXH64 of a text as UTF-8.

    Source:
        The specification of xxHash, 0.1.1, XXH64.

    >>> hex(hash_text("", seed=0)), hex(hash_text("a", seed=0))
    ('0xef46db3751d8e999', '0xd24ec4f1a98c6e5b')
    """
    data = text.encode()
    whole = len(data) & ~31
    value = _take_stripes(data[:whole], seed) if whole else (seed + _P5) & _MASK
    return _avalanche(_take_rest(data[whole:], (value + len(data)) & _MASK))


def _take_stripes(data: bytes, seed: int) -> int:
    lanes = [(seed + _P1 + _P2) & _MASK, (seed + _P2) & _MASK, seed & _MASK, (seed - _P1) & _MASK]
    for start in range(0, len(data), 32):
        for n in range(4):
            lanes[n] = _round(lanes[n], int.from_bytes(data[start + 8 * n : start + 8 * n + 8], "little"))
    value = sum(_turn(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True)) & _MASK
    for lane in lanes:
        value = ((value ^ _round(0, lane)) * _P1 + _P4) & _MASK
    return value


def _take_rest(data: bytes, value: int) -> int:
    while len(data) >= 8:
        value = (_turn(value ^ _round(0, int.from_bytes(data[:8], "little")), 27) * _P1 + _P4) & _MASK
        data = data[8:]
    if len(data) >= 4:
        value = (_turn(value ^ (int.from_bytes(data[:4], "little") * _P1 & _MASK), 23) * _P2 + _P3) & _MASK
        data = data[4:]
    for byte in data:
        value = _turn(value ^ (byte * _P5 & _MASK), 11) * _P1 & _MASK
    return value


def _avalanche(value: int) -> int:
    value = (value ^ (value >> 33)) * _P2 & _MASK
    value = (value ^ (value >> 29)) * _P3 & _MASK
    return value ^ (value >> 32)


def _round(lane: int, piece: int) -> int:
    return _turn((lane + piece * _P2) & _MASK, 31) * _P1 & _MASK


def _turn(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & _MASK

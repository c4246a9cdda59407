"""Keys made of texts: for comparing, for recognising a definition without carrying it, and for
naming.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache

from airm_graph.model import Evidence

__all__ = ["fingerprint", "location_key", "name_key", "normalise", "slugify"]

_OTHER = re.compile(r"[^0-9a-z]+")
_WHOLE = 1 << 20  # longer than any name
#: Dashes, quotation marks and letters of European names.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        "Æ": "Ae",
        "æ": "ae",
        "Ø": "O",
        "ø": "o",
        "Œ": "Oe",
        "œ": "oe",
        "Đ": "D",
        "đ": "d",
        "Ł": "L",
        "ł": "l",
        "ß": "ss",
        "ı": "i",
    }
)
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ](?=\w)")


def normalise(text: str) -> str:
    """Make the key by which two texts are compared: NFKC, case folded, everything but a-z and
    digits one space.

    >>> normalise("  Fine‑tuning, “again” ")
    'fine tuning again'
    """
    return _OTHER.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def fingerprint(text: str) -> str:
    """Make the first 16 hex digits of the SHA-256 of the normalised text.

    >>> fingerprint("Risk  Assessment.") == fingerprint("risk assessment")
    True
    """
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:16]


@lru_cache(maxsize=1 << 15)
def name_key(text: str) -> str:
    """Make the key by which two names or titles are one: the normalised text; for other scripts
    than Latin, what it reads like.

    >>> name_key("Risk  “Assessment”"), name_key("Оценка рисков") != name_key("Снижение рисков")
    ('risk assessment', True)
    """
    if all(char < "\u0250" or "\u1e00" <= char <= "\u206f" or not char.isalpha() for char in text):
        return normalise(text)
    return slugify(text, limit=_WHOLE).replace("-", " ") or " ".join(text.casefold().split())


def slugify(text: str, *, limit: int = 80) -> str:
    """Write a text as lower-case ASCII words joined by hyphens.

    Args:
        text: In any script.
        limit: Longest result; it is cut between words, or inside the first word when that alone is
            longer.

    Returns:
        The slug; empty when no letter or digit is left.

    >>> slugify("Children’s safety & Gipiškis’ models")
    'childrens-safety-gipiskis-models'
    >>> slugify("one two three", limit=9)
    'one-two'
    """
    plain = text if text.isascii() and text.isprintable() else _read_ascii(text)
    slug = _OTHER.sub("-", _APOSTROPHES.sub("", plain).lower()).strip("-")
    if len(slug) <= limit:
        return slug
    return slug[: limit + 1].rpartition("-")[0] or slug[:limit]


def _read_ascii(text: str) -> str:
    """Write what a text reads like in ASCII."""
    visible = "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in {"Cf", "Cc"} or char.isspace()
    )
    if visible.isascii():
        return visible
    spelt = _APOSTROPHES.sub("", visible).translate(_SIGNS)
    plain = "".join(map(_leave_out_marks, spelt))
    if plain.isascii():
        return plain
    from anyascii import anyascii  # loads its tables on import

    return anyascii(spelt)


def _leave_out_marks(char: str) -> str:
    """Write a letter of ASCII that has marks without them."""
    if char.isascii():
        return char
    parts = unicodedata.normalize("NFD", char)
    return parts[0] if parts[0].isalpha() and all(map(unicodedata.combining, parts[1:])) else char


def location_key(evidence: Evidence) -> str:
    """Name a piece of evidence: the path of its IRI below the base.

    >>> location_key(Evidence("ab" * 32, 3, 5, "")), location_key(Evidence("ab" * 32, 3, 5, "", 2, "Code label"))
    ('capture/abababababababab/l3-l5', 'capture/abababababababab/r2-code-label')
    """  # noqa: W505
    capture = f"capture/{evidence.capture[:16]}"
    if evidence.row is None:
        return f"{capture}/l{evidence.first_line}-l{evidence.last_line}"
    if not evidence.column:
        return f"{capture}/r{evidence.row}"
    # A header of signs only has no slug; the reader sees to it that no two headers read alike.
    return f"{capture}/r{evidence.row}-{slugify(evidence.column) or hashlib.sha256(evidence.column.encode()).hexdigest()[:8]}"

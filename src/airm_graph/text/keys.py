"""Keys made of texts: for comparing, for recognising a definition without carrying it, and for naming."""

import hashlib
import re
import unicodedata

__all__ = ["fingerprint", "normalise", "slugify"]

_OTHER = re.compile(r"[^0-9a-z]+")
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ](?=\w)")


def normalise(text: str) -> str:
    """Make the key by which two texts are compared: NFKC, case folded, everything but a-z and digits one space.

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


def slugify(text: str, *, limit: int = 80) -> str:
    """Write a text as lower-case ASCII words joined by hyphens.

    Args:
        text: In any script.
        limit: Longest result; it is cut between words, or inside the first word when that alone is longer.

    Returns:
        The slug; empty when no letter or digit is left.

    >>> slugify("Children’s safety & Gipiškis’ models")
    'childrens-safety-gipiskis-models'
    >>> slugify("one two three", limit=9)
    'one-two'
    """
    from anyascii import anyascii  # loads its tables on import

    visible = "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in {"Cf", "Cc"} or char.isspace()
    )
    slug = _OTHER.sub("-", anyascii(_APOSTROPHES.sub("", visible)).lower()).strip("-")
    if len(slug) <= limit:
        return slug
    return slug[: limit + 1].rpartition("-")[0] or slug[:limit]

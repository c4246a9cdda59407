"""Keys of records: the path of an IRI below the base, as a pure function of the whole input.

No counter and no random part: a name that is taken grows by its title's next words, by its parent,
and as the last resort by a digest.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from airm_graph.merge.people import BODIES, parse_name
from airm_graph.text import normalise, slugify

__all__ = ["digest", "find_surname", "make_source_slug", "mint_agent", "mint_keys", "mint_sources", "telling_words"]

_STOP = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "does", "for", "from", "has", "have", "how", "if", "in",
        "into", "is", "it", "its", "of", "on", "or", "our", "should", "that", "the", "their", "these", "this", "to", "toward",
        "towards", "via", "we", "what", "when", "where", "which", "who", "why", "will", "with",
    )
)  # fmt: skip
_MANY = 12


def digest(*parts: str) -> str:
    """First 8 hex digits of the SHA-256 of *parts*."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def telling_words(title: str) -> list[str]:
    """Return the words of a title as slugs, without articles and the like.

    >>> telling_words("Risk Sources and Risk Management Measures")[:2]
    ['risk', 'sources']
    """
    words = slugify(title, limit=1000).split("-")
    return [word for word in words if word and word not in _STOP] or [digest(normalise(title))]


def mint_sources(sources: Mapping[str, tuple[str, str, str]]) -> dict[str, str]:
    """Give each source its slug.

    Args:
        sources: Identity → (first author as printed, year or "", title).

    Returns:
        Identity → slug such as ``gipiskis-2024-risk-sources``.
    """
    found = _mint(sorted(sources), lambda identity, words: make_source_slug(*sources[identity], words))
    return {identity: found.get(identity) or f"{make_source_slug(*sources[identity], 2)}-{digest(identity)}" for identity in sources}


def mint_keys(keys: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Give each source that rows call by a key alone its slug: the key, with a digest where that is
    another's.

    >>> mint_keys({"~NIST.AI.600-1": "NIST.AI.600-1"}, ())
    {'~NIST.AI.600-1': 'nist-ai-600-1'}
    """
    plain = {identity: slugify(key) or f"key-{digest(key)}" for identity, key in keys.items()}
    counts = Counter([*plain.values(), *taken])
    return {identity: slug if counts[slug] == 1 else f"{slug}-{digest(identity)}" for identity, slug in plain.items()}


def make_source_slug(author: str, year: str, title: str, words: int) -> str:
    """Name a source by so many words of its title; one without an author is named by year and title
    alone.
    """
    surname = slugify(author.split(",")[0], limit=30) or digest(author)
    return "-".join([*([surname] if author else []), year or "undated", *telling_words(title)[:words]])


def _mint(identities: Sequence[str], name: Callable[[str, int], str]) -> dict[str, str]:
    """Lengthen names until each is the only one of its kind; those that stay equal are left out."""
    words = dict.fromkeys(identities, 2)
    for _ in range(_MANY):
        names = {identity: name(identity, count) for identity, count in words.items()}
        counts = Counter(names.values())
        clash = [identity for identity in identities if counts[names[identity]] > 1]
        if not clash:
            return names
        words |= {identity: words[identity] + 1 for identity in clash}
    return {identity: found for identity, found in names.items() if counts[found] == 1}


def find_surname(name: str) -> str:
    """Return what names a source: the surname of a name that begins with the given name, or the
    whole name of a body.

    >>> find_surname("Rokas Gipiškis"), find_surname("Lee, Ann"), find_surname("Example Institute")
    ('Gipiškis', 'Lee', 'Example Institute')
    """
    if "," in name:
        return name.split(",")[0]
    words = name.split()
    return name if len(words) < 2 or BODIES & set(name.lower().split()) else words[-1]


def mint_agent(name: str, source: str) -> str:
    """Give an agent its key.

    A name of one word may be anybody's surname, and a surname with initials may be anybody's too:
    they stay inside their source.

    >>> mint_agent("Gipiškis, Rokas", "gipiskis-2024-risk-sources")
    'agent/gipiskis-rokas'
    >>> mint_agent("Smith", "smith-2024-risk-sources")
    'agent/smith-2024-risk-sources/smith'
    >>> mint_agent("Smith, J.", "smith-2024-risk-sources")
    'agent/smith-2024-risk-sources/smith-j'
    """
    slug = slugify(name) or f"name-{digest(name)}"
    parsed = parse_name(name)
    is_bare = len(name.replace(",", " ").split()) < 2 or (parsed.is_person and bool(parsed.words) and not parsed.letters)
    return f"agent/{source}/{slug}" if is_bare else f"agent/{slug}"

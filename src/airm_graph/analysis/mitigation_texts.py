"""What mitigations say, read from a graph, and their words: what texts are compared by."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from airm_graph.analysis.counted_facets import make_prologue
from airm_graph.extras import require
from airm_graph.graph.store import Store
from airm_graph.namespaces import BASE
from airm_graph.terms import read_literal

__all__ = ["MitigationText", "find_words", "normalise_words", "read_mitigation_texts", "require_analysis", "split_sentences"]

_PATTERN = """?mitigation a airm:Mitigation . OPTIONAL { ?mitigation rdfs:label ?name } OPTIONAL { ?mitigation dcterms:description ?text }
  OPTIONAL { ?mitigation airm:source ?source } OPTIONAL { ?mitigation prov:wasDerivedFrom ?original }"""
#: A word parted by the end of a line, which captured pages join with a blank.
_PARTED = re.compile(r"(?<=[a-z]{2})- (?=[a-z]{2})")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SENTENCE = re.compile(r"(?<=[.?!;:])\s+(?=\S)|\n+")
#: Words that lists of empty words have, and by which two measures can differ.
_TELLING = frozenset(
    ("after", "against", "before", "between", "down", "during", "no", "not", "off", "out", "over", "under", "until", "up", "without")
)
_SAME = str.maketrans({**dict.fromkeys("‘’‛ʼ`´", "'"), **dict.fromkeys("‐‑‒–—―−/", " "), "\u00ad": ""})


@dataclass(frozen=True)
class MitigationText:
    """What a mitigation says.

    Attributes:
        iri: Without brackets.
        name, description: Empty where there is none; of several names the first, all descriptions.
        source: IRI of its source; empty where there is none.
        originals: IRIs of what it was taken from, as far as that is stated or proven.
    """

    iri: str
    name: str = ""
    description: str = ""
    source: str = ""
    originals: tuple[str, ...] = ()

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the description, as they are compared."""
        return tuple(" ".join(words) for part in split_sentences(self.description) if (words := normalise_words(part)))


def read_mitigation_texts(store: Store, *, base: str = BASE) -> tuple[MitigationText, ...]:
    """Read names, descriptions and sources of all mitigations, sorted by IRI."""
    query = f"{make_prologue(_PATTERN, base)}\nSELECT ?mitigation ?name ?text ?source ?original WHERE {{ {_PATTERN} }}"
    found: dict[str, tuple[set[str], ...]] = {}
    for mitigation, *values in store.select(query)[1]:
        for kept, value in zip(found.setdefault(str(mitigation)[1:-1], (set(), set(), set(), set())), values, strict=True):
            if value:
                kept.add(value[1:-1] if value.startswith("<") else read_literal(value).text)
    rows = sorted(found.items())
    return tuple(
        MitigationText(iri, min(names, default=""), "\n".join(sorted(texts)), min(sources, default=""), tuple(sorted(originals)))
        for iri, (names, texts, sources, originals) in rows
    )


def split_sentences(text: str) -> list[str]:
    """Split a text at ends of sentences, semicolons, colons and lines.

    >>> split_sentences("Keep logs. Who reads them?")
    ['Keep logs.', 'Who reads them?']
    """
    return [part for part in _SENTENCE.split(text) if part.strip()]


def normalise_words(text: str) -> list[str]:
    """Part a text into words without what printing changes: case, quotes, dashes, parted words.

    >>> normalise_words("Pre‑deployment “tests”, adver- sarial")
    ['pre', 'deployment', 'tests', 'adversarial']
    """
    folded = unicodedata.normalize("NFKC", text.translate(_SAME)).casefold()
    return _WORD.findall(_PARTED.sub("", folded).replace("-", " "))


def find_words(text: str) -> list[str]:
    """List the stems of the words of a text that carry meaning, in their order.

    >>> find_words("The models were being evaluated")
    ['model', 'evalu']
    """
    return [stem for word in normalise_words(text) if (stem := _stem(word))]


@cache
def _load_stemmer() -> tuple[Callable[[str], str], Iterable[str]]:
    import snowballstemmer
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return snowballstemmer.stemmer("english").stemWord, ENGLISH_STOP_WORDS - _TELLING


@cache
def _stem(word: str) -> str:
    stem, stop = _load_stemmer()
    return "" if word in stop or (len(word) < 2 and not word.isdigit()) else stem(word)


def require_analysis() -> None:
    """Say what to install where the libraries of the extra ``analysis`` are missing.

    Raises:
        EngineError: One of them is not there.
    """
    require("this question", "scipy", "sklearn", "snowballstemmer", extra="analysis")

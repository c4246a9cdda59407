"""Building again in part: whatever is edited, every file has the bytes of a build from nothing; what cannot be trusted is not used."""

import random

from pages import Document, Node, as_bytes, print_page, walk

TITLES = ("On risk", "On risk: a survey", "On risk and its measures", "Measures for models", "Other measures for models")
AUTHORS = (("Lee, Ann",), ("Ann Lee",), ("Lee, A.", "Berg, Jo"), ("Jo Berg", "Lee, Ann"), ("Office of Tests",), ("Lee",))
ABSTRACTS = ((), ("Short.",), ("This abstract is long enough to say which document it is of, for it goes on and on and on.",))
NAMES = ("Audit models", "Log access", "Test inputs", "Watch outputs", "Train people")
TEXTS = ((), ("Do it whenever the system is changed, and keep a record of it for the next one.",), ("Do it [12] well:",), ("ﬁrst of all",))
CODES = ("1.1.1", "2.1.2", "3.2.1", "2.2.1")


def make_document(rng: random.Random) -> Document:
    """A document that has something in common with others."""
    nodes = tuple(
        Node(
            name,
            rng.choice(CODES),
            rng.choice(TEXTS),
            rng.choice(("Because.", None)),
            (Node("Deeper", "1.1.2", rng.choice(TEXTS)),) * (rng.random() < 0.3),
        )
        for name in rng.sample(NAMES, rng.randint(1, 3))
    )
    return Document(rng.choice(TITLES), rng.choice(AUTHORS), nodes, rng.choice(("2020", "2021", "")), rng.choice(ABSTRACTS))


def make_pages(rng: random.Random) -> list[bytes]:
    """The pages of a document."""
    document = make_document(rng)
    return [as_bytes(print_page(document, path)) + b"\n" for path in walk(document.nodes)]

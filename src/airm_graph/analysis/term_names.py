"""What the results of analyses share: terms as users write them, and RDF with the notice in it."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from airm_graph.errors import ParameterError, StoreError
from airm_graph.graph.store import format_rows
from airm_graph.namespaces import BASE, PREFIXES, literal, rebase_text, term
from airm_graph.notice import NOTICE
from airm_graph.terms import Quad, read_literal

__all__ = ["escape_markdown", "mark_preliminary", "name_codes", "read_term", "show_term", "write_turtle"]

_TERM = re.compile(r'<[^<>"{}|^`\\\x00-\x20]+>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^<>\s]+>)?', re.DOTALL)
_PREFIXED = re.compile(r"([a-z]+):([A-Za-z_][\w.-]*)")
_PATH = re.compile(r"[0-9A-Za-z._~/#-]*[0-9A-Za-z_~/#-]")
#: What has a meaning in Markdown wherever it stands in a line.
_MARKS = re.compile(r"([\\`*_\[\]{}<>&#|~])")
_OF_CODES = (term("skos:notation"), term("skos:prefLabel"))
#: Prefixes of vocabularies that results use and the data does not.
_MORE = {"qb": "http://purl.org/linked-data/cube#"}


def read_term(text: str, *, base: str = BASE, parameter: str) -> str:
    """Read a term as users write it, as an N-Quads term.

    Args:
        text: ``<IRI>``, an IRI, ``"literal"``, ``a``, a prefixed name, or a path below the base.
        base: What the IRIs of the data begin with.
        parameter: What it is, for messages.

    Raises:
        ParameterError: It is nothing of these.

    >>> read_term("airm:code", parameter="predicate"), read_term("taxonomy/v2/2.3", parameter="object")
    ('<https://w3id.org/airm-graph/ontology#code>', '<https://w3id.org/airm-graph/taxonomy/v2/2.3>')
    """  # noqa: W505
    if _TERM.fullmatch(text):
        return text
    if text == "a":
        return term("rdf:type")
    if (found := _PREFIXED.fullmatch(text)) and found[1] in PREFIXES:
        return rebase_text(term(text), base)
    if re.match(r"(?:https?://|urn:)", text) and _TERM.fullmatch(f"<{text}>"):
        return f"<{text}>"
    if _PATH.fullmatch(text):
        return f"<{base}{text}>"
    takes = 'an IRI, a prefixed name such as airm:code, a path such as taxonomy/v2/2.3, or a literal as "text"'
    raise ParameterError(f"the {parameter} {text[:80]!r} is no term; write {takes}", parameter=parameter)


def show_term(name: str, *, base: str = BASE) -> str:
    """Write a term for people: with a prefix of the project, or as a path below the base.

    >>> show_term(term("skos:broader")), show_term("<https://w3id.org/airm-graph/taxonomy/v2/2.3>")
    ('skos:broader', 'taxonomy/v2/2.3')
    """
    if not name.startswith("<"):
        return name
    address = name[1:-1]
    for prefix, namespace in PREFIXES.items():
        if (space := rebase_text(namespace, base)) != address and address.startswith(space) and "/" not in address[len(space) :]:
            return f"{prefix}:{address[len(space) :]}"
    return address.removeprefix(base) if address != base else name


def name_codes(statements: Iterable[Sequence[str]], *, base: str = BASE) -> dict[str, str]:
    """Write edition, notation and label of each code: code, as an N-Quads term, → its name.

    Args:
        statements: Subject, predicate and object of each, as N-Quads terms.
        base: What the IRIs of the data begin with.

    >>> code = "<https://w3id.org/airm-graph/taxonomy/v2/2.3>"
    >>> name_codes([(code, term("skos:notation"), '"2.3"')])[code]
    'v2 2.3'
    """
    folder = f"<{base}taxonomy/"
    texts: dict[str, dict[str, str]] = {}
    for subject, predicate, value in (statement[:3] for statement in statements):
        if subject.startswith(folder) and predicate in _OF_CODES and value.startswith('"'):
            texts.setdefault(subject, {})[predicate] = read_literal(value).text
    notation, label = _OF_CODES
    editions = {code: code.removeprefix(folder).partition("/")[0] for code in texts}
    return {code: f"{editions[code]} {said[notation]} {said.get(label, '')}".strip() for code, said in texts.items() if notation in said}


@lru_cache(maxsize=1 << 12)
def escape_markdown(text: str) -> str:
    r"""Write a text in one line of Markdown so that it is shown as it stands, and nothing in it is
    followed.

    >>> escape_markdown("see [this](https://example.org)\n*now*")
    'see \\[this\\](https&#58;//example.org) \\*now\\*'
    """
    shown = text if text.isprintable() else "".join([char if char.isprintable() else " " for char in text])
    return _MARKS.sub(r"\\\1", " ".join(shown.split())).replace("://", "&#58;//")


def mark_preliminary(subject: str, *, base: str = BASE) -> list[Quad]:
    """State of a resource what the dataset states of itself: its status and the notice."""
    notice = f"<{base}notice/preliminary>"
    return [
        (subject, term("adms:status"), "<http://purl.org/adms/status/UnderDevelopment>", ""),
        (subject, term("dcterms:rights"), notice, ""),
        (notice, term("rdf:type"), term("dcterms:RightsStatement"), ""),
        (notice, term("rdfs:label"), literal(NOTICE, language="en"), ""),
    ]


def write_turtle(rows: Iterable[Quad], *, base: str = BASE) -> str:
    """Write statements as Turtle, sorted, with the notice in the first line.

    Raises:
        StoreError: A term is no N-Quads term.
    """
    prefixes = {name: rebase_text(space, base) for name, space in PREFIXES.items()} | _MORE
    ordered = sorted({(*row[:3], "") for row in rows})
    # What has a type first, as people read it.
    ordered.sort(key=lambda row: (row[0], row[1] != term("rdf:type"), row[1], row[2]))
    try:
        data = format_rows(ordered, media_type="text/turtle", prefixes=prefixes)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"the result cannot be written as Turtle: {error}") from error
    # Oxigraph writes all prefixes, in no order.
    lines = data.decode().splitlines(keepends=True)
    named = [line for line in lines if line.startswith("@prefix")]
    body = "".join(lines[len(named) :])
    spoken = set(re.findall(r"(?:^|[\s^])([a-z]+:)", body))
    used = sorted(line for line in named if line.split()[1] in spoken)
    return "".join((f"# {NOTICE}\n", *used, body))

"""The shapes files, read and checked before any engine sees them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from airm_graph.errors import ResourceError, ShapesError, StoreError
from airm_graph.frozen import frozen
from airm_graph.graph.rdf_format import find_format
from airm_graph.namespaces import BASE, PREFIXES, rebase_text, term
from airm_graph.regular_files import open_regular
from airm_graph.resources import find_resource, read_resource
from airm_graph.terms import Quad, read_literal
from airm_graph.text import slugify
from airm_graph.validate.vocabulary import find_strange_term, has_rules

__all__ = ["DEFAULT_SHAPES", "LoadedShapes", "list_habits", "load_shapes", "read_every_shapes", "read_shapes"]

#: What data is judged by: what every consumer relies on, and what an editor would look at.
DEFAULT_SHAPES = ("core", "skos", "taxonomy", "provenance", "editorial")
#: Those that say what a specification says; the others are habits of the project and judge its own
#: nodes.
_STANDARDS = frozenset(("skos",))

_QUERIES = frozenset(f"<{PREFIXES['sh']}{name}>" for name in ("ask", "construct", "select", "update"))
# SERVICE goes out to the network and FROM reads files, in rdflib's evaluator; \uXXXX is decoded
# before it looks.
_OUTSIDE = re.compile(r"(?<![\w?$:])(?:SERVICE|FROM)(?![\w:])", re.IGNORECASE)
_CODE_POINT = re.compile(r"\\+(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_IMPORTS, _TYPE, _ONTOLOGY = (term(name) for name in ("owl:imports", "rdf:type", "owl:Ontology"))
_OWN = f"{BASE}shapes/"


@frozen
class LoadedShapes:
    """Shapes of several files.

    Attributes:
        rows: All of them, with blank nodes that no two files share.
        passed_over: What is imported and was not read, or stands there and is not run, and why.
    """

    rows: tuple[Quad, ...]
    passed_over: tuple[tuple[str, str], ...] = ()


def read_shapes(name: str, *, base: str = BASE) -> tuple[Quad, ...]:
    """Read one shapes file into rows.

    Args:
        name: A file of ``shapes/`` without its suffix, or the path of an RDF file.
        base: What the IRIs of the project begin with, in shapes and data.

    Raises:
        ShapesError: No such file, no RDF, a query in it reaches out of the data, or a term of SHACL
            is misspelt or unknown; the message names the file.

    >>> len(read_shapes("core")) > 100
    True
    """
    data, suffix = _read_data(name)
    return _parse(rebase_text(data, base), name, suffix)


@lru_cache(maxsize=64)
def _parse(text: str, name: str, suffix: str) -> tuple[Quad, ...]:
    from airm_graph.graph.store import number_rows, parse_rows  # loads Oxigraph, which shapes that are compiled do not need

    data, base_iri = text.encode(), Path(name).absolute().as_uri() if _is_path(name) else None
    try:
        rows = parse_rows(data, name=name, suffix=suffix, base_iri=base_iri)
    except StoreError as error:
        raise ShapesError(f"shapes cannot be read: {error}") from error
    if any(find_strange_term(row) for row in rows):
        numbered = number_rows(data, name=name, suffix=suffix, base_iri=base_iri)
        line, what = next((line, what) for row, line in numbered if (what := find_strange_term(row)))
        raise ShapesError(f"{name}:{line}: {what}")
    for _, predicate, value, _ in rows:
        if predicate in _QUERIES and value.startswith('"') and _reaches_out(read_literal(value).text):
            raise ShapesError(f"{name}: a query in it uses SERVICE or FROM, which is refused; let it ask the data only")
    return tuple(rows)


def load_shapes(names: Iterable[str], *, base: str = BASE) -> LoadedShapes:
    """Read shapes files, folders of them, and what they import as far as it lies here.

    A shape without a name gets one by its file and its position there, the same whenever it is
    read. An import is followed where another of the files states that ontology, where it is a file,
    and where it is one of the project's; nothing is fetched.

    Raises:
        ShapesError: As for `read_shapes`.
    """
    left = [path for name in names for path in _expand(name)]
    found, stems, read = list[Quad](), Counter[str](), dict[str, tuple[Quad, ...]]()
    for name in left:  # grows while it is walked
        if name in read:
            continue
        read[name] = read_shapes(name, base=base)
        left += [path for target in _list_imports(read[name]) if (path := _find_import(target, base=base)) and path not in left]
    for name, rows in read.items():
        stem = slugify(Path(name).stem) or "shapes"
        stems[stem] += 1
        found += _number_nodes(rows, label=stem if stems[stem] == 1 else f"{stem}.{stems[stem]}")
    stated = {s for s, p, o, _ in found if (p, o) == (_TYPE, _ONTOLOGY)}
    left_out = [
        (target, f"imported by {name}, not followed: nothing is fetched; name its file with --shapes, too")
        for name, rows in read.items()
        for target in _list_imports(rows)
        if f"<{target}>" not in stated and _find_import(target, base=base) is None
    ]
    left_out += [(name, "rules and conditions of rules in it are not run") for name, rows in read.items() if any(map(has_rules, rows))]
    return LoadedShapes(tuple(found), tuple(sorted(left_out)))


def read_every_shapes(names: Iterable[str], *, base: str = BASE) -> list[Quad]:
    """Read shapes files into rows, as `load_shapes`."""
    return list(load_shapes(names, base=base).rows)


def list_habits(*, base: str = BASE) -> frozenset[str]:
    """List the shapes of the project that state habits of its own, as terms: all but what
    specifications say.
    """
    habits, said = (
        {row[0] for name in _list_known() if (name in _STANDARDS) is standard for row in read_shapes(name, base=base)}
        for standard in (False, True)
    )
    return frozenset(habits - said)


def _list_imports(rows: Iterable[Quad]) -> list[str]:
    return sorted({value.strip("<>") for _, predicate, value, _ in rows if predicate == _IMPORTS})


def _find_import(target: str, *, base: str) -> str | None:
    """Find what an import stands for: a file that is here, or shapes of the project; None for
    others.
    """
    own = rebase_text(_OWN, base)
    if target.startswith(own) and target.removeprefix(own) in _list_known():
        return target.removeprefix(own)
    parts = urlsplit(target)
    path = Path(unquote(parts.path))
    return str(path) if parts.scheme == "file" and not parts.netloc and path.is_file() else None


def _expand(name: str) -> Sequence[str]:
    """List the files of a folder of shapes; a file is itself."""
    folder = Path(name)
    if name in _list_known() or not folder.is_dir():
        return [name]
    found = sorted(str(path) for path in folder.rglob("*") if path.is_file() and find_format(path) and not path.name.startswith("."))
    if not found:
        raise ShapesError(f"{name}: the folder holds no RDF files; name a file of shapes")
    return found


def _number_nodes(rows: Iterable[Quad], *, label: str) -> Iterator[Quad]:
    """Name blank nodes by the order in which they are met."""
    numbers: dict[str, str] = {}

    def name(text: str) -> str:
        return numbers.setdefault(text, f"_:{label}-{len(numbers) + 1}") if text.startswith("_:") else text

    for s, p, o, g in rows:
        yield name(s), p, name(o), g


def _reaches_out(query: str) -> bool:
    return _OUTSIDE.search(_CODE_POINT.sub(_decode, query)) is not None


def _decode(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else ""


def _is_path(name: str) -> bool:
    return name not in _list_known()


def _read_data(name: str) -> tuple[str, str]:
    """Read a file; returns its text and the suffix that names its format."""
    try:
        if not _is_path(name):
            return read_resource(f"shapes/{name}.ttl"), ".ttl"
        if (suffix := find_format(Path(name))) and Path(name).exists():
            with open_regular(Path(name)) as file:
                return file.read().decode("utf-8-sig"), suffix
        raise FileNotFoundError(name)
    except (OSError, UnicodeDecodeError, ResourceError) as error:
        known = ", ".join(_list_known())
        raise ShapesError(f"{name}: no such shapes file; use {known}, or the path of an RDF file") from error


def _list_known() -> list[str]:
    return sorted(path.stem for path in find_resource("shapes").glob("*.ttl"))

"""A mapping for tables that nobody has described yet: what is certain as it is, what is not as a
comment, each with the reason.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from airm_graph.ingest.formats import Table
from airm_graph.ingest.tables.columns_together import (
    find_described,
    find_only,
    group_classifications,
    keep_rows,
    leave_levels,
    pair_values,
)
from airm_graph.ingest.tables.guess import CERTAIN, Guess, Keys, guess_columns, name_rows, score_kind, tells_document
from airm_graph.ingest.tables.headers import names_scheme
from airm_graph.ingest.tables.meaning import CLASSIFICATION, COLUMNS, ROLES, SOURCE_KEYS
from airm_graph.ingest.tables.profile import EDITIONS, Profile, profile_columns, share
from airm_graph.ingest.tables.values import find_kind, split_code
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import name_key, normalise, slugify

__all__ = ["Proposal", "TableGuess", "propose_mapping"]

_SCHEMA = "https://w3id.org/airm-graph/schemas/mapping.schema.json"
_PLAIN = re.compile(r"[^\W\d_][\w ()/.-]*[\w)]|[^\W\d_]")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
#: A label of a scheme has no more characters, in the mean.
_LONGEST_LABEL = 80
#: So few rows may each have a category of their own.
_FEW_ROWS = 5
_MACHINES = frozenset({"ai", "gpt", "llm"})
_MAIL = re.compile(r"\S+@\S+\.\w+")


@dataclass(frozen=True, slots=True)
class TableGuess:
    """What a table is, and what its columns are.

    Attributes:
        document: The line that names one document for all rows; empty where there is none.
        source: What describes the document of a row, where that is more than a header.
        title: Of the one document; empty where there is none.
        only: Header and values of the rows that are measures; empty where all are.
    """

    file: str
    kind: str
    guesses: tuple[Guess, ...]
    document: str = ""
    source: str = ""
    title: str = ""
    only: tuple[str, tuple[str, ...]] = ("", ())

    def certain(self, what: str) -> list[Guess]:
        """Return the columns that are *what*, in the order of the table."""
        return [guess for guess in self.guesses if guess.what == what and guess.is_certain]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as YAML, and how it came about.

    Attributes:
        yaml: The file to edit.
        tables: What each table and column was taken for.
        missing: What the mapping needs and no column is for certain; empty when it can be used as
            it is.
    """

    yaml: str
    tables: tuple[TableGuess, ...]
    missing: tuple[str, ...]


def propose_mapping(tables: Sequence[Table], *, notice: str = "", document: str = "", records: str = "") -> Proposal:
    """Propose a mapping for tables that belong together.

    Args:
        tables: Those of one folder; tables that could not be read are left out.
        notice: What is asked of readers of data without a licence.
        document: Title of the one document that all rows are from; empty where the rows name
            theirs.
        records: Name of the lists of records that the tables were read from.
    """
    only = {table.file: find_only(table) for table in tables if table.header}
    profiles = {table.file: profile_columns(keep_rows(table, *only[table.file])) for table in tables if table.header}
    kinds = {file: max(COLUMNS, key=lambda kind: score_kind(found, kind)) for file, found in profiles.items()}
    sources = {file: guess_columns(profiles[file], kind="sources", keys=Keys()) for file, kind in kinds.items() if kind == "sources"}
    keys = Keys(_find_keys(guess for guesses in sources.values() for guess in guesses))
    guesses = {file: tuple(sources.get(file) or _guess(profiles[file], kinds[file], keys)) for file in profiles}
    guessed = [TableGuess(file, kinds[file], guesses[file], only=only[file]) for file in profiles]
    best = _choose(guessed)
    if "mitigations" in best and (document or not sources):
        best["mitigations"] = _name_document(best["mitigations"], document)
    edition = _find_edition(best)
    missing = tuple(_find_missing(best, edition))
    head = [*([f"records: {_scalar(records)}  # the lists that hold the rows"] if records else [])]
    return Proposal("".join(f"{line}\n" for line in _write(best, edition, keys, notice, missing, head)), tuple(guessed), missing)


def _name_document(table: TableGuess, document: str) -> TableGuess:
    """Say where the rows are from, where no table of documents lies beside: one document, or the
    one that each row describes.
    """
    found = table.certain("source")
    if document:
        guesses = tuple(replace(guess, what="", confidence=0.0) if guess in found else guess for guess in table.guesses)
        return replace(table, guesses=guesses, title=document, document=f"    document: {{title: {_scalar(document)}}}")
    if not found:
        return table
    header, profile = _scalar(found[0].profile.header), found[0].profile
    if profile.addresses() >= CERTAIN:
        return replace(table, source=f"{{title: {header}, url: {header}}}")
    # One word is a key of a document that is described elsewhere, and no title.
    if profile.share(("words",), lambda value: " " in value) < CERTAIN:
        return replace(table, source=header) if tells_document(profile) else table
    if not tells_document(profile):
        return table
    described = find_described(profile, table.guesses)
    given = ", ".join(f"{what}: {_scalar(column)}" for what, column in {"title": profile.header, **described}.items())
    guesses = tuple(guess for guess in table.guesses if guess.profile.header not in described.values())
    return replace(table, source=f"{{{given}}}", guesses=guesses)


def _guess(profiles: Sequence[Profile], kind: str, keys: Keys) -> list[Guess]:
    """Guess twice: once it is known which columns name the rows, others may refer to them. What
    belongs to a code is nothing without a column of codes.
    """
    first = guess_columns(profiles, kind=kind, keys=keys)
    named = {
        guess.profile.header: frozenset(map(name_key, guess.profile.values))
        for guess in first
        if guess.is_certain and guess.what in {"name", "identifier"}
    }
    if kind != "mitigations":
        return first
    found = name_rows(guess_columns(profiles, kind=kind, keys=replace(keys, rows=named)))
    if any(guess.what == "code" and guess.is_certain for guess in found):
        return leave_levels(found)
    doubted = (replace(one, confidence=min(one.confidence, 0.45), reason=f"{one.reason}; no column holds codes") for one in found)
    return [less if one.what in CLASSIFICATION else one for one, less in zip(found, doubted, strict=True)]


def _find_keys(guesses: Iterable[Guess]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for guess in guesses:
        if guess.is_certain and guess.what in SOURCE_KEYS:
            found[guess.what] |= set(map(name_key, guess.profile.values))
    return {kind: frozenset(values) for kind, values in found.items()}


def _choose(guessed: Sequence[TableGuess]) -> dict[str, TableGuess]:
    """One table of each kind: of several, the one of which most is certain."""
    found: dict[str, TableGuess] = {}
    for kind in COLUMNS:
        of_kind = [table for table in guessed if table.kind == kind]
        if of_kind:
            found[kind] = max(of_kind, key=lambda table: sum(guess.confidence for guess in table.guesses if guess.is_certain))
    return found


@dataclass(frozen=True, slots=True)
class _Edition:
    name: str
    reason: str
    is_certain: bool


def _find_edition(tables: Mapping[str, TableGuess]) -> _Edition:
    """The edition whose codes and labels the tables hold."""
    scores = dict.fromkeys(EDITIONS, 0.0)
    for kind in ("mitigations", "taxonomy"):
        for guess in tables[kind].guesses if kind in tables else ():
            for edition in EDITIONS if guess.is_certain else ():
                if guess.what == "code":
                    scores[edition] += guess.profile.codes(edition, guess.separator)
                elif guess.what == "label":
                    scores[edition] += guess.profile.labels(edition)
    best, other = sorted(EDITIONS, key=lambda edition: -scores[edition])
    has_codes = any(tables[kind].certain("code") for kind in ("mitigations", "taxonomy") if kind in tables)
    if not has_codes:
        return _Edition("", "no column holds codes", is_certain=True)
    if scores[best] - scores[other] < 0.05:
        return _Edition(best, "codes and labels fit both editions" if scores[best] else "no codes were found", is_certain=False)
    return _Edition(best, f"more codes and labels are of {best} than of {other}", is_certain=True)


def _find_missing(tables: Mapping[str, TableGuess], edition: _Edition) -> Iterator[str]:
    if not edition.is_certain:
        yield "edition"
    for kind, table in tables.items():
        needed = COLUMNS[kind][0]
        for what in needed:
            if what == "source" and not (table.document or table.source or (table.certain(what) and "sources" in tables)):
                yield "source of mitigations: no column names a document; if all rows are from one, give --document TITLE"
            elif what != "source" and not table.certain(what):
                yield f"{what} of {kind}"
    if not tables:
        yield "tables"


def _write(
    tables: Mapping[str, TableGuess], edition: _Edition, keys: Keys, notice: str, missing: Sequence[str], head: Sequence[str]
) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={_SCHEMA}"
    yield f"# {notice}" if notice else "# Proposed by airm-graph map."
    yield "# Proposed from headers and values; the number says how sure that is, from 0 to 1."
    yield f"# What is less sure than {CERTAIN} is a comment: take the mark away, or name another column."
    for what in missing:
        yield f"# Needed and not found for certain: {what}."
    if edition.name:
        yield f"{'' if edition.is_certain else '# '}edition: {edition.name}  # {edition.reason}"
    yield from head
    yield "# licence: https://creativecommons.org/licenses/by/4.0/  # without a licence the data stands under the notice"
    yield "# status: http://purl.org/adms/status/UnderDevelopment"
    yield "# origin: https://example.org/download  # where the tables are from"
    yield "tables:" if tables else "tables: {}"
    for kind, table in tables.items():
        yield f"  {kind}:  # {PurePath(table.file).name}"
        yield from _write_table(kind, table, tables, keys)
    yield from _write_labels(tables, edition)
    yield from _write_agents(tables)


def _write_table(kind: str, table: TableGuess, tables: Mapping[str, TableGuess], keys: Keys) -> Iterator[str]:
    groups = group_classifications(table.guesses) if kind == "mitigations" and len(table.certain("code")) > 1 else {}
    grouped = {id(guess) for group in groups.values() for guess in group}
    if table.document:
        yield table.document
    elif kind == "mitigations" and not table.certain("source"):
        yield "    # document: {title: …, issued: …, url: …}  # the one document that all rows are from"
    if kind == "mitigations" and table.only[0]:
        header, values = table.only
        yield f"    only: {{{_scalar(header)}: [{', '.join(map(_scalar, values))}]}}  # the other rows are something else"
    yield "    columns:"
    order = [*COLUMNS[kind][0], *COLUMNS[kind][1]]
    schemes = [guess for guess in table.guesses if _sorts_rows(guess)] if kind == "mitigations" else []
    found = sorted(
        (guess for guess in table.guesses if id(guess) not in grouped and guess not in schemes),
        key=lambda guess: order.index(guess.what) if guess.what in order else len(order),
    )
    several = {name: table.certain(name) for name in ("name", *ROLES)} if kind == "mitigations" else {}
    for guess in found:
        if guess.what == "source" and guess.is_certain and table.source:
            yield f"      source: {table.source}  # {guess.confidence:.2f}: {guess.reason}; no table of documents lies beside"
        elif guess.what not in several or not guess.is_certain:
            yield _write_column(guess, "      # " if guess in table.certain(guess.what)[1:] else "      ")
        elif guess is several[guess.what][0]:
            yield from _write_several(guess.what, several[guess.what])
    if groups:
        yield "    classifications:"
        for name, group in groups.items():
            yield from _write_classification(name, group)
    yield from _write_schemes(table, schemes)
    yield from _write_separators(table, grouped)
    if kind == "sources":
        yield from _write_authors(table)
        yield from _write_keys(table, tables, keys)


def _write_column(guess: Guess, indent: str) -> str:
    mark = "" if guess.is_certain else "# "
    return f"{indent}{mark}{guess.what or 'not used'}: {_scalar(guess.profile.header)}  # {guess.confidence:.2f}: {guess.reason}"


def _write_several(what: str, guesses: Sequence[Guess]) -> Iterator[str]:
    if len(guesses) == 1:
        yield _write_column(guesses[0], "      ")
        return
    yield f"      {what}:"
    for guess in guesses:
        yield f"        - {_scalar(guess.profile.header)}  # {guess.confidence:.2f}: {guess.reason}"


def _write_classification(name: str, group: Sequence[Guess]) -> Iterator[str]:
    words = name.split("-")
    kind = next((found for word in words if (found := find_kind(word))), "")
    yield f"      - name: {name}"
    if not any(guess.what == "agent" for guess in group):
        label = " ".join(word.upper() if word in _MACHINES else word.capitalize() for word in words)
        yield f"        {'' if kind else '# '}agent: {_scalar(label)}  # who makes all of them, after the header"
    if kind:
        yield f"        kind: {kind}  # after the header"
    if group[0].separator != ";":
        yield f"        separator: {json.dumps(group[0].separator)}"
    yield "        columns:"
    yield from (_write_column(guess, "          ") for guess in group)


def _sorts_rows(guess: Guess) -> bool:
    """Whether a column sorts rows by a scheme that is not ours: its header says so, and values come
    again.
    """
    profile = guess.profile
    is_short = bool(profile.values) and profile.length <= _LONGEST_LABEL
    return not guess.is_certain and is_short and names_scheme(profile.header) and (profile.unique < 1 or profile.rows < _FEW_ROWS)


def _write_schemes(table: TableGuess, schemes: Sequence[Guess]) -> Iterator[str]:
    """Write schemes of others: their name is told apart by that of the document or file, for others
    have categories, too.
    """
    of = table.title or PurePath(table.file).name
    if schemes:
        yield "    schemes:  # of others: kept as they are"
    for guess in schemes:
        header = guess.profile.header
        kind = "code" if guess.profile.share(("code of others",), lambda value: any(map(str.isdigit, value))) >= CERTAIN else "label"
        yield f"      - name: {slugify(f'{of} {header}')}"
        yield f"        title: {_scalar(f'{header}: {of}')}"
        yield f"        columns: {{{kind}: {_scalar(header)}}}"


def _write_separators(table: TableGuess, grouped: set[int]) -> Iterator[str]:
    """What stands between several values, where it is no semicolon and where some cells have
    several.
    """
    found = {}
    for guess in table.guesses:
        if (
            guess.is_certain
            and guess.what in {"code", "children", "derived from", *ROLES}
            and guess.separator != ";"
            and id(guess) not in grouped
        ):
            found[guess.what] = guess.separator
    if found and table.kind == "mitigations":
        yield "    separators:"
        yield from (f"      {what}: {json.dumps(separator)}" for what, separator in found.items())


def _write_authors(table: TableGuess) -> Iterator[str]:
    lines = [value for guess in table.certain("authors") for value in guess.profile.values]
    if not lines:
        return
    semicolon = share(lines, lambda line: ";" in line)
    parts = [part for line in lines for part in line.split(";")]
    if semicolon == 0 and share(lines, lambda line: all(" " in part.strip() for part in line.split(","))) >= CERTAIN:
        yield "    names: given-first  # most lines are names of two words or more with commas between them"
        yield '    separator: ","'
    elif semicolon and share(parts, lambda part: "," in part) >= CERTAIN:
        yield "    names: surname-first  # most names have a comma"
        yield '    separator: ";"'
    else:
        yield "    # names: given-first  # or surname-first, for names without a comma"
        yield "    separator: auto  # the lines differ"


def _write_keys(table: TableGuess, tables: Mapping[str, TableGuess], keys: Keys) -> Iterator[str]:
    """By what rows of mitigations name documents, where that is not the identifier."""
    rows = tables.get("mitigations")
    cells = [value for guess in rows.certain("source") for value in guess.profile.values] if rows else []
    named = {kind: share(cells, lambda value, known=known: name_key(value) in known) for kind, known in keys.sources.items()}  # type: ignore[misc]
    used = [kind for kind in SOURCE_KEYS if named.get(kind)]
    if not table.certain("identifier") or (used and "identifier" not in used):
        yield f"    named-by: [{', '.join(used or [kind for kind in ('title', 'doi', 'url') if table.certain(kind)])}]"


def _write_labels(tables: Mapping[str, TableGuess], edition: _Edition) -> Iterator[str]:
    """Labels that the taxonomy does not know: a person says whether they mean the same."""
    codes, labels = (tables["mitigations"].certain(what) if "mitigations" in tables else [] for what in ("code", "label"))
    if len(codes) != 1 or len(labels) != 1:
        return
    known = load_taxonomy(edition.name).codes
    found: defaultdict[str, set[str]] = defaultdict(set)
    for value, label in pair_values(codes[0].profile, labels[0].profile):
        code = known.get(split_code(value)[0])
        if code and code.label and normalise(code.label) != normalise(label):
            found[code.notation].add(label)
    if found:
        yield "# labels:  # other labels under which the tables print a code; take the mark away where they mean the same"
    for notation, others in sorted(found.items()):
        yield from (f'#   "{notation}": {_scalar(label)}' for label in sorted(others))


def _write_agents(tables: Mapping[str, TableGuess]) -> Iterator[str]:
    guesses = tables["mitigations"].certain("agent") if "mitigations" in tables else ()
    found = sorted({value for guess in guesses for value in guess.profile.distinct if _MAIL.fullmatch(value)})
    if found:
        yield "# agents:  # whom an address stands for; without it the host is published"
        yield from (f"#   {_scalar(value)}: Example Institute" for value in found)


def _scalar(text: str) -> str:
    """A text as a YAML scalar on one line."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML else json.dumps(text, ensure_ascii=False)

"""Make the forms of the query library: a field for each parameter, by its kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from airm_graph.query.library import KINDS, Parameter, Query
from airm_graph.search import Choice
from airm_graph.site.catalogue import Catalogue

__all__ = ["Field", "Option", "make_fields"]

_MOST_OPTIONS = 500
_NUMBERS = {"integer": "-?[0-9]{1,18}", "notation": r"[0-9]{1,3}(\.[0-9]{1,3}){0,4}"}


@dataclass(frozen=True, slots=True)
class Option:
    """Hold a value to choose, its label, and the heading of its group."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Hold a field of a form; it is a list to choose from where it has options."""

    name: str
    label: str
    help: str
    value: str
    required: bool
    placeholder: str
    pattern: str
    numeric: bool
    options: tuple[Option, ...]

    @property
    def groups(self) -> dict[str, list[Option]]:
        """Options by the heading of their group."""
        found: dict[str, list[Option]] = {}
        for option in self.options:
            found.setdefault(option.group, []).append(option)
        return found


def make_fields(query: Query, arguments: Mapping[str, str], catalogue: Catalogue) -> list[Field]:
    """Make the fields of a query's form.

    Args:
        query: The query.
        arguments: What was filled in.
        catalogue: What there is to choose from.
    """
    edition = next((arguments.get(p.name, p.default or "") for p in query.parameters if p.kind == "edition"), "")
    return [
        _make_field(parameter, arguments.get(parameter.name, ""), edition=edition, catalogue=catalogue) for parameter in query.parameters
    ]


def _make_field(parameter: Parameter, given: str, *, edition: str, catalogue: Catalogue) -> Field:
    value = given or parameter.default or ""
    options = tuple(_list_options(parameter, edition=edition, catalogue=catalogue))
    if options and value and value not in {option.value for option in options}:
        # A value that was given by another name stays.
        options = (*options, Option(value, value))
    shown = parameter.default or parameter.example or ""
    return Field(
        name=parameter.name,
        label=parameter.name,
        help=f"{parameter.description} – {KINDS[parameter.kind]}" if not options else parameter.description,
        value=value,
        required=parameter.required,
        placeholder=f"for example {shown}" if shown else "",
        pattern=_NUMBERS.get(parameter.kind, ""),
        numeric=parameter.kind == "integer",
        options=options,
    )


def _list_options(parameter: Parameter, *, edition: str, catalogue: Catalogue) -> Iterable[Option]:
    if parameter.kind == "choice":
        return [Option(value, value) for value in parameter.allowed]
    if parameter.kind == "concept":
        labels = {choice.slug: choice.label for choice in catalogue.concepts.get(parameter.scheme, ())}
        return [Option(slug, labels.get(slug, slug)) for slug in parameter.allowed]
    if parameter.kind == "edition":
        return [Option(found.slug, found.label) for found in catalogue.editions]
    if parameter.kind == "source":
        return [Option(choice.slug, choice.label) for choice in _limit(catalogue.concepts.get("source", ()))]
    if parameter.kind == "notation":
        # The edition that is asked for comes first, so that of two codes with one notation its own
        # is the one chosen.
        editions = sorted(catalogue.editions, key=lambda found: found.slug != edition.rpartition("/")[2])
        return [Option(code.notation, f"{code.notation} {code.label}".strip(), found.label) for found in editions for code in found.codes]
    return []


def _limit(choices: Sequence[Choice]) -> Sequence[Choice]:
    """Leave out lists of more than some hundreds, which help nobody: then the name is typed."""
    return choices if len(choices) <= _MOST_OPTIONS else ()

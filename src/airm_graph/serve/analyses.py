"""Describe the analyses that are answered over HTTP, on pages and to assistants.

Each is one function of `airm_graph.analysis`, the one that the command of the same name shows.
Routes, forms, the OpenAPI description and what workers can be asked are made of this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from airm_graph.analysis import THRESHOLD
from airm_graph.analysis.counted_facets import FACETS
from airm_graph.serve.content_negotiation import GRAPH_TYPES, JSON, MARKDOWN, TABLE_TYPES

__all__ = ["ANALYSES", "LIGHT", "TEXT", "Analysis", "Field"]

#: Format of the text that a page shows.
TEXT = "text"
_CSV, _TURTLE = TABLE_TYPES["csv"], GRAPH_TYPES["ttl"]
#: Answered by any worker. The others need libraries and indexes that are loaded when one of them
#: is first asked for.
LIGHT = frozenset({"coverage", "gaps", "diff"})


@dataclass(frozen=True, slots=True)
class Field:
    """Describe an argument.

    Attributes:
        name, title, description: As addresses, forms and the description of the interface have it.
        kind: ``string``, ``integer`` or ``number``.
        choices: What it may be; empty for anything.
        required: Whether it must be given.
        first: What a page begins with.
    """

    name: str
    title: str
    description: str
    kind: str = "string"
    choices: tuple[str, ...] = ()
    required: bool = False
    first: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Describe an analysis.

    Attributes:
        name: Its path, and what a message calls it.
        title, summary: For people.
        fields: Its arguments.
        types: Suffix of a format → media type, the best first.
        example: Arguments that the packaged example has an answer to.
        waits: Whether its page asks nothing before something was chosen.
    """

    name: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    types: Mapping[str, str]
    example: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False


_EDITION = Field("edition", "Edition", "Edition of the codes, v1 or v2; by itself the one in use.")
_COUNTED = (
    Field("rows", "Rows", "A facet.", choices=FACETS, required=True, first="code"),
    Field("columns", "Columns", "Another facet.", choices=FACETS, required=True, first="actor"),
    Field("layers", "Layers", "A third facet.", choices=FACETS),
    _EDITION,
    Field("level", "Level of codes", "Level of the codes, 1 for the top.", kind="integer"),
)
_THRESHOLD = Field("threshold", "Least score", f"Least score of a pair, above 0 and up to 1; {THRESHOLD:g} when left out.", kind="number")
_TERM = "An IRI, a prefixed name, or a path below the base."
_TWO = {"rows": "actor", "columns": "stage"}
_KINDS = ("mitigation-code", "code-code", "source-code", "role-code", "source-source")

#: Every analysis by its name.
ANALYSES: Mapping[str, Analysis] = {
    one.name: one
    for one in (
        Analysis(
            "coverage",
            "Coverage",
            "Count mitigations by two or three facets",
            _COUNTED,
            {"json": JSON, "csv": _CSV, "ttl": _TURTLE},
            _TWO,
        ),
        Analysis("gaps", "Gaps", "List combinations without a mitigation, or of one source", _COUNTED, {"json": JSON, "csv": _CSV}, _TWO),
        Analysis(
            "similar",
            "The same under other words",
            "List mitigations that say the same under other words",
            (Field("mitigation", "Mitigation", f"Only pairs of this one: {_TERM[:1].lower()}{_TERM[1:]}"), _THRESHOLD),
            {"json": JSON, "csv": _CSV, "sssom.tsv": TABLE_TYPES["tsv"]},
        ),
        Analysis(
            "agreement",
            "Agreement",
            "Tell where mitigations that say the same have different codes, actors, stages or functions",
            (_THRESHOLD,),
            {"json": JSON, "csv": _CSV},
        ),
        Analysis(
            "network",
            "Networks",
            "Connect things by the mitigations that they share",
            (Field("kind", "Network", "What is connected with what.", choices=_KINDS, required=True, first="source-code"), _EDITION),
            {
                "json": JSON,
                "csv": _CSV,
                "graphml": "application/graphml+xml",
                "gexf": "application/gexf+xml",
                "dot": "text/vnd.graphviz",
                "cyjs": "application/vnd.cytoscape+json",
            },
            {"kind": "source-code"},
        ),
        Analysis(
            "path",
            "Path of evidence",
            "Find the shortest path of statements between two things",
            (Field("start", "From", _TERM, required=True), Field("end", "To", _TERM, required=True)),
            {"json": JSON, "ttl": _TURTLE},
            {"start": "taxonomy/v2/1.1", "end": "actor/developer"},
            waits=True,
        ),
        Analysis(
            "why",
            "Why",
            "Say why a statement is in the graph, down to captured lines and cells",
            (
                Field("subject", "Subject", _TERM, required=True),
                Field("predicate", "Predicate", _TERM, required=True),
                Field("object", "Object", f"{_TERM[:-1]}, or a literal in quotes.", required=True),
            ),
            {"json": JSON, "ttl": _TURTLE},
            waits=True,
        ),
        Analysis(
            "diff",
            "What changed",
            "Tell what changed since the earlier release",
            (),
            {"json": JSON, "ttl": _TURTLE, "md": MARKDOWN},
        ),
        Analysis(
            "pack",
            "Packs",
            "Select the mitigations of a role, a code or a source, with source, reason, code and evidence",
            (
                Field("actor", "Actor", "Who acts: deployer, developer …"),
                Field("stage", "Stage", "Stage of the lifecycle: operate-and-monitor …"),
                Field("function", "Function", "Function of risk management: govern, manage, map, measure."),
                Field("code", "Code", "Notation of a code; those below it go with it."),
                Field("edition", "Edition", "Edition of the code, v2 when left out."),
                Field("source", "Source", "Name of a source."),
            ),
            {
                "csv": _CSV,
                "ttl": _TURTLE,
                "jsonld": GRAPH_TYPES["jsonld"],
                # No workbook: its library writes temporary files, and workers can open none.
                "md": MARKDOWN,
                "oscal-catalog.json": JSON,
                "oscal-profile.json": JSON,
                "ciso-assistant.yaml": "application/yaml",
            },
            {"actor": "developer"},
            waits=True,
        ),
    )
}

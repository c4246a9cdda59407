"""Repairs of captured text and damage that is only reported, each rule named; keys for comparing
and naming texts.

A captured text keeps its damage as evidence; what is published is the repaired text, and every
change is listed. A repair that is not certain is not made: ``Sandbox9`` loses its footnote number,
``GPT4`` keeps its own.
"""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.text.cells import ERRORS, PLACEHOLDERS, escape_cell, escape_formula, read_cell, unescape_cell
    from airm_graph.text.characters import remove_invisible
    from airm_graph.text.damage import Damage, find_damage
    from airm_graph.text.identifiers import find_identifiers
    from airm_graph.text.repairs import repair_text
    from airm_graph.text.rule_texts import RULES
    from airm_graph.text.spans import Kind
    from airm_graph.text.split import list_joined, list_standing
    from airm_graph.text.suspect import MAY_NEED_REPAIR
    from airm_graph.text.text_keys import fingerprint, location_key, name_key, normalise, slugify

__all__ = [
    "ERRORS",
    "MAY_NEED_REPAIR",
    "PLACEHOLDERS",
    "RULES",
    "Damage",
    "Kind",
    "escape_cell",
    "escape_formula",
    "find_damage",
    "find_identifiers",
    "fingerprint",
    "list_joined",
    "list_standing",
    "location_key",
    "name_key",
    "normalise",
    "read_cell",
    "remove_invisible",
    "repair_text",
    "slugify",
    "unescape_cell",
]

_HOMES = {
    **dict.fromkeys(("ERRORS", "PLACEHOLDERS", "escape_cell", "escape_formula", "read_cell", "unescape_cell"), "text.cells"),
    "remove_invisible": "text.characters",
    **dict.fromkeys(("Damage", "find_damage"), "text.damage"),
    "find_identifiers": "text.identifiers",
    "repair_text": "text.repairs",
    "RULES": "text.rule_texts",
    "Kind": "text.spans",
    **dict.fromkeys(("list_joined", "list_standing"), "text.split"),
    "MAY_NEED_REPAIR": "text.suspect",
    **dict.fromkeys(("fingerprint", "location_key", "name_key", "normalise", "slugify"), "text.text_keys"),
}

__getattr__ = defer_imports(__name__, _HOMES)

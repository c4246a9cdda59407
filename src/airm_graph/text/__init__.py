"""Repairs of captured text and damage that is only reported, each rule named; keys for comparing
and naming texts.

A captured text keeps its damage as evidence; what is published is the repaired text, and every
change is listed. A repair that is not certain is not made: ``Sandbox9`` loses its footnote number,
``GPT4`` keeps its own.
"""

from collections.abc import Mapping
from types import MappingProxyType

from airm_graph.text.cells import ERRORS, PLACEHOLDERS, escape_cell, escape_formula, read_cell, unescape_cell
from airm_graph.text.characters import remove_invisible
from airm_graph.text.damage import DAMAGE_RULES, Damage, find_damage
from airm_graph.text.identifiers import find_identifiers
from airm_graph.text.repairs import REPAIR_RULES, repair_text
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

#: Name of every rule → what it does, in one sentence; the repairs by priority, then the damage that
#: is only reported.
RULES: Mapping[str, str] = MappingProxyType({**REPAIR_RULES, **DAMAGE_RULES})

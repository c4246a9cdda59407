"""Every rule on texts, in one sentence each."""

from collections.abc import Mapping
from types import MappingProxyType

from airm_graph.text.damage import DAMAGE_RULES
from airm_graph.text.repairs import REPAIR_RULES

__all__ = ["RULES"]

#: Name of every rule → what it does, in one sentence; the repairs by priority, then the damage that
#: is only reported.
RULES: Mapping[str, str] = MappingProxyType({**REPAIR_RULES, **DAMAGE_RULES})

"""Questions to the whole graph: how much there is of what, why something follows, and what changed
between two releases.

Each is one function with one result, which knows its formats; commands and `Graph` show that same
result.
"""

__all__ = ["THRESHOLD"]

#: Score from which two mitigations count as saying the same: precision is 0.86 and recall 0.83 on
#: the labelled pairs, each scored by trees that had not seen it.
THRESHOLD = 0.5

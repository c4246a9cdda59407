"""Questions to the whole graph: how much there is of what, why something follows, and what changed
between two releases.

Each is one function with one result, which knows its formats; commands and `Graph` show that same
result.
"""

__all__: list[str] = []

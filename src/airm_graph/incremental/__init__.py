"""Building again in part: what a build left behind, which inputs changed since, what of the graph hangs on them, and files that are the
old ones but for the blocks that differ.
"""

from airm_graph.incremental.engine import Built
from airm_graph.incremental.folder import build_folder

__all__ = ["Built", "build_folder"]

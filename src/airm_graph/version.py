"""The version, as `pyproject.toml` and the ontology say it (a test holds them equal).

Reading it from the metadata of the package would double what `airm-graph --version` takes.
"""

__all__ = ["VERSION"]

VERSION = "2026.11.0"

"""Knowledge graph of AI risk mitigations, with validation, queries and linked-data export.

>>> import airm_graph
>>> graph = airm_graph.load()
>>> graph.report.conforms
True
"""

# As in typing, whose import would be the most that importing the package costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from airm_graph.errors import AirmError
    from airm_graph.ingest import read_captures
    from airm_graph.pipeline import Graph, build, load
    from airm_graph.pipeline import validate_inputs as validate

    __version__: str

__all__ = ["AirmError", "Graph", "__version__", "build", "load", "read_captures", "validate"]

_HOMES = {
    "AirmError": "errors",
    "Graph": "pipeline",
    "build": "pipeline",
    "load": "pipeline",
    "read_captures": "ingest",
    "validate": "validate",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that importing the package costs
    nothing.
    """
    if name == "__version__":
        from airm_graph.version import VERSION

        return VERSION
    if name not in _HOMES:
        raise AttributeError(f"module 'airm_graph' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"airm_graph.{_HOMES[name]}")
    # A package that is called as the function that it is named for.
    return module if _HOMES[name] == name else getattr(module, name)


def __dir__() -> list[str]:
    return __all__

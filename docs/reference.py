"""Write the API reference, one page for each module that users import: `python -W error docs/reference.py FOLDER`."""

import re
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pdoc

from airm_graph.notice import NOTICE

__all__ = ["MODULES", "write_reference"]

#: What guides and README import from, and the classes of what is returned.
MODULES = (
    "airm_graph",
    "airm_graph.analysis.coverage",
    "airm_graph.analysis.packs",
    "airm_graph.analysis.packs_formats",
    "airm_graph.analysis.releases",
    "airm_graph.analysis.why",
    "airm_graph.analysis.why_formats",
    "airm_graph.errors",
    "airm_graph.export",
    "airm_graph.ids_lock",
    "airm_graph.ingest.formats",
    "airm_graph.model",
    "airm_graph.namespaces",
    "airm_graph.pipeline",
    "airm_graph.pipeline.options",
    "airm_graph.pipeline.releasing",
    "airm_graph.pipeline.writable",
    "airm_graph.push",
    "airm_graph.query.answers",
    "airm_graph.query.library",
    "airm_graph.remote",
    "airm_graph.search",
    "airm_graph.serve.page_interface",
    "airm_graph.serve.server",
    "airm_graph.serve.server_settings",
    "airm_graph.site",
    "airm_graph.sssom",
    "airm_graph.validate.report",
)


def write_reference(folder: Path, *, modules: Sequence[str] = MODULES) -> None:
    """Write a page for each module, and an index."""
    for name in modules:
        module = import_module(name)
        for public in module.__all__:  # names that are imported when they are asked for
            value = getattr(module, public)
            # A package that can be called is described as what it is called as.
            setattr(module, public, value.__wrapped__ if isinstance(value, ModuleType) else value)
    pdoc.render.configure(docformat="google", footer_text=f"airm-graph. {NOTICE}", show_source=False)
    with warnings.catch_warnings():
        # A class of networkx has parameters for type checkers only.
        warnings.filterwarnings("ignore", ".*MultiDiGraph' is not subscriptable", UserWarning)
        # Only what is named: pdoc would take all that lies below a module.
        pdoc.pdoc(*(part for name in modules for part in (name, f"!{re.escape(name)}[.].*")), output_directory=folder)


if __name__ == "__main__":
    write_reference(Path(sys.argv[1]))

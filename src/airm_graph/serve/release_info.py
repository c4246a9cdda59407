"""Read what servers and pages say of a release as a whole."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from airm_graph.errors import ExportError
from airm_graph.export import EXPORTS, make_options
from airm_graph.graph.store import Store
from airm_graph.namespaces import PREFIXES
from airm_graph.notice import NOTICE
from airm_graph.pipeline import Graph
from airm_graph.query.library import run_query
from airm_graph.serve.dataset_info import DatasetInfo, ReleaseFile
from airm_graph.version import VERSION

__all__ = ["list_release_files", "read_dataset_info"]


def read_dataset_info(
    graph: Graph,
    store: Store,
    *,
    files: Mapping[str, ReleaseFile] | None = None,
    changed: float = 0.0,
    prefixes: Mapping[str, str] = MappingProxyType({}),
    aside: int = 0,
) -> DatasetInfo:
    """Describe a graph.

    Args:
        graph: The data.
        store: The same data and the ontology.
        files: Files of the release by name.
        changed: Time of the data, in seconds since 1970.
        prefixes: Prefixes to have beside those of the project.
        aside: How many rows of tables were set aside when the graph was built.
    """
    release = _make_digest(graph)
    return DatasetInfo(
        base=graph.base,
        notice=NOTICE,
        digest=release,
        release=release,
        version=VERSION,
        changed=changed,
        graphs=frozenset(store.list_graphs()),
        triples=len(store),
        licences=_find_licences(store, graph.base),
        counts={row[0] or "": int(row[1] or 0) for row in run_query(store, "counts", base=graph.base).values()},
        prefixes={**make_options(graph.base, comment=NOTICE).prefixes, **prefixes},
        files=_list_distributions(store, files or {}, base=graph.base),
        aside=aside,
    )


def list_release_files(folder: Path, sums: Mapping[str, str]) -> dict[str, ReleaseFile]:
    """List the exports of a release by name."""
    types = {export.file_name: export.media_type for export in EXPORTS.values()}
    about = {name: (folder / name).stat() for name in sorted(sums.keys() & types.keys())}
    return {name: (name, types[name], sums[name], found.st_size, found.st_mtime_ns) for name, found in about.items()}


def _make_digest(graph: Graph) -> str:
    try:
        return graph.digest
    except ExportError:
        # Blank nodes have no digest that every reader agrees on; this one holds as long as the file
        # is the same.
        return hashlib.sha256("\n".join(" ".join(row) for row in graph.quads).encode()).hexdigest()


def _find_licences(store: Store, base: str) -> tuple[str, ...]:
    wanted = {f"<{PREFIXES['dcterms']}{name}>" for name in ("license", "rights")}
    return tuple(sorted(o[1:-1] for _, p, o, _ in store.find_rows(subject=f"{base}dataset") if p in wanted and o.startswith("<")))


def _list_distributions(store: Store, files: Mapping[str, ReleaseFile], *, base: str) -> dict[str, ReleaseFile]:
    """List files by the paths below the base under which the release declares them."""
    declared = {s[1:-1] for s, p, _, _ in store.find_rows(object=f"{PREFIXES['dcat']}Distribution") if s.startswith(f"<{base}")}
    names = {iri.removeprefix(base): iri.rpartition("/")[2] for iri in sorted(declared)}
    return {path: files[name] for path, name in names.items() if name in files}

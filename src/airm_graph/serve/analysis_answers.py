"""Answer analyses from the loaded graph. Only the fork server and its workers run this."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from airm_graph.analysis import THRESHOLD
from airm_graph.analysis.coverage import count_coverage
from airm_graph.analysis.coverage_formats import coverage_csv, coverage_json, describe_coverage, describe_gaps, gaps_csv, gaps_json
from airm_graph.analysis.cube import coverage_turtle
from airm_graph.errors import AirmError
from airm_graph.graph.store import Store
from airm_graph.pipeline import Graph, load
from airm_graph.serve.analyses import ANALYSES, LIGHT, TEXT
from airm_graph.serve.messages import Message, Reply
from airm_graph.serve.service_description import SERVICE_GRAPH
from airm_graph.serve.worker import limit_memory

if TYPE_CHECKING:
    from airm_graph.analysis.releases import Changes
    from airm_graph.analysis.similar import Similarity

__all__ = ["AnalysisAnswers", "write_changes"]

Writer = Callable[[Any], bytes | str | Iterable[str]]
#: Whoever forks has one thread: what libraries of numbers and Arrow read when they are loaded.
_ONE_THREAD = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    **dict.fromkeys(("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
}
_NO_RELEASE = "there is no earlier release to compare with; whoever runs the server names one by --previous"

_COUNTED: Mapping[str, Mapping[str, Writer]] = {
    "coverage": {TEXT: describe_coverage, "json": coverage_json, "csv": coverage_csv, "ttl": coverage_turtle},
    "gaps": {TEXT: describe_gaps, "json": gaps_json, "csv": gaps_csv},
}


class AnalysisAnswers:
    """Answers messages of the kind ``analysis``, each by the function that the command shows."""

    def __init__(self, store: Store, *, base: str, changes: Mapping[str, str] | None = None) -> None:
        """Take the store of the graph, and what changed since an earlier release, by format."""
        self._store, self._base, self._changes = store, base, changes
        self._similar = lru_cache(4)(self._find_similar)

    @cached_property
    def _graph(self) -> Graph:
        """The graph as Python users have it, without what the server put beside it."""
        beside = {f"{self._base}graph/ontology", f"{self._base}{SERVICE_GRAPH}"}
        named = {row for name in self._store.list_graphs() if name not in beside for row in self._store.find_rows(graph=name)}
        known = {row[:3] for rows in (named, *(self._store.find_rows(graph=name) for name in beside)) for row in rows}
        unnamed = {row for row in self._store.find_rows() if row[:3] not in known}
        return Graph(quads=tuple(sorted(named | unnamed)), base=self._base)

    def prepare(self, *, memory: int) -> None:
        """Load all that the analyses need: workers can open nothing.

        Args:
            memory: Bytes that indexes of the graph may take.
        """
        os.environ.update(_ONE_THREAD)
        example = load(None)
        answers = AnalysisAnswers(example.store, base=example.base)
        answers.__dict__["_graph"] = example
        answers.try_all()
        example.close()
        with limit_memory(memory):
            self._index()

    def try_all(self) -> None:
        """Answer each analysis in each format, with its example."""
        first = dict(zip(("subject", "predicate", "object"), self._graph._explainer.inferred[0], strict=True))
        for name in ANALYSES.keys() - LIGHT:
            try:
                found = self._find(name, dict(ANALYSES[name].example) or (first if name == "why" else {}))
            except AirmError:
                # An extra is not installed: whoever asks for the analysis is told.
                continue
            for form in (TEXT, *ANALYSES[name].types):
                _encode(_writers(name)[form](found))

    def _index(self) -> None:
        """Make what is shared by all workers; one that needs it says why it could not be made."""
        try:
            self._graph.store  # noqa: B018 - kept by the graph
            self._graph._explainer  # noqa: B018 - kept by the graph
        except (AirmError, MemoryError):
            pass

    def answer(self, message: Message) -> Reply:
        """Answer one analysis.

        Raises:
            QueryError: Its arguments are wrong.
        """
        name, form = message["name"], message["format"]
        if name == "diff":
            return Reply(404, {"error": _NO_RELEASE}) if self._changes is None else Reply(200, {}, self._changes[form].encode())
        found = self._find(name, dict(message["arguments"]))
        if name == "pack" and form != TEXT and not found.items:
            return Reply(404, {"error": f"nothing is selected: {found.why_empty}"})
        return Reply(200, {}, _encode(_writers(name)[form](found)))

    def _find(self, name: str, given: dict[str, Any]) -> Any:
        match name:
            case "coverage" | "gaps":
                return count_coverage(self._store, base=self._base, **given)
            case "similar":
                mitigation = given.pop("mitigation", "")
                found = self._similar(**given)
                return found.select(mitigation) if mitigation else found
            case "agreement":
                from airm_graph.analysis.agreement import find_agreement

                return find_agreement(self._graph.store, self._similar(**given), base=self._base)
            case "network":
                return self._graph.network(given.pop("kind"), **given)
            case "path":
                return self._graph.find_path(given["start"], given["end"])
            case "why":
                return self._graph.explain(given["subject"], given["predicate"], given["object"])
            case _:
                return self._graph.pack(**given)

    def _find_similar(self, threshold: float = THRESHOLD) -> "Similarity":
        return self._graph.similar(threshold=threshold)


def write_changes(changes: "Changes") -> Mapping[str, str]:
    """Write what changed in each format that `AnalysisAnswers` answers with."""
    from airm_graph.analysis.releases_formats import changes_json, changes_markdown, changes_turtle, describe_changes

    writers = {TEXT: describe_changes, "json": changes_json, "ttl": changes_turtle, "md": changes_markdown}
    return {form: write(changes) for form, write in writers.items()}


def _writers(name: str) -> Mapping[str, Writer]:
    """Find the writers of an analysis by format."""
    if name in _COUNTED:
        return _COUNTED[name]
    match name:
        case "similar":
            from airm_graph.analysis.similar_formats import describe_similar, similar_csv, similar_json, similar_sssom

            return {TEXT: describe_similar, "json": similar_json, "csv": similar_csv, "sssom.tsv": similar_sssom}
        case "agreement":
            from airm_graph.analysis.agreement_formats import agreement_csv, agreement_json, describe_agreement

            return {TEXT: describe_agreement, "json": agreement_json, "csv": agreement_csv}
        case "network":
            from airm_graph.analysis.network_formats import NETWORK_FORMATS

            return {
                **NETWORK_FORMATS,
                TEXT: NETWORK_FORMATS["table"],
                "json": NETWORK_FORMATS["node-link"],
                "cyjs": NETWORK_FORMATS["cytoscape"],
            }
        case "path":
            from airm_graph.analysis.network_formats import PATH_FORMATS

            return {**PATH_FORMATS, "ttl": PATH_FORMATS["turtle"]}
        case "why":
            from airm_graph.analysis.why_formats import describe_explanation, explanation_json, explanations_turtle

            turtle = lambda found: explanations_turtle([found], base=found.base)  # noqa: E731 - one of three
            return {TEXT: describe_explanation, "json": explanation_json, "ttl": turtle}
        case _:
            return _pack_writers()


def _pack_writers() -> Mapping[str, Writer]:
    from airm_graph.analysis.packs_formats import PACK_FORMATS, describe_pack, pack_checklist

    files = {file: write for written in PACK_FORMATS.values() for file, write in written.items()}
    suffixes = {file.removeprefix("pack.").replace("checklist.", ""): write for file, write in files.items()}
    return {**suffixes, TEXT: lambda pack: pack_checklist(pack) if pack.items else f"{describe_pack(pack)}\n"}


def _encode(written: bytes | str | Iterable[str]) -> bytes:
    if isinstance(written, bytes):
        return written
    return (written if isinstance(written, str) else "".join(written)).encode("utf-8", "replace")

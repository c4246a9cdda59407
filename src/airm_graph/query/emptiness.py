"""Why an answer has no rows: what was asked for is not there, or nothing of its kind is known."""

from collections.abc import Mapping

from airm_graph.errors import ParameterError
from airm_graph.namespaces import PREFIXES, literal, rebase_text
from airm_graph.query.library import Answering, Parameter, Query, bind_query, split_edition
from airm_graph.query.nearest import list_nearest

__all__ = ["explain_emptiness"]

_PROPERTIES = {"actor": "actor", "lifecycle": "lifecycleStage", "function": "function", "statement-kind": "statementKind"}
_CLASSES = {"source": "Source", "mitigation": "Mitigation"}


def explain_emptiness(store: Answering, query: Query, arguments: Mapping[str, str], *, base: str) -> str:
    """Say why a query that was asked found nothing.

    Args:
        store: Answered it.
        query, arguments: What was asked.
        base: What its IRIs begin with.

    Returns:
        One sentence.

    Raises:
        ParameterError: An argument names a code, a source or a mitigation that is not there; the
            message has the nearest names.
    """
    asked = _Asked(store, base)
    arguments = split_edition(query, arguments)
    values = {one.name: arguments.get(one.name, one.default) for one in query.parameters}
    edition = (values.get("edition") or "").removeprefix(base).removeprefix("taxonomy/")
    if not asked.count("?s a airm:Mitigation"):
        return "the data holds no mitigation"
    if "GRAPH" in query.text and not asked.count("GRAPH ?g { ?s a airm:Mitigation }"):
        return "this data has no named graphs, which the query asks for; ask a dist folder or airm.nq"
    for parameter in query.parameters:
        value = values[parameter.name]
        if value is not None and parameter.kind in _CLASSES and not asked.has(parameter, value):
            raise ParameterError(asked.refuse(parameter, value), parameter=parameter.name)
        if value is not None and parameter.kind == "notation" and (said := asked.explain_code(parameter, value, edition)):
            return said
        if value is not None and parameter.kind == "concept" and not asked.count(f"?s airm:{_PROPERTIES[parameter.scheme]} ?o"):
            return f"no mitigation of this data has {_name(parameter.scheme)}"
    if edition and (said := asked.explain_edition(edition)):
        return said
    if query.name.startswith("check-"):
        return "nothing is wrong of what this query looks for"
    return "all that was asked for is there, but not together"


def _name(scheme: str) -> str:
    return {"actor": "an actor", "lifecycle": "a stage of the lifecycle", "statement-kind": "a kind of statement"}.get(
        scheme, f"a {scheme}"
    )


class _Asked:
    """Questions about what there is."""

    def __init__(self, store: Answering, base: str) -> None:
        self._store, self._base = store, base
        self._head = "".join(f"PREFIX {name}: <{rebase_text(PREFIXES[name], base)}>\n" for name in ("airm", "skos"))

    def list(self, variable: str, pattern: str) -> list[str]:
        """List the different values of a variable, as text."""
        _, rows = self._store.select(f"{self._head}SELECT DISTINCT ?{variable} WHERE {{ {pattern} }} ORDER BY ?{variable}")
        return [_plain(row[0]) for row in rows if row[0]]

    def count(self, pattern: str) -> int:
        """Whether something fits: 1 or 0."""
        return len(self._store.select(f"{self._head}SELECT * WHERE {{ {pattern} }} LIMIT 1")[1])

    def has(self, parameter: Parameter, value: str) -> bool:
        """Whether a source or a mitigation is there."""
        name = parameter.name
        text = f"SELECT * WHERE {{\n  VALUES ?{name} {{ UNDEF }}\n  ?{name} ?p ?o\n}} LIMIT 1"
        query = Query("", "", "", (), (parameter,), (), text)
        return bool(self._store.select(bind_query(query, {parameter.name: value}, base=self._base))[1])

    def refuse(self, parameter: Parameter, value: str) -> str:
        """Say that there is no such thing, and what is near."""
        folder = f"{self._base}{parameter.kind}/"
        names = [name.removeprefix(folder) for name in self.list("s", f"?s a airm:{_CLASSES[parameter.kind]}")]
        return f"no {parameter.kind} of this data is called {value!r}; {list_nearest(value.removeprefix(f'{parameter.kind}/'), names)}"

    def explain_code(self, parameter: Parameter, value: str, edition: str) -> str:
        """Say in which edition a code is and has mitigations; empty where it is there, with
        some.
        """
        schemes = self.list("e", f"?c skos:notation {literal(value)} ; skos:inScheme ?e")
        editions = [scheme.rpartition("/")[2] for scheme in schemes]
        if edition not in editions:
            known = self.list("n", f"?c skos:notation ?n ; skos:inScheme <{self._base}taxonomy/{edition}>")
            also = (
                f"; it is one of {', '.join(editions)}: ask with edition={editions[0]}" if editions else f"; {list_nearest(value, known)}"
            )
            raise ParameterError(f"no code of {edition} is {value!r}{also}", parameter=parameter.name)
        pattern = f"?m airm:underCode ?c . ?c skos:notation {literal(value)} ; skos:inScheme "
        if self.count(f"{pattern}<{self._base}taxonomy/{edition}>"):
            return ""
        others = [scheme.rpartition("/")[2] for scheme in self.list("e", f"{pattern}?e")]
        hint = f"; some have the code {value} of {', '.join(others)}: ask with edition={others[0]}" if others else ""
        return self.explain_edition(edition) or f"no mitigation has the code {edition} {value}, or one below it{hint}"

    def explain_edition(self, edition: str) -> str:
        """Say that the codes of the data are of other editions; empty where some are of this
        one.
        """
        found = [scheme.rpartition("/")[2] for scheme in self.list("e", "?m airm:code ?c . ?c skos:inScheme ?e")]
        if edition in found:
            return ""
        if not found:
            return "no mitigation of this data has a code"
        return f"no mitigation has a code of {edition}; the codes of this data are of {', '.join(found)}: ask with edition={found[0]}"


def _plain(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term[1 : term.rindex('"')]

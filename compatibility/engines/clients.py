"""Ask an endpoint each form of query with each client in Python, and print what came as JSON: client → query → answer.

The first word of the name of a query is its form. The answer of a SELECT is a list of values, of an ASK true or false, of CONSTRUCT and
DESCRIBE the number of statements; what a client raised is a text. The hash seed of the process decides in which order rdflib writes its
Accept header.
"""

import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

#: Answers by form.
Answers = dict[str, Any]


def ask_sparqlwrapper(url: str, queries: Mapping[str, str]) -> Iterator[tuple[str, Answers]]:
    from SPARQLWrapper import SPARQLWrapper

    def ask(form: str, text: str, *, wanted: str | None, method: str, request: str) -> Any:
        client = SPARQLWrapper(url, **({"returnFormat": wanted} if wanted else {}))
        client.setMethod(method)
        client.setRequestMethod(request)
        client.setQuery(text)
        return read_wrapper(form, client.query().convert())

    for wanted in ("json", "xml", "csv", "tsv", "turtle", "n3", "rdf", "json-ld", None):
        for method, request in (("GET", "urlencoded"), ("POST", "urlencoded"), ("POST", "postdirectly")):
            settings = {"wanted": wanted, "method": method, "request": request}
            name = f"SPARQLWrapper {wanted or 'as it comes'} {method} {request}"
            yield name, run_each(queries, lambda form, text, s=settings: ask(form, text, **s))


def read_wrapper(form: str, answer: Any) -> Any:
    """What SPARQLWrapper makes of an answer: a dict, a document, bytes or a graph."""
    import rdflib

    if form in {"CONSTRUCT", "DESCRIBE"}:
        return len(answer) if isinstance(answer, rdflib.Graph) else count_statements(answer)
    if isinstance(answer, dict):
        return answer["boolean"] if form == "ASK" else [row["label"]["value"] for row in answer["results"]["bindings"]]
    if hasattr(answer, "getElementsByTagName"):
        name = "boolean" if form == "ASK" else "literal"
        texts = [node.firstChild.data for node in answer.getElementsByTagName(name)]
        return texts == ["true"] if form == "ASK" else texts
    lines = [line.strip().strip('"') for line in answer.decode().splitlines()]
    return {"true": True, "false": False}[lines[-1]] if form == "ASK" else lines[1:]


def count_statements(answer: Any) -> int:
    import rdflib

    return len(rdflib.Graph().parse(data=answer, format="turtle"))


def ask_sparqlstore(url: str, queries: Mapping[str, str]) -> Iterator[tuple[str, Answers]]:
    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    def ask(form: str, text: str, **settings: Any) -> Any:
        answer = rdflib.Graph(SPARQLStore(url, **settings)).query(text)
        if form == "ASK":
            return answer.askAnswer
        return len(answer.graph) if answer.graph is not None else [str(row[0]) for row in answer]

    for wanted in ("xml", "json", "csv", "tsv"):
        for method in ("GET", "POST", "POST_FORM"):
            settings = {"returnFormat": wanted, "method": method}
            yield f"SPARQLStore {wanted} {method}", run_each(queries, lambda form, text, s=settings: ask(form, text, **s))


def ask_pymantic(url: str, queries: Mapping[str, str]) -> Iterator[tuple[str, Answers]]:
    from pymantic.sparql import SPARQLServer

    def ask(form: str, text: str, *, output: str, **settings: Any) -> Any:
        answer = SPARQLServer(url, **settings).query(text, output=output)
        if form in {"CONSTRUCT", "DESCRIBE"}:
            return len(answer)
        if isinstance(answer, dict):
            return answer["boolean"] if form == "ASK" else [row["label"]["value"] for row in answer["results"]["bindings"]]
        return bool(answer.boolean) if form == "ASK" else [str(row.binding.literal) for row in answer.results.result]

    for output in ("json", "xml"):
        for name, settings in (("GET", {}), ("POST", {"post_queries": True}), ("POST directly", {"post_directly": True})):
            chosen = {"output": output, **settings}
            yield f"pymantic {output} {name}", run_each(queries, lambda form, text, s=chosen: ask(form, text, **s))


def run_each(queries: Mapping[str, str], ask: Callable[[str, str], Any]) -> Answers:
    found = {}
    for name, text in queries.items():
        try:
            found[name] = ask(name.partition(" ")[0], text)
        except Exception as error:  # noqa: BLE001 - what a client raises is the answer
            found[name] = f"{type(error).__name__}: {str(error)[:150]}"
    return found


CLIENTS = {"SPARQLWrapper": ask_sparqlwrapper, "SPARQLStore": ask_sparqlstore, "pymantic": ask_pymantic}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    made = {name: answers for client in sys.argv[2].split(",") for name, answers in CLIENTS[client](sys.argv[1], json.loads(sys.argv[3]))}
    json.dump(made, sys.stdout)

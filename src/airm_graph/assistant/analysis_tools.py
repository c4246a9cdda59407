"""Answer by the analyses of the server: what says the same, why a statement holds, what changed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from airm_graph.analysis.releases import KINDS
from airm_graph.assistant.bounded_answers import Answer, ToolError
from airm_graph.assistant.evidence import add_evidence, find_evidence
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.problems import Problem

__all__ = ["Arguments", "ask_analysis", "explain_why", "list_changes", "list_similar"]

Arguments = Mapping[str, Any]
#: Pairs and changes whose evidence is looked up for one answer; characters of a text in one.
_MOST_PAIRS, _MOST_CHANGES, _LONGEST = 25, 50, 1000


async def ask_analysis(client: GraphClient, name: str, given: Arguments, *, help_text: str) -> dict[str, Any]:
    """Ask an analysis of the server.

    Raises:
        ToolError: An argument is wrong; it ends in *help_text*.
    """
    try:
        reply = await client.send("analysis", name=name, format="json", arguments=dict(given))
    except Problem as problem:
        if problem.status == 503:
            raise
        raise ToolError(f"{problem.title}; {help_text}") from problem
    found: dict[str, Any] = json.loads(reply.body)
    return found


async def list_similar(client: GraphClient, given: Arguments, offset: int) -> Answer:
    """List pairs of mitigations that say the same, each with where both are stated."""
    arguments = {name: float(value) if name == "threshold" else value for name, value in given.items()}
    found = await ask_analysis(client, "similar", arguments, help_text="call search for IRIs of mitigations")
    pairs = found["pairs"][offset : offset + _MOST_PAIRS]
    stated = await find_evidence(client, (one["iri"] for pair in pairs for one in pair["mitigations"]))
    items = [_read_pair(pair, stated) for pair in pairs]
    note = "" if found["pairs"] else f"nothing else in the graph says the same (score {found['threshold']:g} and above)"
    return Answer(items, len(found["pairs"]), offset, f"similar {json.dumps(arguments, sort_keys=True)}", note)


def _read_pair(pair: Mapping[str, Any], stated: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    one, two = (_read_end(end, stated) for end in pair["mitigations"])
    sentences = [_cut(text) for text in pair["shared_sentences"][:3]]
    said = {name: pair[name] for name in ("score", "relation", "decision", "across_sources", "justification", "shared_words")}
    return {"one": one, "two": two, **said, "shared_sentences": sentences, **({"reviewer": pair["reviewer"]} if pair["reviewer"] else {})}


def _read_end(end: Mapping[str, Any], stated: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    evidence = stated.get(end["iri"])
    said = {"iri": end["iri"], "label": end["name"] or "unknown", "source": end["source"] or "unknown"}
    return {**said, **({"evidence": evidence} if evidence else {})}


async def explain_why(client: GraphClient, given: Arguments, offset: int) -> Answer:
    """Prove a statement: its steps in order, the statement first."""
    help_text = "call describe for the statements about a thing, or search for its IRI"
    found = await ask_analysis(client, "why", given, help_text=help_text)
    steps = list(_list_steps(found))
    query = f"why {given['subject']} {given['predicate']} {given['object']}"
    return Answer(steps[offset:], len(steps), offset, query)


def _list_steps(proof: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Number the steps of a proof, each before those it follows from."""
    waiting: list[tuple[int, Mapping[str, Any]]] = [(1, proof)]
    last = 1
    for number, step in waiting:
        item: dict[str, Any] = {"step": number, "statement": step["statement"]}
        if "rule" in step:
            premises = list(enumerate(step["premises"], last + 1))
            last += len(premises)
            waiting += premises
            yield {**item, "rule": step["rule"], "axiom": step["axiom"], "from": [premise for premise, _ in premises]}
        else:
            yield {**item, "stated": [_read_ground(ground) for ground in step["stated"]]}


def _read_ground(ground: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in ground.items() if value is not None}
    return {**said, **({"text": _cut(said["text"])} if "text" in said else {})}


async def list_changes(client: GraphClient, given: Arguments, offset: int) -> Answer:
    """List what changed since the earlier release."""
    if given.get("kind", KINDS[0]) not in KINDS:
        raise ToolError(f"nothing changes by {given['kind']!r}; the kinds are {', '.join(KINDS)}")
    found = await ask_analysis(client, "diff", {}, help_text="call search for what the graph holds now")
    changes = [one for one in found["changes"] if given.get("kind") in {None, one["kind"]}]
    items = await add_evidence(client, map(_read_change, changes[offset : offset + _MOST_CHANGES]), key="subject")
    old, (added, removed) = found["old"], found["statements"].values()
    kinds = ", ".join(f"{number} × {kind}" for kind, number in found["counts"].items()) or "no change"
    note = f"since {old['name']} ({old['digest']}): {kinds}; {added} statements added, {removed} removed"
    return Answer(items[offset:], len(items), offset, f"diff {found['old']['name']} {found['new']['name']}", note)


def _read_change(change: Mapping[str, Any]) -> dict[str, Any]:
    values = {side: [_cut(text) for text in change[side]] for side in ("old", "new")}
    subject = change["subject"].removeprefix("<").removesuffix(">")
    return {**change, "subject": subject, "name": _cut(change["name"]), **values}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… (cut; describe gives all of it)"

"""Questions to the graph, asked over the Model Context Protocol by a scripted client that calls tools by their schemas.

What is right is read by rdflib from the N-Triples of the release; an earlier release is made of it, in which some mitigations are missing
and others have another name. Questions are made from templates with a seed, so they can be made
anew: `python benchmarks/assistant.py DIST... --seed 2`. Prints for each kind of question how many answers are right, how often the right
thing is among the first five, calls and tokens, and the tokens that the list of tools takes. Exit code 1 where fewer than 95 % are
right, recall is below 0.9, or something that is not there is answered.
"""

import argparse
import asyncio
import json
import random
import re
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpe_openai
import rdflib
from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from rdflib.namespace import RDF, RDFS

SKOS = rdflib.Namespace("http://www.w3.org/2004/02/skos/core#")
ENCODING = bpe_openai.get_encoding("o200k_base")
EACH = 8
AIRM_GRAPH = [sys.executable, "-m", "airm_graph"]


@dataclass(frozen=True)
class Outcome:
    """How one question was answered; recall is None where there is no order of answers."""

    right: bool
    recall: bool | None
    evidence: bool


class Asked:
    """A session that counts calls and tokens."""

    def __init__(self, session: ClientSession) -> None:
        self._session, self.calls, self.tokens = session, 0, 0

    async def call(self, tool: str, **given: Any) -> dict[str, Any]:
        """Call a tool and go on to its end by cursors."""
        found: dict[str, Any] = {}
        while True:
            reply = await self._session.call_tool(tool, given)
            text = reply.content[0].text
            self.calls, self.tokens = self.calls + 1, self.tokens + len(ENCODING.encode(text))
            if reply.is_error:
                return {"items": [], "total": 0, "note": text}
            answer = reply.structured_content
            answer["items"] = [*found.get("items", ()), *answer["items"]]
            found = answer
            if answer["complete"]:
                return found
            given = {**given, "cursor": answer["cursor"]}


class Truth:
    """What rdflib reads from a release."""

    def __init__(self, dist: Path) -> None:
        self.graph = rdflib.Graph().parse(dist / "airm.nt", format="nt")
        datasets = map(str, self.graph.subjects(RDF.type, rdflib.URIRef("http://www.w3.org/ns/dcat#Dataset")))
        base = next(iri for iri in sorted(datasets) if iri.endswith("/dataset")).removesuffix("dataset")
        self.base, self.airm = base, rdflib.Namespace(f"{base}ontology#")
        names: defaultdict[str, set[str]] = defaultdict(set)
        for one in self.graph.subjects(RDF.type, self.airm.Mitigation):
            for label in self.graph.objects(one, RDFS.label):
                names[str(label)].add(str(one))
        self.names = {name: iris for name, iris in names.items() if len(name.split()) > 2}
        folded: defaultdict[str, set[str]] = defaultdict(set)
        for name, iris in names.items():
            folded[" ".join(re.findall(r"\w+", name.casefold()))] |= iris
        # Two mitigations of one name say the same.
        self.pairs = sorted(sorted(iris) for iris in folded.values() if len(iris) == 2)
        self.added: set[str] = set()
        self.renamed: dict[str, str] = {}

    def labels(self, kind: rdflib.URIRef) -> dict[str, str]:
        """Label → IRI of the concepts of a class."""
        return {str(self.graph.value(one, SKOS.prefLabel)): str(one) for one in self.graph.subjects(RDF.type, kind)}

    def holds(self, statement: tuple[str, ...]) -> bool:
        """Whether a statement between IRIs is in the graph."""
        return tuple(map(rdflib.URIRef, statement)) in self.graph

    def mitigations(self, predicate: rdflib.URIRef, iri: str) -> set[str]:
        """Return the mitigations with a value."""
        return {str(one) for one in self.graph.subjects(predicate, rdflib.URIRef(iri))}

    def write_earlier(self, file: Path, *, seed: int) -> None:
        """Write an earlier release as N-Triples: some mitigations are not there yet, and others have another name."""
        graph = rdflib.Graph() + self.graph
        picked = random.Random(f"earlier {seed}").sample(sorted(iri for iris in self.names.values() for iri in iris), EACH)
        self.added = set(picked[: EACH // 2])
        self.renamed = {iri: f"Earlier name of {iri.rpartition('/')[2]}" for iri in picked[EACH // 2 :]}
        for iri in self.added:
            graph.remove((rdflib.URIRef(iri), None, None))
        for iri, name in self.renamed.items():
            graph.set((rdflib.URIRef(iri), RDFS.label, rdflib.Literal(name)))
        graph.serialize(file, format="nt", encoding="utf-8")


Question = Callable[[Asked], Awaitable[Outcome]]


def make_questions(truth: Truth, seed: int) -> Iterator[tuple[str, Question]]:
    """Make eight questions of each kind."""
    chosen = random.Random(seed)
    named = sorted(truth.names)
    for name in chosen.sample(named, min(EACH, len(named))):
        words = re.findall(r"\w{3,}", name)
        yield "named", _ask_named(name, truth.names[name])
        yield "words", _ask_named(" ".join(words[1:]) or name, truth.names[name])
        iri = sorted(truth.names[name])[0]
        yield "source", _ask_source(iri, {str(one) for one in truth.graph.objects(rdflib.URIRef(iri), truth.airm.source)})
        yield "evidence", _ask_evidence(truth, iri)
    codes = sorted(str(one) for one in set(truth.graph.objects(None, truth.airm.assignedCode)))
    for code in chosen.sample(codes, min(EACH, len(codes))):
        yield "code", _ask_code(truth, code)
    for kind, facet, predicate in (
        ("ActorRole", "actor", "actor"),
        ("LifecycleStage", "lifecycle", "lifecycleStage"),
        ("RiskFunction", "function", "function"),
    ):
        labels = truth.labels(truth.airm[kind])
        for label in chosen.sample(sorted(labels), min(4, len(labels))):
            yield "role", _ask_role(facet, label, truth.mitigations(truth.airm[predicate], labels[label]))
    named_once = [name for name in named if len(truth.names[name]) == 1]
    for name in chosen.sample(named_once, min(EACH, len(named_once))):
        yield "why", _ask_why(truth, sorted(truth.names[name])[0], chosen)
    for one, two in chosen.sample(truth.pairs, min(EACH, len(truth.pairs))):
        yield "similar", _ask_similar(one, two)
    for iri in chosen.sample(sorted(truth.added), min(EACH // 2, len(truth.added))):
        yield "diff", _ask_change("mitigation added", iri, "")
    for iri in chosen.sample(sorted(truth.renamed), min(EACH // 2, len(truth.renamed))):
        yield "diff", _ask_change("mitigation renamed", iri, truth.renamed[iri])
    for _ in range(EACH):
        word = "".join(chosen.choice("bdfgklmnprst") + chosen.choice("aeiou") for _ in range(5))
        yield "unknown", _ask_unknown(word)


def _has_evidence(answer: dict[str, Any]) -> bool:
    return bool(answer["items"]) and all(answer.get(key) for key in ("release", "notice", "query"))


def _ask_named(text: str, expected: set[str]) -> Question:
    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("search", text=text, kind="mitigation")
        found = [item["iri"] for item in answer["items"]]
        stated = _has_evidence(answer) and all("evidence" in item for item in answer["items"])
        return Outcome(bool(expected & set(found)), bool(expected & set(found[:5])), stated)

    return ask


def _ask_source(iri: str, expected: set[str]) -> Question:
    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("describe", iri=iri)
        found = {item["value"] for item in answer["items"] if item.get("property") == "airm:source" and "of" not in item}
        return Outcome(found == expected, None, _has_evidence(answer))

    return ask


def _ask_evidence(truth: Truth, iri: str) -> Question:
    pieces = [str(one) for one in truth.graph.objects(rdflib.URIRef(iri), truth.airm.evidence)]
    expected = {(piece, str(truth.graph.value(rdflib.URIRef(piece), truth.airm.capturedText))) for piece in pieces}

    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("describe", iri=iri)
        lines: defaultdict[str, list[str]] = defaultdict(list)
        for item in answer["items"]:
            if "evidence" in item and item["evidence"] in pieces:
                lines[item["evidence"]].append(item["text"])
        return Outcome({(piece, "\n".join(texts)) for piece, texts in lines.items()} == expected, None, _has_evidence(answer))

    return ask


def _ask_code(truth: Truth, code: str) -> Question:
    edition, notation = code.removeprefix(truth.base).split("/")[1:]
    below = {one for one in set(truth.graph.objects(None, truth.airm.assignedCode)) if re.match(rf"{re.escape(code)}(\.|$)", str(one))}
    given = {one for one in truth.graph.subjects(truth.airm.assignedCode) if set(truth.graph.objects(one, truth.airm.assignedCode)) & below}
    expected = {str(one) for classification in given for one in truth.graph.subjects(truth.airm.classification, classification)}

    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("run_query", name="mitigations-by-code", arguments={"code": notation, "edition": edition})
        return Outcome({item["mitigation"] for item in answer["items"]} == expected, None, _has_evidence(answer))

    return ask


def _ask_role(facet: str, label: str, expected: set[str]) -> Question:
    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("search", kind="mitigation", **{facet: label})
        found = {item["iri"] for item in answer["items"]}
        # A role that no mitigation has is no choice: the tool says so.
        return Outcome(found == expected, None, _has_evidence(answer) if expected else bool(answer["note"]))

    return ask


def _ask_why(truth: Truth, iri: str, chosen: random.Random) -> Question:
    classified = [
        (str(one), code)
        for one in truth.graph.objects(rdflib.URIRef(iri), truth.airm.classification)
        for code in truth.graph.objects(one, truth.airm.assignedCode)
    ]
    expected, top = set[tuple[str, ...]](), rdflib.URIRef("urn:of-nothing")
    if classified:
        one, code = chosen.choice(sorted(classified))
        top, expected = code, {(iri, str(truth.airm.classification), one), (one, str(truth.airm.assignedCode), str(code))}
        while above := truth.graph.value(top, SKOS.broader):
            expected.add((str(top), str(SKOS.broader), str(above)))
            top = above

    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("why", subject=iri, predicate="airm:underCode", object=str(top))
        if not expected:
            return Outcome("is not in the graph" in answer["note"], None, evidence=True)
        stated = [item for item in answer["items"] if "stated" in item]
        # Another classification may lead to the same code: then that one is proved.
        proved = {tuple(term.strip("<>") for term in item["statement"]) for item in stated}
        right = proved == expected or (len(classified) > 1 and all(map(truth.holds, proved)))
        return Outcome(right and all(map(truth.holds, proved)), None, _has_evidence(answer) and any(_is_located(item) for item in stated))

    return ask


def _is_located(item: dict[str, Any]) -> bool:
    return any(ground.get("file") and ground.get("text") for ground in item["stated"])


def _ask_similar(one: str, two: str) -> Question:
    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("similar", mitigation=one)
        found = [(item["one"], item["two"]) for item in answer["items"]]
        others = [second["iri"] if first["iri"] == one else first["iri"] for first, second in found]
        stated = _has_evidence(answer) and all("evidence" in end for pair in found for end in pair)
        return Outcome(two in others, two in others[:5], stated)

    return ask


def _ask_change(kind: str, iri: str, before: str) -> Question:
    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("diff", kind=kind)
        found = {item["subject"].strip("<>"): item["old"] for item in answer["items"]}
        right = iri in found and (not before or any(before in text for text in found[iri]))
        return Outcome(right and answer["total"] == EACH // 2, None, _has_evidence(answer) and "statements" in answer["note"])

    return ask


def _ask_unknown(word: str) -> Question:
    async def ask(asked: Asked) -> Outcome:
        answer = await asked.call("search", text=word)
        missing = await asked.call("describe", iri=f"mitigation/{word}-2025/{word}")
        silent = answer["total"] == 0 and missing["total"] == 0
        return Outcome(silent and bool(answer["note"]) and "not in the graph" in missing["note"], None, evidence=True)

    return ask


async def _run(dist: Path, seed: int) -> bool:
    truth = Truth(dist)
    with tempfile.TemporaryDirectory() as folder:
        earlier = Path(folder, "earlier.nt")
        truth.write_earlier(earlier, seed=seed)
        return await _ask_all(truth, dist, earlier, seed)


async def _ask_all(truth: Truth, dist: Path, earlier: Path, seed: int) -> bool:
    outcomes: defaultdict[str, list[tuple[Outcome, int, int]]] = defaultdict(list)
    started = StdioServerParameters(command=AIRM_GRAPH[0], args=[*AIRM_GRAPH[1:], "mcp", str(dist), "--previous", str(earlier)])
    async with stdio_client(started) as streams, ClientSession(*streams[:2]) as session:
        await session.initialize()
        tools = (await session.list_tools()).model_dump(mode="json", by_alias=True, exclude_none=True)["tools"]
        print(f"{dist}: {len(tools)} tools in {len(ENCODING.encode(json.dumps(tools)))} tokens")
        for kind, ask in make_questions(truth, seed):
            asked = Asked(session)
            outcomes[kind].append((await ask(asked), asked.calls, asked.tokens))
    print(f"{'kind':10}{'questions':>10}{'right':>7}{'first 5':>9}{'evidence':>10}{'calls':>7}{'tokens':>8}")
    for kind, found in [*outcomes.items(), ("all", [one for some in outcomes.values() for one in some])]:
        recalls = [one.recall for one, _, _ in found if one.recall is not None]
        recall = f"{sum(recalls) / len(recalls):.2f}" if recalls else "-"
        numbers = [sum(one.right for one, _, _ in found), recall, sum(one.evidence for one, _, _ in found)]
        medians = [statistics.median(calls for _, calls, _ in found), statistics.median(tokens for *_, tokens in found)]
        print(f"{kind:10}{len(found):>10}{numbers[0]:>7}{recall:>9}{numbers[2]:>10}{medians[0]:>7g}{medians[1]:>8g}")
    every = [one for some in outcomes.values() for one, *_ in some]
    recalls = [one.recall for one in every if one.recall is not None]
    unknown = all(one.right for one, *_ in outcomes["unknown"])
    return sum(one.right for one in every) >= 0.95 * len(every) and sum(recalls) >= 0.9 * len(recalls) and unknown


def main() -> int:
    """Ask about each release."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dist", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return 0 if all(asyncio.run(_run(dist, given.seed)) for dist in given.dist) else 1


if __name__ == "__main__":
    sys.exit(main())

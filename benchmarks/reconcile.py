"""Reconcile messy names over HTTP, as OpenRefine does, beside rapidfuzz over all names in the same run.

python benchmarks/reconcile.py PATH [--names 200] [--seed 1]

PATH is what `airm-graph serve` takes. Names of mitigations are drawn, and written otherwise: in another case, in quotes, with hyphens, with
a word lost (of six or more, two), with two letters exchanged, and with a mixture of the first four. Each is sent alone and in batches of
ten, with the type, and with the source of the mitigation as a property where several mitigations have the name. Right is the name of the
mitigation at the first place, and its source where that was asked for; how often it is the very mitigation is told, too, as some sources
have one name several times. rapidfuzz gets all names of mitigations. Exit code 1 where fewer than 95 % of the mixture are right, or where
half of its answers take 20 ms.
"""

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from airm_graph.pipeline import load
from airm_graph.search.entities import Entity, read_entities
from airm_graph.search.name_index import fold_name

__all__ = ["main", "make_messy"]

AIRM = "https://w3id.org/airm-graph/ontology#"
BATCH, LEAST, MOST_MS = 10, 0.95, 20.0
QUOTES = ("\u201c{}\u201d", '"{}"', "'{}'", "\u00ab {} \u00bb")


def change_case(name: str, chance: random.Random) -> str:
    return chance.choice((str.upper, str.lower, str.title, str.swapcase))(name)


def put_quotes(name: str, chance: random.Random) -> str:
    return chance.choice(QUOTES).format(name)


def put_hyphens(name: str, chance: random.Random) -> str:
    words = name.replace("-", " ").split()
    return chance.choice(("-", " - ", "\u2013", "  ")).join(words)


def lose_words(name: str, chance: random.Random) -> str:
    words = name.split()
    for _ in range(2 if len(words) >= 6 else 1 if len(words) >= 3 else 0):
        del words[chance.randrange(len(words))]
    return " ".join(words)


def exchange_letters(name: str, chance: random.Random) -> str:
    places = [at for at in range(len(name) - 1) if name[at : at + 2].isalpha() and name[at] != name[at + 1]]
    if not places:
        return name
    at = chance.choice(places)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def mix(name: str, chance: random.Random) -> str:
    """Write a name otherwise in two or three ways, a lost word always among them."""
    ways = chance.sample((change_case, put_quotes, put_hyphens), chance.randint(1, 2))
    name = lose_words(name, chance)
    for way in sorted(ways, key=(change_case, put_hyphens, put_quotes).index):
        name = way(name, chance)
    return name


WAYS: Mapping[str, Callable[[str, random.Random], str]] = {
    "case": change_case,
    "quotes": put_quotes,
    "hyphens": put_hyphens,
    "lost words": lose_words,
    "letters exchanged": exchange_letters,
    "mixture": mix,
}


@dataclass(frozen=True)
class Asked:
    """A messy name, the mitigation that it stands for, and the query."""

    text: str
    wanted: Entity
    query: Mapping[str, Any]


def make_messy(entities: Sequence[Entity], way: str, *, names: int, seed: int) -> list[Asked]:
    """Draw mitigations and write their names otherwise; the same for the same seed."""
    chance, shared = random.Random(f"{way} {seed}"), Counter(fold_name(one.name) for one in entities)
    asked = []
    for one in chance.sample(list(entities), min(names, len(entities))):
        text = WAYS[way](one.name, chance)
        query: dict[str, Any] = {"query": text, "type": f"{AIRM}Mitigation", "limit": 5}
        if shared[fold_name(one.name)] > 1:
            query["properties"] = [{"pid": f"{AIRM}source", "v": {"id": value[1:-1]}} for value in one.values.get(f"{AIRM}source", ())]
        asked.append(Asked(text, one, query))
    return asked


@contextmanager
def serving(path: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "airm_graph", "serve", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://[^ ,]+", process.stdout.readline())
            assert found, "the server did not start"
            yield found[0].strip().rstrip("/")
        finally:
            process.terminate()


def reconcile(client: httpx.Client, queries: Mapping[str, Any]) -> tuple[dict[str, str], float]:
    """Send a batch; returns the first candidate of each query, and milliseconds."""
    begun = time.perf_counter()
    found = client.post("/reconcile", data={"queries": json.dumps(queries)}).raise_for_status().json()
    spent = 1000 * (time.perf_counter() - begun)
    return {name: next((one["id"] for one in result["result"]), "") for name, result in found.items()}, spent


def measure(client: httpx.Client, entities: Sequence[Entity], asked: Sequence[Asked]) -> tuple[int, int, list[float], float]:
    """Ask alone and in batches; returns how many are right, how many the very one, the milliseconds of each alone, and in batches."""
    right, same, spent, together, by_iri = 0, 0, [], 0.0, {one.iri: one for one in entities}
    for one in asked:
        found, took = reconcile(client, {"q": one.query})
        first = by_iri.get(found["q"])
        same += first == one.wanted
        right += first is not None and (fold_name(first.name), *find_sources(first, one)) == (
            fold_name(one.wanted.name),
            *find_sources(one.wanted, one),
        )
        spent.append(took)
    for start in range(0, len(asked), BATCH):
        together += reconcile(client, {f"q{n}": one.query for n, one in enumerate(asked[start : start + BATCH])})[1]
    return right, same, spent, together / len(asked)


def find_sources(entity: Entity, asked: Asked) -> tuple[str, ...]:
    return entity.values.get(f"{AIRM}source", ()) if "properties" in asked.query else ()


def measure_peer(entities: Sequence[Entity], asked: Sequence[Asked], scorer: str) -> tuple[int, list[float]]:
    from rapidfuzz import fuzz, process, utils

    names = [utils.default_process(one.name) for one in entities]
    right, spent = 0, []
    for one in asked:
        begun = time.perf_counter()
        _, _, number = process.extractOne(utils.default_process(one.text), names, scorer=getattr(fuzz, scorer))
        spent.append(1000 * (time.perf_counter() - begun))
        right += fold_name(entities[number].name) == fold_name(one.wanted.name)
    return right, spent


def tell(way: str, engine: str, right: int, spent: Sequence[float], extra: str = "") -> None:
    ordered = sorted(spent)
    late = ordered[max(0, int(0.99 * len(ordered)) - 1)]
    print(
        f"{way:18} {engine:36} {100 * right / len(spent):5.1f} % right  p50 {statistics.median(spent):5.2f} ms  p99 {late:5.2f} ms{extra}"
    )


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--names", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    graph = load(given.path)
    entities = [one for one in read_entities(graph.quads, base=graph.base) if one.type == f"{AIRM}Mitigation"]
    fails = False
    with serving(given.path) as url, httpx.Client(base_url=url, timeout=30) as client:
        for way in WAYS:
            asked = make_messy(entities, way, names=given.names, seed=given.seed)
            right, same, spent, together = measure(client, entities, asked)
            with_source = sum("properties" in one.query for one in asked)
            tell(
                way,
                "/reconcile, one query a request",
                right,
                spent,
                f"  {together:.2f} ms in batches of {BATCH}; {same} the very one, {with_source} asked with a source",
            )
            for scorer in ("WRatio", "token_set_ratio", "token_sort_ratio"):
                tell(way, f"rapidfuzz {scorer}, in the process", *measure_peer(entities, asked, scorer))
            fails |= way == "mixture" and (right < LEAST * len(asked) or statistics.median(spent) >= MOST_MS)
    return int(fails)


if __name__ == "__main__":
    sys.exit(main())

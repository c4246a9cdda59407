"""Mitigations that say the same: how well labelled pairs are told, planted twins found, and how long 100,000 take.

python benchmarks/similar.py labelled DATA [--write]     DATA is a folder with the 831 rows of the first edition (mitigations.csv)
python benchmarks/similar.py twins DATA
python benchmarks/similar.py size [N]                    beside nearest neighbours of plain TF-IDF, each in a process of its own

``similar-pairs.tsv`` holds identifiers and verdicts, no texts. --write measures its pairs again for ``analysis/labelled_measures.tsv``.
"""

import csv
import random
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from airm_graph.analysis import THRESHOLD
from airm_graph.analysis.mitigation_texts import MitigationText
from airm_graph.analysis.pair_verdicts import LABELLED, make_classifier, read_labelled
from airm_graph.analysis.similar import compare_texts
from airm_graph.analysis.text_measures import MEASURES, TextMeasures

__all__ = ["main", "plant_twin", "read_pairs", "read_texts"]

PAIRS = Path(__file__).with_name("similar-pairs.tsv")
WAYS = ("case", "quotes and hyphens", "order of clauses", "words dropped", "one sentence replaced")


def read_texts(folder: Path) -> list[MitigationText]:
    """The rows of a table as texts, sorted by identifier."""
    with (folder / "mitigations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return sorted((MitigationText(one["ID"], one["Name"], one["Description"], one["Source ID"]) for one in rows), key=lambda one: one.iri)


def read_pairs() -> list[tuple[str, str, str, str]]:
    """First, second, verdict (exact, close, different), and how the pair was drawn (high: among the most similar ones; sampled)."""
    lines = PAIRS.read_text(encoding="utf-8").splitlines()[1:]
    return [(one, two, verdict, drawn) for one, two, verdict, drawn in (line.split("\t") for line in lines)]


def measure_labelled(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Measures of the labelled pairs, and which of them the search for candidates finds."""
    texts = read_texts(folder)
    at = {one.iri: number for number, one in enumerate(texts)}
    pairs = np.array([sorted((at[one], at[two])) for one, two, *_ in read_pairs()])
    measures = TextMeasures(texts)
    found = set(zip(*(side.tolist() for side in measures.find_candidates()), strict=True))
    return measures.measure(pairs[:, 0], pairs[:, 1]), np.array([tuple(pair) in found for pair in pairs.tolist()])


def report_labelled(folder: Path, *, write: bool) -> None:
    """Precision and recall, each pair scored by classifiers that were trained without it (ten folds, three times)."""
    from sklearn.metrics import precision_recall_curve
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    pairs = read_pairs()
    verdicts = [verdict for _, _, verdict, _ in pairs]
    measures, found = measure_labelled(folder)
    if write:
        rows = ("\t".join([*(f"{cell:g}" for cell in row), verdict]) for row, verdict in zip(measures, verdicts, strict=True))
        LABELLED.write_text("\n".join(["\t".join([*MEASURES, "verdict"]), *rows]) + "\n", encoding="utf-8")
    assert np.allclose(read_labelled()[0], measures, rtol=1e-4), "the measures have changed; run with --write"
    same = np.array([verdict != "different" for verdict in verdicts])
    scores = np.zeros(len(pairs))
    for seed in range(3):
        folds = StratifiedKFold(10, shuffle=True, random_state=seed)
        scores += cross_val_predict(make_classifier(), measures, same, cv=folds, method="predict_proba")[:, 1] / 3
    scores[~found] = 0
    across = measures[:, MEASURES.index("same source")] == 0
    sampled = np.array([drawn == "sampled" for *_, drawn in pairs])
    print(
        f"{len(pairs)} pairs: {dict(Counter(verdicts))}, {(sampled & ~same).sum()} of the different ones sampled;",
        f"{found[same].mean():.0%} of the others are candidates",
    )
    for name, chosen in (("all", same | True), ("across sources", across), ("without the most similar different ones", same | sampled)):
        precision, recall, _ = precision_recall_curve(same[chosen], scores[chosen])
        told = scores[chosen] >= THRESHOLD
        right = (told & same[chosen]).sum()
        at = f"at {THRESHOLD:g} precision {right / told.sum():.2f} recall {right / same[chosen].sum():.2f}"
        print(
            f"{name}: precision {precision[recall >= 0.8].max():.3f} at recall 0.8,",
            f"recall {recall[precision >= 0.9].max():.3f} at precision 0.9, {at}",
        )


def plant_twin(text: MitigationText, way: str, seed: random.Random) -> MitigationText | None:
    """Another mitigation that differs in one way only; None where the text has nothing of the kind."""
    name, body = text.name, text.description
    sentences = [one for one in re.split(r"(?<=[.?!])\s+", body) if one]
    if way == "case":
        changed = body.upper()
    elif way == "quotes and hyphens":
        changed = body.replace("'", "’").replace("-", "‑").replace('"', "“")
        if changed == body:
            changed = "“" + body + "”"
    elif way == "order of clauses":
        parts = [part for part in re.split(r"(?<=[,;.?!])\s+", body) if part]
        changed = " ".join(parts[::-1])
    elif way == "words dropped":
        words = body.split()
        gone = set(seed.sample(range(len(words)), max(1, len(words) // 8))) if words else set()
        changed = " ".join(word for number, word in enumerate(words) if number not in gone)
    else:
        chosen = seed.randrange(len(sentences)) if sentences else 0
        sentences[chosen : chosen + 1] = ["Somebody who knows the weather of the coast writes it down every second morning."]
        changed = " ".join(sentences)
    return MitigationText(f"{text.iri}#{way}", name, changed, "twins") if body and changed != body else None


def report_twins(folder: Path) -> None:
    """How many of the planted twins are found, by way, beside cosines of plain TF-IDF of 0.5 and more."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = read_texts(folder)
    for way in WAYS:
        seed = random.Random(way)
        long = [
            one for one in texts if len(one.description) > 80 and (way != WAYS[4] or len(re.findall(r"[.?!]\s+\S", one.description)) >= 2)
        ]
        planted = [(one, twin) for one in seed.sample(long, min(100, len(long))) if (twin := plant_twin(one, way, seed))]
        whole = sorted([*texts, *(twin for _, twin in planted)], key=lambda one: one.iri)
        found = {frozenset((pair.one.iri, pair.two.iri)) for pair in compare_texts(whole).pairs}
        ours = sum(frozenset((one.iri, twin.iri)) in found for one, twin in planted)
        vectors = TfidfVectorizer().fit([f"{one.name} {one.description}" for one in whole])
        sides = (vectors.transform([f"{pair[side].name} {pair[side].description}" for pair in planted]) for side in (0, 1))
        plain = sum(np.asarray(next(sides).multiply(next(sides)).sum(axis=1)).ravel() >= 0.8)
        print(f"{way}: {ours} of {len(planted)}; plain TF-IDF of 0.8 and more: {plain}")


def make_texts(size: int) -> list[MitigationText]:
    """Invented mitigations with the frequencies of words of real texts (Zipf), one in a hundred a twin of another."""
    seed = np.random.default_rng(18)
    words = np.array([f"w{number}x" for number in range(30_000)])
    share = 1 / np.arange(10, 30_010)
    drawn = words[seed.choice(30_000, size=(size, 40), p=share / share.sum())]
    texts = [
        MitigationText(f"m{n:07}", " ".join(row[:4]), f"{' '.join(row[4:20])}. {' '.join(row[20:])}.", f"s{n // 60}")
        for n, row in enumerate(drawn)
    ]
    for number in range(0, size - 1, 100):
        twin = plant_twin(texts[number], WAYS[number // 100 % 4], random.Random(number))
        assert twin
        texts[number + 1] = MitigationText(texts[number + 1].iri, twin.name, twin.description, "twins")
    return texts


def run_size(engine: str, size: int) -> None:
    """One engine, in this process: seconds of the processor and memory."""
    texts = make_texts(size)
    start = time.process_time()
    if engine == "ours":
        found = {(pair.one.iri, pair.two.iri) for pair in compare_texts(texts).pairs}
    else:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.neighbors import NearestNeighbors

        vectors = TfidfVectorizer().fit_transform([f"{one.name} {one.description}" for one in texts])
        near = NearestNeighbors(n_neighbors=2, metric="cosine", algorithm="brute").fit(vectors).kneighbors(vectors)[1]
        found = {(texts[min(pair)].iri, texts[max(pair)].iri) for pair in near.tolist()}
    spent = time.process_time() - start
    twins = [(texts[number].iri, texts[number + 1].iri) for number in range(0, size - 1, 100)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{engine}: {size} mitigations, {spent:.1f} s of the processor, {memory:.2f} GiB,",
        f"{sum(one in found for one in twins)} of {len(twins)} twins",
    )


def main() -> None:
    """Do what the command line asks for."""
    what, *rest = sys.argv[1:]
    if what == "labelled":
        report_labelled(Path(rest[0]), write="--write" in rest)
    elif what == "twins":
        report_twins(Path(rest[0]))
    elif what == "run":
        run_size(rest[0], int(rest[1]))
    else:
        for engine in ("ours", "plain"):
            subprocess.run([sys.executable, __file__, "run", engine, *(rest or ["100000"])], check=True)


if __name__ == "__main__":
    main()

"""Codes changed on purpose in one row of twenty: how many are in the tenth with most doubt, how often the true code is suggested.

python benchmarks/code_checks.py DATA       DATA is a folder with the 831 rows of the first edition (mitigations.csv)

Beside them fifteen lines with a linear SVM (scikit-learn), ten folds.
"""

import csv
import random
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from airm_graph.analysis.code_checks import Coded, check_coded
from airm_graph.analysis.code_checks_formats import describe_figures
from airm_graph.analysis.mitigation_texts import MitigationText

__all__ = ["main"]

SEEDS, SHARE = 5, 0.05


def read_rows(folder: Path) -> tuple[list[Coded], dict[str, str]]:
    """Rows with a code, and the labels of the codes."""
    with (folder / "mitigations.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Code"]]
    # The file is sorted by code; the number in the identifier is the place in the source.
    coded = [
        Coded(
            MitigationText(row["ID"], row["Name"], row["Description"], row["Source ID"]),
            (row["Code"],),
            "",
            int(re.findall(r"\d+", row["ID"])[0]),
        )
        for row in rows
    ]
    return coded, {row["Code"]: f"{row['Code']} {row['Code label']}" for row in rows}


def change(coded: list[Coded], labels: dict[str, str], seed: int) -> tuple[list[Coded], set[int]]:
    """Give one row of twenty another code, any of them."""
    draw = random.Random(seed)
    chosen = set(draw.sample(range(len(coded)), round(SHARE * len(coded))))
    return [
        replace(one, codes=(draw.choice(sorted(labels.keys() - set(one.codes))),)) if number in chosen else one
        for number, one in enumerate(coded)
    ], chosen


def rank_ours(coded: list[Coded], labels: dict[str, str]) -> tuple[list[int], list[list[str]]]:
    """Rows by doubt, and three suggested codes for each row."""
    numbers = {one.text.iri: number for number, one in enumerate(coded)}
    found = check_coded(coded, labels, edition="v1").checks
    suggested: list[list[str]] = [[] for _ in coded]
    for one in found:
        suggested[numbers[one.mitigation.iri]] = [code.partition(" ")[0] for code, _ in one.suggestions]
    return [numbers[one.mitigation.iri] for one in found], suggested


def rank_svm(coded: list[Coded], _: dict[str, str]) -> tuple[list[int], list[list[str]]]:
    """The same with a linear SVM on TF-IDF of words and pairs of words."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    given = np.array([one.codes[0] for one in coded])
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC())
    folds = KFold(10, shuffle=True, random_state=0)
    scores = cross_val_predict(
        model, [f"{one.text.name}. {one.text.description}" for one in coded], given, cv=folds, method="decision_function"
    )
    codes = np.unique(given)
    own = scores[np.arange(len(coded)), np.searchsorted(codes, given)]
    order = np.argsort(own - scores.max(axis=1), kind="stable")
    return order.tolist(), [[str(code) for code in codes[np.argsort(-row)[:3]]] for row in scores]


def main() -> None:
    """Print both figures for each engine."""
    coded, labels = read_rows(Path(sys.argv[1]))
    print(describe_figures(check_coded(coded, labels, edition="v1")))
    for name, rank in (("ours", rank_ours), ("linear SVM", rank_svm)):
        tenth, first = [], []
        for seed in range(SEEDS):
            changed, chosen = change(coded, labels, seed)
            try:
                order, suggested = rank(changed, labels)
            except ValueError as error:  # a code that one row alone has is not in every fold
                print(f"{name}, seed {seed}: {error}")
                continue
            tenth.append(len(chosen & set(order[: len(coded) // 10])) / len(chosen))
            first.append(sum(coded[number].codes[0] in suggested[number] for number in chosen) / len(chosen))
        print(f"{name}: in the tenth with most doubt {np.mean(tenth):.3f}, true code among three {np.mean(first):.3f};", end=" ")
        print(f"by seed {np.round(tenth, 2)} {np.round(first, 2)}")


if __name__ == "__main__":
    main()

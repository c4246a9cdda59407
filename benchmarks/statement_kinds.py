"""How often the rules that suggest a kind of statement are right.

PYTHONPATH=benchmarks python benchmarks/statement_kinds.py ../shared/data/mit-v1

The labels (``statement-kinds.tsv``: identifiers of rows of the public table of 831, and kinds) were given by one reader, who saw the
descriptions alone: 117 rows drawn at random, before any rule was written, and 70 others, drawn after the first version of the rules; words
that only these have were not added to the rules. Confidence is (right + 1) / (fired + 2), over all of them: a rule that fired seldom is
trusted little.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from airm_graph.triples.suggestions import RULES, suggest_kind

LABELS = Path(__file__).with_name("statement-kinds.tsv")


def read_labels(folder: Path) -> list[tuple[str, str, str]]:
    """Description, kind and part of each labelled row."""
    with (folder / "mitigations.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = {row["ID"]: row["Description"] for row in csv.DictReader(file)}
    with LABELS.open(encoding="utf-8", newline="") as file:
        return [(texts[row["identifier"]], row["kind"], row["part"]) for row in csv.DictReader(file, delimiter="\t")]


def count(folder: Path, part: str | None = None) -> dict[int | None, tuple[int, int]]:
    """Number of a rule, None for no rule → how often it was right, and how often it fired."""
    right, fired = Counter[int | None](), Counter[int | None]()
    for text, kind, of in read_labels(folder):
        if part in (None, of):
            rule = suggest_kind(text)
            number = RULES.index(rule) if rule else None
            fired[number] += 1
            right[number] += bool(rule and rule.kind == kind)
    return {number: (right[number], fired[number]) for number in fired}


def find_confidence(folder: Path) -> list[str]:
    """What the confidence of each rule is by the labels."""
    counts = count(folder)
    return [f"{(counts.get(n, (0, 0))[0] + 1) / (counts.get(n, (0, 0))[1] + 2):.2f}" for n in range(len(RULES))]


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    confidence = find_confidence(folder)
    for part in ("built", "held out"):
        counts = count(folder, part)
        right = sum(one for number, (one, _) in counts.items() if number is not None)
        fired = sum(many for number, (_, many) in counts.items() if number is not None)
        print(f"{part}: a rule fired for {fired} of {sum(many for _, many in counts.values())} texts and was right for {right}")
    for number, rule in enumerate(RULES):
        print(f"{rule.kind:15} {confidence[number]}  {rule.reason}")


if __name__ == "__main__":
    main()

"""The pattern that keeps texts out of SQL holds for every text that a repair changes."""

import re

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.text import MAY_NEED_REPAIR, repair_text
from airm_graph.text.words import LOST_HYPHENS, LOST_LIGATURES

_PIECES = [
    *(
        "Logs are kept",
        "aacks",
        "Thirdparty",
        "AIgenerated",
        " [3]",
        " [12, 4]",
        " (Lee et al., 2024)",
        "mea- sure",
        "Schemas15",
        "safety.3",
        "GPT4",
    ),
    *(
        " ",
        "\n",
        " \n",
        "\n ",
        ".",
        ": ",
        " - One",
        " – two",
        "●",
        "• ",
        "\\*",
        "[a](https://example.org)",
        "\u200b",
        "\u00ad",
        "ﬁ",
        "é",
        "\u00a0",
    ),
    *("Stage: Deploy; Actor: User. ", "[NIST AI: govern] ", "; ", "1", "and"),
]
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=8).map("".join)


def is_changed(text: str, kind: str) -> bool:
    return repair_text([(n, 1, line) for n, line in enumerate(text.split("\n"), 1)], kind=kind, words={"measure"}).published != text


@settings(max_examples=600)
@given(TEXTS)
def test_no_text_that_a_repair_changes_is_taken_for_sound(text: str) -> None:
    text = text.strip()
    if is_changed(text, "prose"):
        assert re.search(MAY_NEED_REPAIR, text)
    name = " ".join(text.split())
    if is_changed(name, "name"):
        assert re.search(MAY_NEED_REPAIR, name)


@pytest.mark.parametrize("word", sorted({*LOST_HYPHENS, *LOST_LIGATURES}))
def test_no_word_of_the_lists_is_taken_for_sound(word: str) -> None:
    assert all(re.search(MAY_NEED_REPAIR, f"They {form} it.") for form in (word, word.capitalize(), word.upper()))


def test_sql_reads_the_pattern_as_python_does() -> None:
    texts = [
        *_PIECES,
        "Plain words, as most texts are.",
        "Line one.\nLine two.",
        "Version 3 of it",
        "A0",
        "x\u200fy",
        "ﬀ",
        "\uf0b7 x",
        "Über aacks",
    ]
    found = duckdb.execute("SELECT [regexp_matches(t, $1) FOR t IN $2]", [MAY_NEED_REPAIR, texts]).fetchall()[0]
    assert found == ([bool(re.search(MAY_NEED_REPAIR, text)) for text in texts],)

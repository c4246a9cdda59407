"""Repairs and damage, rule by rule: what each must change and what it must leave alone; the sentences are our own."""

import csv
import hashlib
import time
from pathlib import Path

import pytest
from anyascii import anyascii
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.model import Repair, Text
from airm_graph.text import RULES, Damage, find_damage, fingerprint, normalise, repair_text, slugify, text_keys
from airm_graph.text.spans import SPACES, Edit, apply_edits, compose_edits
from airm_graph.text.words import _BY_LIGATURE, LOST_HYPHENS, LOST_HYPHENS_EXACT, LOST_LIGATURES, NOUNS

SHARED = Path(__file__).resolve().parents[2] / "shared"
KINDS = ("name", "prose", "title")


def publish(text, kind="prose"):
    return repair_text([(1, 1, text)], kind=kind).published


def rules_of(text, kind="prose"):
    return {repair.rule for repair in repair_text([(1, 1, text)], kind=kind).repairs}


def replay(lines, repairs, kind):
    """Make the published text from the captured fragments and the listed repairs alone."""
    starts, at = {}, 0
    for line, column, fragment in lines:
        starts[line] = at - column
        at += len(fragment) + 1
    text = "\n".join(fragment for _, _, fragment in lines)
    for repair in sorted(repairs, reverse=True):
        start = starts[repair.line] + repair.position
        assert text.startswith(repair.before, start)
        text = text[:start] + repair.after + text[start + len(repair.before) :]
    if kind == "prose":
        text = "\n".join(line.strip(SPACES) for line in text.split("\n"))
    return text.strip(SPACES + "\n")


# --- lost-ligature ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("aacks", "attacks"),
        ("aack", "attack"),
        ("Aacker", "Attacker"),
        ("aackers", "attackers"),
        ("aacking", "attacking"),
        ("aempt", "attempt"),
        ("aention", "attention"),
        ("aribution", "attribution"),
        ("aributes", "attributes"),
        ("seings", "settings"),
        ("commiee", "committee"),
        ("Commiees", "Committees"),
        ("wrien", "written"),
        ("informaon", "information"),
        ("migaon", "mitigation"),
        ("signicant", "significant"),
        ("dierences", "differences"),
        ("workows", "workflows"),
        ("ecient", "efficient"),
        ("ndings", "findings"),
    ],
)
def test_lost_ligature_is_put_back(before, after):
    sentence = f"We saw {before}, and jailbreak-{before} too."
    text = repair_text([(1, 1, sentence)], kind="prose")
    assert text.published == f"We saw {after}, and jailbreak-{after} too."
    assert text.repairs[0] == Repair(1, 8, "lost-ligature", before, after)


@pytest.mark.parametrize(
    "sentence",
    [
        "A leer, a beer, being, boom and bale.",  # letter, better, betting, bottom, battle: words of their own
        "Seing is believing, and a classier model.",
        "The AACKS consortium met in Aachen.",
        "Read https://example.org/aacks and www.example.org/aack now.",
        "The file aack.txt and the tag #aack stay.",
        "A lone aain, aend or conict has two readings.",
        "Attacks on attention and settings.",
    ],
)
def test_lost_ligature_leaves_other_words(sentence):
    assert publish(sentence) == sentence


def test_lost_ligature_list_has_one_reading_per_spelling():
    assert sum(len(words.split()) for words in _BY_LIGATURE.values()) == len(LOST_LIGATURES)
    assert not set(LOST_LIGATURES.values()) & set(LOST_LIGATURES)
    for damaged, word in LOST_LIGATURES.items():
        assert damaged in {word.replace(ligature, "") for ligature in _BY_LIGATURE} - {word}


@pytest.mark.parametrize(
    ("before", "after"), [("speciﬁc", "specific"), ("ﬂow", "flow"), ("eﬀort", "effort"), ("suﬃcient", "sufficient"), ("baﬄe", "baffle")]
)
def test_ligature_character_is_written_as_letters(before, after):
    assert publish(f"A {before}.") == f"A {after}."
    assert rules_of(f"A {before}.") == {"ligature-character"}


# --- lost-hyphen -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("predeployment", "pre-deployment"),
        ("Predeployment", "Pre-deployment"),
        ("POSTDEPLOYMENT", "POST-DEPLOYMENT"),
        ("thirdparty", "third-party"),
        ("decisionmaking", "decision-making"),
        ("decisionmakers", "decision-makers"),
        ("redteaming", "red-teaming"),
        ("redteams", "red-teams"),
        ("Redteamers", "Red-teamers"),
        ("AIgenerated", "AI-generated"),
        ("AIpowered", "AI-powered"),
        ("LLMbased", "LLM-based"),
        ("riskbased", "risk-based"),
        ("highrisk", "high-risk"),
        ("stateoftheart", "state-of-the-art"),
    ],
)
def test_lost_hyphen_is_put_back(before, after):
    text = repair_text([(1, 1, f"Some {before} work.")], kind="prose")
    assert text.published == f"Some {after} work."
    assert text.repairs == (Repair(1, 6, "lost-hyphen", before, after),)


@pytest.mark.parametrize(
    "sentence",
    [
        "Lifecycle tradeoffs of multistakeholder opensource finetuning in realtime.",
        "The product AIGenerated and the tag aigenerated.",
        "The site thirdparty.com and the mail box a@thirdparty stay.",
        "The package ThirdParty and my_thirdparty stay.",
        "Third parties make pre-deployment decisions.",
    ],
)
def test_lost_hyphen_leaves_other_words(sentence):
    assert publish(sentence) == sentence


def test_lost_hyphen_lists_add_hyphens_only():
    for damaged, word in {**LOST_HYPHENS, **LOST_HYPHENS_EXACT}.items():
        assert word.replace("-", "") == damaged != word


# --- footnote-number -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A regulatory Sandbox9 helps.", "A regulatory Sandbox helps."),
        ("A Code of Ethics36", "A Code of Ethics"),
        ("Corporate governance12, oversight13 and audits114.", "Corporate governance, oversight and audits."),
        ("Use prompt Schemas15) to test.", "Use prompt Schemas) to test."),
        ("Weigh proportionality4 first.", "Weigh proportionality first."),
        ("It poses challenges for implementation. 35", "It poses challenges for implementation."),
        ("They fit their use cases. 37 A common list helps.", "They fit their use cases. A common list helps."),
        ("Cases differ.12 The list is long.", "Cases differ. The list is long."),
        (
            "Here are cases. 37 A list is our taxonomy. 38 Categories of it follow.",
            "Here are cases. A list is our taxonomy. Categories of it follow.",
        ),
        ("Cases ask for governance40 and a taxonomy. 41 Categories follow.", "Cases ask for governance and a taxonomy. Categories follow."),
        ("“It is a matter of taste.” 12 The rest is not.", "“It is a matter of taste.” The rest is not."),
    ],
)
def test_footnote_number_is_taken_out(before, after):
    assert publish(before) == after
    assert rules_of(before) == {"footnote-number"}


def test_footnote_number_is_listed_with_its_place():
    assert repair_text([(7, 3, "A Sandbox9 is no implementation. 35")], kind="prose").repairs == (
        Repair(7, 5, "footnote-number", "Sandbox9", "Sandbox"),
        Repair(7, 35, "footnote-number", " 35", ""),
    )


NUMBERED = """
    GPT4 Top10 Web3 Llama2 Claude3 COVID19 CO2 H2O sha256 Level4 ASL3 SL5 Article5 Annex3 Section3 Version2 Type1 Tier2 Phase3
    Iteration3 Generation2 Question7 Option2 Regulation12 Recommendation4 Requirement9 Amendment3 Convention108 Building7 Boeing747
    String3 Priority1 Control5 Windows11 Safety01 safety2024 POLICY2 CyberSecurity9 user42@example.org policy3.1 safety-9-based
    safety9-based example.org/policy3 policy_3 policy3_x evaluation3(x) `policy1` l2 r0 B2B
"""


@pytest.mark.parametrize("name", NUMBERED.split())
def test_footnote_number_leaves_names(name):
    for sentence in (f"We use {name} here.", f"We use {name}", f"{name} is used."):
        assert publish(sentence) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Use ISO 42001 since 2024.",
        "It began in 2024",
        "See Art. 35",
        "See No. 5",
        "See Fig. 3",
        "See Sec. 4",
        "See vol. 3",
        "See Annex. 3",
        "It costs approx. 12 The rest is free.",
        "Do this. 2. Governments do that.",
        "We do: 1 The first thing. 2 The second thing. 3 The third thing.",
        "Two steps: 1) Plan the work. 2) Do the work.",
        "Our goals are many. 1",
        "First comes 1. Then there is more. 2",
        "It grew by 2.5 and 3,5.",
        "We list categories. 38 Categories of content follow.",
        "Many signed. 27 Member States did.",
        "Apply policy1, then policy2.",
        "Apply policy3, then repeat policy3.",
        "The U.S. 35 The end.",
        "Read https://example.org/governance5 now.",
    ],
)
def test_footnote_number_leaves_numbers_that_mean_something(sentence):
    assert publish(sentence) == sentence


def test_footnote_number_certainty_does_not_reach_far():
    sentence = "Here are cases. 37 A list is our taxonomy. 48 Categories of it follow."
    assert publish(sentence) == "Here are cases. A list is our taxonomy. 48 Categories of it follow."


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_footnote_number_is_taken_from_every_listed_noun(noun):
    assert publish(f"Ask for {noun}17 now.") == f"Ask for {noun} now."


# --- citation-mark ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It is costly [88, 56].", "It is costly."),
        ("A local network [20].", "A local network."),
        ("Adversarial training [83] is old.", "Adversarial training is old."),
        ("Known since long [3–5], or so.", "Known since long, or so."),
        ("Known since long [3][5] and well.", "Known since long and well."),
        ("It is known. [7] The rest is not.", "It is known. The rest is not."),
        ("Signals work at scale [31].", "Signals work at scale."),
        ("Known attacks [104", "Known attacks"),
        ("Known attacks [104 and more of them.", "Known attacks and more of them."),
        ("Known attacks [104, 7.", "Known attacks."),
        ("It is known (Alaga et al. 2024).", "It is known."),
        ("It is known (Alaga et al., 2024a; Smith & Lee, 2023) by now.", "It is known by now."),
        ("It is known (Smith and Lee et al., 2023; O’Neil, 2016).", "It is known."),
        ("It is known (e.g., van der Berg et al., 2023, Ševčík et al. 2021).", "It is known."),
        ("It is known (Slattery, et al., 2024).", "It is known."),
    ],
)
def test_citation_mark_is_taken_out(before, after):
    assert publish(before) == after
    assert rules_of(before) == {"citation-mark"}


@pytest.mark.parametrize(
    "sentence",
    [
        "They was [sic] there.",
        "It lies in [0, 1].",
        "A value [0, 1] is a share.",
        "It lies on a scale [1, 5].",
        "The AI Act (AI Act 2024) and the RMF (NIST 2023).",
        "They met (May, 2023) and again (Seoul, 2024).",
        "As shown in [20], it works.",
        "It was shown by (Alaga et al., 2024) and others.",
        "As Alaga et al. (2024) show, it works.",
        "It works (as was shown by Alaga et al. 2024).",
        "It works (Alaga et al.).",
        "The year [2024] and the page [1000].",
        "Read items[3] and matrix[1, 2].",
        "[20] shows that it works.",
        "It works. [20] shows it.",
        "Choose [1] speed, [2] safety or [3] cost.",
        "It lies in [5 to 10, they say.",
        "A [104 words] remark, and f(x)=[3].",
        "It is the [20]-norm.",
        "It is shown in a range, [3]–[5], of papers.",
        "Somebody showed it [3]–[5].",
    ],
)
def test_citation_mark_leaves_other_brackets(sentence):
    assert publish(sentence) == sentence


# --- mark-up ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Keep [audit logs](https://example.org/a_(b)) safe.", "Keep audit logs safe."),
        ("Keep [audit logs](https://…) safe.", "Keep audit logs safe."),
        ('Keep [audit logs](https://example.org "Logs") safe.', "Keep audit logs safe."),
        ("Keep [audit logs](https://example.org/cut", "Keep audit logs"),
    ],
)
def test_markdown_link_becomes_its_words(before, after):
    assert publish(before) == after
    assert rules_of(before) == {"markdown-link"}


@pytest.mark.parametrize(
    "sentence",
    [
        "A note [draft] (see below).",
        "See [20](https://example.org/20).",
        "f[x](y) is code.",
        "A picture ![alt](https://example.org/x.png).",
    ],
)
def test_markdown_link_leaves_other_brackets(sentence):
    assert publish(sentence) == sentence


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"2\. Governments act.", "2. Governments act."),
        (r"2\) Governments act.", "2) Governments act."),
        (r"The field model\_name and 5\*.", "The field model_name and 5*."),
        (r"\- Governments act.", "- Governments act."),
        (r"Some 5\% of it.", "Some 5% of it."),
    ],
)
def test_escaped_character_loses_its_backslash(before, after):
    assert publish(before) == after
    assert rules_of(before) == {"escaped-character"}


@pytest.mark.parametrize("sentence", [r"The set \[a, b\] and \(x\).", r"The pattern \\. stays.", r"Use \alpha and \{x\}."])
def test_escaped_character_leaves_other_backslashes(sentence):
    assert publish(sentence) == sentence


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Actions: ● plan ● act", "Actions:\n- plan\n- act"),
        ("● plan ● act", "- plan\n- act"),
        ("Plan first.• Act then.", "Plan first.\n- Act then."),
        ("Actions include: - plan the work - do the work", "Actions include:\n- plan the work\n- do the work"),
        ("Actions include: - Plan the work - all of it - Do it", "Actions include:\n- Plan the work - all of it\n- Do it"),
    ],
)
def test_inline_bullet_starts_a_line(before, after):
    assert publish(before) == after
    assert rules_of(before) == {"inline-bullet"}


@pytest.mark.parametrize(
    "text",
    [
        "Plan the work - all of it - and do it.",
        "One action: - plan the work.",
        "Risks: fraud - a kind of theft - is one.",
        "The product a • b is a number.",
        "A row ●●● or ● ● of ornaments.",
        "• plan\n• act",
    ],
)
def test_inline_bullet_leaves_dashes_and_lists(text):
    assert repair_text([(n, 1, line) for n, line in enumerate(text.split("\n"), 1)], kind="prose").published == text


def test_inline_bullet_turns_all_bullets_of_a_text_alike():
    lines = [(1, 1, "Metrics are:"), (2, 1, "• one"), (3, 1, "• two.• three")]
    assert repair_text(lines, kind="prose").published == "Metrics are:\n- one\n- two.\n- three"


@pytest.mark.parametrize("kind", ["name", "title"])
def test_inline_bullet_is_left_alone_in_names(kind):
    for name in ("Plan ● Act", "Act: - Plan - Do"):
        assert publish(name, kind) == name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[NIST GenAI risks: Fraud; Bias] | [NIST AI Actor tasks: Testing] Check the model.", "Check the model."),
        ("[NIST GenAI risks: Fraud] Check the model.", "Check the model."),
        ("Stage: Detection; Stakeholder: Developer. Check the model.", "Check the model."),
        ("Stage: Detection; Response; Stakeholder: Developer | Check the model.", "Check the model."),
    ],
)
def test_structured_prefix_is_taken_off(before, after):
    assert publish(before) == after
    assert rules_of(before) == {"structured-prefix"}
    assert publish(before, "name") == before


@pytest.mark.parametrize(
    "text", ["[Note: this is new] Check the model.", "Stage: the place where actors stand.", "Risk: it may fail. Check it."]
)
def test_structured_prefix_leaves_other_prose(text):
    assert publish(text) == text


@pytest.mark.parametrize(
    "text", ["[NIST GenAI risks: Fraud; Bias] | [NIST AI Actor tasks: Testing]", "Stage: Detection; Stakeholder: Developer"]
)
def test_structured_prefix_without_prose_is_reported(text):
    assert publish(text) == text
    assert find_damage(text, kind="prose") == (Damage("structured-only", text[:60].rpartition(" ")[0] if len(text) > 60 else text),)


@pytest.mark.parametrize(
    ("before", "after"),
    [(": Effectiveness may change.", "Effectiveness may change."), ("; , Then more.", "Then more."), ("| A cell.", "A cell.")],
)
def test_leading_punctuation_is_taken_off(before, after):
    assert publish(before) == after
    assert rules_of(before) == {"leading-punctuation"}


@pytest.mark.parametrize("text", [": ", "…and then more.", "- An item.", ".NET code.", "“Quoted.”", "(TAR). A method."])
def test_leading_punctuation_leaves_what_belongs_there(text):
    assert publish(text) == text.strip()


def test_line_break_in_a_name_becomes_a_space():
    text = repair_text([(4, 1, "Tamper resistance "), (5, 3, " (TR)")], kind="name")
    assert text.published == "Tamper resistance (TR)"
    assert text.repairs == (Repair(4, 18, "line-break", " \n ", " "),)
    assert repair_text([(4, 1, "One."), (5, 1, "Two.")], kind="prose") == Text("One.\nTwo.", "One.\nTwo.")


# --- characters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("char", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202e\u2066\u2069\u0007\u001f\u0080")
def test_invisible_character_is_taken_out(char):
    text = repair_text([(3, 1, f"A mo{char}del.")], kind="prose")
    assert text.published == "A model."
    assert text.repairs == (Repair(3, 5, "invisible-character", char, ""),)


@pytest.mark.parametrize("char", "\u000b\u000c\r\u0085\u2028\u2029")
def test_invisible_line_end_becomes_a_space(char):
    assert publish(f"One{char}two.") == "One two."


@pytest.mark.parametrize("text", ["می‌خواهم", "क्‍ष", "👩‍💻 works."])
def test_joiners_stay_where_a_script_needs_them(text):
    assert publish(text) == text


def test_invisible_character_inside_a_damaged_word_is_one_repair():
    text = repair_text([(1, 1, "The aa\u200bcks.")], kind="prose")
    assert text.published == "The attacks."
    assert text.repairs == (Repair(1, 5, "lost-ligature", "aa\u200bcks", "attacks"),)


@pytest.mark.parametrize(
    "text",
    [
        "“Curly” and ‘single’ quotes – a dash — another …",
        "Fine‑tuning with a non-breaking hyphen.",
        "Camille François, Rokas Gipiškis and Adrian Regenfuß.",
        "Canonically the ℓ p norms, or the ℓ 2 norm.",
        "Some 5\u00a0% of them.",
    ],
)
def test_what_is_no_damage_is_kept(text):
    for kind in KINDS:
        assert repair_text([(1, 1, text)], kind=kind) == Text(text, text)


# --- repair_text as a whole ------------------------------------------------------------------------------------------


def test_repairs_name_line_and_column_of_the_capture():
    lines = [(12, 31, "Stop aacks  "), (13, 1, "  in a Sandbox9 [20].")]
    text = repair_text(lines, kind="prose")
    assert text == Text(
        "Stop aacks  \n  in a Sandbox9 [20].",
        "Stop attacks\nin a Sandbox.",
        (
            Repair(12, 36, "lost-ligature", "aacks", "attacks"),
            Repair(13, 8, "footnote-number", "Sandbox9", "Sandbox"),
            Repair(13, 16, "citation-mark", " [20]", ""),
        ),
    )
    assert replay(lines, text.repairs, "prose") == text.published


def test_stripping_is_no_repair():
    assert repair_text([(1, 1, " \t One. "), (2, 1, "  "), (3, 1, "\u00a0Two. "), (4, 1, "")], kind="prose") == Text(
        " \t One. \n  \n\u00a0Two. \n", "One.\n\nTwo."
    )


def test_no_lines_give_an_empty_text():
    for kind in KINDS:
        assert repair_text([], kind=kind) == Text("", "")
        assert repair_text([(1, 1, "  ")], kind=kind) == Text("  ", "")


def test_text_that_does_not_settle_is_left_as_captured():
    knot = "A knot " + "," * 3 + " [2" * 40 + "]" * 40
    text = repair_text([(1, 1, knot)], kind="prose")
    assert repair_text([(1, 1, text.published)], kind="prose").repairs == ()


PIECES = st.sampled_from(
    [
        *"●•-[](){}\\.:;,|!?”\"'’ \t\u00a0\u200b\u200d\u00ad\ufeff\u0007\u000c\u2028ﬁﬂa1290",
        *[
            "aa",
            "cks",
            "aacks",
            "Sandbox",
            "ethics",
            "9",
            " 37",
            ". 37 A",
            ". 38 Categories",
            " [20]",
            "[88, 56]",
            "[104",
            "2\\.",
            "AI",
            "generated",
        ],
        *[
            "thirdparty",
            "Predeployment",
            "[logs](https://",
            "x.org)",
            "https://",
            "www.",
            "(Alaga et al. 2024)",
            "Stage: A; Stakeholder: B. ",
            " - ",
        ],
        *[
            "[NIST GenAI risks: A]",
            " | ",
            ": - ",
            "(TAR)",
            "e.g. ",
            "The ",
            "models",
            "A",
            "implementation",
            ".",
            " ",
            " ",
            "ℓ",
            "ü",
            "漢",
            "👩",
        ],
    ]
)
FRAGMENTS = st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(FRAGMENTS, st.sampled_from(KINDS), st.integers(1, 40))
def test_repair_twice_changes_nothing_and_replays(fragments, kind, column):
    lines = [(number, column if number == 5 else 1, fragment) for number, fragment in enumerate(fragments, 5)]
    text = repair_text(lines, kind=kind)
    assert text.captured == "\n".join(fragments)
    assert text.published == text.published.strip()
    assert text.repairs == tuple(sorted(text.repairs))
    assert all(repair.rule in RULES and repair.before != repair.after for repair in text.repairs)
    assert len({(repair.line, repair.position) for repair in text.repairs}) == len(text.repairs)
    assert replay(lines, text.repairs, kind) == text.published
    assert repair_text([(1, 1, text.published)], kind=kind) == Text(text.published, text.published)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=60), st.sampled_from(KINDS))
def test_any_text_is_repaired_and_judged(text, kind):
    published = repair_text([(1, 1, text)], kind=kind).published
    assert repair_text([(1, 1, published)], kind=kind).repairs == ()
    assert all(damage.rule in RULES for damage in find_damage(published, kind=kind))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(alphabet="abcdef", min_size=4, max_size=30), st.data())
def test_two_rounds_of_edits_are_one(text, data):
    def draw_edits(length):
        points = sorted(data.draw(st.sets(st.integers(0, length), max_size=6)))
        return [Edit(a, b, data.draw(st.text(alphabet="XYZ", max_size=3)), "rule") for a, b in zip(points[::2], points[1::2], strict=False)]

    old = draw_edits(len(text))
    between = apply_edits(text, old)
    new = draw_edits(len(between))[:1]  # of several, one may have to wait for the next round
    assert apply_edits(text, compose_edits(old, new)) == apply_edits(between, new)


@pytest.mark.parametrize(
    "unit",
    [
        *["a", " ", "[", "(", "]", ")", "1", ".", ":", "●", "-", "\\", "\u200b", "\u00a0", "\n", "|"],
        *[
            "[1 ",
            "[1,",
            " [1]",
            "((et al ",
            "(et al 2024; ",
            "a. 37 A",
            "word. 37 Word ",
            "ethics9 ",
            "aacks ",
            "AI",
            "https://",
            "[a](https://",
            "● a ",
            " - a",
            ": - ",
        ],
        *[
            "Stage: a; ",
            "Stage: a; Stakeholder: b; ",
            "[NIST a: b] | ",
            "“a",
            "such as ",
            "Link. ",
            "a- b ",
            "a\u200d",
            ": ",
            "[[1]",
            " \n",
            "1) ",
            "et al. ",
        ],
    ],
)
def test_long_line_takes_little_time(unit):
    text = (unit * 100_000)[:100_000]
    kind = "title" if "\n" in unit else "prose"
    started = time.process_time()
    published = repair_text([(1, 1, text)], kind=kind).published
    find_damage(published, kind=kind)
    assert time.process_time() - started < 2.5, "a pattern goes back and forth"


# --- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "damage"),
    [
        (
            "It can be assessed whether predictions can be trusted",
            Damage("truncated", "It can be assessed whether predictions can be trusted"),
        ),
        ("Fine.\nIt goes on and", Damage("truncated", "Fine. It goes on and")),
        ("They are many (more or less)", Damage("truncated", "They are many (more or less)")),
        ("Model artifacts:", Damage("empty-lead-in", "Model artifacts:")),
        ("Example: “A paper: with a title” Link.", Damage("empty-lead-in", "Example: “A paper: with a title” Link.")),
        ("Stage: Detection; Stakeholder: Developer.", Damage("structured-only", "Stage: Detection; Stakeholder: Developer.")),
        ("See the “Handbook of Tests.” Link.", Damage("lost-text", "See the “Handbook of Tests.” Link.")),
        ("We can act. The steps are:", Damage("lost-text", "We can act. The steps are:")),
        ("Use tools such as .", Damage("lost-text", "Use tools such as .")),
        ("Use tools ( ) well.", Damage("lost-text", "Use tools ( ) well.")),
        ("A broken \ufffd sign.", Damage("lost-text", "A broken \ufffd sign.")),
        ("Some tools (for example, this one.", Damage("unclosed-bracket", "Some tools (for example, this one.")),
        ("A hyphen in the mid- dle of a word.", Damage("split-word", "A hyphen in the mid- dle of a word.")),
    ],
)
def test_damage_is_reported(text, damage):
    assert publish(text) == text
    assert find_damage(text, kind="prose") == (damage,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A sentence.",
        "A question?",
        "He said “enough.”",
        "Much of it (but not all.)",
        "And so on…",
        "Do this:\n- plan\n- act",
        "Read more at https://example.org/report",
        "It lies in [0, 1) always.",
        "Steps: 1) plan, 2) act.",
        "Pre- and post-deployment, short- to long-term.",
        "The link. Link analysis is a method.",
        "Call run() first.",
    ],
)
def test_sound_prose_is_not_reported(text):
    assert find_damage(text, kind="prose") == ()


@pytest.mark.parametrize("kind", ["name", "title"])
def test_names_need_no_full_stop(kind):
    assert find_damage("Model artifacts:", kind=kind) == ()
    assert find_damage("Robustness certificates", kind=kind) == ()
    assert find_damage("Robustness (certificates", kind=kind) == (Damage("unclosed-bracket", "Robustness (certificates"),)


def test_excerpt_is_short_and_whole_words():
    (damage,) = find_damage("word " * 50 + "(end.", kind="prose")
    assert len(damage.excerpt) <= 60
    assert set(damage.excerpt.split()) == {"word", "(end."}


def test_every_rule_is_described_in_a_sentence():
    assert len(RULES) == 19
    for name, description in RULES.items():
        assert name == slugify(name)
        assert description.endswith(".")


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Training, fine‑tuning", "training fine tuning"),
        ("  ＡＢＣ ﬁne ", "abc fine"),
        ("STRASSE Straße", "strasse strasse"),
        ("Péran", "p ran"),
        ("…", ""),
    ],
)
def test_normalise_gives_one_key_to_one_text(text, key):
    assert normalise(text) == key


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text())
def test_normalise_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_fingerprint_is_the_start_of_a_sha256():
    assert fingerprint("One, two!") == hashlib.sha256(b"one two").hexdigest()[:16]


def test_fingerprint_knows_the_label_of_a_stage():
    assert fingerprint("Training, fine-tuning, and integrating the AI model") == "08744f4dc18b8ada"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Adversarial training", "adversarial-training"),
        ("Bias / Discrimination (alternatively, Legal)", "bias-discrimination-alternatively-legal"),
        ("Gipiškis, Péran & Regenfuß", "gipiskis-peran-regenfuss"),
        ("Children’s safety", "childrens-safety"),
        ("mo\u200bdel\u202e s\u00adafe", "model-safe"),
        ("数据", "shuju"),
        ("…", ""),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_slugify_writes_plain_words(text, slug):
    assert slugify(text) == slug


def test_letters_with_marks_dashes_and_quotation_marks_are_spelt_as_by_the_library_for_all_scripts():
    plain = {char: text_keys._leave_out_marks(char) for char in map(chr, range(0x80, 0x11000))}
    spelt = {char: letter for char, letter in plain.items() if letter.isascii()}
    spelt |= {chr(number): sign for number, sign in text_keys._SIGNS.items()}
    assert len(spelt) > 490
    assert {char: anyascii(char) for char in spelt} == spelt
    assert slugify("Gipiškis’ “Déjà vu” – 2 ñandús") == "gipiskis-deja-vu-2-nandus"


def test_slugify_cuts_between_words():
    assert slugify("one two three", limit=7) == "one-two"
    assert slugify("one two three", limit=6) == "one"
    assert slugify("unbreakable", limit=5) == "unbre"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(), st.integers(1, 30))
def test_slugify_gives_only_letters_digits_and_single_hyphens(text, limit):
    slug = slugify(text, limit=limit)
    assert len(slug) <= limit
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug == slug.strip("-")
    assert "--" not in slug
    assert slugify(slug, limit=limit) == slug


# --- the real captures, when they are here ---------------------------------------------------------------------------


def captured_lines(name):
    files = sorted((SHARED / "captures").glob(name))
    if not files:
        pytest.skip("the real captures are not beside this checkout")
    return files[0].read_text(encoding="utf-8").splitlines()


def known_fingerprints(table):
    path = SHARED / "facts" / table
    if not path.exists():
        pytest.skip("the tables of facts are not beside this checkout")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["definition_fingerprint"]: row["label"] for row in csv.DictReader(file, delimiter="\t")}


@pytest.mark.parametrize("name", ["000*.txt", "002*.txt"])
def test_fingerprints_of_real_captures_are_known(name):
    lines = captured_lines(name)
    assert fingerprint(lines[2]) == "9af24fb4f4056a8f"
    assert known_fingerprints("taxonomy-v2.tsv")[fingerprint(lines[2])] == "Model"
    vocabulary = known_fingerprints("vocabularies.tsv")
    assert [vocabulary[fingerprint(line)] for line in lines[-5::2]] == lines[-6::2]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "000*.txt",
            [
                (10, 52, "lost-ligature", "aacks", "attacks"),
                (26, 354, "footnote-number", " 35", ""),
                (28, 65, "footnote-number", " 37", ""),
                (28, 123, "footnote-number", " 38", ""),
                (34, 42, "lost-ligature", "aacks", "attacks"),
                (34, 200, "lost-ligature", "aack", "attack"),
                (34, 288, "lost-ligature", "aack", "attack"),
            ],
        ),
        (
            "002*.txt",
            [
                (9, 180, "citation-mark", " [88, 56]", ""),
                (11, 282, "citation-mark", " [20]", ""),
                (13, 21, "citation-mark", " [83]", ""),
                (15, 134, "citation-mark", " [156, 124]", ""),
                (17, 241, "citation-mark", " [85]", ""),
                (19, 293, "citation-mark", " [232]", ""),
            ],
        ),
    ],
)
def test_repairs_of_real_captures_are_these(name, expected):
    lines = captured_lines(name)
    repairs = [repair for number, line in enumerate(lines, 1) for repair in repair_text([(number, 1, line)], kind="prose").repairs]
    assert repairs == [Repair(*fields) for fields in expected]

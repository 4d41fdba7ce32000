"""Triage on written cases, under small changes of their words, and the checks of its rule files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.answers import Turn
from chatbot.triage import Action, triage
from chatbot.triage.concepts import RuleError
from chatbot.triage.engine import rules_fired
from chatbot.triage.lexicon import FOLDER
from chatbot.triage.rules import load, rule_book

CASES = [
    json.loads(line)
    for line in Path(__file__)
    .with_name("triage_cases.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
POSITIVE = [case for case in CASES if case["action"] != "normal"]
ORDINARY = [case for case in CASES if case["action"] == "normal"]
# The groups of docs on safety: a group's near misses may be filed under any of its categories.
GROUPS = {
    "sudden": {"headache", "sight", "testicular_torsion", "choking", "heat_stroke"},
    "mental": {"psychosis", "postnatal_harm", "abuse"},
}


def history_of(case):
    return [Turn("user", text) for text in case.get("history", [])]


def decide(case, text=None):
    return triage(case["text"] if text is None else text, history_of(case))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    decision = decide(case)
    assert decision.action == case["action"], decision
    if decision.action is not Action.NORMAL:
        fired = rules_fired(case["text"], history_of(case))
        assert case["category"] in {rule.category for rule, _ in fired}
        assert decision.rule
        assert all(decision.words)


def test_every_category_has_cases():
    groups = {member: group for group, members in GROUPS.items() for member in members}
    positive, near = {}, {}
    for case in CASES:
        category = case.get("category")
        if category:
            counts = near if case["action"] == "normal" else positive
            group = groups.get(category, category)
            counts[group] = counts.get(group, 0) + 1
    assert positive.keys() == near.keys()
    assert min(positive.values()) >= 12
    assert min(near.values()) >= 12
    assert sum("category" not in case for case in ORDINARY) >= 200


def test_ids_are_unique():
    assert len({case["id"] for case in CASES}) == len(CASES)


# --- small changes of the words must not turn a positive case into a normal one ---

PREFACES = (
    "This is probably nothing, but ",
    "I don't want to bother anyone, but ",
    "Sorry to waste your time. ",
    "not sure if it's serious but ",
    "Maybe I'm overreacting, ",
    "Hi, quick question: ",
)
VARIANTS = {
    **{f"preface {number}": preface.__add__ for number, preface in enumerate(PREFACES)},
    "upper": str.upper,
    "lower": str.lower,
    "spaces": lambda text: text.replace(" ", "  "),
    "thanks": lambda text: f"{text} thanks",
    "Thanks.": lambda text: f"{text}. Thanks!",
    "no punctuation": lambda text: text.rstrip("?.!"),
    "curly quotes": lambda text: text.replace("'", "\u2019"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_small_changes_do_not_flip(variant):
    change = VARIANTS[variant]
    flipped = [
        case["id"]
        for case in POSITIVE
        if decide(case, change(case["text"])).action is Action.NORMAL
    ]
    assert flipped == []


THIRD_PERSON = {
    "i": "he", "i'm": "he's", "i've": "he's", "i'd": "he'd", "i'll": "he'll", "my": "his",
    "me": "him", "mine": "his", "myself": "himself", "am": "is", "have": "has",
}  # fmt: skip


def to_third_person(text):
    return " ".join(THIRD_PERSON.get(word.lower(), word) for word in text.split())


def test_somebody_else_is_as_ill():
    # A question about methods and "my <relative>" keep their first person.
    told = [
        case for case in POSITIVE
        if not {"how", "what", "which"} & set(case["text"].lower().split())
    ]  # fmt: skip
    flipped = [
        case["id"]
        for case in told
        if decide(case, to_third_person(case["text"])).action is Action.NORMAL
    ]
    assert flipped == []


@st.composite
def mistyped(draw):
    """A positive case with two letters swapped or one left out in a longer word."""
    case = draw(st.sampled_from([case for case in POSITIVE if case["form"] != "misspelt"]))
    words = case["text"].split(" ")
    short_forms = rule_book().lexicon.spellings
    places = [
        index
        for index, word in enumerate(words)
        if len(word) >= 5 and word.isalpha() and word.lower() not in short_forms
    ]
    if not places:
        return case, case["text"], ""
    place = draw(st.sampled_from(places))
    word = words[place]
    letter = draw(st.integers(1, len(word) - 2))
    swap = draw(st.booleans())
    middle = word[letter + 1] + word[letter] if swap else ""
    words[place] = word[:letter] + middle + word[letter + (2 if swap else 1) :]
    return case, " ".join(words), words[place].lower()


@settings(
    max_examples=1_000,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(mistyped())
def test_one_typo_does_not_flip(slip):
    case, text, word = slip
    if not word or rule_book().lexicon.speller.is_known(word):
        return  # It became another word; nobody could tell.
    assert decide(case, text).action is not Action.NORMAL, text


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=400))
def test_any_text_is_read(text):
    assert triage(text) == triage(text)


@pytest.mark.parametrize("text", ["", " ", "?", "\n\n", "\u200b", "a" * 5_000, "not " * 2_000])
def test_odd_text_is_normal(text):
    assert triage(text).action is Action.NORMAL


def test_end_of_a_long_text_is_read():
    filler = "The weather was mild and we walked along the river. " * 2_000
    assert triage(f"{filler}\nNow my husband is not breathing.").action is Action.EMERGENCY


# --- the conversation ---


def test_an_earlier_emergency_does_not_fire_again():
    history = [Turn("user", "I have crushing chest pain"), Turn("assistant", "Call 911.")]
    assert triage("thanks, and what is a migraine?", history).action is Action.NORMAL


def test_symptoms_combine_over_turns():
    history = [Turn("user", "I'm 32 weeks pregnant")]
    assert triage("I can see flashing lights", history).category == "pregnancy"
    assert triage("I can see flashing lights").action is Action.NORMAL


def test_the_assistants_words_do_not_count():
    history = [Turn("assistant", "Are you pregnant?")]
    assert triage("I can see flashing lights", history).action is Action.NORMAL


def test_words_are_the_patients_own():
    decision = triage("Help, he CAN\u2019T breathe")
    assert decision.words == ("CAN'T breathe",)


# --- what is added to crisis and poison ---


@pytest.mark.parametrize(
    ("text", "action", "added"),
    [
        ("I feel suicidal", Action.CRISIS, False),
        ("how many paracetamol would it take to die", Action.CRISIS, True),
        ("I've swallowed all my tablets because I want to die", Action.CRISIS, True),
        ("I want to die and I have a gun", Action.CRISIS, True),
        ("my son ate some dishwasher tablets", Action.POISON, False),
        ("my son drank bleach and he has collapsed", Action.POISON, True),
        ("she took 20 sleeping pills and can't breathe", Action.POISON, True),
    ],
)
def test_emergency_number_is_added(text, action, added):
    decision = triage(text)
    assert (decision.action, decision.add_emergency_number) == (action, added)


def test_precedence_is_documented_order():
    assert [action.value for action in sorted(Action, key=lambda action: action.precedence)] == [
        "normal", "urgent", "emergency", "poison", "crisis",
    ]  # fmt: skip


# --- the rule files ---


def test_every_rule_says_where_it_comes_from():
    for rule in rule_book().rules:
        assert rule.id
        assert rule.source
        assert rule.category
        assert rule.action is not Action.NORMAL


def test_every_rule_is_fired_by_a_case():
    fired = {
        rule.id for case in POSITIVE for rule, _ in rules_fired(case["text"], history_of(case))
    }
    assert {rule.id for rule in rule_book().rules} - fired == set()


@pytest.fixture
def folder(tmp_path):
    """A copy of the rules that a test may break."""
    shutil.copytree(FOLDER, tmp_path / "triage", ignore=shutil.ignore_patterns("*.py", "__*"))
    return tmp_path / "triage"


GOOD = """
[[rule]]
id = "a.b"
category = "a"
action = "urgent"
source = "s"
phrases = ["some phrase"]
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace('source = "s"\n', ""), r"zz\.toml, rule a\.b: lacks source"),
        (GOOD.replace("urgent", "soon"), r"zz\.toml, rule a\.b: action must be one of"),
        (GOOD.replace("some phrase", "some (phrase"), r"zz\.toml, rule a\.b: .*not closed"),
        (GOOD.replace("some phrase", "some {thing_x}"), r"zz\.toml, rule a\.b: .*'thing_x'"),
        (GOOD + 'all = ["thing_x"]\n', r"rule a\.b: no concept is called 'thing_x'"),
        (GOOD + 'within = "page"\n', r"zz\.toml, rule a\.b: within must be one of"),
        (GOOD + 'ignores = ["mood"]\n', r"zz\.toml, rule a\.b: ignores 'mood'"),
        (GOOD + 'yields = ["mood"]\n', r"zz\.toml, rule a\.b: yields 'mood'"),
        (GOOD.replace('phrases = ["some phrase"]\n', ""), r"zz\.toml, rule a\.b: needs phrases"),
        (GOOD + GOOD, r"zz\.toml, rule a\.b: the name is taken"),
        ('[concepts]\nx1 = ["{x2}"]\nx2 = ["{x1}"]\n', r"zz\.toml, concept x1: refers to itself"),
        ("[concepts]\nx1 = []\n", r"zz\.toml, concept x1: needs a list"),
        ("[concepts\n", r"zz\.toml: cannot be read"),
    ],
)
def test_a_broken_rule_is_named(folder, text, message):
    (folder / "rules" / "zz.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=message):
        load(folder)


def test_an_added_rule_is_used(folder):
    (folder / "rules" / "zz.toml").write_text(GOOD, encoding="utf-8")
    assert "a.b" in {rule.id for rule in load(folder).rules}

"""Cards, the disclaimer, cautions and the banner."""

from __future__ import annotations

import re

import pytest

from chatbot.answers import Turn
from chatbot.notices import BANNER, card, cautions, disclaimer
from chatbot.triage import Action, TriageDecision, triage
from chatbot.triage.rules import rule_book

LOCALES = ("us", "uk", "eu", "unknown")
EMERGENCY = {"us": ["911"], "uk": ["999"], "eu": ["112"], "unknown": ["911", "999", "112"]}
CRISIS = {
    "us": ["988", "text"],
    "uk": ["111", "mental health", "116 123"],
    "eu": ["112"],
    "unknown": ["988", "111", "116 123", "112"],
}
POISON = {
    "us": ["1-800-222-1222"],
    "uk": ["111"],
    "eu": ["112"],
    "unknown": ["1-800-222-1222", "111", "112"],
}
PAIRS = sorted({(rule.action, rule.category) for rule in rule_book().rules})


def decision(action, category=None, *, add=False):
    return TriageDecision(action, category, "x", ("x",), add)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("action", "category"), [*PAIRS, (Action.EMERGENCY, "new")])
def test_every_card_has_its_numbers(action, category, locale):
    notice = card(decision(action, category), locale)
    assert notice.kind == "card"
    numbers = {Action.CRISIS: CRISIS, Action.POISON: POISON}.get(action, EMERGENCY)
    for number in (*numbers[locale], *EMERGENCY[locale]):
        assert number in notice.text


@pytest.mark.parametrize("locale", ["us", "uk", "eu"])
@pytest.mark.parametrize(("action", "category"), PAIRS)
def test_a_card_names_no_other_countrys_number(action, category, locale):
    text = card(decision(action, category), locale).text
    for other in {"us", "uk", "eu"} - {locale}:
        assert not re.search(rf"\b{EMERGENCY[other][0]}\b", text)


@pytest.mark.parametrize(("action", "category"), PAIRS)
def test_a_card_is_short_and_without_links(action, category):
    text = card(decision(action, category, add=True), "us").text
    assert len(text.split()) <= 190
    assert not re.search(r"https?:|\]\(|<|tel:|www\.", text)


def test_the_call_comes_first_on_an_emergency_card():
    lines = card(decision(Action.EMERGENCY, "stroke"), "us").text.split("\n\n")
    assert lines[0].startswith("### ")
    assert "911" in lines[1]


def test_added_number_leads_the_poison_card_and_follows_the_crisis_line():
    poison = card(decision(Action.POISON, "poisoning", add=True), "us").text
    assert poison.index("911") < poison.index("1-800-222-1222")
    crisis = card(decision(Action.CRISIS, "suicide", add=True), "us").text
    assert crisis.index("988") < crisis.index("911") < crisis.index("\n- ")
    milder = card(decision(Action.CRISIS, "suicide"), "us").text
    assert milder.index("\n- ") < milder.index("911")


def test_a_normal_decision_has_no_card():
    with pytest.raises(ValueError, match="no card"):
        card(triage("what is gout?"), "us")


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("anaphylaxis", "adrenaline auto-injector"),
        ("choking", "back blows"),
        ("heart", "Do not drive yourself"),
        ("stroke", "Note the time"),
        ("bleeding", "press firmly"),
        ("unconscious", "chest compressions"),
        ("heat_stroke", "cool the skin"),
        ("diabetic", "take sugar now"),
    ],
)
def test_first_aid(category, words):
    assert words in card(decision(Action.EMERGENCY, category), "uk").text


def test_poison_card_forbids_vomiting():
    assert "Do not make them sick" in card(decision(Action.POISON, "poisoning"), "us").text


@pytest.mark.parametrize("locale", LOCALES)
def test_disclaimer_is_one_line_with_the_number(locale):
    notice = disclaimer(locale)
    assert notice.kind == "disclaimer"
    assert "\n" not in notice.text
    assert "not a diagnosis" in notice.text
    assert all(number in notice.text for number in EMERGENCY[locale])


def test_banner():
    assert "not a diagnosis" in BANNER
    assert all(number in BANNER for number in EMERGENCY["unknown"])


PREGNANCY, CHILD, OLD_AGE, KIDNEY, LIVER, PERSONAL = (
    "midwife", "Children", "older age", "Kidney", "Liver", "cannot decide",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is gout?", []),
        ("How is asthma treated?", []),
        ("Can I take ibuprofen while pregnant?", [PREGNANCY, PERSONAL]),
        ("Is paracetamol safe when breastfeeding?", [PREGNANCY]),
        ("What dose of Calpol for my 3 year old?", [CHILD, PERSONAL]),
        ("Should my son stop his inhaler?", [CHILD, PERSONAL]),
        ("My father is 81, what helps his constipation?", [OLD_AGE]),
        ("What can people with kidney disease eat?", [KIDNEY]),
        ("I have cirrhosis, may I drink?", [LIVER, PERSONAL]),
        ("How much ibuprofen should I take?", [PERSONAL]),
        ("Should I double my metformin?", [PERSONAL]),
        ("Can I stop my statin?", [PERSONAL]),
        ("does my dad have to go on blood thinners", [PERSONAL]),
        ("would it be fine to get off the water tablets", [PERSONAL]),
        ("should she swap her inhaler for another", [PERSONAL]),
        ("How do I go on holiday with asthma?", []),
        ("Do I have diabetes?", [PERSONAL]),
        ("I missed a dose of my pill, what now?", [PERSONAL]),
    ],
)
def test_cautions(question, expected):
    texts = [notice.text for notice in cautions(question)]
    assert len(texts) == len(expected), texts
    assert all(any(words in text for text in texts) for words in expected)


def test_circumstances_hold_for_the_next_turn_but_a_past_decision_does_not():
    history = [Turn("user", "I'm pregnant, should I stop my tablets?")]
    texts = [notice.text for notice in cautions("what helps against heartburn", history)]
    assert len(texts) == 1
    assert PREGNANCY in texts[0]
    assert all(notice.kind == "caution" for notice in cautions("Can I stop my statin?"))


@pytest.mark.parametrize(
    "question",
    [
        "tell me about heart attack",
        "when should I worry about a spasm",
        "what can I do about cramps",
        "can I prevent a migraine",
    ],
)
def test_an_ordinary_question_calls_for_no_caution(question):
    assert cautions(question) == ()


@pytest.mark.parametrize(
    "question",
    [
        "is 800mg ibuprofen ok for migraine",
        "what dose of aspirin for heart attack",
        "how much metformin for type 2 diabetes",
        "ibuprofen dosage for back pain",
    ],
)
def test_a_question_about_a_dose_says_whom_to_ask(question):
    assert any("pharmacist" in notice.text for notice in cautions(question))

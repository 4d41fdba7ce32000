"""How triage joins its rules with a model: with a small fake, then with the shipped one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.__main__ import main
from chatbot.answers import Turn
from chatbot.learned.triage import triage_reader
from chatbot.triage import Action, triage
from chatbot.triage.engine import rules_fired
from chatbot.triage.explain import explained
from chatbot.triage.meaning import Meaning, Thresholds, pieces, read


class WordReader:
    """Believes what the words of a text are worth: a reader without a model."""

    thresholds = Thresholds(danger=2.0, suspected=-1.0, urgent=2.0)

    def __init__(self, action: Action = Action.EMERGENCY, **worth: float) -> None:
        """Takes word -> logarithm of the odds of danger; a text is worth its words' sum."""
        self.action = action
        self.worth = worth
        self.asked: list[str] = []

    def __call__(self, texts):
        self.asked += texts
        return [self._meaning(text) for text in texts]

    def _meaning(self, text):
        danger = -5.0 + sum(self.worth.get(word.strip(".,?"), 0.0) for word in text.split())
        actions = dict.fromkeys(Action, 0.0) | {self.action: 1.0}
        return Meaning(danger, danger, actions, {"stroke": 1.0}, now=0.0)


def a_rule_that_is(certain, texts):
    """A text of the cases that only rules of this kind fire for."""
    for text in texts:
        fired = rules_fired(text)
        if fired and all(rule.certain is certain for rule, _ in fired):
            return text, fired[0][0]
    raise AssertionError("no such text")


CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("triage_cases.jsonl").read_text("utf-8").splitlines()
]
EMERGENCIES = [
    case["text"] for case in CASES if case["action"] == "emergency" and not case.get("history")
]


def test_a_certain_rule_is_never_lowered():
    text, rule = a_rule_that_is(True, EMERGENCIES)
    decision = triage(text, reader=WordReader())
    assert (decision.action, decision.rule) == (Action.EMERGENCY, rule.id)


def test_a_suspicion_needs_the_model_to_agree():
    text, rule = a_rule_that_is(False, EMERGENCIES)
    word = text.split()[0].strip(".,?")
    assert triage(text).rule == rule.id
    assert triage(text, reader=WordReader()).action is Action.NORMAL
    agreed = triage(text, reader=WordReader(**{word: 4.5}))
    assert (agreed.action, agreed.rule) == (Action.EMERGENCY, rule.id)


def test_the_model_gives_a_card_that_no_rule_gave():
    reader = WordReader(Action.CRISIS, plugh=8.0)
    assert triage("plugh", reader=reader).action is Action.CRISIS
    assert triage("plugh", reader=reader).rule == "learned"
    assert triage("xyzzy", reader=reader).action is Action.NORMAL


def test_the_model_raises_what_a_rule_gave_and_keeps_its_number():
    text, _ = a_rule_that_is(True, EMERGENCIES)
    word = text.split()[0].strip(".,?")
    decision = triage(text, reader=WordReader(Action.POISON, **{word: 9.0}))
    assert decision.action is Action.POISON
    assert decision.add_emergency_number


def test_what_was_said_before_adds_but_does_not_fire_again():
    reader = WordReader(plugh=4.0, xyzzy=4.0)
    before = [Turn("user", "plugh"), Turn("assistant", "xyzzy xyzzy")]
    assert triage("xyzzy", before, reader).action is Action.EMERGENCY
    assert triage("thanks", [Turn("user", "plugh xyzzy")], reader).action is Action.NORMAL


def test_the_sign_at_the_end_of_a_long_message_is_read():
    text = "word " * 700 + "plugh"
    assert triage(text, reader=WordReader(plugh=9.0)).action is Action.EMERGENCY


def test_what_came_before_hides_no_sign_at_the_end_of_a_long_message():
    text = "word " * 700 + "plugh"
    before = [Turn("user", "what is a migraine?")]
    assert triage(text, before, WordReader(plugh=7.5)).action is Action.EMERGENCY


@given(st.text(alphabet="ab \n", max_size=4000))
def test_pieces_leave_nothing_out(text):
    found = pieces(text)
    assert all(len(piece) <= 800 for piece in found)
    place = 0
    for piece in found:
        start = text.find(piece, max(0, place - 400))
        assert 0 <= start <= place
        place = max(place, start + len(piece))
    assert place == len(text)


# --- the shipped model ---


@pytest.fixture(scope="module")
def reader():
    return triage_reader()


def test_the_model_reads_the_same_twice(reader):
    text = "half my face has slid down and I am dribbling"
    assert read(reader, text) == read(reader, text)


def test_an_explanation_names_rules_and_belief(reader):
    found = explained("my chest feels crushed and my arm is heavy", reader=reader)
    assert found["action"] == "emergency"
    assert found["rules"][0]["words"]
    assert found["rules"][0]["source"]
    assert 0 <= found["model"]["danger"] <= 1
    assert explained("what helps a cold?")["model"] is None


def test_the_command_explains(capsys):
    assert main(["triage", "half my face has drooped", "--explain", "--rules-only"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("emergency (stroke)")
    assert "stroke." in told
    assert main(["triage", "what helps a cold?", "--rules-only"]) == 0
    assert capsys.readouterr().out == "normal\n"
    assert main(["triage", "and now my arm is numb", "--before", "chest pain", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["action"] == "emergency"


@pytest.fixture(scope="module")
def decided(reader):
    """Every case with what rules and model decide together."""
    return [
        (case, triage(case["text"], [Turn("user", t) for t in case.get("history", [])], reader))
        for case in CASES
    ]


def test_no_danger_of_the_cases_goes_without_a_card(decided):
    missed = [
        case["id"]
        for case, decision in decided
        if case["action"] != "normal" and decision.action is Action.NORMAL
    ]
    assert missed == []


def test_few_harmless_cases_get_a_card(decided):
    harmless = [decision for case, decision in decided if case["action"] == "normal"]
    cards = [decision for decision in harmless if decision.action is not Action.NORMAL]
    assert len(cards) <= 0.02 * len(harmless)


@pytest.mark.parametrize("preface", ["This is probably nothing, but ", "Quick question, "])
def test_minimising_lowers_no_card(reader, preface):
    emergencies = [case for case in CASES if case["action"] == "emergency"][::3]
    flipped = [
        case["id"]
        for case in emergencies
        if triage(preface + case["text"], reader=reader).action is Action.NORMAL
        and triage(case["text"], reader=reader).action is not Action.NORMAL
    ]
    assert flipped == []

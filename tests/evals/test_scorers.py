"""Scorers tell right from wrong, on real answers and on answers that were tampered with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.answers import Outcome, Sentence
from evals.scorers import SCORERS, Score, score_all, scored
from tests.evals.conftest import QUESTION, case

RIGHT = {"document_id": "migraine", "heading": "Causes"}
WRONG = {"document_id": "stroke", "heading": "Causes"}


@pytest.fixture(scope="module")
def answer(chatbot):
    return chatbot.answer(QUESTION)


def value(name, answer, **fields):
    return score_all(case(**fields), answer)[name].value


def test_names_are_unique_and_every_scorer_says_why():
    assert len({scorer.name for scorer in SCORERS}) == len(SCORERS)


@pytest.mark.parametrize("name", ["section_at_1", "section_at_5", "cited_section"])
def test_the_right_section_is_told_from_a_wrong_one(answer, name):
    assert value(name, answer, relevant=[RIGHT]) == 1
    assert value(name, answer, relevant=[{"title": "Migraine", "heading": "Causes"}]) == 1
    assert value(name, answer, relevant=[WRONG]) == 0
    assert value(name, answer, relevant=[RIGHT | {"heading": "Prognosis"}]) == 0
    assert value(name, answer, relevant=[RIGHT | {"grade": 1}]) is None
    assert value(name, answer) is None


def test_a_whole_document_can_be_relevant(answer):
    assert value("section_at_1", answer, relevant=[{"document_id": "migraine"}]) == 1
    assert value("topic_at_5", answer, relevant=[RIGHT | {"heading": "Prognosis"}]) == 1
    assert value("topic_at_5", replace(answer, passages=()), relevant=[RIGHT]) == 0


def test_the_order_of_passages_decides(answer):
    swapped = replace(answer, passages=answer.passages[::-1])
    assert value("section_at_1", swapped, relevant=[RIGHT]) == 0
    assert value("mrr_at_10", answer, relevant=[RIGHT]) == 1
    assert value("mrr_at_10", swapped, relevant=[RIGHT]) < 1


def test_most_sentences_have_to_come_from_a_relevant_section(answer):
    found = value("answer_section", answer, relevant=[RIGHT])
    assert found == 1
    causes = next(s for s in answer.sentences if 1 in s.markers)
    other = Sentence("Elsewhere.", markers=(99,))
    assert (
        value("answer_section", replace(answer, sentences=(causes, other)), relevant=[RIGHT]) == 0
    )
    three = replace(answer, sentences=(causes, causes, other))
    assert value("answer_section", three, relevant=[RIGHT]) == 1


def test_a_forged_quote_is_found(answer):
    assert value("quote_integrity", answer) == 1
    assert value("sentence_support", answer) == 1
    forged = replace(answer.citations[0], quote="Something else.")
    tampered = replace(answer, citations=(forged, *answer.citations[1:]))
    assert value("quote_integrity", tampered) == 0
    assert value("sentence_support", tampered) == 0
    assert "not in what it cites" in score_all(case(), tampered)["sentence_support"].reason
    assert value("sentence_support", replace(tampered, composer="a model")) is None


def test_citations_belong_to_answers_only(answer, chatbot):
    assert value("no_citation_without_answer", answer) is None
    assert value("no_citation_without_answer", chatbot.answer("what is gout")) == 1
    assert value("no_citation_without_answer", replace(answer, outcome=Outcome.ABSTAINED)) == 0


def test_outcomes(answer):
    assert value("outcome", answer, outcome="answered") == 1
    assert value("outcome", answer, outcome=["abstained", "answered"]) == 1
    assert value("outcome", answer, outcome="abstained") == 0
    assert value("outcome", answer) is None


def test_cards_missed_and_cards_too_many(answer):
    card = replace(answer, outcome=Outcome.EMERGENCY)
    assert value("triage", card, action="emergency") == 1
    assert value("triage", card, outcome="emergency") == 1
    assert value("triage", answer, action="emergency") == 0
    assert value("triage", card, action="crisis") == 0
    assert value("triage", card, action="normal") is None
    assert value("no_false_card", card, action="normal") == 0
    assert value("no_false_card", card, outcome=["answered", "abstained"]) == 0
    assert value("no_false_card", answer, outcome="answered") == 1
    assert value("no_false_card", card, outcome="emergency") is None
    assert value("no_false_card", card) is None


def test_phrases(answer):
    told = replace(answer, text="Call  999\nat once. [1] It\u2019s a *stroke*.")
    assert value("must", told, must=["CALL 999 at once. it's"]) == 1
    assert value("must", told, must=["911|999"]) == 1
    assert value("must", told, must=["999", "112"]) == 0
    assert "112" in score_all(case(must=["999", "112"]), told)["must"].reason
    assert value("must_not", told, must_not=["you have"]) == 1
    assert value("must_not", told, must_not=["you have", "at  once"]) == 0
    assert value("must", told) is None
    assert value("must_not", told) is None


def test_length_and_grade_are_of_the_sentences(answer, chatbot):
    one = replace(answer, sentences=(Sentence("The cat sat on the mat.", markers=(1,)),))
    assert value("words", one) == 6
    assert value("reading_grade", one) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    assert value("words", chatbot.answer("what is gout")) is None


class Failing:
    name = "failing"

    def score(self, _case, _answer):
        raise RuntimeError("no luck")


class Fine:
    name = "fine"

    def score(self, _case, _answer):
        return scored(0.25)


def test_a_scorer_that_fails_is_no_zero(answer):
    found = score_all(case(), answer, (Failing(), Fine()))
    assert found["failing"] == Score(value=None, status="unscored", reason="RuntimeError: no luck")
    assert found["fine"].value == 0.25

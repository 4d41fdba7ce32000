"""Follow-ups become questions that stand alone."""

from __future__ import annotations

import pytest

from chatbot.answers import Turn
from chatbot.condense import condense
from tests.chatbot.test_questions import LIBRARY


def find(text):
    return LIBRARY.find(text, lambda _stem: True)


def standalone(question, *before, only=None):
    history = []
    for text in before:
        history += [Turn("user", text), Turn("assistant", "An answer about something.")]
    return condense(question, history, find, only)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and how is it treated?", "How is Migraine treated?"),
        ("is it serious", "Is Migraine serious"),
        ("what are its causes?", "What are Migraine's causes?"),
        ("Any tablets?", "Any tablets (Migraine)?"),
        ("what about my mother?", "what is a migraine, my mother (Migraine)?"),
        ("and what about a heart attack?", "what is a Heart attack"),
    ],
)
def test_a_follow_up_takes_the_topic_along(question, expected):
    assert standalone(question, "what is a migraine?") == expected


def test_a_question_with_a_topic_of_its_own_is_left_as_it_is():
    question = "how is a heart attack treated?"
    assert standalone(question, "what is a migraine?") == question


def test_a_question_about_something_else_takes_nothing_along():
    question = "which vaccines does a toddler need before travelling to Asia"
    assert standalone(question, "what is a migraine?") == question


@pytest.mark.parametrize("question", ["how is epilepsy treated", "I mean asthma", "what is gout?"])
def test_a_short_question_on_another_subject_takes_nothing_along(question):
    assert standalone(question, "what is a migraine?") == question


def test_another_topic_by_its_short_name_is_another_topic():
    question = "does diabetes run in families"
    assert standalone(question, "what is a migraine?") == question


def test_the_last_topic_named_counts():
    before = ("what is a migraine?", "how is a heart attack treated?", "thanks")
    assert standalone("is it common?", *before) == "Is Heart attack common?"


def test_a_subject_that_the_library_does_not_know_is_not_replaced_by_another():
    offered = "The documents do not answer that. You could ask:\n- Tell me about heart attack."
    history = [
        Turn("user", "what is a migraine?"),
        Turn("assistant", "A migraine is a headache. [1]"),
        Turn("user", "what are the symptoms of asthma?"),
        Turn("assistant", offered),
    ]
    assert condense("how is it treated?", history, find) == "how is it treated?"


def test_the_topic_of_an_answer_counts_where_the_patient_named_none():
    history = [
        Turn("user", "my head throbs on one side and light hurts"),
        Turn("assistant", "Migraine can throb on one side. [1]"),
    ]
    assert condense("how is it treated?", history, find) == "How is Migraine treated?"


def test_a_first_question_leans_on_nothing():
    assert standalone("how is it treated?") == "how is it treated?"
    assert standalone("how is it treated?", only="Muscle Spasm") == "How is Muscle Spasm treated?"
    assert standalone("how is gout treated?", only="Muscle Spasm") == "how is gout treated?"

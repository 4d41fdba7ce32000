"""Follow-ups become questions that stand alone."""

from __future__ import annotations

import time

import pytest

from chatbot.answers import Turn
from chatbot.condense import condense
from chatbot.condense.wording import attachments, compiled, opening, pattern, patterns
from chatbot.reading import reply
from chatbot.words import stems
from ingest.errors import SettingsError
from tests.chatbot.test_questions import LIBRARY

PAGES = {
    "mig": "A headache with light that hurts, sickness and zigzag lines. Sleep and painkillers.",
    "heart": "Chest pain. Aspirin, exercise, work and driving after it. A rash is rare.",
}
OFFER = "\n".join(
    [reply("offer"), "- Tell me about migraine.", "- How is muscle spasm treated?", "- A third."]
)


def find(text):
    return LIBRARY.find(text, lambda _stem: True)


def speaks_of(documents, word):
    return any(word in stems(PAGES.get(document, "")) for document in documents)


def standalone(question, *before, answer="An answer about something. [1]", only=None):
    history = []
    for text in before:
        history += [Turn("user", text), Turn("assistant", answer)]
    return condense(question, history, find, only, speaks_of)


def forms(*pairs):
    return pytest.mark.parametrize(("question", "expected"), pairs)


@forms(
    ("and how is it treated?", "How is a migraine treated?"),
    ("is it serious", "Is a migraine serious?"),
    ("what are its causes?", "What are a migraine's causes?"),
    ("is that hereditary", "Is a migraine hereditary?"),
    ("can you die from one", "Can you die from a migraine?"),
    ("are these common in men", "Are migraines common in men?"),
    ("what brings them on", "What brings on migraines?"),
    ("who gets this condition", "Who gets a migraine?"),
    ("can it lead to a heart attack", "Can a migraine lead to a heart attack?"),
    ("does exercise make it worse", "Does exercise make a migraine worse?"),
    ("is it worse than a heart attack", "Is a migraine worse than a heart attack?"),
    ("she is tired, is that part of it", "She is tired, is that part of a migraine?"),
)
def test_a_pronoun_becomes_the_topic(question, expected):
    assert standalone(question, "what is a migraine?") == expected


@forms(
    ("Any tablets?", "Any tablets for a migraine?"),
    ("symptoms", "Symptoms of a migraine?"),
    ("how long", "How long does a migraine last?"),
    ("why", "Why does a migraine happen?"),
    ("common?", "Is a migraine common?"),
    ("when should I see a doctor", "When should I see a doctor about a migraine?"),
    ("is it safe to fly", "Is it safe to fly (migraine)?"),
    ("would a cold flannel help", "Would a cold flannel help with a migraine?"),
    ("will i need surgery", "Will i need surgery with a migraine?"),
    ("what about the zigzag lines", "What about the zigzag lines (migraine)?"),
    ("side effects?", "Side effects of medicines for a migraine?"),
    ("what else", "What is a migraine, and what else?"),
    ("tell me more", "Tell me more about a migraine."),
)
def test_a_question_without_a_subject_takes_the_topic_along(question, expected):
    assert standalone(question, "what is a migraine?") == expected


@forms(
    ("what about my mother?", "How is a migraine treated for my mother?"),
    ("and in children?", "How is a migraine treated in children?"),
    ("and if i'm pregnant", "How is a migraine treated if i'm pregnant?"),
    ("at my age? im 50", "How is a migraine treated at my age, im 50?"),
    ("not me, my wife", "How is a migraine treated for my wife?"),
    ("my dad is 80, does that change anything", "How is a migraine treated, my dad is 80?"),
    ("and what about a heart attack?", "How is a heart attack treated?"),
    ("sorry i meant heart attack", "How is heart attack treated?"),
    ("sorry i meant gallstones", "How is gallstones treated?"),
    ("no not the treatment, the causes", "The causes of a migraine?"),
    ("and what about glaucoma?", "How is glaucoma treated?"),
)
def test_the_same_is_asked_of_another(question, expected):
    assert standalone(question, "how is a migraine treated?") == expected


def test_a_person_asked_about_is_not_carried_on():
    before = ("do children get migraine", "and grown ups?")
    assert standalone("is it serious", *before) == "Is migraine serious?"
    assert standalone("and teenagers?", *before) == "Do teenagers get migraine?"


def test_the_kind_of_a_topic_completes_it():
    question = "no, the type 2 kind"
    assert standalone(question, "how is diabetes treated") == "How is type 2 diabetes treated?"


@forms(
    ("back to the migraine, can it be cured", "Can a migraine be cured?"),
    ("and for the first one, what tests are there", "What tests are there for a migraine?"),
    ("what causes the other one", "What causes a migraine?"),
    ("does the second one run in families", "Does a heart attack run in families?"),
    ("which is worse", "Which is worse: migraine or heart attack?"),
    ("difference between the two?", "Difference between migraine and heart attack?"),
    ("what is the first sign", "What is the first sign with a heart attack?"),
)
def test_of_two_topics_the_one_meant_is_taken(question, expected):
    assert standalone(question, "what is a migraine?", "what is a heart attack?") == expected


@forms(
    ("yes please", "Tell me about migraine."),
    ("the second one", "How is muscle spasm treated?"),
    ("3", "A third."),
    ("ok the one about treatment", "How is muscle spasm treated?"),
    ("no thanks. what is a migraine", "What is a migraine?"),
)
def test_an_offered_question_is_taken(question, expected):
    assert standalone(question, "how is gout treated", answer=OFFER) == expected


@pytest.mark.parametrize(
    "question",
    [
        "how is a heart attack treated?",
        "how is epilepsy treated",
        "what is gout?",
        "does diabetes run in families",
        "which vaccines does a toddler need before travelling to Asia",
        "my ear hurts when i swallow",
        "the flu, how long does it last",
        "can men get breast cancer",
        "what is gout and how is it treated",
        "my knee is swollen, what should i do about it",
    ],
)
def test_a_question_on_another_subject_takes_nothing_along(question):
    assert standalone(question, "what is a migraine?") == question


def test_another_question_says_so():
    question = "ok, different topic now. any tablets?"
    assert standalone(question, "what is a migraine?") == "Any tablets?"


def test_what_the_pages_speak_of_is_about_the_topic():
    assert standalone("the rash is worse", "what is a heart attack") == (
        "The rash is worse (heart attack)"
    )
    question = "my knees creak on stairs"
    assert standalone(question, "what is a heart attack") == question


@forms(
    ("how is it treated?", "How is asthma treated?"),
    ("any creams", "Any creams for asthma?"),
    ("and what about a migraine", "What are the symptoms of a migraine?"),
)
def test_a_subject_that_the_library_does_not_know_is_carried_as_it_is(question, expected):
    before = ("what is a migraine?", "what are the symptoms of asthma?")
    assert standalone(question, *before, answer=OFFER.replace("migraine", "gout")) == expected


def test_an_answer_from_another_page_makes_no_other_subject_of_it():
    history = [
        Turn("user", "what are the symptoms of asthma?"),
        Turn("assistant", "A migraine is a headache. [1]"),
    ]
    assert condense("how is it treated?", history, find) == "How is asthma treated?"


def test_a_description_is_carried_in_its_own_words():
    before = "my calf keeps seizing up at night"
    assert standalone("how do i stop it", before, answer="I would rather not guess.") == (
        "How do i stop it (calf keeps seizing up at night)?"
    )


def test_the_topic_of_an_answer_counts_where_the_patient_described_something():
    history = [
        Turn("user", "my head throbs on one side and light hurts"),
        Turn("assistant", "Migraine can throb on one side. [1]"),
    ]
    assert condense("how is it treated?", history, find) == "How is migraine treated?"


def test_the_last_topic_named_counts_however_deep():
    before = ("what is a migraine?", "how is a heart attack treated?", "thanks", "is it common")
    assert standalone("ok thanks. and can it be prevented?", *before) == (
        "Can a heart attack be prevented?"
    )


def test_a_long_story_is_asked_by_its_question():
    question = (
        "so my mum used to lie down in a dark room for hours when we were little, nobody told us "
        "what was going on with her, and now my sister has started, is it something in the genes"
    )
    assert standalone(question, "what is a migraine?") == "Is a migraine something in the genes?"


def test_a_first_question_leans_on_nothing():
    assert standalone("how is it treated?") == "how is it treated?"
    assert standalone("how is it treated?", only="Muscle Spasm") == "How is Muscle Spasm treated?"
    assert standalone("any tablets?", only="Muscle Spasm") == "Any tablets for Muscle Spasm?"
    for question in ("how is gout treated?", "which vaccine does my baby need"):
        assert standalone(question, only="Muscle Spasm") == question


@pytest.mark.parametrize(
    "text",
    ["", "  ", "?", "{topic} %s {", "\ufffc it \ufffc", "it " * 2000, "no, " * 1000, "(" * 4000],
)
def test_no_message_is_too_odd_or_takes_long(text):
    begun = time.perf_counter()
    for question, before in ((text, "what is a migraine"), ("is it serious", text)):
        assert "\ufffc" not in standalone(question, before)
    assert time.perf_counter() - begun < 5


def test_the_patterns_of_the_data_compile():
    assert attachments()
    assert opening().match("ok thanks, and what now")
    for section, name in (("forms", "about"), ("forms", "reference"), ("leaning", "helps")):
        assert pattern(section, name)
    assert patterns("subjects", "slots")


def test_a_broken_pattern_says_where_it_is():
    with pytest.raises(SettingsError, match=r"condense\.toml: about: .* is no pattern"):
        compiled("(", "about")

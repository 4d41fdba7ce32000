"""What a question asks: topics, kinds of sections, its own words."""

from __future__ import annotations

import pytest

from chatbot.questions import analyse, parse_kind_rules
from chatbot.topics import TopicIndex
from chatbot.words import content_stems, subject_words
from ingest.errors import SettingsError
from ingest.index import Summary

LIBRARY = TopicIndex.of(
    [
        Summary("spasm", "Muscle Spasm", ("muscle cramp", "charley horse"), ("causes",)),
        Summary("guide", "What causes muscle spasms?", (), ("causes",)),
        Summary("t2d", "Type 2 diabetes", ("T2DM",), ("treatment",)),
        Summary("all", "Acute Lymphoblastic Leukemia (ALL)", (), ("outlook",)),
        Summary("heart", "Heart attack", (), ("red flags",)),
        Summary("mig", "Migraine", (), ("causes",)),
    ]
)


def known_words(stem):
    return stem in {"strike", "panic", "attack"}


def topics(text):
    return [topic.documents for topic in LIBRARY.find(text, known_words)]


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("what causes muscle spasms?", {"spasm", "guide"}),
        ("are Charley Horses common", {"spasm", "guide"}),
        ("my cramps at night", {"spasm", "guide"}),
        ("is migrane inherited", {"mig"}),
        ("type-2 diabetes and food", {"t2d"}),
        ("what is acute lymphoblastic leukemia", {"all"}),
    ],
)
def test_topics_are_found_whatever_their_form(text, documents):
    assert topics(text)[0] == documents


@pytest.mark.parametrize(
    "text", ["a panic attack", "is it all right", "they strike at night", "2 + 2"]
)
def test_words_that_only_look_like_a_topic_are_none(text):
    assert topics(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("what is a migraine", "description"),
        ("migraine", "description"),
        ("is type 2 diabetes reversible", "intractability"),
        ("is a migraine something my kids could get from me", "inheritance"),
        ("how would I notice a migraine coming", "signs and symptoms"),
        ("will my migraine go away by itself", "prognosis"),
        ("how many people have migraine", "prevalence"),
        ("can migraine be cured for good", "intractability"),
        ("how can I get rid of a migraine", "treatment"),
        ("which pills are there for migraine", "medication"),
        ("what should I eat with migraine", "lifestyle recommendations"),
        ("why do I get migraines", "causes"),
        ("who is more likely to get migraine", "risk factors"),
        ("what tests are there for migraine", "exams and tests"),
        ("how do I stop migraines from coming back", "prevention"),
        ("when should I see a doctor about migraine", "red flags"),
        ("do vitamins do anything for migraine", "nutraceuticals"),
        ("could I be a carrier of migraine", "carrier status"),
        ("are there experimental treatments for migraine", "compassionate use treatment"),
        ("what happens in the brain during a migraine", "pathophysiology"),
    ],
)
def test_lay_words_point_to_a_kind_of_section(text, kind):
    question = analyse(text, LIBRARY, known_words)
    assert question.kinds[kind] == 1.0
    assert question.fit(kind) == 1.0


def test_a_kind_that_no_section_has_is_refused():
    with pytest.raises(SettingsError, match=r"no kinds of ingest/sections\.toml"):
        parse_kind_rules('[kinds.weather]\npatterns = ["rain"]\n', "own.toml")


def test_a_broken_pattern_is_named():
    with pytest.raises(SettingsError, match=r"causes: '\(why' is no pattern"):
        parse_kind_rules('[kinds.causes]\npatterns = ["(why"]\n', "own.toml")


def test_words_that_say_nothing_are_left_out():
    assert content_stems("What is the treatment for my Cramps?") == ["cramp"]
    assert subject_words("is it common in families") == []


def test_a_library_about_one_thing_knows_it():
    assert LIBRARY.only is None
    one = [Summary("a", "Muscle Spasm", (), ()), Summary("b", "Causes of muscle spasms", (), ())]
    assert TopicIndex.of(one).only == "Muscle Spasm"


def phrases(_topic, before, first):
    return (before, first) == ("hemiplegic", "migraine")


@pytest.mark.parametrize(
    "text",
    ["heat cramps in the stomach", "stomach cramps", "gestational diabetes", "tension migraine"],
)
def test_a_word_before_a_name_can_make_it_another_topic(text):
    question = analyse(text, LIBRARY, known_words, phrases)
    assert question.topics == ()
    assert question.neighbours


@pytest.mark.parametrize(
    "text",
    [
        *("a bad migraine", "hemiplegic migraine", "leg cramps at night", "my diabetes"),
        *("what is broken muscle spasm", "tablets silent heart attack"),
    ],
)
def test_a_word_that_only_describes_it_does_not(text):
    question = analyse(text, LIBRARY, known_words, phrases)
    assert question.topics
    assert question.neighbours == ()

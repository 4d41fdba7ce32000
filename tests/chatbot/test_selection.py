"""Which sentences of a section answer: whole lists, no page talk, the question's own words."""

from __future__ import annotations

import pytest

from chatbot.compose.facts import expected_fact
from chatbot.compose.selection import Wanted, select, units_of, without_repeats
from ingest.assembly import Part, Source, assemble


def units(body):
    document = assemble(Source(id="d", title="Gout", path="d.md"), [Part(("Part",), body)])
    return units_of(document, document.sections[0])


def texts(found):
    return [unit.text for unit in found]


def test_a_section_that_fits_is_taken_whole():
    found = units("Gout hurts. [1]\n\nThe signs are:\n\n- heat\n- redness [2]")
    expected = ["Gout hurts.", "The signs are:", "heat", "redness"]
    assert texts(select(found, 50)) == expected


def test_a_long_section_is_cut_between_units_and_no_lead_stands_alone():
    body = "Gout is a form of arthritis that comes in attacks.\n\nThe signs are:\n\n" + "\n".join(
        f"- sign number {i} with some more words" for i in range(6)
    )
    taken = texts(select(units(body), 30))
    assert taken[:3] == [
        "Gout is a form of arthritis that comes in attacks.",
        "The signs are:",
        "sign number 0 with some more words",
    ]
    assert 3 <= len(taken) <= 5
    assert texts(select(units(body), 13))[-1] != "The signs are:"


def test_the_questions_own_words_are_looked_for():
    filler = " ".join(f"Plain sentence number {i} says little." for i in range(20))
    body = f"{filler}\n\nCherries may help a little. This is not proven."
    taken = texts(select(units(body), 25, Wanted({"cherri": 3.0})))
    assert "Cherries may help a little." in taken


@pytest.mark.parametrize(
    "line",
    [
        "What are the signs of gout?",
        "Read more about gout on our site.",
        "Understanding these mechanisms helps.",
        "Much of this information comes from a database.",
    ],
)
def test_talk_about_the_page_is_no_answer(line):
    assert texts(units(f"Gout hurts.\n\n{line}")) == ["Gout hurts."]


@pytest.mark.parametrize(
    "advice",
    [
        "Visit a hospital at once if it turns black.",
        "Note: do not take aspirin.",
        "See the doctor on the same day if you cough blood.",
        "You can get very dehydrated, so drink.",
        "To find relief, lie down.",
    ],
)
def test_advice_is_never_taken_for_talk_about_the_page(advice):
    assert texts(units(f"Gout hurts. {advice}")) == ["Gout hurts.", advice]


def test_less_than_half_of_a_list_is_not_shown():
    items = "\n".join(f"- warning sign number {i} of the six that count" for i in range(6))
    found = units(f"Gout can be an emergency in some people.\n\nThe warning signs are:\n\n{items}")
    taken = texts(select(found, 20))
    assert taken == ["Gout can be an emergency in some people."]
    assert len(texts(select(found, 45))) >= 5


def test_a_list_of_resources_goes_with_its_lead():
    body = "These resources offer information about gout:\n\n- Drug Therapy\n- Surgery"
    assert units(body) == []


def test_a_list_that_was_mostly_said_goes_whole_and_another_stays_whole():
    said = units("The signs are:\n\n- great heat\n- dark redness\n- sharp pain")
    again = units("Look out for:\n\n- sharp pain\n- dark redness\n- fever too\n\nCall somebody.")
    assert texts(without_repeats(again, said)) == ["Call somebody."]
    other = units("Look out for:\n\n- sharp pain\n- high fever\n- long illness")
    assert texts(without_repeats(other, said)) == texts(other)


@pytest.mark.parametrize(
    ("question", "fact", "other"),
    [
        ("how long does gout last", "An attack lasts three to ten days.", "Gout hurts."),
        ("What age do people get it?", "It begins at age 40 or later.", "Gout hurts at night."),
        ("is it rare, how many people have it", "About 4 in 100 have it.", "Gout hurts a lot."),
        ("how much should I drink", "Drink 2 litres a day.", "Drink plenty of water."),
    ],
)
def test_a_fact_is_known_by_its_looks(question, fact, other):
    looks = expected_fact(question)
    assert looks.search(fact.casefold())
    assert not looks.search(other.casefold())


def test_a_question_for_no_fact_expects_none():
    assert expected_fact("what is gout and why do I have it") is None


def long_section(sentence):
    before, after = (
        " ".join(f"{word} sentence number {word} says little of it." for word in words)
        for words in (("This", "That", "Another", "Further", "Next"), ("Last", "Late", "Least"))
    )
    return units(f"{before}\n\n{sentence}\n\n{after}")


def test_the_fact_asked_for_comes_first():
    found = long_section("An attack lasts ten days.")
    assert texts(select(found, 14, Wanted({}, fact=expected_fact("how long"))))[0] == (
        "An attack lasts ten days."
    )
    assert texts(select(found, 14))[0].startswith("This sentence")


def test_the_passage_most_like_the_question_decides_where_words_do_not():
    found = long_section("Cherries are no cure.")
    place = next(unit.segment for unit in found if unit.text.startswith("Cherries"))
    nearest = (place.start, place.end)
    assert texts(select(found, 14, Wanted({}, nearest)))[0] == "Cherries are no cure."

"""Answers as chat messages."""

import html
import re
from dataclasses import replace

import pytest

from chatbot.answers import Answer, Notice, Outcome, Sentence
from chatbot.web.citations import source_address
from chatbot.web.render import answer_html, question_html, trouble_html
from tests.web.fakes import ASTHMA, DISCLAIMER, EVIL, SUGGESTIONS, URGENT_CARD, FakeAssistant

ACTIVE = re.compile(r"<(script|img|b|i|code|em)\b|javascript:|!\[|onerror=\"", re.IGNORECASE)


def shown(question, **more):
    return answer_html(FakeAssistant().answer(question), 3, **more)


def test_sentences_carry_markers_that_lead_to_their_source():
    page = shown("symptoms")
    assert (
        "Asthma makes breathing hard at times."
        '<sup class="cw-markers"><a class="cw-marker" href="#cw-source-3-1"'
    ) in page
    assert re.findall(r'<details class="cw-source" id="([^"]+)"', page) == [
        "cw-source-3-1",
        "cw-source-3-2",
        "cw-source-3-3",
    ]


def test_items_stand_in_one_list_under_their_label():
    page = shown("symptoms")
    assert page.count("<ul>") == 1
    assert '<p class="cw-label">Signs are</p><ul><li>Wheezing<sup' in page
    assert '<p class="cw-label">What may help</p><p>A scarf' in page


def test_a_repeated_label_is_shown_once():
    again = Sentence("More.", (1,), item=True, label="Signs are")
    answer = FakeAssistant().answer("symptoms")
    answer = replace(answer, sentences=(*answer.sentences[:3], again))
    assert answer_html(answer, 1).count("Signs are") == 1


def test_a_source_says_what_it_is_and_marks_the_quote():
    page = shown("symptoms")
    assert "Example Health Library · reviewed 2025-03-01" in page
    assert "publisher not stated · not reviewed by a clinician" in page
    assert "<mark>Asthma makes breathing hard at times.</mark> The airways swell" in page
    assert (
        "<mark>- Wheezing&#10;- A cough that is worse at night</mark>&#10;- A tight chest" in page
    )
    start = ASTHMA.text.index("Asthma makes")
    addresses = map(html.unescape, re.findall(r'href="(source[^"]+)"', page))
    assert next(addresses) == f"source/conditions/asthma?start={start}&end={start + 37}#quote"


def test_an_address_holds_no_more_than_an_address():
    assert source_address('a b/"><script>?#', 1, 2) == (
        "source/a%20b/%22%3E%3Cscript%3E%3F%23?start=1&end=2#quote"
    )


def test_a_quote_outside_its_passage_is_shown_alone():
    answer = FakeAssistant().answer("symptoms")
    stray = replace(answer.citations[0], start=0, end=6, quote="Asthma")
    page = answer_html(replace(answer, citations=(stray,)), 1)
    assert '<div class="cw-passage"><mark>Asthma</mark></div>' in page


def test_nothing_of_a_document_or_question_is_active():
    for page in (shown("evil"), question_html(EVIL)):
        assert not ACTIVE.search(page)
        assert "\n" not in page
        assert "&#42;star&#42;" in page


@pytest.mark.parametrize("outcome", [Outcome.EMERGENCY, Outcome.CRISIS, Outcome.POISON])
def test_a_card_stands_alone(outcome):
    answer = replace(FakeAssistant().answer("chest pain"), outcome=outcome)
    answer = replace(answer, sentences=FakeAssistant().answer("symptoms").sentences)
    page = answer_html(answer, 1)
    assert f'class="cw-card cw-card-{outcome}" role="alert"' in page
    assert "Asthma" not in page
    assert "cw-sources" not in page
    assert page.rstrip("</p>div").endswith("(EU).")


def test_an_urgent_card_stands_above_the_answer():
    page = shown("urgent")
    assert page.index("cw-card-urgent") < page.index("Asthma makes") < page.index("cw-sources")


def test_an_abstention_is_text_without_notices_and_suggestions():
    page = shown("unknown *thing* <b>")
    assert page.count("General information") == 1
    assert "The documents here do not answer that." in page
    assert "They do cover" not in page
    assert not any(each[:12] in page for each in SUGGESTIONS)


def test_an_urgent_card_stands_above_an_abstention_too():
    answer = FakeAssistant().answer("unknown")
    caution = Notice("caution", "For a child, ask first.")
    notices = (URGENT_CARD, caution, DISCLAIMER)
    text = f"{URGENT_CARD.text}\n\n{answer.text.replace(DISCLAIMER.text, caution.text)}"
    answer = replace(answer, outcome=Outcome.URGENT, notices=notices, text=text)
    page = answer_html(answer, 1)
    places = [page.index(part) for part in ("cw-card-urgent", "do not answer", "For a child")]
    assert places == sorted(places)
    assert page.count("Speak to a doctor") == page.count("For a child") == 1


def test_a_sentence_can_open_a_paragraph():
    answer = FakeAssistant().answer("symptoms")
    first = answer.sentences[0]
    answer = replace(answer, sentences=(first, first, replace(first, opens=True)))
    assert answer_html(answer, 1).count("<p>Asthma makes") == 2


def test_text_of_an_answer_without_sentences_is_data():
    answer = Answer("q", "q", Outcome.OUT_OF_SCOPE, f"{EVIL}\n\n{DISCLAIMER.text}")
    assert not ACTIVE.search(answer_html(replace(answer, notices=(DISCLAIMER,)), 1))


def test_the_disclaimer_is_the_last_line_at_every_moment():
    for count in (1, 2, 3, None):
        page = shown("symptoms", shown=count)
        assert page.endswith("(EU).</p></div>")
        assert ("cw-sources" in page) is (count is None)


def test_cautions_stand_between_the_answer_and_its_sources():
    caution = Notice("caution", "In pregnancy, ask a pharmacist first.")
    answer = FakeAssistant().answer("symptoms")
    page = answer_html(replace(answer, notices=(caution, DISCLAIMER)), 1)
    assert page.index("A scarf") < page.index("In pregnancy") < page.index("cw-sources")


def test_trouble_keeps_the_card():
    page = trouble_html("Sorry.", (URGENT_CARD, DISCLAIMER), Outcome.URGENT)
    assert page.index("Speak to a doctor today") < page.index("Sorry.") < page.index("General")

"""From a question to the highlighted passage: the real page, engine, model and library.

With CITEWELL_PICTURES=1 it also makes the pictures of the docs.
"""

from __future__ import annotations

import os

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.browser


def picture(page, name):
    if os.environ.get("CITEWELL_PICTURES") == "1":
        page.wait_for_timeout(500)
        page.screenshot(path=PROJECT / "docs" / "images" / f"{name}.png")


def words(text):
    return text.replace("\n- ", "\n").split()


@pytest.fixture
def address(serve, chatbot):
    return serve(lambda: chatbot)


def test_a_question_leads_to_the_passage_and_its_page(visiting, address, chatbot):
    with visiting(address, viewport={"width": 1100, "height": 1240}) as visit:
        visit.open()
        reply = visit.ask("what causes muscle spasms?")
        assert "Muscle spasms have many causes" in reply.inner_text()
        assert "not a diagnosis" in reply.inner_text()
        reply.locator("a.cw-marker", has_text="[1]").first.click()
        opened = reply.locator("details[open]")
        quote = opened.locator("mark").text_content()
        answer = chatbot.answer("what causes muscle spasms?")
        assert quote == answer.citations[0].quote
        picture(visit.page, "answer")
        with visit.page.context.expect_page() as opening:
            opened.locator("a", has_text="Read the whole page").click()
        source = opening.value
        source.wait_for_load_state()
        assert source.locator("#quote").is_visible()
        # Lists are shown as lists there, so that one quote has several marked parts.
        marked = " ".join(source.locator("mark").all_text_contents())
        assert words(marked) == words(quote)
        assert source.locator("h1").inner_text() == answer.citations[0].passage.document.title


def test_a_conversation_keeps_its_topic_and_a_card_comes_first(visiting, address):
    with visiting(address, viewport={"width": 375, "height": 800}) as visit:
        visit.open()
        visit.ask("what is a migraine?")
        reply = visit.ask("and how is it treated?")
        assert "migraine" in reply.inner_text().lower()
        assert reply.locator("a.cw-marker").count() > 1
        card = visit.ask("my father has crushing chest pain and is sweating")
        assert card.locator(".cw-card-emergency").is_visible()
        assert card.locator("a.cw-marker").count() == 0
        visit.page.wait_for_timeout(300)
        place = card.bounding_box()
        # The card is on the screen from its first line on, not below the fold.
        assert 0 <= place["y"] < 400
        picture(visit.page, "card")


def test_an_abstention_offers_what_can_be_answered(visiting, address):
    with visiting(address) as visit:
        visit.open()
        reply = visit.ask("how is malaria treated?")
        assert "rather not guess" in reply.inner_text()
        assert reply.locator("a.cw-marker, details").count() == 0

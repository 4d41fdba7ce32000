"""The page in a real browser, with a small fake library."""

import re
import threading
import time

import pytest

from ingest.errors import IndexMissingError
from tests.web.fakes import EVIL, EVIL_PAGE, SUGGESTIONS
from tests.web.visits import Visit

pytestmark = pytest.mark.browser
SHORT_OF_BREATH = "I have crushing chest pain and I can't breathe"


@pytest.fixture
def address(serve, fake):
    return serve(lambda: fake)


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_a_marker_opens_the_passage_with_the_quote_marked(visiting, address):
    with visiting(address) as visit:
        visit.open()
        reply = visit.ask("What are the symptoms of asthma?")
        assert reply.locator("details[open]").count() == 0
        reply.locator("a.cw-marker", has_text="[3]").click()
        opened = reply.locator("details[open]")
        assert opened.count() == 1
        assert opened.locator("mark").is_visible()
        assert opened.locator("mark").inner_text() == (
            "A scarf over the mouth warms the air you breathe."
        )
        assert visit.page.evaluate("document.activeElement.closest('details').id") == (
            "cw-source-1-3"
        )


def test_a_marker_works_from_the_keyboard_and_keeps_line_breaks(visiting, address):
    with visiting(address) as visit:
        visit.open()
        reply = visit.ask("What are the symptoms of asthma?")
        reply.locator("a.cw-marker", has_text="[2]").first.focus()
        visit.page.keyboard.press("Enter")
        quote = reply.locator("details[open] mark").text_content()
        assert quote == "- Wheezing\n- A cough that is worse at night"


def test_the_whole_page_opens_at_the_quote(visiting, address):
    with visiting(address) as visit:
        visit.open()
        reply = visit.ask("What are the symptoms of asthma?")
        reply.locator("a.cw-marker", has_text="[1]").click()
        with visit.page.context.expect_page() as opening:
            reply.locator("details[open] a", has_text="Read the whole page").click()
        opened = opening.value
        opened.wait_for_load_state()
        assert opened.locator("#quote").inner_text() == "Asthma makes breathing hard at times."
        assert opened.locator("h1").inner_text() == "Asthma"


def test_an_emergency_shows_the_card_alone(visiting, address, fake):
    with visiting(address) as visit:
        visit.open()
        reply = visit.ask(SHORT_OF_BREATH)
        card = reply.locator(".cw-card-emergency")
        assert card.is_visible()
        assert "Emergency" in card.inner_text()
        assert card.locator("a[href='tel:911']").count() > 0
        assert reply.locator("a.cw-marker, details").count() == 0
        assert reply.locator(".cw-disclaimer").is_visible()
    assert fake.heard == []


def test_a_card_does_not_wait_for_the_library(visiting, serve, fake):
    held = threading.Event()

    def load():
        held.wait(60)
        return fake

    with visiting(serve(load)) as visit:
        visit.open()
        assert visit.ask(SHORT_OF_BREATH).locator(".cw-card-emergency").is_visible()
        visit.page.fill("#cw-box textarea", "What are the symptoms of asthma?")
        visit.page.keyboard.press("Enter")
        visit.page.get_by_text("still waking up").wait_for()
        held.set()
        visit.page.locator("a.cw-marker").first.wait_for()


def test_a_missing_library_is_told_in_the_page(visiting, serve):
    def load():
        raise IndexMissingError("there is no index; run make ingest")

    with visiting(serve(load)) as visit:
        visit.open()
        visit.page.get_by_text("make ingest").wait_for()
        assert "make ingest" in visit.ask("What are the symptoms of asthma?").inner_text()


def test_an_error_is_told_kindly(visiting, address):
    with visiting(address) as visit:
        visit.open()
        reply = visit.ask("raise").inner_text()
        assert "Sorry" in reply
        assert "Error" not in reply
        assert "emergency" in reply


def test_nothing_in_a_document_or_question_runs_or_fetches(visiting, address):
    with visiting(address) as visit:
        visit.open()
        reply = visit.ask(f"evil {EVIL}")
        assert EVIL in reply.inner_text()
        assert EVIL in visit.page.locator(".user-row").inner_text()
        reply.locator("summary").click()
        assert reply.locator("mark").text_content() == EVIL
        assert EVIL in reply.locator("summary").inner_text()
        links = reply.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert all(re.match(r"(#cw-|source/|tel:)", link) for link in links)
        visit.page.wait_for_timeout(300)
        assert visit.page.evaluate("window.ran") is None
        # In a tab of its own: leaving the chat would break off its stream, which it complains of.
        source = Visit(visit.page.context.new_page(), address)
        source.page.goto(f"{address}/{reply_address(links)}")
        assert EVIL in source.page.locator("article").inner_text()
        assert source.page.locator("h1").inner_text() == EVIL_PAGE.title
        assert source.page.evaluate("window.ran") is None
        assert (source.elsewhere, source.complaints) == ([], [])


def reply_address(links):
    return next(link for link in links if link.startswith("source/"))


def test_an_example_and_a_suggestion_can_be_chosen(visiting, address, fake):
    with visiting(address) as visit:
        visit.open()
        visit.page.locator(".example").nth(1).click()
        visit.page.locator("a.cw-marker").first.wait_for()
        visit.ask("unknown")
        visit.page.locator(".option", has_text=SUGGESTIONS[1]).click()
        visit.page.locator(".bot-row").nth(2).locator("a.cw-marker").first.wait_for()
    assert [question for question, _, _ in fake.heard] == [
        fake.examples()[1],
        "unknown",
        SUGGESTIONS[1],
    ]
    assert [turn.role for turn in fake.heard[-1][1]] == ["user", "assistant"] * 2


def test_the_chosen_place_reaches_the_answer(visiting, address, fake):
    with visiting(address) as visit:
        visit.open()
        visit.page.locator("#cw-locale input").click()
        visit.page.get_by_role("option", name="United Kingdom").click()
        visit.ask("What are the symptoms of asthma?")
    assert fake.heard[-1][2] == "uk"


def test_stop_ends_the_wait_and_the_next_question_works(visiting, address, fake):
    with visiting(address) as visit:
        visit.open()
        visit.page.fill("#cw-box textarea", "held")
        visit.page.keyboard.press("Enter")
        visit.page.locator("#cw-stop").click()
        visit.page.get_by_text("Stopped.").wait_for()
        fake.go_on.set()
        assert visit.ask("What are the symptoms of asthma?").locator("a.cw-marker").count() == 4
        assert visit.page.get_by_text("Stopped.").is_visible()


def test_starting_over_forgets_the_conversation(visiting, address, fake):
    with visiting(address) as visit:
        visit.open()
        visit.ask("What are the symptoms of asthma?")
        visit.page.locator("#cw-again").click()
        visit.page.get_by_text("How can I help?").wait_for()
        visit.ask("How is asthma treated?")
        assert visit.page.locator(".bot-row").count() == 1
    assert fake.heard[-1][1] == ()


def test_two_patients_never_see_each_other(visiting, address, fake):
    with visiting(address) as one, visiting(address) as other:
        one.open()
        other.open()
        one.ask("symptoms that only the first one has")
        other.ask("another question")
        assert "first one" not in other.page.content()
    assert fake.heard[-1][1] == ()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_width_needs_sideways_scrolling(visiting, address, width, scheme):
    size = {"width": width, "height": 600}
    with visiting(address, viewport=size, color_scheme=scheme) as visit:
        visit.open()
        visit.page.locator(".example").first.wait_for()
        assert not scrolls_sideways(visit.page)
        reply = visit.ask("evil " + "w" * 400)
        reply.locator("summary").click()
        assert not scrolls_sideways(visit.page)
        visit.ask(SHORT_OF_BREATH)
        assert not scrolls_sideways(visit.page)
        banner = visit.page.locator(".cw-banner")
        assert banner.is_visible()
        assert banner.bounding_box()["y"] >= 0
        visit.page.goto(f"{address}/source/evil/%22%3E%3Cscript%3E?start=0&end=900#quote")
        assert not scrolls_sideways(visit.page)


def test_the_browser_keeps_nothing_a_patient_wrote(visiting, address):
    with visiting(address) as visit:
        visit.open()
        visit.ask("a very private question")
        time.sleep(0.3)
        stored = visit.page.evaluate(
            "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie,"
            " (await indexedDB.databases()).map(each => each.name)])"
        )
        assert "private" not in stored
        assert "gradio-runs" not in stored

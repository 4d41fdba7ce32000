"""What a question or a document brings is shown as text in a real browser, and does nothing.

The browser is told to pass over the page's content security policy: what would only be stopped by
that counts as come through.
"""

from __future__ import annotations

import html
import re
import time

import pytest

from chatbot.web.citations import review, source_address
from ingest.assembly import one_line
from ingest.normalise import normalise
from tests.web.conftest import served
from tests.web.hostile import (
    HostileAssistant,
    batches,
    payloads,
    read_library,
    write_library,
)
from tests.web.visits import Visit

PAYLOADS = payloads()
HELD = "document.title + ' ' + window.__pwned"
# Some of what would do something as it is: what runs, and what fetches from elsewhere.
RUN = {"script-plain", "script-dialog", "event-image-error", "svg-load", "mutation-noscript"}
FETCH = {"remote-image", "style-import", "link-style-sheet", "object-data"}
# Element and attributes of everything on the page of a document.
ON_A_SOURCE_PAGE = {
    *("html lang", "head", "meta charset", "meta content name", "title", "link href rel"),
    *("body class", "main", "h1", "dl class", "div", "dt", "dd", "a href rel", "a href"),
    *("p class", "article", "h2", "h3", "h4", "h5", "h6", "ul", "li", "mark", "mark id"),
}
SHAPES = """root => [...root.querySelectorAll("*")].map(
    each => [each.localName, ...each.getAttributeNames().sort()].join(" "))"""
READ_REPLY = """reply => {
    const text = (from, name) => from.querySelector(name)?.textContent;
    return {
        said: [...reply.querySelectorAll("li")].map(each => each.firstChild?.data),
        sources: [...reply.querySelectorAll("details")].map(each => [
            text(each, "summary strong"), text(each, ".cw-source-heading"),
            text(each, ".cw-source-facts"), text(each, ".cw-passage"), text(each, "mark"),
        ]),
        links: [...reply.querySelectorAll("details a")].map(each => each.getAttribute("href")),
    };
}"""
# Many at once, each in a frame: to visit one after the other takes several times as long. The
# pages refuse to be framed by their address, so that a frame is given what was sent.
READ_SOURCES = """addresses => Promise.all(addresses.map(async address => {
    const frame = document.createElement("iframe");
    frame.srcdoc = await (await fetch(address)).text();
    document.body.append(frame);
    await new Promise(loaded => { frame.onload = loaded; });
    const page = frame.contentDocument;
    const every = name => [...page.querySelectorAll(name)];
    const read = {
        title: page.title,
        heading: page.querySelector("h1")?.textContent,
        facts: Object.fromEntries(every("dl div").map(
            each => [...each.children].map(part => part.textContent))),
        text: page.querySelector("article")?.textContent,
        links: every("a").map(each => each.getAttribute("href")),
        shapes: every("*").map(
            each => [each.localName, ...each.getAttributeNames().sort()].join(" ")),
        pwned: frame.contentWindow.__pwned ?? null,
    };
    frame.remove();
    return read;
}))"""
FRAMES = 24


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    write_library(folder, [each for batch in batches(PAYLOADS) for each in batch])
    return HostileAssistant(PAYLOADS, list(read_library(folder)))


@pytest.fixture(scope="module")
def address(assistant):
    with served(lambda: assistant) as address:
        yield address


@pytest.fixture
def visit(visiting, address):
    with visiting(address, bypass_csp=True) as visit:
        yield visit
        visit.page.wait_for_timeout(300)
        assert visit.page.evaluate("window.__pwned") is None
        assert len(visit.page.context.pages) == 1


def as_shown(text):
    """A question's text: stripped, with line feeds for line breaks, and with controls marked."""
    text = re.sub(r"\r\n?", "\n", text).strip()
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "\ufffd", text)


def words(text):
    """A text without what the page of a document lays out: white space, bullets, hashes."""
    return re.sub(r"[\s\-*#\u2022]", "", text)


def test_each_payload_says_what_it_tries():
    assert len(PAYLOADS) >= 80
    assert len({each.id for each in PAYLOADS}) == len(PAYLOADS)
    assert len({each.text for each in PAYLOADS}) == len(PAYLOADS)
    assert [each.id for each in PAYLOADS if not each.tries] == []


def test_the_formats_carry_every_payload(assistant):
    for each in PAYLOADS:
        record, page, text = assistant.of(each)
        name = one_line(each.text)
        for document in (record, page):
            assert document.title == name
            assert name in document.synonyms
            assert normalise(each.text).strip() in document.text
            facts = (document.publisher, document.licence, document.reviewed, document.url)
            assert facts == (name,) * 4
        assert record.sections[-1].heading_path == (one_line(f"About {each.text}"),)
        assert text.title.startswith("Text ")
        assert len(text.sections) > 1


@pytest.mark.browser
def test_payloads_do_something_where_nothing_is_escaped(chromium):
    """Else it would prove nothing that they do nothing in the page."""
    bare = Visit(chromium.new_page(), "nowhere")
    frames = [
        f'<iframe srcdoc="{html.escape(each.text)}"></iframe>'
        for each in PAYLOADS
        if each.id in RUN | FETCH
    ]
    bare.page.set_content("".join(frames), wait_until="commit")
    deadline = time.monotonic() + 20
    ran, fetched = set(), set()
    while not (ran >= RUN and fetched >= FETCH) and time.monotonic() < deadline:
        bare.page.wait_for_timeout(100)
        ran = {frame.evaluate("window.__pwned") for frame in bare.page.frames} - {None}
        fetched = set(re.findall(r"//127\.0\.0\.1:9/([\w-]+)", " ".join(bare.elsewhere)))
    bare.page.close()
    assert (RUN - ran, FETCH - fetched) == (set(), set())
    assert "a dialog: script-dialog" in bare.complaints


@pytest.mark.browser
def test_a_question_and_what_it_cites_are_shown_as_text(visit, assistant):
    visit.open()
    known = None
    for number in range(len(assistant.batches)):
        question = assistant.question(number)
        reply = visit.ask(question)
        row = visit.page.locator(".user-row")
        assert row.locator(".cw-question").text_content() == as_shown(question)
        read = reply.evaluate(READ_REPLY)
        cited = assistant.citations(number)
        assert read["said"] == [assistant.said(cited)]
        assert read["sources"] == [as_cited(each) for each in cited]
        assert read["links"] == [
            source_address(each.passage.document.id, each.start, each.end) for each in cited
        ]
        # Element for element what the first question made, which is about plain words.
        made = row.evaluate(SHAPES), reply.evaluate(SHAPES)
        known = known or made
        assert made == known
        assert visit.page.evaluate(HELD) == "CiteWell undefined"
        visit.page.locator("#cw-again").click()
        visit.page.get_by_text("How can I help?").wait_for()


def as_cited(citation):
    document = citation.passage.document
    publisher = document.publisher or "publisher not stated"
    return [
        document.title,
        citation.passage.heading,
        f"{publisher} \u00b7 {review(document)}",
        citation.passage.chunk.text,
        citation.quote,
    ]


@pytest.mark.browser
def test_examples_and_suggestions_are_shown_as_text(visit, assistant):
    visit.open()
    examples = visit.page.locator(".example")
    examples.nth(3).wait_for()
    shown = [each.strip() for each in examples.all_text_contents()]
    assert shown == [each.strip() for each in assistant.examples()]
    made = examples.evaluate_all(f"all => all.map({SHAPES})")
    assert {element for each in made for element in each} <= {"div class", "span class"}
    reply = visit.ask("What else is there?")
    options = visit.page.locator(".option")
    assert options.all_text_contents() == list(assistant.suggestions)
    assert options.locator("*").count() == 0
    assert set(reply.locator(".cw-answer").evaluate(SHAPES)) == {"p", "p class", "a class href rel"}
    chosen = assistant.suggestions[-1]
    options.last.click()
    question = visit.page.locator(".user-row").nth(1).locator(".cw-question")
    assert question.text_content() == chosen
    assert visit.page.evaluate(HELD) == "CiteWell undefined"


@pytest.mark.browser
def test_the_page_of_a_document_is_text(visit, address, assistant):
    documents = list(assistant.documents.values())
    addresses = [f"{address}/{source_address(each.id, 5, 40)}" for each in documents]
    for start in range(0, len(documents), FRAMES):
        visit.page.goto(addresses[start])
        shown = visit.page.evaluate(READ_SOURCES, addresses[start : start + FRAMES])
        for document, read in zip(documents[start : start + FRAMES], shown, strict=True):
            assert set(read["shapes"]) <= ON_A_SOURCE_PAGE
            assert read["title"] == f"{document.title} \u2013 CiteWell"
            assert read["heading"] == document.title
            assert words(read["text"]) == words(document.text.removeprefix(document.title))
            facts = read["facts"]
            assert facts["Publisher"] == (document.publisher or "not stated")
            assert facts["Licence"] == (document.licence or "not stated")
            assert facts["Review"] == review(document)
            assert facts.get("Also called", "") == ", ".join(document.synonyms)
            assert set(read["links"]) <= {"/", document.url}
            assert read["pwned"] is None

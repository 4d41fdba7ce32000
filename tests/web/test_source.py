"""The page of one document."""

import asyncio
import html
import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from chatbot.web.loading import Loader
from chatbot.web.source import blocks, source_router
from tests.web.fakes import ASTHMA, EVIL, EVIL_PAGE, FakeAssistant, document


@pytest.fixture(scope="module")
def client():
    loader = Loader(FakeAssistant)
    asyncio.run(loader.wait())
    app = FastAPI()
    app.include_router(source_router(loader))
    return TestClient(app)


def marked(page):
    return "\n".join(html.unescape(each) for each in re.findall(r"<mark[^>]*>(.*?)</mark>", page))


def test_the_page_shows_the_whole_document_and_what_is_known_about_it(client):
    page = client.get("/source/conditions/asthma").text
    words = ["<h1>Asthma</h1>", "<h2>Signs and symptoms</h2>", "<li>Wheezing</li>", "CC BY 4.0"]
    words += [
        "Example Health Library",
        "reviewed 2025-03-01",
        'href="https://health.example/asthma"',
    ]
    assert [word for word in words if word not in page] == []
    assert "<mark" not in page


def test_the_span_is_marked_and_can_be_jumped_to(client):
    quote = "The airways swell and make extra mucus."
    start = ASTHMA.text.index(quote)
    page = client.get(f"/source/conditions/asthma?start={start}&end={start + len(quote)}").text
    assert marked(page) == quote
    assert page.count('id="quote"') == 1


def test_a_span_over_a_list_is_marked_item_by_item(client):
    start = ASTHMA.text.index("- Wheezing")
    end = ASTHMA.text.index("- A tight")
    page = client.get(f"/source/conditions/asthma?start={start}&end={end}").text
    assert marked(page) == "Wheezing\nA cough that is worse at night"
    assert page.count('id="quote"') == 1


@pytest.mark.parametrize(
    "query",
    [
        "start=-5&end=-1",
        "start=999999&end=9999999",
        "start=9&end=2",
        "start=a&end=b",
        "start=²",
        "end=",
    ],
)
def test_offsets_that_make_no_sense_mark_nothing(client, query):
    answer = client.get(f"/source/conditions/asthma?{query}")
    assert answer.status_code == 200
    assert "<mark" not in answer.text


def test_offsets_beyond_the_end_mark_up_to_it(client):
    page = client.get("/source/conditions/asthma?start=0&end=999999").text
    assert marked(page).endswith("A reliever inhaler opens the airways within minutes.")


@pytest.mark.parametrize(
    "document_id", ["nothing", "conditions", "<script>alert(1)</script>", "a/b"]
)
def test_an_unknown_document_is_not_found(client, document_id):
    answer = client.get(f"/source/{document_id}")
    assert answer.status_code == 404
    assert "script" not in answer.text


def test_nothing_in_a_document_is_active(client):
    answer = client.get("/source/evil/%22%3E%3Cscript%3E", params={"start": 0, "end": 10_000})
    assert answer.status_code == 200
    assert not re.search(r"<(script|img|b|i)\b|href=\"(javascript|http://evil)", answer.text)
    assert html.escape(EVIL, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in (
        answer.text
    )


def test_a_link_that_is_no_web_address_is_not_shown(client):
    assert "javascript" not in client.get("/source/guides/cold air").text


@pytest.mark.parametrize("page", [ASTHMA, EVIL_PAGE])
def test_no_character_of_a_document_is_lost(page):
    shown = page.title + "".join(
        piece.text for block in blocks(page) for item in block.items for piece in item
    )
    assert sorted(re.sub(r"[\s\-]", "", shown)) == sorted(re.sub(r"[\s\-]", "", page.text))


def test_text_outside_every_section_is_shown_too():
    page = document("a", "Title", [("One", "first")])
    loose = type(page)(
        **{name: getattr(page, name) for name in page.__slots__ if name != "text"},
        text=f"{page.text}\n\nlast words",
    )
    assert blocks(loose)[-1].items[0][0].text == "last words"


def test_a_title_that_begins_with_a_hash_is_shown_once():
    page = document("a", "#5 filter", [("One", "first")])
    assert [block.items[0][0].text for block in blocks(page)] == ["One", "first"]

"""The reports in a real browser, from the disk: filters, small screens, nothing fetched."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from evals.report import write_comparison, write_report
from tests.evals.report_rows import NO, YES, answer, passage, row, write_run
from tests.web.conftest import chromium  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(chromium, tmp_path):  # noqa: F811
    """Opens a page of the folder; nothing may complain, or be fetched from elsewhere."""
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    context.set_default_timeout(20_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
    page.on(
        "request",
        lambda asked: asked.url.startswith("file:") or complaints.append(f"asked {asked.url}"),
    )

    def visit(path):
        page.goto(path.as_uri())
        return page

    yield visit
    context.close()
    assert complaints == []


def visible(page):
    return [case.get_attribute("id") for case in page.locator(".case:visible").all()]


def test_filters_find_cases(opened, tmp_path):
    evil = "<img src=http://evil.example/ onerror=alert(1)><script>alert(2)</script>"
    rows = [
        row("a", {"section_at_1": NO}, question=f"about gout {evil}", tags=["lay"],
            given=answer(passages=[passage(1, title=evil * 9)])),
        row("b", {"outcome": NO}, question="about malaria", tags=["short"]),
        row("c", {"outcome": YES}, question="about gout again", tags=["lay"]),
    ]  # fmt: skip
    folder = write_run(tmp_path / "run", rows)
    write_report(folder)
    page = opened(folder / "report.html")
    assert visible(page) == ["case-1", "case-2"]
    page.fill("#f-text", "GOUT about")
    expect(page.locator("#case-2")).to_be_hidden()
    assert visible(page) == ["case-1"]
    assert page.inner_text("#f-count") == "1 of 2 failed and 1 of 1 passed cases fit"
    page.select_option("#f-show", "all")
    expect(page.locator("#case-3")).to_be_visible()
    assert visible(page) == ["case-1", "case-3"]
    page.click("text=Clear")
    page.select_option("#f-score", "outcome")
    expect(page.locator("#case-1")).to_be_hidden()
    assert visible(page) == ["case-2"]
    page.click("text=Clear")
    page.click("button[data-tag=short]")
    expect(page.locator("#case-1")).to_be_hidden()
    assert visible(page) == ["case-2"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_filters_tell_won_from_lost(opened, tmp_path):
    old = [row("a", {"section_at_1": NO}), row("b", {"section_at_1": YES})]
    new = [row("a", {"section_at_1": YES}), row("b", {"section_at_1": NO})]
    runs = (write_run(tmp_path / "old", old), write_run(tmp_path / "new", new))
    write_comparison(*runs, tmp_path)
    page = opened(tmp_path / "comparison.html")
    assert page.locator(".case:visible").count() == 2
    page.select_option("#f-score", "section_at_1")
    page.select_option("#f-show", "lost")
    expect(page.locator(".case:visible")).to_have_count(1)
    assert "lost: Right section first" in page.locator(".case:visible").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") == 360

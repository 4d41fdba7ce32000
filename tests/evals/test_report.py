"""The page of a run: what it shows, that it needs nothing else, that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from chatbot.serialise import answer_object
from evals.report import ReportError, write_report
from tests.evals.report_rows import (
    LEFT,
    NO,
    YES,
    answer,
    passage,
    row,
    summary,
    write_run,
)

MARKUP = "<script>alert(1)</script><img src=http://evil.example/a.png onerror=alert(2)>\"'&{{7*7}}"


class Page(HTMLParser):
    """All tags with their attributes, and the text, a blank between the cells of a table."""

    def __init__(self, path):
        """Reads a file."""
        super().__init__()
        self.tags = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.text += " " if tag in ("td", "th") else ""

    def handle_data(self, data):
        self.text += data


def reported(tmp_path, rows, told=None):
    folder = write_run(tmp_path / "run", rows, told)
    write_report(folder)
    return folder / "report.html"


def test_it_shows_what_failed_with_all_that_came(tmp_path):
    meant = [{"document_id": "migraine", "heading": "Treatment", "grade": 3}]
    found = [passage(1), *(passage(n, heading="Other") for n in range(2, 15))]
    found.append(passage(15, heading="Treatment"))
    rows = [
        row(
            "bad-1",
            {"section_at_1": NO, "outcome": YES, "faithfulness": LEFT},
            question="does it ever stop",
            history=[{"role": "user", "content": "what is a migraine"}],
            relevant=meant,
            must=["four hours|4 hours"],
            outcome=["answered", "abstained"],
            tags=["lay"],
            given=answer(passages=found),
        ),
        row("good-1", {"section_at_1": YES}, question="is it common", tags=["short"]),
    ]
    page = Page(reported(tmp_path, rows))
    shown = " ".join(page.text.split())
    for words in (
        "does it ever stop",
        "what is a migraine",
        "section: migraine, Treatment",
        "it says: four hours or 4 hours",
        "outcome: answered or abstained",
        "Right section first: failed (first came: Migraine, Causes)",
        "not scored (the judge said nothing)",
        "Migraine, Treatment expected",
        "0.500 0.100 to 0.950 1 of 2",
        "mean 81.5",
    ):
        assert words in shown, words
    # Ten passages and the expected one, of the failed case only; the passing one in a line.
    articles = [attrs for tag, attrs in page.tags if tag == "article"]
    assert [attrs["id"] for attrs in articles] == ["case-1"]
    assert sum(attrs.get("class") == "right" for tag, attrs in page.tags if tag == "tr") == 1
    assert shown.count("Migraine, Other") == 9
    assert "is it common" in shown


def test_an_error_is_a_failed_case(tmp_path):
    rows = [row("a", {}, error="RuntimeError: the index went away"), row("b", {})]
    page = Page(reported(tmp_path, rows))
    assert "Asking failed: RuntimeError: the index went away" in page.text
    assert [attrs["id"] for tag, attrs in page.tags if tag == "article"] == ["case-1"]


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (None, "No gate was asked"),
        ({"passed": True, "failures": []}, "Gate passed"),
        ({"passed": False, "failures": ["outcome: 0.5; wanted at least 0.9"]}, "Gate failed"),
    ],
)
def test_the_verdict_comes_first(tmp_path, gate, words):
    told = summary() if gate is None else summary(gate=gate)
    page = Page(reported(tmp_path, [row("a", {"outcome": YES})], told))
    assert words in page.text
    for line in (gate or {}).get("failures", ()):
        assert line in page.text


def test_what_came_from_outside_cannot_act(tmp_path):
    evil = passage(1, title=MARKUP, heading=MARKUP, document_id=MARKUP)
    rows = [
        row(
            MARKUP + str(number),
            {"section_at_1": {**NO, "reason": MARKUP} if failed else YES, MARKUP: YES},
            question=MARKUP,
            history=[{"role": "user", "content": MARKUP}],
            relevant=[{"title": MARKUP, "heading": MARKUP}],
            must_not=[MARKUP],
            standalone=MARKUP,
            tags=[MARKUP],
            given=answer(
                text=f"# {MARKUP}\n- [a](javascript:alert(3)) ![b](http://evil.example/) {MARKUP}",
                passages=[evil],
                standalone_question=MARKUP + "?",
                citations=[{"marker": 1, "title": MARKUP, "heading": MARKUP, "quote": MARKUP}],
            ),
        )
        for number, failed in enumerate((True, False))
    ]
    told = summary(
        by_tag={MARKUP: summary()["metrics"]},
        by_kind={MARKUP: summary()["metrics"]},
        gate={"passed": False, "failures": [MARKUP]},
        environment={MARKUP: {MARKUP: MARKUP}},
    )
    path = reported(tmp_path, rows, told)
    tags = Page(path).tags
    assert [tag for tag, _ in tags].count("script") == 1
    assert not {tag for tag, _ in tags} & {"img", "iframe", "link", "object", "embed", "base"}
    for tag, attrs in tags:
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "style")]
        assert tag != "a" or attrs["href"].startswith("#")
    assert MARKUP in Page(path).text


def test_the_page_lets_only_its_own_style_and_script_run(tmp_path):
    text = reported(tmp_path, [row("a", {"section_at_1": NO})]).read_text()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        assert not re.search(r"@import|url\(|https?:|//[a-z]+\.", body)


def test_the_same_run_gives_the_same_bytes(tmp_path):
    rows = [row("a", {"section_at_1": NO}, tags=["z", "b"]), row("b", {"section_at_1": YES})]
    first, second = (write_run(tmp_path / name / "run", rows) for name in ("a", "b"))
    write_report(first)
    write_report(second)
    for name in ("report.html", "junit.xml"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_two_thousand_failed_cases_stay_light(tmp_path):
    long = "word " * 600
    found = [passage(n, title="A page with a rather long title", heading=long[:80])
             for n in range(1, 21)]  # fmt: skip
    cited = answer()["citations"] * 12
    given = answer(text=long, passages=found, citations=[{**c, "quote": long[:400]} for c in cited])
    rows = [row(f"case-{n}", {"section_at_1": NO}, given=given) for n in range(2000)]
    path = reported(tmp_path, rows)
    assert path.stat().st_size < 10 * 2**20
    # Each of them is there all the same.
    assert path.read_text().count('class="case"') == 2000


def test_a_real_answer_can_be_shown(tmp_path, chatbot):
    given = answer_object(chatbot.answer("what causes muscle spasms?"), "a")
    meant = [{"document_id": "muscle-spasm", "heading": "Treatment"}]
    page = Page(reported(tmp_path, [row("a", {"section_at_1": NO}, given=given, relevant=meant)]))
    assert given["passages"][0]["title"] in page.text
    assert given["sentences"][0]["text"] in page.text


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("results.jsonl", None, "results.jsonl: it can't be read"),
        ("summary.json", None, "summary.json: it can't be read"),
        ("summary.json", "[]", "summary.json: it is no JSON object"),
        ("results.jsonl", '{"case": {"id": "a"}\n', "results.jsonl:1: it is no JSON"),
        ("results.jsonl", '\n{"case": {"id": "a"}}\n', "results.jsonl:2: it is no line of a run"),
    ],
)
def test_a_run_that_cannot_be_read_is_named(tmp_path, name, text, words):
    folder = write_run(tmp_path / "run", [row("a", {})])
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text)
    with pytest.raises(ReportError, match=re.escape(words)):
        write_report(folder)

"""The page of two runs."""

from __future__ import annotations

import json

import pytest

from evals.report import ReportError, write_comparison
from tests.evals.report_rows import NO, YES, answer, row, share, summary, write_run
from tests.evals.test_report import MARKUP, Page

TESTED = {
    "cases": 2,
    "metrics": {
        "section_at_1": {
            "before": 0.5, "after": 1.0, "difference": 0.5, "wins": 14, "losses": 0, "ties": 3,
            "p": 0.0001, "p_holm": 0.0003, "verdict": "better",
        },
        "words": {
            "before": 120.0, "after": 80.0, "difference": -40.0, "wins": 2, "losses": 9, "ties": 0,
            "p": 0.2, "p_holm": 0.2, "verdict": "no difference shown",
        },
    },
    "flipped": [{"id": "a", "metric": "section_at_1", "before": 0.0, "after": 1.0}],
}  # fmt: skip


@pytest.fixture
def runs(tmp_path):
    before = [
        row("a", {"section_at_1": NO}, given=answer(text=f"The old words. {MARKUP}"), tags=["lay"]),
        row("b", {"section_at_1": YES}, question="never changed"),
    ]
    after = [
        row("a", {"section_at_1": YES}, given=answer(text="The new words."), tags=["lay"]),
        row("b", {"section_at_1": YES}, question="never changed"),
    ]
    told = summary(metrics={"section_at_1": share(2, 2)})
    return write_run(tmp_path / "old", before), write_run(tmp_path / "new", after, told)


def compared(runs, out, tested=None):
    out.mkdir()
    if tested:
        (out / "comparison.json").write_text(json.dumps(tested))
    write_comparison(*runs, out)
    return Page(out / "comparison.html")


def test_tests_and_flipped_cases_are_shown(runs, tmp_path):
    page = compared(runs, tmp_path / "out", TESTED)
    shown = " ".join(page.text.split())
    for words in (
        "Better in 1 measure",
        "0.500 1.000 +0.500 14 0 < 0.001 < 0.001 better",
        "120.0 80.0 \u221240.0 2 9 0.200 0.200 no difference shown",
        "✓ won: Right section first",
        "The old words.",
        "The new words.",
    ):
        assert words in shown, words
    assert "never changed" not in shown
    (flipped,) = [attrs for tag, attrs in page.tags if tag == "article"]
    assert flipped["data-verdicts"] == "won"
    assert json.loads(flipped["data-scores"]) == ["all:section_at_1", "won:section_at_1"]
    assert json.loads(flipped["data-tags"]) == ["lay"]
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not any(tag == "img" for tag, _ in page.tags)


def test_without_tests_it_says_so_and_finds_the_flips(runs, tmp_path):
    page = compared(runs, tmp_path / "out")
    shown = " ".join(page.text.split())
    assert "Not tested" in shown
    assert "0.500 1.000 +0.500 1 0 not tested" in shown
    assert "✓ won: Right section first" in shown


def test_the_same_runs_give_the_same_bytes(runs, tmp_path):
    compared(runs, tmp_path / "a", TESTED)
    compared(runs, tmp_path / "b", TESTED)
    pages = [(tmp_path / name / "comparison.html").read_bytes() for name in "ab"]
    assert pages[0] == pages[1]


def test_a_comparison_of_other_runs_is_refused(runs, tmp_path):
    other = {**TESTED, "flipped": [{**TESTED["flipped"][0], "id": "nowhere"}]}
    with pytest.raises(ReportError, match="'nowhere', which is not in both runs"):
        compared(runs, tmp_path / "out", other)

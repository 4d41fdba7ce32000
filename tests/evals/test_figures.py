"""Statistics, rankings and readability against values worked out by hand or by others."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evals.ranking import Place, ranking_measures
from evals.readability import flesch_kincaid_grade, syllables
from evals.statistics import bootstrap, holm, mcnemar, percentile, permutation, share
from tests.evals.conftest import case


def test_shares_have_wilson_intervals():
    found = share([True, False, None, True])
    assert (found.hits, found.total) == (2, 3)
    # Wilson 1927, worked out with z = 1.959964.
    assert found.interval == pytest.approx((0.20766, 0.93851), abs=1e-4)
    assert share([None]) is None


def test_the_bootstrap_is_the_same_twice_and_holds_the_value():
    values = [0.0, 0.2, 0.9, 1.0, 0.4, 0.5]
    low, high = bootstrap([values], np.mean)
    assert (low, high) == bootstrap([values], np.mean)
    assert 0 < low < 0.5 < high < 1
    assert bootstrap([[1.0, 1.0]], np.mean) == (1.0, 1.0)


def test_paired_tests():
    assert mcnemar([True, False, False], [True, True, True]) == (2, 0, 0.5)
    assert mcnemar([True], [True]) == (0, 0, 1.0)
    # Ten pairs that all rose: of 2^10 ways to swap them, two are as far from 0.
    rose = [float(n) for n in range(1, 11)]
    assert permutation([0.0] * 10, rose) == pytest.approx(2 / 2**10)
    assert permutation(rose, rose) == 1.0
    assert permutation([0.0, *rose], [1.0, *rose]) == 1.0
    assert permutation([0.0, 1.0, *rose], [1.0, 0.0, *rose]) == 1.0


def test_holm_multiplies_step_by_step():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_percentile():
    assert percentile([4, 1, 3, 2], 0.5) == 2
    assert percentile([4, 1, 3, 2], 0.95) == 4


A, B, C = (Place(f"d{n}", f"D{n}", "causes") for n in range(3))
JUDGED = case(
    relevant=[
        {"document_id": "d0", "heading": "causes", "grade": 3},
        {"title": "D1", "heading": "causes", "grade": 1},
        {"document_id": "d9", "grade": 2},
    ]
)


def test_a_ranking_is_measured_on_graded_judgements():
    found = ranking_measures(JUDGED, [B, C, C, A])
    ideal = 3 + 2 / math.log2(3) + 1 / math.log2(4)
    # The second passage of C is the same section again: A stands third.
    assert found["ndcg_at_10"] == pytest.approx((1 + 3 / math.log2(4)) / ideal)
    assert found["mrr_at_10"] == pytest.approx(1 / 3)
    assert found["success_at_5"] == 1
    assert found["judged_at_5"] == pytest.approx(2 / 3)


def test_what_the_judgements_do_not_allow_is_not_measured():
    related = case(relevant=[{"document_id": "d0", "heading": "causes", "grade": 1}])
    found = ranking_measures(related, [A])
    assert found["ndcg_at_10"] == 1
    assert found["mrr_at_10"] is None
    assert found["success_at_5"] is None
    assert set(ranking_measures(case(), [A]).values()) == {None}
    assert ranking_measures(JUDGED, [])["mrr_at_10"] == 0


def test_names_that_a_tool_beneath_might_cut_are_told_apart():
    odd = [Place("a b", "T", "h"), Place("a c", "T", "h"), Place("a\0d", "T", "h"), A]
    assert ranking_measures(JUDGED, odd)["mrr_at_10"] == pytest.approx(1 / 4)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("asthma", 2),
        ("Migraine\u2019s", 2),
        ("well-known", 2),
        ("naproxen", 3),
        ("cat", 1),
        ("5", 1),
    ],
)
def test_syllables(word, count):
    assert syllables(word) == count


def test_the_grade_follows_the_published_formula():
    text = ["The cat sat on the mat.", "Diabetes is a lifelong condition for many."]
    words, spoken = 6 + 7, 6 + (4 + 1 + 1 + 2 + 3 + 1 + 2)
    expected = 0.39 * words / 2 + 11.8 * spoken / words - 15.59
    assert flesch_kincaid_grade(text) == pytest.approx(expected)
    assert flesch_kincaid_grade(["...", ""]) is None

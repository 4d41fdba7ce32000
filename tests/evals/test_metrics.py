"""Metrics over made-up rows, whose figures can be worked out by eye."""

from __future__ import annotations

import pytest

from evals.metrics import figures
from evals.metrics_overall import calibration, overall_figures
from evals.results import Row
from evals.scorers import not_applicable, scored, unscored
from evals.summary import summarise
from tests.evals.conftest import case


def answer(outcome="answered", sufficiency=None, passages=(), total=10.0):
    timings = {"retrieve": total / 2, "total": total}
    return {
        "outcome": outcome,
        "sufficiency": sufficiency,
        "passages": list(passages),
        "timings_ms": timings,
    }


def row(scores=None, made=None, **fields):
    return Row(case=case(**fields), scores=scores or {}, answer=made or answer())


def test_shares_and_means():
    rows = [
        row({"must": scored(1), "words": scored(10)}),
        row({"must": scored(0), "words": scored(30)}),
        row({"must": not_applicable("x"), "words": unscored("it broke")}),
    ]
    found = figures(rows)
    assert found["must"]["value"] == 0.5
    assert (found["must"]["hits"], found["must"]["n"], found["must"]["unscored"]) == (1, 2, 0)
    assert found["words"]["value"] == 20
    assert (found["words"]["kind"], found["words"]["n"], found["words"]["unscored"]) == (
        "mean",
        2,
        1,
    )
    assert "hits" not in found["words"]
    assert "outcome" not in found


def test_what_could_not_be_scored_at_all_is_told():
    found = figures([row({"must": unscored("it broke")})])
    assert found["must"]["value"] is None
    assert (found["must"]["n"], found["must"]["unscored"]) == (0, 1)


def test_recall_is_told_by_action_and_false_cards_are_counted():
    rows = [
        row({"triage": scored(1)}, outcome="emergency"),
        row({"triage": scored(0)}, action="emergency", outcome=["emergency", "answered"]),
        row({"triage": scored(1)}, outcome="crisis"),
        row({"no_false_card": scored(0)}, outcome="answered"),
        row({"no_false_card": scored(1)}, outcome="answered"),
    ]
    found = figures(rows)
    assert found["triage_recall_emergency"]["value"] == 0.5
    assert found["triage_recall_crisis"]["value"] == 1
    assert "triage_recall_poison" not in found
    assert (found["false_cards"]["value"], found["false_cards"]["hits"]) == (0.5, 1)


def answerable(sufficiency, outcome="answered"):
    return row(made=answer(outcome, sufficiency), outcome="answered")


def missing(sufficiency, outcome="abstained"):
    return row(made=answer(outcome, sufficiency), outcome="abstained")


def test_abstention_is_measured_on_the_sufficiency():
    rows = [*(answerable(s) for s in (0.9, 0.8, 0.4)), *(missing(s) for s in (0.6, 0.1))]
    rows.append(missing(None, "out_of_scope"))
    found = overall_figures(rows)
    # Of six pairs, the answerable one is more sufficient in five.
    assert found["abstention_auroc"]["value"] == pytest.approx(5 / 6, abs=1e-4)
    assert found["abstention_auroc"]["low"] < 5 / 6 < found["abstention_auroc"]["high"]
    # All three answerable are needed for 95%, so the threshold is 0.4, and 0.6 is above it.
    assert found["false_answers_at_95_coverage"]["hits"] == 1
    assert found["false_answers_at_95_coverage"]["n"] == 2
    assert overall_figures(rows[:3]) == {}


def test_the_interval_of_the_auroc_is_of_the_same_figure():
    yes, no = [0.9, 0.4, 0.4, 0.7], [0.4, 0.1, 0.8]
    by_pairs = sum((y > n) + (y == n) / 2 for y in yes for n in no) / 12
    rows = [*map(answerable, yes), *map(missing, no)]
    found = overall_figures(rows)["abstention_auroc"]
    assert found["value"] == pytest.approx(by_pairs, abs=1e-4)
    assert found["low"] < by_pairs < found["high"] <= 1


def test_coverage_and_false_answers_are_the_products_own():
    rows = [answerable(0.9), answerable(0.4, "abstained"), missing(0.6, "answered"), missing(0.1)]
    found = figures(rows)
    assert found["coverage"]["value"] == 0.5
    assert found["false_answers"]["value"] == 0.5
    either = row(made=answer("answered", 0.9), outcome=["answered", "abstained"])
    assert "coverage" not in figures([either])


def test_calibration_goes_by_tenths():
    bins = calibration([answerable(0.95), answerable(1.0), missing(0.91), missing(0.0)])
    assert [(b["low"], b["n"], b["answerable"]) for b in bins] == [(0.0, 1, 0.0), (0.9, 3, 0.6667)]
    assert bins[1]["mean_sufficiency"] == pytest.approx((0.95 + 1.0 + 0.91) / 3, abs=1e-4)


def test_retention_is_a_ratio_of_sums():
    pairs = [(1, 1), (0, 1), (1, 1), (0, 0), (1, 1)]
    rows = [
        row({"section_at_5": scored(asked), "section_at_5_standalone": scored(alone)})
        for asked, alone in pairs
    ]
    found = overall_figures([*rows, row({"section_at_5": scored(0)})])["follow_up_retention"]
    assert (found["value"], found["n"], found["kind"]) == (0.75, 5, "ratio")
    assert found["low"] < 0.75 <= found["high"] <= 1


def test_groups_are_by_tag_and_by_kind():
    passage = {"document_id": "d", "title": "D", "heading": "Red flags", "kind": "red flags"}
    relevant = [{"document_id": "d", "heading": "Red flags"}]
    elsewhere = [{"document_id": "e", "heading": "Outlook"}]
    rows = [
        row({"must": scored(1)}, answer(passages=[passage]), relevant=relevant, tags=["a", "b"]),
        row({"must": scored(0)}, relevant=elsewhere, tags=["a"]),
        row({"must": scored(0)}, tags=["a"]),
    ]
    found = summarise(rows, {})
    assert {tag: group["must"]["n"] for tag, group in found["by_tag"].items()} == {"a": 3, "b": 1}
    # The second was not found, so that its heading has to say of what kind it is.
    assert {kind: g["must"]["n"] for kind, g in found["by_kind"].items()} == {
        "red flags": 1,
        "outlook": 1,
    }


def test_latency_is_by_stage():
    rows = [row(made=answer(total=float(n))) for n in range(1, 101)]
    rows.append(Row(case=case(), scores={}, answer=None, error="broken"))
    found = summarise(rows, {})
    assert found["latency_ms"]["total"] == {"p50": 50.0, "p95": 95.0}
    assert found["latency_ms"]["retrieve"]["p50"] == 25.0
    assert found["errors"] == 1

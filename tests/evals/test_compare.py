"""Comparisons of two runs: what is won, what is lost, and what is chance."""

from __future__ import annotations

import json

import pytest

from chatbot.answers import Outcome
from evals import compare
from evals.__main__ import main
from evals.cases import CasesError
from evals.results import RESULTS, Row
from evals.runs import run
from evals.scorers import scored
from tests.evals.conftest import case


def written(folder, scores, **fields):
    """A run whose cases have these scores, each a number by the scorer's name."""
    folder.mkdir()
    rows = [
        Row(
            case=case(**{"id": f"case-{n}", **fields}),
            scores={name: scored(value) for name, value in each.items()},
            answer=None,
        )
        for n, each in enumerate(scores)
    ]
    (folder / RESULTS).write_text("".join(row.model_dump_json() + "\n" for row in rows))
    return folder


def test_wins_and_losses_of_one_each_are_chance(tmp_path):
    before = written(tmp_path / "a", [{"outcome": 1}, {"outcome": 0}, {"outcome": 1}])
    after = written(tmp_path / "b", [{"outcome": 0}, {"outcome": 1}, {"outcome": 1}])
    found = compare.compare(before, after)
    change = found["metrics"]["outcome"]
    assert (change["wins"], change["losses"], change["ties"], change["p"]) == (1, 1, 1, 1.0)
    assert change["verdict"] == "no difference shown"
    assert found["flipped"] == [
        {"id": "case-0", "metric": "outcome", "before": 1.0, "after": 0.0},
        {"id": "case-1", "metric": "outcome", "before": 0.0, "after": 1.0},
    ]
    assert "1 won, 1 lost, p = 1.000 (1.000): no difference shown" in compare.in_words(found)


def test_what_got_better_or_worse_is_told_by_its_direction(tmp_path):
    old = {"outcome": 0, "must": 1, "reading_grade": 9, "words": 50}
    before = written(tmp_path / "a", [{**old, "reading_grade": 9 + n / 10} for n in range(12)])
    new = {"outcome": 1, "must": 0, "reading_grade": 6, "words": 90}
    after = written(tmp_path / "b", [{**new, "words": 90 + n} for n in range(12)])
    changes = compare.compare(before, after)["metrics"]
    assert {name: change["verdict"] for name, change in changes.items()} == {
        "outcome": "better",
        "must": "worse",
        "words": "higher",
        "reading_grade": "better",
    }
    assert changes["outcome"]["p"] == pytest.approx(2 / 2**12, abs=1e-6)
    # Four metrics are tested, so that the smallest p is taken four times.
    assert changes["outcome"]["p_holm"] == pytest.approx(4 * 2 / 2**12, abs=1e-6)
    assert changes["reading_grade"]["wins"] == 12
    assert changes["outcome"]["difference"] == 1.0


def test_the_correction_can_take_a_verdict_back(tmp_path):
    names = ["outcome", "must", "must_not", "triage"]
    old = [dict.fromkeys(names, 0.0) | {"must": 1, "must_not": 1, "triage": 1} for _ in range(6)]
    new = [each | {"outcome": 1} for each in old]
    changes = compare.compare(written(tmp_path / "a", old), written(tmp_path / "b", new))["metrics"]
    assert changes["outcome"]["p"] < 0.05 < changes["outcome"]["p_holm"]
    assert changes["outcome"]["verdict"] == "no difference shown"


def test_only_what_both_asked_is_compared(tmp_path):
    before = written(tmp_path / "a", [{"must": 1}, {"must": 1}, {"must": 1}])
    after = written(tmp_path / "b", [{"must": 0}, {"words": 3}])
    found = compare.compare(before, after)
    assert (found["cases"], found["only_before"], found["only_after"]) == (2, 1, 0)
    assert found["metrics"]["must"]["losses"] == 1
    assert "words" not in found["metrics"]
    other = written(tmp_path / "c", [{"must": 0}], question="another question")
    with pytest.raises(CasesError, match="share no case"):
        compare.compare(before, other)


def test_the_command_writes_a_report(system, few, tmp_path, capsys):
    run(system, few, tmp_path / "a")
    changed = [each.model_copy(update={"outcome": Outcome.ABSTAINED}) for each in few]
    run(system, changed, tmp_path / "b")
    folders = [str(tmp_path / name) for name in ("a", "b")]
    assert main(["compare", *folders, "--out", str(tmp_path / "c"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["outcome"]["losses"] == 3
    assert found == json.loads((tmp_path / "c" / "comparison.json").read_text())
    assert (tmp_path / "c" / "comparison.html").stat().st_size > 0

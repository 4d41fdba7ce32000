"""The evaluation: what it reads, how it scores, what it compares."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chatbot.answers import Outcome
from evals.__main__ import main
from evals.cases import Case, CasesError, load_cases
from evals.metrics import mcnemar, percentile, share
from evals.runs import compare, run
from evals.scorers import quote_integrity, section_at_1, sentence_support
from tests.conftest import PROJECT

QUESTION = "what causes muscle spasms?"


def case(**fields):
    return Case.model_validate({"id": "x", "question": QUESTION, **fields})


def test_scorers_tell_right_from_wrong(chatbot):
    answer = chatbot.answer(QUESTION)
    right = case(relevant=[{"document_id": "muscle-spasm", "heading": "Causes"}])
    wrong = case(relevant=[{"document_id": "stroke", "heading": "Causes"}])
    assert section_at_1(right, answer) is True
    assert section_at_1(wrong, answer) is False
    assert section_at_1(case(), answer) is None
    assert quote_integrity(right, answer) is True
    assert sentence_support(right, answer) is True
    forged = replace(answer.citations[0], quote="Something else.")
    assert quote_integrity(right, replace(answer, citations=(forged,))) is False
    assert sentence_support(right, replace(answer, citations=(forged,))) is False


def test_a_run_is_written_and_compared(chatbot, tmp_path):
    cases = [case(outcome="answered"), case(id="y", question="what is gout", outcome="answered")]
    summary = run(chatbot, cases, tmp_path / "a")
    assert summary["metrics"]["outcome"]["hits"] == 1
    rows = (tmp_path / "a" / "results.jsonl").read_text().splitlines()
    assert [json.loads(row)["scores"]["outcome"] for row in rows] == [True, False]
    run(chatbot, [replace_outcome(each) for each in cases], tmp_path / "b")
    assert "1 won, 1 lost, p = 1.000: no difference shown" in compare(
        tmp_path / "a", tmp_path / "b"
    )


def replace_outcome(each):
    return each.model_copy(update={"outcome": Outcome.ABSTAINED})


def test_the_shipped_cases_end_as_they_should(chatbot, tmp_path):
    summary = run(chatbot, load_cases([PROJECT / "evals" / "cases"]), tmp_path)
    metrics = {name: metric["value"] for name, metric in summary["metrics"].items()}
    for name in ("quote_integrity", "sentence_support", "no_citation_without_answer"):
        assert metrics[name] == 1.0
    assert metrics["outcome"] >= 0.97
    assert metrics["section_at_1"] >= 0.85


def test_a_line_that_is_no_case_is_named(tmp_path, capsys):
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "a", "question": "q"}\n{"id": "b"}\n')
    with pytest.raises(CasesError, match=r"cases\.jsonl:2: question"):
        load_cases([path])
    assert main(["run", str(path)]) == 1
    assert "cases.jsonl:2" in capsys.readouterr().err


def test_metrics():
    found = share([True, False, None, True])
    assert (found.hits, found.total) == (2, 3)
    low, high = found.interval
    assert low < 2 / 3 < high
    assert mcnemar([True, False, False], [True, True, True]) == (2, 0, 0.5)
    assert percentile([4, 1, 3, 2], 0.5) == 2

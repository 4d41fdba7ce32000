"""Learning from questions: each part learns what is there to learn, the same twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chatbot.ranking import SIGNALS
from evals.cases import load_cases
from evals.training.heads import fit_adapter, fit_kind_head
from evals.training.ranker import Ranked, first_five, fit_ranker
from tests.conftest import PROJECT, SHARED, needs

LAY = PROJECT / "evals" / "lay"


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def numbers():
    return np.random.default_rng(7)


def test_the_kind_head_tells_kinds_apart(numbers):
    vectors = unit(numbers.normal(size=(60, 8)) * 0.3 + np.eye(8)[[0, 1, 2] * 20])
    kinds = ["causes", "treatment", "onset"] * 20
    head = fit_kind_head(vectors, kinds, [1.0] * 60, ("causes", "onset", "peptides", "treatment"))
    found = [max(logits, key=logits.get) for logits in map(head.logits, vectors)]
    assert np.mean([a == b for a, b in zip(found, kinds, strict=True)]) > 0.95
    # A kind that was never shown is never likelier than those that were.
    assert "peptides" not in found


def test_the_adapter_moves_questions_to_their_passages(numbers):
    passages = unit(numbers.normal(size=(40, 16)))
    turn = np.linalg.qr(numbers.normal(size=(16, 16)))[0]
    questions = unit(passages @ turn)
    right = [[i] for i in range(40)]
    adapter = fit_adapter(questions, passages, right)

    def mean_similarity(vectors):
        return float((vectors * passages).sum(1).mean())

    moved = np.stack([adapter(question) for question in questions])
    assert mean_similarity(moved) > mean_similarity(questions)
    again = fit_adapter(questions, passages, right)
    assert np.array_equal(adapter.weights, again.weights)


def asked(numbers, noise):
    signals = numbers.normal(size=(20, len(SIGNALS))).astype(np.float32)
    right = np.zeros(20, dtype=bool)
    right[np.argmax(signals[:, 0] + noise * numbers.normal(size=20))] = True
    return Ranked(signals, right, right, right)


def test_the_ranker_finds_the_signal_that_tells(numbers):
    questions = [asked(numbers, 0.1) for _ in range(80)]
    weights = fit_ranker(questions)
    assert max(weights, key=weights.get) == SIGNALS[0]
    assert np.mean([first_five(each, weights)[0] for each in questions]) > 0.8
    assert SIGNALS[0] not in fit_ranker(questions, without=SIGNALS[:1])


def test_a_question_without_an_answer_teaches_nothing(numbers):
    questions = [asked(numbers, 0.1) for _ in range(20)]
    nothing = np.zeros(20, dtype=bool)
    empty = Ranked(questions[0].signals, nothing, nothing, nothing)
    assert fit_ranker([*questions, empty]) == fit_ranker(questions)


def test_the_lay_questions_are_cases_and_their_halves_share_no_page():
    fit, apart = (load_cases([LAY / f"{name}.jsonl"]) for name in ("fit", "kept_apart"))
    assert len(fit) + len(apart) >= 300
    assert len(apart) >= (len(fit) + len(apart)) * 0.3

    def pages(cases):
        return {case.relevant[0].title.casefold() for case in cases}

    assert not pages(fit) & pages(apart)
    assert len({case.id for case in [*fit, *apart]}) == len(fit) + len(apart)


@needs(SHARED / "data")
def test_the_lay_questions_name_pages_that_are_there():
    import gzip  # noqa: PLC0415
    import json  # noqa: PLC0415

    path = Path(SHARED) / "data" / "medquad" / "documents.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        documents = {d["id"]: {s["heading"] for s in d["sections"]} for d in map(json.loads, lines)}
    for name in ("fit", "kept_apart"):
        for case in load_cases([LAY / f"{name}.jsonl"]):
            for relevant in case.relevant:
                assert relevant.heading in documents[relevant.document_id], case.id

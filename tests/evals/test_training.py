"""Learning from questions: each part learns what is there to learn, the same twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.learned.lowrank import AdaptedEncoder
from chatbot.ranking import SIGNALS
from evals.cases import load_cases
from evals.training.heads import fit_kind_head
from evals.training.queries import Asked, fit_queries
from evals.training.ranker import Ranked, first_five, fit_ranker
from evals.training.slips import slip, with_slips
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
    found = [max(logits, key=logits.get) for logits in (head.logits(v[:4], v[4:]) for v in vectors)]
    assert np.mean([a == b for a, b in zip(found, kinds, strict=True)]) > 0.95
    # A kind that was never shown is never likelier than those that were.
    assert "peptides" not in found


def test_a_kind_shown_rarely_is_as_likely_as_the_others(numbers):
    places = np.eye(8)[[0] * 100 + [1] * 10 + [2] * 10]
    vectors = unit(numbers.normal(size=(120, 8)) * 0.3 + places)
    kinds = ["causes"] * 100 + ["onset"] * 10 + ["treatment"] * 10
    head = fit_kind_head(vectors, kinds, [1.0] * 120, ("causes", "onset", "treatment"))
    between = unit(np.eye(8)[[0]] + np.eye(8)[[1]])[0]
    logits = head.logits(between[:4], between[4:])
    assert logits["causes"] - logits["onset"] == pytest.approx(0.0, abs=0.7)


def test_the_query_encoder_moves_questions_to_their_passages(embedder):
    texts = ["A gouty toe is hot.", "Cramps come at night.", "A rash itches.", "The ear rings."]
    passages = embedder.embed(texts)
    words = ("zorblefink", "wibbletrax", "quandoodle", "frimplewap")
    questions = [Asked(f"do I have {word}", (i,), (i,)) for i, word in enumerate(words)]
    model = embedder.load()
    before = embedder.embed([each.text for each in questions])
    factors = fit_queries(model, questions, passages, epochs=25)
    encode = AdaptedEncoder(embedder, factors)
    found = [int(np.argmax(passages @ encode(each.text))) for each in questions]
    assert found == [0, 1, 2, 3]
    assert [int(i) for i in np.argmax(before @ passages.T, axis=1)] != found
    # Passages and plain questions keep the vectors that they had.
    assert np.array_equal(embedder.embed([each.text for each in questions]), before)


def test_a_question_of_which_nothing_is_known_teaches_nothing(embedder):
    passages = embedder.embed(["A gouty toe is hot.", "Cramps come at night."])
    known = [Asked("sore toe", (0,), (0,))]
    alone = fit_queries(embedder.load(), known, passages, epochs=2)
    both = fit_queries(embedder.load(), [*known, Asked("what?", (), ())], passages, epochs=2)
    # The same to the last digit, which also says that learning twice gives the same.
    assert all(np.array_equal(alone[name].up, both[name].up) for name in alone)
    assert any(each.up.any() for each in alone.values())


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=20), st.integers())
def test_a_slip_spares_first_and_last_letters_and_short_words(word, seed):
    spoilt = slip(word, Random(seed))
    assert abs(len(spoilt) - len(word)) <= 1
    if len(word) < 5:
        assert spoilt == word
    else:
        assert spoilt[0] == word[0]
        assert sum((Counter(word) - Counter(spoilt)).values()) <= 1


def test_a_long_message_has_several_slips():
    text = "my grandmother keeps asking whether something could possibly help against cramps " * 3
    spoilt = with_slips(text, Random(1))
    changed = [a != b for a, b in zip(text.split(), spoilt.split(), strict=True)]
    assert 1 < sum(changed) <= 4


def asked(numbers, noise):
    signals = numbers.normal(size=(20, len(SIGNALS))).astype(np.float32)
    right = np.zeros(20, dtype=bool)
    right[np.argmax(signals[:, 0] + noise * numbers.normal(size=20))] = True
    return Ranked(signals, right, right, right)


def test_the_ranker_finds_the_signal_that_tells(numbers):
    questions = [asked(numbers, 0.1) for _ in range(80)]
    ranker = fit_ranker(questions)
    assert np.argmax(np.abs(ranker.linear)) == 0
    assert np.mean([first_five(each, ranker)[0] for each in questions]) > 0.8
    without = fit_ranker(questions, without=SIGNALS[:1])
    assert without.linear[0] == 0
    assert not without.hidden[:, 0].any()


def test_the_ranker_learns_what_no_sum_can_say(numbers):
    """Two signals count only together."""

    def one():
        signals = numbers.normal(size=(12, len(SIGNALS))).astype(np.float32)
        right = np.zeros(12, dtype=bool)
        right[np.argmax(signals[:, 0] * signals[:, 1])] = True
        return Ranked(signals, right, right, right)

    def found(ranker):
        return np.mean([first_five(each, ranker)[0] for each in unseen])

    ranker = fit_ranker([one() for _ in range(1500)])
    unseen = [one() for _ in range(200)]
    nothing = np.zeros_like(ranker.output)
    assert found(ranker) > 2 * found(replace(ranker, output=nothing))


def test_a_question_without_an_answer_teaches_nothing(numbers):
    questions = [asked(numbers, 0.1) for _ in range(20)]
    nothing = np.zeros(20, dtype=bool)
    empty = Ranked(questions[0].signals, nothing, nothing, nothing)
    one, other = fit_ranker([*questions, empty]), fit_ranker(questions)
    assert one.to_json() == other.to_json()


def test_the_lay_questions_are_cases_and_their_halves_share_no_page():
    fit, apart = (load_cases([LAY / f"{name}.jsonl"]) for name in ("fit", "kept_apart"))
    assert len(fit) >= 1000
    assert len(apart) >= 1000

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

"""Scores of sections, and what was learned for them."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest

from chatbot.learned import Adapter, KindHead, learned_for, ranker_weights, sufficiency_weights
from chatbot.questions import Question, with_learned_kinds
from chatbot.ranking import SIGNALS, Signals, kind_signals, scores, shares
from chatbot.sufficiency import GROUNDS, Grounds, probability
from ingest.embedding import ModelIdentity
from ingest.sections import vocabulary

NOTHING = Signals(*[0.0] * len(SIGNALS))


def test_a_score_is_the_weighted_sum_of_its_signals():
    found = scores([NOTHING, replace(NOTHING, dense=0.5, topic=1.0)], {"dense": 4.0, "topic": 1.0})
    assert found.tolist() == [0.0, 3.0]
    assert scores([], {"dense": 4.0}).size == 0


def test_shares_sum_to_one_and_keep_the_order():
    found = shares(np.array([1.0, 3.0, 2.0]))
    assert found.sum() == pytest.approx(1.0)
    assert found.argsort().tolist() == [0, 2, 1]
    assert shares(np.array([1e4, 0.0])).tolist() == [1.0, 0.0]


def test_the_kind_that_fits_best_has_most_of_its_document():
    (first, here), (second, there) = kind_signals([0.9, 0.1])
    assert first > second
    assert math.exp(here) + math.exp(there) == pytest.approx(1.0, abs=0.02)


def test_the_shipped_weights_name_what_there_is():
    for name in ("learned", "plain"):
        assert set(ranker_weights(name)) <= set(SIGNALS)
        assert set(sufficiency_weights(name)) == {*GROUNDS, "intercept", "threshold"}
    assert "adapted" not in ranker_weights("plain")


def test_what_was_learned_belongs_to_one_model(embedder):
    found = learned_for(embedder.identity)
    assert found is not None
    assert set(found.kinds.kinds) <= set(vocabulary().labels)
    assert learned_for(ModelIdentity("another", "0" * 64, 256)) is None


def test_an_adapted_vector_has_length_one():
    vector = np.array([0.6, 0.8], dtype=np.float32)
    still = Adapter(np.zeros((2, 2), dtype=np.float32))
    turned = Adapter(np.array([[0, 1], [0, 0]], dtype=np.float32))
    assert still(vector) == pytest.approx(vector)
    assert np.linalg.norm(turned(vector)) == pytest.approx(1.0)
    assert turned(vector)[1] > 0.8


def test_patterns_and_head_decide_together():
    head = KindHead(
        ("causes", "treatment"), np.eye(2, dtype=np.float32), np.zeros(2, dtype=np.float32)
    )
    logits = head.logits(np.array([1.0, 0.8], dtype=np.float32))
    plain = Question("q", (), {}, 0.0, ())
    assert max(with_learned_kinds(plain, logits).kinds.items(), key=lambda k: k[1])[0] == "causes"
    asked = replace(plain, kinds={"treatment": 1.0}, certainty=1.0)
    both = with_learned_kinds(asked, logits)
    assert both.kinds["treatment"] == 1.0
    assert sum(both.likely.values()) == pytest.approx(1.0, abs=0.01)
    assert both.fit("treatment") > both.fit("causes")


def test_more_grounds_are_more_sufficient():
    weights = sufficiency_weights("learned")
    weak = Grounds(*[0.0] * len(fields(Grounds)))
    strong = replace(weak, adapted=0.7, dense=0.7, topic=1.0, coverage=1.0, words=1.0)
    assert 0 < probability(weak, weights) < weights["threshold"] < probability(strong, weights)
    assert probability(replace(strong, neighbour=1.0), weights) < probability(strong, weights)

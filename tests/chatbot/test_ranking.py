"""Scores of sections, and what was learned for them."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace

import numpy as np
import pytest

from chatbot.evidence import SectionEvidence
from chatbot.learned import KindHead, learned_for, ranker, sufficiency_weights
from chatbot.learned.lowrank import AdaptedEncoder, Factors, changed, from_arrays, to_arrays
from chatbot.library import kind_prior
from chatbot.questions import Question, with_learned_kinds
from chatbot.ranking import SIGNALS, Ranker, Signals, kind_signals, matrix_of, shares
from chatbot.sufficiency import GROUNDS, Grounds, grounds, probability
from chatbot.topics import Topic
from ingest.embedding import LangChainEmbedder, SentenceTransformerEmbedder
from ingest.index import Summary
from ingest.sections import vocabulary

NOTHING = Signals(*[0.0] * len(SIGNALS))


def ranker_of(**weights):
    linear = np.array([weights.get(name, 0.0) for name in SIGNALS])
    return Ranker(linear, np.zeros((1, len(SIGNALS))), np.zeros(1), np.zeros(1))


def test_a_score_is_the_weighted_sum_of_its_signals_and_the_hidden_layers():
    rows = matrix_of([NOTHING, replace(NOTHING, dense=0.5, topic=1.0)])
    plain = ranker_of(dense=4.0, topic=1.0)
    assert plain.scores(rows).tolist() == [0.0, 3.0]
    assert plain.scores(matrix_of([])).size == 0
    hidden = np.array([[float(name == "topic") for name in SIGNALS]])
    both = replace(plain, hidden=hidden, output=np.array([2.0]))
    assert both.scores(rows).tolist() == pytest.approx([0.0, 3.0 + 2 * math.tanh(1.0)])


def test_a_ranker_survives_its_file_and_knows_its_signals():
    known = ranker_of(dense=4.0)
    again = Ranker.from_json(json.loads(json.dumps(known.to_json())))
    assert again.linear.tolist() == known.linear.tolist()
    with pytest.raises(ValueError, match="warmth"):
        Ranker.from_json({**known.to_json(), "signals": ["warmth"]})


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
        assert ranker(name).hidden.shape[1] == len(SIGNALS)
        assert set(sufficiency_weights(name)) == {*GROUNDS, "intercept", "threshold"}
    column = SIGNALS.index("adapted")
    assert ranker("plain").linear[column] == 0
    assert not ranker("plain").hidden[:, column].any()


def test_what_was_learned_belongs_to_one_model(embedder):
    found = learned_for(embedder)
    assert found is not None
    assert set(found.kinds.kinds) <= set(vocabulary().labels)
    other = LangChainEmbedder(embedder, "another")
    assert learned_for(other) is None


def test_nothing_was_learned_for_other_weights(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    assert learned_for(SentenceTransformerEmbedder(str(tmp_path))) is None


def test_a_query_encoder_without_changes_is_the_model_itself(embedder):
    (name,) = [n for n, _ in embedder.load().named_modules() if n.endswith("layer.5.output.dense")]
    nothing = Factors(np.zeros((1, 1536), np.float32), np.zeros((384, 1), np.float32))
    assert np.array_equal(
        AdaptedEncoder(embedder, {name: nothing})("sore toe"), embedder.embed(["sore toe"])[0]
    )
    something = Factors(np.ones((1, 1536), np.float32), np.eye(384, 1, dtype=np.float32))
    vector = AdaptedEncoder(embedder, {name: something})("sore toe")
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    assert not np.allclose(vector, embedder.embed(["sore toe"])[0], atol=0.01)


def test_the_encoder_shares_what_it_does_not_change(embedder):
    model = embedder.load()
    weights = dict(model.named_parameters())
    name = next(n for n in weights if n.endswith("layer.5.output.dense.weight"))
    factors = Factors(np.ones((1, 1536), np.float32), np.ones((384, 1), np.float32))
    copied = dict(changed(model, {name.removesuffix(".weight"): factors}).named_parameters())
    own = [n for n in weights if copied[n].data_ptr() != weights[n].data_ptr()]
    assert own == [name]


def test_changes_survive_the_file(tmp_path):
    numbers = np.random.default_rng(3)
    down, up = numbers.normal(size=(2, 5)), numbers.normal(size=(3, 2))
    factors = {"0.layer": Factors(down.astype(np.float32), up.astype(np.float32))}
    np.savez(tmp_path / "f.npz", other=np.ones(2), **to_arrays(factors))
    with np.load(tmp_path / "f.npz") as arrays:
        again = from_arrays(arrays)
    assert list(again) == ["0.layer"]
    assert again["0.layer"].down == pytest.approx(down, abs=2e-3)
    assert again["0.layer"].up == pytest.approx(up, abs=2e-3)


def test_a_library_expects_what_it_has_most_of():
    summaries = [
        Summary("a", "Gout", (), ("causes", "treatment")),
        Summary("b", "Acne", (), ("treatment",)),
    ]
    prior = kind_prior(summaries)
    assert prior["treatment"] > prior["causes"]
    assert prior["treatment"] - prior["causes"] == pytest.approx(0.5 * math.log(2), abs=0.01)
    assert kind_prior([]) == {}


def test_patterns_and_head_decide_together():
    head = KindHead(
        ("causes", "treatment"),
        np.array([[1, 0, 0, 0], [0, 0.5, 0, 0.5]], dtype=np.float32),
        np.zeros(2, dtype=np.float32),
    )
    vector = np.array([1.0, 0.8], dtype=np.float32)
    logits = head.logits(vector, vector)
    plain = Question("q", (), {}, 0.0, ())
    assert max(with_learned_kinds(plain, logits).kinds.items(), key=lambda k: k[1])[0] == "causes"
    asked = replace(plain, kinds={"treatment": 1.0}, certainty=1.0)
    both = with_learned_kinds(asked, logits)
    assert both.kinds["treatment"] == 1.0
    assert sum(both.likely.values()) == pytest.approx(1.0, abs=0.01)
    assert both.fit("treatment") > both.fit("causes")


def section(document, **signals):
    key = (document, ("Causes",))
    signs = replace(NOTHING, **signals)
    return SectionEvidence(key, "causes", 0, ("c",), signs, frozenset({document}))


def test_grounds_are_those_of_the_best_sections():
    first = section("flu", adapted=0.6, words=0.4)
    others = [section("mumps", adapted=0.5, words=0.9), section("gout", adapted=0.1)]
    asked = Question("q", (), {}, 0.0, ())
    found = grounds(asked, [first, *others], [0.7, 0.2, 0.1], {"sore": 0.5})
    assert (found.adapted, found.words) == (0.6, 0.9)
    assert math.exp(found.share) == pytest.approx(0.7)
    assert math.exp(found.count) == pytest.approx(2)


def test_a_neighbour_counts_where_its_page_would_answer():
    stroke = Topic("Stroke", frozenset({"stroke"}), ("stroke",), 1, 2)
    asked = Question("heat stroke", (), {}, 0.0, (), (), (stroke,))
    assert asked.neighbours == (stroke,)
    own, other = section("stroke"), section("gitelman")
    assert grounds(asked, [own, other], [0.6, 0.4], {}).neighbour == 1.0
    assert grounds(asked, [other, own], [0.6, 0.4], {}).neighbour == 0.0


def test_more_grounds_are_more_sufficient():
    weights = sufficiency_weights("learned")
    weak = Grounds(*[0.0] * len(fields(Grounds)))
    weak = replace(weak, share=-3.0)
    strong = replace(weak, share=0.0, adapted=0.7, topic=1.0, coverage=1.0, words=1.0)
    assert 0 < probability(weak, weights) < weights["threshold"] < probability(strong, weights)
    assert probability(replace(strong, neighbour=1.0), weights) < probability(strong, weights)

"""The slot for a cross-encoder: the best sections in its order, everything else as before."""

from __future__ import annotations

import pytest
from transformers import BertConfig, BertForSequenceClassification

from chatbot.answers import Outcome
from chatbot.engine import Chatbot
from chatbot.rerank import RERANKED, CrossEncoderReranker
from chatbot.retrieval import Retriever
from chatbot.settings import ChatSettings
from ingest.errors import ModelError


class ByWord:
    """Scores a passage by how often it has a word."""

    def __init__(self, word):
        """Takes the word, in lower case."""
        self.word = word
        self.seen = []

    def scores(self, question, passages):
        """Counts, one a passage."""
        self.seen.append((question, tuple(passages)))
        return [float(passage.casefold().count(self.word)) for passage in passages]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory, embedder):
    """A real cross-encoder, small and untrained."""
    folder = tmp_path_factory.mktemp("cross-encoder")
    tokenizer = embedder.load().tokenizer
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_the_best_sections_come_in_the_rerankers_order(chatbot, embedder):
    question = "what are the symptoms of a migraine"
    plain = Retriever(chatbot.index, embedder).retrieve(question)
    by_word = ByWord(plain.passages[4].chunk.text[:60].casefold())
    again = Retriever(chatbot.index, embedder, reranker=by_word).retrieve(question)
    ((asked, passages),) = by_word.seen
    assert asked == question
    assert len(passages) == RERANKED
    assert passages[0].startswith("Migraine\n")
    counts = [by_word.scores("", [p])[0] for p in passages]
    assert max(counts) > counts[0]
    assert again.passages[0].chunk.text in passages[counts.index(max(counts))]
    # Scores still fall, and nothing is lost.
    assert [p.score for p in again.passages[:20]] == [p.score for p in plain.passages[:20]]
    assert {p.chunk.id for p in again.passages} == {p.chunk.id for p in plain.passages}


def test_a_cross_encoder_of_a_folder_is_used(chatbot, embedder, cross_encoder):
    scores = CrossEncoderReranker(str(cross_encoder)).scores("sore toe", ["Gout hurts.", "Acne."])
    assert len(scores) == 2
    settings = ChatSettings(reranker=str(cross_encoder))
    answer = Chatbot(chatbot.index, embedder, settings=settings).answer("what is a migraine?")
    assert answer.outcome in {Outcome.ANSWERED, Outcome.ABSTAINED}
    assert len(answer.passages) >= 10


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(ModelError, match="CITEWELL_RERANKER") as error:
        CrossEncoderReranker(str(tmp_path)).scores("q", ["p"])
    assert str(tmp_path) in str(error.value)

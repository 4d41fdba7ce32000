"""Questions for a personal decision are recognised, and told whom to ask."""

from __future__ import annotations

import json

import numpy as np
import pytest

from chatbot.learned.advice import AdviceHead, advice_head
from chatbot.notices import cautions, personal_caution
from ingest.embedding import LangChainEmbedder
from tests.conftest import PROJECT

APART = [
    json.loads(line)
    for line in (PROJECT / "evals/advice/kept_apart.jsonl").read_text("utf-8").splitlines()
]


def test_a_head_compares_with_its_threshold():
    head = AdviceHead(np.array([2.0, 0.0], dtype=np.float32), bias=-1.0, threshold=0.5)
    assert head.is_personal(np.array([0.8, 0.6], dtype=np.float32))
    assert not head.is_personal(np.array([0.7, 0.7], dtype=np.float32))


def test_another_model_has_no_head(embedder):
    assert advice_head(LangChainEmbedder(embedder, "another")) is None


@pytest.mark.parametrize(("ask", "least", "most"), [("personal", 0.95, 1.0), ("general", 0.0, 0.3)])
def test_questions_of_a_writer_that_nothing_was_learned_from(embedder, ask, least, most):
    head = advice_head(embedder)
    texts = [case["question"] for case in APART if ask in case["tags"]]
    vectors = embedder.embed(texts)
    told = [
        head.is_personal(vector) or personal_caution() in cautions(text)
        for text, vector in zip(texts, vectors, strict=True)
    ]
    assert len(told) == 150
    assert least <= sum(told) / len(told) <= most


@pytest.mark.parametrize(
    "question",
    [
        "thinking of leaving off the migraine tablets before my exam",
        "2 sumatriptan or just the one for a bad migraine?",
        "wondering whether my headaches are the migraine sort",
    ],
)
def test_an_answer_says_whom_to_ask_once(chatbot, question):
    answer = chatbot.answer(question)
    assert list(answer.notices).count(personal_caution()) == 1
    assert answer.notices[-1].kind == "disclaimer"
    assert personal_caution().text in answer.text


def test_a_question_for_knowledge_has_no_such_line(chatbot):
    assert personal_caution() not in chatbot.answer("what is a migraine?").notices

"""A folder as BEIR lays it out: cases with relevance of documents, and documents to ingest."""

from __future__ import annotations

import json

import pytest

from chatbot.engine import Chatbot
from evals.__main__ import main
from evals.cases import CasesError, load_cases
from evals.environment import System, index_facts
from evals.runs import run
from tests.conftest import open_index, sync

CORPUS = [
    {"_id": "g1", "title": "Gout", "text": "Gout comes from crystals of uric acid in a joint."},
    {
        "_id": "a1",
        "title": "",
        "text": "Asthma narrows the airways. " * 9,
        "metadata": {"url": "u"},
    },
    {"_id": "m1", "title": "Measles", "text": "Measles is a virus that spreads by coughing."},
]
QUERIES = [
    {"_id": "q1", "text": "what causes gout"},
    {"_id": "q2", "text": "how does measles spread"},
    {"_id": "q3", "text": "nobody judged this"},
]


def lines(values):
    return "\n".join(json.dumps(value) for value in values) + "\n"


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "tiny"
    (root / "qrels").mkdir(parents=True)
    (root / "corpus.jsonl").write_text(lines(CORPUS))
    (root / "queries.jsonl").write_text(lines(QUERIES))
    (root / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tg1\t1\nq2\tm1\t1\n")
    (root / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\nq3\tm1\t1\n")
    return root


def test_a_judged_query_is_a_case(folder):
    cases = load_cases([folder])
    assert [(each.id, each.question) for each in cases] == [
        ("q1", "what causes gout"),
        ("q2", "how does measles spread"),
    ]
    (relevant,) = cases[0].relevant
    assert (relevant.document_id, relevant.heading, relevant.grade) == ("g1", None, 3)


def test_grades_of_a_graded_collection_stay(folder):
    (folder / "qrels" / "test.tsv").write_text("q1\tg1\t2\nq1\ta1\t1\nq2\tm1\t5\nq2\tg1\t-1\n")
    grades = {r.document_id: r.grade for each in load_cases([folder]) for r in each.relevant}
    assert (grades["a1"], grades["m1"], grades["g1"]) == (1, 3, 0)


def test_a_broken_judgement_is_named(folder):
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tg1\n")
    with pytest.raises(CasesError, match=r"test\.tsv:2: .*query id"):
        load_cases([folder])


def test_a_folder_without_judged_queries_holds_no_case(folder):
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n")
    with pytest.raises(CasesError, match="there is no case in it"):
        load_cases([folder])


def test_its_corpus_is_ingested_and_scored(folder, tmp_path, embedder, capsys):
    assert main(["documents", str(folder)]) == 0
    documents = tmp_path / "documents.jsonl"
    documents.write_text(capsys.readouterr().out)
    report = sync(tmp_path / "index", embedder, documents)
    assert report.failures == []
    assert report.documents["added"] == 3
    index = open_index(tmp_path / "index", embedder)
    assert index.document("a1").title.startswith("Asthma narrows the airways.")
    assert len(index.document("a1").title) <= 80
    system = System(Chatbot(index, embedder), index_facts(index))
    summary = run(system, load_cases([folder]), tmp_path / "run")
    assert summary["metrics"]["mrr_at_10"]["value"] == 1.0
    assert summary["metrics"]["topic_at_5"]["hits"] == 2


def test_a_corpus_line_without_text_is_named(folder, capsys):
    (folder / "corpus.jsonl").write_text(lines([*CORPUS, {"_id": "x", "title": "", "text": " "}]))
    assert main(["documents", str(folder)]) == 1
    assert "corpus.jsonl:4" in capsys.readouterr().err

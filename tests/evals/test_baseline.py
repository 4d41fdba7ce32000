"""The tutorial stack: built once, asked the same cases, known to nothing else."""

from __future__ import annotations

import argparse
import ast
import json

import pytest
from langchain_core.embeddings import Embeddings

from evals import baseline
from evals.baseline.comparison import Asked, compare, in_words, measures
from evals.baseline.store import (
    BaselineError,
    TutorialStore,
    documents_of,
    pieces_of,
    stored_vectors,
)
from evals.cases import Case
from evals.ranking import Place
from tests.conftest import PROJECT

PARTS = {"langchain_chroma", "langchain_text_splitters", "langchain_huggingface"}


class Letters(Embeddings):
    """How often each letter stands in a text: a vector that can be checked by eye.

    Attributes:
        embedded: How many texts were embedded.
        limit: It gives up after so many.
    """

    def __init__(self, limit=10**9):
        """Counts from nought."""
        self.embedded = 0
        self.limit = limit

    def embed_documents(self, texts):
        if self.embedded + len(texts) > self.limit:
            raise KeyboardInterrupt
        self.embedded += len(texts)
        return [[float(text.casefold().count(chr(97 + i))) for i in range(26)] for text in texts]

    def embed_query(self, text):
        return self.embed_documents([text])[0]


def written(path, texts):
    lines = [
        json.dumps({"id": f"d{i}", "title": f"T{i}", "sections": [{"heading": "H", "text": text}]})
        for i, text in enumerate(texts)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_only_the_baseline_knows_its_parts():
    knowing = set()
    for package in ("ingest", "chatbot", "evals"):
        for path in (PROJECT / package).rglob("*.py"):
            if {module.split(".")[0] for module in imports_of(path)} & PARTS:
                knowing.add(path.relative_to(PROJECT).parent.as_posix())
    assert knowing == {"evals/baseline"}


def test_pieces_are_cut_as_the_tutorial_does(tmp_path):
    words = " ".join(f"word{i}" for i in range(400))
    documents = documents_of(written(tmp_path / "d.jsonl", ["short", words]))
    short, *long = pieces_of(documents)
    assert short.text == "T0\nH\nshort"
    assert short.metadata == {"document_id": "d0", "title": "T0", "heading": "H"}
    assert len(long) > 2
    assert all(len(piece.text) <= 1000 for piece in long)
    assert len({piece.id for piece in [short, *long]}) == 1 + len(long)


def test_a_store_is_built_once_and_searched(tmp_path):
    documents = written(tmp_path / "d.jsonl", ["zzzz zzzz", "qqqq qqqq"])
    model = Letters()
    store = TutorialStore.built(tmp_path / "store", documents, model)
    assert (len(store), model.embedded) == (2, 2)
    assert store.search("zz", 1) == [Place("d0", "T0", "H")]
    assert [place.document_id for place in store.search("qqq", 5)] == ["d1", "d0"]
    again = Letters()
    assert len(TutorialStore.built(tmp_path / "store", documents, again)) == 2
    assert again.embedded == 0
    vectors = stored_vectors(tmp_path / "store" / "chroma", "tutorial")
    assert vectors["d0#0#0"].tolist() == again.embed_query("T0\nH\nzzzz zzzz")


def test_a_build_that_was_cut_off_goes_on(tmp_path):
    documents = written(tmp_path / "d.jsonl", [f"text {i}" for i in range(300)])
    with pytest.raises(KeyboardInterrupt):
        TutorialStore.built(tmp_path / "store", documents, Letters(limit=256))
    rest = Letters()
    assert len(TutorialStore.built(tmp_path / "store", documents, rest)) == 300
    assert rest.embedded == 44


def test_other_documents_make_it_anew(tmp_path, caplog):
    TutorialStore.built(tmp_path / "store", written(tmp_path / "a.jsonl", ["a", "b"]), Letters())
    model = Letters()
    store = TutorialStore.built(tmp_path / "store", written(tmp_path / "b.jsonl", ["c"]), model)
    assert (len(store), model.embedded) == (1, 1)
    assert "holds other documents: making it anew" in caplog.text


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(BaselineError, match="is no folder of the tutorial stack"):
        TutorialStore.built(tmp_path, written(tmp_path / "d.jsonl", ["a"]), Letters())
    assert (tmp_path / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("name", ["missing.jsonl", "empty.jsonl", "odd.jsonl"])
def test_documents_that_cannot_be_read_are_named(tmp_path, name):
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "odd.jsonl").write_text("{")
    with pytest.raises(BaselineError, match=name):
        documents_of(tmp_path / name)


def case(*headings, **fields):
    relevant = [{"title": "T", "heading": heading} for heading in headings]
    return Case.model_validate({"id": "x", "question": "q", "relevant": relevant, **fields})


def ranked(*headings):
    return tuple(Place("t", "T", heading) for heading in headings)


def test_measures_of_a_ranking():
    found = measures(case("B"), ranked("A", "A", "B"))
    assert (found["section_at_1"], found["section_at_5"], found["topic_at_5"]) == (0.0, 1.0, 1.0)
    # Two passages of one section count once.
    assert found["mrr_at_10"] == 0.5
    assert found["success_at_5"] == 1.0


def test_both_are_compared_by_pairs():
    right, wrong = ranked("A", "B"), ranked("B", "A")
    asked = [
        Asked(
            case("A"),
            {},
            {"citewell": measures(case("A"), right), "tutorial": measures(case("A"), old)},
        )
        for old in [wrong] * 12 + [right] * 3
    ]
    found = compare(asked)["metrics"]
    first = found["section_at_1"]
    assert (first["n"], first["wins"], first["losses"]) == (15, 12, 0)
    assert first["tutorial"]["value"] == pytest.approx(3 / 15)
    assert first["p"] == pytest.approx(2 / 2**12)
    assert first["p_holm"] == pytest.approx(7 * 2 / 2**12)
    assert first["verdict"] == "better"
    assert found["topic_at_5"]["verdict"] == "no difference shown"
    assert "12 won, 0 lost" in in_words(compare(asked))


def test_one_pair_that_differs_shows_nothing():
    right, wrong = (measures(case("A"), found) for found in (ranked("A", "B"), ranked("B", "A")))
    asked = [
        Asked(case("A"), {}, {"citewell": right, "tutorial": wrong}),
        Asked(case("A"), {}, {"citewell": right, "tutorial": right}),
    ]
    metric = compare(asked)["metrics"]["ndcg_at_10"]
    assert (metric["wins"], metric["p"]) == (1, 1.0)
    assert metric["verdict"] == "no difference shown"


def test_the_command_asks_both(tmp_path, library, capsys):
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"id": "a", "question": "what causes muscle spasms?", "relevant": '
        '[{"document_id": "muscle-spasm", "heading": "Causes"}]}\n'
        '{"id": "b", "question": "hello"}\n'
    )
    parser = argparse.ArgumentParser()
    baseline.add_arguments(parser)
    # One page is enough for the tutorial stack here; that the index has more is told.
    page = next((PROJECT / "corpus").rglob("muscle-spasm.md"))
    options = parser.parse_args(
        [
            *(str(path), "--documents", str(page), "--index", str(library)),
            *("--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")),
        ]
    )
    text = baseline.execute(options)
    assert text.startswith("1 cases asked of both")
    (line,) = (tmp_path / "out" / "baseline.jsonl").read_text().splitlines()
    found = json.loads(line)
    assert ["muscle-spasm", "Causes"] in found["found"]["citewell"][:10]
    assert found["found"]["tutorial"][0][0] == "muscle-spasm"
    assert found["scores"]["tutorial"]["topic_at_5"] == 1.0
    whole = json.loads((tmp_path / "out" / "baseline.json").read_text())
    assert set(whole["metrics"]) >= {"section_at_1", "ndcg_at_10", "judged_at_5"}


def test_cases_without_relevant_sections_are_refused(tmp_path, library):
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "b", "question": "hello"}\n')
    with pytest.raises(BaselineError, match="no case says what is relevant"):
        baseline.comparison.ask(None, None, [case()])

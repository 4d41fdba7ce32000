"""``python -m chatbot`` as other programs call it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import PROJECT


def run(*arguments):
    command = [sys.executable, "-m", "chatbot", "ask", *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def batch(tmp_path_factory, library):
    """A batch with good and bad lines, and what came out."""
    lines = [
        {"id": "a", "question": "What causes muscle spasms?"},
        {
            "id": "b",
            "question": "and how is it treated?",
            "history": [{"role": "user", "content": "what is a migraine?"}],
            "locale": "uk",
        },
        '{"id": "c", "question": ',
        {"id": "d"},
        {"id": "e", "question": ""},
        {"id": "f", "question": "x" * 100_000},
        {"id": "g", "question": "how is malaria treated?"},
        {"id": "h", "question": "my mum collapsed and is not breathing", "locale": "uk"},
    ]
    path = tmp_path_factory.mktemp("batch") / "questions.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines))
    done = run("--batch", path, "--index", library)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_batch_answers_in_order_and_names_what_failed(batch):
    done, answers = batch
    assert [answer["id"] for answer in answers] == ["a", "b", None, "d", "e", "f", "g", "h"]
    assert done.returncode == 1
    assert "questions.jsonl:3: " in done.stderr
    assert "questions.jsonl:4: question: Field required" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_answers_have_the_agreed_shape(batch, library):
    _, (answer, follow_up, *_, abstained, emergency) = batch
    assert answer["outcome"] == "answered"
    assert set(answer) >= {
        "id", "question", "standalone_question", "outcome", "text", "sentences", "citations",
        "passages", "notices", "composer", "timings_ms",
    }  # fmt: skip
    assert set(answer["timings_ms"]) == {
        "triage", "condense", "retrieve", "compose", "verify", "total",
    }  # fmt: skip
    assert set(answer["citations"][0]) == {
        "marker", "document_id", "title", "heading", "kind", "url", "path", "start", "end",
        "quote", "score",
    }  # fmt: skip
    assert set(answer["passages"][0]) == {
        "document_id", "title", "heading", "kind", "chunk_id", "start", "end", "score", "rank",
    }  # fmt: skip
    assert [passage["rank"] for passage in answer["passages"]][:3] == [1, 2, 3]
    assert follow_up["standalone_question"] == "How is a migraine treated?"
    assert "999" in follow_up["text"]
    assert (abstained["outcome"], abstained["citations"]) == ("abstained", [])
    assert (emergency["outcome"], emergency["passages"]) == ("emergency", [])


def test_quotes_are_what_show_prints(batch, library):
    _, (answer, *_) = batch
    for citation in answer["citations"]:
        command = [sys.executable, "-m", "ingest", "show", citation["document_id"]]
        shown = subprocess.run(
            [*command, "--index", str(library)], cwd=PROJECT, capture_output=True, check=True
        )
        text = shown.stdout.decode("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_person_reads_the_answer_and_its_sources(library):
    done = run("how common is a stroke?", "--index", library)
    assert done.returncode == 0
    assert "[1]" in done.stdout
    assert "[1] Stroke, Prevalence (corpus/conditions/stroke.md" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ([], 2, "either a QUESTION or --batch"),
        ([" "], 2, "QUESTION is empty"),
        (["--batch", "nowhere.jsonl"], 1, "nowhere.jsonl: it can't be read"),
        (["what is gout", "--index", "nowhere"], 1, "there is no index in nowhere"),
    ],
)
def test_wrong_usage_is_told(arguments, status, told):
    done = run(*arguments)
    assert done.returncode == status
    assert told in done.stderr
    assert "Traceback" not in done.stderr

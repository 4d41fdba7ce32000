"""Benchmarks, at sizes that take no time."""

from __future__ import annotations

import argparse
import json

import numpy as np
import pytest

from evals import bench
from evals.baseline.store import documents_of
from evals.bench.asking import ask_apart, measure, questions
from evals.bench.libraries import chunker_of, library_of, real_passages, write_index
from evals.bench.query import Plan, bench_query, in_words
from ingest.errors import CiteWellError
from tests.conftest import open_index

SECTIONS = ("Causes", "Symptoms", "Treatment")


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """Four pages of three sections each."""
    path = tmp_path_factory.mktemp("documents") / "pages.jsonl"
    lines = []
    for i, title in enumerate(("Gout", "Measles", "Kidney stones", "Hay fever")):
        sections = [
            {"heading": heading, "text": f"{title} has {heading.lower()} that are told here."}
            for heading in SECTIONS
        ]
        lines.append(json.dumps({"id": f"page-{i}", "title": title, "sections": sections}))
    path.write_text("\n".join(lines))
    return path


@pytest.fixture(scope="module")
def real(documents, embedder):
    return real_passages(documents_of(documents), embedder, {}, 1000)


def options(*arguments):
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(list(map(str, arguments)))


@pytest.mark.parametrize("what", ["ingest", "query"])
def test_missing_documents_are_an_error(tmp_path, what):
    missing = tmp_path / "missing.jsonl"
    with pytest.raises(CiteWellError, match=r"missing\.jsonl: there is no such file or folder"):
        bench.execute(options(what, "--documents", missing))


def test_ingesting_is_measured_twice(documents):
    first, second = bench.execute(options("ingest", "--documents", documents))[0].splitlines()
    assert first.startswith("first run: 12 passages in ")
    assert second.startswith("second run: 0 embedded, ")


@pytest.mark.parametrize("sizes", ["0", "10,x", ""])
def test_sizes_are_checked(sizes, capsys):
    with pytest.raises(SystemExit) as stopped:
        options("query", "--sizes", sizes)
    assert stopped.value.code == 2
    assert "--sizes" in capsys.readouterr().err


def test_sizes_are_read():
    assert options("query", "--sizes", "30,10,30").sizes == (30, 10)


def test_there_are_enough_questions_and_none_twice():
    assert len(questions()) == len(set(questions())) >= 60


def test_a_small_library_is_real(real, embedder):
    library = library_of(5, real, chunker_of(embedder))
    assert (library.passages, library.real, len(library.held)) == (6, 6, 2)


def test_a_large_library_has_altered_copies(real, embedder):
    library = library_of(100, real, chunker_of(embedder))
    assert library.passages >= 100
    assert library.real == 12
    ids = [chunk.id for held in library.held for chunk in held.chunks]
    assert len(set(ids)) == len(ids) == library.passages
    original, copy = library.held[0], library.held[len(real)]
    assert copy.document.id == f"{original.document.id}-copy-1"
    assert copy.document.text != original.document.text
    assert copy.document.title.split()[0] == original.document.title.split()[0]
    for chunk in copy.chunks:
        assert copy.document.text[chunk.start : chunk.end] == chunk.text
    for before, after in zip(original.vectors, copy.vectors, strict=True):
        assert np.linalg.norm(after) == pytest.approx(1, abs=1e-5)
        assert 0.8 < float(before @ after) < 0.97


def test_the_same_library_comes_twice(real, embedder):
    first, second = (library_of(40, real, chunker_of(embedder)) for _ in range(2))
    assert [held.document for held in first.held] == [held.document for held in second.held]
    assert np.array_equal(first.held[-1].vectors[-1], second.held[-1].vectors[-1])


def test_known_vectors_are_not_made_again(documents, real):
    known = {c.id: v for held in real for c, v in zip(held.chunks, held.vectors, strict=True)}

    class Stubborn:
        """An embedder that embeds nothing."""

        def __init__(self, embedder):
            """Keeps the tokenizer and the name of another one."""
            self.identity, self.token_starts = embedder.identity, embedder.token_starts

    from ingest.embedding import SentenceTransformerEmbedder  # noqa: PLC0415

    found = real_passages(
        documents_of(documents), Stubborn(SentenceTransformerEmbedder()), known, 1000
    )
    assert [held.document.id for held in found] == [held.document.id for held in real]


def test_an_index_of_it_can_be_searched(real, embedder, tmp_path):
    library = library_of(30, real, chunker_of(embedder))
    write_index(library, tmp_path / "index", embedder)
    index = open_index(tmp_path / "index", embedder)
    assert index.catalogue.counts() == (len(library.held), library.passages)
    held = library.held[-1]
    assert next(iter(index.near(held.vectors[0], 1))) == held.chunks[0].id
    assert set(index.chunk_ids(held.document.id)) == {chunk.id for chunk in held.chunks}
    index.close()


def test_both_stacks_are_asked_in_processes_of_their_own(documents, tmp_path):
    found = bench_query(Plan(documents, [14], keep=tmp_path, rounds=1, most=4))
    size = found["sizes"]["14"]
    assert (size["real"], size["passages"]) == (12, 15)
    for system in ("citewell", "tutorial"):
        figures = size[system]
        assert figures["embedding_p50"] > 0
        assert 0 < figures["stages"]["total"]["p50"] <= figures["stages"]["total"]["p95"]
        assert 0 < figures["model_bytes"] < figures["bytes"]
    assert size["citewell"]["stages"]["retrieve"]["p50"] > 0
    # What was kept is used again, and goes on to be asked in this process.
    stamp = (tmp_path / "14" / "done.json").stat().st_mtime_ns
    for system in ("citewell", "tutorial"):
        again = measure(system, tmp_path / "14" / system, ["what is gout"])
        assert len(again["stages"]["total"]) == len(again["embedding"]) == 1
    assert (tmp_path / "14" / "done.json").stat().st_mtime_ns == stamp


def test_a_stack_that_cannot_be_asked_is_named(tmp_path):
    with pytest.raises(bench.BenchError, match=r"nobody could not be asked \(status 1\)"):
        ask_apart("nobody", tmp_path)


def test_figures_in_words():
    def system(own, embedding=8.0):
        total = {"p50": own + embedding, "p95": 2 * (own + embedding)}
        return {
            "stages": {"total": total}, "embedding_p50": embedding, "own_p50": own,
            "bytes": 800 * 2**20, "model_bytes": 600 * 2**20,
        }  # fmt: skip

    sizes = {
        str(size): {
            "passages": size, "real": 90, "documents": 8,
            "citewell": system(own), "tutorial": system(4.0),
        }
        for size, own in ((1000, 10.0), (10000, 30.0))
    }  # fmt: skip
    text = in_words({"questions": 70, "rounds": 3, "sizes": sizes})
    assert "10,000 passages (10,000 in 8 documents, 90 of them real)" in text
    assert "own time, CiteWell over the tutorial stack: 7.50" in text
    assert "from 1,000 to 10,000 passages: CiteWell x 3.00, tutorial stack x 1.00" in text
    assert "memory 800 MiB, 600 of them before the index was opened" in text

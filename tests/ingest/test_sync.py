"""Sources into the index: what changed is written, nothing else, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from filelock import FileLock

from ingest.embedding import LangChainEmbedder
from ingest.errors import IndexLockedError, IndexMismatchError, IndexMissingError
from ingest.index import Index
from tests.conftest import CHUNK_TOKENS, PROJECT, open_index, sync
from tests.ingest.test_embedding import LetterCounts


@pytest.fixture
def letters():
    return LangChainEmbedder(LetterCounts(), "letters-1")


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("gout", "flu", "acne"):
        write(folder, name, f"The {name} is described here.")
    return folder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def write(folder, name, text):
    front = f"---\ntitle: {name.title()}\n---\n\n"
    body = f"## Description\n\n{text}\n\n## Causes\n\nNobody knows.\n"
    (folder / f"{name}.md").write_text(front + body)


def texts(folder, embedder):
    index = open_index(folder, embedder)
    found = {document.id: document.text for document in index.catalogue.documents()}
    index.close()
    return found


def test_a_second_run_embeds_nothing(pages, folder, letters):
    first = sync(folder, letters, pages)
    assert first.documents["added"] == 3
    assert first.embedded == first.chunks["total"] == 6
    second = sync(folder, letters, pages)
    assert second.documents == {**dict.fromkeys(first.documents, 0), "unchanged": 3}
    assert second.embedded == 0


def test_only_the_changed_chunks_of_a_changed_page_are_embedded(pages, folder, letters):
    sync(folder, letters, pages)
    write(pages, "gout", "Gout is told anew.")
    report = sync(folder, letters, pages)
    assert report.documents["updated"] == 1
    assert (report.embedded, report.chunks["added"], report.chunks["removed"]) == (1, 1, 1)
    assert "told anew" in texts(folder, letters)["gout"]


def test_a_page_that_is_gone_goes_only_with_prune(pages, folder, letters):
    sync(folder, letters, pages)
    (pages / "flu.md").unlink()
    assert sync(folder, letters, pages).documents["removed"] == 0
    report = sync(folder, letters, pages, prune=True)
    assert (report.documents["removed"], report.chunks["total"]) == (1, 4)
    assert "flu" not in texts(folder, letters)


def test_prune_leaves_what_came_from_elsewhere(pages, folder, letters, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write(other, "asthma", "From elsewhere.")
    sync(folder, letters, pages, other)
    assert sync(folder, letters, other, prune=True).documents["removed"] == 0


def test_bad_files_are_named_and_the_rest_goes_in(pages, folder, letters, tmp_path):
    sync(folder, letters, pages)
    (pages / "junk.md").write_bytes(b"\x00\x01\x02" * 100)
    (pages / "empty.txt").write_bytes(b"")
    (pages / "gout.md").write_text("---\nid: gout\n---\n\nNo title any more.")
    good = '{"id": "%s", "title": "T", "sections": [{"heading": "h", "text": "t"}]}'
    lines = [good % "one", good % "two", '{"id": ', good % "four"]
    (pages / "many.jsonl").write_text("\n".join(lines))
    report = sync(folder, letters, pages, tmp_path / "missing.md", prune=True)
    assert {failure["path"] for failure in report.failures} == {
        "pages/junk.md",
        "pages/empty.txt",
        "pages/gout.md",
        "pages/many.jsonl:3",
        str(tmp_path / "missing.md"),
    }
    found = texts(folder, letters)
    assert {"one", "two", "four", "flu", "acne"} <= found.keys()
    # The page that broke keeps what it said before.
    assert "described here" in found["gout"]


def test_two_sources_cannot_share_an_id(pages, folder, letters):
    (pages / "copy.md").write_text("---\nid: gout\ntitle: Gout\n---\n\nAnother page.")
    (failure,) = sync(folder, letters, pages).failures
    assert failure["path"] == "pages/gout.md"
    assert "'gout' is taken by copy.md" in failure["error"]


def test_an_index_built_with_another_model_is_refused(pages, folder, letters):
    sync(folder, letters, pages)
    with pytest.raises(IndexMismatchError, match=r"'letters-1', now it is 'letters-2'.*delete"):
        open_index(folder, LangChainEmbedder(LetterCounts(), "letters-2"))
    with pytest.raises(IndexMismatchError, match="CITEWELL_CHUNK_TOKENS"):
        Index.open(folder, letters.identity, CHUNK_TOKENS + 1)


def test_a_missing_index_says_how_to_make_one(folder, letters):
    with pytest.raises(IndexMissingError, match="python -m ingest --index"):
        open_index(folder, letters)
    assert not folder.exists()


def test_one_writer_at_a_time(pages, folder, letters):
    sync(folder, letters, pages)
    with FileLock(folder / "writer.lock"), pytest.raises(IndexLockedError, match="wait"):
        sync(folder, letters, pages)


def test_what_a_killed_run_left_is_mended(pages, folder, letters):
    sync(folder, letters, pages)
    index = open_index(folder, letters)
    # Vectors without a document, as between the two steps of a write; and lost ones.
    index.vectors.add(["orphan"], letters.embed(["eee"]))
    lost = index.chunk_ids("flu")
    index.vectors.remove(lost)
    index.close()
    report = sync(folder, letters, pages)
    assert report.documents["updated"] == 1
    assert report.embedded == len(lost)
    index = open_index(folder, letters)
    assert index.vectors.ids() == set(index.catalogue.chunk_ids())
    index.close()


def test_a_run_that_is_killed_loses_nothing_and_the_next_one_converges(tmp_path):
    pages, folder = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    for i in range(150):
        write(pages, f"page-{i:03}", f"Text of page {i}. " + "More words follow here. " * 40)
    command = [sys.executable, "-m", "ingest", str(pages), "--index", str(folder), "--json"]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    catalogue = folder / "catalogue.sqlite3"
    for _ in range(600):
        if catalogue.exists() or process.poll() is not None:
            break
        time.sleep(0.05)
    time.sleep(4)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    again = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    report = json.loads(again.stdout)
    assert report["failures"] == []
    assert report["documents"]["added"] + report["documents"]["unchanged"] == 150
    assert report["chunks"]["total"] == 300


def test_the_lexical_index_catches_up_when_it_is_opened(pages, folder, letters):
    sync(folder, letters, pages)
    (folder / "lexical" / "generation.txt").write_text("1 -1")
    index = open_index(folder, letters)
    hits = index.matching("acne", 5, {"title": 1.0})
    assert len(hits) == 2
    index.close()


def test_words_of_a_question_are_no_query_language(pages, folder, letters):
    sync(folder, letters, pages)
    index = open_index(folder, letters)
    for query in ('acne AND "', "title:(flu", "NOT acne OR", "a^2 +b -c *", "", "\\"):
        index.matching(query, 5, {"title": 1.0, "body": 1.0})
    index.close()


def test_an_open_index_sees_what_another_process_wrote(tmp_path, embedder):
    pages, folder = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    write(pages, "acne", "Spots on the face of young people.")
    sync(folder, embedder, pages)
    index = open_index(folder, embedder)
    (vector,) = embedder.embed(["a sudden hot swollen big toe"])
    assert len(index.near(vector, 5)) == 2
    write(pages, "gout", "The big toe is suddenly hot and swollen.")
    command = [sys.executable, "-m", "ingest", str(pages), "--index", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    best, *_ = index.near(vector, 5)
    assert index.chunks([best])[best][1].id == "gout"
    index.close()


def test_odd_front_matter_stops_nothing_else(pages, folder, letters):
    (pages / "dated.md").write_text("---\ntitle: A\nreviewed: 2026-13-45\n---\n\nText.")
    report = sync(folder, letters, pages)
    assert [failure["path"] for failure in report.failures] == ["pages/dated.md"]
    assert report.documents["added"] == 3


def test_a_file_with_a_number_sign_in_its_path_keeps_its_document(tmp_path, folder, letters):
    for name in ("h#1", "h2"):
        (tmp_path / name).mkdir()
        page = "---\nid: shared\ntitle: From %s\n---\n\nText."
        (tmp_path / name / "a.md").write_text(page % name)
    sync(folder, letters, tmp_path / "h#1")
    (failure,) = sync(folder, letters, tmp_path / "h2").failures
    assert "is taken by a.md" in failure["error"]
    assert "From h#1" in texts(folder, letters)["shared"]

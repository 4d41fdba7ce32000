"""Abstention: what is taken out is gone, the rest stays, and the cases know which is which."""

from __future__ import annotations

import json
import shutil

import pytest

from chatbot.answers import Outcome
from evals import abstention
from evals.__main__ import main
from evals.abstention import Origin, make_plan, measure
from evals.cases import CasesError, load_cases
from evals.removal import Removal, without
from evals.results import read_rows
from tests.conftest import CHUNK_TOKENS, PROJECT, open_index
from tests.evals.conftest import case

KINDS = PROJECT / "evals" / "cases" / "kinds.jsonl"


@pytest.fixture
def copy(library, embedder, tmp_path):
    """The starter library's index, to be changed."""
    shutil.copytree(library, tmp_path / "copy")
    index = open_index(tmp_path / "copy", embedder)
    yield index
    index.close()


def numbers(document, *headings):
    return {n for n, s in enumerate(document.sections) if s.heading_path[-1] in headings}


def test_a_section_goes_and_nothing_else(copy, library, embedder):
    before = open_index(library, embedder)
    document = before.document("migraine")
    gone = numbers(document, "Treatment", "Causes")
    removal = Removal(frozenset(("migraine", n) for n in gone))
    assert removal.carry_out(copy, embedder, CHUNK_TOKENS) == 0
    left = copy.document("migraine")
    assert [s.heading_path for s in left.sections] == [
        s.heading_path for n, s in enumerate(document.sections) if n not in gone
    ]
    assert "two parts: easing an attack early" in document.text
    assert "two parts: easing an attack early" not in left.text
    assert left.synonyms == document.synonyms
    kept = set(before.chunk_ids("migraine"))
    assert set(copy.chunk_ids("migraine")) < kept
    assert len(kept) - len(copy.chunk_ids("migraine")) == 2
    assert copy.vectors.ids() == set(copy.catalogue.chunk_ids())
    assert copy.chunk_ids("stroke") == before.chunk_ids("stroke")


def test_a_document_without_a_section_left_goes_as_a_whole(copy, embedder):
    document = copy.document("migraine")
    every = set(range(len(document.sections)))
    assert without(document, every) is None
    Removal(frozenset(("migraine", n) for n in every)).carry_out(copy, embedder, CHUNK_TOKENS)
    assert copy.document("migraine") is None
    assert copy.chunk_ids("migraine") == []
    # The lexical leg lost it, too.
    hits = copy.matching("migraine", 50, {"title": 1.0, "heading": 1.0, "body": 1.0})
    assert all(
        place[0] != "migraine"
        for place in copy.catalogue.chunk_places([h[0] for h in hits]).values()
    )


CASES = [
    case(id="a", relevant=[{"document_id": "migraine", "heading": "Treatment"}], tags=["t"]),
    case(id="b", relevant=[{"document_id": "stroke", "heading": "Treatment"}]),
    case(id="c", relevant=[{"title": "Anaphylaxis", "heading": "Onset"}], outcome="answered"),
    case(id="d", relevant=[{"document_id": "muscle-spasm", "heading": "Causes"}]),
    case(id="e", question="hello", outcome="out_of_scope"),
    case(id="f", relevant=[{"document_id": "gout", "heading": "Causes"}]),
]


@pytest.mark.parametrize("what", ["topic", "section"])
def test_half_is_drawn_and_the_cases_follow(library, embedder, what):
    index = open_index(library, embedder)
    plan = make_plan(index, CASES, what, seed=5)
    assert plan.left_out == 2
    lost = [each for each in plan.cases if each.outcomes == (Outcome.ABSTAINED,)]
    kept = [each for each in plan.cases if each.outcomes == (Outcome.ANSWERED,)]
    assert (len(lost), len(kept)) == (2, 2)
    touched = {document for document, _ in plan.removal.sections}
    for each in lost:
        assert each.relevant == []
        assert "removed" in each.tags
    by_id = {each.id: each for each in CASES}
    for each in kept:
        meant = by_id[each.id].relevant[0]
        index_id = meant.document_id or "anaphylaxis"
        headings = {
            index.document(index_id).sections[n].heading_path[-1]
            for document, n in plan.removal.sections
            if document == index_id
        }
        assert meant.heading not in headings
    if what == "topic":
        for document in touched:
            sections = {n for d, n in plan.removal.sections if d == document}
            assert sections == set(range(len(index.document(document).sections)))
    assert make_plan(index, CASES, what, seed=5).removal == plan.removal


def test_pages_on_one_topic_go_together(library, embedder):
    index = open_index(library, embedder)
    only = [case(relevant=[{"document_id": "muscle-spasm", "heading": "Causes"}])]
    touched = {d for d, _ in make_plan(index, only, "topic").removal.sections}
    assert touched == {"muscle-spasm", "causes-of-muscle-spasms"}
    kinds = {
        index.document(document).sections[number].kind
        for document, number in make_plan(index, only, "section").removal.sections
    }
    assert kinds == {"causes"}


def test_cases_of_another_library_are_refused(library, embedder):
    with pytest.raises(CasesError, match="no case names"):
        make_plan(open_index(library, embedder), CASES[4:], "topic")


def test_it_is_measured_on_a_copy(library, embedder, tmp_path):
    before = open_index(library, embedder).generation
    cases = load_cases([KINDS], sample=30, seed=2)
    summary = measure(Origin(library), cases, tmp_path / "run", "topic")
    assert open_index(library, embedder).generation == before
    found, metrics = summary["abstention"], summary["metrics"]
    assert found["embedded"] == 0
    assert found["answerable"] + found["unanswerable"] == metrics["abstention_auroc"]["n"]
    assert metrics["false_answers"]["n"] == found["unanswerable"] > 5
    assert metrics["coverage"]["n"] == found["answerable"] > 5
    assert metrics["no_citation_without_answer"]["value"] == 1
    # Whole topics gone are known to be gone more often than not.
    assert metrics["abstention_auroc"]["value"] > 0.8
    for row in read_rows(tmp_path / "run"):
        if "removed" in row.case.tags:
            assert row.value("section_at_1") is None


def test_documents_are_taken_in_first(tmp_path, capsys):
    page = {"id": "gout", "title": "Gout", "sections": [{"heading": "Causes", "text": "Crystals."}]}
    mumps = {
        "id": "mumps",
        "title": "Mumps",
        "sections": [{"heading": "Causes", "text": "A virus."}],
    }
    documents, cases = tmp_path / "documents.jsonl", tmp_path / "cases.jsonl"
    documents.write_text("\n".join(map(json.dumps, (page, mumps))))
    lines = [
        {
            "id": name,
            "question": f"what causes {name}",
            "relevant": [{"document_id": name, "heading": "Causes"}],
        }
        for name in ("gout", "mumps")
    ]
    cases.write_text("\n".join(map(json.dumps, lines)))
    command = ["abstention", str(cases), "--index", str(tmp_path / "none"), "--remove", "topic"]
    assert main([*command, "--out", str(tmp_path / "run")]) == 1
    assert "there is no index" in capsys.readouterr().err
    more = ["--documents", str(documents), "--out", str(tmp_path / "run"), "--json"]
    assert main([*command, *more]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["abstention"]["answerable"], found["abstention"]["unanswerable"]) == (1, 1)
    assert "1 cases stay answerable" in abstention.in_words(found)
    assert (tmp_path / "run" / "report.html").exists()
    assert not (tmp_path / "none").exists()

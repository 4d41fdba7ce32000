"""Rows and summaries of runs as `python -m evals run` writes them, for tests of the reports."""

from __future__ import annotations

import json

YES = {"value": 1.0, "status": "scored", "reason": ""}
NO = {"value": 0.0, "status": "scored", "reason": "first came: Migraine, Causes"}
LEFT = {"value": None, "status": "unscored", "reason": "the judge said nothing"}


def passage(rank, title="Migraine", heading="Causes", document_id="migraine"):
    return {
        "document_id": document_id, "title": title, "heading": heading, "kind": "causes",
        "chunk_id": f"c{rank}", "start": 0, "end": 9, "score": 1 / rank, "rank": rank,
    }  # fmt: skip


def answer(text="It comes. [1]", passages=(), **fields):
    return {
        "id": "x", "question": "why", "standalone_question": "why", "outcome": "answered",
        "text": text, "sentences": [{"text": "It comes.", "citations": [1]}],
        "citations": [
            {
                "marker": 1, "document_id": "migraine", "title": "Migraine", "heading": "Causes",
                "kind": "causes", "url": None, "path": "m.md", "start": 0, "end": 9,
                "quote": "It comes.", "score": 1.0,
            }
        ],
        "passages": list(passages), "notices": [], "suggestions": [], "sufficiency": 0.9,
        "composer": "extractive", "timings_ms": {"retrieve": 4.0, "total": 5.0}, **fields,
    }  # fmt: skip


def row(case_id, scores, question="why", error=None, given=None, **case):
    return {
        "case": {"id": case_id, "question": question, "history": [], "relevant": [], "tags": [],
                 **case},
        "scores": scores,
        "answer": None if error else given or answer(passages=[passage(1)]),
        "error": error,
    }  # fmt: skip


def share(hits, n):
    return {"value": hits / n, "low": 0.1, "high": 0.95, "n": n, "hits": hits, "unscored": 0,
            "kind": "share"}  # fmt: skip


def summary(**more):
    return {
        "cases": 2,
        "errors": 0,
        "metrics": {
            "section_at_1": share(1, 2),
            "outcome": share(2, 2),
            "words": {"value": 81.5, "low": 70.0, "high": 93.0, "n": 2, "unscored": 0,
                      "kind": "mean"},
        },
        "by_tag": {"lay": {"section_at_1": share(0, 1)}, "short": {"section_at_1": share(1, 1)}},
        "by_kind": {"causes": {"section_at_1": share(1, 2)}},
        "calibration": [
            {"low": 0.9, "high": 1.0, "n": 2, "mean_sufficiency": 0.95, "answerable": 1.0}
        ],
        "latency_ms": {"retrieve": {"p50": 4.0, "p95": 9.0}, "total": {"p50": 5.0, "p95": 12.0}},
        "environment": {"python": "3.11.2", "index": {"documents": 8}},
        **more,
    }  # fmt: skip


def write_run(folder, rows, told=None):
    folder.mkdir(parents=True)
    lines = [json.dumps(each) + "\n" for each in rows]
    (folder / "results.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "summary.json").write_text(json.dumps(told or summary()), encoding="utf-8")
    return folder

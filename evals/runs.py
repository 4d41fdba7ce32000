"""Runs: cases through the chatbot, into a folder with every answer and the totals."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from chatbot.answers import Turn
from chatbot.serialise import answer_object
from evals.cases import CasesError
from evals.metrics import mcnemar, percentile, share
from evals.scorers import SCORERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chatbot.engine import Chatbot
    from evals.cases import Case

_RESULTS = "results.jsonl"
_SUMMARY = "summary.json"


def run(chatbot: Chatbot, cases: Sequence[Case], folder: Path) -> dict[str, Any]:
    """Asks every case, writes `results.jsonl` and `summary.json`, and returns the summary."""
    folder.mkdir(parents=True, exist_ok=True)
    scores: dict[str, list[bool | None]] = {scorer.__name__: [] for scorer in SCORERS}
    latency: list[float] = []
    with (folder / _RESULTS).open("w", encoding="utf-8") as results:
        for case in tqdm(cases, desc="asking", unit="case", disable=None, file=sys.stderr):
            history = [Turn(message.role, message.content) for message in case.history]
            answer = chatbot.answer(case.question, history, case.locale)
            scored = {scorer.__name__: scorer(case, answer) for scorer in SCORERS}
            for name, score in scored.items():
                scores[name].append(score)
            latency.append(answer.timings_ms["total"])
            line = {"case": case.model_dump(mode="json"), "scores": scored}
            results.write(json.dumps({**line, "answer": answer_object(answer, case.id)}) + "\n")
    summary: dict[str, Any] = {"cases": len(cases), "metrics": {}}
    for name, values in scores.items():
        found = share(values)
        if found:
            low, high = found.interval
            summary["metrics"][name] = {
                "value": round(found.value, 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "hits": found.hits,
                "total": found.total,
            }
    summary["latency_ms"] = {
        "p50": round(percentile(latency, 0.5), 1),
        "p95": round(percentile(latency, 0.95), 1),
    }
    (folder / _SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return summary


def in_words(summary: dict[str, Any]) -> str:
    """The summary for a person."""
    lines = [f"{summary['cases']} cases; share, 95% Wilson interval"]
    for name, m in summary["metrics"].items():
        low, high = m["low"], m["high"]
        lines.append(
            f"{name:28} {m['value']:.3f} ({low:.3f} to {high:.3f}), {m['hits']} of {m['total']}"
        )
    latency = summary["latency_ms"]
    lines.append(f"{'answer, ms':28} p50 {latency['p50']}, p95 {latency['p95']}")
    return "\n".join(lines)


def compare(before: Path, after: Path) -> str:
    """What changed from one run to another, over the cases that both have."""
    old, new = _scores(before), _scores(after)
    shared = [case for case in old if case in new]
    lines = [f"{len(shared)} cases in both runs; exact McNemar test"]
    for scorer in SCORERS:
        name = scorer.__name__
        pairs = [(old[c][name], new[c][name]) for c in shared]
        paired = [(o, n) for o, n in pairs if o is not None and n is not None]
        if not paired:
            continue
        wins, losses, p = mcnemar([o for o, _ in paired], [n for _, n in paired])
        verdict = "no difference shown" if p >= 0.05 else ("better" if wins > losses else "worse")
        lines.append(f"{name:28} {wins} won, {losses} lost, p = {p:.3f}: {verdict}")
    return "\n".join(lines)


def _scores(folder: Path) -> dict[str, dict[str, bool | None]]:
    try:
        text = (folder / _RESULTS).read_text(encoding="utf-8")
    except OSError as error:
        raise CasesError(f"{folder}: it holds no run ({error.strerror}): name a folder") from error
    rows = [json.loads(line) for line in text.splitlines()]
    return {row["case"]["id"]: row["scores"] for row in rows}

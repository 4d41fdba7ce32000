"""CiteWell's retrieval beside the tutorial stack's, on the same cases in the same run."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from chatbot.answers import Turn
from evals.baseline.store import BaselineError
from evals.ranking import JUDGED, MEASURES, MRR, NDCG, SUCCESS, Place, among, places
from evals.ranking import ranking_measures as measured
from evals.statistics import SIGNIFICANT, Share, bootstrap, holm, mcnemar, permutation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evals.baseline.store import TutorialStore
    from evals.cases import Case
    from evals.environment import Answering

# As many passages as an answer carries with it.
TOP_K = 20
_YES_NO = ("section_at_1", "section_at_5", "topic_at_5", SUCCESS)
NAMES = ("section_at_1", "section_at_5", "topic_at_5", NDCG, MRR, SUCCESS, JUDGED)
_NO_DIFFERENCE = "no difference shown"


@dataclass(frozen=True, slots=True)
class Asked:
    """What both found for one case, and the measures of both; None where one does not apply."""

    case: Case
    found: dict[str, tuple[Place, ...]]
    values: dict[str, dict[str, float | None]]


def ask(chatbot: Answering, store: TutorialStore, cases: Sequence[Case]) -> list[Asked]:
    """Asks both each case of which something is relevant.

    The tutorial stack is asked the question as it is written: it knows no earlier turns.

    Raises:
        BaselineError: No case says what is relevant.
    """
    judged = [case for case in cases if case.relevant]
    if not judged:
        raise BaselineError("no case says what is relevant: name cases with 'relevant' sections")
    asked = []
    for case in tqdm(judged, desc="asking both", unit="case", disable=None, file=sys.stderr):
        history = [Turn(message.role, message.content) for message in case.history]
        answer = chatbot.answer(case.question, history, case.locale)
        found = {
            "citewell": places(answer.passages[:TOP_K]),
            "tutorial": tuple(store.search(case.question, TOP_K)),
        }
        values = {system: measures(case, ranked) for system, ranked in found.items()}
        asked.append(Asked(case, found, values))
    return asked


def measures(case: Case, found: Sequence[Place]) -> dict[str, float | None]:
    """All measures of one ranking."""
    relevant = case.answering
    first = {
        "section_at_1": among(found[:1], relevant),
        "section_at_5": among(found[:5], relevant),
        "topic_at_5": among(found[:5], relevant, heading=False),
    }
    yes_no = {name: float(value) if relevant else None for name, value in first.items()}
    ranked = measured(case, found)
    return {**yes_no, **{name: ranked[name] for name in MEASURES}}


def compare(asked: Sequence[Asked]) -> dict[str, Any]:
    """The measures of both with intervals, and the paired test between them.

    Returns:
        ``{"cases": n, "metrics": {name: {"n", "tutorial", "citewell", "wins", "losses", "p",
        "p_holm", "verdict"}}}``; each system ``{"value", "low", "high"}``, and the verdict and
        the wins are CiteWell's.
    """
    metrics: dict[str, dict[str, Any]] = {}
    for name in NAMES:
        pairs = [(a.values["tutorial"][name], a.values["citewell"][name]) for a in asked]
        both = [(old, new) for old, new in pairs if old is not None and new is not None]
        if both:
            metrics[name] = _metric(name, [old for old, _ in both], [new for _, new in both])
    for metric, p_holm in zip(
        metrics.values(), holm([metric["p"] for metric in metrics.values()]), strict=True
    ):
        metric |= {"p_holm": p_holm, "verdict": _NO_DIFFERENCE}
    for name, metric in metrics.items():
        if metric["p_holm"] < SIGNIFICANT:
            # That more was judged is neither good nor bad.
            words = ("higher", "lower") if name == JUDGED else ("better", "worse")
            metric["verdict"] = words[metric["citewell"]["value"] < metric["tutorial"]["value"]]
    return {"cases": len(asked), "metrics": metrics}


def _metric(name: str, tutorial: Sequence[float], citewell: Sequence[float]) -> dict[str, Any]:
    yes_no = name in _YES_NO
    both = list(zip(tutorial, citewell, strict=True))
    if yes_no:
        p = mcnemar([value == 1 for value in tutorial], [value == 1 for value in citewell])[2]
    elif sum(new != old for old, new in both) == 1:
        # Swapping the only pair that differs gives as large a difference; scipy refuses one pair.
        p = 1.0
    else:
        p = permutation(tutorial, citewell)
    return {
        "n": len(both),
        "tutorial": _figure(tutorial, yes_no=yes_no),
        "citewell": _figure(citewell, yes_no=yes_no),
        "wins": sum(new > old for old, new in both),
        "losses": sum(new < old for old, new in both),
        "p": p,
    }


def _figure(values: Sequence[float], *, yes_no: bool) -> dict[str, float]:
    if yes_no:
        share = Share(round(sum(values)), len(values))
        low, high = share.interval
        return {"value": share.value, "low": low, "high": high}
    low, high = bootstrap([values], np.mean)
    return {"value": float(np.mean(values)), "low": low, "high": high}


def in_words(comparison: dict[str, Any]) -> str:
    """The comparison for a person."""
    lines = [
        f"{comparison['cases']} cases asked of both; value (95% interval)",
        "exact McNemar or paired permutation test, p after Holm; won and lost are CiteWell's",
        f"{'':14}{'tutorial stack':28}CiteWell",
    ]
    for name, metric in comparison["metrics"].items():
        both = "".join(f"{_in_words(metric[system]):28}" for system in ("tutorial", "citewell"))
        lines.append(
            f"{name:14}{both}{metric['wins']} won, {metric['losses']} lost, "
            f"p = {metric['p']:.3g} ({metric['p_holm']:.3g}): {metric['verdict']}"
        )
    return "\n".join(lines)


def _in_words(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"

"""``python -m evals train-advice``: from written questions to chatbot/learned/advice.json."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from chatbot.learned.advice import FILE
from evals.cases import load_cases
from evals.datasets.lines import json_lines
from evals.datasets.schema import CasesError
from ingest.embedding import embedder_from
from ingest.sections import vocabulary
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    import argparse

# Inverse strength of the ridge penalty, over unit vectors.
_C = 10.0
# So many of the personal questions are to be recognised: a line too much does little harm.
_RECALL = 0.98
_DIGITS = 4
_LAY = "lay"
_LAY_PARTS = 3
# Kinds of section that hold knowledge and no advice.
_KNOWLEDGE = frozenset(
    {"description", "inheritance", "genetic changes", "causes", "frequency", "research"}
)
_LABELS = {"personal": True, "general": False}


def execute(options: argparse.Namespace) -> str:
    """Learns, sets the threshold by cross-validation over the writers, writes, tells figures."""
    lines = [*_written(options), *_general(options)]
    embedder = embedder_from(IngestSettings())
    vectors = embedder.embed([line["text"] for line in lines])
    personal = np.array([_LABELS[line["ask"]] for line in lines])
    writers = [line["writer"] for line in lines]
    model = LogisticRegression(C=_C, max_iter=3000)
    belief = np.zeros(len(lines))
    parts = GroupKFold(len(set(writers))).split(vectors, personal, writers)
    for others, own in parts:
        belief[own] = model.fit(vectors[others], personal[others]).decision_function(vectors[own])
    threshold = float(np.quantile(belief[personal], 1 - _RECALL))
    model.fit(vectors, personal)
    raw = {
        "model_sha256": embedder.identity.digest,
        "threshold": round(threshold, _DIGITS),
        "bias": round(float(model.intercept_[0]), _DIGITS),
        "weights": model.coef_[0].round(_DIGITS).tolist(),
    }
    (options.out / FILE).write_text(json.dumps(raw) + "\n", encoding="utf-8")
    told = belief >= threshold
    area = roc_auc_score(personal, belief)
    wrong_lay = told[[writer.startswith(_LAY) for writer in writers]].mean()
    right, wrong = told[personal].mean(), told[~personal].mean()
    return (
        f"{len(lines)} questions of {len(set(writers))} writers, each by a head that saw none of "
        f"its writer's: area under the ROC curve {area:.4f}; at the threshold {threshold:.3f}, "
        f"{right:.3f} of {personal.sum()} personal and {wrong:.3f} of {(~personal).sum()} general "
        f"ones count as personal, {wrong_lay:.3f} of the lay ones among these"
    )


def _written(options: argparse.Namespace) -> list[dict[str, str]]:
    found = []
    for place, line in json_lines(options.examples):
        if line.get("ask") not in _LABELS or not line.get("text") or not line.get("writer"):
            raise CasesError(f"{place}: needs text, writer, and ask: personal or general")
        found.append(line)
    return found


def _general(options: argparse.Namespace) -> list[dict[str, str]]:
    """Lay questions whose answer is knowledge by its kind, as if by as many writers as folds."""
    cases = [
        case
        for case in load_cases([options.lay])
        if any(vocabulary().kind_of(each.heading or "") in _KNOWLEDGE for each in case.answering)
    ]
    drawn = random.Random(0).sample(cases, min(options.ordinary, len(cases)))  # noqa: S311
    return [
        {"text": case.question, "ask": "general", "writer": f"{_LAY} {number % _LAY_PARTS}"}
        for number, case in enumerate(drawn)
    ]

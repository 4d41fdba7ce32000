"""The sufficiency score: learned from questions whose answer was taken out of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from chatbot.ranking import matrix_of, shares
from chatbot.sufficiency import GROUNDS, grounds
from evals.training.ranker import first_five

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from chatbot.ranking import Ranker
    from evals.training.features import Library, Looked
    from evals.training.material import Material

# What the figures are told at: the share of answerable questions that is answered.
_COVERAGE = 0.95
# Above it a question is answered. A choice, and not a fit: docs/learning.md has what others give.
_THRESHOLD = 0.3
_C = 1.0
# A question of the templates counts so much more than a lay one: whether its answer is there is
# certain, while a lay one may well be answered by another page.
_TEMPLATE_WEIGHT = 3.0
# One answered world stands against two from which the answer was taken.
_ANSWERED_WEIGHT = 2.0


def fit_sufficiency(
    looked: Sequence[Looked],
    rankers: Sequence[Ranker],
    material: Material,
) -> tuple[dict[str, float], str]:
    """Ground -> weight, with intercept and threshold; and the cross-validated figures.

    Each question is asked three times: of the whole library, of one without every page on its
    topic, and of one without the section it asks for. What is learned is whether the section that
    comes first answers it.
    """
    rows, groups, owners, right = [], [], [], []
    for i, look in enumerate(looked):
        for number, kept in enumerate(
            _worlds(look, material.right[i], material.kinds[i], material.library)
        ):
            found = _grounds(look, kept, rankers[i])
            if found is not None:
                rows.append(found)
                groups.append(number)
                owners.append(i)
                right.append(number == 0 and first_five(look.ranked, rankers[i])[3])
    x, y = np.array(rows), np.array(right)
    group, owner = np.array(groups), np.array(owners)
    importance = np.where(material.lay[owner], 1.0, _TEMPLATE_WEIGHT)
    importance *= np.where(group == 0, _ANSWERED_WEIGHT, 1.0)
    centre, scale = x.mean(0), x.std(0) + 1e-6
    scaled = (x - centre) / scale
    predicted = np.zeros(len(y))
    for fold in np.unique(material.folds):
        held = material.folds[owner] == fold
        model = LogisticRegression(C=_C, max_iter=1000)
        model.fit(scaled[~held], y[~held], sample_weight=importance[~held])
        predicted[held] = model.predict_proba(scaled[held])[:, 1]
    final = LogisticRegression(C=_C, max_iter=1000).fit(scaled, y, sample_weight=importance)
    slopes = final.coef_[0] / scale
    numbers = {name: round(float(v), 4) for name, v in zip(GROUNDS, slopes, strict=True)}
    numbers["intercept"] = round(float(final.intercept_[0] - slopes @ centre), 4)
    numbers["threshold"] = _THRESHOLD
    lay = material.lay[owner]
    told = [
        f"{label}: {_told(predicted[chosen], group[chosen])}"
        for label, chosen in (("lay", lay), ("template", ~lay))
        if chosen.any()
    ]
    return numbers, "\n  ".join(told)


def _told(predicted: NDArray[np.float64], group: NDArray[np.int64]) -> str:
    low = float(np.quantile(predicted[group == 0], 1 - _COVERAGE))
    told = [f"answered at {_THRESHOLD}: {(predicted[group == 0] >= _THRESHOLD).mean():.3f}"]
    for number, name in ((1, "topic removed"), (2, "section removed")):
        both = (group == 0) | (group == number)
        area = roc_auc_score(group[both] == 0, predicted[both])
        false = (predicted[group == number] >= low).mean()
        shown = (predicted[group == number] >= _THRESHOLD).mean()
        told.append(
            f"{name}: AUROC {area:.3f}, false answers at 95% coverage {false:.3f}, "
            f"at {_THRESHOLD} {shown:.3f}"
        )
    return "; ".join(told)


def _worlds(
    look: Looked, right: Sequence[int], kinds: Sequence[str], library: Library
) -> tuple[NDArray[np.bool_], ...]:
    """Which sections are there: all, those of other topics, those of other kinds or topics."""
    pages = {library.owners[number] for number in right}
    names = frozenset().union(*(library.names[page] for page in pages))
    same = {page for page, called in library.names.items() if called & names}
    topic = np.array([section.key[0] in same for section in look.sections])
    kind = np.array([section.kind in kinds for section in look.sections])
    return np.ones(len(topic), bool), ~topic, ~(topic & kind)


def _grounds(look: Looked, kept: NDArray[np.bool_], ranker: Ranker) -> tuple[float, ...] | None:
    sections = [section for section, stays in zip(look.sections, kept, strict=True) if stays]
    if not sections:
        return None
    believed = shares(ranker.scores(matrix_of(section.signals for section in sections)))
    order = np.argsort(-believed, kind="stable")
    ranked = [sections[i] for i in order]
    found = grounds(look.question, ranked, [float(believed[i]) for i in order], look.rarity)
    return tuple(getattr(found, name) for name in GROUNDS)

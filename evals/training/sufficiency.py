"""The sufficiency score: learned from questions whose answer was taken out of the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from chatbot.ranking import matrix_of, shares
from chatbot.sufficiency import GROUNDS, grounds
from evals.training.features import fold_of, kinds_asked, page_of, right_places
from evals.training.ranker import first_five

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from chatbot.ranking import Ranker
    from evals.datasets.schema import Case
    from evals.training.features import Library, Looked
    from evals.training.material import Material

# What the figures are told at: the share of answerable questions that is answered.
_COVERAGE = 0.95
# Above it a question is answered. A choice, and not a fit: docs/learning.md has what others give.
_THRESHOLD = 0.25
_C = 1.0
# A question of the templates counts so much more than a lay one: whether its answer is there is
# certain, while a lay one may well be answered by another page.
_TEMPLATE_WEIGHT = 3.0
# One answered world stands against two from which the answer was taken.
_ANSWERED_WEIGHT = 2.0
# So that the few questions of a small library count as a tenth of the whole.
_SMALL_WEIGHT = 8.0


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that is asked of a library and of what is left of it.

    Attributes:
        look: What the retriever looked at.
        worlds: Which of its sections are there, each shape (sections,): see `worlds`.
        ranker: One that did not learn from the question, where there is one.
        fold: Of the cross-validation.
        label: What it is told under.
        weight: How much it counts.
    """

    look: Looked
    worlds: tuple[NDArray[np.bool_], ...]
    ranker: Ranker
    fold: int
    label: str
    weight: float


def probes(looked: Sequence[Looked], rankers: Sequence[Ranker], material: Material) -> list[Probe]:
    """The cases that are learned from."""
    return [
        Probe(
            look,
            worlds(look, material.right[i], material.kinds[i], material.library),
            rankers[i],
            int(material.folds[i]),
            "lay" if material.lay[i] else "template",
            1.0 if material.lay[i] else _TEMPLATE_WEIGHT,
        )
        for i, look in enumerate(looked)
    ]


def small_probes(
    few: Sequence[Looked], cases: Sequence[Case], library: Library, ranker: Ranker
) -> list[Probe]:
    """The cases over a small library: there, other things are alike and other pages near."""
    places = [sorted(right_places(case, library)) for case in cases]
    kinds = kinds_asked(cases, library)
    result = []
    for look, case, found, asked in zip(few, cases, places, kinds, strict=True):
        right = [number for place in found for number in library.chunks.get(place, [])]
        if right:
            kept = worlds(look, right, asked, library)
            fold = fold_of(page_of(case))
            result.append(Probe(look, kept, ranker, fold, "small library", _SMALL_WEIGHT))
    return result


def fit_sufficiency(asked: Sequence[Probe]) -> tuple[dict[str, float], str]:
    """Ground -> weight, with intercept and threshold; and the cross-validated figures.

    What is learned is whether the section that comes first answers the question.
    """
    rows, groups, owners, right = [], [], [], []
    for i, probe in enumerate(asked):
        for number, kept in enumerate(probe.worlds):
            found = _grounds(probe.look, kept, probe.ranker)
            if found is not None:
                rows.append(found)
                groups.append(number)
                owners.append(i)
                right.append(number == 0 and first_five(probe.look.ranked, probe.ranker)[3])
    x, y = np.array(rows), np.array(right)
    group, owner = np.array(groups), np.array(owners)
    importance = np.array([probe.weight for probe in asked])[owner]
    importance *= np.where(group == 0, _ANSWERED_WEIGHT, 1.0)
    folds = np.array([probe.fold for probe in asked])[owner]
    centre, scale = x.mean(0), x.std(0) + 1e-6
    scaled = (x - centre) / scale
    predicted = np.zeros(len(y))
    for fold in np.unique(folds):
        held = folds == fold
        model = LogisticRegression(C=_C, max_iter=1000)
        model.fit(scaled[~held], y[~held], sample_weight=importance[~held])
        predicted[held] = model.predict_proba(scaled[held])[:, 1]
    final = LogisticRegression(C=_C, max_iter=1000).fit(scaled, y, sample_weight=importance)
    slopes = final.coef_[0] / scale
    numbers = {name: round(float(v), 4) for name, v in zip(GROUNDS, slopes, strict=True)}
    numbers["intercept"] = round(float(final.intercept_[0] - slopes @ centre), 4)
    numbers["threshold"] = _THRESHOLD
    labels = np.array([probe.label for probe in asked])[owner]
    told = [
        f"{label}: {_told(predicted[labels == label], group[labels == label])}"
        for label in dict.fromkeys(labels.tolist())
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


def worlds(
    look: Looked, right: Sequence[int], kinds: Sequence[str], library: Library
) -> tuple[NDArray[np.bool_], ...]:
    """Which sections are there: all, those of other topics, those of other kinds or topics.

    So each question is asked three times: of the whole library, of one without every page on its
    topic, and of one without the section it asks for.
    """
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

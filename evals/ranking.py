"""How good a ranking is, on graded judgements; the measures come from ir-measures.

Passages are collapsed to sections first: a section stands where its best passage does, so that a
long section in many passages neither gains nor loses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from evals.datasets.schema import RELEVANT_GRADE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evals.cases import Case, Relevant
    from ingest.documents import Passage

NDCG, MRR, SUCCESS, JUDGED = "ndcg_at_10", "mrr_at_10", "success_at_5", "judged_at_5"
MEASURES = (NDCG, MRR, SUCCESS, JUDGED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a found text stands; all that a ranking is judged by."""

    document_id: str
    title: str
    heading: str


def places(passages: Iterable[Passage]) -> tuple[Place, ...]:
    """Where these passages stand, in the same order."""
    return tuple(Place(p.document.id, p.document.title, p.heading) for p in passages)


def is_at(place: Place, relevant: Relevant, *, heading: bool = True) -> bool:
    """Whether a place is in the section meant; without `heading`, in the document meant."""
    right = place.document_id == relevant.document_id or place.title == relevant.title
    return right and (not heading or relevant.heading in (None, place.heading))


def among(found: Iterable[Place], relevant: Sequence[Relevant], *, heading: bool = True) -> bool:
    """Whether one of these places is one of those meant."""
    return any(is_at(place, each, heading=heading) for place in found for each in relevant)


def ranking_measures(case: Case, found: Sequence[Place]) -> dict[str, float | None]:
    """The measures of a ranking; None for one that the case's judgements do not allow.

    nDCG needs a judgement above 0, the rank of the first relevant and success one of 2 or more,
    the share of what is judged any at all.
    """
    grades = {str(number): relevant.grade for number, relevant in enumerate(case.relevant)}
    best = max(grades.values(), default=-1)
    values = _measured(tuple(grades.items()), tuple(_sections(case, found)))
    lowest = {NDCG: 1, MRR: RELEVANT_GRADE, SUCCESS: RELEVANT_GRADE, JUDGED: 0}
    return {name: values[name] if best >= lowest[name] else None for name in MEASURES}


def _sections(case: Case, found: Sequence[Place]) -> list[str]:
    """The sections found, each once, best first: a judged one by the number of its judgement."""
    names: list[int | tuple[str, str]] = []
    for place in found:
        meant = [n for n, relevant in enumerate(case.relevant) if is_at(place, relevant)]
        # A judgement of the section says more than one of the whole document.
        meant.sort(key=lambda n: (case.relevant[n].heading is None, -case.relevant[n].grade))
        names.append(meant[0] if meant else (place.document_id, place.heading))
    # Plain names: trec_eval, which is beneath, reads a name up to its first odd character.
    return [
        str(name) if isinstance(name, int) else f"other-{number}"
        for number, name in enumerate(dict.fromkeys(names))
    ]


@lru_cache(maxsize=8)
def _measured(grades: tuple[tuple[str, int], ...], ranked: tuple[str, ...]) -> dict[str, float]:
    import ir_measures  # noqa: PLC0415 - only where a ranking is judged

    run = [ir_measures.ScoredDoc("q", name, -rank) for rank, name in enumerate(ranked)]
    judged = [ir_measures.Qrel("q", name, grade) for name, grade in grades]
    if not run or not judged:
        return dict.fromkeys(MEASURES, 0.0)
    values = ir_measures.calc_aggregate(list(_asked()), judged, run)
    return {_asked()[measure]: float(value) for measure, value in values.items()}


@cache
def _asked() -> dict[Any, str]:
    """Each measure with our name for it; gains are the grades, discounted by log2 of the rank."""
    from ir_measures import RR, Judged, Success, nDCG  # noqa: PLC0415

    return {
        nDCG @ 10: NDCG,
        RR(rel=RELEVANT_GRADE) @ 10: MRR,
        Success(rel=RELEVANT_GRADE) @ 5: SUCCESS,
        Judged @ 5: JUDGED,
    }

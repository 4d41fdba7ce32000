"""The default composer: sentences and list items of the documents, word for word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.compose import Draft
from chatbot.compose.selection import Unit, is_repeated, select, units_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatbot.retrieval import Retrieval
    from ingest.documents import Passage

# Words of the whole answer, and of its parts.
_BUDGET = 120
_BUDGET_WITH_RED_FLAGS = 85
_RED_FLAGS_BUDGET = 45
_SECOND_SOURCE_MIN = 25
_SOURCES_MAX = 3
# A further document is heard when its passage is nearly as good as the best one.
_SECOND_SOURCE_SCORE = 0.85
_RED_FLAGS = "red flags"
# Answers to questions of these kinds close with the topic's red flags.
_CLOSED_BY_RED_FLAGS = frozenset(
    ["signs and symptoms", "treatment", "treatment options", "medication", "disease severity",
     "lifestyle recommendations"]
)  # fmt: skip
RED_FLAGS_LABEL = "Get medical help"


class ExtractiveComposer:
    """Takes the section that fits best, then what other documents add, then red flags."""

    name = "extractive"

    def compose(self, retrieval: Retrieval) -> list[Draft]:
        """The sentences of the answer in reading order; none if nothing fits."""
        if not retrieval.passages:
            return []
        best = retrieval.passages[0]
        flags = self._red_flags(retrieval, best)
        room = _BUDGET_WITH_RED_FLAGS if flags else _BUDGET
        drafts: list[Draft] = []
        said: list[Unit] = []
        for passage in _sources(retrieval):
            budget = room - sum(unit.words for unit in said)
            if said and budget < _SECOND_SOURCE_MIN:
                break
            drafts += self._from(passage, retrieval, said, budget, len(drafts))
        for passage in flags:
            new = self._from(passage, retrieval, said, _RED_FLAGS_BUDGET, len(drafts))
            drafts += [replace(new[0], label=RED_FLAGS_LABEL), *new[1:]] if new else []
        return drafts

    def _from(
        self,
        passage: Passage,
        retrieval: Retrieval,
        said: list[Unit],
        budget: int,
        block: int,
    ) -> list[Draft]:
        """Drafts from a passage's section; what was said before is not said again."""
        units = units_of(passage.document, passage.chunk.section)
        fresh = [unit for unit in units if not said or not is_repeated(unit, said)]
        if said and sum(not unit.leads for unit in fresh) == 0:
            return []
        chosen = select(fresh, budget, retrieval.rarity) if fresh else []
        said += chosen
        find = _passage_finder(retrieval, passage)
        return [
            Draft(
                text=unit.text,
                passage=find(unit.segment.start),
                start=unit.segment.start,
                end=unit.segment.end,
                item=unit.segment.bullet,
                block=block + unit.segment.block,
            )
            for unit in chosen
        ]

    def _red_flags(self, retrieval: Retrieval, best: Passage) -> list[Passage]:
        """The first passage of red flags on the best passage's topic, if they belong here."""
        kind = best.chunk.section.kind
        if kind not in _CLOSED_BY_RED_FLAGS:
            return []
        topical = {best.document.id}
        for topic in retrieval.question.topics:
            if best.document.id in topic.documents:
                topical |= topic.documents
        found = [
            passage
            for passage in retrieval.passages
            if passage.chunk.section.kind == _RED_FLAGS and passage.document.id in topical
        ]
        own = [passage for passage in found if passage.document.id == best.document.id]
        return (own or found)[:1]


def _sources(retrieval: Retrieval) -> Sequence[Passage]:
    """The best passage, and those of other documents that are nearly as good, one each."""
    best = retrieval.passages[0]
    kind_of_best = retrieval.signals[best.chunk.id].kind
    sources = {best.document.id: best}
    for passage in retrieval.passages[1:]:
        good = passage.score >= _SECOND_SOURCE_SCORE * best.score
        fits = retrieval.signals[passage.chunk.id].kind >= kind_of_best
        if good and fits and len(sources) < _SOURCES_MAX:
            sources.setdefault(passage.document.id, passage)
    return list(sources.values())


def _passage_finder(retrieval: Retrieval, passage: Passage) -> Callable[[int], Passage]:
    """Finds the passage of the same section in which an offset lies."""
    section = [
        other
        for other in retrieval.passages
        if other.document.id == passage.document.id and other.chunk.section == passage.chunk.section
    ]

    def find(offset: int) -> Passage:
        holding = (p for p in section if p.chunk.start <= offset < p.chunk.end)
        return next(holding, passage)

    return find

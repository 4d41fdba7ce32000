"""The default composer: sentences and list items of the documents, word for word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.compose import Draft
from chatbot.compose.contradictions import contradict
from chatbot.compose.facts import expected_fact
from chatbot.compose.selection import (
    Unit,
    Wanted,
    is_repeated,
    listed,
    select,
    units_of,
    without_empty_leads,
    without_repeats,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from chatbot.retrieval import Retrieval
    from ingest.documents import Passage

# Words of the whole answer; red flags take their share of them, and so do further sources.
_BUDGET = 120
_ANSWER_MIN = 65
_RED_FLAGS_BUDGET = 70
# A warning may be said again in other words, but not in the same.
_SAME = 0.95
_FITTING = 0.5
# Passages that are looked through for something to say.
_TRIED = 10
_FIRST_SOURCE_SHARE = 0.65
_SECOND_SOURCE_MIN = 20
_SOURCES_MAX = 3
# A further document is heard when its passage is nearly as good as the best one.
_SECOND_SOURCE_SCORE = 0.35
_RED_FLAGS = "red flags"
# Answers to questions of these kinds close with the topic's red flags.
_CLOSED_BY_RED_FLAGS = frozenset(
    ["signs and symptoms", "treatment", "treatment options", "medication", "disease severity",
     "lifestyle recommendations"]
)  # fmt: skip
RED_FLAGS_LABEL = "Get medical help"
# Before a sentence of another page that contradicts the answer so far.
RIVAL_LABEL = "Another page says something different"
# So many other pages on the topic are read for contradictions.
_RIVALS_MAX = 3


class ExtractiveComposer:
    """Takes the section that fits best, then what other sections add, then red flags."""

    name = "extractive"

    def compose(self, retrieval: Retrieval) -> list[Draft]:
        """The sentences of the answer in reading order; none if nothing fits."""
        retrieval = _from_first_usable(retrieval)
        if not retrieval.passages:
            return []
        flags_from = _red_flags(retrieval)
        flags = _warnings(flags_from) if flags_from else []
        room = max(_BUDGET - _words(flags), _ANSWER_MIN)
        sources = _sources(retrieval)
        drafts: list[Draft] = []
        said: list[Unit] = []
        rivals: list[tuple[Passage, Unit]] = []
        for passage in sources:
            share = _FIRST_SOURCE_SHARE if len(sources) > 1 and not said else 1.0
            budget = int(room * share) - _words(said)
            if said and budget < _SECOND_SOURCE_MIN:
                break
            units = _chosen(passage, said, budget, retrieval)
            drafts += _drafts(units, passage, retrieval, len(drafts))
            said += units
            if passage is sources[0]:
                rivals = _rivals(units, passage, retrieval)
                said += [unit for _, unit in rivals]
        for passage, unit in rivals:
            (draft,) = _drafts([unit], passage, retrieval, len(drafts))
            drafts.append(replace(draft, label=RIVAL_LABEL, disagrees=True))
        if flags_from:
            kept = without_empty_leads(
                [unit for unit in flags if not is_repeated(unit, said, _SAME)]
            )
            closing = _drafts(kept, flags_from, retrieval, len(drafts))
            drafts += [replace(draft, label=RED_FLAGS_LABEL) for draft in closing[:1]]
            drafts += closing[1:]
        return drafts


def _from_first_usable(retrieval: Retrieval) -> Retrieval:
    """Leaves out the best passages if their sections are mere link lists and another one answers.

    Where none does, the link list is what the library has on the question.
    """
    question = retrieval.question
    for i, passage in enumerate(retrieval.passages[:_TRIED]):
        fits = not i or (
            passage.document.id in retrieval.same_topic
            and question.answered_by(passage.chunk.section.kind) >= _FITTING
        )
        if fits and units_of(passage.document, passage.chunk.section):
            return replace(retrieval, passages=retrieval.passages[i:])
    return retrieval


def _words(units: Iterable[Unit]) -> int:
    return sum(unit.words for unit in units)


def _chosen(
    passage: Passage, said: Collection[Unit], budget: int, retrieval: Retrieval
) -> list[Unit]:
    """Units of a passage's section; what was said before is not said again."""
    document, section = passage.document, passage.chunk.section
    units = units_of(document, section) or units_of(document, section, page_talk=True)
    fresh = without_repeats(units, said)
    return select(fresh, budget, _wanted(passage, retrieval)) if fresh else []


def _wanted(passage: Passage, retrieval: Retrieval) -> Wanted:
    """What tells where in a section the answer stands.

    In a section of another kind than asked for, the words that ask are among its words: treatment
    in a page's only section.
    """
    question = retrieval.question
    words = retrieval.rarity
    if question.answered_by(passage.chunk.section.kind) < _FITTING:
        words = {**dict.fromkeys(question.asked, 1.0), **words}
    nearest = (passage.chunk.start, passage.chunk.end) if question.specifics else None
    return Wanted(words, nearest, expected_fact(question.text))


def _rivals(
    units: Sequence[Unit], passage: Passage, retrieval: Retrieval
) -> list[tuple[Passage, Unit]]:
    """Sentences of other pages on the topic that contradict these; one a page, with its passage.

    They are shown beside what they contradict: a reader who sees one figure takes it for the only
    one. Looked for in sections of the same kind.
    """
    kind = passage.chunk.section.kind
    pages: dict[str, Passage] = {}
    for other in retrieval.passages:
        if other.document.id in retrieval.same_topic and other.chunk.section.kind == kind:
            pages.setdefault(other.document.id, other)
    pages.pop(passage.document.id, None)
    found = []
    for other in list(pages.values())[:_RIVALS_MAX]:
        for unit in units_of(other.document, other.chunk.section):
            if any(contradict(unit, mine) for mine in units):
                found.append((other, unit))
                break
    return found


def _warnings(passage: Passage) -> list[Unit]:
    """The first red flags of a section: its list, or its sentences where it has none."""
    units = units_of(passage.document, passage.chunk.section)
    listed = [unit for unit in units if unit.leads or unit.segment.bullet]
    return select(listed or units, _RED_FLAGS_BUDGET)


def _drafts(
    units: Sequence[Unit], passage: Passage, retrieval: Retrieval, block: int
) -> list[Draft]:
    """The units as drafts; their blocks are numbered on from `block`."""
    find = _passage_finder(retrieval, passage)
    section = units_of(passage.document, passage.chunk.section)
    cut = {
        shown[-1]
        for block in {unit.segment.block for unit in units}
        if 0 < len(shown := listed(units, block)) < len(listed(section, block))
    }
    return [
        Draft(
            text=unit.text,
            passage=find(unit.segment.start),
            start=unit.segment.start,
            end=unit.segment.end,
            item=unit.segment.bullet,
            block=block + unit.segment.block,
            cut_list=unit in cut,
        )
        for unit in units
    ]


def _red_flags(retrieval: Retrieval) -> Passage | None:
    """The first passage of red flags on the best passage's topic, if they belong here."""
    best = retrieval.passages[0]
    if best.chunk.section.kind not in _CLOSED_BY_RED_FLAGS:
        return None
    found = [
        passage
        for passage in retrieval.passages
        if passage.chunk.section.kind == _RED_FLAGS and passage.document.id in retrieval.same_topic
    ]
    # Of the page that answers, if it has some; of a section, its beginning.
    found.sort(key=lambda passage: (passage.document.id != best.document.id, passage.chunk.start))
    return found[0] if found else None


def _sources(retrieval: Retrieval) -> list[Passage]:
    """The best passage, and those that are nearly as good, one a section.

    They come from other documents about the same topic, or stand beside the best one under one
    heading ("Causes in the nerves" beside "Causes in the muscle").
    """
    best = retrieval.passages[0]
    kind_of_best = retrieval.signals[best.chunk.id].kind
    above = best.chunk.section.heading_path[:-1]
    sources = {(best.document.id, best.chunk.section.start): best}
    for passage in retrieval.passages[1:]:
        section = passage.chunk.section
        heard = {document for document, _ in sources}
        other = passage.document.id in retrieval.same_topic - heard
        beside = bool(above) and section.heading_path[:-1] == above
        good = passage.score >= _SECOND_SOURCE_SCORE * best.score
        fits = retrieval.signals[passage.chunk.id].kind >= kind_of_best
        if good and fits and (other or beside) and len(sources) < _SOURCES_MAX:
            sources.setdefault((passage.document.id, section.start), passage)
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

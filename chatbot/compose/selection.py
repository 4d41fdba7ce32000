"""Which sentences and list items of a section answer a question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.words import stems, tokens, word_list
from ingest.references import reference_marks, without_references
from ingest.segments import Segment, segments

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ingest.documents import Document, Section

_SPACES = re.compile(r"\s+")
# An opening of fewer words is not worth the jump to where the answer goes on.
_OPENING_MIN = 25
# What it counts, where 1.5 is to have all words of the question, that a place lies in the passage
# most like the question, and that it opens with such a fact as is asked for.
_NEAREST = 0.2
_FACT = 0.3
# By so much a place must be better than the top of the section.
_CLEARLY = 0.15
# How far a list may exceed the words allowed before it is left out instead.
_OVERRUN = 1.4
# Sentences about the page itself, or that only send the reader elsewhere.
# Narrow on purpose: "Visit a hospital at once" and "Note: do not take aspirin" are advice.
_ABOUT_THE_PAGE = re.compile(
    r"^(what|who|how|when|why|is|are|can|do|does|which)\b[^.]*\?$"
    r"|^understanding (these|this|the) (underlying )?(mechanism|cause|process|factor)"
    r"|^(read more|learn more|click (here|on)|for more information)\b"
    r"|^if the information is available|^much of this information|^the table below"
    r"|^this (page|article|summary|table) (is|gives|describes|lists|covers|provides|contains)"
    r"|^you can (use|find|visit|search) [^.]{0,60}\b(dictionary|web ?site|web page|links?|online)\b"
    r"|\b(these|following) resources\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment with its words."""

    segment: Segment
    text: str
    words: int
    stems: frozenset[str]

    @property
    def leads(self) -> bool:
        """True for a line that introduces a list."""
        return self.segment.role == "lead"


def units_of(document: Document, section: Section, *, page_talk: bool = False) -> list[Unit]:
    """The section's sentences and items that can stand in an answer.

    Talk about the page itself is left out, unless `page_talk` asks for it.
    """
    marks = reference_marks(document.text)
    found = []
    left_out = set()
    for segment in segments(document.text, section.start, section.end):
        words = without_references(document.text, marks, segment.start, segment.end)
        text = _SPACES.sub(" ", words).strip()
        is_talk = not page_talk and _ABOUT_THE_PAGE.search(text) is not None
        if is_talk and segment.role == "lead":
            # Its list goes with it.
            left_out.add(segment.block)
        elif segment.role != "label" and not is_talk:
            found.append(Unit(segment, text, len(text.split()), frozenset(stems(text))))
    kept = [unit for unit in found if unit.segment.block not in left_out]
    return without_empty_leads(kept)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What tells where in a section the answer stands.

    Attributes:
        words: The question's own words (stems), each with its weight.
        nearest: Where in the document the passage lies that is most like the question; None for
            a question without words of its own.
        fact: What the fact asked for looks like in lower case; None where none is asked for.
    """

    words: Mapping[str, float]
    nearest: tuple[int, int] | None = None
    fact: re.Pattern[str] | None = None


NOTHING_WANTED = Wanted({})


def select(units: Sequence[Unit], budget: int, wanted: Wanted = NOTHING_WANTED) -> list[Unit]:
    """The units that answer best within some `budget` words, in the order of the text.

    A section that fits is taken whole. Of a longer one the beginning is taken, where a page
    says what matters most; but a paragraph or list that has the question's own words, which its
    beginning lacks, comes in its place.

    Args:
        units: The section's units.
        budget: How many words; the last unit may exceed it a little.
        wanted: What tells where the answer stands.
    """
    if sum(unit.words for unit in units) <= budget * 1.15:
        return list(units)
    start = _best_start(units, budget, wanted)
    chosen = _take(units[start:], budget)
    if start and _leans(chosen[0].text) and not chosen[0].segment.bullet:
        # The sentence it leans on comes along.
        start -= 1
        chosen.insert(0, units[start])
    # What is left of the room goes to how the section begins.
    room = budget - sum(unit.words for unit in chosen)
    opening = _take(units[:start], room) if start and room >= _OPENING_MIN else []
    return _with_fair_lists([*opening, *chosen], units, budget)


def listed(units: Sequence[Unit], block: int) -> list[Unit]:
    """The items of one list."""
    return [u for u in units if u.segment.bullet and u.segment.block == block]


def _with_fair_lists(chosen: Sequence[Unit], units: Sequence[Unit], budget: int) -> list[Unit]:
    """Completes or drops lists of which less than half was taken, unless there is nothing else.

    "The warning signs are:" and one of six would say that there is one.
    """
    kept = list(chosen)
    for block in dict.fromkeys(unit.segment.block for unit in chosen if unit.segment.bullet):
        whole, taken = listed(units, block), listed(kept, block)
        if 2 * len(taken) >= len(whole):
            continue
        half = whole[: (len(whole) + 1) // 2]
        missing = [unit for unit in half if unit not in taken]
        words = sum(unit.words for unit in [*kept, *missing])
        others = [unit for unit in kept if unit.segment.block != block]
        if words <= budget * _OVERRUN:
            kept = [unit for unit in units if unit in kept or unit in missing]
        elif any(not unit.leads for unit in others):
            kept = others
    return without_empty_leads(kept)


def is_repeated(unit: Unit, said: Iterable[Unit], share: float = 0.7) -> bool:
    """True when such a share of the unit's words was said at once; a lead says nothing itself."""
    if unit.leads:
        return False
    content = unit.stems - word_list("stop")
    if not content:
        return True
    return any(len(content & other.stems) >= share * len(content) for other in said)


def without_repeats(units: Sequence[Unit], said: Collection[Unit]) -> list[Unit]:
    """The units that say something new; a list stays whole, or goes when most of it was said.

    Half of a list under "The main causes are:" would say that there are no others.
    """
    repeated = {i for i, unit in enumerate(units) if is_repeated(unit, said)}
    kept = []
    for i, unit in enumerate(units):
        listed = [
            j
            for j, other in enumerate(units)
            if other.segment.bullet and other.segment.block == unit.segment.block
        ]
        if unit.segment.bullet or unit.leads:
            keep = 2 * len(repeated.intersection(listed)) < len(listed)
        else:
            keep = i not in repeated
        if keep:
            kept.append(unit)
    return without_empty_leads(kept)


def _best_start(units: Sequence[Unit], budget: int, wanted: Wanted) -> int:
    """Where to begin: at the top, unless another place has clearly more of what is wanted."""
    starts = [i for i in range(len(units)) if _may_begin(units, i)]
    scores = {}
    for start in starts:
        taken = _take(units[start:], budget)
        words = frozenset().union(*(unit.stems for unit in taken))
        opening = taken[:2] if taken[0].leads else taken[:1]
        first = frozenset().union(*(unit.stems for unit in opening))
        scores[start] = _share(words, wanted.words) + 0.5 * _share(first, wanted.words)
        if wanted.nearest and wanted.nearest[0] <= taken[0].segment.start < wanted.nearest[1]:
            scores[start] += _NEAREST
        if wanted.fact and any(wanted.fact.search(unit.text.casefold()) for unit in opening):
            scores[start] += _FACT
    best = max(starts, key=lambda start: (scores[start], -start))
    return best if scores[best] > scores[starts[0]] + _CLEARLY else starts[0]


def _may_begin(units: Sequence[Unit], i: int) -> bool:
    """Inside a list only its lead may begin an answer."""
    return (
        i == 0
        or not units[i].segment.bullet
        or (units[i - 1].segment.block != units[i].segment.block)
    )


def _share(words: Collection[str], rarity: Mapping[str, float]) -> float:
    total = sum(rarity.values())
    return sum(weight for word, weight in rarity.items() if word in words) / total if total else 0.0


def _take(units: Sequence[Unit], budget: int) -> list[Unit]:
    """Units from the first on while they fit; at least one, and a lead's first items with it."""
    taken: list[Unit] = []
    words = 0
    for unit in units:
        owed = taken and taken[-1].leads
        if taken and words + unit.words > budget and not owed:
            break
        taken.append(unit)
        words += unit.words
    return taken


def _leans(text: str) -> bool:
    first = next(iter(tokens(text)), "")
    return first in word_list("leaning")


def without_empty_leads(units: Sequence[Unit]) -> list[Unit]:
    """Drops lines that introduce a list of which nothing follows."""
    kept: list[Unit] = []
    for unit in reversed(units):
        after = kept[-1] if kept else None
        if unit.leads and (after is None or after.segment.block != unit.segment.block):
            continue
        kept.append(unit)
    return kept[::-1]

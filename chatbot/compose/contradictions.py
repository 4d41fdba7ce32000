"""Do two sentences of different pages contradict each other: other figures, or a denial.

Only what can be told from the words: two sentences that speak of the same thing, and give figures
of one unit that do not meet, or of which one says "not". Two of the kinds of contradiction that
de Marneffe, Rafferty and Manning list ("Finding Contradictions in Text", 2008): numeric and
negation.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from chatbot.words import stem, tokens, word_list

if TYPE_CHECKING:
    from chatbot.compose.selection import Unit

# Of the words that carry meaning, so many must be shared, of the shorter sentence's and of the
# longer one's: a denial is only one where all else is the same.
_SHARED_MIN = 3
_SHARED_FIGURES = 0.6
_SHARED_DENIAL = 0.75
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_FIGURE = re.compile(
    r"(?P<bound>\b(?:at least|more than|over|above|no less than|up to|at most|no more than"
    r"|less than|fewer than|under|below)\s+)?"
    rf"\b(?P<one>(?:1|one) (?:in|out of)(?: every)? )?(?P<low>{_NUMBER})"
    rf"(?:\s*(?:-|\N{{EN DASH}}|to|or)\s*(?P<high>{_NUMBER}))?[\s-]*(?P<unit>%|[a-z]+)?"
)
_AT_LEAST = ("at least", "more than", "over", "above", "no less than")
_ONE_IN = "one in"


def contradict(one: Unit, other: Unit) -> bool:
    """True when two sentences say different things of the same subject."""
    if one.leads or other.leads:
        return False
    mine, theirs = _subject(one.text), _subject(other.text)
    shared = len(mine & theirs)
    if shared < _SHARED_MIN:
        return False
    if shared >= _SHARED_DENIAL * max(len(mine), len(theirs)):
        return _denies(one.text) != _denies(other.text) or _figures_differ(one.text, other.text)
    return shared >= _SHARED_FIGURES * min(len(mine), len(theirs)) and _figures_differ(
        one.text, other.text
    )


def _subject(text: str) -> frozenset[str]:
    """Stems of what a sentence speaks of, without its figures and denials."""
    left_out = word_list("stop") | word_list("negations")
    return frozenset(
        stem(word)
        for word in tokens(text)
        if word not in left_out and not any(letter.isdigit() for letter in word)
    )


def _denies(text: str) -> bool:
    """True for an odd number of denials."""
    return sum(word in word_list("negations") for word in tokens(text)) % 2 == 1


def _figures_differ(one: str, other: str) -> bool:
    mine, theirs = figures(one), figures(other)
    return any(
        mine[unit][1] < theirs[unit][0] or theirs[unit][1] < mine[unit][0]
        for unit in mine.keys() & theirs.keys()
    )


def figures(text: str) -> dict[str, tuple[float, float]]:
    """Unit -> the range of the figures with that unit: "5 to 10 percent", "at least 7 hours".

    A figure's unit is the word that follows it; figures without one are left out.
    """
    found: dict[str, tuple[float, float]] = {}
    for match in _FIGURE.finditer(text.casefold()):
        if match["one"]:
            unit = _ONE_IN
        elif match["unit"] is None or match["unit"] in word_list("stop"):
            continue
        else:
            unit = "percent" if match["unit"] == "%" else stem(match["unit"])
        low = float(match["low"].replace(",", ""))
        high = float(match["high"].replace(",", "")) if match["high"] else low
        bound = (match["bound"] or "").strip()
        if bound:
            low, high = (low, math.inf) if bound in _AT_LEAST else (0.0, high)
        before = found.get(unit, (low, high))
        found[unit] = (min(low, before[0]), max(high, before[1]))
    return found

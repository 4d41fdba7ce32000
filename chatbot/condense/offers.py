"""Questions that the last answer offered, and which of them is taken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatbot.condense.wording import parts, words_of
from chatbot.words import stem, word_list

if TYPE_CHECKING:
    from collections.abc import Sequence

_ITEM = re.compile(r"^- (.+)$", re.MULTILINE)
_PREFIX_MIN = 4
_LAST = -1


def offered(reply: str, heading: str) -> tuple[str, ...]:
    """The questions that an answer lists below the line that offers them."""
    _, found, rest = reply.partition(heading)
    return tuple(_ITEM.findall(rest)) if found else ()


def choice(text: str, offers: Sequence[str]) -> str | None:
    """The offered question that is taken: by its place, by its words, or the first for a "yes"."""
    words = parts(text)
    left = [word for word in words if word not in words_of("taking") and _place(word) is None]
    if not left:
        return _by_place(words, offers)
    if any(word in words_of("verbs") - {"tell"} for word in words):
        return None
    stems = {stem(word) for word in left if word not in word_list("stop") or len(left) == 1}
    fits = [sum(_has(offer, wanted) for wanted in stems) for offer in offers]
    best = max(fits)
    if best == 0 or best < len(stems) or fits.count(best) > 1:
        return None
    return offers[fits.index(best)]


def _by_place(words: Sequence[str], offers: Sequence[str]) -> str | None:
    places = {word: place for word in words if (place := _place(word)) is not None}
    # "The second one": "one" is a number only where there is no other.
    numbers = [place for word, place in places.items() if word != "one"] or list(places.values())
    if numbers:
        return offers[numbers[0]] if numbers[0] < len(offers) else None
    agreed = words_of("agreeing") & set(words) and "no" not in words
    return offers[0] if agreed else None


def _place(word: str) -> int | None:
    for place, name in enumerate(("first", "second", "third")):
        if word in words_of(name):
            return place
    return _LAST if word in words_of("last") else None


def _has(text: str, wanted: str) -> bool:
    """True where a word of the text has this stem, or one begins with the other."""
    found = {stem(word) for word in parts(text)}
    long = {word for word in found if min(len(word), len(wanted)) >= _PREFIX_MIN}
    return wanted in found or any(w.startswith(wanted) or wanted.startswith(w) for w in long)

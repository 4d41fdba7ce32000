"""How a token can be read: as written, as a misspelt rule word, as a number."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chatbot.sounds import sound
from chatbot.triage.normalise import COULD_NOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_REPEATED = re.compile(r"(.)\1{2,}")
_SHORTEST_WORD = 5
_LONG_WORD = 8
_MOST_UNKNOWN = 90
_LONG_STEM = 6
# A slip must not deny what is said: "decied" is decided, not denied.
_NO_GUESS = frozenset({"denied", "denies"})
# So many letters may differ in a word that sounds alike; in a short one, one less.
_SLIPS_BY_SOUND = 3
_USUAL_ENDINGS = ("s", "ing", "ness")
# A pattern such as "breath*" stands for these forms when a misspelt word is compared with it.
_FORMS = ("", "e", "s", "es", "ed", "d", "ing", "ness", "less", "er", "y", "ion", "ly", "ic")


class Speller:
    """Gives the readings of a word, knowing the words of the rules.

    Args:
        symbols: Every word, ``word*`` and ``#`` that a pattern names.
        known: Words of the language that are never taken for a misspelt rule word.
        numbers: The number words.
        short_forms: What people type, and the one word it stands for; a slip in it is read so too.
        by_sound: Words that a misspelt word is also taken for by its sound, when no rule word is
            closer; None to read every word as written.
    """

    def __init__(
        self,
        symbols: Iterable[str],
        known: Iterable[str],
        numbers: Iterable[str],
        *,
        short_forms: Mapping[str, str],
        by_sound: Iterable[str] | None,
    ) -> None:
        """Sort the words of the rules."""
        plain = {symbol for symbol in symbols if symbol[0] not in "{#"}
        self._stems = frozenset(symbol[:-1] for symbol in plain if symbol.endswith("*"))
        self._words = frozenset(symbol for symbol in plain if not symbol.endswith("*"))
        self._known = frozenset(known)
        self._numbers = frozenset(numbers)
        forms = {stem + form for stem in self._stems for form in _FORMS}
        forms |= {f"{stem}{stem[-1]}{form}" for stem in self._stems for form in ("ed", "ing")}
        self._targets: dict[int, list[str]] = {}
        self._short_forms = dict(short_forms)
        for word in sorted(self._words | forms | self._short_forms.keys() | self._numbers):
            if len(word) >= _SHORTEST_WORD and word.isalpha() and word not in _NO_GUESS:
                self._targets.setdefault(len(word), []).append(word)
        self._sounds: dict[str, list[str]] = {}
        for word in by_sound or ():
            self._sounds.setdefault(sound(word), []).append(word)
        self._long_stems: dict[int, list[str]] = {}
        for stem in sorted(self._stems):
            if len(stem) >= _LONG_STEM:
                self._long_stems.setdefault(len(stem), []).append(stem)
        self._forgiving = by_sound is not None
        self._read = lru_cache(maxsize=20_000)(self._readings)
        self._nearest = lru_cache(maxsize=20_000)(self._find_nearest)

    def read_all(self, words: Iterable[str]) -> list[frozenset[str]]:
        """The readings of every word of a message.

        The first words that are none the rules know are compared with all of theirs; in a long
        text of many such words the rest is read as written, so that the work is bounded.
        """
        left = _MOST_UNKNOWN if self._forgiving else 0
        readings: dict[str, frozenset[str]] = {}
        found: list[frozenset[str]] = []
        for word in words:
            if word not in readings:
                unknown = word not in self._words and word not in self._known
                readings[word] = self._read(word, unknown and left > 0)
                left -= unknown
            found.append(readings[word])
        return found

    def is_known(self, word: str) -> bool:
        """True for a number and for a word of the rules or of the language."""
        return (
            word in self._words
            or word in self._known
            or word in self._numbers
            or word == COULD_NOT
            or word[0].isdigit()
            or any(self._stems_of(word))
        )

    def _stems_of(self, word: str) -> list[str]:
        return [word[:end] for end in range(2, len(word) + 1) if word[:end] in self._stems]

    def _readings(self, word: str, guess: bool) -> frozenset[str]:
        read_as = {word}
        if word == COULD_NOT:
            read_as.add("cannot")
        elif word in self._numbers or word[0].isdigit():
            read_as.add("#")
        elif guess:
            read_as |= self._likely(word)
        for candidate in tuple(read_as):
            read_as.update(f"{stem}*" for stem in self._stems_of(candidate))
        return frozenset(read_as)

    def _likely(self, word: str) -> set[str]:
        """The rule words that a word which is none may have been meant as."""
        shorter = {_REPEATED.sub(r"\1\1", word), _REPEATED.sub(r"\1", word)} - {word}
        if any(self.is_known(candidate) for candidate in shorter):
            return shorter
        if len(word) < _SHORTEST_WORD - 1 or len(word) > 24:
            return set()
        if self._stems_of(word) and word.endswith(_USUAL_ENDINGS):
            return set()
        return self._nearest(word)

    def _find_nearest(self, word: str) -> set[str]:
        """Rule words at one slip from this word, or at two where both are long."""
        best: dict[int, set[str]] = {}
        for length in range(len(word) - 2, len(word) + 3):
            most = 2 if min(length, len(word)) >= _LONG_WORD else 1
            if abs(length - len(word)) > most:
                continue
            for target, distance, _ in process.extract_iter(
                word, self._targets.get(length, ()), scorer=OSA.distance, score_cutoff=most
            ):
                if distance:  # A made-up form such as "stop" + "ed" may be the word itself.
                    best.setdefault(int(distance), set()).add(target)
        nearest = best[min(best)] if best else self._sounding_like(word)
        # A slip seldom takes the first letter: "frunt" was meant as "front", not as "grunt".
        nearest = {target for target in nearest if target[0] == word[0]} or nearest
        meant = {self._short_forms.get(target, target) for target in nearest}
        number = {"#"} if nearest & self._numbers else set()
        return meant | number | self._stem_of(word)

    def _sounding_like(self, word: str) -> set[str]:
        """Words of danger that sound like this one and look somewhat like it."""
        most = _SLIPS_BY_SOUND if len(word) >= _LONG_STEM else _SLIPS_BY_SOUND - 1
        return {
            target
            for target in self._sounds.get(sound(word), ())
            if OSA.distance(word, target, score_cutoff=most) <= most
        }

    def _stem_of(self, word: str) -> set[str]:
        """Long stems that the word begins with but for one slip."""
        if len(word) < _LONG_STEM:
            return set()
        return {
            stem
            for length, stems in self._long_stems.items()
            for step in (-1, 0, 1)
            for stem, _, _ in process.extract_iter(
                word[: length + step], stems, scorer=OSA.distance, score_cutoff=1
            )
        }

    def corrected(self, word: str, among: frozenset[str]) -> str:
        """The one of the words given that a misspelt word was meant as, or the word as it is."""
        if not self._forgiving or len(word) < _SHORTEST_WORD - 1 or self.is_known(word):
            return word
        return min(self._nearest(word) & among, default=word)

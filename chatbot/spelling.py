"""Slips of the pen in a question, mended before it is embedded and looked up.

An embedding model cuts a misspelt word into pieces that mean something else. So a word that
neither the library nor the language has is replaced by the one that it most likely stands for:
how usual that is, times how likely the slip (the noisy channel; Kernighan, Church and Gale, "A
Spelling Correction Program Based on a Noisy Channel Model", 1990).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from symspellpy import SymSpell, Verbosity

from chatbot.sounds import sound
from chatbot.words import stem, word_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# A word, with what may belong to it: "couldn't", "G6PD" and "x-ray" are looked at whole.
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_SMALL = re.compile(r"[a-z]+")
_SHORTEST = 4
# Two letters may be wrong in a word of so many.
_LONG = 6
_SLIPS_MAX = 2
# Longer "words" are no words.
_LONGEST = 30
_PREFIX = 5
# So many odd words of a message are looked up.
_LOOKED_UP_MAX = 24
_CACHED = 8192
# How much less likely each wrong letter makes a reading, as a logarithm; less where it sounds the
# same, more where the first letter is wrong, which it seldom is.
_A_SLIP = 7.0
_SAME_SOUND = 5.0
_OTHER_FIRST = 3.0
# A reading less likely than this is a guess.
_LIKELY_MIN = 4.0
# A word of the library or of its topics' names counts as this usual, at least: the language's
# counts know little of medicine.
_OF_LIBRARY = 3e6
_DICTIONARY = "frequency_dictionary_en_82_765.txt"
# The dictionary writes "anaemia" and "tumour"; people and pages write "anemia" and "tumor", too.
_BRITISH = re.compile(
    r"(?<=[bcdfghklmnprtuy])aem|aesth|paed|gynae|caes|rrhoea|pnoea|oede|oeso|oestr|foet|coeli|faec"
    r"|(?<=[^aeiou][^aeiou])our(?=s?$)|(?<=[iu][^aeiou])our(?=s?$)"
)


@dataclass(frozen=True, slots=True)
class Mended:
    """A text whose slips were mended.

    Attributes:
        text: The text.
        words: What was written, in small letters -> what it was taken for.
    """

    text: str
    words: Mapping[str, str]


class Speller:
    """Mends slips in questions to one library; safe to use from several threads."""

    def __init__(self, is_known: Callable[[str], bool], names: Iterable[str]) -> None:
        """Takes what the library knows.

        Args:
            is_known: Says of a stem whether the library's texts have it.
            names: The names of the library's topics.
        """
        self._is_known = is_known
        self._names = SymSpell(_SLIPS_MAX, _PREFIX)
        for name in names:
            for word in _SMALL.findall(name.casefold()):
                if len(word) >= _SHORTEST:
                    self._names.create_dictionary_entry(word, 1)
        self._odd = lru_cache(maxsize=_CACHED)(self._is_odd)
        self._meant = lru_cache(maxsize=_CACHED)(self._most_likely)

    def mend(self, text: str) -> Mended:
        """Replaces the misspelt words of a text; all else stays as it is."""
        read_as: dict[str, str] = {}

        def read(match: re.Match[str]) -> str:
            word = match[0]
            # A capital begins a name, except in the text's first word.
            plain = word.casefold() if match.start() == 0 and word.istitle() else word
            if plain not in read_as and len(read_as) < _LOOKED_UP_MAX and self._odd(plain):
                read_as[plain] = self._meant(plain)
            meant = read_as.get(plain, plain)
            return word if meant == plain else meant

        mended = _WORD.sub(read, text)
        return Mended(mended, {word: meant for word, meant in read_as.items() if word != meant})

    def _is_odd(self, word: str) -> bool:
        """True for a word in small letters that neither the library nor the language has."""
        if not (_SHORTEST <= len(word) <= _LONGEST and _SMALL.fullmatch(word)):
            return False
        if word in word_list("stop") or self._is_known(stem(word)):
            return False
        words = _english().words
        return word not in words and word.removesuffix("s") not in words

    def _most_likely(self, word: str) -> str:
        """The word that an odd one stands for: itself where nothing is likely."""
        slips = _SLIPS_MAX if len(word) >= _LONG else 1
        likely = {word: _LIKELY_MIN}
        for found in _english().lookup(word, Verbosity.ALL, slips):
            usual = max(found.count, _OF_LIBRARY if self._is_known(stem(found.term)) else 0)
            likely[found.term] = math.log(usual) - _cost(word, found.term, found.distance)
        for found in self._names.lookup(word, Verbosity.ALL, slips):
            value = math.log(_OF_LIBRARY) - _cost(word, found.term, found.distance)
            likely[found.term] = max(value, likely.get(found.term, -math.inf))
        return max(sorted(likely), key=lambda each: likely[each])


def _cost(word: str, other: str, slips: int) -> float:
    """How unlikely it is that one word was written for the other, as a logarithm."""
    cost = _A_SLIP * slips
    if sound(word) == sound(other):
        cost -= _SAME_SOUND
    if word[0] != other[0]:
        cost += _OTHER_FIRST
    return cost


@lru_cache(maxsize=1)
def _english() -> SymSpell:
    """English words and how often they occur, as the package `symspellpy` has them."""
    speller = SymSpell(_SLIPS_MAX, _PREFIX)
    with as_file(files("symspellpy").joinpath(_DICTIONARY)) as path:
        speller.load_dictionary(path, 0, 1)
    for word, count in list(speller.words.items()):
        american = _BRITISH.sub(_as_american, word)
        if american not in speller.words:
            speller.create_dictionary_entry(american, count)
    return speller


def _as_american(match: re.Match[str]) -> str:
    return match[0].replace("ae", "e").replace("oe", "e").replace("our", "or")

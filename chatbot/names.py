"""Which topics a question may name: soft TF-IDF of its words against the names of all topics.

A lay message names its topic in part, misspelt, or with other words in between. So every name is
weighed by the words of it that the message has, rare ones counting more, and a word that no text
of the library has counts as the name's word that it resembles (Cohen, Ravikumar and Fienberg,
"A Comparison of String Distance Metrics for Name-Matching Tasks", 2003).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from chatbot.topics import name_variants
from chatbot.words import stem, tokens, word_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ingest.index import Summary

# A short word is matched as it stands: the stem of "ATS" is "at".
_AS_IT_STANDS = 4
_STOP_WEIGHT = 0.03
_MENDED_MIN = 0.7
_RESEMBLING = 0.6
_RESEMBLING_MAX = 8
# A word this rare may be a slip though some text has it.
_RARE = 0.55
_NO_WORD = "\N{REPLACEMENT CHARACTER}"
_NAMES_OF_A_WORD_MAX = 1000
# Of a long message, so many odd words are looked for in the names.
_MENDED_WORDS_MAX = 12


@dataclass(frozen=True, slots=True)
class NameMatch:
    """How a question names a document's topic.

    Attributes:
        mass: Rarity of the name's words found, summed; a word that no text has weighs 1.
        coverage: Their share of the name, 0 to 1, by rarity.
        mended: Share of the mass that comes from words taken for slips.
        length: Words in the name.
    """

    mass: float
    coverage: float
    mended: float
    length: int

    @property
    def strength(self) -> float:
        """What names are ordered by: much of the name, and rare words of it."""
        return self.coverage * self.coverage * self.mass


NO_MATCH = NameMatch(0.0, 0.0, 0.0, 0)


@dataclass(slots=True)
class NameIndex:
    """The names of all topics by their words; build it with `NameIndex.of`."""

    rarity: Callable[[str], float]
    is_known: Callable[[str], bool]
    names: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    with_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    weights: list[float] = field(default_factory=list)
    vocabulary: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        summaries: Iterable[Summary],
        rarity: Callable[[str], float],
        is_known: Callable[[str], bool],
    ) -> NameIndex:
        """The names of these documents' topics.

        Args:
            summaries: The documents.
            rarity: Inverse document frequency of a stem in the library's texts.
            is_known: Says of a stem whether the library's texts have it.
        """
        # As a share of what a word that no text has weighs, so that it means the same in a
        # library of any size.
        most = rarity(_NO_WORD)

        def weight(word: str) -> float:
            return rarity(word) / most if most else 0.0

        index = cls(lru_cache(maxsize=None)(weight), is_known)
        seen = set()
        for summary in summaries:
            for name in name_variants(summary):
                words = tuple(_words(name))
                if words and (summary.id, words) not in seen:
                    seen.add((summary.id, words))
                    index._add(summary.id, words)
        stop = _stop()
        index.vocabulary = tuple(
            sorted(w for w in index.with_word if len(w) >= _AS_IT_STANDS and w not in stop)
        )
        return index

    def _add(self, document_id: str, words: tuple[str, ...]) -> None:
        number = len(self.names)
        self.names.append((document_id, words))
        self.weights.append(sum(self._weight(word) for word in words))
        for word in set(words):
            self.with_word[word].append(number)

    def _weight(self, word: str) -> float:
        return _STOP_WEIGHT if word in _stop() else self.rarity(stem(word))

    def match(self, question: str) -> dict[str, NameMatch]:
        """Document id -> how the question names its topic best, for all that it may name."""
        words = list(dict.fromkeys(_words(question)))
        # "Chicken pox" is chickenpox.
        joined = (first + second for first, second in pairwise(_words(question)))
        found = {word: 1.0 for word in [*words, *joined] if word in self.with_word}
        mended = self._mended(words)
        for word, likeness in mended.items():
            found.setdefault(word, likeness)
        mended = {word: likeness for word, likeness in mended.items() if found[word] < 1.0}
        best: dict[str, NameMatch] = {}
        telling = (word for word in found if word not in _stop())
        # "Disease" alone names nothing; it counts in names that another word brought.
        numbers = {
            number
            for word in telling
            if len(self.with_word[word]) <= _NAMES_OF_A_WORD_MAX
            for number in self.with_word[word]
        }
        for number in numbers:
            document_id, name = self.names[number]
            match = self._compare(number, name, found, mended)
            if document_id not in best or match.strength > best[document_id].strength:
                best[document_id] = match
        return best

    def _compare(
        self,
        number: int,
        name: tuple[str, ...],
        found: Mapping[str, float],
        mended: Mapping[str, float],
    ) -> NameMatch:
        mass = sum(self._weight(word) * found[word] for word in name if word in found)
        slips = sum(self._weight(word) * mended[word] for word in name if word in mended)
        coverage = mass / self.weights[number] if self.weights[number] else 0.0
        return NameMatch(mass, coverage, slips / mass if mass else 0.0, len(name))

    def _mended(self, words: Iterable[str]) -> dict[str, float]:
        """Words of names that odd words of the question resemble, and how much, 0 to 1."""
        odd = [word for word in words if self._is_odd(word)]
        odd.sort(key=lambda word: (-self.rarity(stem(word)), word))
        result: dict[str, float] = {}
        for word in odd[:_MENDED_WORDS_MAX]:
            close = process.extract(
                word,
                self.vocabulary,
                scorer=OSA.normalized_similarity,
                processor=None,
                score_cutoff=_RESEMBLING,
                limit=_RESEMBLING_MAX,
            )
            for other, similarity, _ in close:
                likeness = (similarity + JaroWinkler.similarity(word, other)) / 2
                if likeness >= _MENDED_MIN:
                    result[other] = max(result.get(other, 0.0), 0.95 * likeness)
        return result

    def _is_odd(self, word: str) -> bool:
        """True for a word that may be a slip: the library does not have it, or hardly."""
        if len(word) < _AS_IT_STANDS or word in _stop() or not word.isalpha():
            return False
        if not self.is_known(stem(word)):
            return True
        return word not in self.with_word and self.rarity(stem(word)) >= _RARE


def _words(text: str) -> list[str]:
    parts = (part for token in tokens(text) for part in token.split("-"))
    return [part if len(part) <= _AS_IT_STANDS else stem(part) for part in parts if part]


@lru_cache(maxsize=1)
def _stop() -> frozenset[str]:
    return frozenset(
        word if len(word) <= _AS_IT_STANDS else stem(word) for word in word_list("stop")
    )

"""Slips of the keyboard, so that what is learned does not hang on spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_SHORTEST = 5
_LETTERS = "aeiouaeioustrnlcyk"
# Of so many words, one is spoilt.
_WORDS_A_SLIP = 10


def with_slips(text: str, chance: Random) -> str:
    """A text with a slip in every tenth word or so, one at least."""
    words = text.split()
    for _ in range(max(1, len(words) // _WORDS_A_SLIP)):
        place = chance.randrange(len(words))
        words[place] = slip(words[place], chance)
    return " ".join(words)


def slip(word: str, chance: Random) -> str:
    """A word with a letter left out, doubled, changed, or exchanged with the next one.

    These are four fifths of all slips (Damerau, "A technique for computer detection and
    correction of spelling errors", 1964, has four classes: omission, insertion, substitution and
    transposition). Words of fewer than five letters stay as they are.
    """
    if len(word) < _SHORTEST:
        return word
    i = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:i], word[i], word[i + 1 :]
    return chance.choice(
        (
            before + after,
            before + letter + letter + after,
            before + chance.choice(_LETTERS) + after,
            before + after[0] + letter + after[1:],
        )
    )

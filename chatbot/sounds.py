"""How words sound, roughly: what people write by ear is often far off by its letters."""

from __future__ import annotations

import re
from functools import lru_cache

# How letters are said, in this order: a silent r goes, then every vowel but the first.
_SOUNDS = (
    (r"^[kg]n", "n"), (r"^wr", "r"), (r"ph", "f"), (r"ck|q", "k"), (r"gh", ""), (r"ch", "4"),
    (r"sh", "5"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"z", "s"), (r"x", "ks"),
    (r"(?<=[aeiouwy])r(?![aeiouy])", ""), (r"(.)\1+", r"\1"), (r"^[aeiouy]+", "a"),
    (r"(?<!^)[aeiouhwy]+", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """A rough key of how a word sounds: "bleech" and "bleach" share one, "nife" and "knife" too."""
    for letters, said in _SOUNDS:
        word = re.sub(letters, said, word)
    return word

"""A patient's message as words: lower case, contractions opened, sentences and pauses marked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Text beyond this is read at its beginning and its end, where people say what is wrong, so that
# the work stays bounded however much is pasted.
READ_AT_EACH_END = 6_000

_PUNCTUATION = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "`": "'",
        "\u00b4": "'",
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": ";",
        "\u2022": "\n",
        "\u00b7": "\n",
        "\u25cf": "\n",
        "\u00ba": "\u00b0",
    }
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0300-\u036f]")
_PIECE = re.compile(r"\d+(?:[.,]\d+)?|w/o?(?=\s)|[a-z]+(?:'[a-z]+)*|[.!?]+|\n|[,;:()]|\s-+\s")
_ENDINGS = {"m": "am", "re": "are", "s": "is", "ve": "have", "ll": "will", "d": "would"}
# Read as "cannot" too, but it tells of the past.
COULD_NOT = "couldnot"
_JOINED = {
    ("can", "not"): "cannot",
    ("could", "not"): COULD_NOT,
    ("unable", "to"): "cannot",
    ("cannot", "to"): "cannot",
}


def word_set(words: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(words.split())


class Break(IntEnum):
    """The pause before a word, from none to the end of a sentence."""

    NONE = 0
    COMMA = 1
    HARD = 2
    SENTENCE = 3


@dataclass(frozen=True, slots=True)
class Token:
    """One word as the rules read it, and where it stands in `Message.text`."""

    word: str
    start: int
    end: int
    pause: Break
    sentence: int


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the patient.

    Attributes:
        text: The message with typographic variants unified.
        tokens: Its words in order.
        questions: Numbers of the sentences that end in a question mark.
    """

    text: str
    tokens: tuple[Token, ...]
    questions: frozenset[int]

    @property
    def words(self) -> list[str]:
        """The words alone."""
        return [token.word for token in self.tokens]

    def words_at(self, used: tuple[int, ...]) -> str:
        """The patient's own words from the first to the last of the tokens given."""
        return self.text[self.tokens[min(used)].start : self.tokens[max(used)].end]


def tidy(text: str) -> str:
    """The text with one form for quotes, dashes and letters, cut to what is read."""
    if len(text) > 2 * READ_AT_EACH_END:
        text = f"{text[:READ_AT_EACH_END]}\n{text[-READ_AT_EACH_END:]}"
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    return _INVISIBLE.sub("", plain).translate(_PUNCTUATION)


def read(text: str, spellings: Mapping[str, tuple[str, ...]]) -> Message:
    """Split a message into tokens.

    Args:
        text: What the patient wrote.
        spellings: Short forms and common misspellings with the words they stand for.
    """
    plain = tidy(text)
    tokens: list[Token] = []
    questions: set[int] = set()
    sentence, pause = 0, Break.NONE
    for piece in _PIECE.finditer(plain.lower()):
        mark = piece.group().strip(" \t\r")
        if mark[:1].isalnum():
            for word in _words(mark, spellings):
                _append(tokens, Token(word, piece.start(), piece.end(), pause, sentence))
                pause = Break.NONE
            continue
        kind = _pause(mark)
        if kind is Break.SENTENCE and tokens and tokens[-1].sentence == sentence:
            if "?" in mark:
                questions.add(sentence)
            sentence += 1
        pause = max(pause, kind)
    return Message(plain, tuple(tokens), frozenset(questions))


def _pause(mark: str) -> Break:
    if mark == ",":
        return Break.COMMA
    return Break.SENTENCE if not mark or mark[0] in ".!?\n" else Break.HARD


def _words(mark: str, spellings: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The words that one written word stands for: "can't" is cannot, "he's" is he is."""
    known = spellings.get(mark)
    if known is not None:
        yield from known
        return
    stem, *endings = mark.split("'")
    if endings == ["t"] and stem.endswith("n"):
        yield from spellings.get(f"{stem}t", (stem[:-1], "not"))
        return
    yield from spellings.get(stem, (stem,))
    for ending in endings:
        yield _ENDINGS.get(ending, ending)


def _append(tokens: list[Token], token: Token) -> None:
    """Add a token, joining "could not" and the like into the one word the rules use."""
    if tokens and token.pause is Break.NONE:
        last = tokens[-1]
        joined = _JOINED.get((last.word, token.word))
        if joined is not None:
            tokens[-1] = Token(joined, last.start, token.end, last.pause, last.sentence)
            return
        if (last.word, token.word) == ("able", "to") and len(tokens) > 1:
            before = tokens[-2]
            if before.word == "not":
                tokens[-2:] = [
                    Token("cannot", before.start, token.end, before.pause, before.sentence)
                ]
                return
    tokens.append(token)

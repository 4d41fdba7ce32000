"""The words and concepts that a message is read with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatbot.triage.concepts import ConceptCompiler, RuleError
from chatbot.triage.matcher import Concept, Matcher, beginnings_of
from chatbot.triage.measures import measures
from chatbot.triage.normalise import read
from chatbot.triage.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatbot.triage.matcher import Matches
    from chatbot.triage.normalise import Message

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Concepts, and how written words are read.

    Attributes:
        concepts: In an order in which each stands after those it refers to.
        speller: Knows the words of all patterns.
        spellings: Short forms and common misspellings.
        fillers: Words that may stand between the words of a phrase.
        begun_by: Symbol -> numbers of the concepts that can begin with it.
    """

    concepts: tuple[Concept, ...]
    speller: Speller
    spellings: Mapping[str, tuple[str, ...]]
    fillers: frozenset[str]
    begun_by: Mapping[str, Sequence[int]]

    def match(self, text: str) -> tuple[Message, Matches]:
        """Read a text and find the concepts in it."""
        message = read(text, self.spellings)
        matcher = Matcher(message, self.speller.read_all(message.words), self.fillers)
        matcher.add_measures(measures(message, self.speller.corrected))
        matches = matcher.run(self.concepts, self.begun_by)
        matches.guessed = frozenset(
            index for index, word in enumerate(message.words) if not self.speller.is_known(word)
        )
        return message, matches

    def names_in(self, text: str) -> frozenset[str]:
        """The concepts that a text names, in whatever sense."""
        return frozenset(self.match(text)[1].found)


def lexicon(concepts: ConceptCompiler, folder: Path = FOLDER, *, forgiving: bool) -> Lexicon:
    """A lexicon of compiled concepts and the words of ``words.toml``.

    Args:
        concepts: The concepts.
        folder: Where ``words.toml`` lies.
        forgiving: True to read a misspelt word as the rule word it is close to.
    """
    words = read_toml(folder / "words.toml")
    compiled = concepts.compile()
    return Lexicon(
        concepts=compiled,
        speller=Speller(
            concepts.vocabulary(),
            words["known"].split(),
            words["numbers"].split(),
            short_forms={
                short: full for short, full in words["spellings"].items() if " " not in full
            },
            by_sound=words["by_sound"].split() if forgiving else None,
        ),
        spellings={short: tuple(full.split()) for short, full in words["spellings"].items()},
        fillers=frozenset(words["fillers"].split()),
        begun_by=beginnings_of(compiled),
    )


@cache
def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file.

    Raises:
        RuleError: When it is missing or broken; the message names the file.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{path.name}: cannot be read: {error}") from error

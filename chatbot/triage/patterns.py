"""The pattern language of the rules, and the matcher.

A pattern is a phrase as a clinician would write it down:

- ``chest pain``          these words in this order; filler words ("is", "really") may intervene
- ``bleed*``              every word that begins so
- ``(lips|face) blue``    one of the alternatives, which may have several words
- ``(lip|hand)* blue``    the same, each with any ending
- ``[very] stiff neck``   a word that may be missing
- ``cannot .. arm``       up to four words of any sort between; ``...`` up to eight; ``.`` up to two
                          and no comma
- ``{chest}``             a concept defined elsewhere
- ``#``                   a number, in digits or words
- ``{chest} ~ {pain}``    both near each other in one sentence, in either order
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_GAPS = {".": 2, "..": 4, "...": 8}
_LEXEME = re.compile(r"\{[a-z0-9_]+\}|\.{1,3}|[()\[\]|~]|[a-z0-9]+\*?|#|\S")


class PatternError(ValueError):
    """A pattern that cannot be read."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A word, ``word*``, ``#`` or ``{concept}``."""

    name: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words of any sort; a tight gap does not reach over a pause."""

    most: int
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences; an optional word has the empty one among them.

    Attributes:
        options: All of them.
        by_word: Those that begin with a word, by that word.
        others: Those that begin with a concept or another choice, and the empty one.
    """

    options: tuple[Sequence, ...]
    by_word: Mapping[str, tuple[Sequence, ...]] = field(init=False)
    others: tuple[Sequence, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the options by their first word, so that only those that fit are tried."""
        by_word: dict[str, tuple[Sequence, ...]] = {}
        others: list[Sequence] = []
        for option in self.options:
            first = option[0] if option else None
            if isinstance(first, Symbol) and first.name[0] != "{":
                by_word[first.name] = (*by_word.get(first.name, ()), option)
            else:
                others.append(option)
        object.__setattr__(self, "by_word", by_word)
        object.__setattr__(self, "others", tuple(others))


Node = Symbol | Gap | Choice
Sequence = tuple[Node, ...]


def parse(pattern: str) -> tuple[Sequence, ...]:
    """Read a pattern into its sides: one, or several where ``~`` stands between them.

    Raises:
        PatternError: When brackets do not match, a side is empty or begins with a gap.
    """
    lexemes = _LEXEME.findall(re.sub("[-/]", " ", pattern.lower()))
    sides: list[Sequence] = []
    position = 0
    while position <= len(lexemes):
        side, position = _sequence(lexemes, position, pattern)
        if not side or isinstance(side[0], Gap):
            raise PatternError(f"{pattern!r}: a side is empty or begins with a gap")
        sides.append(side)
        if position < len(lexemes) and lexemes[position] != "~":
            raise PatternError(f"{pattern!r}: unexpected {lexemes[position]!r}")
        position += 1
    return tuple(sides)


def _sequence(lexemes: list[str], position: int, pattern: str) -> tuple[Sequence, int]:
    nodes: list[Node] = []
    while position < len(lexemes) and lexemes[position] not in {")", "]", "|", "~"}:
        lexeme = lexemes[position]
        if lexeme in {"(", "["}:
            choice, position = _choice(lexemes, position, pattern)
            nodes.append(choice)
            continue
        if lexeme in _GAPS:
            nodes.append(Gap(_GAPS[lexeme], tight=lexeme == "."))
        elif lexeme == "#" or lexeme[0].isalnum() or (lexeme[0] == "{" and len(lexeme) > 1):
            nodes.append(Symbol(lexeme))
        else:
            raise PatternError(f"{pattern!r}: unexpected {lexeme!r}")
        position += 1
    return tuple(nodes), position


def _choice(lexemes: list[str], position: int, pattern: str) -> tuple[Choice, int]:
    opened = lexemes[position]
    options: list[Sequence] = []
    while True:
        option, position = _sequence(lexemes, position + 1, pattern)
        options.append(option)
        if position >= len(lexemes) or lexemes[position] == "~":
            raise PatternError(f"{pattern!r}: {opened!r} is not closed")
        if lexemes[position] != "|":
            break
    if lexemes[position] != {"(": ")", "[": "]"}[opened]:
        raise PatternError(f"{pattern!r}: {opened!r} is closed by {lexemes[position]!r}")
    position += 1
    if lexemes[position : position + 1] == ["*"]:
        options = [_with_endings(option) for option in options]
        position += 1
    if opened == "[":
        options.append(())
    return Choice(tuple(options)), position


def _with_endings(option: Sequence) -> Sequence:
    """The option of ``(a|b)*``: its last word may have any ending."""
    last = option[-1] if option else None
    if isinstance(last, Symbol) and last.name[0] not in "{#" and not last.name.endswith("*"):
        return (*option[:-1], Symbol(f"{last.name}*"))
    return option


def symbols(sequence: Sequence) -> Iterator[str]:
    """Every word and concept that a sequence names."""
    for node in sequence:
        if isinstance(node, Symbol):
            yield node.name
        elif isinstance(node, Choice):
            for option in node.options:
                yield from symbols(option)


def beginnings(sequence: Sequence) -> frozenset[str]:
    """The symbols that a match of the sequence can begin with."""
    found: set[str] = set()
    for node in sequence:
        if isinstance(node, Symbol):
            return frozenset(found | {node.name})
        if isinstance(node, Gap):
            break
        for option in node.options:
            found |= beginnings(option)
        if () not in node.options:
            break
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Span:
    """A match: the tokens that the pattern names, without fillers and gaps."""

    end: int
    used: tuple[int, ...]


def near(left: Span, right: Span, most: int = 8) -> bool:
    """True when two spans lie apart by at most so many words and do not overlap."""
    first, second = sorted((left, right), key=lambda span: span.used)
    return first.used[-1] < second.used[0] and second.used[0] - first.end <= most

"""Find the concepts of the rules in one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from chatbot.triage.normalise import Break
from chatbot.triage.patterns import Choice, Gap, Span, Symbol, near

if TYPE_CHECKING:
    from collections import abc
    from collections.abc import Iterable, Iterator, Mapping

    from chatbot.triage.normalise import Message
    from chatbot.triage.patterns import Sequence

# A message repeats a word more often only to make trouble: its first and last places will do.
FIRST_PLACES, LAST_PLACES = 40, 15
MOST_SPANS = 60
MOST_FILLERS = 3
# A phrase does not reach over these.
_TURNS = frozenset({"but", "however", "although"})


@dataclass(frozen=True, slots=True)
class Concept:
    """A named list of patterns.

    Attributes:
        name: How other patterns and rules refer to it.
        sequences: Its plain patterns by the symbols they can begin with.
        pairs: For each pattern with ``~``, the names of the concepts that hold its sides.
        background: True for a fact about the person (pregnant, diabetic) that stays true however
            long ago it began and in whatever sort of sentence it is said.
    """

    name: str
    sequences: Mapping[str, tuple[Sequence, ...]]
    pairs: tuple[tuple[str, ...], ...] = ()
    background: bool = False


@dataclass(slots=True)
class Matches:
    """The concepts found in one message.

    Attributes:
        found: Name -> first token -> spans.
        guessed: Tokens that were read as a word they are only close to.
    """

    found: dict[str, dict[int, list[Span]]] = field(default_factory=dict)
    guessed: frozenset[int] = frozenset()

    def spans(self, name: str) -> Iterator[Span]:
        """All spans of a concept."""
        for spans in self.found.get(name, {}).values():
            yield from spans

    def certain(self, name: str) -> Iterator[Span]:
        """The spans that hang on no guess; only these may keep a rule from firing."""
        return (span for span in self.spans(name) if self.guessed.isdisjoint(span.used))

    def add(self, name: str, start: int, span: Span) -> None:
        """Record a span unless one over the same tokens is there."""
        at = self.found.setdefault(name, {})
        if len(at) < MOST_SPANS or start in at:
            spans = at.setdefault(start, [])
            if span not in spans and len(spans) < 8:
                spans.append(span)


def _places(positions: list[int]) -> list[int]:
    """The places of a symbol that are looked at."""
    if len(positions) <= FIRST_PLACES + LAST_PLACES:
        return positions
    return positions[:FIRST_PLACES] + positions[-LAST_PLACES:]


def beginnings_of(concepts: Iterable[Concept]) -> dict[str, list[int]]:
    """Symbol -> numbers of the concepts that can begin with it, or pair it with something."""
    result: dict[str, list[int]] = {}
    for number, concept in enumerate(concepts):
        sides = {f"{{{side}}}" for pair in concept.pairs for side in pair}
        for symbol in concept.sequences.keys() | sides:
            result.setdefault(symbol, []).append(number)
    return result


class Matcher:
    """Walks the patterns over one message.

    Args:
        message: The message.
        readings: For each token, the symbols it can be read as.
        fillers: Words that may stand between the words of a phrase.
    """

    def __init__(
        self, message: Message, readings: list[frozenset[str]], fillers: frozenset[str]
    ) -> None:
        """Index the readings by symbol."""
        self.tokens = message.tokens
        self.readings = readings
        self.filler = [token.word in fillers for token in message.tokens]
        self.matches = Matches()
        self.positions: dict[str, list[int]] = {}
        for index, reading in enumerate(readings):
            for symbol in reading:
                self.positions.setdefault(symbol, []).append(index)

    def run(
        self, concepts: abc.Sequence[Concept], begun_by: Mapping[str, abc.Sequence[int]]
    ) -> Matches:
        """Match concepts, each after those it refers to.

        Only those are looked at of which a first symbol is there: a few of hundreds.

        Args:
            concepts: In an order in which each stands after those it refers to.
            begun_by: Symbol -> numbers of the concepts that can begin with it (`beginnings_of`).
        """
        due = sorted({n for symbol in self.positions for n in begun_by.get(symbol, ())})
        last = -1
        while due:
            number = heappop(due)
            if number == last:
                continue
            last = number
            concept = concepts[number]
            for symbol in sorted(concept.sequences.keys() & self.positions.keys()):
                for start in _places(self.positions[symbol]):
                    self._match_at(concept, symbol, start)
            for sides in concept.pairs:
                self._match_pair(concept.name, sides)
            if self._publish(concept.name):
                for following in begun_by.get(f"{{{concept.name}}}", ()):
                    heappush(due, following)
        return self.matches

    def add_measures(self, spans: Iterable[tuple[str, Span]]) -> None:
        """Record concepts that were found by reading numbers."""
        for name, span in spans:
            self.matches.add(name, span.used[0], span)
            self._publish(name)

    def _publish(self, name: str) -> bool:
        """Lets a concept that was found stand in others; False where it was not."""
        starts = self.matches.found.get(name)
        if starts:
            self.positions[f"{{{name}}}"] = sorted(starts)
        return bool(starts)

    def _match_at(self, concept: Concept, symbol: str, start: int) -> None:
        for sequence in concept.sequences[symbol]:
            for span in self._walk(sequence, start, ()):
                if span.used:
                    self.matches.add(concept.name, span.used[0], span)

    def _match_pair(self, name: str, sides: tuple[str, ...]) -> None:
        spans = list(self.matches.spans(sides[0]))
        for side in sides[1:]:
            others = list(self.matches.spans(side))
            spans = [
                Span(max(one.end, other.end), tuple(sorted({*one.used, *other.used})))
                for one in spans
                for other in others
                if self._same_sentence(one, other) and near(one, other)
            ][:MOST_SPANS]
        for span in spans:
            self.matches.add(name, span.used[0], span)

    def _same_sentence(self, one: Span, other: Span) -> bool:
        return self.tokens[one.used[0]].sentence == self.tokens[other.used[0]].sentence

    def _walk(self, nodes: Sequence, at: int, used: tuple[int, ...]) -> Iterator[Span]:
        if not nodes:
            yield Span(at, used)
            return
        head, rest = nodes[0], nodes[1:]
        if isinstance(head, Gap):
            for position in self._reach(at, head):
                yield from self._walk(rest, position, used)
        elif isinstance(head, Choice):
            for option in self._fitting(head, at, used):
                yield from self._walk((*option, *rest), at, used)
        else:
            for span in self._symbol(head, at, used):
                yield from self._walk(rest, span.end, span.used)

    def _fitting(self, choice: Choice, at: int, used: tuple[int, ...]) -> Iterator[Sequence]:
        """The options whose first word stands here or behind fillers."""
        for position in self._past_fillers(at) if used else (at,):
            if position < len(self.tokens):
                for word in self.readings[position] & choice.by_word.keys():
                    yield from choice.by_word[word]
        yield from choice.others

    def _symbol(self, symbol: Symbol, at: int, used: tuple[int, ...]) -> Iterator[Span]:
        for position in self._past_fillers(at) if used else (at,):
            if position >= len(self.tokens):
                return
            if symbol.name in self.readings[position]:
                yield Span(position + 1, (*used, position))
            elif symbol.name[0] == "{":
                for span in self.matches.found.get(symbol.name[1:-1], {}).get(position, ()):
                    yield Span(span.end, (*used, *span.used))

    def _past_fillers(self, at: int) -> Iterator[int]:
        """This position and those behind the filler words that stand here."""
        for position in range(at, min(at + MOST_FILLERS + 1, len(self.tokens))):
            if self.tokens[position].pause is Break.SENTENCE:
                return
            yield position
            if not self.filler[position]:
                return

    def _reach(self, at: int, gap: Gap) -> Iterator[int]:
        """The positions that a gap can lead to: this one, and more within the sentence."""
        ends = Break.COMMA if gap.tight else Break.SENTENCE
        if not (gap.tight and self._pauses(at, ends)):
            yield at
        for position in range(at, min(at + gap.most, len(self.tokens))):
            if self._pauses(position, ends) or self.tokens[position].word in _TURNS:
                return
            if not (gap.tight and self._pauses(position + 1, ends)):
                yield position + 1

    def _pauses(self, position: int, least: Break) -> bool:
        return position < len(self.tokens) and self.tokens[position].pause >= least

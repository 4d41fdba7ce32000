"""Sentences and clauses of a message, and whether they ask or speak of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.triage.normalise import Break, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.triage.matcher import Matches
    from chatbot.triage.normalise import Message

_CONTRAST = word_set("but however although though except yet")
_JOINING = word_set("and so then while plus also")
_ASKING = word_set(
    "what why how when where who which whose can could does do is are will would should may "
    "might whats hows"
)
_ASKING_WITH_SUBJECT = word_set("have has had am was were did")
_OPENERS = word_set(
    "hi hello hey please so and ok okay well doctor doc just um question quick also thanks sorry "
    "but or then"
)
_WH = word_set("what how when where which who whats")
_AUXILIARY = word_set("can could would do does did will may should must shall might")
_SUBJECTS = word_set("i we you they one it")


class Clauses:
    """The structure of one message.

    Args:
        message: The message.
        matches: The concepts found in it; `person` and `no_person` among them.
    """

    def __init__(self, message: Message, matches: Matches) -> None:
        """Split the message."""
        self._tokens = message.tokens
        self._questions = message.questions
        self._clause_of: list[int] = []
        self._ranges: list[range] = []
        self._split()
        persons = {t for span in matches.spans("person") for t in span.used}
        strangers = {t for span in matches.certain("no_person") for t in span.used}
        self._persons = persons - strangers
        self._stems = {t for t in self._persons if self._in_question_stem(t)}

    def _split(self) -> None:
        start = 0
        for index in range(len(self._tokens) + 1):
            if index == len(self._tokens) or (index > start and self._opens(index)):
                if index > start:
                    self._clause_of += [len(self._ranges)] * (index - start)
                    self._ranges.append(range(start, index))
                start = index

    def _opens(self, index: int) -> bool:
        token = self._tokens[index]
        if token.pause >= Break.COMMA or token.word in _CONTRAST or token.word == "because":
            return True
        return token.word in _JOINING

    def _word(self, index: int) -> str:
        return self._tokens[index].word if 0 <= index < len(self._tokens) else ""

    def all(self) -> list[range]:
        """Every clause."""
        return self._ranges

    def of(self, token: int) -> range:
        """The clause of a token."""
        return self._ranges[self._clause_of[token]]

    def from_clause(self, token: int) -> Iterator[range]:
        """The clauses of a token's sentence."""
        sentence = self._tokens[token].sentence
        for clause in self._ranges:
            if self._tokens[clause.start].sentence == sentence:
                yield clause

    def sentences(self) -> list[range]:
        """Every sentence, in order of their numbers."""
        found: list[range] = []
        start = 0
        for index in range(1, len(self._tokens) + 1):
            ends = index == len(self._tokens)
            if ends or self._tokens[index].sentence != self._tokens[start].sentence:
                found.append(range(start, index))
                start = index
        return found

    def rest_of_sentence(self, token: int) -> Iterator[int]:
        """The tokens from here to the end of the sentence that the token before it is in."""
        sentence = self._tokens[token - 1].sentence
        for index in range(token, len(self._tokens)):
            if self._tokens[index].sentence != sentence:
                return
            yield index

    def opens_contrast(self, token: int) -> bool:
        """True where "but", a semicolon or the like turns the sentence."""
        entry = self._tokens[token]
        return entry.word in _CONTRAST or entry.pause >= Break.HARD

    def starts_personal(self, token: int) -> bool:
        """True at the first word of a clause that speaks of a person."""
        clause = self.of(token)
        opening = range(clause.start, min(clause.start + 3, clause.stop))
        return token == clause.start and any(t in self._persons for t in opening)

    def is_personal_at(self, token: int) -> bool:
        """True for a word that points to a person."""
        return token in self._persons

    def is_personal(self, tokens: range) -> bool:
        """True when someone in particular is spoken of, beyond the "I" of "how can I"."""
        return any(t in self._persons and t not in self._stems for t in tokens)

    def asks(self, sentence: range) -> bool:
        """True for a sentence in the form of a question, with or without its mark."""
        marked = self._tokens[sentence.start].sentence in self._questions
        for index in sentence:
            word = self._word(index)
            if word in _OPENERS:
                continue
            following = self._word(index + 1)
            if word == "is" and following.endswith("ing") and not marked:
                return False  # "is having a seizure", told without a subject
            if word in _ASKING:
                return following != "not" or word in {"why", "should", "can", "could"}
            if word in _ASKING_WITH_SUBJECT:
                return following in _SUBJECTS
            break
        return marked and any(self._word(index) in _WH for index in sentence)

    def _in_question_stem(self, token: int) -> bool:
        """True for the "I" of "what can I take": the one who asks, not the one who is ill.

        "Should I go to hospital with ..." and "why do I have ..." do speak of the person.
        """
        word, before, earlier = (self._word(token - step) for step in range(3))
        if word not in _SUBJECTS:
            return False
        if before in {"to", "can", "could", "may", "would", "will"}:
            return earlier != "why"
        return before in _AUXILIARY and earlier in _WH

"""What was said before: the subjects in their order, the last question, what was offered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chatbot.condense.phrasing import SLOT, sentence
from chatbot.condense.wording import parts, words_of
from chatbot.words import stem

if TYPE_CHECKING:
    from chatbot.condense.subjects import Library, Subject

_ARTICLE = re.compile(r"\ban? $", re.IGNORECASE)
_TAKES_NO_ARTICLE = re.compile(
    r"\b(?:the|my|his|her|your|our|this|that|another|next|no|any|many|few|some|of these|types? of"
    r"|kinds? of|other|first|second|last|bad|severe|mild|new|called) ?$|\($",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that stands alone, and what it leaves for the next one to lean on.

    Attributes:
        text: The question.
        subject: What it is about; None for nothing new.
        asked: What is asked, `SLOT` where the subject stands; None for nothing new.
        replaces: True where the subject takes the place of one that was not meant.
    """

    text: str
    subject: Subject | None = None
    asked: str | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a follow-up may lean on.

    Attributes:
        subjects: All that was spoken of, in the order in which it came up.
        current: What was spoken of last.
        asked: The last question, `SLOT` where its subject stands.
        offers: Questions that the last answer offered.
    """

    subjects: tuple[Subject, ...] = ()
    current: Subject | None = None
    asked: str | None = None
    offers: tuple[str, ...] = ()

    def after(self, resolved: Resolved) -> Conversation:
        """The conversation once this was asked."""
        subjects, current = self.subjects, resolved.subject
        if current is not None:
            if resolved.replaces and self.current is not None:
                subjects = tuple(s for s in subjects if not s.is_same(self.current))
            if not any(s.is_same(current) for s in subjects):
                subjects = (*subjects, current)
        return Conversation(subjects, current or self.current, resolved.asked or self.asked)

    def referred(self, words: str) -> Subject | None:
        """The subject that "the first one", "the other thing", "the diabetes one" means."""
        said = set(parts(words))
        placed = self._by_place(said)
        if placed:
            return placed
        stems = {stem(word) for word in said if word not in words_of("noise")}
        scored = [(len(stems & s.words), -n) for n, s in enumerate(self.subjects)]
        best, place = max(scored, default=(0, 0))
        return self.subjects[-place] if best else None

    def _by_place(self, said: set[str]) -> Subject | None:
        for place, name in enumerate(("first", "second", "third")):
            if said & words_of(name) - {"one", "two", "three"}:
                return self.subjects[place] if place < len(self.subjects) else None
        if said & words_of("earlier"):
            others = [s for s in self.subjects if s != self.current]
            return others[-1] if others else None
        return self.subjects[-1] if said & words_of("last") and self.subjects else None


@dataclass(frozen=True, slots=True)
class Said:
    """A message, and what it may lean on.

    Attributes:
        question: As it was written.
        bare: Without its opening ("ok thanks, and ..."), or what is left of it to look at.
        before: The conversation before it.
        library: What the library knows.
    """

    question: str
    bare: str
    before: Conversation
    library: Library

    @property
    def current(self) -> Subject:
        """What was spoken of last; only asked for where something was."""
        assert self.before.current is not None
        return self.before.current

    def with_bare(self, bare: str) -> Said:
        """The same message, of which only this is left to look at."""
        return replace(self, bare=bare)

    def about(self, subject: Subject) -> Said:
        """The same message, with this as what was spoken of last."""
        return replace(self, before=replace(self.before, current=subject))

    def asks(
        self, asked: str, subject: Subject | None = None, *, replaces: bool = False
    ) -> Resolved:
        """The question made of a text with `SLOT` in it."""
        about = subject or self.current
        return Resolved(sentence(fill(asked, about)), about, asked, replaces)

    def asks_again(self, subject: Subject, *, replaces: bool = False) -> Resolved:
        """The last question, asked of another subject."""
        asked = self.before.asked or f"Tell me about {SLOT}."
        return self.asks(asked, subject, replaces=replaces)


def fill(asked: str, subject: Subject) -> str:
    """A question with a subject in its place, its article fitted."""
    before, slot, after = asked.partition(SLOT)
    if not slot or _TAKES_NO_ARTICLE.search(before) or not before.strip(" ("):
        return before + slot.replace(SLOT, subject.text) + after
    before = _ARTICLE.sub("", before)
    if not subject.article:
        return before + subject.text + after
    article = "an" if subject.text[:1].casefold() in "aeiou" else "a"
    return f"{before}{article} {subject.text}{after}"

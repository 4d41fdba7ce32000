"""What a conversation is about: topics of the library, and subjects that it does not know."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chatbot.condense.wording import (
    content,
    is_circumstance,
    parts,
    pattern,
    patterns,
    plain,
    specific,
    words_of,
)
from chatbot.words import stem, word_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatbot.topics import Topic

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_ARTICLE = re.compile(r"\b(an?)\s+$", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.?!;]+[.?!;]*")
# "Back" is a little word, but not in "a slipped back".
_BACK = re.compile(r" back(?=\s*[?.!,;]|\s*$)", re.IGNORECASE)
_PHRASE_WORDS_MAX = 20
_CLAUSE_WORDS_MIN = 4
_SURE = 0.5
_SPOKEN_OF = frozenset(["the", "my", "his", "her", "their", "our", "its", "this", "that", "it"])


@dataclass(frozen=True, slots=True)
class Subject:
    """What was spoken of.

    Attributes:
        text: As it reads inside a question.
        documents: Ids of the documents about it; none where the library does not know it.
        words: Stems by which the patient may come back to it.
        is_clause: True for a description ("calf keeps seizing up"), which is no name.
        article: "a" or "an" where the patient put one in front, else empty.
    """

    text: str
    documents: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    is_clause: bool = False
    article: str = ""

    def is_same(self, other: Subject) -> bool:
        """True where both are about the same."""
        return bool(self.documents & other.documents) or self.words == other.words

    def plural(self) -> Subject:
        """The subject as "they" stand for it: of what takes an article, the plural."""
        if not self.article or self.text.endswith("s"):
            return replace(self, article="")
        stem_, ending = (self.text[:-1], "ies") if self.text.endswith("y") else (self.text, "s")
        return replace(self, text=stem_ + ending, article="")


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject and where it stands in a text."""

    subject: Subject
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Library:
    """What is asked of the library.

    Attributes:
        find: Finds its topics in a text.
        speaks_of: Says whether one of these documents uses a word of this stem; None: not known.
        only: What the whole library is about, where it is about one thing only.
    """

    find: Callable[[str], Sequence[Topic]]
    speaks_of: Callable[[frozenset[str], str], bool] | None = None
    only: str | None = None
    _found: dict[str, tuple[Topic, ...]] = field(default_factory=dict)

    def topics(self, text: str) -> tuple[Topic, ...]:
        """The topics of a text, each looked for once."""
        if text not in self._found:
            self._found[text] = tuple(self.find(text))
        return self._found[text]

    def mentions(self, text: str) -> list[Mention]:
        """The topics that a text names as a subject, in the order of their places.

        Of a name of which only the last word stands there ("diabetes"), it must end the place of
        a subject: in a large library most words are the last one of some name.
        """
        slot = parts(new_subject(text) or "")[-1:]
        found = [
            _mention(topic, text)
            for topic in self.topics(text)
            if _is_sure(topic, text, slot) and (defines(text) or not is_circumstantial(topic, text))
        ]
        return sorted(found, key=lambda mention: mention.start)

    def strange(self, words: Sequence[str], subject: Subject) -> list[str]:
        """The words that the subject's documents do not use; all where that is not known."""
        if self.speaks_of is None or not subject.documents:
            return list(words)
        return [w for w in words if not self.speaks_of(subject.documents, stem(w))]

    def knows(self, subject: Subject) -> bool:
        """True where it can say what the documents about the subject speak of."""
        return self.speaks_of is not None and bool(subject.documents)


def subject_in(text: str, library: Library) -> Mention | None:
    """What a text that stands alone is about: of its last sentence that names a topic, the first.

    Where it names none: its own words, as a subject that the library does not know.
    """
    for match in reversed(list(_SENTENCE.finditer(text))):
        mentions = library.mentions(match.group())
        if mentions:
            named = _surest(mentions)
            offset = match.start()
            return Mention(named.subject, named.start + offset, named.end + offset)
    if not specific(text):
        topics = library.topics(text)
        if topics:
            return _mention(topics[0], text)
    return phrase_in(text)


def phrase_in(text: str) -> Mention | None:
    """The words of a text that may name a subject, as they stand there.

    A description is taken whole; of a long one only the words that carry meaning are kept.
    """
    sentences = list(_SENTENCE.finditer(text))
    counted = [(len(specific(m.group())), len(content(m.group())), m) for m in sentences]
    most = max(((some, all_) for some, all_, _ in counted), default=(0, 0))
    if most == (0, 0):
        return None
    chosen = next(m for some, all_, m in counted if (some, all_) == most)
    start, end = _extent(chosen.group())
    start, end = start + chosen.start(), end + chosen.start()
    phrase = text[start:end]
    if len(parts(phrase)) > _PHRASE_WORDS_MAX:
        phrase = " ".join(list(dict.fromkeys(content(phrase)))[:_PHRASE_WORDS_MAX])
    is_clause = len(parts(phrase)) >= _CLAUSE_WORDS_MIN or _is_statement(chosen.group())
    words = frozenset(stem(word) for word in content(text))
    return Mention(
        Subject(phrase, words=words, is_clause=is_clause, article=_article(text[:start])),
        start,
        end,
    )


def _extent(sentence: str) -> tuple[int, int]:
    """From the first to the last word that carries meaning; of a description, to its end."""
    carrying = set(content(sentence))
    places = [
        place
        for word, place in zip(parts(sentence), spans(sentence), strict=False)
        if word in carrying
    ]
    if not _is_statement(sentence):
        end = places[-1][1]
        back = _BACK.match(sentence, end)
        return places[0][0], back.end() if back else end
    lead = pattern("subjects", "lead").match(plain(sentence))
    start = lead.end() if lead else 0
    return min(start, places[0][0]), len(sentence.rstrip(" .,;:!?"))


def subject_of_reply(reply: str, library: Library) -> Subject | None:
    """The topic that an answer names most often."""
    topics = [
        t for t in library.topics(reply) if t.certainty > _SURE and not is_circumstantial(t, reply)
    ]
    if not topics:
        return None
    counted = Counter(topic.documents for topic in topics)
    most = max(counted.values())
    topic = next(t for t in topics if counted[t.documents] == most)
    return Subject(_lowered(topic.name), topic.documents, frozenset(topic.words))


def new_subject(text: str) -> str | None:
    """What stands where a question names its subject: "gout" of "how is gout treated".

    None where nothing stands there, or something that was spoken of: "the pain", "my results".
    """
    for name in ("definitions", "slots", "weak"):
        for new in _in_places(name, text):
            first, _, rest = new.casefold().partition(" ")
            named = content(new) if name == "definitions" else specific(new)
            if named and (first not in _SPOKEN_OF or rest in words_of("own_article")):
                return new
    return None


def is_weakly_new(text: str) -> bool:
    """True where the place of a new subject may well hold a part of the old one."""
    return bool(_in_places("weak", text)) and not (
        _in_places("slots", text) or _in_places("definitions", text)
    )


def defines(text: str) -> bool:
    """True where a question asks what something is: "what is dialysis"."""
    return any(
        content(new) and new.casefold().partition(" ")[0] not in _SPOKEN_OF
        for new in _in_places("definitions", text)
    )


def _in_places(name: str, text: str) -> list[str]:
    """What stands in the places of a list of patterns; definitions are whole questions."""
    straight = plain(text).strip()
    found = (
        p.match(straight) if name == "definitions" else p.search(straight)
        for p in patterns("subjects", name)
    )
    return [match["new"].strip(" ?.!") for match in found if match and match["new"]]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words stand, numbered as topics number them."""
    return [match.span() for match in _WORD.finditer(text)]


def _mention(topic: Topic, text: str) -> Mention:
    places = spans(text)
    words = frozenset(topic.words)
    if topic.end > len(places):
        return Mention(Subject(topic.name, topic.documents, words), 0, len(text))
    start, end = places[topic.start][0], places[topic.end - 1][1]
    end -= 2 * plain(text[start:end]).casefold().endswith("'s")
    lead = pattern("subjects", "name_lead").match(plain(text[start:end]))
    start += lead.end() if lead else 0
    shown = _shown(topic, text[start:end])
    subject = Subject(shown, topic.documents, words, article=_article(text[:start]))
    return Mention(subject, start, end)


def _article(before: str) -> str:
    """The article that a text ends in."""
    found = _ARTICLE.search(before)
    return found[1].lower() if found else ""


def _shown(topic: Topic, typed: str) -> str:
    """The patient's own words for a topic, or the library's where a slip was mended."""
    if topic.certainty >= 1.0 or topic.certainty <= _SURE:
        return typed
    return _lowered(topic.name) if typed == typed.lower() else topic.name


def _lowered(name: str) -> str:
    """A name as it reads inside a sentence; abbreviations keep their capitals."""
    words = name.split(" ")
    return " ".join(w.lower() if w[:1].isupper() and w[1:].islower() else w for w in words)


def is_circumstantial(topic: Topic, text: str) -> bool:
    """True for "surgery", "children", "at risk": names that a question may use in passing."""
    words = parts(text)[topic.start : topic.end]
    known = words_of("person") | words_of("noise") | word_list("stop") | word_list("asking")
    return bool(words) and all(word in known or is_circumstance(word) for word in words)


def _is_sure(topic: Topic, text: str, slot: list[str]) -> bool:
    return topic.certainty > _SURE or parts(text)[topic.start : topic.end] == slot


def _surest(mentions: Sequence[Mention]) -> Mention:
    """The first mention, or a longer one that says the same more fully."""
    first = mentions[0]
    return next((m for m in mentions if m.subject.words > first.subject.words), first)


def _is_statement(text: str) -> bool:
    asks = pattern("forms", "question").match(plain(text).strip())
    return not asks and len(parts(text)) > 3 and new_subject(text) is None

"""What a question asks: its topics, the kind of section that answers it, its other words."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from chatbot.words import content_stems, stem, stems, tokens, word_list
from ingest.errors import SettingsError
from ingest.sections import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chatbot.topics import Topic, TopicIndex

_WEAK = 0.5
_SECOND_MATCH = 0.25
_CLEAR = 0.75
# What a pattern adds to the logit of its kind; fitted with the head (docs/learning.md).
_PATTERN_LOGIT = 3.0
# Kinds less likely than this are left out.
_LIKELY_MIN = 0.005
# Kinds with less than this share of the most likely one's are no more than noise.
_HINT = 0.2


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    Attributes:
        text: The question, standing alone.
        topics: The library's topics it names.
        kinds: Kinds of section it asks for, each with its weight; the strongest has 1.
        certainty: How clearly its words point to a kind, 0 to 1.
        specifics: Stems of its words that carry meaning, the topics' names left out.
        asked: Stems of its words that name a kind of section, such as "treatment".
        likely: Kind -> how likely it is the one asked for, summing to 1; empty where nothing
            was learned for the embedding model.
        neighbours: Topics that a word before them makes into other ones, which the library does
            not have: "heat stroke" is no stroke.
        mended: Misspelt words of the message -> what they were taken for.
    """

    text: str
    topics: tuple[Topic, ...]
    kinds: Mapping[str, float]
    certainty: float
    specifics: tuple[str, ...]
    asked: tuple[str, ...] = ()
    neighbours: tuple[Topic, ...] = ()
    likely: Mapping[str, float] = field(default_factory=dict)
    mended: Mapping[str, str] = field(default_factory=dict)

    def fit(self, kind: str) -> float:
        """How well a section of this kind answers it, 0 to 1."""
        if self.likely:
            return sum(share * _near(asked).get(kind, 0.0) for asked, share in self.likely.items())
        fits = (weight * _near(asked).get(kind, 0.0) for asked, weight in self.kinds.items())
        return self.certainty * max(fits, default=0.0)

    def asks_for(self, kind: str) -> float:
        """How likely just this kind of section is asked for, 0 to 1."""
        if self.likely:
            return self.likely.get(kind, 0.0)
        return self.certainty * self.kinds.get(kind, 0.0)

    def answered_by(self, kind: str) -> float:
        """The same for what it asks most clearly, hints at other kinds left out."""
        clear = (asked for asked, weight in self.kinds.items() if weight >= _CLEAR)
        return max((_near(asked).get(kind, 0.0) for asked in clear), default=0.0)


@dataclass(frozen=True, slots=True)
class _KindRule:
    kind: str
    patterns: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]
    near: Mapping[str, float]


def _has_any(_topic: Topic, _before: str, _first: str) -> bool:
    return True


def analyse(
    text: str,
    topics: TopicIndex,
    is_known: Callable[[str], bool],
    has_phrase: Callable[[Topic, str, str], bool] = _has_any,
    is_common: Callable[[str], bool] | None = None,
) -> Question:
    """Takes a question apart.

    Args:
        text: A question that stands alone.
        topics: The library's topics.
        is_known: Says of a stem whether the library's texts have it.
        has_phrase: Says whether the documents about a topic have these two words in a row.
        is_common: Says of a stem whether many of the library's texts have it.
    """
    named = topics.find(text, is_known, is_common)
    other = tuple(topic for topic in named if _is_another(topic, text, topics, has_phrase))
    found = tuple(topic for topic in named if topic not in other)
    masked = mask(text, found)
    # A topic's bare name asks what it is.
    scores = {"description": 1.0} if found and masked == "_" else _scores(masked)
    top = max(scores.values(), default=0.0)
    words = {word for topic in found for word in topic.words}
    specifics = tuple(word for word in content_stems(text) if word not in words)
    kinds = {kind: score / top for kind, score in scores.items()} if top else {}
    asked = tuple(word for word in dict.fromkeys(stems(masked)) if word in _kind_words())
    return Question(text, found, kinds, min(top, 1.0), specifics, asked, other)


def with_learned_kinds(question: Question, logits: Mapping[str, float]) -> Question:
    """The question with its kinds by the learned head and the patterns together.

    A pattern that matches raises the odds of its kind by a fixed factor: it is evidence like any
    other, and may be wrong.

    Args:
        question: As the patterns have it.
        logits: Kind -> logarithm of its probability by the head, short of a constant.
    """
    evidence = {
        kind: value + _PATTERN_LOGIT * question.certainty * question.kinds.get(kind, 0.0)
        for kind, value in logits.items()
    }
    top = max(evidence.values())
    raw = {kind: math.exp(value - top) for kind, value in evidence.items()}
    total = sum(raw.values())
    likely = {kind: value / total for kind, value in raw.items() if value / total >= _LIKELY_MIN}
    strongest = max(likely.values())
    kinds = {
        kind: share / strongest for kind, share in likely.items() if share >= _HINT * strongest
    }
    return replace(question, kinds=kinds, certainty=strongest, likely=likely)


def _is_another(
    topic: Topic, text: str, topics: TopicIndex, has_phrase: Callable[[Topic, str, str], bool]
) -> bool:
    """True when the word right before a topic's name makes it the name of something else.

    "Hemiplegic migraine" is a migraine if the pages on migraine speak of it; "heat stroke" is no
    stroke. Of a name of which only the last word stands there ("diabetes"), the word before must
    belong to the name, whatever the pages speak of. A name of several words that stands there in
    full says enough: "which gene is broken Tangier disease" is about Tangier disease.
    """
    if not topic.is_short and topic.end - topic.start > 1:
        return False
    words = [part for token in tokens(text) for part in token.split("-") if part]
    before = words[topic.start - 1] if topic.start else ""
    if not before or before in word_list("stop") | word_list("asking") | word_list("qualifiers"):
        return False
    if topic.is_short:
        names = {word for document in topic.documents for word in topics.name_words(document)}
        return stem(before) not in names
    return not has_phrase(topic, before, words[topic.start])


@cache
def _kind_words() -> frozenset[str]:
    """Stems of the words that name kinds of sections, common words left out."""
    words = {word for phrase in vocabulary().phrases for word in phrase}
    return frozenset(stem(word) for word in words - word_list("function"))


def mask(text: str, topics: Sequence[Topic]) -> str:
    """The question in plain lower case words, each topic's name replaced by ``_``."""
    words = [part for token in tokens(text) for part in token.split("-") if part]
    for topic in topics:
        words[topic.start : topic.end] = ["_"] + [""] * (topic.end - topic.start - 1)
    return " ".join(word for word in words if word)


def _scores(masked: str) -> dict[str, float]:
    """Kind -> strength: 1 for a pattern, half for a weak one, more when several agree."""
    scores = {}
    for rule in _rules():
        strong = sum(bool(pattern.search(masked)) for pattern in rule.patterns)
        weak = sum(bool(pattern.search(masked)) for pattern in rule.weak)
        if strong or weak:
            first = 1.0 if strong else _WEAK
            more = max(strong - 1, 0) + (_WEAK * weak if strong else _WEAK * (weak - 1))
            scores[rule.kind] = first + _SECOND_MATCH * more
    return scores


def _near(kind: str) -> Mapping[str, float]:
    return _nearness().get(kind, {kind: 1.0})


@cache
def _nearness() -> dict[str, dict[str, float]]:
    return {rule.kind: {rule.kind: 1.0, **rule.near} for rule in _rules()}


@cache
def _rules() -> tuple[_KindRule, ...]:
    raw = files("chatbot").joinpath("question_kinds.toml").read_text(encoding="utf-8")
    return parse_kind_rules(raw, "chatbot/question_kinds.toml")


def parse_kind_rules(raw: str, path: str) -> tuple[_KindRule, ...]:
    """Reads the rules; `path` is only named in errors.

    Raises:
        SettingsError: A kind is not in the vocabulary of sections, or a pattern is broken.
    """
    topic = "(?:" + "|".join(["_", *sorted(word_list("pronouns"))]) + ")"
    rules = []
    for kind, entry in tomllib.loads(raw)["kinds"].items():
        unknown = {kind, *entry.get("near", {})} - set(vocabulary().labels)
        if unknown:
            raise SettingsError(f"{path}: {sorted(unknown)} are no kinds of ingest/sections.toml")
        strong, weak = (
            tuple(_pattern(p, topic, kind, path) for p in entry.get(name, ()))
            for name in ("patterns", "weak")
        )
        rules.append(_KindRule(kind, strong, weak, entry.get("near", {})))
    return tuple(rules)


def _pattern(pattern: str, topic: str, kind: str, path: str) -> re.Pattern[str]:
    try:
        return re.compile(rf"(?<!\w)(?:{pattern.replace('{topic}', topic)})(?!\w)")
    except re.error as error:
        raise SettingsError(f"{path}: {kind}: {pattern!r} is no pattern: {error}") from error

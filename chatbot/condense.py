"""Follow-up -> the question that stands alone.

Deterministic: a question that names no topic of its own, and leans on what was said before,
gets the topic that the conversation was about. Nothing else of the conversation is carried over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatbot.words import subject_words, tokens, word_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatbot.answers import Turn
    from chatbot.topics import Topic

_OPENING = re.compile(
    r"^\s*(?:(?:and|but|so|ok|okay|well|then|also|plus|now|thanks|thank you)\b[\s,:.!-]*)+",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\s*(?:what|how) about\s+", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?P<possessive>its|their)\b|\b(?:it|this|that|they|them|these|those)\b(?!['\u2019]?\w)",
    re.IGNORECASE,
)
# "that" and "this" in front of a word of their own stand for nothing said before.
_DETERMINER = re.compile(r"\s+(?!is\b|are\b|be\b|was\b|do\b|does\b|can\b|will\b|in\b|at\b|for\b)\w")
_TURNS_LOOKED_AT = 8
# An answer, unlike an abstention, has markers.
_CITED = re.compile(r"\[\d+\]")


def condense(
    question: str,
    history: Sequence[Turn],
    find_topics: Callable[[str], Sequence[Topic]],
    only_topic: str | None = None,
) -> str:
    """The question with the conversation's topic put in where it leans on it.

    Args:
        question: What was asked now.
        history: The turns before, oldest first.
        find_topics: Finds the library's topics in a text.
        only_topic: What the whole library is about, where it is about one thing only: "it" then
            means that, also in a first question that names nothing else.
    """
    named = find_topics(question)
    last = _last_topic(history, find_topics)
    about = _ABOUT.match(_OPENING.sub("", question))
    if about and named and history:
        return _asked_of(named[0].name, history, find_topics) or question
    if _is_new(named, last):
        return question
    topic = last.name if last else None
    if last is None and not subject_words(question):
        topic = only_topic
    elif not _leans(question):
        return question
    if topic is None:
        return question
    bare = _OPENING.sub("", question).strip() or question.strip()
    about = _ABOUT.match(bare)
    if about:
        return _asked_again(bare[about.end() :], history, topic)
    replaced = _replace_pronoun(bare, topic)
    if replaced is None:
        replaced = f"{bare.rstrip(' ?.!')} ({topic})?"
    return replaced[:1].upper() + replaced[1:]


def _is_new(named: Sequence[Topic], last: Topic | None) -> bool:
    """True when a topic is named that stands alone.

    A mere last word ("spasms") may be the last topic said shortly; of another topic it is new.
    """
    if not named or last is None:
        return bool(named)
    return any(topic.certainty > 0.5 or not topic.documents & last.documents for topic in named)


def _last_topic(
    history: Sequence[Turn], find_topics: Callable[[str], Sequence[Topic]]
) -> Topic | None:
    """The topic that the patient named last, else the one that the answer was about.

    A subject that the library does not know is a subject all the same: "how is it treated?" after
    an unanswered question about asthma is not about the topic before that, nor about one that was
    offered instead.
    """
    reply = ""
    for turn in reversed(history[-_TURNS_LOOKED_AT:]):
        if turn.role == "assistant":
            reply = turn.text
            continue
        topics = find_topics(turn.text)
        if topics:
            # The longest name, and of equally long ones the one named first.
            return topics[0]
        if subject_words(turn.text):
            about = find_topics(reply) if _CITED.search(reply) else ()
            return about[0] if about else None
    return None


def _leans(question: str) -> bool:
    """True for a question that needs the turn before: a pronoun, or no subject of its own.

    "How is asthma treated?" names a subject, known to the library or not, and stands alone.
    """
    words = tokens(question)
    if any(word in word_list("pronouns") for word in words):
        return True
    return not subject_words(question)


def _asked_of(
    topic: str, history: Sequence[Turn], find_topics: Callable[[str], Sequence[Topic]]
) -> str | None:
    """The patient's last question, asked of another topic: "And what about a stroke?"."""
    last = _last_question(history)
    if last is None:
        return None
    before = find_topics(last)
    if not before:
        return _replace_pronoun(last, topic)
    words = [part for token in tokens(last) for part in token.split("-") if part]
    words[before[0].start : before[0].end] = [topic]
    return " ".join(words)


def _asked_again(rest: str, history: Sequence[Turn], topic: str) -> str:
    """The patient's last question, with something added: "What about my mother?"."""
    last = _last_question(history)
    rest = rest.strip(" ?.!")
    if last is None:
        return f"{rest} ({topic})?"
    return f"{last.strip(' ?.!')}, {rest} ({topic})?"


def _last_question(history: Sequence[Turn]) -> str | None:
    last = next((turn.text for turn in reversed(history) if turn.role == "user"), None)
    return _OPENING.sub("", last).strip() if last else None


def _replace_pronoun(question: str, topic: str) -> str | None:
    for match in _PRONOUN.finditer(question):
        word = match.group().casefold()
        if word in ("this", "that", "these", "those") and _DETERMINER.match(question, match.end()):
            continue
        name = f"{topic}'s" if match["possessive"] else topic
        return question[: match.start()] + name + question[match.end() :]
    return None

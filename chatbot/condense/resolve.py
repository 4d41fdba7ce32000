"""One question against the conversation before it: rules in order, the first that fits is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.condense.conversation import Conversation, Resolved, Said
from chatbot.condense.corrections import corrected
from chatbot.condense.naming import alone, attach, by_leaning, by_name, by_pronoun, first_of
from chatbot.condense.offers import choice
from chatbot.condense.phrasing import END, says_nothing, sentence, without_closing, without_opening
from chatbot.condense.repeats import more, of_another
from chatbot.condense.returns import compared, returned
from chatbot.condense.story import last_question
from chatbot.condense.subjects import Subject
from chatbot.condense.wording import content, pattern, rest_after

if TYPE_CHECKING:
    from chatbot.condense.subjects import Library


def resolve(question: str, before: Conversation, library: Library) -> Resolved:
    """The question that stands alone."""
    bare = question.strip(END)
    if not pattern("forms", "same_again").fullmatch(bare):
        if says_nothing(question):
            return Resolved(question)
        bare = last_question(without_closing(without_opening(question)), library)
    said = Said(question, bare, before, library)
    taken = choice(bare, before.offers) if before.offers else None
    if taken:
        return alone(replace(said, question=taken))
    if before.current is None:
        return _first(said)
    rules = (
        _switched,
        corrected,
        compared,
        returned,
        more,
        of_another,
        by_pronoun,
        by_name,
        by_leaning,
    )
    return first_of(rules, said) or alone(said)


def _first(said: Said) -> Resolved:
    """A question with nothing before it; in a library about one thing, "it" is that."""
    only = said.library.only
    if only is None or content(said.bare) or said.library.mentions(said.bare):
        return alone(said)
    about = said.about(Subject(only))
    return by_pronoun(about) or attach(about)


def _switched(said: Said) -> Resolved | None:
    """Takes nothing along: "different question: ..."."""
    rest = rest_after("switch", said.bare)
    if rest is None:
        return None
    return alone(replace(said, question=sentence(rest))) if rest else Resolved(said.question)

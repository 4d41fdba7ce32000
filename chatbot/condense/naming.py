"""A question by its pronoun, by the topic it names, or by neither.

Each rule makes a question that stands alone of a message, or leaves it to the next one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.condense.conversation import Resolved, Said, fill
from chatbot.condense.leaning import leans, outside
from chatbot.condense.phrasing import (
    SLOT,
    attached,
    leans_on_pronoun,
    replaced,
    sentence,
    without_opening,
)
from chatbot.condense.subjects import subject_in
from chatbot.condense.wording import parts, pattern, plain, specific, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chatbot.condense.phrasing import Pronoun
    from chatbot.condense.subjects import Mention

    Rule = Callable[[Said], Resolved | None]

_DEFINITE = re.compile(r"\b(?:the|this|that|these|those) $", re.IGNORECASE)
_VERB = re.compile(
    r"\s+(?:(?:usually|normally|even|ever|also|actually|then|first) )*(\w+)", re.IGNORECASE
)


def first_of(rules: Iterable[Rule], said: Said) -> Resolved | None:
    """What the first rule that fits makes of a message."""
    return next((resolved for rule in rules if (resolved := rule(said))), None)


def alone(said: Said) -> Resolved:
    """The question as it is; in a conversation, without "ok thanks, and" in front."""
    text = said.question
    bare = without_opening(text)
    if said.before.current is not None and bare != text.strip():
        text = sentence(bare)
    mention = subject_in(said.question, said.library)
    if mention is None:
        return Resolved(text)
    asked = said.question[: mention.start] + SLOT + said.question[mention.end :]
    asked = without_opening(asked)
    if not mention.subject.is_clause and pattern("forms", "statement").match(plain(asked)):
        asked = f"Tell me about {SLOT}."
    return Resolved(text, mention.subject, asked)


def attach(said: Said) -> Resolved:
    """The question with what was spoken of last behind it."""
    return said.asks(attached(said.bare, said.current))


def by_pronoun(said: Said) -> Resolved | None:
    """Puts what was spoken of in the place of "it", "those", "this condition"."""
    others = _others(said)
    found = outside(said.bare, others, said.current, said.library)
    if not found:
        return None
    if said.current.is_clause:
        return attach(said)
    fitting = [p for p in found if not (p.of_statement or _are_doctors(said.bare, p))]
    if not fitting:
        return None if others else attach(said)
    # "They" are more often the doctors than any other word is.
    pronoun = next((p for p in fitting if p.certain), None)
    pronoun = pronoun or next((p for p in fitting if p.form != "they"), fitting[0])
    resolved = said.asks(replaced(said.bare, pronoun, _name_for(said)))
    if not pronoun.many or resolved.asked is None:
        return resolved
    return replace(resolved, text=sentence(fill(resolved.asked, said.current.plural())))


def by_name(said: Said) -> Resolved | None:
    """A topic that is named is what is asked about; the last one said shortly is still that."""
    mentions = said.library.mentions(said.bare)
    others = [m for m in _others(said) if not _is_part(said, m)]
    if others:
        compared = pattern("forms", "compared").search(plain(said.bare))
        if compared and compared.start() < others[0].start and len(others) == 1 == len(mentions):
            return attach(said)
        return alone(said)
    same = [m for m in mentions if m.subject.is_same(said.current)]
    if not same:
        return None
    if len(same[0].subject.words) < len(said.current.words) and not said.current.is_clause:
        return said.asks(said.bare[: same[0].start] + SLOT + said.bare[same[0].end :])
    return alone(said)


def by_leaning(said: Said) -> Resolved | None:
    """Takes along what was spoken of: "any tablets?", "will I need surgery?"."""
    leaning = leans_on_pronoun(said.bare) and not specific(said.bare)
    if leaning or leans(said.bare, said.current, said.library):
        return attach(said)
    return None


def _others(said: Said) -> list[Mention]:
    """The topics that a message names besides the one spoken of."""
    mentions = said.library.mentions(said.bare)
    return [m for m in mentions if not m.subject.is_same(said.current)]


def _is_part(said: Said, mention: Mention) -> bool:
    """True for "the rash" where the pages on what was spoken of speak of a rash."""
    words = parts(said.bare[mention.start : mention.end])
    return (
        bool(_DEFINITE.search(said.bare[: mention.start]))
        and said.library.knows(said.current)
        and not said.library.strange(words, said.current)
    )


def _name_for(said: Said) -> str:
    """The subject's place; "medicines for" it where "they" are those of the last question."""
    asked = parts(said.before.asked or "")
    remedy = next((word for word in asked if word in words_of("remedies")), None)
    if remedy and pattern("forms", "remedy_cues").search(plain(said.bare)):
        return f"{remedy} for {SLOT}"
    return SLOT


def _are_doctors(text: str, pronoun: Pronoun) -> bool:
    """True for "they" in "how do they treat it"."""
    verb = _VERB.match(text, pronoun.end)
    return pronoun.form == "they" and bool(verb and verb[1].lower() in words_of("doctor_verbs"))

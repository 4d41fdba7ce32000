"""Follow-up -> the question that stands alone.

Deterministic: the conversation is read from its beginning, and each question is resolved against
what was said before it. A question that leans on the conversation gets its subject, and nothing
else of it; where a subject is not in the library its own words are carried, never an older topic.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.condense.conversation import Conversation
from chatbot.condense.offers import offered
from chatbot.condense.phrasing import SLOT
from chatbot.condense.resolve import resolve
from chatbot.condense.subjects import Library, subject_of_reply
from chatbot.reading import reply
from chatbot.scope import elsewhere_line, friendly_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatbot.answers import Turn
    from chatbot.topics import Topic

# An answer, unlike an abstention, has markers.
_CITED = re.compile(r"\[\d+\]")


def condense(
    question: str,
    history: Sequence[Turn],
    find_topics: Callable[[str], Sequence[Topic]],
    only_topic: str | None = None,
    speaks_of: Callable[[frozenset[str], str], bool] | None = None,
) -> str:
    """The question as it would have been asked with nothing before it.

    Args:
        question: What was asked now.
        history: The turns before, oldest first.
        find_topics: Finds the library's topics in a text.
        only_topic: What the whole library is about, where it is about one thing only: "it" then
            means that, also in a first question that names nothing else.
        speaks_of: Says whether one of the documents of these ids uses a word of this stem. With
            it, "can I still play football" is told better from a question on something else.
    """
    library = Library(find_topics, speaks_of, only_topic)
    conversation = Conversation()
    for turn in history:
        if turn.role == "user":
            conversation = _asked(_clean(turn.text), conversation, library)
        else:
            conversation = _answered(turn.text, conversation, library)
    return resolve(_clean(question), conversation, library).text


def _clean(text: str) -> str:
    """A text without the character that marks the place of a subject."""
    return text.replace(SLOT, " ")


def _asked(text: str, before: Conversation, library: Library) -> Conversation:
    """The conversation after a patient's message; "thanks" and the weather change nothing."""
    if friendly_line(text) or (elsewhere_line(text) and not library.topics(text)):
        return before
    return before.after(resolve(text, before, library))


def _answered(text: str, before: Conversation, library: Library) -> Conversation:
    """The conversation after an answer: what it offered, and what it was about.

    Its topic counts only where the patient described something and named nothing: an answer to
    "what is asthma" from another page makes no other topic of it.
    """
    offers = offered(text, reply("offer"))
    current = before.current
    if not _CITED.search(text) or (current is not None and not current.is_clause):
        return replace(before, offers=offers)
    found = subject_of_reply(text, library)
    if found is None:
        return replace(before, offers=offers)
    described = current.words if current else frozenset()
    about = replace(found, words=found.words | described)
    earlier = tuple(s for s in before.subjects if s != current)
    return Conversation((*earlier, about), about, None, offers)

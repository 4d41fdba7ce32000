"""What is left of a message once it is known what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.condense.naming import attach, by_name, by_pronoun, first_of
from chatbot.condense.phrasing import SLOT, without_opening
from chatbot.condense.repeats import more, of_another
from chatbot.condense.wording import parts

if TYPE_CHECKING:
    from chatbot.condense.conversation import Resolved, Said
    from chatbot.condense.subjects import Subject


def asked_of(said: Said, subject: Subject, rest: str, *, tell: bool) -> Resolved:
    """What is left of a message, asked of another subject than the last.

    Args:
        said: The message.
        subject: What is asked about.
        rest: What is left of the message.
        tell: Where nothing is left, whether to tell about the subject or ask the last question.
    """
    left = without_opening(rest).strip()
    about = said.about(subject).with_bare(left)
    if parts(left):
        return first_of((more, of_another, by_pronoun, by_name), about) or attach(about)
    if tell:
        return said.asks(f"Tell me about {SLOT}.", subject)
    return said.asks_again(subject)

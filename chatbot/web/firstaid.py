"""The safety check that the page makes itself, before anything that can wait or fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.answers import Answer, Outcome
from chatbot.notices import card, disclaimer
from chatbot.triage import triage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.answers import Locale, Turn
    from chatbot.triage.meaning import Reader


def card_first(
    question: str, history: Sequence[Turn], locale: Locale, reader: Reader | None = None
) -> Answer | None:
    """Returns the card that these words call for, or None when they call for none.

    The assistant makes the same check before every answer. The page makes it as well, because a
    card must wait neither for a model to load nor for other patients, nor fail with the library.

    Args:
        question: As it was asked.
        history: What was said before.
        locale: Whose numbers to show.
        reader: The model of the check; None where it is not loaded: the rules then decide alone.
    """
    decision = triage(question, history, reader)
    if decision.action == "normal":
        return None
    notices = (card(decision, locale), disclaimer(locale))
    return Answer(
        question=question,
        standalone_question=question,
        outcome=Outcome(decision.action),
        text="\n\n".join(each.text for each in notices),
        notices=notices,
    )

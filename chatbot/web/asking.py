"""From a question to what the page shows, step by step, whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chatbot.answers import Outcome
from chatbot.notices import disclaimer
from chatbot.web import words
from chatbot.web.conversation import Reply
from chatbot.web.firstaid import card_first
from chatbot.web.limits import Client, TooOftenError
from chatbot.web.logs import describe
from chatbot.web.render import answer_html, status_html, trouble_html
from chatbot.web.workers import BusyError
from ingest.errors import CiteWellError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from chatbot.answers import Answer, Locale, Notice, Turn
    from chatbot.triage.meaning import Reader
    from chatbot.web.limits import RateLimit
    from chatbot.web.loading import Loader
    from chatbot.web.workers import Workers

    Check = Callable[[str, Sequence[Turn], Locale, Reader | None], Answer | None]

logger = logging.getLogger(__name__)

MOST_CHARACTERS = 4000
SENTENCE_SECONDS = 0.04


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what it needs to be answered.

    Attributes:
        text: As it was asked.
        history: What was said before.
        locale: Whose numbers to show.
        number: Its place in the conversation, from 1.
        client: Who asks it.
    """

    text: str
    history: Sequence[Turn]
    locale: Locale
    number: int
    client: Client = field(default_factory=Client)


class TooLongError(CiteWellError):
    """The question has more characters than are read at once."""


class ClosedError(CiteWellError):
    """There is no assistant, because it could not be loaded."""


class Desk:
    """Takes questions from every patient; keeps nothing about any of them."""

    def __init__(
        self,
        loader: Loader,
        workers: Workers,
        check: Check = card_first,
        limit: RateLimit | None = None,
    ) -> None:
        """Takes what loads the assistant, the threads it answers in, the check and the limit.

        Args:
            loader: Loads the assistant.
            workers: The threads that answer.
            check: The safety check; it is made however often somebody asks.
            limit: How often one client is answered; None for as often as it likes.
        """
        self._loader = loader
        self._limit = limit
        self._workers = workers
        self._check = check

    async def replies(self, question: Question) -> AsyncIterator[Reply]:
        """Yields what to show, each replacing the one before; the last one is done.

        The safety check comes before anything that can wait or fail, so that a card does neither.
        """
        notices: tuple[Notice, ...] = (disclaimer(question.locale),)
        outcome = None
        try:
            assistant = self._loader.assistant
            card = await asyncio.to_thread(
                self._check,
                question.text[:MOST_CHARACTERS],
                question.history,
                question.locale,
                assistant.reader if assistant else None,
            )
            if card is not None:
                notices, outcome = card.notices, card.outcome
            if card is not None and card.outcome is not Outcome.URGENT:
                yield Reply(answer_html(card, question.number), card.text)
                return
            if self._limit:
                self._limit.count(question.client)
            waiting = words.WAKING if assistant is None else words.LOOKING
            html = status_html(waiting, notices, outcome)
            yield Reply(html, done=False, notices=notices, outcome=outcome)
            answer = await self._answer(question)
            async for reply in _written_out(answer, question.number):
                yield reply
        except Exception as error:  # noqa: BLE001  a patient is owed a reply whatever broke
            yield Reply(trouble_html(_explained(error), notices, outcome))

    async def _answer(self, question: Question) -> Answer:
        if len(question.text) > MOST_CHARACTERS:
            raise TooLongError(f"more than {MOST_CHARACTERS} characters; ask in fewer words")
        assistant = await self._loader.wait()
        if assistant is None:
            raise ClosedError("the library is not open; the log says why")
        return await self._workers.run(
            assistant.answer, question.text, question.history, question.locale
        )


async def _written_out(answer: Answer, number: int) -> AsyncIterator[Reply]:
    """Shows an answer sentence by sentence, quickly."""
    for shown in range(1, len(answer.sentences)):
        yield Reply(answer_html(answer, number, shown), answer.text, done=False)
        await asyncio.sleep(SENTENCE_SECONDS)
    yield Reply(answer_html(answer, number), answer.text, answer.suggestions)


def _explained(error: Exception) -> str:
    """What the patient reads about an error; all they need not know goes to the log."""
    expected: dict[type[Exception], str] = {
        TooLongError: words.TOO_LONG,
        ClosedError: words.CLOSED,
        BusyError: words.BUSY,
        TooOftenError: words.TOO_OFTEN,
    }
    if type(error) in expected:
        return expected[type(error)]
    logger.error("A question could not be answered: %s", describe(error))
    return words.BROKEN

"""One patient's conversation, as the page keeps it for the length of a visit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chatbot.answers import Turn
from chatbot.web import words
from chatbot.web.render import question_html, trouble_html

if TYPE_CHECKING:
    from typing import Any

    from chatbot.answers import Notice, Outcome

MOST_EXCHANGES = 50


@dataclass(frozen=True, slots=True)
class Reply:
    """What the page shows in reply, at one moment of it.

    Attributes:
        html: The message.
        text: What the assistant said, for the history; None when there was no answer.
        suggestions: Next questions to offer as buttons.
        done: False while more is to come.
        notices: The card and the lines that must stay if the patient stops here.
        outcome: The outcome that the card belongs to.
    """

    html: str
    text: str | None = None
    suggestions: tuple[str, ...] = ()
    done: bool = True
    notices: tuple[Notice, ...] = ()
    outcome: Outcome | None = None

    def stopped(self) -> Reply:
        """This reply when the patient waits no longer: what is written stays, and the card."""
        if self.done or self.text is not None:
            return replace(self, done=True)
        return Reply(trouble_html(words.STOPPED, self.notices, self.outcome))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has been shown in reply to it so far."""

    question: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Conversation:
    """All exchanges of one visit; each change makes a new one.

    Attributes:
        exchanges: The latest ones, in order.
        count: How many there have been, also those no longer kept.
    """

    exchanges: tuple[Exchange, ...] = field(default=())
    count: int = 0

    def asked(self, question: str, reply: Reply) -> Conversation:
        """Adds a question."""
        kept = self.exchanges[-(MOST_EXCHANGES - 1) :]
        return Conversation((*kept, Exchange(question, reply)), self.count + 1)

    def replied(self, reply: Reply) -> Conversation:
        """Replaces the reply to the last question."""
        last = replace(self.exchanges[-1], reply=reply)
        return replace(self, exchanges=(*self.exchanges[:-1], last))

    def stopped(self) -> Conversation:
        """Ends the last reply where it stands."""
        return self.replied(self.exchanges[-1].reply.stopped()) if self.exchanges else self

    def turns(self) -> tuple[Turn, ...]:
        """The conversation as the assistant reads it, unanswered questions included."""
        turns: list[Turn] = []
        for exchange in self.exchanges:
            turns.append(Turn("user", exchange.question))
            if exchange.reply.text is not None:
                turns.append(Turn("assistant", exchange.reply.text))
        return tuple(turns)

    def messages(self) -> list[dict[str, Any]]:
        """The conversation as the chat component shows it."""
        messages: list[dict[str, Any]] = []
        for exchange in self.exchanges:
            options = [{"value": each} for each in exchange.reply.suggestions]
            messages += [
                {"role": "user", "content": question_html(exchange.question)},
                {"role": "assistant", "content": exchange.reply.html, "options": options},
            ]
        return messages

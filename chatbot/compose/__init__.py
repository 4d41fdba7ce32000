"""Ways to word an answer from passages, behind one protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chatbot.retrieval import Retrieval
    from ingest.documents import Passage


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence of an answer and the place that supports it, before it is verified.

    Attributes:
        text: The words to show.
        passage: The passage it rests on.
        start: Where its support begins in the document's text.
        end: Exclusive.
        item: True when it is shown as an item of a list.
        block: Drafts of one block are shown as one paragraph or list.
        label: A line from code before it, or None.
        cut_list: True for the last item shown of a list that goes on in the source.
        disagrees: True for a sentence that contradicts another page's, shown before it.
    """

    text: str
    passage: Passage
    start: int
    end: int
    item: bool
    block: int
    label: str | None = None
    cut_list: bool = False
    disagrees: bool = False


class Composer(Protocol):
    """Words an answer."""

    @property
    def name(self) -> str:
        """``"extractive"``, or the chat model's name."""
        ...

    def compose(self, retrieval: Retrieval) -> list[Draft]:
        """The sentences of the answer in reading order; none if nothing fits."""
        ...

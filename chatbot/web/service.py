"""What the page needs from whatever answers its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.answers import Answer, Locale, Turn
    from chatbot.triage.meaning import Reader
    from ingest.documents import Document


class Assistant(Protocol):
    """Answers questions from a library of documents.

    One assistant serves every patient, from several threads at once: it keeps nothing about any
    of them.
    """

    @property
    def reader(self) -> Reader | None:
        """What reads messages for the safety check beside its rules, if anything does."""
        ...

    def answer(
        self, question: str, history: Sequence[Turn] = (), locale: Locale = "unknown"
    ) -> Answer:
        """Answers one question, given what was said before."""
        ...

    def document(self, document_id: str) -> Document | None:
        """Returns the document as the library holds it, or None when it has none of that id."""
        ...

    def examples(self) -> Sequence[str]:
        """Returns a few questions that the library can answer."""
        ...

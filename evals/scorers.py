"""Scorers: each judges one case, and gives True, False, or None where it does not apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.answers import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatbot.answers import Answer
    from evals.cases import Case, Relevant
    from ingest.documents import Passage

    Scorer = Callable[[Case, Answer], bool | None]


def _is(passage: Passage, relevant: Relevant, *, heading: bool = True) -> bool:
    document = passage.document
    right = document.id == relevant.document_id or document.title == relevant.title
    return right and (not heading or passage.heading == relevant.heading)


def _among(
    passages: Sequence[Passage], case: Case, top_k: int, *, heading: bool = True
) -> bool | None:
    if not case.relevant:
        return None
    return any(
        _is(passage, relevant, heading=heading)
        for passage in passages[:top_k]
        for relevant in case.relevant
    )


def section_at_1(case: Case, answer: Answer) -> bool | None:
    """A passage of the right title and heading comes first."""
    return _among(answer.passages, case, 1)


def section_at_5(case: Case, answer: Answer) -> bool | None:
    """A passage of the right title and heading is among the first five."""
    return _among(answer.passages, case, 5)


def topic_at_5(case: Case, answer: Answer) -> bool | None:
    """A passage of the right title is among the first five."""
    return _among(answer.passages, case, 5, heading=False)


def outcome(case: Case, answer: Answer) -> bool | None:
    """The question ended as it should."""
    return None if case.outcome is None else answer.outcome == case.outcome


def cited_section(case: Case, answer: Answer) -> bool | None:
    """The first citation of an answered question is to the right section."""
    if not case.relevant or answer.outcome is not Outcome.ANSWERED:
        return None
    return _among([citation.passage for citation in answer.citations], case, 1)


def quote_integrity(_: Case, answer: Answer) -> bool | None:
    """Each citation's quote is the document's text at its offsets."""
    if not answer.citations:
        return None
    return all(c.passage.document.text[c.start : c.end] == c.quote for c in answer.citations)


def sentence_support(_: Case, answer: Answer) -> bool | None:
    """Each sentence stands word for word, white space aside, in a passage that it cites."""
    if not answer.sentences:
        return None
    quotes = {citation.marker: " ".join(citation.quote.split()) for citation in answer.citations}
    return all(
        any(" ".join(sentence.text.split()) in quotes[marker] for marker in sentence.markers)
        for sentence in answer.sentences
    )


def no_citation_without_answer(_: Case, answer: Answer) -> bool | None:
    """An answer that abstains, or is a card alone, cites nothing."""
    if answer.outcome in (Outcome.ANSWERED, Outcome.URGENT):
        return None
    return not answer.citations


SCORERS: tuple[Scorer, ...] = (
    section_at_1,
    section_at_5,
    topic_at_5,
    outcome,
    cited_section,
    quote_integrity,
    sentence_support,
    no_citation_without_answer,
)

"""Do the citations hold, and do they lead to the right section?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.answers import Answer, Outcome, Sentence
from evals.ranking import among, places
from evals.scorers.base import Score, not_applicable, scored

if TYPE_CHECKING:
    from evals.cases import Case, Relevant

_CITING = (Outcome.ANSWERED, Outcome.URGENT)


class CitedSection:
    """The first citation of an answered question is to a relevant section."""

    name = "cited_section"

    def score(self, case: Case, answer: Answer) -> Score:
        """1 where it is, else 0."""
        if not case.answering or answer.outcome is not Outcome.ANSWERED:
            return not_applicable("not answered, or no section is said to be relevant")
        first = places(citation.passage for citation in answer.citations[:1])
        where = f"{first[0].title}, {first[0].heading}" if first else "nothing"
        return scored(among(first, case.answering), f"cited first: {where}")


class AnswerSection:
    """Most of the answer's sentences come from relevant sections."""

    name = "answer_section"

    def score(self, case: Case, answer: Answer) -> Score:
        """1 where more than half of them do, else 0."""
        if not case.answering or answer.outcome is not Outcome.ANSWERED or not answer.sentences:
            return not_applicable("not answered, or no section is said to be relevant")
        right = sum(_comes_from(s, answer, case.answering) for s in answer.sentences)
        total = len(answer.sentences)
        return scored(2 * right > total, f"{right} of {total} sentences")


def _comes_from(sentence: Sentence, answer: Answer, relevant: list[Relevant]) -> bool:
    cited = (c.passage for c in answer.citations if c.marker in sentence.markers)
    return among(places(cited), relevant)


class QuoteIntegrity:
    """Each citation's quote is the document's text at its offsets."""

    name = "quote_integrity"

    def score(self, _case: Case, answer: Answer) -> Score:
        """1 where all are, else 0."""
        if not answer.citations:
            return not_applicable("nothing is cited")
        wrong = [
            c.marker
            for c in answer.citations
            if c.passage.document.text[c.start : c.end] != c.quote
        ]
        return scored(not wrong, f"quotes that are not the text: {wrong}" if wrong else "")


class SentenceSupport:
    """Each sentence stands word for word, white space aside, in a passage that it cites."""

    name = "sentence_support"

    def score(self, _case: Case, answer: Answer) -> Score:
        """1 where all do, else 0; a generated text is for the judge."""
        if not answer.sentences:
            return not_applicable("there is no sentence")
        if answer.composer != "extractive":
            return not_applicable(f"the words are those of {answer.composer}")
        quotes = {c.marker: " ".join(c.quote.split()) for c in answer.citations}
        lost = [
            sentence.text
            for sentence in answer.sentences
            if not any(
                " ".join(sentence.text.split()) in quotes.get(marker, "")
                for marker in sentence.markers
            )
        ]
        return scored(not lost, f"not in what it cites: {lost[0]!r}" if lost else "")


class NoCitationWithoutAnswer:
    """An answer that abstains, or is a card alone, cites nothing."""

    name = "no_citation_without_answer"

    def score(self, _case: Case, answer: Answer) -> Score:
        """1 where nothing is cited, else 0."""
        if answer.outcome in _CITING:
            return not_applicable("it may cite")
        return scored(not answer.citations, f"{len(answer.citations)} citations")


CITED = (
    CitedSection(),
    AnswerSection(),
    QuoteIntegrity(),
    SentenceSupport(),
    NoCitationWithoutAnswer(),
)

"""The whole way of a question, on one screen."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chatbot import suggestions
from chatbot.answers import Answer, Locale, Notice, Outcome, Turn
from chatbot.compose.extractive import ExtractiveComposer
from chatbot.condense import condense
from chatbot.learned.advice import advice_head
from chatbot.learned.triage import triage_reader
from chatbot.notices import card, cautions, disclaimer, personal_caution
from chatbot.reading import answer_text, offers, reply, with_notices
from chatbot.rerank import CrossEncoderReranker
from chatbot.retrieval import Retriever
from chatbot.scope import elsewhere_line, friendly_line
from chatbot.settings import ChatSettings
from chatbot.sufficiency import judge
from chatbot.triage import Action, triage
from chatbot.verify import cite, verified
from chatbot.words import stem
from ingest.embedding import embedder_from
from ingest.index import Index
from ingest.sections import vocabulary
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from chatbot.compose import Composer
    from chatbot.questions import Question
    from chatbot.retrieval import Retrieval
    from chatbot.sufficiency import Sufficiency
    from chatbot.topics import Topic
    from chatbot.triage.meaning import Reader
    from ingest.documents import Document
    from ingest.embedding import Embedder

_CARD_ONLY = (Action.EMERGENCY, Action.CRISIS, Action.POISON)
_CARD_OUTCOMES = tuple(Outcome(action) for action in _CARD_ONLY)
_STAGES = ("triage", "condense", "retrieve", "compose", "verify", "total")
# How many passages an answer carries with it.
_PASSAGES = 20
# How far back, and how much of each turn, a follow-up's topic is looked for.
_TURNS = 24
_TURN_CHARS = 4000


class Chatbot:
    """Answers questions from an index; one serves everybody, and keeps nothing of anybody.

    Attributes:
        index: The index.
        reader: Reads messages for triage, beside its rules.
    """

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        composer: Composer | None = None,
        settings: ChatSettings | None = None,
        reader: Reader | None = None,
    ) -> None:
        """Takes an open index and the embedder that it was built with.

        Args:
            index: The index.
            embedder: The embedding model.
            composer: Makes the answer's sentences; None for the extractive one.
            settings: None for those of the environment.
            reader: Reads messages for triage; None for the shipped one.
        """
        self.index = index
        self.reader = reader or triage_reader(embedder)
        self._advice = advice_head(embedder)
        self._settings = settings or ChatSettings()
        model = self._settings.reranker
        reranker = CrossEncoderReranker(model) if model else None
        self._retriever = Retriever(index, embedder, reranker=reranker)
        self._composer = composer or ExtractiveComposer()

    @classmethod
    def open(cls, folder: Path) -> Chatbot:
        """Opens an index with the settings of the environment, the model loaded.

        Raises:
            IndexMissingError: There is no index in the folder.
            IndexMismatchError: It was built with something else.
            ModelError: The embedding model can't be loaded.
        """
        settings = IngestSettings()
        embedder = embedder_from(settings)
        index = Index.open(folder, embedder.identity, settings.chunk_tokens)
        chatbot = cls(index, embedder)
        chatbot.warm_up()
        return chatbot

    def warm_up(self) -> None:
        """Loads what the first question would wait for."""
        # With a slip, so that the dictionary is loaded, too.
        self.answer("What is it realy?")

    def document(self, document_id: str) -> Document | None:
        """The document, or None where there is none of that id."""
        return self.index.document(document_id)

    def examples(self) -> list[str]:
        """A few questions that the library can answer."""
        return suggestions.examples(self._retriever.summaries)

    def answer(
        self, question: str, history: Sequence[Turn] = (), locale: Locale | None = None
    ) -> Answer:
        """Answers one question; never raises for what a patient wrote.

        Args:
            question: As the patient wrote it.
            history: The turns before, oldest first.
            locale: Whose emergency numbers to tell; None for the setting's.
        """
        # A lone surrogate, half of a character, cannot be embedded or printed.
        question = question.encode("utf-8", "replace").decode("utf-8")
        clock = _Clock()
        turn = _Asked(question, tuple(history), locale or self._settings.locale, clock)
        with clock("triage"):
            decision = triage(question, history, self.reader)
        if decision.action in _CARD_ONLY:
            notices = (card(decision, turn.locale), disclaimer(turn.locale))
            return turn.answer(Outcome(decision.action), with_notices("", notices), notices)
        urgent = (card(decision, turn.locale),) if decision.action is Action.URGENT else ()
        turn.notices = (*urgent, *cautions(question, history), disclaimer(turn.locale))
        line = self._line(question)
        if line:
            outcome, text = line
            return turn.answer(outcome, with_notices(text, turn.notices), turn.notices)
        with clock("condense"):
            turn.standalone = self._condense(turn)
        with clock("retrieve"):
            analysed = turn.analysed.get(turn.standalone)
            retrieval = self._retriever.retrieve(turn.standalone, analysed)
            sufficiency = judge(retrieval, self._retriever)
            self._add_caution(turn, retrieval)
        turn.sufficiency = round(sufficiency.score, 4)
        if not sufficiency.sufficient:
            return self._abstain(turn, retrieval, sufficiency)
        with clock("compose"):
            drafts = self._composer.compose(retrieval)
        with clock("verify"):
            sentences, citations = cite(verified(drafts))
        if not sentences:
            return self._abstain(turn, retrieval, sufficiency)
        said_of_drafts = {
            "cut_list": any(draft.cut_list for draft in drafts),
            "disagree": any(draft.disagrees for draft in drafts),
        }
        lines = self._read_as(retrieval)
        lines += [reply(name) for name, holds in said_of_drafts.items() if holds]
        turn.notices = (*(Notice("caution", line) for line in lines), *turn.notices)
        answer = turn.answer(
            Outcome.ANSWERED, answer_text(sentences, turn.notices), turn.notices, retrieval
        )
        return replace(
            answer,
            sentences=tuple(sentences),
            citations=tuple(citations),
            composer=self._composer.name,
        )

    def _line(self, question: str) -> tuple[Outcome, str] | None:
        """The outcome and line for a message that is not looked up; None for all others."""
        limit = self._settings.max_question_chars
        if not question.strip():
            return Outcome.ABSTAINED, reply("empty")
        if len(question) > limit:
            text = reply("too_long").format(length=f"{len(question):,}", limit=f"{limit:,}")
            return Outcome.ABSTAINED, text
        line = friendly_line(question)
        if line is None:
            line = elsewhere_line(question)
            if line is not None and self._retriever.analyse(question).topics:
                return None
        return (Outcome.OUT_OF_SCOPE, line) if line else None

    def _add_caution(self, turn: _Asked, retrieval: Retrieval) -> None:
        """Adds whom to ask where a personal decision is asked for in words no pattern knows."""
        line = personal_caution()
        if self._advice is None or retrieval.vector is None or line in turn.notices:
            return
        if self._advice.is_personal(retrieval.vector):
            turn.notices = (*turn.notices[:-1], line, turn.notices[-1])

    def _condense(self, turn: _Asked) -> str:
        recent = [Turn(each.role, each.text[:_TURN_CHARS]) for each in turn.history[-_TURNS:]]

        def topics(text: str) -> Sequence[Topic]:
            return turn.analyse(self._retriever, text).topics

        only, speaks_of = self._retriever.topics.only, self._retriever.speaks_of
        return condense(turn.question, recent, topics, only, speaks_of)

    def _read_as(self, retrieval: Retrieval) -> list[str]:
        """A line on words of the topic's name that were taken for slips; none where none was."""
        document = retrieval.passages[0].document
        name = self._retriever.topics.name_words(document.id)
        words = [
            reply("read_as_word").format(written=written, meant=meant)
            for written, meant in retrieval.question.mended.items()
            if stem(meant) in name
        ]
        return [reply("read_as").format(words=", ".join(words))] if words else []

    def _abstain(self, turn: _Asked, retrieval: Retrieval, sufficiency: Sufficiency) -> Answer:
        """Says that the documents do not answer, and what they do; cites nothing."""
        offered = suggestions.nearest(retrieval, self._retriever.summaries)
        lines = [reply("abstained")]
        if sufficiency.section_missing:
            kinds = retrieval.question.kinds
            kind = max(kinds, key=lambda asked: kinds[asked])
            topic = suggestions.topic_name(retrieval.question.topics[0].name)
            label = vocabulary().labels[kind]
            lines = [reply("section_missing").format(topic=topic, kind=label)]
        text = offers([*lines, reply("ask_someone")], offered)
        answer = turn.answer(
            Outcome.ABSTAINED, with_notices(text, turn.notices), turn.notices, retrieval
        )
        return replace(answer, suggestions=tuple(offered))


class _Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._stages = dict.fromkeys(_STAGES, 0.0)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._stages[stage] = round((time.perf_counter() - began) * 1000, 3)

    def stages(self) -> dict[str, float]:
        total = round((time.perf_counter() - self._began) * 1000, 3)
        return {**self._stages, "total": total}


@dataclass(slots=True)
class _Asked:
    """What is known of a question on its way."""

    question: str
    history: tuple[Turn, ...]
    locale: Locale
    clock: _Clock
    standalone: str = ""
    notices: tuple[Notice, ...] = ()
    sufficiency: float | None = None
    analysed: dict[str, Question] = field(default_factory=dict)

    def analyse(self, retriever: Retriever, text: str) -> Question:
        """A text taken apart, once."""
        if text not in self.analysed:
            self.analysed[text] = retriever.analyse(text)
        return self.analysed[text]

    def answer(
        self,
        outcome: Outcome,
        text: str,
        notices: tuple[Notice, ...],
        retrieval: Retrieval | None = None,
    ) -> Answer:
        """The answer so far. A card for today stays the outcome, whatever else was found."""
        if any(notice.kind == "card" for notice in notices) and outcome not in _CARD_OUTCOMES:
            outcome = Outcome.URGENT
        return Answer(
            question=self.question,
            standalone_question=self.standalone or self.question,
            outcome=outcome,
            text=text,
            passages=retrieval.passages[:_PASSAGES] if retrieval else (),
            notices=notices,
            timings_ms=self.clock.stages(),
            sufficiency=self.sufficiency,
        )

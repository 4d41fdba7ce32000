"""Asks a chat model one yes/no question about an answer, and reads what it says strictly."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from chatbot.answers import Answer, Outcome
from evals.scorers import Score, not_applicable, scored
from ingest.errors import CiteWellError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel

    from evals.cases import Case
    from ingest.documents import Passage

# Passages that completeness is judged by, besides those cited.
_FOUND = 5
_ATTEMPTS = 3
_SHOWN = 200


class JudgeError(CiteWellError):
    """A judge can't be asked, or says something that is no verdict."""


class Verdict(BaseModel):
    """What the model has to reply; anything else is no verdict."""

    model_config = ConfigDict(extra="forbid", strict=True)

    verdict: Literal["yes", "no"]
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """A text that an answer may rest on."""

    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """What is judged.

    Attributes:
        question: As it was asked.
        answer: Its sentences.
        sources: What it may rest on.
        history: The turns before, as role and text.
    """

    question: str
    answer: tuple[str, ...]
    sources: tuple[Source, ...]
    history: tuple[tuple[str, str], ...] = ()


class _Criterion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    sources: Literal["cited", "found"]


class _Prompts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int
    system: str
    criteria: dict[str, _Criterion]


@cache
def prompts() -> _Prompts:
    """The prompts of `prompts.toml`."""
    text = (files("evals.judge") / "prompts.toml").read_text(encoding="utf-8")
    return _Prompts.model_validate(tomllib.loads(text))


class Judge:
    """A chat model that judges; it is asked up to three times where it fails to reply."""

    def __init__(self, model: BaseChatModel, name: str, *, wait: bool = True) -> None:
        """Takes any LangChain chat model.

        Args:
            model: The model.
            name: What it is called in summaries.
            wait: Whether to wait, longer each time, before it is asked again.
        """
        self._model = model.with_retry(stop_after_attempt=_ATTEMPTS, wait_exponential_jitter=wait)
        self.name = f"{name}, prompts {prompts().version}"

    def ask(self, criterion: str, material: Material) -> Verdict:
        """The verdict on one criterion.

        Raises:
            JudgeError: The reply is no verdict; the message shows it.
            Exception: What the model raised at its last attempt.
        """
        system = prompts().system.format(criterion=prompts().criteria[criterion].text.strip())
        reply = self._model.invoke([("system", system.strip()), ("human", _as_json(material))])
        text = reply.text
        try:
            return Verdict.model_validate_json(text)
        except ValidationError as error:
            raise JudgeError(f"the judge's reply is no verdict: {text[:_SHOWN]!r}") from error

    def scorers(self) -> tuple[Judging, ...]:
        """A scorer for each criterion."""
        return tuple(Judging(name, self) for name in prompts().criteria)


def _as_json(material: Material) -> str:
    return json.dumps(asdict(material), ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True)
class Judging:
    """The scorer of one criterion: 1 for yes, 0 for no; unscored where there is no verdict."""

    name: str
    judge: Judge

    def score(self, case: Case, answer: Answer) -> Score:
        """Judges an answer that has sentences; others are not for a judge."""
        if answer.outcome not in (Outcome.ANSWERED, Outcome.URGENT) or not answer.sentences:
            return not_applicable("there is no sentence")
        verdict = self.judge.ask(self.name, material_of(self.name, case, answer))
        return scored(verdict.verdict == "yes", verdict.reason)


def material_of(criterion: str, case: Case, answer: Answer) -> Material:
    """What is judged of an answer."""
    passages: Sequence[Passage] = [citation.passage for citation in answer.citations]
    if prompts().criteria[criterion].sources == "found":
        passages = [*passages, *answer.passages[:_FOUND]]
    unique = {passage.chunk.id: passage for passage in passages}
    return Material(
        question=case.question,
        answer=tuple(sentence.text for sentence in answer.sentences),
        sources=tuple(Source(p.document.title, p.heading, p.chunk.text) for p in unique.values()),
        history=tuple((message.role, message.content) for message in case.history),
    )

"""What a case is: a question, and what is expected of its answer."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from chatbot.answers import Locale, Outcome, Role
from chatbot.triage import Action
from ingest.errors import CiteWellError

# A section of this grade or a higher one answers the question.
RELEVANT_GRADE = 2
_CARDS = (Outcome.URGENT, Outcome.EMERGENCY, Outcome.POISON, Outcome.CRISIS)


class CasesError(CiteWellError):
    """Cases or the results of a run can't be read."""


class Message(BaseModel):
    """An earlier turn."""

    model_config = ConfigDict(extra="forbid")

    role: Role = Field(description="`user` or `assistant`")
    content: str = Field(description="what was said")


class Relevant(BaseModel):
    """A section, or a whole document, and how well it answers the question.

    A passage is meant when its document has this id or this title, and its section this heading.
    """

    model_config = ConfigDict(extra="forbid")

    document_id: str | None = Field(default=None, description="the document's id; it or `title`")
    title: str | None = Field(default=None, description="the document's title; it or `document_id`")
    heading: str | None = Field(
        default=None, description="the section's innermost heading; none for the whole document"
    )
    grade: int = Field(
        default=3,
        ge=0,
        le=3,
        description="0 wrong, 1 related, 2 incomplete, 3 excellent; 2 is relevant",
    )

    @model_validator(mode="after")
    def _names_a_document(self) -> Relevant:
        if self.document_id is None and self.title is None:
            raise ValueError("name the document by document_id or title")
        return self

    @property
    def answers(self) -> bool:
        """Whether it counts as relevant."""
        return self.grade >= RELEVANT_GRADE


class Case(BaseModel):
    """One question and what is expected of its answer; what is left out expects nothing."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="names the case, once over all files", min_length=1)
    question: str = Field(description="as a patient writes it")
    history: list[Message] = Field(default=[], description="the turns before, oldest first")
    locale: Locale | None = Field(
        default=None, description="whose emergency numbers: us, uk, eu, unknown"
    )
    outcome: Outcome | list[Outcome] | None = Field(
        default=None, description="how it should end, or a list of ends that are all right"
    )
    relevant: list[Relevant] = Field(default=[], description="sections and how well they answer")
    must: list[str] = Field(
        default=[], description="phrases that the answer has to contain; a bar parts alternatives"
    )
    must_not: list[str] = Field(
        default=[], description="phrases that it must not contain, written the same way"
    )
    standalone: str | None = Field(
        default=None, description="a follow-up written out in full, for follow-up retention"
    )
    action: Action | None = Field(
        default=None, description="the triage action: normal, urgent, emergency, poison, crisis"
    )
    tags: list[str] = Field(default=[], description="words to group figures by")

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes that are all right; empty where none is expected."""
        if self.outcome is None:
            return ()
        return tuple(self.outcome) if isinstance(self.outcome, list) else (self.outcome,)

    @property
    def answering(self) -> list[Relevant]:
        """What is relevant, without what was judged not to be."""
        return [relevant for relevant in self.relevant if relevant.answers]

    @property
    def expected_action(self) -> Action | None:
        """The triage action expected; told by the outcome where the case names none."""
        if self.action is not None:
            return self.action
        if len(self.outcomes) == 1 and self.outcomes[0] in _CARDS:
            return Action(self.outcomes[0])
        return None


def case_of(data: Any, place: str) -> Case:
    """The case that plain values describe.

    Args:
        data: The values.
        place: Where they stand, for the message.

    Raises:
        CasesError: They describe none; the message names the place, the field and what is wrong.
    """
    try:
        return Case.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        steps = [str(step) for step in first["loc"] if "[" not in str(step)]
        raise CasesError(f"{place}: {'.'.join(steps) or 'the line'}: {first['msg']}") from error

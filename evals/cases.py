"""Cases: a question and what a good answer to it is, one a line of JSON.

``{"id", "question", "history", "locale", "outcome", "relevant": [{"document_id", "title",
"heading"}], "tags"}``; only `id` and `question` are required. What is relevant is named by
document id or title, and heading. A line of MedQuAD's questions (`document_id`, `title`,
`heading` beside the question) is a case, too.
"""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from chatbot.answers import Locale, Outcome, Role  # noqa: TC001 - pydantic reads them
from ingest.errors import CiteWellError
from ingest.normalise import decode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class CasesError(CiteWellError):
    """A file of cases can't be read."""


class Message(BaseModel):
    """An earlier turn."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    content: str


class Relevant(BaseModel):
    """A section that answers the question."""

    model_config = ConfigDict(extra="forbid")

    heading: str
    document_id: str | None = None
    title: str | None = None


class Case(BaseModel):
    """One question and what is expected of its answer; None expects nothing."""

    model_config = ConfigDict(extra="forbid")

    id: str
    question: str
    history: list[Message] = []
    locale: Locale | None = None
    outcome: Outcome | None = None
    relevant: list[Relevant] = []
    tags: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def _from_medquad(cls, data: Any) -> Any:
        if isinstance(data, dict) and {"title", "heading"} <= data.keys():
            relevant = {"title": data["title"], "heading": data["heading"]}
            return {
                "id": data["id"],
                "question": data["question"],
                "relevant": [relevant],
                "tags": [data["heading"]],
            }
        return data


def load_cases(paths: Iterable[Path], sample: int | None = None, seed: int = 0) -> list[Case]:
    """The cases of all files, in order; with `sample`, so many of them, the same each time.

    Raises:
        CasesError: A file can't be read, or a line is no case; the message names both.
    """
    cases = [case for path in paths for file in _files(path) for case in _load(file)]
    if sample is not None and sample < len(cases):
        cases = random.Random(seed).sample(cases, sample)  # noqa: S311 - nothing secret
    return cases


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.jsonl")) if path.is_dir() else [path]


def _load(path: Path) -> list[Case]:
    try:
        data = path.read_bytes()
        text = decode(gzip.decompress(data) if path.suffix == ".gz" else data, str(path))
    except OSError as error:
        raise CasesError(f"{path}: it can't be read: {error.strerror or error}") from error
    cases = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                cases.append(Case.model_validate_json(line))
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                place = ".".join(map(str, first["loc"])) or "the line"
                raise CasesError(f"{path}:{number}: {place}: {first['msg']}") from error
    return cases

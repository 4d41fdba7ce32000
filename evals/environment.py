"""What a run runs with: the chatbot under test, and all that decides what it answers.

Two runs with the same identity give the same answers; so an interrupted run goes on only where
it is equal.
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Protocol

from chatbot.engine import Chatbot
from chatbot.settings import ChatSettings
from ingest.settings import PROJECT, IngestSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chatbot.answers import Answer, Locale, Turn
    from ingest.index import Index

_PACKAGES = (
    "chromadb", "langchain-core", "numpy", "rapidfuzz", "sentence-transformers", "sentencex",
    "snowballstemmer", "tantivy", "torch", "transformers", "ir-measures", "scikit-learn", "scipy",
)  # fmt: skip
_OURS = ("ingest", "chatbot", "evals")
_DATA = {".py", ".toml"}
# What decides neither answers nor scores.
_APART = ("chatbot/web", "evals/baseline", "evals/bench", "evals/report", "evals/cases")


class Answering(Protocol):
    """What answers questions: the chatbot, or something else that is scored like it."""

    def answer(
        self, question: str, history: Sequence[Turn] = (), locale: Locale | None = None
    ) -> Answer:
        """Answers one question."""
        ...


@dataclass(frozen=True, slots=True)
class System:
    """What is asked.

    Attributes:
        chatbot: Answers the questions.
        index: The facts about its index, for the summary.
        judge: The chat model that judges beside the other scorers, or None.
    """

    chatbot: Answering
    index: dict[str, Any]
    judge: str | None = None

    @classmethod
    def open(cls, folder: Path) -> System:
        """Opens an index with the settings of the environment, the model loaded.

        Raises:
            IndexMissingError: There is no index in the folder.
            IndexMismatchError: It was built with something else.
            ModelError: The embedding model can't be loaded.
        """
        chatbot = Chatbot.open(folder)
        return cls(chatbot, index_facts(chatbot.index))


def index_facts(index: Index) -> dict[str, Any]:
    """What an index holds and was built with; equal facts mean equal contents."""
    documents, passages = index.catalogue.counts()
    found = hashlib.sha256()
    for known in sorted(index.catalogue.known().values(), key=lambda known: known.document_id):
        found.update(f"{known.document_id}\0{known.content_hash}\n".encode())
    manifest = json.loads((index.folder / "manifest.json").read_text(encoding="utf-8"))
    return {
        **manifest,
        "documents": documents,
        "passages": passages,
        "generation": index.generation,
        "documents_sha256": found.hexdigest(),
    }


def environment(system: System, cases_sha256: str) -> dict[str, Any]:
    """All that decides what a run gives, besides the machine."""
    settings = IngestSettings()
    return {
        "python": platform.python_version(),
        "citewell": _version("citewell"),
        "code_sha256": _code_digest(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "settings": {
            **ChatSettings().model_dump(mode="json"),
            "embedding_dtype": settings.embedding_dtype,
        },
        "index": system.index,
        "judge": system.judge,
        "cases_sha256": cases_sha256,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@cache
def _code_digest() -> str:
    """SHA-256 (hex) of CiteWell's own code and data files, as far as they decide a run."""
    found = hashlib.sha256()
    for package in _OURS:
        for path in sorted((PROJECT / package).rglob("*")):
            name = path.relative_to(PROJECT).as_posix()
            if path.suffix in _DATA and not name.startswith(_APART):
                found.update(f"{name}\0".encode() + path.read_bytes())
    return found.hexdigest()

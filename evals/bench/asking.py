"""One stack asked all questions in a process of its own, so that its memory is its own.

``python -m evals.bench.asking citewell|tutorial FOLDER [N]`` prints one JSON object: milliseconds
of each question by stage, those of embedding the question alone, and the memory of the process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from chatbot.engine import Chatbot
from evals.baseline.comparison import TOP_K
from evals.baseline.store import TutorialStore
from evals.bench.errors import BenchError
from ingest.embedding import embedder_from
from ingest.index import Index
from ingest.settings import PROJECT, IngestSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SYSTEMS = ("citewell", "tutorial")
# Loads what only the first question waits for; none of them is measured.
_WARM_UP = ("What is it?", "what helps against hiccups", "How is tetanus treated?")


def questions(most: int | None = None) -> list[str]:
    """The questions of `questions.toml`, template and lay ones in turn; with `most`, so many."""
    raw = files("evals.bench").joinpath("questions.toml").read_text(encoding="utf-8")
    kinds = tomllib.loads(raw)
    template, lay = kinds["template"], kinds["lay"]
    mixed = [question for pair in zip(template, lay, strict=False) for question in pair]
    return [*mixed, *lay[len(template) :], *template[len(lay) :]][:most]


def ask_apart(system: str, folder: Path, most: int | None = None) -> dict[str, Any]:
    """What a fresh process measured that asked all questions, or `most` of them.

    Raises:
        BenchError: The process failed.
    """
    command = [sys.executable, "-m", "evals.bench.asking", system, str(folder)]
    command += [] if most is None else [str(most)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BenchError(
            f"{system} could not be asked (status {done.returncode}): {done.stderr.strip()[-500:]}"
        )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def measure(system: str, folder: Path, asked: Sequence[str]) -> dict[str, Any]:
    """Asks one stack, in this process.

    Returns:
        ``{"stages": {stage: [ms, ..]}, "embedding": [ms, ..], "model_bytes", "bytes"}``: resident
        memory with the model loaded, and after the last question.
    """
    opened = {"citewell": _citewell, "tutorial": _tutorial}[system](folder)
    embed, answer, model_bytes = opened
    for question in _WARM_UP:
        answer(question)
    stages: dict[str, list[float]] = {}
    embedding = []
    for question in asked:
        for stage, milliseconds in answer(question).items():
            stages.setdefault(stage, []).append(milliseconds)
        embedding.append(_timed(embed, question))
    return {
        "stages": stages,
        "embedding": embedding,
        "model_bytes": model_bytes,
        "bytes": _resident(),
    }


_Opened = tuple["Callable[[str], object]", "Callable[[str], dict[str, float]]", int]


def _citewell(folder: Path) -> _Opened:
    settings = IngestSettings()
    embedder = embedder_from(settings)
    embedder.embed(["What is it?"])
    before = _resident()
    chatbot = Chatbot(Index.open(folder, embedder.identity, settings.chunk_tokens), embedder)
    return (
        lambda question: embedder.embed([question]),
        lambda question: dict(chatbot.answer(question).timings_ms),
        before,
    )


def _tutorial(folder: Path) -> _Opened:
    from evals.baseline.store import default_embeddings  # noqa: PLC0415

    embeddings = default_embeddings()
    embeddings.embed_query("What is it?")
    before = _resident()
    store = TutorialStore(folder, embeddings)

    def answer(question: str) -> dict[str, float]:
        return {"total": _timed(lambda text: store.search(text, TOP_K), question)}

    return embeddings.embed_query, answer, before


def _timed(function: Callable[[str], object], question: str) -> float:
    began = time.perf_counter()
    function(question)
    return (time.perf_counter() - began) * 1000


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    _system, _folder, *_most = sys.argv[1:]
    _asked = questions(int(_most[0]) if _most else None)
    sys.stdout.write(json.dumps(measure(_system, Path(_folder), _asked)))

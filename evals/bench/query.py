"""How fast questions are answered as a library grows, beside the tutorial stack."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings
from tqdm import tqdm

from evals.baseline.store import TutorialStore, digest_of, documents_of, stored_vectors
from evals.bench.asking import SYSTEMS, ask_apart, questions
from evals.bench.libraries import chunker_of, library_of, real_passages, write_index
from evals.statistics import percentile
from ingest.embedding import embedder_from
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evals.bench.libraries import Library
    from ingest.documents import Document
    from ingest.embedding import Embedder

_DONE = "done.json"


class _Known(Embeddings):
    """Gives texts the vectors they have already, so that nothing is embedded again."""

    def __init__(self, vectors: dict[str, list[float]]) -> None:
        self._vectors = vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._vectors[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self._vectors[text]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        documents: Where the real passages come from.
        sizes: Passages of each library.
        index: An index of the same documents, whose vectors are used; None embeds them anew.
        keep: Where the libraries stay for another time; None for nowhere.
        rounds: Fresh processes for each stack and size.
        most: How many questions are asked; None for all.
    """

    documents: Path
    sizes: Sequence[int]
    index: Path | None = None
    keep: Path | None = None
    rounds: int = 3
    most: int | None = None


def bench_query(plan: Plan) -> dict[str, Any]:
    """Builds libraries, asks both stacks, and gives what was measured.

    Returns:
        ``{"questions", "rounds", "sizes": {size: {"passages", "real", "documents", "citewell":
        {..}, "tutorial": {..}}}}``, times in milliseconds, memory in bytes.

    Raises:
        BaselineError: The documents can't be read.
        BenchError: A stack can't be asked.
    """
    documents = documents_of(plan.documents)
    measured: dict[str, Any] = {}
    with _folder(plan.keep) as work:
        _build_missing(work, plan, documents)
        for size in plan.sizes:
            folder = work / str(size)
            built = json.loads((folder / _DONE).read_text(encoding="utf-8"))
            measured[str(size)] = {**built, **_ask_in_turn(folder, plan)}
    return {
        "questions": len(questions(plan.most)),
        "rounds": plan.rounds,
        "sizes": measured,
    }


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def _build_missing(work: Path, plan: Plan, documents: Sequence[Document]) -> None:
    digest = digest_of(documents)
    missing = [size for size in plan.sizes if _digest_in(work / str(size)) != digest]
    if not missing:
        return
    embedder = embedder_from(IngestSettings())
    known = stored_vectors(plan.index / "chroma", "chunks") if plan.index else {}
    real = real_passages(documents, embedder, known, max(missing))
    for size in missing:
        library = library_of(size, real, chunker_of(embedder))
        _build(work / str(size), library, digest, embedder)


def _digest_in(folder: Path) -> str | None:
    """Of which documents a kept library is; None where there is none that is whole."""
    done = folder / _DONE
    return json.loads(done.read_text(encoding="utf-8"))["digest"] if done.exists() else None


def _build(folder: Path, library: Library, digest: str, embedder: Embedder) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    write_index(library, folder / "citewell", embedder)
    _write_tutorial(library, folder / "tutorial")
    built = {
        "digest": digest,
        "passages": library.passages,
        "real": library.real,
        "documents": len(library.held),
    }
    (folder / _DONE).write_text(json.dumps(built), encoding="utf-8")


def _write_tutorial(library: Library, folder: Path) -> None:
    pairs = list(library.pieces())
    known = _Known({piece.text: vector.tolist() for piece, vector in pairs})
    TutorialStore(folder, known).add([piece for piece, _ in pairs])


def _ask_in_turn(folder: Path, plan: Plan) -> dict[str, Any]:
    """Both stacks by turns, so that what else the machine does falls on both alike."""
    found: dict[str, list[dict[str, Any]]] = {system: [] for system in SYSTEMS}
    rounds = tqdm(range(plan.rounds), desc=f"asking {folder.name}", unit="round", disable=None)
    for _ in rounds:
        for system in SYSTEMS:
            found[system].append(ask_apart(system, folder / system, plan.most))
    return {system: _figures(each) for system, each in found.items()}


def _figures(measured: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The medians over the processes."""

    def median(values: Iterator[float]) -> float:
        return round(percentile(list(values), 0.5), 3)

    stages = {
        stage: {
            f"p{share}": median(percentile(m["stages"][stage], share / 100) for m in measured)
            for share in (50, 95)
        }
        for stage in measured[0]["stages"]
    }
    embedding = median(percentile(m["embedding"], 0.5) for m in measured)
    return {
        "stages": stages,
        "embedding_p50": embedding,
        "own_p50": round(stages["total"]["p50"] - embedding, 3),
        "bytes": int(median(m["bytes"] for m in measured)),
        "model_bytes": int(median(m["model_bytes"] for m in measured)),
    }


def in_words(measured: dict[str, Any]) -> str:
    """What was measured, for a person."""
    asked, rounds = measured["questions"], measured["rounds"]
    lines = [
        f"{asked} questions, once of each of {rounds} fresh processes a stack, by turns; medians",
        f"{os.cpu_count()} cores; the same vectors in both stacks",
        "beyond the real passages: copies, titles mixed, words dropped and swapped, vectors turned",
        "own: the whole answer's p50 less the p50 of embedding the question",
    ]
    for size, found in measured["sizes"].items():
        real = min(found["real"], found["passages"])
        lines.append(
            f"\n{int(size):,} passages ({found['passages']:,} in {found['documents']:,} documents, "
            f"{real:,} of them real)"
        )
        lines += [line for system in SYSTEMS for line in _of_system(system, found[system])]
        ratio = found["citewell"]["own_p50"] / found["tutorial"]["own_p50"]
        lines.append(f"  own time, CiteWell over the tutorial stack: {ratio:.2f}")
    return "\n".join([*lines, *_growth(measured["sizes"])])


def _of_system(system: str, figures: dict[str, Any]) -> list[str]:
    name = {"citewell": "CiteWell", "tutorial": "tutorial stack"}[system]
    memory, model = (figures[key] / 2**20 for key in ("bytes", "model_bytes"))
    return [
        f"  {name}: own {figures['own_p50']:.1f} ms, embedding {figures['embedding_p50']:.1f} ms",
        f"    memory {memory:,.0f} MiB, {model:,.0f} of them before the index was opened",
        *(
            f"    {stage:10} p50 {times['p50']:9.2f}   p95 {times['p95']:9.2f}"
            for stage, times in figures["stages"].items()
        ),
    ]


def _growth(sizes: dict[str, Any]) -> list[str]:
    """How the own time grows from each size to the next."""
    lines = []
    order = sorted(sizes, key=int)
    for small, large in pairwise(order):
        grown = {s: sizes[large][s]["own_p50"] / sizes[small][s]["own_p50"] for s in SYSTEMS}
        lines.append(
            f"own time from {int(small):,} to {int(large):,} passages: CiteWell x "
            f"{grown['citewell']:.2f}, tutorial stack x {grown['tutorial']:.2f}"
        )
    return ["", *lines] if lines else []

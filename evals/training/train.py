"""``python -m evals train``: from questions to the files of chatbot/learned."""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from chatbot.learned import Learned
from chatbot.retrieval import Retriever
from evals.cases import load_cases
from evals.datasets.lines import json_lines
from evals.datasets.schema import CasesError
from evals.training.features import FOLDS, Library, Looked, fold_of, kinds_asked, look, right_places
from evals.training.heads import fit_adapter, fit_kind_head
from evals.training.ranker import Ranked, first_five, fit_ranker
from evals.training.sufficiency import fit_sufficiency
from ingest.embedding import embedder_from
from ingest.index import Index
from ingest.sections import vocabulary
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from evals.datasets.schema import Case
    from ingest.embedding import Embedder

# Signals that only the kind head and the adapter bring.
_LEARNED_SIGNALS = ("adapted", "adapted_document")
# A question that was written for its kind only says nothing of real pages, and counts less.
_KIND_ONLY_WEIGHT = 0.5
_ALSO_WEIGHT = 0.4
_STARTER_WEIGHT = 3
_BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What is learned from.

    Attributes:
        cases: Questions with the sections that answer them.
        library: The passages they are asked of.
        lay: Which of them are lay questions; the others are of a set of templates.
        vectors: Their unit vectors.
        kinds: The kinds of section that each asks for.
        kind_vectors: Unit vectors of questions that were written for their kind only.
        kind_labels: Of each of these, its kind and further ones that answer as well.
        right: Of each case, the numbers of the passages that answer it.
        folds: Which fifth each case belongs to.
    """

    cases: Sequence[Case]
    library: Library
    lay: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    kinds: Sequence[Sequence[str]]
    kind_vectors: NDArray[np.float32]
    kind_labels: Sequence[Sequence[str]]
    right: Sequence[Sequence[int]]
    folds: NDArray[np.int64]


def execute(options: argparse.Namespace) -> str:
    """Learns, writes the files, and tells the figures of the cross-validation."""
    settings = IngestSettings()
    embedder = embedder_from(settings)

    def opened(folder: Path) -> Index:
        return Index.open(folder, embedder.identity, settings.chunk_tokens)

    index = opened(options.index)
    material = _material(options, embedder, Library.of(index))
    final = _learn(material, np.arange(len(material.cases)))
    starter = opened(options.starter_index) if options.starter_index else None
    numbers: dict[str, Any] = {"ranker": {}, "sufficiency": {}}
    lines = []
    for name in ("learned", "plain"):
        plain = name == "plain"
        looked = _looked(index, embedder, material, plain=plain)
        few: list[Looked] = []
        if starter:
            cases = [case for case in load_cases([options.starter]) if not case.history]
            retriever = Retriever(starter, embedder, None if plain else final, {}, shipped=False)
            few = [look(retriever, case, Library.of(starter)) for case in cases]
        without = _LEARNED_SIGNALS if plain else ()
        weights = _cross_fitted(looked, few, material, without)
        numbers["ranker"][name] = fit_ranker(_lists(looked, few), without)
        numbers["sufficiency"][name], figures = fit_sufficiency(looked, weights, material)
        lines += [f"{name}: {_told(looked, weights, material)}", f"{name}: {figures}"]
    _write(options.out, numbers, final, embedder)
    return "\n".join(lines)


def _lists(looked: Sequence[Looked], few: Sequence[Looked]) -> list[Ranked]:
    """What the ranker learns from; the few cases of the small library count more often."""
    return [each.ranked for each in looked] + [each.ranked for each in few] * _STARTER_WEIGHT


def _material(options: argparse.Namespace, embedder: Embedder, library: Library) -> Material:
    lay = load_cases([options.lay])
    apart = {_page(case) for case in load_cases([options.without])} if options.without else set()
    templates = [case for case in load_cases(options.templates) if _page(case) not in apart]
    drawn = random.Random(0).sample(templates, min(options.sample, len(templates)))  # noqa: S311
    cases = [*lay, *drawn]
    kind_lines = [line for _, line in json_lines(options.kinds)]
    labels = [[line["kind"], *line.get("also", [])] for line in kind_lines]
    unknown = {kind for label in labels for kind in label} - set(vocabulary().labels)
    if unknown:
        raise CasesError(f"{options.kinds}: {sorted(unknown)} are no kinds of ingest/sections.toml")
    right = [
        [n for place in sorted(right_places(case, library)) for n in library.chunks.get(place, [])]
        for case in cases
    ]
    return Material(
        cases,
        library,
        np.arange(len(cases)) < len(lay),
        _embedded(embedder, [case.question for case in cases]),
        kinds_asked(cases, library),
        _embedded(embedder, [line["question"] for line in kind_lines]),
        labels,
        right,
        np.array([fold_of(case) for case in cases]),
    )


def _page(case: Case) -> str:
    return (case.relevant[0].title or case.relevant[0].document_id or case.id).casefold()


def _embedded(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors in batches of like length, in the order given."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    result: dict[int, NDArray[np.float32]] = {}
    for first in tqdm(range(0, len(order), _BATCH), desc="embedding", file=sys.stderr):
        batch = order[first : first + _BATCH]
        result.update(zip(batch, embedder.embed([texts[i] for i in batch]), strict=True))
    return np.stack([result[i] for i in range(len(texts))])


def _learn(material: Material, chosen: NDArray[np.int64]) -> Learned:
    """Both heads from the chosen cases and all questions written for their kind."""
    vectors, kinds, weights = [], [], []
    for i in chosen.tolist():
        for kind in material.kinds[i]:
            vectors.append(material.vectors[i])
            kinds.append(kind)
            weights.append(1.0 / len(material.kinds[i]))
    for vector, labels in zip(material.kind_vectors, material.kind_labels, strict=True):
        for rank, kind in enumerate(labels):
            vectors.append(vector)
            kinds.append(kind)
            weights.append(_KIND_ONLY_WEIGHT * (_ALSO_WEIGHT if rank else 1.0))
    head = fit_kind_head(np.stack(vectors), kinds, weights, tuple(vocabulary().labels))
    lay = [i for i in chosen.tolist() if material.lay[i]]
    right = [material.right[i] for i in lay]
    return Learned(head, fit_adapter(material.vectors[lay], material.library.vectors, right))


def _looked(index: Index, embedder: Embedder, material: Material, *, plain: bool) -> list[Looked]:
    """What the retriever looks at for each case, with heads that never saw the case's page."""
    found: dict[int, Looked] = {}
    for fold in tqdm(range(FOLDS), desc="folds", file=sys.stderr):
        learned = None if plain else _learn(material, np.flatnonzero(material.folds != fold))
        retriever = Retriever(index, embedder, learned, {}, shipped=False)
        for i in np.flatnonzero(material.folds == fold).tolist():
            found[i] = look(retriever, material.cases[i], material.library)
    return [found[i] for i in range(len(material.cases))]


def _cross_fitted(
    looked: Sequence[Looked], few: Sequence[Looked], material: Material, without: Sequence[str]
) -> list[dict[str, float]]:
    """Of each case, ranker weights from the other folds."""

    def others(fold: int) -> list[Looked]:
        return [each for each, own in zip(looked, material.folds, strict=True) if own != fold]

    of_fold = [fit_ranker(_lists(others(fold), few), without) for fold in range(FOLDS)]
    return [of_fold[fold] for fold in material.folds]


def _told(looked: Sequence[Looked], weights: Sequence[dict[str, float]], material: Material) -> str:
    names = ("section@1", "section@5", "topic@5", "section@1 same names", "section@5 same names")
    lines = []
    for label, chosen in (("lay", material.lay), ("template", ~material.lay)):
        which = np.flatnonzero(chosen).tolist()
        if which:
            found = [first_five(looked[i].ranked, weights[i]) for i in which]
            figures = zip(names, np.mean(found, axis=0), strict=True)
            told = ", ".join(f"{name} {value:.3f}" for name, value in figures)
            lines.append(f"{len(which)} {label} questions, cross-validated: {told}")
    return "\n  ".join(lines)


def _write(out: Path, numbers: dict[str, Any], learned: Learned, embedder: Embedder) -> None:
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / "weights.npz",
        kinds=np.array(learned.kinds.kinds),
        kind_weights=learned.kinds.weights.astype(np.float16),
        kind_bias=learned.kinds.bias.astype(np.float16),
        adapter=learned.adapter.weights.astype(np.float16),
        model_sha256=np.array(embedder.identity.digest),
    )
    text = json.dumps(numbers, indent=2) + "\n"
    (out / "weights.json").write_text(text, encoding="utf-8")

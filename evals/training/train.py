"""``python -m evals train``: from questions to the files of chatbot/learned."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from chatbot.learned.lowrank import AdaptedEncoder, to_arrays
from chatbot.retrieval import Retriever
from evals.cases import load_cases
from evals.training.features import Library, Looked, look
from evals.training.learn import learn
from evals.training.material import material_of
from evals.training.ranker import Ranked, first_five, fit_ranker
from evals.training.sufficiency import fit_sufficiency, probes, small_probes
from ingest.embedding import embedder_from
from ingest.index import Index
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from chatbot.learned import Learned
    from chatbot.ranking import Ranker
    from evals.training.material import Material
    from ingest.embedding import SentenceTransformerEmbedder

# Signals that only the query encoder brings.
_LEARNED_SIGNALS = ("adapted", "adapted_document")
# Ranker and sufficiency are learned from the cases of these parts of the cross-validation: they
# have few numbers, and each part takes a query encoder of its own.
_LOOKED_AT = (0, 1)
# So that the few cases over a small library are about a sixth of what the ranker learns from.
_STARTER_WEIGHT = 9


def execute(options: argparse.Namespace) -> str:
    """Learns, writes the files, and tells the figures of the cross-validation."""
    settings = IngestSettings()
    embedder = embedder_from(settings)

    def opened(folder: Path) -> Index:
        return Index.open(folder, embedder.identity, settings.chunk_tokens)

    index = opened(options.index)
    reader = Retriever(index, embedder, None)
    material = material_of(
        options, embedder, Library.of(index), lambda text: reader.mend(text).text
    )
    final = learn(material, embedder)
    part = material.only(np.flatnonzero(np.isin(material.folds, _LOOKED_AT)).tolist())
    starter = opened(options.starter_index) if options.starter_index else None
    if starter:
        small = Library.of(starter)
        cases = [case for case in load_cases([options.starter]) if not case.history]
    numbers: dict[str, Any] = {"ranker": {}, "sufficiency": {}}
    lines = []
    for name in ("learned", "plain"):
        plain = name == "plain"
        looked = _looked(index, embedder, material, plain=plain)
        few: list[Looked] = []
        if starter:
            retriever = Retriever(starter, embedder, None if plain else final)
            few = [look(retriever, case, small) for case in cases]
        without = _LEARNED_SIGNALS if plain else ()
        rankers = _cross_fitted(looked, few, part, without)
        ranker = fit_ranker(_lists(looked, few), without)
        numbers["ranker"][name] = ranker.to_json()
        asked = probes(looked, rankers, part)
        if starter:
            asked += small_probes(few, cases, small, ranker)
        numbers["sufficiency"][name], figures = fit_sufficiency(asked)
        lines += [f"{name}: {_told(looked, rankers, part)}", f"{name}: {figures}"]
    _write(options.out, numbers, final, embedder.identity.digest)
    return "\n".join(lines)


def _lists(looked: Sequence[Looked], few: Sequence[Looked]) -> list[Ranked]:
    """What the ranker learns from; the few cases of the small library count more often."""
    return [each.ranked for each in looked] + [each.ranked for each in few] * _STARTER_WEIGHT


def _looked(
    index: Index, embedder: SentenceTransformerEmbedder, material: Material, *, plain: bool
) -> list[Looked]:
    """What the retriever looks at for each case, with heads that never saw the case's page."""
    found: dict[int, Looked] = {}
    for fold in tqdm(_LOOKED_AT, desc="folds", file=sys.stderr):
        learned = None if plain else learn(material, embedder, fold)
        retriever = Retriever(index, embedder, learned)
        for i in np.flatnonzero(material.folds == fold).tolist():
            found[i] = look(retriever, material.cases[i], material.library)
    return [found[i] for i in sorted(found)]


def _cross_fitted(
    looked: Sequence[Looked], few: Sequence[Looked], material: Material, without: Sequence[str]
) -> list[Ranker]:
    """Of each case, a ranker from the other folds."""

    def others(fold: int) -> list[Looked]:
        return [each for each, own in zip(looked, material.folds, strict=True) if own != fold]

    of_fold = {fold: fit_ranker(_lists(others(fold), few), without) for fold in _LOOKED_AT}
    return [of_fold[fold] for fold in material.folds.tolist()]


def _told(looked: Sequence[Looked], rankers: Sequence[Ranker], material: Material) -> str:
    names = ("section@1", "section@5", "topic@5", "section@1 same names", "section@5 same names")
    lines = []
    for label, chosen in (("lay", material.lay), ("template", ~material.lay)):
        which = np.flatnonzero(chosen).tolist()
        if which:
            found = [first_five(looked[i].ranked, rankers[i]) for i in which]
            figures = zip(names, np.mean(found, axis=0), strict=True)
            told = ", ".join(f"{name} {value:.3f}" for name, value in figures)
            lines.append(f"{len(which)} {label} questions, cross-validated: {told}")
    return "\n  ".join(lines)


def _write(out: Path, numbers: dict[str, Any], learned: Learned, digest: str) -> None:
    if not isinstance(learned.queries, AdaptedEncoder):
        raise TypeError(f"{learned.queries!r} has no changes of layers to write")
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / "weights.npz",
        kinds=np.array(learned.kinds.kinds),
        kind_weights=learned.kinds.weights.astype(np.float16),
        kind_bias=learned.kinds.bias.astype(np.float16),
        **to_arrays(learned.queries.factors),
        model_sha256=np.array(digest),
    )
    text = json.dumps(numbers) + "\n"
    (out / "weights.json").write_text(text, encoding="utf-8")

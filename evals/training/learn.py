"""The kind head and the query encoder, from all that is not about the pages of one fold."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import numpy as np

from chatbot.learned import Learned
from chatbot.learned.lowrank import AdaptedEncoder, from_arrays, to_arrays
from evals.training.features import fold_of
from evals.training.heads import fit_kind_head
from evals.training.queries import Asked, fit_queries
from ingest.sections import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evals.training.material import Material
    from ingest.embedding import SentenceTransformerEmbedder

# What a further kind that answers as well counts.
_ALSO_WEIGHT = 0.4
# Names of topics, as short questions; a shorter one may mean many things.
_NAMES = 1500
_NAME_CHARS = 6


def learn(
    material: Material, embedder: SentenceTransformerEmbedder, without_fold: int | None = None
) -> Learned:
    """Kind head and query encoder, from all that is not about the pages of one fold."""
    chosen = np.flatnonzero(material.folds != without_fold).tolist()
    encoder = _encoder(material, embedder, chosen, without_fold)
    texts = [material.cases[i].question for i in chosen]
    adapted = dict(zip(chosen, encoder.embed(texts), strict=True))
    vectors, kinds, weights = [], [], []
    for i in chosen:
        for kind in material.kinds[i]:
            vectors.append(np.concatenate([material.vectors[i], adapted[i]]))
            kinds.append(kind)
            weights.append(1.0 / len(material.kinds[i]))
    both = np.hstack([material.kind_vectors, encoder.embed(material.kind_questions)])
    for vector, labels in zip(both, material.kind_labels, strict=True):
        for rank, kind in enumerate(labels):
            vectors.append(vector)
            kinds.append(kind)
            weights.append(_ALSO_WEIGHT if rank else 1.0)
    head = fit_kind_head(np.stack(vectors), kinds, weights, tuple(vocabulary().labels))
    return Learned(head, encoder)


def _encoder(
    material: Material,
    embedder: SentenceTransformerEmbedder,
    chosen: Sequence[int],
    without_fold: int | None,
) -> AdaptedEncoder:
    """The query encoder from the chosen cases and from names; one that was kept is used again."""
    library = material.library
    of_page: dict[str, list[int]] = {}
    for number, owner in enumerate(library.owners):
        of_page.setdefault(owner, []).append(number)
    asked = []
    for i in chosen:
        pages = sorted({library.owners[number] for number in material.right[i]})
        topic = [number for page in pages for number in of_page[page]]
        asked.append(Asked(material.cases[i].question, material.right[i], topic, material.kinds[i]))
    names = [
        Asked(name, (), of_page[page])
        for page in sorted(of_page)
        if fold_of(library.titles[page].casefold()) != without_fold
        and library.titles[page].casefold() not in material.apart
        for name in sorted(library.names[page])
        if len(name) >= _NAME_CHARS
    ]
    asked += random.Random(0).sample(names, min(_NAMES, len(names)))  # noqa: S311
    labelled = zip(material.kind_questions, material.kind_labels, strict=True)
    asked += [Asked(text, (), (), labels[:1]) for text, labels in labelled]
    told = "\n".join(f"{each.text}\t{each.right}\t{each.topic}\t{each.kinds}" for each in asked)
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    kept = material.keep / f"queries-{digest}.npz" if material.keep else None
    if kept and kept.exists():
        with np.load(kept) as arrays:
            return AdaptedEncoder(embedder, from_arrays(arrays))
    factors = fit_queries(embedder.load(), asked, library.vectors)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(kept, **to_arrays(factors))
    return AdaptedEncoder(embedder, factors)

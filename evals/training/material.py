"""What is learned from: questions, the passages that answer them, and which stay apart."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from evals.cases import load_cases
from evals.datasets.lines import json_lines
from evals.datasets.schema import CasesError
from evals.training.features import Library, fold_of, kinds_asked, page_of, right_places
from ingest.sections import vocabulary

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from evals.datasets.schema import Case
    from ingest.embedding import Embedder

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
        kind_questions: Questions that were written for their kind only.
        kind_vectors: Their unit vectors.
        kind_labels: Of each of these, its kind and further ones that answer as well.
        right: Of each case, the numbers of the passages that answer it.
        folds: Which part of the cross-validation each case belongs to.
        apart: Titles, in lower case, of pages that nothing is learned from.
        keep: Where trained query encoders are kept, or None.
    """

    cases: Sequence[Case]
    library: Library
    lay: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    kinds: Sequence[Sequence[str]]
    kind_questions: Sequence[str]
    kind_vectors: NDArray[np.float32]
    kind_labels: Sequence[Sequence[str]]
    right: Sequence[Sequence[int]]
    folds: NDArray[np.int64]
    apart: frozenset[str]
    keep: Path | None

    def only(self, numbers: Sequence[int]) -> Material:
        """The same with these cases only, in this order."""
        return replace(
            self,
            cases=[self.cases[i] for i in numbers],
            lay=self.lay[list(numbers)],
            vectors=self.vectors[list(numbers)],
            kinds=[self.kinds[i] for i in numbers],
            right=[self.right[i] for i in numbers],
            folds=self.folds[list(numbers)],
        )


def material_of(
    options: argparse.Namespace,
    embedder: Embedder,
    library: Library,
    mend: Callable[[str], str],
) -> Material:
    """Reads the files that the options of `evals train` name, and embeds their questions.

    Args:
        options: Of `evals train`.
        embedder: The embedding model.
        library: The passages that are learned from.
        mend: Mends slips, as it will be done with every question before it is embedded.
    """
    lay = load_cases([options.lay])
    without = load_cases([options.without]) if options.without else []
    apart = frozenset(map(page_of, without))
    templates = [case for case in load_cases(options.templates) if page_of(case) not in apart]
    drawn = random.Random(0).sample(templates, min(options.sample, len(templates)))  # noqa: S311
    cases = [case.model_copy(update={"question": mend(case.question)}) for case in [*lay, *drawn]]
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
        [line["question"] for line in kind_lines],
        _embedded(embedder, [line["question"] for line in kind_lines]),
        labels,
        right,
        np.array([fold_of(page_of(case)) for case in cases]),
        apart,
        options.keep,
    )


def _embedded(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors in batches of like length, in the order given."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    result: dict[int, NDArray[np.float32]] = {}
    for first in tqdm(range(0, len(order), _BATCH), desc="embedding", file=sys.stderr):
        batch = order[first : first + _BATCH]
        result.update(zip(batch, embedder.embed([texts[i] for i in batch]), strict=True))
    return np.stack([result[i] for i in range(len(texts))])

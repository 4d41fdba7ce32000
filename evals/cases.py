"""Cases: what is asked and what is expected, from files of several formats.

A case is one line of JSON (`Case`; docs/evaluation.md has its fields); `evals.datasets` reads
other formats into it.
"""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

from evals.datasets import load
from evals.datasets.liveqa import VIEWS
from evals.datasets.schema import Case, CasesError, Message, Relevant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["VIEWS", "Case", "CasesError", "Message", "Relevant", "digest", "load_cases"]


def load_cases(
    paths: Sequence[Path], sample: int | None = None, seed: int = 0, liveqa: str = VIEWS[0]
) -> list[Case]:
    """The cases of all files, in order; with `sample`, so many of them, the same each time.

    Args:
        paths: Files and folders of cases.
        sample: How many, drawn by chance; None for all.
        seed: Of that chance.
        liveqa: Of LiveQA's questions, the full ``message`` or its ``summary``.

    Raises:
        CasesError: A file can't be read, a line is no case, an id comes twice, or there is no
            case at all; the message names the places.
    """
    places: dict[str, str] = {}
    cases: list[Case] = []
    for path in paths:
        for place, case in load(path, liveqa):
            if case.id in places:
                raise CasesError(f"{place}: the id {case.id!r} stands in {places[case.id]}, too")
            places[case.id] = place
            cases.append(case)
    if not cases:
        raise CasesError(f"{', '.join(map(str, paths))}: there is no case in it")
    if sample is not None and sample < len(cases):
        cases = random.Random(seed).sample(cases, sample)  # noqa: S311 - nothing secret
    return cases


def digest(cases: Sequence[Case]) -> str:
    """SHA-256 (hex) of the cases in their order, so that an equal one means the same cases."""
    found = hashlib.sha256()
    for case in cases:
        found.update(case.model_dump_json().encode() + b"\n")
    return found.hexdigest()

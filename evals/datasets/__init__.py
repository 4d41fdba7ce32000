"""Files and folders -> cases, one module a format; which one it is shows in the shape of a line.

To add a format, write a module with `matches` and `case`, and name it below before `jsonl`, which
takes what the others leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evals.datasets import beir, jsonl, liveqa, medquad
from evals.datasets.lines import json_lines
from evals.datasets.schema import CasesError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evals.datasets.schema import Case

_FORMATS = (liveqa, medquad, jsonl)
_ENDINGS = (".jsonl", ".jsonl.gz")


def load(path: Path, view: str = liveqa.VIEWS[0]) -> Iterator[tuple[str, Case]]:
    """The cases of a file or folder, each with its place, in order.

    Args:
        path: A file of lines, a folder of such files, or a folder that BEIR laid out.
        view: Of LiveQA: ask the full ``message``, or its ``summary``.

    Raises:
        CasesError: Something can't be read or is no case; the message names file and line.
    """
    if path.is_dir() and beir.is_beir(path):
        yield from ((str(path), case) for case in beir.cases(path))
        return
    for file in _files(path):
        for place, line in json_lines(file):
            form = next(form for form in _FORMATS if form.matches(line))
            yield place, form.case(line, place, view)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.name.endswith(_ENDINGS))
    if not files:
        raise CasesError(f"{path}: the folder holds no cases: they are in {' or '.join(_ENDINGS)}")
    return files

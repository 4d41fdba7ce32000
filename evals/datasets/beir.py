"""A folder as BEIR lays collections out (Thakur et al. 2021, https://github.com/beir-cellar/beir).

``corpus.jsonl`` (``{"_id", "title", "text"}``), ``queries.jsonl`` (``{"_id", "text"}``) and
``qrels/*.tsv`` (query id, document id, grade). Relevance is of whole documents. Where all grades
are 0 or 1, a 1 is taken for relevant (3 here); other grades stay, up to 3.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from evals.datasets.lines import json_lines, read_text
from evals.datasets.schema import Case, CasesError, case_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GRADE_MAX = 3
_TITLE_CHARS = 80


def is_beir(folder: Path) -> bool:
    """True for a folder of this layout."""
    return _file(folder, "queries.jsonl") is not None and (folder / "qrels").is_dir()


def cases(folder: Path) -> Iterator[Case]:
    """A case for each query that has judgements.

    Raises:
        CasesError: A file is missing or a line of it is broken.
    """
    judged = _judgements(folder)
    for place, line in json_lines(_found(folder, "queries.jsonl")):
        query = str(line.get("_id"))
        if query in judged:
            relevant = [{"document_id": d, "grade": grade} for d, grade in judged[query].items()]
            data = {"id": query, "question": line.get("text"), "relevant": relevant}
            yield case_of({**data, "tags": [folder.resolve().name]}, place)


def documents(folder: Path) -> Iterator[dict[str, Any]]:
    """The corpus as structured documents that ``python -m ingest`` takes in.

    A text without a title is called by its first words.

    Raises:
        CasesError: The corpus is missing, or a line of it has neither id nor text.
    """
    for place, line in json_lines(_found(folder, "corpus.jsonl")):
        text, title = (str(line.get(field) or "").strip() for field in ("text", "title"))
        if line.get("_id") in (None, "") or not (text or title):
            raise CasesError(f"{place}: it needs an _id, and a text or a title")
        url = line.get("url") or (line.get("metadata") or {}).get("url")
        yield {
            "id": str(line["_id"]),
            "title": title or _first_words(text),
            "url": url if isinstance(url, str) else None,
            "sections": [{"heading": "", "text": text or title}],
        }


def _first_words(text: str) -> str:
    words = " ".join(text.split())
    cut = words[:_TITLE_CHARS].rpartition(" ")[0]
    return words if len(words) <= _TITLE_CHARS else cut or words[:_TITLE_CHARS]


def _judgements(folder: Path) -> dict[str, dict[str, int]]:
    """Query -> document -> grade; of the test split where there is one, else of all files."""
    files = sorted((folder / "qrels").glob("*.tsv"))
    files = [file for file in files if file.stem == "test"] or files
    if not files:
        raise CasesError(f"{folder / 'qrels'}: it holds no .tsv file of judgements")
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for file in files:
        for query, document, grade in _rows(file):
            judged[query][document] = grade
    if max((grade for grades in judged.values() for grade in grades.values()), default=0) > 1:
        return judged
    return {q: {d: _GRADE_MAX * g for d, g in grades.items()} for q, grades in judged.items()}


def _rows(file: Path) -> Iterator[tuple[str, str, int]]:
    rows = csv.reader(read_text(file).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows, start=1):
        if not row or (number == 1 and not _is_grade(row[-1])):
            continue
        if len(row) != 3 or not _is_grade(row[2]):
            raise CasesError(f"{file}:{number}: it is no 'query id, document id, grade': {row}")
        yield row[0], row[1], min(max(int(float(row[2])), 0), _GRADE_MAX)


def _is_grade(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _found(folder: Path, name: str) -> Path:
    file = _file(folder, name)
    if file is None:
        raise CasesError(f"{folder}: it holds no {name}: name a folder that BEIR laid out")
    return file


def _file(folder: Path, name: str) -> Path | None:
    files = (folder / name, folder / f"{name}.gz")
    return next((file for file in files if file.is_file()), None)

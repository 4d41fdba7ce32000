"""The baseline to beat: the stack of LangChain's tutorial, asked the same cases.

``python -m evals baseline CASES... --documents FILE --index DIR --store DIR``.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatbot.engine import Chatbot
from evals.baseline.comparison import ask, compare, in_words
from evals.baseline.store import BaselineError, TutorialStore
from evals.cases import VIEWS, load_cases
from ingest.embedding import embedder_from
from ingest.index import Index
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from evals.baseline.comparison import Asked

__all__ = ["BaselineError", "TutorialStore", "add_arguments", "execute"]

_SEED = 20261122
log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m evals baseline``."""
    settings = IngestSettings()
    parser.add_argument("cases", nargs="+", type=Path, metavar="CASES")
    parser.add_argument(
        "--documents",
        type=Path,
        default=settings.corpus,
        metavar="FILE",
        help="what the index was made of; the tutorial stack takes in the same",
    )
    parser.add_argument("--index", type=Path, default=settings.index, metavar="DIR")
    parser.add_argument(
        "--store",
        type=Path,
        default=Path("runs/tutorial-store"),
        metavar="DIR",
        help="where the tutorial stack keeps its vectors; used again for the same documents",
    )
    parser.add_argument("--sample", type=int, metavar="N", help="so many cases, by chance")
    parser.add_argument("--seed", type=int, default=_SEED, help="which ones")
    parser.add_argument("--liveqa", choices=VIEWS, default=VIEWS[0], help="which text is asked")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write what both found there")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def execute(options: argparse.Namespace) -> str:
    """Builds the store where it is missing, asks both, and returns the figures.

    Raises:
        BaselineError: The documents can't be read, or no case says what is relevant.
        CasesError: The cases can't be read.
        IndexMissingError: There is no index in the folder.
    """
    cases = load_cases(options.cases, options.sample, options.seed, options.liveqa)
    settings = IngestSettings()
    embedder = embedder_from(settings)
    index = Index.open(options.index, embedder.identity, settings.chunk_tokens)
    chatbot = Chatbot(index, embedder)
    store = TutorialStore.built(options.store, options.documents)
    _say_where_they_differ(index, store)
    asked = ask(chatbot, store, cases)
    comparison = compare(asked)
    if options.out:
        _write(options.out, asked, comparison)
    return json.dumps(comparison, indent=2) if options.json else in_words(comparison)


def _say_where_they_differ(index: Index, store: TutorialStore) -> None:
    known = {entry.document_id for entry in index.catalogue.known().values()}
    if known != store.documents:
        log.warning(
            "not a fair comparison: %d documents are only in the index, %d only in --documents; "
            "ingest the same file",
            len(known - store.documents),
            len(store.documents - known),
        )


def _write(folder: Path, asked: Sequence[Asked], comparison: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "baseline.json").write_text(json.dumps(comparison, indent=2) + "\n", encoding="utf-8")
    with (folder / "baseline.jsonl").open("w", encoding="utf-8") as lines:
        for each in asked:
            found = {
                system: [[place.document_id, place.heading] for place in ranked]
                for system, ranked in each.found.items()
            }
            line = {"id": each.case.id, "question": each.case.question, "found": found}
            lines.write(json.dumps({**line, "scores": each.values}) + "\n")

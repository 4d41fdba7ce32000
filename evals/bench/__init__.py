"""Benchmarks: how fast, measured as ratios in one run wherever two things are compared.

``python -m evals bench ingest|query|start|load``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from evals.bench import load
from evals.bench.errors import BenchError
from evals.bench.ingestion import bench_ingest
from evals.bench.startup import bench_start
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BenchError", "add_arguments", "execute"]

_SIZES = (1_000, 10_000, 100_000)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m evals bench``."""
    settings = IngestSettings()
    parser.add_argument("what", choices=["ingest", "query", "start", "load"])
    parser.add_argument(
        "--documents",
        type=Path,
        default=settings.corpus,
        metavar="FILE",
        help="ingest, query: where the passages come from",
    )
    parser.add_argument(
        "--index",
        type=Path,
        metavar="DIR",
        help="start, load: the app's index; query: an index of the documents, whose vectors are "
        "used instead of embedding them anew",
    )
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=_SIZES,
        metavar="N,N",
        help="query: passages of each library (1000,10000,100000)",
    )
    parser.add_argument(
        "--rounds", type=_positive, default=3, metavar="N", help="query: processes for each stack"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="query: keep the libraries, and use them again"
    )
    parser.add_argument(
        "--json", action="store_true", help="query, load: print the figures as JSON"
    )
    _load_arguments(parser)


def _load_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--patients",
        type=_positive,
        metavar="N",
        help=f"load: so many at once ({load.PATIENTS}; {load.BURST_PATIENTS} in a burst)",
    )
    parser.add_argument(
        "--questions",
        type=_positive,
        metavar="N",
        help=f"load: of each patient ({load.QUESTIONS}; {load.BURST_QUESTIONS} in a burst)",
    )
    parser.add_argument(
        "--think",
        type=_seconds,
        default=load.THINK,
        metavar="LOW,HIGH",
        help="load: seconds before each question, by chance (2,6)",
    )
    parser.add_argument("--seed", type=int, default=load.SEED, help="load: of that chance")
    parser.add_argument("--burst", action="store_true", help="load: all ask at the same moment")


def execute(options: argparse.Namespace) -> tuple[str, bool]:
    """Runs a benchmark.

    Returns:
        Its figures, and whether something in it failed.

    Raises:
        CiteWellError: It can't be run; the message says why and what to do.
    """
    if options.what == "load":
        return _load(options)
    if options.what == "query":
        from evals.bench import query  # noqa: PLC0415 - seconds to import

        plan = query.Plan(
            options.documents, options.sizes, options.index, options.keep, options.rounds
        )
        found = query.bench_query(plan)
        return json.dumps(found, indent=2) if options.json else query.in_words(found), False
    if options.what == "ingest":
        return bench_ingest(options.documents), False
    return bench_start(options.index or IngestSettings().index), False


def _load(options: argparse.Namespace) -> tuple[str, bool]:
    burst = options.burst
    found = load.bench_load(
        load.Plan(
            index=options.index or IngestSettings().index,
            patients=options.patients or (load.BURST_PATIENTS if burst else load.PATIENTS),
            questions=options.questions or (load.BURST_QUESTIONS if burst else load.QUESTIONS),
            think=options.think,
            seed=options.seed,
            burst=burst,
        )
    )
    text = json.dumps(found, indent=2) if options.json else load.in_words(found)
    return text, load.failed(found)


def _sizes(text: str) -> Sequence[int]:
    return tuple(dict.fromkeys(_positive(part) for part in text.split(",")))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _seconds(text: str) -> tuple[float, float]:
    low, high = (float(part) for part in text.split(","))
    if not 0 <= low <= high < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: two numbers from 0 up, the lower one first")
    return low, high

"""Learns the files of chatbot/learned from questions; docs/learning.md tells what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.settings import PROJECT, IngestSettings

if TYPE_CHECKING:
    import argparse

_LAY = PROJECT / "evals" / "lay" / "fit.jsonl"
_KINDS = PROJECT / "evals" / "training" / "kinds.jsonl"
_STARTER = PROJECT / "evals" / "cases" / "kinds.jsonl"
_OUT = PROJECT / "chatbot" / "learned"
_EXAMPLES = PROJECT / "evals" / "triage" / "fit.jsonl"
_RULES_CASES = PROJECT / "tests" / "chatbot" / "triage_cases.jsonl"
_ORDINARY = 6000
_GENERAL = 600
_ADVICE = PROJECT / "evals" / "advice" / "fit.jsonl"
_TEMPLATES = 300


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m evals train``."""
    parser.add_argument(
        "templates", nargs="*", type=Path, metavar="CASES",
        help="further cases over the same index, of which a sample is learned from",
    )  # fmt: skip
    parser.add_argument("--lay", type=Path, default=_LAY, metavar="FILE", help="lay questions")
    parser.add_argument(
        "--without", type=Path, metavar="FILE", help="cases kept apart: no page of theirs is used"
    )
    parser.add_argument("--kinds", type=Path, default=_KINDS, metavar="FILE")
    parser.add_argument("--sample", type=int, default=_TEMPLATES, metavar="N")
    parser.add_argument("--index", type=Path, default=IngestSettings().index, metavar="DIR")
    parser.add_argument("--starter", type=Path, default=_STARTER, metavar="FILE",
                        help="cases over a small library with many kinds of sections")  # fmt: skip
    parser.add_argument("--starter-index", type=Path, metavar="DIR", help="that library's index")
    parser.add_argument("--keep", type=Path, metavar="DIR",
                        help="where query encoders, minutes of work each, are kept")  # fmt: skip
    parser.add_argument("--out", type=Path, default=_OUT, metavar="DIR")


def execute(options: argparse.Namespace) -> str:
    """Learns, writes the files, and tells the figures of the cross-validation."""
    from evals.training.train import execute as train  # noqa: PLC0415 - brings torch

    return train(options)


def add_triage_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m evals train-triage``."""
    parser.add_argument("--examples", type=Path, default=_EXAMPLES, metavar="FILE")
    parser.add_argument("--cases", type=Path, default=_RULES_CASES, metavar="FILE",
                        help="cases of the rules, those held out not learned from")  # fmt: skip
    parser.add_argument("--lay", type=Path, default=_LAY, metavar="FILE", help="lay questions")
    parser.add_argument("--ordinary", type=int, default=_ORDINARY, metavar="N",
                        help="how many of the lay questions are learned from")  # fmt: skip
    parser.add_argument("--kinds", type=Path, default=_KINDS, metavar="FILE",
                        help="further ordinary questions")  # fmt: skip
    parser.add_argument("--unvalidated", action="store_true", help="without cross-validation")
    parser.add_argument("--thresholds", action="store_true", help="only set the thresholds again")
    parser.add_argument("--out", type=Path, default=_OUT, metavar="DIR")


def execute_triage(options: argparse.Namespace) -> str:
    """Learns what triage reads with, and tells the figures of the cross-validation."""
    from evals.training.triage import execute as train  # noqa: PLC0415 - brings torch

    return train(options)


def add_advice_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m evals train-advice``."""
    parser.add_argument("--examples", type=Path, default=_ADVICE, metavar="FILE")
    parser.add_argument("--lay", type=Path, default=_LAY, metavar="FILE", help="lay questions")
    parser.add_argument("--ordinary", type=int, default=_GENERAL, metavar="N",
                        help="how many lay questions for knowledge are learned from")  # fmt: skip
    parser.add_argument("--out", type=Path, default=_OUT, metavar="DIR")


def execute_advice(options: argparse.Namespace) -> str:
    """Learns which questions ask for a personal decision, and tells the figures."""
    from evals.training.advice import execute as train  # noqa: PLC0415 - brings torch

    return train(options)

"""``python -m evals``: score the answers, compare two runs, measure speed.

Figures go to stdout, everything else to stderr. Exit status: 0 done, 1 something in it failed,
2 wrong usage.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.engine import Chatbot
from evals.bench import benchmarks
from evals.cases import load_cases
from evals.runs import compare, in_words, run
from ingest.errors import CiteWellError
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    try:
        if options.command == "run":
            cases = load_cases(options.cases, options.sample, options.seed)
            print(in_words(run(Chatbot.open(options.index), cases, options.out)))
        elif options.command == "compare":
            print(compare(options.before, options.after))
        else:
            print(benchmarks([options.what], options.documents, options.index))
    except CiteWellError as error:
        print(f"evals: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    settings = IngestSettings()
    parser = argparse.ArgumentParser(prog="python -m evals", description="Scores the answers.")
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="ask cases and score the answers")
    run_parser.add_argument("cases", nargs="+", type=Path, metavar="CASES")
    run_parser.add_argument("--out", type=Path, default=Path("runs/latest"), metavar="DIR")
    run_parser.add_argument("--sample", type=int, metavar="N", help="so many cases, by chance")
    run_parser.add_argument("--seed", type=int, default=20261122, help="which ones")
    compare_parser = commands.add_parser("compare", help="what changed between two runs")
    compare_parser.add_argument("before", type=Path, metavar="RUN_A")
    compare_parser.add_argument("after", type=Path, metavar="RUN_B")
    bench_parser = commands.add_parser("bench", help="measure speed")
    bench_parser.add_argument("what", choices=["ingest", "query", "start"])
    bench_parser.add_argument("--documents", type=Path, default=settings.corpus, metavar="FILE")
    for each in (run_parser, bench_parser):
        each.add_argument("--index", type=Path, default=settings.index, metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())

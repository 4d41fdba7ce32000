"""``python -m evals``: score the answers, compare two runs, hold them against a gate.

Figures and JSON go to stdout, everything else to stderr. Exit status: 0 done, 1 something in it
failed or a gate is not reached, 2 wrong usage, 130 stopped from the keyboard.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from evals import abstention, baseline, bench, compare, training
from evals.cases import VIEWS, load_cases
from evals.datasets.beir import documents
from evals.environment import System
from evals.gate import failures, load_gate, read_summary
from evals.runs import Interrupted, run, write_summary
from evals.scorers import SCORERS
from evals.summary import in_words
from evals.triage_table import triage_table
from ingest.errors import CiteWellError
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evals.judge import Judge

_GATE = Path("gate.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    execute: Callable[[argparse.Namespace], int] = options.execute
    try:
        return execute(options)
    except CiteWellError as error:
        print(f"evals: {error}", file=sys.stderr)
        return 1
    except Interrupted as stopped:
        print(
            f"evals: {stopped}; what is done is kept: give the same command again to go on",
            file=sys.stderr,
        )
        return 130
    except KeyboardInterrupt:
        print("evals: stopped", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    gate = load_gate(options.gate) if options.gate else None
    cases = load_cases(options.cases, options.sample, options.seed, options.liveqa)
    judge = _judge(options.judge) if options.judge else None
    system = System.open(options.index)
    scorers = SCORERS
    if judge:
        system, scorers = replace(system, judge=judge.name), (*SCORERS, *judge.scorers())
    summary = run(system, cases, options.out, scorers, fresh=options.fresh)
    failed = []
    if gate:
        failed = failures(summary, gate)
        summary["gate"] = {"passed": not failed, "failures": failed}
        write_summary(options.out, summary)
    from evals.report import write_report  # noqa: PLC0415 - not before there is a run

    write_report(options.out)
    print(json.dumps(summary, ensure_ascii=False) if options.json else in_words(summary))
    print(f"evals: the report is {options.out / 'report.html'}", file=sys.stderr)
    if gate:
        _tell(failed, options.gate)
    return 1 if failed or summary["errors"] else 0


def _judge(name: str) -> Judge:
    from evals.judge import Judge, chat_model  # noqa: PLC0415 - only where it is asked for

    return Judge(chat_model(name), name)


def _judge_agreement(options: argparse.Namespace) -> int:
    from evals.judge import agreement  # noqa: PLC0415 - only where it is asked for

    found = agreement.agreement(_judge(options.judge), agreement.labelled())
    plain = {name: each.plain() for name, each in found.items()}
    for reason in (reason for each in found.values() for reason in each.unscored):
        print(f"unscored: {reason}", file=sys.stderr)
    print(json.dumps(plain) if options.json else agreement.in_words(plain))
    return 1 if any(each.unscored for each in found.values()) else 0


def _gate(options: argparse.Namespace) -> int:
    failed = failures(read_summary(options.run), load_gate(options.gate))
    _tell(failed, options.gate)
    return 1 if failed else 0


def _tell(failed: Sequence[str], gate: Path) -> None:
    for line in failed:
        print(f"gate: {line}", file=sys.stderr)
    print(f"gate: {gate} is {'not ' if failed else ''}reached", file=sys.stderr)


def _compare(options: argparse.Namespace) -> int:
    comparison = compare.compare(options.before, options.after)
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(comparison, indent=2, ensure_ascii=False) + "\n"
    (options.out / "comparison.json").write_text(text, encoding="utf-8")
    from evals.report import write_comparison  # noqa: PLC0415 - not before there are runs

    write_comparison(options.before, options.after, options.out)
    print(text.strip() if options.json else compare.in_words(comparison))
    print(f"evals: the report is {options.out / 'comparison.html'}", file=sys.stderr)
    return 0


def _abstention(options: argparse.Namespace) -> int:
    cases = load_cases(options.cases, options.sample, options.seed, options.liveqa)
    origin = abstention.Origin(options.index, options.documents)
    summary = abstention.measure(origin, cases, options.out, options.remove, options.seed)
    from evals.report import write_report  # noqa: PLC0415 - not before there is a run

    write_report(options.out)
    if options.json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        print(f"{abstention.in_words(summary)}\n{in_words(summary)}")
    return 1 if summary["errors"] else 0


def _documents(options: argparse.Namespace) -> int:
    for document in documents(options.folder):
        print(json.dumps(document, ensure_ascii=False))
    return 0


def _baseline(options: argparse.Namespace) -> int:
    print(baseline.execute(options))
    return 0


def _bench(options: argparse.Namespace) -> int:
    told, failed = bench.execute(options)
    print(told)
    return 1 if failed else 0


def _train(options: argparse.Namespace) -> int:
    print(training.execute(options))
    return 0


def _train_triage(options: argparse.Namespace) -> int:
    print(training.execute_triage(options))
    return 0


def _train_advice(options: argparse.Namespace) -> int:
    print(training.execute_advice(options))
    return 0


def _triage_table(options: argparse.Namespace) -> int:
    print(triage_table(options.run))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Scores the answers.")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(
        name: str, execute: Callable[[argparse.Namespace], int], description: str
    ) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(
            name, help=description, description=description
        )
        added.set_defaults(execute=execute)
        return added

    _run_arguments(command("run", _run, "ask cases and score the answers"))
    _compare_arguments(command("compare", _compare, "what changed between two runs"))
    _gate_arguments(command("gate", _gate, "hold a run against the figures it has to reach"))
    what = "how well it abstains with half of the topics or sections taken out"
    _abstention_arguments(command("abstention", _abstention, what))
    what = "how far a judging chat model agrees with labelled examples"
    judge = command("judge-agreement", _judge_agreement, what)
    judge.add_argument("--judge", required=True, metavar="MODEL", help="PROVIDER:MODEL")
    judge.add_argument("--json", action="store_true", help="print the agreement as JSON")
    folder = command("documents", _documents, "a BEIR folder's corpus as documents to ingest")
    folder.add_argument("folder", type=Path, metavar="BEIR_DIR")
    what = "the same cases, asked of the stack of LangChain's tutorial"
    baseline.add_arguments(command("baseline", _baseline, what))
    bench.add_arguments(command("bench", _bench, "measure speed"))
    training.add_arguments(command("train", _train, "learn to find sections"))
    what = "learn to read messages for triage"
    training.add_triage_arguments(command("train-triage", _train_triage, what))
    what = "triage by category and by form, as a Markdown table"
    table = command("triage-table", _triage_table, what)
    table.add_argument("run", type=Path, metavar="RUN", help="a run's folder")
    what = "learn which questions ask for a personal decision"
    training.add_advice_arguments(command("train-advice", _train_advice, what))
    return parser


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    _cases_arguments(parser)
    _index_argument(parser)
    _out_argument(parser, "runs/latest")
    parser.add_argument("--fresh", action="store_true", help="go on with no interrupted run")
    parser.add_argument("--gate", type=Path, metavar="FILE", help="fail below its figures")
    parser.add_argument(
        "--judge", metavar="MODEL", help="PROVIDER:MODEL of a chat model that judges, too"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def _compare_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path, metavar="RUN_A")
    parser.add_argument("after", type=Path, metavar="RUN_B")
    _out_argument(parser, "runs/compare")
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON")


def _gate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    parser.add_argument("--gate", type=Path, default=_GATE, metavar="FILE", help=f"({_GATE})")


def _abstention_arguments(parser: argparse.ArgumentParser) -> None:
    _cases_arguments(parser)
    _index_argument(parser)
    _out_argument(parser, "runs/abstention")
    parser.add_argument(
        "--remove", choices=get_args(abstention.What), required=True, help="what is taken out"
    )
    parser.add_argument("--documents", type=Path, metavar="FILE", help="taken in first")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def _cases_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", nargs="+", type=Path, metavar="CASES", help="files or folders")
    parser.add_argument("--sample", type=_count, metavar="N", help="so many cases, by chance")
    parser.add_argument("--seed", type=int, default=20261122, help="of that chance")
    parser.add_argument(
        "--liveqa", choices=VIEWS, default=VIEWS[0], help="what to ask of LiveQA's questions"
    )


def _index_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--index", type=Path, default=IngestSettings().index, metavar="DIR")


def _out_argument(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--out", type=Path, default=Path(default), metavar="DIR", help=f"results ({default})"
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}: it must be 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())

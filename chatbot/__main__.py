"""``python -m chatbot``: ask questions from the command line.

Answers go to stdout, everything else to stderr. Exit status: 0 done, 1 something in it failed
(each failure is named, the rest is done), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from tqdm import tqdm

from chatbot.answers import Locale, Role, Turn
from chatbot.engine import Chatbot
from chatbot.learned.triage import triage_reader
from chatbot.serialise import answer_object
from chatbot.triage.explain import explained, in_words
from ingest.errors import CiteWellError, SourceError
from ingest.normalise import decode
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.answers import Answer


class _Message(BaseModel):
    model_config = ConfigDict(strict=True)

    role: Role
    content: str


class _Line(BaseModel):
    """A line of a batch; fields that are not named here are passed over."""

    id: str | int | None = None
    question: str
    history: list[_Message] = []
    locale: Locale | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    if options.command == "triage":
        return _triage(options)
    if (options.question is None) == (options.batch is None):
        _parser().error("give either a QUESTION or --batch FILE")
    if options.question is not None and not options.question.strip():
        _parser().error("the QUESTION is empty: write one")
    try:
        if options.batch is not None:
            return _batch(options.batch, options.index, options.locale)
        return _ask(options)
    except CiteWellError as error:
        print(f"chatbot: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("chatbot: stopped", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chatbot", description="Asks the library.")
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="ask one question, or a batch of them")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument("--batch", type=Path, metavar="FILE", help="JSON lines in, answers out")
    ask.add_argument("--index", type=Path, default=IngestSettings().index, metavar="DIR")
    ask.add_argument("--locale", choices=get_args(Locale), help="whose emergency numbers")
    ask.add_argument("--json", action="store_true", help="print the answer as JSON")
    what = "what the safety check decides about a message"
    check = commands.add_parser("triage", help=what, description=what)
    check.add_argument("message", metavar="MESSAGE")
    check.add_argument("--before", action="append", default=[], metavar="MESSAGE",
                       help="an earlier message of the patient; may be given again")  # fmt: skip
    check.add_argument("--rules-only", action="store_true", help="load no model")
    check.add_argument("--explain", action="store_true", help="print the grounds")
    check.add_argument("--json", action="store_true", help="print decision and grounds as JSON")
    return parser


def _triage(options: argparse.Namespace) -> int:
    history = [Turn("user", text) for text in options.before]
    try:
        found = explained(options.message, history, None if options.rules_only else triage_reader())
    except CiteWellError as error:
        print(f"chatbot: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(found))
    else:
        print(in_words(found) if options.explain else found["action"])
    return 0


def _ask(options: argparse.Namespace) -> int:
    answer = Chatbot.open(options.index).answer(options.question, locale=options.locale)
    print(json.dumps(answer_object(answer)) if options.json else _in_words(answer))
    return 0


def _in_words(answer: Answer) -> str:
    sources = [
        f"[{citation.marker}] {citation.passage.document.title}, {citation.passage.heading} "
        f"({citation.passage.document.path}, {citation.start}-{citation.end})"
        for citation in answer.citations
    ]
    return "\n".join([answer.text, *(["", "Sources", *sources] if sources else [])])


def _batch(path: Path, index: Path, locale: Locale | None) -> int:
    """Answers line by line, in order; a line that can't be read gives an object with its error."""
    try:
        text = decode(path.read_bytes(), str(path))
    except OSError as error:
        raise SourceError(str(path), f"it can't be read: {error.strerror}") from error
    lines = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    chatbot = Chatbot.open(index)
    failed = False
    for number, line in tqdm(lines, desc="asking", unit="question", disable=None, file=sys.stderr):
        try:
            asked = _Line.model_validate_json(line)
        except ValidationError as error:
            failed = True
            reason = _explain(error)
            print(f"failed: {path}:{number}: {reason}", file=sys.stderr)
            print(json.dumps({"id": _id_of(line), "error": f"{path.name}:{number}: {reason}"}))
            continue
        history = [Turn(message.role, message.content) for message in asked.history]
        answer = chatbot.answer(asked.question, history, asked.locale or locale)
        print(json.dumps(answer_object(answer, asked.id)), flush=True)
    return 1 if failed else 0


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "the line"
    return f"{place}: {first['msg']}"


def _id_of(line: str) -> object:
    """The id of a line that is JSON but no question, so that its answer can be told apart."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value.get("id") if isinstance(value, dict) else None


if __name__ == "__main__":
    sys.exit(main())

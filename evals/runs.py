"""Runs: cases through the chatbot, into a folder with every answer and the totals.

Each line is written as soon as its answer is there. A run that was interrupted goes on where it
stopped if it would give the same answers; else it starts anew and says why.
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from pydantic import ValidationError
from tqdm import tqdm

from chatbot.answers import Turn
from chatbot.serialise import answer_object
from evals.cases import CasesError, digest
from evals.environment import environment
from evals.metrics import STANDALONE
from evals.results import RESULTS, SUMMARY, Row
from evals.scorers import SCORERS, score_all
from evals.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from evals.cases import Case
    from evals.environment import Answering, System
    from evals.scorers import Scorer

log = logging.getLogger(__name__)

_STATE = "run.json"
_LOCK = "run.lock"


class Interrupted(KeyboardInterrupt):
    """A run was stopped from the keyboard.

    Attributes:
        done: Cases whose lines are written.
        total: All cases.
    """

    def __init__(self, done: int, total: int) -> None:
        """Takes how far it came."""
        super().__init__(f"stopped after {done} of {total} cases")
        self.done = done
        self.total = total


def run(
    system: System,
    cases: Sequence[Case],
    folder: Path,
    scorers: Sequence[Scorer] = SCORERS,
    *,
    fresh: bool = False,
) -> dict[str, Any]:
    """Asks every case, writes `results.jsonl` and `summary.json`, and returns the summary.

    Args:
        system: What is asked.
        cases: The cases.
        folder: Where the results go; made where it is missing.
        scorers: What judges the answers.
        fresh: Start anew even where an interrupted run could go on.

    Raises:
        CasesError: Another run writes the folder.
        Interrupted: It was stopped from the keyboard; the next run goes on.
    """
    facts = environment(system, digest(cases))
    identity = {**facts, "scorers": [scorer.name for scorer in scorers]}
    with _only_writer(folder):
        state = _State(folder, identity)
        rows = [] if fresh else state.resumed(cases)
        if not rows:
            state.begin()
        started = state.started
        with (folder / RESULTS).open("a", encoding="utf-8") as results:
            try:
                for row in _ask_all(system.chatbot, cases, scorers, len(rows)):
                    results.write(row.model_dump_json() + "\n")
                    results.flush()
                    rows.append(row)
            except KeyboardInterrupt as error:
                raise Interrupted(len(rows), len(cases)) from error
        times = {"started": started, "finished": _now()}
        summary = summarise(rows, {**facts, **times})
        write_summary(folder, summary)
    return summary


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    """Writes `summary.json` in one step; it says that the run is whole."""
    draft = folder / f"{SUMMARY}.new"
    draft.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(folder / SUMMARY)


def _ask_all(
    chatbot: Answering, cases: Sequence[Case], scorers: Sequence[Scorer], done: int
) -> Iterator[Row]:
    left = cases[done:]
    bar = tqdm(left, "asking", len(cases), unit="case", initial=done, disable=None, file=sys.stderr)
    for case in bar:
        yield _ask(chatbot, case, scorers)


def _ask(chatbot: Answering, case: Case, scorers: Sequence[Scorer]) -> Row:
    """Asks one case; a fault becomes the row's error, and the others go on."""
    history = [Turn(message.role, message.content) for message in case.history]
    try:
        answer = chatbot.answer(case.question, history, case.locale)
        scores = score_all(case, answer, scorers)
        if case.standalone is not None:
            alone = chatbot.answer(case.standalone, (), case.locale)
            scores[STANDALONE] = score_all(case, alone)["section_at_5"]
    except Exception as error:  # noqa: BLE001 - one question must not end the run
        log.warning("%s: it could not be asked: %s: %s", case.id, type(error).__name__, error)
        return Row(case=case, scores={}, answer=None, error=f"{type(error).__name__}: {error}")
    return Row(case=case, scores=scores, answer=answer_object(answer, case.id))


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / _LOCK, timeout=0):
            yield
    except Timeout as error:
        raise CasesError(
            f"another run is writing {folder}: wait until it is done, or name another --out"
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(slots=True)
class _State:
    """Which run a folder holds, and how much of it.

    Attributes:
        folder: Where the results are.
        identity: All that decides what they are.
        started: When the run began, before any interruption.
    """

    folder: Path
    identity: dict[str, Any]
    started: str = ""

    def begin(self) -> None:
        """Clears what was there, and notes what is to come."""
        self.started = _now()
        (self.folder / SUMMARY).unlink(missing_ok=True)
        (self.folder / RESULTS).write_text("", encoding="utf-8")
        noted = {"started": self.started, "identity": self.identity}
        (self.folder / _STATE).write_text(json.dumps(noted, indent=2) + "\n", encoding="utf-8")

    def resumed(self, cases: Sequence[Case]) -> list[Row]:
        """The rows of an interrupted run that can go on; a torn last line is cut off.

        Empty, with a line in the log that says why, where it can't; and without one where there
        is nothing to go on with.
        """
        results = self.folder / RESULTS
        if not results.exists() or (self.folder / SUMMARY).exists():
            return []
        whole = results.read_bytes()
        whole = whole[: whole.rfind(b"\n") + 1]
        if not whole:
            return []
        try:
            noted = json.loads((self.folder / _STATE).read_text(encoding="utf-8"))
            rows = [Row.model_validate_json(line) for line in whole.split(b"\n") if line]
        except (OSError, ValueError, ValidationError):
            return self._anew("it can't be read")
        reason = self._difference(noted.get("identity", {}))
        if reason:
            return self._anew(reason)
        if [row.case.id for row in rows] != [case.id for case in cases[: len(rows)]]:
            return self._anew("its lines are in another order")
        results.write_bytes(whole)
        self.started = noted["started"]
        log.warning("%s: goes on after %d of %d cases", self.folder, len(rows), len(cases))
        return rows

    def _anew(self, reason: str) -> list[Row]:
        log.warning(
            "%s: the interrupted run there is not gone on with, %s: starting anew",
            self.folder,
            reason,
        )
        return []

    def _difference(self, before: dict[str, Any]) -> str | None:
        for name, value in self.identity.items():
            if before.get(name) != value:
                return f"for its {_NAMES.get(name, name)} is another now"
        return None


_NAMES = {
    "cases_sha256": "set of cases",
    "code_sha256": "code",
    "index": "index",
    "packages": "set of packages",
    "settings": "set of settings",
    "scorers": "set of scorers",
}

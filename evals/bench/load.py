"""Many patients at once over HTTP: the app as it is started, asked as its page asks."""

from __future__ import annotations

import asyncio
import os
import random
import ssl
import tempfile
import tomllib
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from tqdm import tqdm

from evals.bench.serving import serving
from evals.bench.visits import PATIENCE_SECONDS, Doors, Question, Visit
from evals.statistics import percentile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evals.bench.visits import Heard

PATIENTS, QUESTIONS = 50, 4
# More than the app takes in at once, so that some must be told that it is busy.
BURST_PATIENTS, BURST_QUESTIONS = 150, 1
THINK = (2.0, 6.0)
SEED = 20261122
# All patients of a load test have one address, and few people ask so quickly.
LIMITS = {
    "CITEWELL_QUESTIONS_PER_MINUTE": "100000",
    "CITEWELL_QUESTIONS_PER_MINUTE_AND_ADDRESS": "100000",
}
_TROUBLE = ("ERROR", "CRITICAL", "Traceback")


@dataclass(frozen=True, slots=True)
class Plan:
    """Who asks how much.

    Attributes:
        index: The folder of the app's index.
        patients: How many there are.
        questions: How many each of them asks.
        think: Between how many and how many seconds they think before a question.
        seed: Of that chance.
        burst: They think not at all: everybody asks at the same moment.
    """

    index: Path
    patients: int = PATIENTS
    questions: int = QUESTIONS
    think: tuple[float, float] = THINK
    seed: int = SEED
    burst: bool = False


def load_questions() -> list[Question]:
    """What is asked, in the order in which the patients take it in turn."""
    raw = files("evals.bench").joinpath("load_questions.toml").read_text(encoding="utf-8")
    return [Question(**each) for each in tomllib.loads(raw)["questions"]]


def bench_load(plan: Plan) -> dict[str, Any]:
    """Starts the app, has all patients ask, and gives what they heard.

    Returns:
        ``{"patients", "questions", "burst", "think", "seed", "cores", "limits", "asked",
        "answers", "cards", "busy", "errors", "reasons": {reason: n}, "log": [line], "seconds":
        {"all"|"answers"|"cards"|"busy"|"opening": {"n", "p50", "p95", "max"}}}``

    Raises:
        BenchError: The app can't be started.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as written, serving(plan.index, LIMITS, written) as served:
            served.wait_for("/readyz")
            opened, heard = asyncio.run(_Crowd(plan, served.address).ask())
            # Before the end: a server that is stopped may complain of connections still open.
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    troubles = [line for line in lines if line.startswith(_TROUBLE)]
    return {**of_plan(plan), **figures(opened, heard), "log": troubles}


def failed(measured: dict[str, Any]) -> bool:
    """Whether anything went wrong; to be told "busy" is not wrong."""
    return bool(measured["errors"] or measured["log"])


class _Crowd:
    """All patients of a plan."""

    def __init__(self, plan: Plan, address: str) -> None:
        self._plan = plan
        self._address = address
        self._questions = load_questions()
        # One for all, and empty: to make one takes long, and the way is no further than loopback.
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._together = asyncio.Barrier(plan.patients)
        self._progress = tqdm(
            total=plan.patients * plan.questions, desc="asking", unit="question", disable=None
        )

    async def ask(self) -> tuple[list[Heard], list[Heard]]:
        """How each page opened, and what was heard of each question."""
        async with self._client() as client:
            doors = await Doors.find(client)
        with self._progress:
            visits = await asyncio.gather(
                *(self._visit(number, doors) for number in range(self._plan.patients))
            )
        return [opened for opened, _ in visits], [each for _, heard in visits for each in heard]

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self._address, timeout=PATIENCE_SECONDS, verify=self._tls, trust_env=False
        )

    async def _visit(self, number: int, doors: Doors) -> tuple[Heard, list[Heard]]:
        plan, chance = self._plan, random.Random(f"{self._plan.seed} {number}")  # noqa: S311
        heard = []
        async with AsyncExitStack() as stack:
            visit = Visit(await stack.enter_async_context(self._client()), doors)
            # Nobody comes at the same moment as everybody else, but in a burst.
            await asyncio.sleep(0 if plan.burst else chance.uniform(0, plan.think[1]))
            await stack.enter_async_context(visit.stay())
            opened = await visit.open()
            for turn in range(plan.questions):
                if plan.burst:
                    await self._together.wait()
                else:
                    await asyncio.sleep(chance.uniform(*plan.think))
                place = (number * plan.questions + turn) % len(self._questions)
                heard.append(await visit.ask(self._questions[place]))
                self._progress.update()
        return opened, heard


def of_plan(plan: Plan) -> dict[str, Any]:
    """What was planned, and on which machine."""
    return {
        "patients": plan.patients,
        "questions": plan.questions,
        "burst": plan.burst,
        "think": [0, 0] if plan.burst else list(plan.think),
        "seed": plan.seed,
        "cores": os.cpu_count(),
        "limits": LIMITS,
    }


def figures(opened: Sequence[Heard], heard: Sequence[Heard]) -> dict[str, Any]:
    """How many heard what, and after how long."""
    kinds = {"answers": "answer", "cards": "card", "busy": "busy"}
    seconds = {
        name: [each.seconds for each in heard if each.kind == kind] for name, kind in kinds.items()
    }
    reasons = Counter(each.reason for each in (*opened, *heard) if each.kind == "error")
    return {
        "asked": len(heard),
        **{name: len(found) for name, found in seconds.items()},
        "errors": reasons.total(),
        "reasons": dict(reasons.most_common()),
        "seconds": {
            "all": _spread([each.seconds for each in heard]),
            **{name: _spread(found) for name, found in seconds.items()},
            "opening": _spread([each.seconds for each in opened]),
        },
    }


def _spread(seconds: Sequence[float]) -> dict[str, float] | None:
    if not seconds:
        return None
    shares = {"p50": percentile(seconds, 0.5), "p95": percentile(seconds, 0.95)}
    rounded = {name: round(found, 3) for name, found in shares.items()}
    return {"n": len(seconds), **rounded, "max": round(max(seconds), 3)}


def in_words(measured: dict[str, Any]) -> str:
    """The figures for people."""
    low, high = measured["think"]
    pace = "everybody at once" if measured["burst"] else f"after {low:g} to {high:g} s of thought"
    raised = " ".join(f"{name}={value}" for name, value in measured["limits"].items())
    asked, told = "{asked} asked: {answers} answers, {cards} cards", measured["seconds"]
    spreads = {name: told[name] for name in ("all", "answers", "cards", "busy") if told[name]}
    lines = [
        "{patients} patients, {questions} questions each, ".format(**measured) + pace,
        f"seed {measured['seed']}; {measured['cores']} cores, on which the patients run as well",
        f"all patients have one address, so the limits were raised for this run: {raised}",
        (asked + ', {busy} told "busy", {errors} errors').format(**measured),
        "seconds from asking to the finished reply",
        *(_line(name, spread) for name, spread in spreads.items()),
        "seconds until a page had opened",
        _line("pages", told["opening"]),
        *(f"error, {number} times: {reason}" for reason, number in measured["reasons"].items()),
        *(f"in the app's log: {line}" for line in measured["log"]),
    ]
    return "\n".join(lines)


def _line(label: str, spread: dict[str, float]) -> str:
    return (
        f"  {label:8} p50 {spread['p50']:7.3f}   p95 {spread['p95']:7.3f}   "
        f"max {spread['max']:7.3f}   ({spread['n']:g})"
    )

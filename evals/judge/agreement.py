"""How far a judge agrees with people, on labelled examples about the starter library."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict
from tqdm import tqdm

from evals.judge.judge import Material, Source, prompts
from evals.statistics import Share, bootstrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evals.judge.judge import Judge

_FILE = "labelled.jsonl"
Label = Literal["yes", "no"]


class _LabelledSource(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    heading: str
    text: str


class Labelled(BaseModel):
    """An answer, made up or real, and what a person says of it.

    Attributes:
        id: Names it.
        question: What was asked.
        answer: The sentences of the answer.
        sources: Sections of the starter library that it may rest on.
        labels: Criterion -> what a person said.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    question: str
    answer: list[str]
    sources: list[_LabelledSource]
    labels: dict[str, Label]

    def material(self) -> Material:
        """What a judge sees of it."""
        sources = tuple(Source(s.title, s.heading, s.text) for s in self.sources)
        return Material(self.question, tuple(self.answer), sources)


def labelled() -> list[Labelled]:
    """The examples that CiteWell brings."""
    text = (files("evals.judge") / _FILE).read_text(encoding="utf-8")
    return [Labelled.model_validate_json(line) for line in text.splitlines()]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a judge agrees on one criterion.

    Attributes:
        pairs: What the person and what the judge said, True for yes.
        unscored: Examples without a verdict, and why.
    """

    pairs: list[tuple[bool, bool]]
    unscored: list[str]

    def plain(self) -> dict[str, Any]:
        """Agreement and Cohen's kappa (Cohen 1960), each with its 95% interval."""
        if not self.pairs:
            return {"n": 0, "unscored": len(self.unscored), "agreement": None, "kappa": None}
        same = Share(sum(person == judge for person, judge in self.pairs), len(self.pairs))
        person, judge = ([float(pair[side]) for pair in self.pairs] for side in (0, 1))
        return {
            "n": len(self.pairs),
            "unscored": len(self.unscored),
            "agreement": _figure(same.value, same.interval),
            "kappa": _figure(
                kappa(person, judge),
                bootstrap([person, judge], _kappa_of_many, paired=True),
            ),
        }


def _figure(value: float, interval: tuple[float, float]) -> dict[str, float]:
    low, high = interval
    return {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}


def kappa(person: Sequence[float], judge: Sequence[float]) -> float:
    """Cohen's kappa of yes/no labels; where both say one and the same of all, 1."""
    from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415 - a second to import

    if len(np.unique(np.concatenate([person, judge]))) == 1:
        return 1.0
    return float(cohen_kappa_score(person, judge))


def _kappa_of_many(person: Any, judge: Any, axis: int = -1) -> Any:
    """The same of many samples at once."""
    said, heard = np.mean(person, axis=axis), np.mean(judge, axis=axis)
    chance = said * heard + (1 - said) * (1 - heard)
    same = np.mean(person == judge, axis=axis)
    return np.where(chance == 1, 1.0, (same - chance) / np.where(chance == 1, 1.0, 1 - chance))


def agreement(judge: Judge, examples: Sequence[Labelled]) -> dict[str, Agreement]:
    """Asks the judge about every example, by criterion; what fails is unscored."""
    found = {name: Agreement([], []) for name in prompts().criteria}
    for example in tqdm(examples, "judging", unit="example", disable=None, file=sys.stderr):
        for name, label in example.labels.items():
            try:
                verdict = judge.ask(name, example.material()).verdict
            except Exception as error:  # noqa: BLE001 - one reply must not end the others
                found[name].unscored.append(f"{example.id}: {type(error).__name__}: {error}")
            else:
                found[name].pairs.append((label == "yes", verdict == "yes"))
    return found


def in_words(found: dict[str, dict[str, Any]]) -> str:
    """The agreement for a person."""
    lines = []
    for name, figure in found.items():
        if figure["kappa"] is None:
            lines.append(f"{name:14} no verdict, {figure['unscored']} unscored")
            continue
        values = " ".join(
            f"{what} {figure[what]['value']:.3f} "
            f"({figure[what]['low']:.3f} to {figure[what]['high']:.3f})"
            for what in ("kappa", "agreement")
        )
        lines.append(f"{name:14} {values}, {figure['n']} examples, {figure['unscored']} unscored")
    return "\n".join(lines)

"""The gate: figures that a release has to reach, from a file (`gate.toml`).

A metric that nothing was scored for does not pass: a gate that is asked about nothing is shut.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evals.metrics import PER_CASE, Better
from evals.metrics_overall import OVERALL
from evals.results import SUMMARY
from evals.summary import figure_in_words
from ingest.errors import CiteWellError

if TYPE_CHECKING:
    from pathlib import Path

Use = Literal["value", "bound"]

_BETTER: dict[str, Better] = {metric.name: metric.better for metric in PER_CASE}
_BETTER |= {name: better for name, (_, better) in OVERALL.items()}


class GateError(CiteWellError):
    """A gate can't be read, or there is no run to hold it against."""


class Threshold(BaseModel):
    """What is asked of one metric; in the file a bare number is `at_least`, or `at_most` for a
    metric of which less is better.
    """  # noqa: D205

    model_config = ConfigDict(extra="forbid")

    at_least: float | None = Field(default=None, description="the value must not be lower")
    at_most: float | None = Field(default=None, description="the value must not be higher")
    misses_at_most: int | None = Field(
        default=None, ge=0, description="so many cases of a share may have gone wrong"
    )
    n_at_least: int = Field(default=1, ge=1, description="so many cases must have been scored")
    unscored_at_most: int = Field(
        default=0, ge=0, description="so many cases may have been left by a scorer that failed"
    )
    use: Use | None = Field(
        default=None,
        description="`value`, or `bound`: the worse end of the 95% interval; else the file's own",
    )

    @model_validator(mode="after")
    def _asks_something(self) -> Threshold:
        if (self.at_least, self.at_most, self.misses_at_most) == (None, None, None):
            raise ValueError("write at_least, at_most or misses_at_most")
        return self


class Gate(BaseModel):
    """A gate file."""

    model_config = ConfigDict(extra="forbid")

    use: Use = Field(default="value", description="what is compared where a threshold says nothing")
    errors_at_most: int = Field(default=0, ge=0, description="so many questions may have failed")
    metrics: dict[str, Threshold] = Field(default={}, description="over all cases")
    tags: dict[str, dict[str, Threshold]] = Field(default={}, description="over those of a tag")
    kinds: dict[str, dict[str, Threshold]] = Field(
        default={}, description="over those whose first relevant section is of a kind"
    )

    @model_validator(mode="before")
    @classmethod
    def _from_numbers(cls, data: Any) -> Any:
        groups = [data.get("metrics", {})]
        groups += [group for key in ("tags", "kinds") for group in data.get(key, {}).values()]
        for group in groups:
            for name, asked in group.items():
                if isinstance(asked, int | float):
                    less = _BETTER.get(name) == "lower"
                    group[name] = {"at_most" if less else "at_least": asked}
        return data

    @model_validator(mode="after")
    def _knows_its_metrics(self) -> Gate:
        grouped = [*self.tags.values(), *self.kinds.values()]
        names = [*self.metrics, *(name for group in grouped for name in group)]
        for name in names:
            if name not in _BETTER:
                raise ValueError(f"there is no metric {name!r}: known are {', '.join(_BETTER)}")
        if over := {name for group in grouped for name in group} & OVERALL.keys():
            raise ValueError(f"{min(over)} is known over all cases only: put it in [metrics]")
        if not names:
            raise ValueError("it asks nothing: write thresholds below [metrics]")
        return self


def load_gate(path: Path) -> Gate:
    """Reads a gate.

    Raises:
        GateError: It can't be read, asks for a metric that there is not, or asks nothing.
    """
    try:
        return Gate.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise GateError(f"{path}: the gate can't be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise GateError(f"{path}: the gate is no TOML: {error}") from error
    except (ValidationError, AttributeError, TypeError) as error:
        raise GateError(f"{path}: {_explain(error)}") from error


def _explain(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "write tables: [metrics], [tags.NAME], [kinds.NAME]"
    first = error.errors(include_url=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a run that is whole.

    Raises:
        GateError: There is none.
    """
    try:
        summary: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GateError(
            f"{folder}: it holds no finished run ({error}): run the cases to the end"
        ) from error
    return summary


@dataclass(frozen=True, slots=True)
class _Asked:
    """One metric of one group of cases and what is asked of it."""

    group: str
    name: str
    threshold: Threshold
    figure: dict[str, Any] | None


def failures(summary: dict[str, Any], gate: Gate) -> list[str]:
    """A line for each figure that does not reach what the gate asks; empty where all do."""
    lines = []
    if summary["errors"] > gate.errors_at_most:
        lines.append(
            f"{summary['errors']} questions could not be asked, wanted at most "
            f"{gate.errors_at_most}"
        )
    for asked in _asked(summary, gate):
        wanted = _wanted(asked, asked.threshold.use or gate.use)
        if wanted:
            found = figure_in_words(asked.figure) if asked.figure else "no case scored"
            lines.append(f"{asked.group}{asked.name}: {found}; wanted {', '.join(wanted)}")
    return lines


def _asked(summary: dict[str, Any], gate: Gate) -> list[_Asked]:
    groups = [("", gate.metrics, summary["metrics"])]
    for key, thresholds in (("tag", gate.tags), ("kind", gate.kinds)):
        for group, asked in thresholds.items():
            groups.append((f"{key} {group}: ", asked, summary[f"by_{key}"].get(group, {})))
    return [
        _Asked(group, name, threshold, figures.get(name))
        for group, asked, figures in groups
        for name, threshold in asked.items()
    ]


def _wanted(asked: _Asked, use: Use) -> list[str]:
    """What is asked and not reached, in words."""
    threshold, figure = asked.threshold, asked.figure
    if figure is None or figure["value"] is None:
        return ["a case that it is scored for"]
    worse = (figure["low"], figure["high"]) if use == "bound" else (figure["value"],) * 2
    which = {"bound": " for the worse end", "value": ""}[use]
    wanted = []
    if threshold.at_least is not None and worse[0] < threshold.at_least:
        wanted.append(f"at least {threshold.at_least:g}{which}")
    if threshold.at_most is not None and worse[1] > threshold.at_most:
        wanted.append(f"at most {threshold.at_most:g}{which}")
    if threshold.misses_at_most is not None:
        misses = _misses(asked.name, figure)
        if misses is None:
            wanted.append("a share, for misses_at_most counts cases")
        elif misses > threshold.misses_at_most:
            wanted.append(f"at most {threshold.misses_at_most} that went wrong, not {misses}")
    if figure["n"] < threshold.n_at_least:
        wanted.append(f"at least {threshold.n_at_least} cases")
    if figure["unscored"] > threshold.unscored_at_most:
        wanted.append(f"at most {threshold.unscored_at_most} unscored")
    return wanted


def _misses(name: str, figure: dict[str, Any]) -> int | None:
    if "hits" not in figure:
        return None
    hits, n = int(figure["hits"]), int(figure["n"])
    return hits if _BETTER[name] == "lower" else n - hits

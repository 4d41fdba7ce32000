"""What the reports call a metric, and in which group it stands; read from `metrics.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_OTHER = "Further figures"


@dataclass(frozen=True, slots=True)
class Label:
    """How a metric is shown.

    Attributes:
        text: Its name for people.
        note: What it says, or empty.
        group: The heading it stands under.
        plain: True for a figure that is no share.
        less: True where less is better.
        total: True where tables by tag and kind leave it out.
    """

    text: str
    note: str = ""
    group: str = _OTHER
    plain: bool = False
    less: bool = False
    total: bool = False


def label_of(name: str) -> Label:
    """The label of a metric; one that the file does not name keeps its own name."""
    return _labels().get(name) or Label(name.replace("_", " "))


def place_of(name: str) -> int:
    """Where a metric comes on the page; those that the file does not name come last."""
    names = list(_labels())
    return names.index(name) if name in names else len(names)


def groups() -> list[str]:
    """The groups in the order of the page."""
    return list(dict.fromkeys([*(label.group for label in _labels().values()), _OTHER]))


@cache
def _labels() -> dict[str, Label]:
    raw = files("evals.report").joinpath("metrics.toml").read_text(encoding="utf-8")
    return {name: Label(entry.pop("label"), **entry) for name, entry in tomllib.loads(raw).items()}

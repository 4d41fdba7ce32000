"""Figures with their uncertainty, made ready to be shown and drawn.

Places in a plot are percentages of its width, so that a drawing fits any screen and its dots stay
round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.report.labels import Label, groups, label_of, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Metrics = Mapping[str, Mapping[str, Any]]

_BINS = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over some cases.

    Attributes:
        name: The metric's name.
        label: How it is called.
        shown: Its value in digits.
        interval: Its interval in words, or empty.
        count: Over how many cases, in words.
        places: Left end, value and right end in percent of the plot's width; None for a figure
            that is no share.
        is_best: True for a yes/no figure that can't be better.
    """

    name: str
    label: Label
    shown: str
    interval: str
    count: str
    places: tuple[float, float, float] | None
    is_best: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that stand under one heading."""

    name: str
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Yes/no figures by tag or by kind.

    Attributes:
        columns: The metrics that could be better in some row.
        rows: The rows where something could: a figure, or None, for each column.
        best_rows: The names of the others.
        best: Labels of the metrics that could be better nowhere.
    """

    columns: list[Label]
    rows: list[tuple[str, list[Figure | None]]]
    best_rows: list[str]
    best: list[str]


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of a histogram; `height` in percent of the highest."""

    left: float
    width: float
    height: float
    title: str


def digits(value: float, *, plain: bool = False) -> str:
    """A share with three decimals, any other figure with one."""
    return f"{value:.1f}" if plain else f"{value:.3f}"


def percent(value: float) -> float:
    """A share as a place in a plot."""
    return round(min(max(value, 0.0), 1.0) * 100, 2)


def figure(name: str, metric: Mapping[str, Any]) -> Figure | None:
    """A metric of a summary; None where it has no value."""
    value, low, high = metric.get("value"), metric.get("low"), metric.get("high")
    if value is None:
        return None
    label = label_of(name)
    plain = label.plain or not 0 <= value <= 1 or (high is not None and high > 1)
    interval = ""
    if low is not None and high is not None:
        interval = f"{digits(low, plain=plain)} to {digits(high, plain=plain)}"
    places = None
    if not plain:
        ends = (value if low is None else low, value, value if high is None else high)
        places = (percent(ends[0]), percent(ends[1]), percent(ends[2]))
    return Figure(
        name=name,
        label=label,
        shown=digits(value, plain=plain),
        interval=interval,
        count=_count(metric),
        places=places,
        is_best=metric.get("kind") == "share" and value == (0 if label.less else 1),
    )


def _count(metric: Mapping[str, Any]) -> str:
    total = metric.get("n", metric.get("total"))
    if total is None:
        return ""
    hits, unscored = metric.get("hits"), metric.get("unscored")
    text = f"{total:,}" if hits is None else f"{hits:,} of {total:,}"
    return f"{text}, {unscored:,} unscored" if unscored else text


def grouped(metrics: Metrics) -> list[Group]:
    """All figures under their headings."""
    named = sorted(metrics.items(), key=lambda item: place_of(item[0]))
    found = [shown for name, metric in named if (shown := figure(name, metric))]
    order = [Group(name, [f for f in found if f.label.group == name]) for name in groups()]
    return [group for group in order if group.figures]


def breakdown(table: Mapping[str, Metrics], totals: Metrics) -> Breakdown | None:
    """The yes/no metrics of each row; None where there is nothing to break down."""
    names = [
        name
        for name, metric in sorted(totals.items(), key=lambda item: place_of(item[0]))
        if metric.get("kind") == "share" and not label_of(name).total
        if any(name in metrics for metrics in table.values())
    ]
    if not names:
        return None
    rows = {
        row: {name: figure(name, metrics[name]) if name in metrics else None for name in names}
        for row, metrics in sorted(table.items())
    }
    uneven = [name for name in names if any(_could_be_better(row[name]) for row in rows.values())]
    worse = [row for row, cells in rows.items() if any(map(_could_be_better, cells.values()))]
    return Breakdown(
        columns=[label_of(name) for name in uneven],
        rows=[(row, [rows[row][name] for name in uneven]) for row in worse],
        best_rows=[row for row in rows if row not in worse],
        best=[label_of(name).text for name in names if name not in uneven],
    )


def _could_be_better(cell: Figure | None) -> bool:
    return cell is not None and not cell.is_best


def histogram(values: Sequence[float]) -> list[Bin]:
    """Bars over equal steps from the least value to the greatest; none for fewer than two."""
    if len(set(values)) < 2:
        return []
    low, high = min(values), max(values)
    step = (high - low) / _BINS
    counts = [0] * _BINS
    for value in values:
        counts[min(int((value - low) / step), _BINS - 1)] += 1
    width = 100 / _BINS
    return [
        Bin(
            left=round(i * width + width * 0.08, 2),
            width=round(width * 0.84, 2),
            height=round(count / max(counts) * 100, 2),
            title=f"{low + i * step:.1f} to {low + (i + 1) * step:.1f}: {count:,}",
        )
        for i, count in enumerate(counts)
    ]

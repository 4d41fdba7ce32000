"""Two runs -> `comparison.html`: what changed, whether by chance, and which cases flipped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evals.report.figures import digits, percent
from evals.report.labels import Label, label_of
from evals.report.reading import ReportError
from evals.report.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evals.report.reading import Row, Run

# So many flipped cases are shown with both answers.
_FULL_MAX = 300
_OPEN_MAX = 3


@dataclass(frozen=True, slots=True)
class _Change:
    """A metric in both runs.

    Attributes:
        label: How it is called.
        before: In digits.
        after: In digits.
        difference: In digits, with its sign.
        places: Before and after in percent of the plot's width; None for what is no share.
        won: Cases that became better; None where nobody counted.
        lost: Cases that became worse.
        p: The test's p-value in digits, or empty.
        p_holm: The same corrected for the number of tests (Holm 1979), or empty.
        verdict: ``"better"``, ``"worse"``, ``"no difference shown"``, or empty without a test.
    """

    label: Label
    before: str
    after: str
    difference: str
    places: tuple[float, float] | None
    won: int | None
    lost: int | None
    p: str
    p_holm: str
    verdict: str


@dataclass(slots=True)
class _Flipped:
    """A case of which some score changed; the names of the scores won and lost."""

    before: Row
    after: Row
    won: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def verdicts(self) -> str:
        """For the filter."""
        return " ".join(name for name in ("won", "lost") if getattr(self, name))

    @property
    def scores(self) -> list[str]:
        """For the filter: each score alone and with its verdict."""
        named = [("won", name) for name in self.won] + [("lost", name) for name in self.lost]
        return [f"{kind}:{name}" for verdict, name in named for kind in ("all", verdict)]


def comparison_html(before: Run, after: Run, tested: Mapping[str, Any] | None) -> str:
    """The page; `tested` is `comparison.json`, or None where nothing was tested."""
    flipped = _flipped(before, after, tested)
    changes = list(_changes(before, after, tested, flipped))
    names = dict.fromkeys(name for case in flipped for name in (*case.won, *case.lost))
    return render(
        "comparison.html",
        before=before,
        after=after,
        shared=len({row.id for row in before.rows} & {row.id for row in after.rows}),
        tested=tested is not None,
        changes=changes,
        better=[change for change in changes if change.verdict == "better"],
        worse=[change for change in changes if change.verdict == "worse"],
        flipped=flipped[:_FULL_MAX],
        flipped_short=flipped[_FULL_MAX:],
        open_from_start=len(flipped) <= _OPEN_MAX,
        tags=sorted({str(t) for case in flipped for t in case.after.case.get("tags", ())}),
        scores=[(name, label_of(name).text) for name in names],
    )


def _changes(
    before: Run, after: Run, tested: Mapping[str, Any] | None, flipped: Sequence[_Flipped]
) -> Iterator[_Change]:
    if tested is not None:
        for name, metric in tested.get("metrics", {}).items():
            yield _change(name, metric)
        return
    for name, old in before.metrics.items():
        new = after.metrics.get(name, {})
        if old.get("value") is None or new.get("value") is None:
            continue
        counted: dict[str, Any] = {"before": old["value"], "after": new["value"]}
        if old.get("kind") == "share":
            counted["wins"] = sum(name in case.won for case in flipped)
            counted["losses"] = sum(name in case.lost for case in flipped)
        yield _change(name, counted)


def _change(name: str, metric: Mapping[str, Any]) -> _Change:
    label = label_of(name)
    old, new = metric.get("before"), metric.get("after")
    plain = label.plain or not all(0 <= value <= 1 for value in (old, new) if value is not None)
    difference, places = metric.get("difference"), None
    if old is not None and new is not None:
        difference = new - old if difference is None else difference
        places = None if plain else (percent(old), percent(new))
    return _Change(
        label=label,
        before=_shown(old, plain=plain),
        after=_shown(new, plain=plain),
        difference=_signed(difference, plain=plain),
        places=places,
        won=metric.get("wins"),
        lost=metric.get("losses"),
        p=_p(metric.get("p")),
        p_holm=_p(metric.get("p_holm")),
        verdict=metric.get("verdict") or "",
    )


def _shown(value: float | None, *, plain: bool) -> str:
    return "" if value is None else digits(value, plain=plain)


def _signed(value: float | None, *, plain: bool) -> str:
    if value is None:
        return ""
    size = digits(abs(value), plain=plain)
    sign = "" if float(size) == 0 else "+" if value > 0 else "\u2212"
    return f"{sign}{size}"


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _flipped(before: Run, after: Run, tested: Mapping[str, Any] | None) -> list[_Flipped]:
    """The cases of which a yes/no score changed, in the order of the second run."""
    old, new = ({row.id: row for row in run.rows} for run in (before, after))
    cases: dict[str, _Flipped] = {}
    found = _flips(before, after) if tested is None else _told(tested)
    for case_id, name, was, became in found:
        if case_id not in old or case_id not in new:
            raise ReportError(
                f"comparison.json names the case {case_id!r}, which is not in both runs: "
                "compare the two runs again"
            )
        case = cases.setdefault(case_id, _Flipped(old[case_id], new[case_id]))
        rose = (became or 0) > (was or 0)
        (case.won if rose is not label_of(name).less else case.lost).append(name)
    return sorted(cases.values(), key=lambda case: case.after.number)


def _told(tested: Mapping[str, Any]) -> Iterator[tuple[str, str, float | None, float | None]]:
    for flip in tested.get("flipped", ()):
        yield str(flip["id"]), flip["metric"], flip["before"], flip["after"]


def _flips(before: Run, after: Run) -> Iterator[tuple[str, str, float, float]]:
    """The same from the results: scores that were 0 or 1 and are the other now."""
    yes_no = [n for n, metric in after.metrics.items() if metric.get("kind") == "share"]
    old = {row.id: row for row in before.rows}
    for row in after.rows:
        scores = old[row.id].scores if row.id in old else {}
        for name in yes_no:
            was, became = scores.get(name, {}), row.scores.get(name, {})
            both = was.get("status") == became.get("status") == "scored"
            if both and was["value"] != became["value"]:
                yield row.id, name, was["value"], became["value"]

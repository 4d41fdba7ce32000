"""Sentences of different pages that do not agree are told from those that do."""

from __future__ import annotations

import math

import pytest

from chatbot.compose.contradictions import contradict, figures
from chatbot.compose.selection import units_of
from ingest.assembly import Part, Source, assemble


def unit(text):
    document = assemble(Source(id="d", title="Sleep", path="d.md"), [Part(("Part",), text)])
    (found,) = units_of(document, document.sections[0])
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Adults need 7 to 9 hours of sleep a night.", "Adults need 5 hours of sleep each night."),
        (
            "A cold lasts 7 to 10 days in most adults.",
            "In most adults a cold lasts 2 to 3 days.",
        ),
        (
            "Marfan syndrome affects 1 in 5,000 newborns worldwide.",
            "Worldwide, about one in 20,000 newborns has Marfan syndrome.",
        ),
        (
            "About 5% of adults in Europe have asthma.",
            "Asthma affects about 12 percent of adults in Europe.",
        ),
        ("Keep the wound dry for at least 48 hours.", "Keep the wound dry for 24 hours."),
        (
            "Take the tablets with food in the morning.",
            "Do not take the tablets with food in the morning.",
        ),
        ("Butter helps a fresh burn.", "Butter does not help a fresh burn."),
    ],
)
def test_what_does_not_agree_is_seen(one, other):
    assert contradict(unit(one), unit(other))
    assert contradict(unit(other), unit(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Adults need 7 to 9 hours of sleep.", "Adults need at least 7 hours of sleep."),
        ("Adults need 7 to 9 hours of sleep.", "Newborns sleep for 16 hours a day."),
        ("A cold lasts 7 to 10 days.", "A cold often lasts about 8 days in adults."),
        ("About 5% of adults have asthma.", "Asthma is common among adults."),
        ("Take the tablets with food.", "Do not drive after taking the tablets."),
        ("Butter does not help a fresh burn.", "Butter never helps a fresh burn."),
        ("Smokers cough more.", "Avoid smoke."),
        ("About 5% of adults have asthma.", "Some 12% of adults with asthma smoke."),
        ("Keep the wound dry for 48 hours.", "Keep the wound dry for up to 3 days."),
    ],
)
def test_what_agrees_or_speaks_of_something_else_is_no_contradiction(one, other):
    assert not contradict(unit(one), unit(other))
    assert not contradict(unit(other), unit(one))


def test_figures_have_units_and_ranges():
    assert figures("5-10 percent, or at least 7 hours, or 1 in 10,000; since 1990.") == {
        "percent": (5, 10),
        "hour": (7, math.inf),
        "one in": (10_000, 10_000),
    }
    assert figures("up to 3 days, 8 days") == {"day": (0, 8)}

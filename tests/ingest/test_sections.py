"""Headings and the kinds they stand for."""

from __future__ import annotations

import pytest

from ingest.errors import SettingsError
from ingest.sections import parse_vocabulary, vocabulary


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Signs And Symptoms", "signs and symptoms"),
        ("Red Flags Requiring Urgent Evaluation", "red flags"),
        ("Medication-Related Causes", "causes"),
        ("Types of stroke", "type"),
        ("Type 2 diabetes", "other"),
        ("Treatment Options", "treatment options"),
        ("2. Symptoms", "signs and symptoms"),
        ("When should I see a doctor?", "red flags"),
        ("Our opening hours", "other"),
    ],
)
def test_a_heading_names_its_kind(heading, kind):
    assert vocabulary().kind_of(heading) == kind


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Causes of muscle spasms", ("causes", "muscle spasms")),
        ("What causes muscle spasms?", ("causes", "muscle spasms")),
        ("Symptoms of the flu", ("signs and symptoms", "flu")),
        ("Type 2 diabetes", ("other", "Type 2 diabetes")),
        ("Cancer of the lung", ("other", "Cancer of the lung")),
    ],
)
def test_a_title_has_a_topic_and_perhaps_a_kind(title, parts):
    assert vocabulary().split_title(title) == parts


def test_an_unknown_heading_has_the_kind_around_it():
    path = ("Special considerations", "Anybody else")
    assert vocabulary().kind_of_path(path, "Gout") == "special considerations"
    assert vocabulary().kind_of_path(("Anybody else",), "Gout") == "other"
    assert vocabulary().kind_of_path((), "Gout") == "description"
    assert vocabulary().kind_of_path(("In the nerves",), "Causes of cramp") == "causes"


def test_a_phrase_under_two_kinds_is_refused():
    raw = b'[kinds.a]\nlabel="a"\nheadings=["x"]\n[kinds.b]\nlabel="b"\nheadings=["x"]\n'
    with pytest.raises(SettingsError, match=r"own\.toml: 'x' stands under both 'a' and 'b'"):
        parse_vocabulary(raw, "own.toml")

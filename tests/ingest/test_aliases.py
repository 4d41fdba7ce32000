"""Other names that a text gives its own topic."""

from __future__ import annotations

import pytest

from ingest.aliases import aliases_in


@pytest.mark.parametrize(
    ("text", "aliases"),
    [
        ("Muscle spasms, also known as muscle cramps, are sudden.", ("muscle cramps",)),
        ("A stroke, sometimes called a brain attack, is sudden.", ("brain attack",)),
        (
            "Gout (also called podagra or crystal arthritis) hurts.",
            ("podagra", "crystal arthritis"),
        ),
        ("Gout is sudden. Its crystals, called tophi, are hard.", ()),
        ("Gout and stroke are not alike.", ()),
    ],
)
def test_a_stated_alias_is_found(text, aliases):
    assert aliases_in(text, ["Muscle Spasm", "Stroke", "Gout"]) == aliases

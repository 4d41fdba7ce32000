"""Questions that ask for one fact, and sentences that have such a fact: "how long" and "3 days"."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files


def expected_fact(question: str) -> re.Pattern[str] | None:
    """What the fact asked for looks like in lower case text; None for other questions."""
    text = question.casefold()
    return next((said for asked, said in _facts() if asked.search(text)), None)


@cache
def _facts() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    raw = files("chatbot.compose").joinpath("facts.toml").read_text(encoding="utf-8")
    return tuple(
        (re.compile(fact["asked"]), re.compile(fact["said"])) for fact in tomllib.loads(raw)["fact"]
    )

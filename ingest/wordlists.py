"""The lists of `words.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def word_list(name: str) -> frozenset[str]:
    """One of the lists, in lower case."""
    raw = files("ingest").joinpath("words.toml").read_text(encoding="utf-8")
    return frozenset(str(tomllib.loads(raw)[name]).split())

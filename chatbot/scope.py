"""Messages that need no looking up: greetings, thanks, "what can you do", and other subjects."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PUNCTUATION = re.compile(r"[^\w\s'+*/-]|_")
_SPACES = re.compile(r"\s+")
_PARTS = re.compile(r"[,.;:!?()\u2013\u2014]+|\s-+\s")
# A longer message says more than hello.
_LINE_LENGTH_MAX = 120


@dataclass(frozen=True, slots=True)
class _Line:
    patterns: tuple[re.Pattern[str], ...]
    text: str


def friendly_line(message: str) -> str | None:
    """The line for a greeting, thanks, a goodbye or "what can you do"; None for all else."""
    if len(message) > _LINE_LENGTH_MAX:
        return None
    whole = _line(_plain(message))
    if whole:
        return whole.text
    # "Cheers, that was really helpful. Bye!" is three such lines; the last one answers.
    parts = [_line(plain) for part in _PARTS.split(message) if (plain := _plain(part))]
    last = parts[-1] if parts else None
    return last.text if last and all(parts) else None


def _line(plain: str) -> _Line | None:
    lines, _ = _rules()
    return next((each for each in lines if any(p.fullmatch(plain) for p in each.patterns)), None)


def elsewhere_line(message: str) -> str | None:
    """The line for what CiteWell is not made for (weather, code, politics); None for all else."""
    plain = _plain(message)
    _, elsewhere = _rules()
    return elsewhere.text if any(p.search(plain) for p in elsewhere.patterns) else None


def _plain(message: str) -> str:
    return _SPACES.sub(
        " ", _PUNCTUATION.sub(" ", message.casefold().replace("\u2019", "'"))
    ).strip()


@cache
def _rules() -> tuple[tuple[_Line, ...], _Line]:
    raw = tomllib.loads(files("chatbot").joinpath("scope.toml").read_text(encoding="utf-8"))
    lines = tuple(_Line(_compile(line["patterns"]), line["text"]) for line in raw["line"])
    elsewhere = raw["elsewhere"]
    return lines, _Line(_compile(elsewhere["patterns"], r"(?<!\w)"), elsewhere["text"])


def _compile(patterns: list[str], before: str = "") -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(f"{before}(?:{pattern})") for pattern in patterns)

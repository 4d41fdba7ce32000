"""Concepts that are numbers: a baby's age, a temperature, a blood sugar, a blood pressure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from chatbot.triage.normalise import word_set
from chatbot.triage.patterns import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatbot.triage.normalise import Message

NAMES = (
    "age_under_3_months",
    "age_3_to_6_months",
    "gestation",
    "temp_38",
    "temp_39",
    "temp_40",
    "temp_normal",
    "temp_low",
    "sugar_low",
    "sugar_high",
    "ketones_high",
    "heart_rate_high",
    "oxygen_low",
    "bp_severe",
    "bp_raised",
)
_COUNTING = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_WORDS = {word: number for number, word in enumerate(_COUNTING.split())}
# The words that the expressions below look for; a slip in one of them is mended first.
WORDS = word_set(
    "month months week weeks fever temperature thermometer rectal sugar glucose ketones oxygen "
    "saturation pulse heart running newborn reading degrees celsius"
) | frozenset(_WORDS)
_AGE = re.compile(
    rf"(?P<n>\d{{1,2}}(?:\.5)?|{'|'.join(_WORDS)}|an?(?=\s))\s*(?:and a half|1/2)?[\s-]*"
    r"(?P<unit>days?|d|w[ek]{0,4}s?|m[onth]{0,4}s?)\b"
    # "six weeks and 38.4" is a baby's age too: the number behind it is a temperature.
    r"(?P<old>[\s/-]*(?:old|o|of age|baby|infant)\b|(?=,?\s+(?:and\s+)?(?:3[89]|4[01])[.,]\d))?"
)
_BABY = re.compile(
    r"\b(?:baby|babe|bub|infant|newborn|son|daughter|boy|girl|twins?|lo|little one|granddaughter|"
    r"grandson|nephew|niece|he|she|age|aged|just|only|under)\b[^.?!\n]{0,14}$"
)
_NOT_AN_AGE = re.compile(r"\b(?:for|in|past|last|every|within|after|about|at|next)\s+$")
_GESTATION = re.compile(
    r"\b(?P<n>1\d|2\d|3\d|4[0-2])\s*(?:\+\s*\d)?\s*(?:weeks?|wks?)\b"
    r"(?!\s*(?:old|ago|later|of|holiday|post|after|since|premature))"
)
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.4}
_TEMPERATURE = re.compile(
    r"(?P<n>\d{2,3}(?:[.,]\d+)?)\s*(?P<degrees>°|degrees?|deg|degs)?\s*"
    r"(?P<unit>c|f|celsius|centigrade|fahrenheit|farenheit)?\b"
)
_HOT = re.compile(
    r"\b(?:temps?|temperature|tempature|temprature|fever|feverish|rectal|rectally|underarm|armpit|axillary|tympanic|thermometer|reading|hot|burning)\b"
)
_BARE = re.compile(
    r"\b(?:has|with|is|and|at|reads?|says|of|was|running|now|hit|to)\s+(?:3[89]|4[01])[.,]\d$"
    r"|(?:days?|weeks?|wks?)(?: old)?,\s+(?:3[89]|4[01])\.\d$"
)
_OTHER_UNIT = re.compile(
    r"^\s*(?:weeks?|wks?|days?|months?|years?|yrs?|yo|y/o|mg|ml|mcg|hours?|hrs?|min|minutes?|pills?|"
    r"tablets?|%|/|\d|lbs?|kg|g\b|cm|mm|inches|times?|per|bpm|beats|or so people)"
)
_SUGAR = re.compile(
    r"\b(?:(?:blood )?(?:sugars?|glucose)|bs|bg|bgl|cgm|libre|dexcom|glucometer)\b"
    r"[^.?!\n\d]{0,40}(?<!type )(?<!gsd )(?<!stage )"
    r"(?P<n>\d{1,3}(?:\.\d+)?)(?!\s*(?:times|days|weeks|hours|hrs|minutes))"
)
_KETONES = re.compile(r"\b(?:ketones?|keytones)\b[^.?!\n\d]{0,30}(?P<n>\d{1,2}(?:\.\d+)?)\b")
_HEART_RATE = re.compile(
    r"\b(?:pulse|heart ?rate|heart ?beat|hr|heart|bpm)\b[^.?!\n\d]{0,30}"
    r"(?P<n>\d{2,3})\b(?!\s*(?:years|days|%))"
)
_OXYGEN = re.compile(
    r"\b(?:oxygen|o2|sp ?o2|sats?|saturation|oximeter|pulse ox)\b[^.?!\n\d]{0,40}"
    r"(?P<n>\d{2})\b(?!\s*(?:years|days|l\b|litres|liters))"
)
_PRESSURE = re.compile(r"\b(?P<high>\d{2,3})\s*(?:/|over)\s*(?P<low>\d{2,3})\b")


class _Places:
    """A message's text with its misspelt words mended, and where its tokens stand in it."""

    def __init__(self, message: Message, corrected: Callable[[str, frozenset[str]], str]) -> None:
        """Mend the text word by word."""
        written = message.text.lower()
        pieces: list[str] = []
        self._starts: list[int] = []
        length = at = 0
        for token in message.tokens:
            said = written[token.start : token.end]
            mended = corrected(token.word, WORDS) if said.isalpha() else ""
            # A listed misspelling is a word of the rules already: "haert" came as "heart".
            as_is = mended not in WORDS or token.start < at
            piece = written[at : token.start] if token.start >= at else ""
            word = written[max(at, token.start) : token.end] if as_is else mended
            self._starts.append(length + len(piece))
            pieces += (piece, word)
            length += len(piece) + len(word)
            at = max(at, token.end)
        self.text = "".join(pieces)

    def span(self, start: int, end: int) -> Span | None:
        """The tokens between two places in the mended text."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        used = tuple(range(first, bisect_left(self._starts, end)))
        return Span(used[-1] + 1, used) if used else None


def measures(
    message: Message, corrected: Callable[[str, frozenset[str]], str]
) -> Iterator[tuple[str, Span]]:
    """The measures in a message, by the names in `NAMES`.

    Args:
        message: The message.
        corrected: Gives the word that a misspelt word was meant as.
    """
    if not any(token.word[0].isdigit() or token.word in _WORDS for token in message.tokens) and (
        "old" not in message.words
    ):
        return
    places = _Places(message, corrected)
    for reader in (_ages, _gestations, _temperatures, _sugars, _ketones, _vital_signs, _pressures):
        for name, match in reader(places.text):
            span = places.span(*match.span())
            if span is not None:
                yield name, span


def _number(written: str) -> float:
    return float(
        _WORDS.get(written, 1 if written in {"a", "an"} else 0) or written.replace(",", ".")
    )


def _ages(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _AGE.finditer(text):
        before = text[max(0, match.start() - 30) : match.start()]
        after = text[match.end() : match.end() + 14]
        if re.match(r"\s*(?:pregnant|along|gestation|ago|post|preg|since)", after):
            continue
        told = match["old"] is not None or _BABY.search(before)
        if not match["old"] and (_NOT_AN_AGE.search(before) or not told):
            continue
        days = _number(match["n"]) * _DAYS[match["unit"][0]]
        if days < 90:
            yield "age_under_3_months", match
        elif days <= 190:
            yield "age_3_to_6_months", match


def _gestations(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """So many weeks, where they are neither an age nor a span of time."""
    for match in _GESTATION.finditer(text):
        if not _NOT_AN_AGE.search(text[max(0, match.start() - 12) : match.start()]):
            yield "gestation", match


def _temperatures(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _TEMPERATURE.finditer(text):
        number = _number(match["n"])
        # "has 38.3" is a temperature even without a unit; "38 weeks" is none.
        marked = (
            match["unit"] or match["degrees"] or _BARE.search(text[: match.end()].rstrip()[-20:])
        )
        if not match["unit"] and _OTHER_UNIT.match(text[match.end() : match.end() + 14]):
            continue
        if not marked and (not _HOT.search(text[max(0, match.start() - 45) : match.end() + 25])):
            continue
        if 93 <= number <= 112:
            number = (number - 32) / 1.8
        yield from ((name, match) for name in _temperature_names(round(number, 1)))


def _temperature_names(celsius: float) -> Iterator[str]:
    limits = (("temp_38", 38.0), ("temp_39", 39.0), ("temp_40", 40.0))
    if 38 <= celsius <= 44:
        yield from (name for name, limit in limits if celsius >= limit)
    elif 36 <= celsius < 38:
        yield "temp_normal"
    elif 30 <= celsius < 36:
        yield "temp_low"


def _sugars(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Readings in mmol/L have a small number, those in mg/dL a large one."""
    for match in _SUGAR.finditer(text):
        number = float(match["n"])
        if 0.5 <= number < 3.5 or 20 <= number < 60:
            yield "sugar_low", match
        elif 16 <= number < 20 or 20 <= number <= 35 or 300 <= number <= 999:
            yield "sugar_high", match


def _ketones(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _KETONES.finditer(text):
        if float(match["n"]) >= 1.5:
            yield "ketones_high", match


def _vital_signs(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _HEART_RATE.finditer(text):
        if 130 <= int(match["n"]) <= 260 or 20 <= int(match["n"]) <= 38:
            yield "heart_rate_high", match
    for match in _OXYGEN.finditer(text):
        if 50 <= int(match["n"]) <= 91:
            yield "oxygen_low", match


def _pressures(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _PRESSURE.finditer(text):
        high, low = int(match["high"]), int(match["low"])
        if not (80 <= high <= 280 and 40 <= low <= 180 and low < high):
            continue
        if high >= 160 or low >= 110:
            yield "bp_severe", match
        if high >= 140 or low >= 90:
            yield "bp_raised", match

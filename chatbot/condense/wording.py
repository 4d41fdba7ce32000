"""How follow-ups are worded: the patterns and word lists of `condense.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from chatbot.words import stem, tokens, word_list
from ingest.errors import SettingsError
from ingest.sections import vocabulary

_INSIDE_WORD = re.compile(r"\w\w")
_FRAGMENT_WORDS_MAX = 7
_ADVERB_LENGTH_MIN = 6
_PATH = "chatbot/condense/condense.toml"


@dataclass(frozen=True, slots=True)
class Attachment:
    """How a question without a word for its topic takes it along.

    Attributes:
        pattern: What the whole question looks like.
        unless: Where this is found in it, another attachment is tried.
        text: What it becomes; ``{topic}``, ``{question}`` and the pattern's groups are filled in.
    """

    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    text: str


@cache
def _raw() -> dict[str, Any]:
    text = files("chatbot.condense").joinpath("condense.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def words_of(name: str) -> frozenset[str]:
    """A list of words: for example ``person``."""
    return frozenset(str(_raw()[name]).split())


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """One pattern; a list of them becomes their alternatives, the first that fits is taken."""
    raw = _raw()[section][name]
    either = "|".join(raw) if isinstance(raw, list) else raw
    return compiled(f"(?:{either})", name)


@cache
def patterns(section: str, name: str) -> tuple[re.Pattern[str], ...]:
    """A list of patterns, each by itself."""
    return tuple(compiled(part, name) for part in _raw()[section][name])


@cache
def opening() -> re.Pattern[str]:
    """What is left out at the start of a message."""
    always, paused = ("|".join(_raw()["openers"][name]) for name in ("always", "paused"))
    end = r"(?=[\s,.;:!?-]|$)[\s,.;:!?)-]*"
    pause = rf"(?=\s*[,.;:!?-]|\s*$|\s+(?:{always}|how|what|when|why|is|are|does)\b)[\s,.;:!?-]*"
    return compiled(rf"^\s*(?:(?:{always}){end}|(?:{paused}){pause})+", "openers")


@cache
def attachments() -> tuple[Attachment, ...]:
    """The ways to take a topic along, in order."""
    return tuple(
        Attachment(
            compiled(entry["pattern"], "attach"),
            compiled(entry["unless"], "attach") if "unless" in entry else None,
            entry["text"],
        )
        for entry in _raw()["attach"]
    )


def rest_after(name: str, text: str) -> str | None:
    """What is left of a text behind a pattern of `forms` and a pause; None where it has none."""
    found = pattern("forms", name).match(plain(text))
    if found is None or (found.end() < len(text) and _INSIDE_WORD.match(text, found.end() - 1)):
        return None
    return text[found.end() :].lstrip(" \t\n,.;:!-")


@cache
def people() -> str:
    """A pattern for a word of the list ``person``, the longest first."""
    words = sorted(words_of("person"), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(words)})"


def plain(text: str) -> str:
    """The text with straight apostrophes, each character in its place."""
    return text.replace("\u2019", "'")


def parts(text: str) -> list[str]:
    """The words in lower case, hyphened ones apart, numbered as topics number them."""
    return [part for token in tokens(text) for part in token.split("-") if part]


def is_fragment(text: str) -> bool:
    """True for a few words without a verb."""
    words = parts(text)
    if pattern("forms", "statement").match(plain(text)) and words[0] not in words_of("owners"):
        return False
    return 0 < len(words) <= _FRAGMENT_WORDS_MAX and not words_of("verbs") & set(words)


def specific(text: str) -> list[str]:
    """The words that may name a subject: no common ones, no people, no circumstances."""
    return [word for word in content(text) if not is_circumstance(word)]


def is_circumstance(word: str) -> bool:
    """True for what is done or taken rather than had: "surgery", the name of a medicine."""
    return word in words_of("circumstances") or is_medicine(word)


def is_medicine(word: str) -> bool:
    """True for the name of a medicine."""
    return bool(_medicine().fullmatch(word))


def asks_kind(text: str) -> bool:
    """True for a text with a word in it that names a kind of section: "the causes"."""
    return bool((_kinds() - word_list("function")) & set(parts(text)))


def conditions(text: str) -> list[str]:
    """The names of common conditions in a text, but not those that come with another one.

    "Can I take it with asthma" asks of no asthma.
    """
    alone = plain(text)
    without = pattern("forms", "besides").sub(" ", alone)
    if any(is_circumstance(word) for word in parts(without)):
        alone = without
    return [match.group() for match in _condition().finditer(alone)]


def content(text: str) -> list[str]:
    """The words that carry meaning, circumstances among them."""
    return [word for word in parts(text) if not _is_common(word)]


@cache
def _is_common(word: str) -> bool:
    """True for a word that says nothing of a subject, in whatever form: "noticed", "slowly"."""
    if len(word) < 2 or word.isdigit() or word in _common():
        return True
    if is_circumstance(word):
        return False
    adverb = word.endswith("ly") and len(word) > _ADVERB_LENGTH_MIN
    return adverb or word in _kinds() or stem(word) in _stems()


@cache
def _stems() -> frozenset[str]:
    return frozenset(stem(word) for word in word_list("asking") | words_of("noise"))


@cache
def _common() -> frozenset[str]:
    """Words that ask or name people."""
    return word_list("stop") | word_list("asking") | words_of("noise") | words_of("person")


@cache
def _kinds() -> frozenset[str]:
    """Words that name kinds of sections."""
    return frozenset(word for phrase in vocabulary().phrases for word in phrase)


@cache
def _condition() -> re.Pattern[str]:
    return compiled(rf"\b(?:{_raw()['condition']})\b", "condition")


@cache
def _medicine() -> re.Pattern[str]:
    return compiled(str(_raw()["medicine"]), "medicine")


def compiled(text: str, name: str) -> re.Pattern[str]:
    """A pattern of the data; `name` is only named in errors.

    Raises:
        SettingsError: It is no regular expression.
    """
    try:
        return re.compile(text.replace("{PERSON}", people()), re.IGNORECASE)
    except re.error as error:
        raise SettingsError(f"{_PATH}: {name}: {text!r} is no pattern: {error}") from error

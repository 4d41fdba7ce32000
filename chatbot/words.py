"""Words of a question: tokens, stems, and which of them carry meaning."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

import snowballstemmer

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_STEMMER = snowballstemmer.stemmer("english")


def tokens(text: str) -> list[str]:
    """The words in lower case, possessives and curly apostrophes straightened."""
    plain = text.casefold().replace("\u2019", "'")
    return [token.removesuffix("'s") for token in _TOKEN.findall(plain)]


@lru_cache(maxsize=65536)
def stem(token: str) -> str:
    """The stem of one word (Porter 2, https://snowballstem.org)."""
    result: str = _STEMMER.stemWord(token)
    return result


def stems(text: str) -> list[str]:
    """The stems of all words, in order; a hyphened word gives its parts."""
    return [stem(part) for token in tokens(text) for part in token.split("-") if part]


@cache
def word_list(name: str) -> frozenset[str]:
    """A list of `words.toml`: for example ``stop``."""
    raw = files("chatbot").joinpath("words.toml").read_text(encoding="utf-8")
    return frozenset(str(tomllib.loads(raw)[name]).split())


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, each once, in order."""
    kept = (token for token in tokens(text) if token not in word_list("stop"))
    parts = (part for token in kept for part in token.split("-"))
    return list(dict.fromkeys(stem(part) for part in parts if len(part) > 1 or part.isdigit()))


def subject_words(text: str) -> list[str]:
    """The words that may name a subject: those that carry meaning and do not merely ask."""
    common = word_list("stop") | word_list("asking")
    return [token for token in tokens(text) if token not in common]

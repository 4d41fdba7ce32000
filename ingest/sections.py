"""Heading -> section kind, by the vocabulary in `sections.toml`."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ingest.errors import SettingsError
from ingest.wordlists import word_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

OTHER = "other"
# What belongs to the page and not to its topic: never embedded, never an answer.
REFERENCES = "references"

_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")


def heading_words(heading: str) -> tuple[str, ...]:
    """The heading's words in lower case, numbering and punctuation aside."""
    return tuple(_WORD.findall(heading.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")))


def _head_end(words: tuple[str, ...]) -> int:
    """Where the head ends and what it is about begins."""
    return next(
        (i for i, word in enumerate(words) if i and word in word_list("head_ends")), len(words)
    )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The kinds of sections and the phrases that name them.

    Attributes:
        labels: Kind -> how it is called in a sentence.
        phrases: The words of a phrase -> its kind.
        exact: The same for phrases that count only as the whole head.
        digest: Changes when the vocabulary does.
    """

    labels: Mapping[str, str]
    phrases: Mapping[tuple[str, ...], str]
    exact: Mapping[tuple[str, ...], str]
    digest: str

    def kind_of(self, heading: str) -> str:
        """The kind that a heading names, or ``"other"``.

        In "Medication-related causes" the last phrase of the head counts, in "Red flags
        requiring urgent evaluation" the head before what it is about.
        """
        words = heading_words(heading.replace("-related ", " related ").replace("/", " "))
        cut = _head_end(words)
        return (
            self._whole(words)
            or self._whole(words[:cut])
            or self._last_phrase(words[:cut])
            or self._last_phrase(words[cut:])
            or OTHER
        )

    def split_title(self, title: str) -> tuple[str, str]:
        """The kind that a title asks for, or ``"other"``, and its topic in the title's words.

        "Causes of muscle spasms" and "What causes muscle spasms?" are about the causes of
        "muscle spasms"; "Type 2 diabetes" is all topic.
        """
        spans = list(_WORD.finditer(title.casefold()))
        words = tuple(span.group() for span in spans)
        skip = next(
            (i for i, word in enumerate(words) if word not in word_list("question_words")),
            len(words),
        )
        cut = skip + _head_end(words[skip:])
        if cut < len(words):
            kind = self._whole(words[skip:cut])
            cut += words[cut + 1 : cut + 2] == ("the",)
        else:
            cut = skip
            kind = "causes" if words[:2] == ("what", "causes") else None
        if kind is None or cut + 1 >= len(words):
            return OTHER, title
        return kind, title[spans[cut + 1].start() :].rstrip(" ?.!")

    def names_a_kind(self, heading: str) -> bool:
        """True when the whole heading, its punctuation aside, is a phrase of the vocabulary."""
        return self._whole(heading_words(heading)) is not None

    def kind_of_path(self, heading_path: Sequence[str], title: str) -> str:
        """The kind of a section: its innermost heading's, else the nearest one's around it.

        A page whose title is a question ("What causes muscle spasms?") lends its kind to the
        sections that name none. Text before the first heading describes the topic.
        """
        for heading in reversed(heading_path):
            kind = self.kind_of(heading)
            if kind != OTHER:
                return kind
        of_title, _ = self.split_title(title)
        if of_title not in (OTHER, REFERENCES):
            return of_title
        return OTHER if heading_path else "description"

    def _whole(self, words: tuple[str, ...]) -> str | None:
        return self.exact.get(words) or self.phrases.get(words)

    def _last_phrase(self, words: tuple[str, ...]) -> str | None:
        """The kind of the phrase that ends last in the words, the longest of those."""
        for end in range(len(words), 0, -1):
            for start in range(end):
                kind = self.phrases.get(words[start:end])
                if kind:
                    return kind
        return None


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships with CiteWell.

    Raises:
        SettingsError: A phrase stands under two kinds, or an entry lacks a field.
    """
    raw = files("ingest").joinpath("sections.toml").read_bytes()
    return parse_vocabulary(raw, "ingest/sections.toml")


def parse_vocabulary(raw: bytes, path: str) -> Vocabulary:
    """Reads a vocabulary; `path` is only named in errors."""
    try:
        kinds = tomllib.loads(raw.decode())["kinds"]
        labels = {kind: str(entry["label"]) for kind, entry in kinds.items()}
        phrases = _by_words(((k, p) for k, e in kinds.items() for p in e["headings"]), path)
        exact = _by_words(((k, p) for k, e in kinds.items() for p in e.get("exact", ())), path)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error!r}: each kind needs a label and headings") from error
    return Vocabulary(labels, phrases, exact, hashlib.sha256(raw).hexdigest())


def _by_words(listed: Iterable[tuple[str, str]], path: str) -> dict[tuple[str, ...], str]:
    """The words of each phrase -> its kind."""
    result: dict[tuple[str, ...], str] = {}
    for kind, phrase in listed:
        other = result.setdefault(heading_words(phrase), kind)
        if other != kind:
            raise SettingsError(
                f"{path}: {phrase!r} stands under both {other!r} and {kind!r}: keep one of them"
            )
    return result

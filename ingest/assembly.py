"""Headings and bodies -> Document, with every section at its exact offsets."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from ingest.aliases import aliases_in
from ingest.documents import Document, Section
from ingest.errors import SourceError
from ingest.normalise import normalise
from ingest.sections import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPACES = re.compile(r"\s+")
_ID_LENGTH_MAX = 300
_NOT_IN_ID = re.compile(r"[\x00-\x1f\x7f<>\"\\]")


@dataclass(frozen=True, slots=True)
class Part:
    """A body under its headings; an empty body keeps its heading in the text."""

    heading_path: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a document besides its text; the fields are those of `Document`."""

    id: str
    title: str
    path: str
    synonyms: tuple[str, ...] = ()
    url: str | None = None
    publisher: str | None = None
    reviewed: str | None = None
    licence: str | None = None


def one_line(text: str) -> str:
    """The text on one line, normalised: for titles, headings and names."""
    return _SPACES.sub(" ", normalise(text)).strip()


def assemble(source: Source, parts: Sequence[Part]) -> Document:
    """Lays title, headings and bodies out as one text and notes where each section stands.

    Synonyms that the text itself states ("also called ...") join those of the source.

    A heading stands on a line of its own above its body. Bodies are normalised here, so that
    ``text[section.start:section.end]`` is the body exactly.

    Raises:
        SourceError: The id can't stand in an address.
    """
    _check_id(source)
    pieces = [source.title]
    length = len(source.title)
    sections: list[Section] = []
    above: tuple[str, ...] = ()

    def put(piece: str, gap: str) -> int:
        nonlocal length
        pieces.append(gap + piece)
        start = length + len(gap)
        length = start + len(piece)
        return start

    for part in parts:
        body = normalise(part.body)
        gap = "\n\n"
        for heading in _new_headings(above, part.heading_path):
            put(heading, gap)
            gap = "\n"
        above = part.heading_path
        if body:
            start = put(body, gap)
            kind = vocabulary().kind_of_path(part.heading_path, source.title)
            sections.append(Section(part.heading_path, kind, start, length))
    text = "".join(pieces)
    _, topic = vocabulary().split_title(source.title)
    stated = aliases_in(text, [topic, source.title, *source.synonyms])
    source = replace(source, synonyms=(*source.synonyms, *stated))
    return Document(
        **asdict(source),
        content_hash=_content_hash(source, sections, text),
        text=text,
        sections=tuple(sections),
    )


def _check_id(source: Source) -> None:
    """Refuses an id that an address would change or cut: empty or dotted parts, odd characters."""
    parts = source.id.split("/")
    if (
        len(source.id) > _ID_LENGTH_MAX
        or any(part in ("", ".", "..") for part in parts)
        or _NOT_IN_ID.search(source.id)
    ):
        raise SourceError(
            source.path,
            f"the id {source.id[:80]!r} can't be used: write at most {_ID_LENGTH_MAX} letters, "
            "digits and marks such as '-', '_' and '/', with no empty or dotted part between '/'",
        )


def _new_headings(above: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, ...]:
    """The headings of the path that do not stand above it already; its own always does."""
    shared = 0
    while shared < min(len(above), len(path) - 1) and above[shared] == path[shared]:
        shared += 1
    return path[shared:]


def _content_hash(source: Source, sections: Sequence[Section], text: str) -> str:
    content = [asdict(source), [asdict(section) for section in sections], text]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

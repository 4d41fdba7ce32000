"""Plain text, as people keep it and as it comes off the web.

Such a page has bare heading lines, bullets, numbered lists, ``**Label:**`` runs, and the
furniture of its site around and between. What is furniture is data (`furniture.toml`); what is
a heading follows from the vocabulary of sections and from how lines stand to one another.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING

from ingest.assembly import Part, Source, assemble, one_line
from ingest.errors import SourceError
from ingest.normalise import decode, normalise
from ingest.sections import vocabulary
from ingest.wordlists import word_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.documents import Document

_BULLET = re.compile(r"\s*[-*\u2022\u2013\u25e6\u25aa\u2023]\s+(?=\S)")
_NUMBERED = re.compile(r"\s*\d{1,2}[.)]\s+(?=\S)")
_HASHES = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
_UNDERLINE = re.compile(r"(={3,}|-{3,})")
_LABEL_LINE = re.compile(r"\*\*([^*]{1,80}?):?\*\*:?")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,300})(?<=\S)\1")
_HEADING_WORDS_MAX = 12
_FURNITURE_LENGTH_MAX = 120
_TITLE_LENGTH_MAX = 120


@dataclass(slots=True)
class _Line:
    """A line and what it is.

    Attributes:
        text: Its words.
        role: ``"heading"``, ``"subheading"``, ``"text"`` or ``"blank"``.
        known: True for a heading that the vocabulary of sections names.
        level: The depth that the author gave a heading, or 0.
    """

    text: str
    role: str
    known: bool = False
    level: int = 0


def load_text(data: bytes, path: str, document_id: str) -> Document:
    """Reads one plain text file.

    Raises:
        SourceError: It is not text, or nothing is left that could be a title and a body.
    """
    lines = [_Line(line, "") for line in _content_lines(normalise(decode(data, path)))]
    if not any(line.text for line in lines):
        raise SourceError(path, "nothing but site furniture is in it: remove it")
    _classify(lines)
    title, body = _take_title(lines, path)
    parts = list(_parts(body))
    if not any(part.body.strip() for part in parts):
        raise SourceError(path, f"there is no text under the title {title!r}: add some")
    return assemble(Source(id=document_id, title=title, path=path), parts)


@cache
def _furniture() -> re.Pattern[str]:
    raw = files("ingest").joinpath("furniture.toml").read_text(encoding="utf-8")
    patterns = tomllib.loads(raw)["patterns"]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _content_lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        stripped = line.strip()
        is_furniture = len(stripped) <= _FURNITURE_LENGTH_MAX and _furniture().fullmatch(stripped)
        if not (stripped and is_furniture):
            yield line


def _classify(lines: list[_Line]) -> None:
    """Gives each line its role, in place."""
    for i, line in enumerate(lines):
        below = lines[i + 1].text.strip() if i + 1 < len(lines) else ""
        line.role = "text" if line.text.strip() else "blank"
        if line.role == "blank":
            continue
        if _UNDERLINE.fullmatch(below) and not _BULLET.match(line.text):
            line.role, line.level, line.known = "heading", 1 + below.startswith("-"), True
            lines[i + 1].text = ""
        elif hashes := _HASHES.fullmatch(line.text.strip()):
            line.role, line.level, line.known = "heading", len(hashes[1]), True
            line.text = hashes[2]
        elif label := _LABEL_LINE.fullmatch(line.text.strip()):
            line.role, line.text = "subheading", label[1]
        elif _may_be_heading(line.text, isolated=not i or not lines[i - 1].text.strip()):
            line.role = "heading"
            line.known = vocabulary().names_a_kind(line.text)
    _unmake_lists(lines)


def _may_be_heading(text: str, *, isolated: bool) -> bool:
    """True when a bare line can be a heading, by its own form.

    Either the vocabulary names it, or its words are capitalised as in a title, or it stands
    behind a blank line, short and without a full stop.
    """
    text = text.strip()
    words = text.split()
    if _BULLET.match(text) or _NUMBERED.match(text) or len(words) > _HEADING_WORDS_MAX:
        return False
    if vocabulary().names_a_kind(text):
        # "Treatment options:" in the middle of a text leads into a list there.
        return not text.endswith((".", ";", ",")) and (isolated or not text.endswith(":"))
    if text.endswith((".", "!", ";", ",", ":")) or not (text[0].isupper() or text[0].isdigit()):
        return False
    capitalised = all(
        w[0].isupper() or not w[0].isalpha() or w in word_list("small_words") for w in words
    )
    return (capitalised and not text.endswith("?")) or (isolated and len(words) <= 8)


def _unmake_lists(lines: Sequence[_Line]) -> None:
    """Makes text of what only looked like headings.

    Three or more bare lines in a row are a list, and the last line of a document heads nothing.
    The run in which the page's title stands is left alone; `_take_title` judges it.
    """
    run: list[_Line] = []
    text_seen = False

    def end_run(longest_kept: int) -> None:
        if text_seen and len(run) > longest_kept:
            for member in run:
                member.role = "text"
        run.clear()

    for line in lines:
        if line.role == "heading" and not line.known:
            run.append(line)
        elif line.role != "blank":
            end_run(longest_kept=2)
            text_seen = True
    end_run(longest_kept=0)


def _take_title(lines: Sequence[_Line], path: str) -> tuple[str, Sequence[_Line]]:
    """The title, and the lines after it; the file's name where the text just begins.

    Bare lines that follow the title before any text (a template's name, a site's slogan) head
    nothing and are left out, unless the vocabulary knows them.
    """
    first = next(i for i, line in enumerate(lines) if line.role != "blank")
    below = lines[first + 1].role if first + 1 < len(lines) else "blank"
    text = lines[first].text.strip()
    is_title = lines[first].role != "text" or (
        below == "blank" and len(text) <= _TITLE_LENGTH_MAX and not text.endswith(".")
    )
    if not is_title or (lines[first].known and not lines[first].level):
        return _title_from(path), lines[first:]
    rest = list(lines[first + 1 :])
    leading: list[_Line] = []
    while rest and (rest[0].role == "blank" or (rest[0].role == "heading" and not rest[0].known)):
        line = rest.pop(0)
        leading += [line] if line.role == "heading" else []
    if len(leading) == 1 and rest and rest[0].role == "text":
        # One bare line straight above text is that text's heading.
        rest.insert(0, leading[0])
    return one_line(_plain(text)), rest


def _title_from(path: str) -> str:
    words = one_line(re.sub(r"[-_]+", " ", PurePath(path).stem))
    return words[:1].upper() + words[1:]


def _parts(lines: Sequence[_Line]) -> Iterator[Part]:
    """Cuts the lines at their headings.

    A heading with another heading right below it is that one's parent, and stays so until the
    next such heading. A ``**Label:**`` line opens a part inside its section.
    """
    parent: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    levels: list[tuple[int, str]] = []
    body: list[str] = []
    for i, line in enumerate(lines):
        if line.role in ("text", "blank"):
            body.append(_plain(line.text))
            continue
        yield Part(path, "\n".join(body))
        body = []
        heading = one_line(_plain(line.text)).rstrip(":")
        if line.role == "subheading":
            path = (*section, heading)
            continue
        if line.level:
            levels = [(level, name) for level, name in levels if level < line.level]
            levels.append((line.level, heading))
            section = parent = tuple(name for _, name in levels)
        elif _next_role(lines, i) == "heading":
            section = parent = (heading,)
        else:
            section = (*parent, heading)
        path = section
    yield Part(path, "\n".join(body))


def _next_role(lines: Sequence[_Line], i: int) -> str:
    return next((line.role for line in lines[i + 1 :] if line.role != "blank"), "")


def _plain(text: str) -> str:
    """The line without the marks of emphasis, its bullet written as ``-``."""
    text = _EMPHASIS.sub(r"\2", text)
    if bullet := _BULLET.match(text):
        indent = len(text) - len(text.lstrip())
        text = " " * indent + "- " + text[bullet.end() :]
    return text

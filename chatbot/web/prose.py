"""Plain text with paragraphs, lists and telephone numbers, as HTML."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from chatbot.web.escape import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    Show = Callable[[str], str]

_BULLET = re.compile(r"^\s*[-*\u2022]\s+")
_HEADING = re.compile(r"^#{1,6}\s+(.+)$")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
# The short numbers that the notices name, and anything long enough to be nothing else.
_NUMBER = re.compile(r"(?<![\w.-])(?:911|988|999|112|111|\d(?:[ -]?\d){5,13})(?![\w-])")


def paragraphs(text: str) -> str:
    """Shows text as data: its paragraphs and its bullets, and no other meaning."""
    return "".join(_block(kind, lines, inert) for kind, lines in _blocks(text))


def notice(text: str) -> str:
    """Shows a text that comes from code: also headings, bold words and numbers to call."""
    return "".join(_block(kind, lines, _inline) for kind, lines in _blocks(text))


def notice_line(text: str) -> str:
    """Shows a text that comes from code within a line."""
    return _inline(" ".join(text.split()))


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    return "list" if _BULLET.match(line) else "text"


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    groups = groupby(text.strip().splitlines(), key=_kind)
    return [(kind, [line.strip() for line in lines]) for kind, lines in groups if kind != "blank"]


def _block(kind: str, lines: list[str], show: Show) -> str:
    if kind == "list":
        items = (show(_BULLET.sub("", line)) for line in lines)
        return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    heading = _HEADING.match(lines[0]) if show is _inline else None
    if heading:
        rest = f"<p>{'<br>'.join(map(show, lines[1:]))}</p>" if lines[1:] else ""
        return f'<p class="cw-heading"><strong>{show(heading[1])}</strong></p>{rest}'
    return f"<p>{'<br>'.join(map(show, lines))}</p>"


def _inline(text: str) -> str:
    # Splitting on a pattern with one group gives plain and bold words in turn.
    pieces = [_numbers(piece) for piece in _BOLD.split(text)]
    pieces[1::2] = [f"<strong>{piece}</strong>" for piece in pieces[1::2]]
    return "".join(pieces)


def _numbers(text: str) -> str:
    parts: list[str] = []
    end = 0
    for found in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        link = f'<a class="cw-call" href="tel:{digits}">{inert(found[0])}</a>'
        parts += [inert(text[end : found.start()]), link]
        end = found.end()
    return "".join([*parts, inert(text[end:])])

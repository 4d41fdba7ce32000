"""The page of one whole document, with the quoted words marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chatbot.web.citations import review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.web.loading import Loader
    from ingest.documents import Document, Section

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ITEM = re.compile(r"^[-*\u2022]\s+")
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text inside one line or paragraph; `anchor` on the first marked one."""

    text: str
    marked: bool = False
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """What the template shows at once: a heading, a paragraph, or a list with its items."""

    kind: str
    items: tuple[tuple[Piece, ...], ...]
    level: int = 2


class _Marking:
    """Cuts stretches of the document's text where the quote begins and ends."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._start = max(0, start)
        self._end = min(len(text), end)
        self._anchored = False

    def pieces(self, start: int, end: int) -> tuple[Piece, ...]:
        low, high = max(start, self._start), min(end, self._end)
        if low >= high:
            return (Piece(self._text[start:end]),)
        anchor, self._anchored = not self._anchored, True
        around = (
            Piece(self._text[start:low]),
            Piece(self._text[low:high], marked=True, anchor=anchor),
            Piece(self._text[high:end]),
        )
        return tuple(piece for piece in around if piece.text)


def blocks(document: Document, start: int = 0, end: int = 0) -> list[Block]:
    """Lays the document out, with its text between the offsets marked.

    Every character of the text that is not a line break, a bullet or a heading's mark-up is shown
    once, whatever the sections say; offsets outside the text mark nothing.
    """
    marking = _Marking(document.text, start, end)
    shown: list[Block] = []
    position = 0
    for section in document.sections:
        shown += _headings(document, section, position, marking)
        shown += _body(document.text, max(position, section.start), section.end, marking)
        position = max(position, section.end)
    shown += _body(document.text, position, len(document.text), marking)
    return shown


def _headings(
    document: Document, section: Section, position: int, marking: _Marking
) -> Iterator[Block]:
    """What stands before a section: its heading lines, and whatever else is there."""
    for line in _lines(document.text, position, section.start):
        words = document.text[line.start : line.stop].strip("# ")
        if words in section.heading_path:
            level = min(2 + section.heading_path.index(words), 6)
            found = document.text.index(words, line.start)
            yield Block("heading", (marking.pieces(found, found + len(words)),), level)
        elif words != document.title.strip("# "):
            yield Block("text", (marking.pieces(line.start, line.stop),))


def _body(text: str, start: int, end: int, marking: _Marking) -> Iterator[Block]:
    for paragraph in _PARAGRAPH.finditer(text, start, end):
        lines = _lines(text, paragraph.start(), paragraph.end())
        bullets = [_ITEM.match(text[line.start : line.stop]) for line in lines]
        if lines and all(bullets):
            items = [
                marking.pieces(line.start + bullet.end(), line.stop)
                for line, bullet in zip(lines, bullets, strict=True)
                if bullet
            ]
            yield Block("list", tuple(items))
        elif lines:
            yield Block("text", (marking.pieces(paragraph.start(), paragraph.end()),))


def _lines(text: str, start: int, end: int) -> list[range]:
    """Where the lines between two offsets lie, without the white space around them."""
    found = []
    for line in re.finditer(r"[^\n]+", text[start:end]):
        words = line[0].strip()
        if words:
            at = start + line.start() + line[0].index(words)
            found.append(range(at, at + len(words)))
    return found


def source_router(loader: Loader) -> APIRouter:
    """Makes the route of the documents' pages."""
    router = APIRouter()

    @router.get("/source/{document_id:path}", response_class=HTMLResponse)
    def source(
        request: Request,
        document_id: str,
        start: Annotated[str, Query(max_length=20)] = "",
        end: Annotated[str, Query(max_length=20)] = "",
    ) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        if loader.assistant is None:
            page = _TEMPLATES.get_template("waking.html").render(root=root)
            return HTMLResponse(page, status_code=503, headers={"Retry-After": "5"})
        document = loader.assistant.document(document_id)
        if document is None:
            page = _TEMPLATES.get_template("missing.html").render(root=root)
            return HTMLResponse(page, status_code=404)
        return HTMLResponse(_render(document, _offset(start), _offset(end), root))

    return router


def _render(document: Document, start: int, end: int, root: str) -> str:
    return _TEMPLATES.get_template("source.html").render(
        document=document,
        blocks=blocks(document, start, end),
        original=_web_address(document.url),
        review=review(document),
        root=root,
    )


def _offset(given: str) -> int:
    """Reads an offset; whatever is no number marks nothing rather than failing."""
    return int(given) if given.isascii() and given.isdigit() else 0


def _web_address(url: str | None) -> str | None:
    """The address, if a browser may follow it: no script, no file."""
    try:
        scheme = urlsplit(url or "").scheme
    except ValueError:
        return None
    return url if scheme in ("http", "https") else None

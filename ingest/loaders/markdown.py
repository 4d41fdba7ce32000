"""Markdown with YAML front matter; the format is described in `corpus/README.md`.

The text of the document is plain: emphasis, links and raw HTML leave their words and lose their
marks, so that a quote reads as the page does.
"""

from __future__ import annotations

import datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import frontmatter
import yaml
from markdown_it import MarkdownIt

from ingest.assembly import Part, Source, assemble, one_line
from ingest.errors import SourceError
from ingest.normalise import decode, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from ingest.documents import Document

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_TEXT_FIELDS = ("url", "publisher", "licence", "reviewed")


def load_markdown(data: bytes, path: str, document_id: str) -> Document:
    """Reads one Markdown file.

    The title comes from the front matter; a file without any takes its first ``#`` heading.

    Raises:
        SourceError: It is not text, its front matter is broken or lacks a title, or it is empty.
    """
    fields, body = _front_matter(normalise(decode(data, path)), path)
    parts = list(_parts(_PARSER.parse(body)))
    title = _title(fields, parts, path)
    parts = _without_title(parts, title)
    if not any(part.body.strip() for part in parts):
        raise SourceError(path, f"there is no text under the title {title!r}: add some")
    return assemble(_source(fields, title, path, document_id), parts)


def _front_matter(text: str, path: str) -> tuple[dict[str, Any] | None, str]:
    if not text.startswith("---\n"):
        return None, text
    try:
        post = frontmatter.loads(text)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        # ValueError: a date such as 2026-13-45.
        reason = " ".join(str(error).split())
        raise SourceError(path, f"the front matter is not valid YAML: {reason}") from error
    if post.content == text.strip():
        raise SourceError(path, "the front matter opens with '---' and never closes: add '---'")
    return dict(post.metadata), post.content


def _title(fields: dict[str, Any] | None, parts: Sequence[Part], path: str) -> str:
    if fields is None:
        title = next((part.heading_path[0] for part in parts if part.heading_path), "")
        remedy = "begin the file with front matter that has a title, or with a '# ' heading"
    else:
        title = one_line(_text(fields.get("title"), "title", path) or "")
        remedy = "the front matter has no title: add a line 'title: ...'"
    if not title:
        raise SourceError(path, remedy)
    return title


def _without_title(parts: Sequence[Part], title: str) -> list[Part]:
    """The parts without the title's own heading, where the page repeats it as its first."""
    first = next((part.heading_path for part in parts if part.heading_path), ())
    if first != (title,):
        return list(parts)
    return [Part(part.heading_path[part.heading_path[:1] == first :], part.body) for part in parts]


def _source(fields: dict[str, Any] | None, title: str, path: str, document_id: str) -> Source:
    fields = fields or {}
    synonyms = fields.get("synonyms") or []
    if isinstance(synonyms, str):
        synonyms = synonyms.split(",")
    if not isinstance(synonyms, list):
        raise SourceError(path, f"synonyms is {synonyms!r}: write a list, [one, two]")
    values = {name: _text(fields.get(name), name, path) for name in _TEXT_FIELDS}
    return Source(
        id=_text(fields.get("id"), "id", path) or document_id,
        title=title,
        path=path,
        synonyms=tuple(name for entry in synonyms if (name := one_line(str(entry)))),
        **values,
    )


def _text(value: object, name: str, path: str) -> str | None:
    """A field of the front matter as one line of text; YAML makes dates and numbers of some."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime.date | int | float | str) and not isinstance(value, bool):
        return one_line(str(value)) or None
    raise SourceError(path, f"{name} in the front matter is {value!r}: write plain text")


def _parts(tokens: Sequence[Token]) -> Iterator[Part]:
    """Cuts the page at its headings, of whatever level."""
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    writer = _BlockWriter(lines)
    depth = 0
    for i, token in enumerate(tokens):
        depth += token.nesting if token.type.startswith(("blockquote", "list_item")) else 0
        if token.type == "heading_open" and not depth:
            yield Part(tuple(name for _, name in path), "\n".join(lines))
            lines.clear()
            level = int(token.tag[1])
            path = [(above, name) for above, name in path if above < level]
            path.append((level, one_line(_inline(tokens[i + 1]))))
            writer.skip(tokens[i + 1])
        else:
            writer.write(token)
    yield Part(tuple(name for _, name in path), "\n".join(lines))


class _BlockWriter:
    """Turns block tokens into lines of plain text."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._lists: list[int | None] = []
        self._bullet: str | None = None
        self._skipped: Token | None = None
        self._cells: list[str] | None = None

    def skip(self, token: Token) -> None:
        """Leaves out this one token."""
        self._skipped = token

    def write(self, token: Token) -> None:
        """Adds what the token stands for to the lines."""
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrGet("start") or 1) if kind.startswith("ordered") else None
            self._lists.append(start)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
            self._gap()
        elif kind == "list_item_open":
            number = self._lists[-1]
            self._bullet = "- " if number is None else f"{number}. "
            self._lists[-1] = None if number is None else number + 1
        elif kind == "tr_open":
            self._cells = []
        elif kind == "tr_close":
            self._lines.append(" | ".join(self._cells or []))
            self._cells = None
        elif kind in ("paragraph_close", "table_close", "heading_close"):
            self._gap()
        elif token is not self._skipped:
            self._text(token)

    def _gap(self) -> None:
        if not self._lists and self._lines and self._lines[-1]:
            self._lines.append("")

    def _text(self, token: Token) -> None:
        if token.type == "inline":
            text = _inline(token)
        elif token.type in ("fence", "code_block"):
            text = token.content.rstrip("\n")
        elif token.type == "html_block":
            text = _strip_tags(token.content).strip()
        else:
            return
        if self._cells is not None:
            self._cells.append(one_line(text))
            return
        if not text and self._bullet is None:
            return
        indent = "  " * max(len(self._lists) - 1, 0)
        hanging = indent + "  " if self._lists else ""
        first = indent + self._bullet if self._bullet else hanging
        self._bullet = None
        self._lines.append(first + text.replace("\n", "\n" + hanging))
        if token.type != "inline":
            self._gap()


def _inline(token: Token) -> str:
    """The words of an inline token; a soft line break is a space."""
    words = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type == "softbreak":
            words.append(" ")
        elif child.type == "hardbreak":
            words.append("\n")
        elif child.type == "image":
            words.append(child.content)
        elif child.type == "html_inline" and child.content.lower().startswith("<br"):
            words.append("\n")
    return "".join(words)


def _strip_tags(markup: str) -> str:
    stripper = _TagStripper()
    stripper.feed(markup)
    stripper.close()
    return "".join(stripper.words)


class _TagStripper(HTMLParser):
    """Keeps the text of raw HTML, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

"""An answer's Markdown as HTML in which nothing that a document brought can act."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

_HEADING = re.compile(r"<(/?)h[1-6]>")
_MARKER = re.compile(r"\[(\d{1,4})\]")


@cache
def _reader() -> MarkdownIt:
    """Paragraphs, lists, headings and emphasis; no HTML, no link, no image."""
    reader = MarkdownIt("zero", {"html": False, "breaks": True})
    return reader.enable(["heading", "list", "emphasis", "newline", "escape"])


def answer_html(text: str) -> Markup:
    """The answer as HTML: escaped, the markers of its citations set apart.

    markdown-it escapes every text it writes, so a tag that stands in its output is its own, and
    the markers are digits only. A heading of an answer is none of the report.
    """
    html = _HEADING.sub(r"<\1strong>", _reader().render(text))
    return Markup(_MARKER.sub(r'<sup class="marker">[\1]</sup>', html))  # noqa: S704

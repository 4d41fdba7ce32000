"""What the patient reads, as Markdown: the card first, the answer, the notices last."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chatbot.answers import Notice, Sentence


@cache
def reply(name: str) -> str:
    """A line of `replies.toml`."""
    raw = files("chatbot").joinpath("replies.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(raw)[name])


def answer_text(sentences: Sequence[Sentence], notices: Iterable[Notice]) -> str:
    """The text of an answer with sentences."""
    return with_notices(_body(sentences), notices)


def with_notices(body: str, notices: Iterable[Notice]) -> str:
    """A text with its card above it and the other notices below."""
    notices = list(notices)
    cards = [notice.text for notice in notices if notice.kind == "card"]
    others = [notice.text for notice in notices if notice.kind != "card"]
    return "\n\n".join(part for part in [*cards, body, *others] if part)


def offers(lines: Iterable[str], suggestions: Sequence[str]) -> str:
    """Lines of CiteWell's own, and the questions that it can answer instead."""
    paragraphs = list(lines)
    if suggestions:
        listed = "\n".join(f"- {suggestion}" for suggestion in suggestions)
        paragraphs.append(f"{reply('offer')}\n{listed}")
    return "\n\n".join(paragraphs)


def _body(sentences: Sequence[Sentence]) -> str:
    blocks: list[list[str]] = []
    item_before = False
    for sentence in sentences:
        markers = "".join(f"[{marker}]" for marker in sentence.markers)
        line = f"{sentence.text} {markers}".strip()
        if sentence.label:
            blocks.append([f"**{sentence.label}**"])
        if not blocks or sentence.label or sentence.opens or sentence.item != item_before:
            blocks.append([])
        blocks[-1].append(f"- {line}" if sentence.item else line)
        item_before = sentence.item
    return "\n\n".join(
        ("\n" if block[0].startswith("- ") else " ").join(block) for block in blocks if block
    )

"""An answer as the HTML of one chat message.

Everything is built from the answer's fields, each escaped where it is put in. A message is one
line of HTML, so that Gradio's Markdown has nothing to read in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chatbot.answers import Outcome
from chatbot.web import words
from chatbot.web.citations import marker_links, source_list
from chatbot.web.escape import inert
from chatbot.web.prose import notice, notice_line, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chatbot.answers import Answer, Notice, Sentence

_CARDS_ALONE = (Outcome.EMERGENCY, Outcome.CRISIS, Outcome.POISON)


@dataclass
class _Block:
    """Sentences that stand together: a paragraph or a list, under one label or none."""

    item: bool
    label: str | None
    sentences: list[Sentence] = field(default_factory=list)


def answer_html(answer: Answer, number: int, shown: int | None = None) -> str:
    """Shows an answer.

    Args:
        answer: What to show.
        number: The answer's place in the conversation, from 1; it makes the ids unique.
        shown: How many sentences to show, while the answer is still being written out; the card
            and the notices are there from the first one on. None shows everything.
    """
    cards = _cards(answer.notices, answer.outcome)
    last = _last_lines(answer.notices)
    if answer.outcome in _CARDS_ALONE:
        return _message(answer.outcome, cards, last)
    if not answer.sentences:
        body = paragraphs(_body_text(answer))
        return _message(answer.outcome, cards, body, _cautions(answer.notices), last)
    body = _sentences(answer.sentences[:shown], number)
    if shown is not None and shown < len(answer.sentences):
        return _message(answer.outcome, cards, body, last)
    cautions = _cautions(answer.notices)
    sources = source_list(number, answer.citations)
    return _message(answer.outcome, cards, body, cautions, sources, last)


def status_html(text: str, notices: Sequence[Notice] = (), outcome: Outcome | None = None) -> str:
    """Shows what is going on while there is no answer yet, below a card if one is due."""
    cards = _cards(notices, outcome)
    line = f'<p class="cw-status">{inert(text)}</p>'
    return _message("waiting", cards, line, _last_lines(notices))


def trouble_html(text: str, notices: Sequence[Notice], outcome: Outcome | None = None) -> str:
    """Shows why there is no answer; the card and the notices are there all the same."""
    cards = _cards(notices, outcome)
    return _message("trouble", cards, paragraphs(text), _last_lines(notices))


def question_html(text: str) -> str:
    """Shows what the patient wrote, as they wrote it."""
    return f'<div class="cw-question">{inert(text)}</div>'


def greeting_html() -> str:
    """Shows what CiteWell can do, before the first question."""
    opening = "".join(f"<p>{inert(line)}</p>" for line in words.GREETING)
    return (
        f'<div class="cw-greeting"><h2>How can I help?</h2>{opening}'
        f'<div class="cw-abilities"><div><h3>It can</h3>{_list(words.CAN)}</div>'
        f"<div><h3>It cannot</h3>{_list(words.CANNOT)}</div></div></div>"
    )


def _message(name: str, *parts: str) -> str:
    return f'<div class="cw-answer cw-{name}">{"".join(parts)}</div>'


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{inert(line)}</li>" for line in lines) + "</ul>"


def _cards(notices: Iterable[Notice], outcome: Outcome | None) -> str:
    kind = outcome if outcome in words.URGENCY else Outcome.URGENT
    urgency = words.URGENCY[kind]
    return "".join(
        f'<div class="cw-card cw-card-{kind}" role="alert">'
        f'<p class="cw-urgency">{inert(urgency)}</p>{notice(each.text)}</div>'
        for each in notices
        if each.kind == "card"
    )


def _cautions(notices: Iterable[Notice]) -> str:
    kinds = ("caution", "fallback")
    return "".join(
        f'<div class="cw-{each.kind}">{notice(each.text)}</div>'
        for each in notices
        if each.kind in kinds
    )


def _last_lines(notices: Iterable[Notice]) -> str:
    lines = [
        notice_line(each.text)
        for each in notices
        if each.kind in ("emergency_number", "disclaimer")
    ]
    return f'<p class="cw-disclaimer">{"<br>".join(lines)}</p>' if lines else ""


def _body_text(answer: Answer) -> str:
    """The answer's text without its notices, which are set apart, and without its suggestions.

    The suggestions become buttons, so that a line which only leads up to them goes as well.
    """
    body = answer.text
    for each in answer.notices:
        if each.kind == "card":
            body = body.removeprefix(each.text).lstrip()
    places = [body.find(each.text) for each in answer.notices if each.kind != "card"]
    body = body[: min((place for place in places if place >= 0), default=None)]
    offered = set(answer.suggestions)
    lines = body.splitlines()
    kept = [line for line in lines if line.lstrip(" -*\u2022").strip() not in offered]
    text = "\n".join(kept).rstrip()
    if len(kept) < len(lines) and text.endswith(":"):
        text = text.rpartition("\n")[0]
    return text


def _sentences(sentences: Iterable[Sentence], number: int) -> str:
    return "".join(_block_html(block, number) for block in _blocks(sentences))


def _blocks(sentences: Iterable[Sentence]) -> list[_Block]:
    blocks: list[_Block] = []
    label: str | None = None
    for sentence in sentences:
        labelled = sentence.label is not None and sentence.label != label
        if not blocks or labelled or sentence.opens or sentence.item != blocks[-1].item:
            blocks.append(_Block(sentence.item, sentence.label if labelled else None))
        label = sentence.label or label
        blocks[-1].sentences.append(sentence)
    return blocks


def _block_html(block: _Block, number: int) -> str:
    label = f'<p class="cw-label">{inert(block.label)}</p>' if block.label else ""
    shown = [f"{inert(each.text)}{marker_links(number, each.markers)}" for each in block.sentences]
    if block.item:
        return label + "<ul>" + "".join(f"<li>{each}</li>" for each in shown) + "</ul>"
    return f"{label}<p>{' '.join(shown)}</p>"

"""The list of sources under an answer: what each marker stands for, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from chatbot.web import words
from chatbot.web.escape import inert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatbot.answers import Citation
    from ingest.documents import Document


def entry_id(number: int, marker: int) -> str:
    """Names the entry of a marker in the page; answers of one conversation count from 1."""
    return f"cw-source-{number}-{marker}"


def source_address(document_id: str, start: int, end: int) -> str:
    """Where the whole document is shown with the quote marked, relative to the page."""
    return f"source/{quote(document_id, safe='/')}?start={start}&end={end}#quote"


def review(document: Document) -> str:
    """Says when a clinician reviewed the document, as the document states it."""
    return f"reviewed {document.reviewed}" if document.reviewed else words.NOT_REVIEWED


def marker_links(number: int, markers: Iterable[int]) -> str:
    """Shows the markers after a sentence, each a link to its entry."""
    links = "".join(
        f'<a class="cw-marker" href="#{entry_id(number, marker)}" title="Show source {marker}">'
        f"&#91;{marker}&#93;</a>"
        for marker in markers
    )
    return f'<sup class="cw-markers">{links}</sup>' if links else ""


def source_list(number: int, citations: Iterable[Citation]) -> str:
    """Shows an entry for every citation, closed until somebody opens it."""
    entries = "".join(_entry(number, citation) for citation in citations)
    if not entries:
        return ""
    return f'<div class="cw-sources"><h3>Sources</h3>{entries}</div>'


def _entry(number: int, citation: Citation) -> str:
    document = citation.passage.document
    address = source_address(document.id, citation.start, citation.end)
    facts = [document.publisher or "publisher not stated", review(document)]
    return (
        f'<details class="cw-source" id="{entry_id(number, citation.marker)}"><summary>'
        f'<span class="cw-source-marker">&#91;{citation.marker}&#93;</span> '
        f'<span class="cw-source-name"><strong>{inert(document.title)}</strong>'
        f'<span class="cw-source-heading">{inert(citation.passage.heading)}</span>'
        f'<span class="cw-source-facts">{inert(" · ".join(facts))}</span></span></summary>'
        f'<div class="cw-passage">{_passage(citation)}</div>'
        f'<p class="cw-whole"><a href="{inert(address)}" target="_blank" rel="noopener" '
        'title="Opens in a new tab">Read the whole page</a></p></details>'
    )


def _passage(citation: Citation) -> str:
    """The passage with the quote marked; the quote alone where it lies outside the passage."""
    chunk = citation.passage.chunk
    start, end = citation.start - chunk.start, citation.end - chunk.start
    if not 0 <= start < end <= len(chunk.text):
        return f"<mark>{inert(citation.quote)}</mark>"
    before, after = chunk.text[:start], chunk.text[end:]
    return f"{inert(before)}<mark>{inert(chunk.text[start:end])}</mark>{inert(after)}"

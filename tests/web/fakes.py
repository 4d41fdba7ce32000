"""A small library and an assistant that answers from it by rules a reader can check by eye."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from chatbot.answers import Answer, Citation, Notice, Outcome, Sentence
from ingest.documents import Chunk, Document, Passage, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.answers import Locale, Turn

EVIL = (
    '<script>window.ran = "script"</script> <img src="http://evil.example/a.png" '
    "onerror=\"window.ran = 'image'\"> ![picture](http://evil.example/b.png) "
    "[link](javascript:window.ran='link') *star* _under_ `code` <b>bold</b> $$x$$ http://evil.example"
)

DISCLAIMER = Notice(
    "disclaimer",
    "General information, not medical advice. In an emergency call 911 (US), 999 (UK) or 112 (EU).",
)
CARD = Notice(
    "card",
    "### This may be a heart attack\n\n**Call 911 (US), 999 (UK) or 112 (EU) now.**\n\n"
    "- Do not drive yourself\n- Unlock the door, sit down and wait\n\n"
    "What you describe can be the start of a heart attack.",
)
URGENT_CARD = Notice("card", "### Speak to a doctor today\n\nIn the UK you can call 111.")


def document(
    document_id: str, title: str, sections: Sequence[tuple[str, str]], **more: str | None
) -> Document:
    """Makes a document whose text is its title, then each heading with its section."""
    text, places = title, []
    for heading, body in sections:
        text += f"\n\n{heading}\n\n"
        places.append(Section((heading,), "other", len(text), len(text) + len(body)))
        text += body
    return Document(
        id=document_id,
        title=title,
        synonyms=(),
        url=more.get("url"),
        publisher=more.get("publisher"),
        reviewed=more.get("reviewed"),
        licence=more.get("licence"),
        path=f"{document_id}.md",
        content_hash="0" * 64,
        text=text,
        sections=tuple(places),
    )


ASTHMA = document(
    "conditions/asthma",
    "Asthma",
    [
        (
            "Signs and symptoms",
            (
                "Asthma makes breathing hard at times. The airways swell and make extra mucus.\n\n"
                "- Wheezing\n- A cough that is worse at night\n- A tight chest\n\n"
                "Symptoms can come and go over hours or days."
            ),
        ),
        ("Treatment", "A reliever inhaler opens the airways within minutes."),
    ],
    publisher="Example Health Library",
    reviewed="2025-03-01",
    licence="CC BY 4.0",
    url="https://health.example/asthma",
)
COLD_AIR = document(
    "guides/cold air",
    "Cold air & exercise",
    [("Lifestyle recommendations", "A scarf over the mouth warms the air you breathe.")],
    url="javascript:alert(1)",
)
EVIL_PAGE = document(
    'evil/"><script>',
    f"Title {EVIL}",
    [(f"Heading {EVIL}", f"First line.\n\n{EVIL}\n\n- item {EVIL}\n- another item")],
    publisher=f"Publisher {EVIL}",
    licence=EVIL,
)


def citation(marker: int, source: Document, quote: str) -> Citation:
    """Cites a quote, with the section around it as the passage."""
    start = source.text.rindex(quote)
    section = next(each for each in source.sections if each.start <= start < each.end)
    text = source.text[section.start : section.end]
    chunk = Chunk(f"{source.id}#0", source.id, section, text, section.start, section.end)
    passage = Passage(chunk, source, 0.9, marker)
    return Citation(marker, passage, start, start + len(quote), quote)


ANSWERED = (
    (
        Sentence("Asthma makes breathing hard at times.", (1,)),
        Sentence("Wheezing", (2,), item=True, label="Signs are"),
        Sentence("A cough that is worse at night", (2,), item=True),
        Sentence("A scarf over the mouth warms the air you breathe.", (3,), label="What may help"),
    ),
    (
        citation(1, ASTHMA, "Asthma makes breathing hard at times."),
        citation(2, ASTHMA, "- Wheezing\n- A cough that is worse at night"),
        citation(3, COLD_AIR, "A scarf over the mouth warms the air you breathe."),
    ),
)
EVIL_ANSWER = (
    (Sentence(EVIL, (1,)), Sentence(EVIL, (1,), item=True)),
    (citation(1, EVIL_PAGE, EVIL),),
)
SUGGESTIONS = ("What are the symptoms of asthma?", "How is *asthma* <b>treated</b>?")


class FakeAssistant:
    """Answers by the first of its words that the question holds."""

    reader = None

    def __init__(self) -> None:
        """Knows three documents."""
        self.documents = {each.id: each for each in (ASTHMA, COLD_AIR, EVIL_PAGE)}
        self.heard: list[tuple[str, tuple[Turn, ...], Locale]] = []
        self.go_on = threading.Event()

    def document(self, document_id: str) -> Document | None:
        return self.documents.get(document_id)

    def examples(self) -> Sequence[str]:
        return ("What are the symptoms of asthma?", "Why does <i>cold</i> air *hurt*?")

    def answer(
        self, question: str, history: Sequence[Turn] = (), locale: Locale = "unknown"
    ) -> Answer:
        self.heard.append((question, tuple(history), locale))
        if "raise" in question:
            raise RuntimeError(f"cannot answer {question}")
        if "slow" in question:
            time.sleep(0.5)
        if "held" in question:
            self.go_on.wait(20)
        if "unknown" in question:
            return abstained(question, SUGGESTIONS)
        if "chest pain" in question:
            return made(question, Outcome.EMERGENCY, notices=(CARD, DISCLAIMER))
        if "urgent" in question:
            return made(question, Outcome.URGENT, *ANSWERED, notices=(URGENT_CARD, DISCLAIMER))
        if "evil" in question:
            return made(question, Outcome.ANSWERED, *EVIL_ANSWER)
        return made(question, Outcome.ANSWERED, *ANSWERED)


def abstained(question: str, suggestions: tuple[str, ...]) -> Answer:
    """Says that nothing answers the question, and offers what else can be asked."""
    offered = "\n".join(f"- {each}" for each in suggestions)
    body = f"The documents here do not answer that.\n\nThey do cover:\n\n{offered}"
    text = f"{body}\n\n{DISCLAIMER.text}"
    return Answer(
        question,
        question,
        Outcome.ABSTAINED,
        text,
        notices=(DISCLAIMER,),
        suggestions=suggestions,
    )


def made(
    question: str,
    outcome: Outcome,
    sentences: tuple[Sentence, ...] = (),
    citations: tuple[Citation, ...] = (),
    notices: tuple[Notice, ...] = (DISCLAIMER,),
) -> Answer:
    """Lays an answer's text out as the engine does: card, sentences with markers, last lines."""
    shown = [each.text for each in notices if each.kind == "card"]
    shown += [each.text + "".join(f" [{number}]" for number in each.markers) for each in sentences]
    shown += [each.text for each in notices if each.kind != "card"]
    return Answer(
        question,
        question,
        outcome,
        "\n\n".join(shown),
        sentences,
        citations,
        tuple(each.passage for each in citations),
        notices,
    )

"""A library whose every word is markup, read by the real loaders from real files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from chatbot.answers import Outcome, Sentence
from chatbot.suggestions import questions_about
from ingest.errors import SourceError
from ingest.loaders import load
from ingest.sources import find_files
from tests.web.fakes import abstained, citation, made

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chatbot.answers import Answer, Citation, Locale, Turn
    from ingest.documents import Document

BATCH = 12
_NAME_BYTES_MAX = 200
# What `ingest.assembly` refuses in an id.
_NOT_IN_ID = re.compile(r"[\x00-\x1f\x7f<>\"\\]")
# Longer than a title or a heading may be, so that the title is the file's name.
_OPENING = "This text just begins, without a title of its own, and its file's name becomes one."


@dataclass(frozen=True)
class Payload:
    """A piece of text that would do something on a page that did not show it as text.

    What runs sets `window.__pwned` to the id, and what is fetched has the id in its address.
    """

    id: str
    tries: str
    text: str


def payloads() -> list[Payload]:
    lines = Path(__file__).with_name("markup_payloads.jsonl").read_text("utf-8").splitlines()
    return [Payload(**json.loads(line)) for line in lines]


def plain(number: int) -> Payload:
    return Payload(f"plain-{number}", "nothing", f"Plain words, number {number}.")


def batches(hostile: Sequence[Payload]) -> list[list[Payload]]:
    """The payloads in batches of one size; the first of all, and what fills the last, are plain."""
    numbers = count()
    filled = [plain(next(numbers)) for _ in range(BATCH)] + list(hostile)
    while len(filled) % BATCH:
        filled.append(plain(next(numbers)))
    return [filled[start : start + BATCH] for start in range(0, len(filled), BATCH)]


def write_library(folder: Path, hostile: Sequence[Payload]) -> None:
    """Writes each payload in each format, in every place that the format has for words."""
    with (folder / "library.jsonl").open("w", encoding="utf-8") as records:
        for each in hostile:
            of_its_own = folder / each.id
            of_its_own.mkdir()
            (of_its_own / _name("Page", each, "md")).write_text(_markdown(each.text), "utf-8")
            (of_its_own / _name("Text", each, "txt")).write_text(_text(each.text), "utf-8")
            records.write(json.dumps(_record(each)) + "\n")


def read_library(folder: Path) -> Iterator[Document]:
    for file in find_files([folder]):
        assert not isinstance(file, SourceError)
        for loaded in load(file.path, file.shown, file.document_id, 2**20):
            assert not isinstance(loaded, SourceError), loaded
            yield loaded


def _name(first: str, payload: Payload, ending: str) -> str:
    """The payload as the name of a file; a zero byte and a slash are all that can't be in one."""
    name = f"{first} {payload.text}".translate({0: None, ord("/"): "\u2215"})
    return f"{name.encode()[:_NAME_BYTES_MAX].decode(errors='ignore')}.{ending}"


def _markdown(text: str) -> str:
    """Front matter, and a heading, a fence (both word for word) and a text.

    The text comes last: some markup takes all lines that follow.
    """
    fields = dict.fromkeys(("title", "publisher", "licence", "reviewed", "url"), text)
    front = yaml.safe_dump({**fields, "synonyms": [text]})
    heading = f"````{' '.join(text.split())}````"
    body = f"Words.\n\n## {heading}\n\n~~~~~~\n{text}\n~~~~~~\n\n{text}\n"
    return f"---\n{front}---\n{body}".replace("\0", "")


def _text(text: str) -> str:
    heading = " ".join(text.split())
    return f"{_OPENING}\n\n# {heading}\n\n{text}\n\n- {text}\n".replace("\0", "")


def _record(payload: Payload) -> dict[str, object]:
    text = payload.text
    odd = _NOT_IN_ID.sub("", text).replace("/", "|").strip(" .")[:_NAME_BYTES_MAX]
    return {
        "id": f"{payload.id}/{odd}",
        "title": text,
        "sections": [{"heading": f"About {text}", "text": f"{text}\n\n- {text}\n- item\n\n{text}"}],
        "synonyms": [text],
        **dict.fromkeys(("url", "publisher", "reviewed", "licence"), text),
    }


class HostileAssistant:
    """Cites all documents of the batch that a question names; suggests them where it names none."""

    reader = None

    def __init__(self, hostile: Sequence[Payload], documents: Sequence[Document]) -> None:
        """Takes what the library was written from, and the library."""
        self.documents = {each.id: each for each in documents}
        self.batches = batches(hostile)
        self.suggestions = tuple(
            question
            for each in documents
            for question in questions_about(each.title, ["signs and symptoms"])
        )

    def document(self, document_id: str) -> Document | None:
        return self.documents.get(document_id)

    def examples(self) -> Sequence[str]:
        """Four examples that hold all payloads together."""
        every = [" ".join(each.text for each in batch) for batch in self.batches]
        return [" ".join(every[start::4]) for start in range(4)]

    def question(self, number: int) -> str:
        """The question about a batch: its payloads, each on a line of its own, and its number."""
        return "\n".join([*(each.text for each in self.batches[number]), f"batch {number}"])

    def citations(self, number: int) -> list[Citation]:
        """The second half of the last section of each document of a batch, so that marks cut it."""
        cited = []
        for payload in self.batches[number]:
            for each in self.of(payload):
                last = each.sections[-1]
                quote = each.text[(last.start + last.end) // 2 : last.end]
                cited.append(citation(len(cited) + 1, each, quote))
        return cited

    def of(self, payload: Payload) -> list[Document]:
        """What was made of a payload: the record, the page and the text, in this order."""
        made_of_it = [each for each in self.documents.values() if _made_of(payload, each)]
        return sorted(made_of_it, key=lambda each: Path(each.path).suffix)

    def answer(
        self, question: str, history: Sequence[Turn] = (), locale: Locale = "unknown"
    ) -> Answer:
        del history, locale
        named = re.search(r"batch (\d+)\Z", question)
        if not named:
            return abstained(question, self.suggestions)
        cited = self.citations(int(named[1]))
        said = Sentence(self.said(cited), tuple(each.marker for each in cited), item=True)
        return made(question, Outcome.ANSWERED, (said,), tuple(cited))

    def said(self, cited: Sequence[Citation]) -> str:
        """All quotes in one sentence: the page writes an answer out sentence by sentence."""
        return "\n".join(each.quote for each in cited)


def _made_of(payload: Payload, document: Document) -> bool:
    return document.id.startswith(f"{payload.id}/")

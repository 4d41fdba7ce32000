"""Abstention, measured on a library that lost part of what it was asked about.

Half of the cases' topics, or of the sections that answer them, are taken out of a copy of the
index; what stood there alone can't be answered any more, and every answer to it is a false one.
A page on a neighbouring topic is no answer.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from chatbot.answers import Outcome
from chatbot.engine import Chatbot
from chatbot.topics import TopicIndex
from evals.cases import Case, CasesError
from evals.environment import System, index_facts
from evals.ranking import Place, is_at
from evals.removal import Removal
from evals.runs import run, write_summary
from ingest.embedding import embedder_from
from ingest.index import Index
from ingest.sections import OTHER
from ingest.settings import IngestSettings
from ingest.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.documents import Document, Section
    from ingest.embedding import Embedder

What = Literal["topic", "section"]
HALF = 0.5


@dataclass(slots=True)
class Plan:
    """What is taken out, and what that makes of the cases.

    Attributes:
        removal: The sections that go.
        cases: Those that stay answerable, and those that do not, in their order.
        left_out: How many cases say nothing here: they name no section of the index, expect
            something else than an answer, or have lost a part of what answers them.
    """

    removal: Removal
    cases: list[Case] = field(default_factory=list)
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the library comes from; it is copied, never changed.

    Attributes:
        folder: The index.
        documents: Taken into the copy first, where the index may lack some of them.
    """

    folder: Path
    documents: Path | None = None

    @contextmanager
    def copied(self) -> Iterator[tuple[Index, Embedder]]:
        """A copy of the index, open, that is gone afterwards.

        Raises:
            IndexMissingError: There is no index, and no documents to build one from.
        """
        settings = IngestSettings()
        embedder = embedder_from(settings)
        identity, tokens = embedder.identity, settings.chunk_tokens
        if self.documents is None:
            Index.open(self.folder, identity, tokens).close()
        with tempfile.TemporaryDirectory(prefix="citewell-abstention-") as scratch:
            copy = Path(scratch) / "index"
            if self.folder.exists():
                shutil.copytree(self.folder, copy)
            with closing(Index.open_or_create(copy, identity, tokens)) as index:
                if self.documents is not None:
                    sync = Sync(index, embedder, tokens, settings.max_file_bytes)
                    sync.run([self.documents])
                yield index, embedder


def measure(
    origin: Origin, cases: Sequence[Case], out: Path, what: What, seed: int = 0
) -> dict[str, Any]:
    """Takes half out of a copy of the library, asks, and writes a run; returns its summary.

    Args:
        origin: The library.
        cases: Cases that name the sections which answer them.
        out: Folder of the run.
        what: Take out whole topics, or their sections of the kind asked for.
        seed: Of the half that is drawn.

    Raises:
        IndexMissingError: There is no index and no documents to build one from.
        CasesError: No case can be used.
    """
    with origin.copied() as (index, embedder):
        plan = make_plan(index, cases, what, seed)
        embedded = plan.removal.carry_out(index, embedder, IngestSettings().chunk_tokens)
        chatbot = Chatbot(index, embedder)
        chatbot.warm_up()
        summary = run(System(chatbot, index_facts(index)), plan.cases, out)
    summary["abstention"] = {
        "remove": what,
        "sections_removed": len(plan.removal.sections),
        "documents_touched": len({document for document, _ in plan.removal.sections}),
        "answerable": sum(Outcome.ANSWERED in case.outcomes for case in plan.cases),
        "unanswerable": sum(Outcome.ABSTAINED in case.outcomes for case in plan.cases),
        "left_out": plan.left_out,
        "embedded": embedded,
    }
    write_summary(out, summary)
    return summary


def make_plan(index: Index, cases: Sequence[Case], what: What, seed: int = 0) -> Plan:
    """Draws half of the cases' topics, or of their sections, and sorts the cases by that.

    Raises:
        CasesError: No case names a section of the index and expects an answer.
    """
    library = _Library(index)
    meant = {case.id: library.sections(case) for case in cases if _asks(case)}
    units = dict.fromkeys(library.unit(sections, what) for sections in meant.values() if sections)
    if not units:
        raise CasesError(
            "no case names a document and heading that the index has: name the cases and the "
            "index of the same documents"
        )
    drawn = random.Random(seed).sample(list(units), max(1, round(HALF * len(units))))  # noqa: S311
    removed = frozenset(place for unit in drawn for place in unit)
    plan = Plan(Removal(removed))
    for case in cases:
        sections = meant.get(case.id)
        lost = len(removed.intersection(sections or ()))
        if not sections or 0 < lost < len(sections):
            plan.left_out += 1
        else:
            plan.cases.append(_without_answer(case) if lost else _with_answer(case))
    return plan


def _asks(case: Case) -> bool:
    return bool(case.answering) and case.outcomes in ((), (Outcome.ANSWERED,))


def _with_answer(case: Case) -> Case:
    update = {"outcome": Outcome.ANSWERED, "tags": [*case.tags, "kept"]}
    return case.model_copy(update=update)


def _without_answer(case: Case) -> Case:
    nothing: dict[str, Any] = {"relevant": [], "must": [], "standalone": None}
    update = {"outcome": Outcome.ABSTAINED, "tags": [*case.tags, "removed"], **nothing}
    return case.model_copy(update=update)


class _Library:
    """The sections of an index, as ``(document id, number of the section)``."""

    def __init__(self, index: Index) -> None:
        self._index = index
        summaries = index.summaries()
        self._topics = TopicIndex.of(summaries)
        self._named: dict[str, dict[str, str]] = defaultdict(dict)
        for summary in summaries:
            for name in (summary.id, summary.title):
                self._named[name][summary.id] = summary.title

    def sections(self, case: Case) -> frozenset[tuple[str, int]]:
        """The sections that answer a case."""
        found = set()
        for relevant in case.answering:
            for name in filter(None, (relevant.document_id, relevant.title)):
                for document_id, title in self._named.get(name, {}).items():
                    for number, section in enumerate(self._document(document_id).sections):
                        place = Place(document_id, title, _heading(section, title))
                        if is_at(place, relevant):
                            found.add((document_id, number))
        return frozenset(found)

    def unit(self, sections: frozenset[tuple[str, int]], what: What) -> tuple[tuple[str, int], ...]:
        """What is drawn together: all sections of a topic, or those of the kinds meant.

        The topic is all documents that share a name with those meant; sections of no known kind
        go by their heading's words.
        """
        kinds = {self._kind(document, number) for document, number in sections}
        topic = set().union(*(self._topics.same_topic(document) for document, _ in sections))
        return tuple(
            (document, number)
            for document in sorted(topic)
            for number in range(len(self._document(document).sections))
            if what == "topic" or self._kind(document, number) in kinds
        )

    def _kind(self, document_id: str, number: int) -> str:
        document = self._document(document_id)
        section = document.sections[number]
        heading = _heading(section, document.title)
        return section.kind if section.kind != OTHER else f"{OTHER}: {heading.casefold()}"

    def _document(self, document_id: str) -> Document:
        document = self._index.document(document_id)
        assert document is not None, f"{document_id} went while it was looked at"
        return document


def _heading(section: Section, title: str) -> str:
    return section.heading_path[-1] if section.heading_path else title


def in_words(summary: dict[str, Any]) -> str:
    """What was taken out, for a person."""
    found = summary["abstention"]
    return (
        f"taken out ({found['remove']}): {found['sections_removed']} sections of "
        f"{found['documents_touched']} documents; {found['answerable']} cases stay answerable, "
        f"{found['unanswerable']} do not, {found['left_out']} are left out"
    )

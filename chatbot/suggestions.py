"""Questions that the library can answer, offered where it could not or at the start."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from ingest.sections import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chatbot.retrieval import Retrieval
    from ingest.index import Summary

# Kind -> a question whose answer stands in such a section. In the order of interest.
_QUESTIONS = {
    "description": "Tell me about {topic}.",
    "signs and symptoms": "What are the symptoms of {topic}?",
    "causes": "What causes {topic}?",
    "treatment": "How is {topic} treated?",
    "treatment options": "What are the treatment options for {topic}?",
    "red flags": "What are the warning signs of {topic}?",
    "prevention": "How can I prevent {topic}?",
    "medication": "Which medicines are used for {topic}?",
    "prognosis": "What is the outlook for {topic}?",
    "outlook": "What is the outlook for {topic}?",
    "lifestyle recommendations": "What can I do at home about {topic}?",
    "risk factors": "Who is at risk of {topic}?",
    "exams and tests": "What tests are there for {topic}?",
    "diagnostic approach": "How is {topic} diagnosed?",
    "inheritance": "Does {topic} run in families?",
    "prevalence": "How common is {topic}?",
    "frequency": "How common is {topic}?",
    "complications": "What can {topic} lead to?",
}
_EXAMPLE_KINDS = ("causes", "signs and symptoms", "treatment", "red flags")
# Documents this unlike the question are no help to name.
_NEAREST_DENSE_MIN = 0.25
# A title that goes on after the end of a sentence is no name ("E. coli" is one): a question that
# CiteWell asks must not be a page's own words.
_SENTENCES = re.compile(r"\w{3,}[.!?]\s+\S")


def topic_name(title: str) -> str:
    """A title as it reads inside a sentence: "Causes of muscle spasms" -> "muscle spasms"."""
    _, topic = vocabulary().split_title(title)
    first = topic.split(" ", 1)[0]
    # An abbreviation or a name keeps its capitals: "HIV infection", "Parkinson's disease".
    keep = not first[1:].islower() or first.endswith(("'s", "\u2019s"))
    return topic if keep else topic[:1].lower() + topic[1:]


def questions_about(title: str, kinds: Iterable[str]) -> Iterator[str]:
    """The questions that a document with such sections answers."""
    if _SENTENCES.search(title):
        return
    present = set(kinds)
    for kind, question in _QUESTIONS.items():
        if kind in present:
            yield question.format(topic=topic_name(title))


def nearest(retrieval: Retrieval, summaries: Sequence[Summary], limit: int = 3) -> list[str]:
    """Questions on the nearest topics, one each; on the topic itself where it is known."""
    kinds = {summary.id: summary.kinds for summary in summaries}
    topical = {d for topic in retrieval.question.topics for d in topic.documents}
    found: list[str] = []
    for passage in retrieval.passages[:20]:
        document = passage.document
        offered = questions_about(document.title, kinds.get(document.id, ()))
        if document.id in topical:
            found += offered
        elif not topical and retrieval.signals[passage.chunk.id].dense >= _NEAREST_DENSE_MIN:
            found += islice(offered, 1)
    return list(dict.fromkeys(found))[:limit]


def examples(summaries: Sequence[Summary], limit: int = 4) -> list[str]:
    """Questions to begin with, each about another topic and of another kind."""
    found: list[str] = []
    topics: set[str] = set()
    for kind in _EXAMPLE_KINDS:
        for summary in summaries:
            name = topic_name(summary.title).casefold()
            offered = next(questions_about(summary.title, [kind]), None)
            if offered and kind in summary.kinds and name not in topics:
                topics.add(name)
                found.append(offered)
                break
    return found[:limit]

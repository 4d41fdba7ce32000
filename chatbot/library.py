"""What is known of an index as a whole: its topics, their names, kinds of sections and words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chatbot.names import NO_MATCH, NameIndex
from chatbot.spelling import Speller
from chatbot.topics import TopicIndex, name_variants
from chatbot.words import stems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatbot.names import NameMatch
    from ingest.index import Index, Summary

# Share of the questions that ask for a kind of section which the library lacks, each.
_FLOOR = 0.01
# How far a library's shares are believed: people ask for rare kinds more often than those occur.
_PRIOR_WEIGHT = 0.5
# What a kind that the library lacks has instead.
ABSENT = _PRIOR_WEIGHT * math.log(_FLOOR)

# A page whose other names are those of so many topics that have nothing to do with each other is
# about none of them.
_STRANGERS = 5


def without_borrowed_names(summaries: Sequence[Summary]) -> list[Summary]:
    """The documents, of which one that claims the names of many topics keeps its title only.

    Pages that share a name are about one topic. A page that bears all names would make one topic
    of the whole library, and a question on a stroke be answered from the page on migraine.
    """
    keys = {s.id: {tuple(stems(name)) for name in name_variants(s)} for s in summaries}
    bearers: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for document_id, names in keys.items():
        for name in names:
            bearers[name].add(document_id)

    def beside(document_id: str) -> set[str]:
        return set().union(*(bearers[name] for name in keys[document_id])) - {document_id}

    def borrows(summary: Summary) -> bool:
        if len(summary.synonyms) < _STRANGERS:
            return False
        near = {other: len(beside(other)) for other in beside(summary.id)}
        strangers: list[str] = []
        # Those with the fewest ties first: another page that bears all names has them to all.
        for other in sorted(near, key=lambda other: (near[other], other)):
            if all(keys[other].isdisjoint(keys[stranger]) for stranger in strangers):
                strangers.append(other)
        return len(strangers) >= _STRANGERS

    return [replace(s, synonyms=()) if borrows(s) else s for s in summaries]


def kind_prior(summaries: Sequence[Summary]) -> dict[str, float]:
    """Kind of section -> what its share of the library's sections adds to its log-probability.

    What is asked for most is what there is most of: the prior by which a head that knows
    questions only is fitted to a library (Saerens, Latinne and Decaestecker, "Adjusting the
    Outputs of a Classifier to New a Priori Probabilities", 2002). A kind that the library lacks
    may be asked for, too.
    """
    counts = Counter(kind for summary in summaries for kind in summary.kinds)
    total = max(counts.total(), 1)
    return {
        kind: _PRIOR_WEIGHT * math.log(count / total + _FLOOR) for kind, count in counts.items()
    }


@dataclass(frozen=True, slots=True)
class Library:
    """What is known of an index at one state of it.

    Attributes:
        summaries: All documents without their texts.
        topics: The topics that they are about.
        names: The names of these, by their words.
        kinds: See `kind_prior`.
        speller: Mends slips in questions.
    """

    summaries: Sequence[Summary]
    topics: TopicIndex
    names: NameIndex
    kinds: Mapping[str, float]
    speller: Speller

    @classmethod
    def of(cls, index: Index) -> Library:
        """What is known of an index as it is now."""
        summaries = index.summaries()
        named = without_borrowed_names(summaries)
        names = NameIndex.of(named, index.rarity, index.has_word)
        speller = Speller(index.has_word, (n for s in named for n in name_variants(s)))
        return cls(summaries, TopicIndex.of(named), names, kind_prior(summaries), speller)

    def names_of_topics(self, text: str) -> dict[str, NameMatch]:
        """Document id -> how a question names its topic, by a name of any page on that topic."""
        best = self.names.match(text)
        of_topic: dict[frozenset[str], NameMatch] = {}
        for document_id, match in best.items():
            topic = self.topics.same_topic(document_id)
            if match.strength > of_topic.get(topic, NO_MATCH).strength:
                of_topic[topic] = match
        for topic, match in of_topic.items():
            for document_id in topic:
                if match.strength > best.get(document_id, NO_MATCH).strength:
                    best[document_id] = match
        return best

"""What is known of an index as a whole: its topics, their names, kinds of sections and words."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.names import NO_MATCH, NameIndex
from chatbot.spelling import Speller
from chatbot.topics import TopicIndex, name_variants

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
        names = NameIndex.of(summaries, index.rarity, index.has_word)
        speller = Speller(index.has_word, (n for s in summaries for n in name_variants(s)))
        return cls(summaries, TopicIndex.of(summaries), names, kind_prior(summaries), speller)

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

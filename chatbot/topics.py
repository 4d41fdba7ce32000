"""Which topics of the library a question names.

A topic's names are its documents' titles and synonyms. They are found in a question whatever
their inflection, and with a slip of the pen or two where the misspelt word is no other word that
the library knows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chatbot.words import content_stems, stem, stems, tokens, word_list
from ingest.sections import OTHER, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ingest.index import Summary

_PARENTHESIS = re.compile(r"\s*\(([^)]*)\)")
_LEADING = frozenset(["a", "an", "the", "what", "is", "are"])
_FUZZY_LENGTH_MIN = 5
_FUZZY_LENGTH_TWO_SLIPS = 8
_FUZZY_WEIGHT = 0.85
_SHORT_NAME_WEIGHT = 0.5
_SHORT_NAME_DOCUMENTS_MAX = 3
_ABBREVIATION_MAX = 6


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic found in a question.

    Attributes:
        name: As the library writes it.
        documents: Ids of the documents about it.
        words: Stems of the name.
        start: Number of the question's first word that belongs to it.
        end: Exclusive.
        certainty: 1 for the name as it stands, less where a slip was mended.
    """

    name: str
    documents: frozenset[str]
    words: tuple[str, ...]
    start: int
    end: int
    certainty: float = 1.0

    @property
    def is_short(self) -> bool:
        """True where only the last word of the name stands there."""
        return self.certainty <= _SHORT_NAME_WEIGHT


@dataclass(slots=True)
class TopicIndex:
    """The names of all topics; build it with `TopicIndex.of`.

    Attributes:
        only: The topic of a library that is about one thing only, else None.
    """

    names: dict[tuple[str, ...], str] = field(default_factory=dict)
    documents: dict[tuple[str, ...], set[str]] = field(default_factory=lambda: defaultdict(set))
    heads: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    names_of: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    longest: int = 0
    vocabulary: dict[str, str] = field(default_factory=dict)
    only: str | None = None
    _same: dict[str, frozenset[str]] = field(default_factory=dict)
    _sets: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, summaries: Iterable[Summary]) -> TopicIndex:
        """The topics of these documents."""
        index = cls()
        for summary in summaries:
            for name in name_variants(summary):
                index._add(name, summary.id)
        index.only = index._only()
        return index

    def _only(self) -> str | None:
        """The topic of a library that is about one thing only, else None."""
        everything = set().union(*self.documents.values()) if self.documents else set()
        shared = [key for key, documents in self.documents.items() if documents == everything]
        return self.names[min(shared, key=len)] if shared else None

    def _add(self, name: str, document_id: str) -> None:
        key = tuple(stems(name))
        if not key or (len(key) == 1 and _says_nothing(name)):
            return
        self.names.setdefault(key, name)
        self.documents[key].add(document_id)
        self.names_of[document_id].add(key)
        self.longest = max(self.longest, len(key))
        if len(key) > 1 and key[-1].isalpha() and key[-1] not in _head_stop_stems():
            self.heads[key[-1]].add(key)
        for token in tokens(name):
            if len(token) >= _FUZZY_LENGTH_MIN and token not in word_list("stop"):
                self.vocabulary.setdefault(token, stem(token))

    def name_words(self, document_id: str) -> frozenset[str]:
        """Stems of all words in the names of a document's topic."""
        return frozenset(word for key in self.names_of.get(document_id, ()) for word in key)

    def same_topic(self, document_id: str) -> frozenset[str]:
        """The documents that share a name with this one, itself among them."""
        found = self._same.get(document_id)
        if found is None:
            named = (self.documents[key] for key in self.names_of.get(document_id, ()))
            found = frozenset({document_id}.union(*named))
            # Pages on one topic share one set, which makes comparing such sets cheap.
            found = self._same[document_id] = self._sets.setdefault(found, found)
        return found

    def _about(self, documents: Iterable[str]) -> frozenset[str]:
        """These documents, and those that share a name with one: names belong to the topic."""
        return frozenset().union(*(self.same_topic(document) for document in documents))

    def find(
        self,
        question: str,
        is_known: Callable[[str], bool],
        is_common: Callable[[str], bool] | None = None,
    ) -> list[Topic]:
        """The topics named, longest first, none inside another.

        Args:
            question: Any text.
            is_known: Says of a stem whether the library's texts have it: such a word is no slip.
            is_common: Says of a stem whether many of them do: such a word alone is no name of
                which it is the last word.
        """
        words = [part for token in tokens(question) for part in token.split("-") if part]
        exact = [stem(word) for word in words]
        mended = [self._mend(word, is_known) for word in words]
        found = self._spans(exact, exact)
        if mended != exact:
            found += [t for t in self._spans(mended, exact) if not _overlaps(t, found)]
        found = [t for t in found if self._stands(t, words, question)]
        short = (t for t in self._short_names(exact) if not (is_common and is_common(t.words[0])))
        found += [t for t in short if not _overlaps(t, found)]
        # "Clinical trials" is a topic only where the question names no other one.
        subjects = [t for t in found if not vocabulary().names_a_kind(t.name)]
        return sorted(subjects or found, key=lambda topic: (-len(topic.words), topic.start))

    def _spans(self, words: Sequence[str], exact: Sequence[str]) -> list[Topic]:
        topics: list[Topic] = []
        for length in range(min(self.longest, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                end = start + length
                key = tuple(words[start:end])
                if key in self.names:
                    certainty = 1.0 if key == tuple(exact[start:end]) else _FUZZY_WEIGHT
                    documents = self._about(self.documents[key])
                    topic = Topic(self.names[key], documents, key, start, end, certainty)
                    if not _overlaps(topic, topics):
                        topics.append(topic)
        return topics

    def _stands(self, topic: Topic, words: Sequence[str], question: str) -> bool:
        """False for an abbreviation that only looks like the question's word.

        "Hit" is no HIT, and "at" no ATS; "hiv" is HIV.
        """
        name = topic.name
        if len(topic.words) > 1 or len(name) > _ABBREVIATION_MAX or sum(map(str.isupper, name)) < 2:
            return True
        if words[topic.start] not in (name.casefold(), f"{name.casefold()}s"):
            return False
        return name.casefold() not in word_list("ordinary") or bool(
            re.search(rf"\b{re.escape(name)}\b", question)
        )

    def _short_names(self, words: Sequence[str]) -> list[Topic]:
        """Names of which only the last word stands there: "cramps" for "muscle cramps".

        Only where few names end in it: it would say nothing of "heart disease".
        """
        topics = []
        for i, word in enumerate(words):
            keys = sorted(self.heads.get(word, ()))
            documents = frozenset().union(*(self.documents[key] for key in keys))
            if keys and len(documents) <= _SHORT_NAME_DOCUMENTS_MAX:
                name = min((self.names[key] for key in keys), key=len)
                about = self._about(documents)
                topics.append(Topic(name, about, (word,), i, i + 1, _SHORT_NAME_WEIGHT))
        return topics

    def _mend(self, word: str, is_known: Callable[[str], bool]) -> str:
        """The stem of the topic word that a misspelt word stands for, or of the word itself."""
        own = stem(word)
        if len(word) < _FUZZY_LENGTH_MIN or word in word_list("stop") or is_known(own):
            return own
        slips = 2 if len(word) >= _FUZZY_LENGTH_TWO_SLIPS else 1
        best = process.extractOne(
            word,
            self.vocabulary.keys(),
            scorer=OSA.distance,
            score_cutoff=slips,
            processor=None,
        )
        return self.vocabulary[best[0]] if best and best[0][0] == word[0] else own


@cache
def _head_stop_stems() -> frozenset[str]:
    """Last words that stand for no name: common ones, and those that name a kind of section."""
    kinds = {word for phrase in vocabulary().phrases for word in phrase}
    return frozenset(stem(word) for word in word_list("stop") | word_list("heads") | kinds)


def _says_nothing(name: str) -> bool:
    """True for a one-word name that would be found in any question: "IS", "a"."""
    return len(name) < 2 or not content_stems(name)


def _overlaps(topic: Topic, others: Sequence[Topic]) -> bool:
    return any(topic.start < other.end and other.start < topic.end for other in others)


def name_variants(summary: Summary) -> list[str]:
    """All names of a document's topic, as it writes them and shorter."""
    _, topic = vocabulary().split_title(summary.title)
    names = dict.fromkeys([topic, *summary.synonyms])
    return list(dict.fromkeys(variant for name in names for variant in _variants(name)))


def _variants(name: str) -> list[str]:
    """A name as it stands, without its parenthesis, what stands in it, and without a lead-in.

    "What is a stroke?" names "stroke"; "Acute lymphoblastic leukemia (ALL)" names all three.
    """
    bare = _PARENTHESIS.sub("", name)
    inside = [text for text in _PARENTHESIS.findall(name) if _is_name(text)]
    words = bare.split()
    while len(words) > 1 and words[0].casefold() in _LEADING:
        words.pop(0)
    return list(dict.fromkeys([name, bare, " ".join(words), *inside]))


def _is_name(text: str) -> bool:
    """True for what may be a name by itself: an abbreviation, or words that carry meaning."""
    if vocabulary().kind_of(text) != OTHER:
        return False
    return (text.isupper() and len(text) > 2) or len(content_stems(text)) > 1

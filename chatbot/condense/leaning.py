"""Does a question lean on what was said before, or does it bring a subject of its own?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatbot.condense.phrasing import pronouns
from chatbot.condense.subjects import is_weakly_new, new_subject
from chatbot.condense.wording import (
    conditions,
    content,
    is_circumstance,
    is_fragment,
    is_medicine,
    parts,
    pattern,
    plain,
    specific,
    words_of,
)

if TYPE_CHECKING:
    from chatbot.condense.phrasing import Pronoun
    from chatbot.condense.subjects import Library, Mention, Subject

# So many words that the pages on the subject do not use may stand in a question about it; what is
# done or taken ("surgery") counts half.
_STRANGE_MAX = 1.5
_STRANGE_MAX_WITH_CUE = 2.5
_STRANGE_MAX_OF_STATEMENT = 1.0
# "Cranberry juice?" is asked of what was spoken of; names of conditions were looked for before.
_STRANGE_MAX_OF_FRAGMENT = 3.0
_FRAGMENT_WORDS_MAX = 4
_CIRCUMSTANCE = 0.5
_OTHER_MEDICINE = 2.0
# "The rash" was spoken of.
_DEFINITE = re.compile(r"\b(?:the|this|that|these|those) \w+", re.IGNORECASE)
# A longer message that names no other subject is about the one spoken of.
_LONG = 25


def leans(text: str, subject: Subject, library: Library) -> bool:
    """True for a question without a topic or pronoun that is about the subject spoken of.

    "Will I need surgery?" is; "how is asthma treated?" names a subject, known to the library or
    not, and stands alone.
    """
    text = _asking_part(text, subject, library)
    words = content(text)
    known = library.knows(subject)
    strange = library.strange(words, subject)
    if new_subject(text) is not None and not (is_weakly_new(text) and known and not strange):
        return False
    weight = sum(_weight(word, known=known) for word in strange)
    if pattern("leaning", "helps").search(plain(text)):
        return True
    if _tells_of_other(text, subject, library):
        return False
    if not specific(text):
        return weight < _OTHER_MEDICINE
    if pattern("leaning", "cues").search(plain(text)):
        return weight <= _STRANGE_MAX_WITH_CUE
    return weight <= _strange_max(text)


def _strange_max(text: str) -> float:
    """How much may speak against the subject in a text of this form."""
    if len(parts(text)) > _LONG:
        return float("inf")
    if is_fragment(text) and len(parts(text)) <= _FRAGMENT_WORDS_MAX:
        return _STRANGE_MAX_OF_FRAGMENT
    if pattern("forms", "statement").match(plain(text)) and "?" not in text:
        return _STRANGE_MAX_OF_STATEMENT
    return _STRANGE_MAX


def _asking_part(text: str, subject: Subject, library: Library) -> str:
    """The question behind a statement: "I'm getting married, any chance my kids have it"."""
    starts = [m.end() for m in pattern("forms", "pause").finditer(text)]
    for start in reversed(starts):
        asked, told = text[start:], text[:start]
        if pattern("forms", "question").match(plain(asked)):
            return text if _tells_of_other(told, subject, library) else asked
    return text


def _tells_of_other(told: str, subject: Subject, library: Library) -> bool:
    """True where what is told names a new subject, or a complaint that the pages do not know."""
    new = new_subject(told)
    if new and specific(new) and library.strange(specific(new), subject):
        return True
    if _names_other(told, subject, library):
        return True
    own = _DEFINITE.sub(" ", told)
    complaints = [word for word in parts(own) if word in words_of("complaint")]
    return bool(complaints and library.strange(content(own) or complaints, subject))


def _names_other(text: str, subject: Subject, library: Library) -> bool:
    """True for the name of a condition that the pages on the subject do not use."""
    return any(library.strange(parts(name), subject) for name in conditions(text))


def _weight(word: str, *, known: bool) -> float:
    """How much a word that the pages do not use speaks against their subject."""
    if known and is_medicine(word):
        return _OTHER_MEDICINE
    return _CIRCUMSTANCE if is_circumstance(word) else 1.0


def outside(
    text: str, mentions: list[Mention], subject: Subject, library: Library
) -> list[Pronoun]:
    """The pronouns that stand for something said before, and not for something in the text.

    In "what is gout and how is it treated" the word stands for gout; in "does stress make it
    worse", where both are in one clause, it does not stand for stress.
    """
    found = []
    for pronoun in pronouns(text):
        before = text[: pronoun.start]
        inside = any(_is_of_another_clause(text, m, pronoun) for m in mentions)
        inside = inside or _is_of_front(before)
        if pronoun.certain or not (inside or _has_own_subject(before, subject, library)):
            found.append(pronoun)
    return found


def _is_of_front(before: str) -> bool:
    """True behind a few words and a comma: "the eyes, what happens to them"."""
    pieces = pattern("forms", "pause").split(before)
    return len(pieces) > 1 and is_fragment(pieces[0]) and bool(content(pieces[0]))


def _is_of_another_clause(text: str, mention: Mention, pronoun: Pronoun) -> bool:
    if mention.end > pronoun.start:
        return False
    between = text[mention.end : pronoun.start]
    return bool(
        pattern("forms", "clause_ends").search(between)
        or pattern("forms", "auxiliary_before").search(between)
    )


def _has_own_subject(before: str, subject: Subject, library: Library) -> bool:
    """True where the clauses before a pronoun name a new subject, or tell of a new complaint."""
    ends = [m.start() for m in pattern("forms", "clause_ends").finditer(before)]
    ends += [m.start() for m in pattern("forms", "auxiliary_before").finditer(before)]
    earlier = before[: max(ends, default=0)].strip()
    if pattern("forms", "same_kind").search(plain(before)) or not earlier:
        return False
    return _tells_of_other(earlier, subject, library)

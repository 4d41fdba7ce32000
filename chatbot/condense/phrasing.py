"""Putting a subject into a question, so that it reads as a person would write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.condense.wording import attachments, opening, pattern, plain, words_of

if TYPE_CHECKING:
    from chatbot.condense.subjects import Subject

# Where the subject of a question stands.
SLOT = "\ufffc"
# Marks that a question ends in.
END = " ?.!,;:"
_PRONOUN = re.compile(
    r"(?P<possessive>\b(?:its|their)\b)|(?P<many>\bone of (?:these|those|them)\b)"
    r"|(?P<one>\b(?:this|that|these|those) ones?\b)"
    r"|\b(?P<bare>it|this|that|they|them|these|those)\b(?!'?\w)",
    re.IGNORECASE,
)
_DETERMINERS = frozenset(["this", "that", "these", "those"])
# A message has few pronouns that count; one of thousands is no question.
_LOOKED_AT = 8
_RELATION_LENGTH_MAX = 40
_PLURAL = frozenset(["ones", "they", "them", "their", "these", "those"])
_NEXT = re.compile(r"\s+([\w'-]+)")


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A word that stands for what was said before.

    Attributes:
        start: Where it begins.
        end: Exclusive; the noun of "this condition" belongs to it.
        form: ``possessive``, ``one``, ``they`` or ``plain``.
        many: True for a plural.
        certain: True for "this condition" and "part of it", which stand for nothing in the text.
        of_statement: True for "he shakes a lot, is that normal", which asks about what it follows.
    """

    start: int
    end: int
    form: str
    many: bool = False
    certain: bool = False
    of_statement: bool = False


def sentence(text: str) -> str:
    """A text as a sentence: a capital first, and a question mark behind a question."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    if text.endswith(("?", ".", "!")):
        return text
    last = pattern("forms", "pause").split(text)[-1] or text
    asks = any(pattern("forms", "question").match(plain(t)) for t in (text, last))
    return f"{text}?" if asks else text


def without_opening(text: str) -> str:
    """A message without "ok, thanks" and the like in front; all of it where nothing is left."""
    found = opening().match(plain(text))
    return (text[found.end() :].strip() if found else text.strip()) or text.strip()


def without_closing(text: str) -> str:
    """A message without "please, thanks" behind; all of it where nothing else is left."""
    found = pattern("forms", "closing").search(plain(text))
    return (text[: found.start()] if found else text).strip() or text


def says_nothing(text: str) -> bool:
    """True for a message that is all opening: "ok. cheers. bye"."""
    found = opening().match(plain(text))
    return found is not None and not re.search(r"\w", text[found.end() :])


def pronouns(text: str) -> list[Pronoun]:
    """The words of a text that may stand for a subject spoken of before."""
    straight = plain(text)
    blocked = [
        match.span()
        for name in ("expletive", "expletive_that")
        for match in pattern("forms", name).finditer(straight)
    ]
    matches = [*_PRONOUN.finditer(straight), *pattern("forms", "one").finditer(straight)]
    found: list[Pronoun] = []
    for match in sorted(matches, key=lambda match: match.start())[:_LOOKED_AT]:
        if any(start <= match.start() and match.end() <= end for start, end in blocked):
            continue
        pronoun = _pronoun(match, straight)
        if pronoun and not any(p.start <= pronoun.start < p.end for p in found):
            found.append(pronoun)
    return found


def _pronoun(match: re.Match[str], text: str) -> Pronoun | None:
    groups = match.groupdict()
    start, end = match.span()
    many = match.group().casefold() in _PLURAL
    if groups.get("possessive"):
        return Pronoun(start, end, "possessive", many=False)
    if groups.get("many") or groups.get("one"):
        return Pronoun(start, end, "plain", certain=True)
    bare = (groups.get("bare") or "one").casefold()
    if bare in ("one", "ones", "they"):
        return Pronoun(start, end, bare, many=many)
    if bare in _DETERMINERS:
        return _determiner(match, text, many=many)
    return Pronoun(start, end, "plain", many=many, certain=_is_related(text, start))


def _is_related(text: str, start: int) -> bool:
    """True behind "part of", "linked to" and the like."""
    before = text[max(start - _RELATION_LENGTH_MAX, 0) : start]
    return bool(pattern("forms", "relation").search(before))


def _determiner(match: re.Match[str], text: str, *, many: bool) -> Pronoun | None:
    """Reads "this" or "that": alone, before "condition", or before a noun of its own."""
    start, end = match.span()
    following = _NEXT.match(text, end)
    if following is None:
        return Pronoun(start, end, "plain", many=many, certain=_is_related(text, start))
    noun = following[1].casefold()
    if {noun, noun.removesuffix("s")} & words_of("topic_nouns"):
        return Pronoun(start, following.end(), "plain", certain=True)
    before = text[:start]
    is_verb = noun in words_of("verbs_after")
    if is_verb and pattern("forms", "relative").search(before):
        return None
    auxiliary = pattern("forms", "auxiliary_before").search(before)
    inverted = auxiliary is not None and noun not in words_of("part_nouns")
    if not (is_verb or inverted or noun in words_of("after_pronoun")):
        return None
    told = before[: auxiliary.start()] if auxiliary else before
    of_statement = inverted and bool(pattern("forms", "told").search(told))
    return Pronoun(start, end, "plain", many=many, of_statement=of_statement)


def leans_on_pronoun(text: str) -> bool:
    """True where any pronoun stands in the text, also one that can't be replaced."""
    if pattern("forms", "contracted").search(plain(text)):
        return True
    return bool(_PRONOUN.search(plain(text)) or pattern("forms", "one").search(plain(text)))


def replaced(text: str, pronoun: Pronoun, subject: str) -> str:
    """The text with the subject in the pronoun's place."""
    before, after = text[: pronoun.start], text[pronoun.end :]
    before = re.sub(r"\b(fewer|more|less|enough) of $", r"\1 ", before, flags=re.IGNORECASE)
    name = subject
    if pronoun.form == "possessive":
        name = f"{subject}'" if subject.endswith("s") else f"{subject}'s"
    whole = before + name + after
    # "What brings them on" -> "what brings on cramps".
    return pattern("forms", "particle").sub(rf"\g<verb> \g<particle> {SLOT}", whole)


def attached(text: str, subject: Subject) -> str:
    """The question with its subject behind it, or worked into it where that reads better."""
    bare = text.strip(END)
    straight = plain(bare)
    if subject.is_clause:
        return sentence(f"{bare} ({SLOT})")
    for way in attachments():
        found = way.pattern.fullmatch(straight)
        if found and not (way.unless and way.unless.search(straight)):
            return sentence(
                way.text.format(topic=SLOT, question=bare, **found.groupdict(default=""))
            )
    return sentence(f"{bare} ({SLOT})")

"""The last question once more: of another person, of another topic, or for more of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.condense.conversation import Resolved, Said, fill
from chatbot.condense.phrasing import END, SLOT, attached, sentence, without_opening
from chatbot.condense.subjects import Subject, subject_in
from chatbot.condense.wording import (
    conditions,
    content,
    is_circumstance,
    is_fragment,
    parts,
    pattern,
    people,
    plain,
    rest_after,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.condense.subjects import Library, Mention

_LITTLE = re.compile(r"^\s*(?:(?:for|with|of|a|an)\s+)*", re.IGNORECASE)
_STATE = re.compile(r"\b(?:is|are|am)\b|'m\b|'s\b|^im\b", re.IGNORECASE)
_DEFINITE = ("the ", "my ", "this ", "that ")


def more(said: Said) -> Resolved | None:
    """Asks for more of the same: "tell me more", "what else?", "why?"."""
    text = plain(said.bare).strip(END)
    last = said.before.asked.strip(END) if said.before.asked else None
    if last and pattern("forms", "same_again").fullmatch(text):
        asked = without_opening(said.bare).strip(END)
        return _again(said, f"{last}, and {asked.removeprefix('and ')}?")
    if last and pattern("forms", "repeat").fullmatch(text):
        return said.asks_again(said.current)
    if pattern("forms", "more").fullmatch(text):
        return _again(said, f"Tell me more about {SLOT}.")
    for word in ("why", "how"):
        if last and pattern("forms", word).fullmatch(text):
            if pattern("forms", "yes_no").match(plain(last)):
                return _again(said, f"{last}, and {word}?")
            return said.asks(f"{word.capitalize()} does {SLOT} happen?")
    return None


def _again(said: Said, text: str) -> Resolved:
    """A question about the same, after which the next one is still asked of the last."""
    return Resolved(sentence(fill(text, said.current)), said.current)


def of_another(said: Said) -> Resolved | None:
    """Asks the same of another: "what about my mother?", "and in children?", "and a stroke?"."""
    rest = rest_after("about", said.bare)
    marked = rest is not None
    text = said.bare if rest is None else rest
    told = _state_told(text)
    if told:
        return for_person(said.with_bare(told))
    qualifies = is_qualifier(text, said.library)
    if not (marked or qualifies or is_fragment(text)):
        return None
    other = _other(text, said) or _of_same_head(text, said)
    if other is None and marked:
        other = _last_word_of_name(text, said)
    if other and _is_bare_name(text, other):
        return said.asks_again(other.subject)
    if qualifies:
        return for_person(said.with_bare(text))
    if other or not (marked and is_fragment(text)):
        return None
    return _of_unknown(said, text)


def _of_unknown(said: Said, text: str) -> Resolved | None:
    """Of a condition that the library does not know, the last question; else about the topic."""
    mention = subject_in(text, said.library)
    if mention is None or not conditions(text) or text.casefold().startswith(_DEFINITE):
        return said.asks(attached(said.bare, said.current))
    return said.asks_again(mention.subject)


def for_person(said: Said) -> Resolved:
    """The last question, asked for another person or case, who is not carried on."""
    asked = said.before.asked or f"Tell me about {SLOT}"
    text, subject = _qualified(asked, said.bare, said.current)
    return Resolved(sentence(fill(text, subject)), said.current)


def is_qualifier(text: str, library: Library) -> bool:
    """True for a person or a circumstance: "in children", "my mother, she is pregnant"."""
    words = parts(text)
    if not words or any(
        pattern("forms", name).search(plain(text)) for name in ("asks_inside", "starts_question")
    ):
        return False
    if words[0] not in words_of("prepositions"):
        return _person_first(words)
    return words[1:2] != ["to"] and (words[0] != "for" or not library.mentions(text))


def _person_first(words: Sequence[str]) -> bool:
    """True for "my mother", "two year olds", "a woman who ...", but not for "my son wheezes"."""
    for place, word in enumerate(words[:4]):
        if word in words_of("person"):
            after = words[place + 1 : place + 2]
            return not after or after[0] in words_of("person") | words_of("after_person")
        if word not in words_of("person_before") and not word.isdigit():
            return False
    return False


def _qualified(asked: str, person: str, subject: Subject) -> tuple[str, Subject]:
    """A question asked for a person, and its subject without the people in its name."""
    person = re.sub(r"[.?!;]+\s+", ", ", person.strip(END))
    about = subject
    in_name = re.search(rf"\s+(?:in|of|for) (?:the )?{people()}$", subject.text, re.IGNORECASE)
    if in_name:
        about = Subject(subject.text[: in_name.start()], subject.documents, subject.words)
    whole = asked.strip(END)
    named = _people_named(whole)
    words = parts(person)
    if named:
        new = re.sub(r"^(?:in|for|with|of) ", "", person, flags=re.IGNORECASE)
        return whole[: named.start()] + new + whole[named.end() :], about
    if words[0] in words_of("prepositions"):
        return f"{whole} {person}?", about
    if set(words[1:4]) & words_of("verbs"):
        return f"{whole}, {person}?", about
    if words[0] in words_of("states"):
        return f"{whole} when {person}?", about
    return f"{whole} {'for' if words[0] in words_of('owners') else 'in'} {person}?", about


def _people_named(asked: str) -> re.Match[str] | None:
    """The people that a question asks about: "do children get ..."."""
    found = re.finditer(rf"\b(?:(?:my|our|his|her|a|an|the) )?{people()}\b", asked, re.IGNORECASE)
    return next((match for match in found if match.group().casefold() != "family"), None)


def _state_told(text: str) -> str:
    """The first part of "my husband is 70, does that change anything"; empty where it is none."""
    found = pattern("forms", "change").search(plain(text))
    told = text[: found.start()].strip(END + "-") if found else ""
    of_person = set(parts(told)) & (words_of("person") | {"i'm", "im", "i"})
    return told if of_person and _STATE.search(plain(told)) else ""


def _other(text: str, said: Said) -> Mention | None:
    """The first topic of the text that is not the one spoken of."""
    mentions = said.library.mentions(text)
    return next((m for m in mentions if not m.subject.is_same(said.current)), None)


def _last_word_of_name(text: str, said: Said) -> Mention | None:
    """A topic of which only the last word is said: "and what about diabetes?"."""
    if not is_fragment(text):
        return None
    lead = f"what is {_LITTLE.sub('', text.strip(END))}"
    if all(is_circumstance(word) for word in content(lead)):
        return None
    offset = len(text.rstrip(END)) - len(lead)
    found = next(iter(said.library.mentions(lead)), None)
    if found is None or found.subject.is_same(said.current):
        return None
    return replace(found, start=found.start + offset, end=found.end + offset)


def _of_same_head(text: str, said: Said) -> Mention | None:
    """The topic that a few words name with a word left out: "and type 1?", "and crohns?"."""
    if not is_fragment(text) or not content(text) or all(map(is_circumstance, content(text))):
        return None
    for head in (said.current.text.split()[-1], "disease", "syndrome"):
        name = f"{text.strip(END)} {head}"
        found = next(iter(said.library.mentions(name)), None)
        if found and found.end == len(name) and len(found.subject.words) > 1:
            return None if found.subject.is_same(said.current) else found
    return None


def _is_bare_name(text: str, mention: Mention) -> bool:
    """True where nothing but little words stands beside the name."""
    around = text[: mention.start] + " " + text[mention.end :]
    return set(parts(around)) <= words_of("beside_name")

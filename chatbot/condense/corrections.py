"""What was meant instead: "sorry, I meant gallstones", "no, the type 2 kind", "not me, my wife"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.condense.asking import asked_of
from chatbot.condense.naming import attach, by_name, by_pronoun, first_of
from chatbot.condense.phrasing import END, sentence, without_opening
from chatbot.condense.repeats import for_person, is_qualifier, of_another
from chatbot.condense.subjects import Subject, subject_in
from chatbot.condense.wording import (
    asks_kind,
    content,
    is_fragment,
    parts,
    pattern,
    plain,
    rest_after,
    specific,
    words_of,
)
from chatbot.words import stem

if TYPE_CHECKING:
    from chatbot.condense.conversation import Resolved, Said
    from chatbot.condense.subjects import Library


def corrected(said: Said) -> Resolved | None:
    """The last question with what was meant in it."""
    text = said.question.strip()
    rest = rest_after("correct", text)
    if rest is None:
        rest = rest_after("meant", text)
    tail = pattern("forms", "meant_tail").search(plain(text.strip(END)))
    left = text if rest is None else rest
    instead = pattern("forms", "instead").match(plain(left))
    if rest is None and not tail and not instead:
        return None
    left = left[instead.end() :] if instead else left
    left = left.strip(END)
    tail = pattern("forms", "meant_tail").search(plain(left))
    left = without_opening(left[: tail.start()] if tail else left).strip(END)
    if not left:
        return None
    meant = replace(said, question=sentence(left), bare=left)
    later = (_fronted, of_another, by_pronoun, by_name)
    return _instead(meant) or (first_of(later, meant) if rest is not None else None)


def _fronted(said: Said) -> Resolved | None:
    """What was meant, and a question about it: "I meant heart failure, how common is that"."""
    cut = pattern("forms", "pause").search(said.bare)
    name = said.bare[: cut.start()] if cut else ""
    if cut is None or not is_fragment(name) or is_qualifier(name, said.library):
        return None
    mention = subject_in(name, said.library)
    if mention is None or not (mention.subject.documents or specific(name)):
        return None
    asked = asked_of(said, mention.subject, said.bare[cut.end() :], tell=False)
    return replace(asked, replaces=True)


def _instead(said: Said) -> Resolved | None:
    """A few words in the place of what was said."""
    qualifies = is_qualifier(said.bare, said.library)
    subject = _modified(said.bare, said.current, said.library)
    if subject is None and not qualifies:
        subject = _completed(said.bare, said.current, said.library)
    if subject:
        return said.asks_again(subject, replaces=True)
    if qualifies:
        return for_person(said)
    only = _only_named(said)
    if only:
        return said.asks_again(only, replaces=True)
    if not is_fragment(said.bare):
        return None
    mention = subject_in(said.bare, said.library)
    if mention and (mention.subject.documents or specific(said.bare)):
        return said.asks_again(mention.subject, replaces=True)
    return attach(said)


def _only_named(said: Said) -> Subject | None:
    """The one topic of a statement that asks nothing: "I need them for anaphylaxis"."""
    mentions = said.library.mentions(said.bare)
    if len(mentions) != 1 or pattern("forms", "question").match(plain(said.bare)):
        return None
    around = said.bare[: mentions[0].start] + " " + said.bare[mentions[0].end :]
    return None if content(around) or asks_kind(around) else mentions[0].subject


def _modified(text: str, subject: Subject, library: Library) -> Subject | None:
    """The subject that "the type 2 kind" makes of the one spoken of."""
    found = pattern("forms", "modifier").fullmatch(plain(text).strip(END))
    if found is None:
        return None
    modifier = found["modifier"]
    words = set(parts(modifier))
    if words & (words_of("verbs") | words_of("no_modifiers")):
        return None
    for name in (f"{modifier} {subject.text}", f"{modifier} {subject.text.split()[-1]}"):
        mentions = library.mentions(name)
        if mentions and mentions[0].start == 0:
            return mentions[0].subject
    named = library.mentions(modifier)
    if named:
        return named[0].subject
    stems = subject.words | {stem(word) for word in words}
    return Subject(f"{modifier} {subject.text}", words=stems)


def _completed(text: str, subject: Subject, library: Library) -> Subject | None:
    """The topic that a few words and the subject name together: "type 2" of diabetes."""
    if not is_fragment(text):
        return None
    name = f"{text.strip(END)} {subject.text}"
    found = next(iter(library.mentions(name)), None)
    whole = found is not None and found.start == 0 and found.end == len(name)
    return found.subject if found and whole else None

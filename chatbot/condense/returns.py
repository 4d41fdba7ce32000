"""Back to a subject of before, or two of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.condense.asking import asked_of
from chatbot.condense.conversation import Resolved, Said
from chatbot.condense.phrasing import END, SLOT, sentence
from chatbot.condense.subjects import subject_in
from chatbot.condense.wording import pattern, plain, rest_after

if TYPE_CHECKING:
    import re

    from chatbot.condense.subjects import Subject


def returned(said: Said) -> Resolved | None:
    """Goes back: "back to the migraine: ...", "for the first one, ...", "and the other one?"."""
    rest = rest_after("back", said.bare)
    if rest is not None:
        begin = said.bare[: len(said.bare) - len(rest)]
        strong = bool(pattern("forms", "back_strong").search(begin))
        cut = pattern("forms", "reference_ends").search(plain(rest))
        words, left = (rest[: cut.start()], rest[cut.end() :]) if cut else (rest, "")
        subject = _gone_back_to(said, words, strong=strong)
        if subject:
            return asked_of(said, subject, left, tell=strong)
    for match in pattern("forms", "reference").finditer(plain(said.bare)):
        subject = _referred(said, match)
        if subject:
            return _in_place(said, subject, match)
    return None


def compared(said: Said) -> Resolved | None:
    """Asks of the last two subjects together: "which is worse?", "can you have both?"."""
    subjects = said.before.subjects[-2:]
    text = plain(said.bare)
    if len(subjects) < 2 or said.library.mentions(said.bare):
        return None
    one, other = subjects[0].text, subjects[1].text
    which = pattern("forms", "which_of").match(text)
    if which and (which[2] or which[3] or pattern("forms", "worse").search(text)):
        rest = said.bare[which.end() :].strip(END)
        return Resolved(sentence(f"{which[1].capitalize()} {rest}: {one} or {other}?"))
    for name in ("one_other", "both"):
        found = pattern("forms", name).search(text)
        if found:
            both = _of_both(found, one, other)
            return Resolved(sentence(said.bare[: found.start()] + both + said.bare[found.end() :]))
    return None


def _of_both(found: re.Match[str], one: str, other: str) -> str:
    """Two subjects in the place of "both", "between them", or "one leads to the other"."""
    if "between" in found.groupdict():
        return f"{one}{found['between']}{other}"
    lead = next((w for w in ("between ", "compare ") if found[0].lower().startswith(w)), "")
    return f"{lead}{one} and {other}"


def _gone_back_to(said: Said, words: str, *, strong: bool) -> Subject | None:
    """What "the first one", "the cramps again" mean; after "back to", any topic at all."""
    subject = said.before.referred(words)
    named = next(iter(said.library.mentions(f"about {words}")), None)
    if named:
        same = (s for s in said.before.subjects if s.is_same(named.subject))
        subject = next(same, named.subject if strong else None)
    elif subject is None and strong:
        mention = subject_in(words, said.library)
        subject = mention.subject if mention else None
    again = pattern("forms", "back_again").search(plain(words.strip(END)))
    if strong or again or pattern("forms", "reference").fullmatch(plain(words.strip())):
        return subject
    return subject if named and subject != said.before.current else None


def _referred(said: Said, match: re.Match[str]) -> Subject | None:
    """The subject of "the first one"; "the first sign" is none."""
    noun = pattern("forms", "reference_noun").search(match.group())
    follows = said.bare[match.end() :]
    asked = pattern("forms", "auxiliary_before").search(plain(said.bare[: match.start()]))
    other = pattern("forms", "reference_other").match(follows)
    if (not noun and follows[:1] == " " and (other or not asked)) or (
        len(said.before.subjects) < 2
    ):
        return None
    return said.before.referred(match.group())


def _in_place(said: Said, subject: Subject, match: re.Match[str]) -> Resolved:
    """The subject in the place of the words for it, or what is asked of it behind them."""
    before, rest = said.bare[: match.start()], said.bare[match.end() :]
    fronted = pattern("forms", "back_end").match(plain(rest))
    if not before.strip() and (fronted or not rest.strip(END)):
        return asked_of(said, subject, rest[fronted.end() :] if fronted else "", tell=False)
    return said.asks(before + SLOT + rest, subject)

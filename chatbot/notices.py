"""The lines that come from code: cards, the disclaimer, cautions and the banner.

Their words and numbers are data (`notices.toml`), so that a clinic can change them.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chatbot.answers import Notice
from chatbot.triage import Action
from chatbot.triage.concepts import ConceptCompiler
from chatbot.triage.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.answers import Locale, Turn
    from chatbot.triage import TriageDecision
    from chatbot.triage.lexicon import Lexicon

_FILE = Path(__file__).with_suffix(".toml")
# Cautions hold for what was said lately, not for everything in a long conversation.
_EARLIER_TURNS = 3
_PERSONAL = "personal"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _number(locale: Locale, name: str) -> str:
    return str(_data()["numbers"][locale][name])


def _emergency(locale: Locale, opening: str = "") -> str:
    number = _number(locale, "emergency")
    return f"**{opening} {number}**" if opening else f"**{number[0].upper()}{number[1:]}**"


def card(decision: TriageDecision, locale: Locale) -> Notice:
    """The card for a decision: what to do now, and whom to call where the patient is.

    Args:
        decision: Any decision but a normal one.
        locale: Where the patient is.

    Raises:
        ValueError: For a normal decision, which has no card.
    """
    if decision.action is Action.NORMAL:
        raise ValueError("a normal decision has no card")
    cards = _data()["card"][decision.action.value]
    entry = cards.get(decision.category) or cards["default"]
    first, last = _calls(decision, entry, locale)
    actions = "\n".join(f"- {line}" for line in entry["lines"])
    return Notice("card", "\n\n".join((f"### {entry['heading']}", *first, actions, *last)))


def _calls(
    decision: TriageDecision, entry: dict[str, Any], locale: Locale
) -> tuple[list[str], list[str]]:
    """Whom to call: what stands before what to do, and what after it."""
    if decision.action is Action.EMERGENCY:
        return [_emergency(locale, "Now:")], []
    if decision.action is Action.URGENT:
        worse = _emergency(locale, "If it becomes an emergency:")
        return [f"**{_number(locale, 'advice')}**"], [worse]
    danger = _emergency(locale, entry["danger"])
    if decision.action is Action.POISON:
        line = f"**{_number(locale, 'poison')}**"
        if decision.add_emergency_number:
            return [_emergency(locale, "Now:"), f"Then, about what was taken: {line}"], []
        return [line], [danger]
    lines = [f"**{_number(locale, entry['line'])}**"]
    if entry["line"] != "crisis":
        lines.append(_number(locale, "crisis"))
    return ([*lines, danger], []) if decision.add_emergency_number else (lines, [danger])


def disclaimer(locale: Locale) -> Notice:
    """The one line under every answer."""
    text = str(_data()["disclaimer"]).format(emergency=_number(locale, "emergency"))
    return Notice("disclaimer", text)


def cautions(question: str, history: Sequence[Turn] = ()) -> tuple[Notice, ...]:
    """The lines that this person's circumstances or kind of question call for.

    Circumstances (pregnancy, a child, old age, kidneys, liver) are looked for in the last turns
    of the patient too; whether a personal decision is asked for, in the question alone.
    """
    earlier = [turn.text for turn in history if turn.role == "user"][-_EARLIER_TURNS:]
    book = _caution_book()
    asked = book.names_in(question)
    said = asked.union(*(book.names_in(text) for text in earlier))
    return tuple(
        Notice("caution", str(entry["text"]))
        for entry in _data()["caution"]
        if entry["id"] in (asked if entry["id"] == _PERSONAL else said)
    )


def personal_caution() -> Notice:
    """The line for a question that asks for a decision about this person."""
    return next(
        Notice("caution", str(entry["text"]))
        for entry in _data()["caution"]
        if entry["id"] == _PERSONAL
    )


@cache
def _caution_book() -> Lexicon:
    concepts = ConceptCompiler()
    for entry in _data()["caution"]:
        concepts.add(entry["id"], entry["patterns"], f"{_FILE.name}, caution {entry['id']}")
    return lexicon(concepts, forgiving=False)


BANNER: Final = str(_data()["banner"]).format(emergency=_number("unknown", "emergency"))

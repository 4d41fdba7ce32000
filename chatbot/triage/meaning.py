"""What a model makes of a message, and how that joins with the rules.

A rule is certain, or it is a suspicion. What a certain rule gives is never lowered. A suspicion
counts fully where no model is there; where one is, it takes less of the model's own belief to
give a card. Without any rule the model may give one by itself. docs/decisions/0010-triage.md has
the reasons and the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chatbot.triage.decision import NORMAL, Action, TriageDecision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatbot.answers import Turn

# A longer message is read in pieces, each within the model's window of 256 tokens.
_PIECE_CHARS = 800
_OVERLAP_CHARS = 200
# Of an endless message the first and last pieces are read; the rules read all of it.
_FIRST_PIECES, _LAST_PIECES = 4, 4
_EARLIER_TURNS = 2
_EARLIER_CHARS = 400
_CATEGORY_MIN = 0.7
# What a message must add to the logarithm of the odds of what was said before.
_ADDED_MIN = 1.0
# From here on a message is dangerous by itself, whatever it follows.
_PLAIN = 3.0
# So likely, the emergency number stands on the card of a poisoning or a crisis, too.
_NOW_MIN = 0.1
LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a model makes of a text.

    Attributes:
        danger: Logarithm of the odds that it calls for a card that stands alone (emergency,
            crisis, poison).
        urgent: Logarithm of the odds that it calls for one of these or for help today.
        actions: Action -> probability; they add up to 1.
        categories: Category of card -> probability, given that it calls for a card.
        now: Probability that the emergency number belongs on the card.
    """

    danger: float
    urgent: float
    actions: Mapping[Action, float]
    categories: Mapping[str, float]
    now: float


class Reader(Protocol):
    """A model that reads texts.

    Attributes:
        thresholds: How sure it has to be.
    """

    @property
    def thresholds(self) -> Thresholds:
        """How sure it has to be."""
        ...

    def __call__(self, texts: Sequence[str]) -> list[Meaning]:
        """What it makes of each text."""
        ...


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Logarithms of odds from which a card is given.

    Attributes:
        danger: For a card that stands alone, where no rule fires.
        suspected: The same where a rule suspects it.
        urgent: For a card for today.
    """

    danger: float
    suspected: float
    urgent: float


def pieces(text: str) -> list[str]:
    """The text in pieces that a model reads whole, cut between words; a short one is itself."""
    result = []
    while len(text) > _PIECE_CHARS:
        end = text.rfind(" ", _OVERLAP_CHARS + 1, _PIECE_CHARS)
        end = end if end > 0 else _PIECE_CHARS
        result.append(text[:end])
        start = text.rfind(" ", 1, end - _OVERLAP_CHARS)
        text = text[start + 1 if start > 0 else end - _OVERLAP_CHARS :]
    return [*result, text]


def read(reader: Reader, question: str, history: Sequence[Turn] = ()) -> Meaning:
    """What the model makes of a message within its conversation.

    The most dangerous piece of the message decides. Where it follows other turns of the patient, it
    is read behind them, too: that takes danger from a fragment that only sounds like it, and adds
    danger where those turns alone were none, so that a card is not given again for what was said
    before.
    """
    own = pieces(question)
    if len(own) > _FIRST_PIECES + _LAST_PIECES:
        own = [*own[:_FIRST_PIECES], *own[-_LAST_PIECES:]]
    earlier = [turn.text[:_EARLIER_CHARS] for turn in history if turn.role == "user"]
    before = "\n".join(earlier[-_EARLIER_TURNS:])
    if not before.strip():
        return max(reader(own), key=lambda meaning: meaning.danger)
    alone, together, *rest = reader([before, f"{before}\n{own[0]}", *own])
    found = max(rest, key=lambda meaning: meaning.danger)
    if len(own) == 1 and together.danger < found.danger < _PLAIN:
        # "And how do I stop it?" is read by what it follows; of a long message, `together` has
        # the first piece only, and must not hide what stands in another.
        return together
    adds = together.danger - alone.danger >= _ADDED_MIN
    if adds and alone.danger < reader.thresholds.danger:
        return max(found, together, key=lambda meaning: meaning.danger)
    return found


def by_meaning(meaning: Meaning, thresholds: Thresholds) -> TriageDecision:
    """What the model decides by itself."""
    if meaning.danger >= thresholds.danger:
        cards = (Action.EMERGENCY, Action.POISON, Action.CRISIS)
        action = max(cards, key=lambda card: meaning.actions[card])
    elif meaning.urgent >= thresholds.urgent:
        action = Action.URGENT
    else:
        return NORMAL
    category, share = max(meaning.categories.items(), key=lambda item: item[1])
    return TriageDecision(
        action,
        category if share >= _CATEGORY_MIN else None,
        LEARNED,
        (),
        add_emergency_number=action is not Action.EMERGENCY and meaning.now >= _NOW_MIN,
    )


def agrees(meaning: Meaning, action: Action, thresholds: Thresholds) -> bool:
    """Whether the model's belief is enough for what a rule suspects."""
    belief = meaning.urgent if action is Action.URGENT else meaning.danger
    return belief >= thresholds.suspected

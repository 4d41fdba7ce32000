"""What triage decides: the actions, their precedence and the decision itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What the patient gets, from the mildest to the one that wins over all others.

    When rules of several actions fire, the last of them in this order is taken: ``normal`` <
    ``urgent`` < ``emergency`` < ``poison`` < ``crisis``. Poison and crisis stand above emergency
    because their cards say more, not less: an emergency that fires beside them puts the emergency
    number first on their card (`TriageDecision.add_emergency_number`), whereas the emergency card
    knows neither the poison line nor the crisis lines. Pills already swallowed in order to die are
    therefore a crisis card with the emergency number on it.
    """

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"
    POISON = "poison"
    CRISIS = "crisis"

    @property
    def precedence(self) -> int:
        """The place in the order above; the higher one wins."""
        return list(Action).index(self)


@dataclass(frozen=True, slots=True)
class TriageDecision:
    """What triage decided about one message, and why.

    Attributes:
        action: What the patient gets.
        category: The rule's category, such as ``"stroke"``; None for a normal message.
        rule: The id of the rule that fired, such as ``"stroke.face-arm-speech"``.
        words: The patient's own words that fired it, in the order of the rule's elements.
        add_emergency_number: True when a crisis names a method, a plan or a step taken, when a
            poisoning comes with collapse, a fit or trouble breathing, or when an emergency fired
            beside either of them.
    """

    action: Action
    category: str | None
    rule: str | None
    words: tuple[str, ...]
    add_emergency_number: bool = False


NORMAL = TriageDecision(Action.NORMAL, None, None, ())

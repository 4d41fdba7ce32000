"""Why triage decided as it did: the rules that fired, and what the model made of the message."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from chatbot.triage.decision import Action
from chatbot.triage.engine import rules_fired, triage
from chatbot.triage.meaning import agrees, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.answers import Turn
    from chatbot.triage.meaning import Reader

_CATEGORIES_TOLD = 3


def explained(
    question: str, history: Sequence[Turn] = (), reader: Reader | None = None
) -> dict[str, Any]:
    """The decision with its grounds, as one JSON object.

    Args:
        question: The patient's message.
        history: The earlier turns.
        reader: The model; None for the rules alone.

    Returns:
        ``action``, ``category``, ``rule`` (the id of the rule that decided, or ``"learned"``),
        ``words``, ``add_emergency_number``; ``rules``: each that fired, with ``counts`` telling
        whether it was heeded; ``model``: what the model believes (shares of 1) and from where on
        it gives a card, or None.
    """
    decision = triage(question, history, reader)
    meaning = read(reader, question, history) if reader else None
    rules = []
    for rule, words in rules_fired(question, history):
        counts = rule.certain or reader is None or meaning is None
        if not counts and reader and meaning:
            counts = agrees(meaning, rule.action, reader.thresholds)
        rules.append(
            {
                "id": rule.id,
                "action": rule.action.value,
                "category": rule.category,
                "source": rule.source,
                "words": list(words),
                "certain": rule.certain,
                "counts": counts,
            }
        )
    model = None
    if reader and meaning:
        likely = sorted(meaning.categories.items(), key=lambda item: -item[1])
        model = {
            "danger": _share(meaning.danger),
            "danger_or_urgent": _share(meaning.urgent),
            "card_from": _share(reader.thresholds.danger),
            "card_from_where_a_rule_suspects": _share(reader.thresholds.suspected),
            "urgent_from": _share(reader.thresholds.urgent),
            "actions": {action.value: round(meaning.actions[action], 4) for action in Action},
            "categories": {name: round(share, 4) for name, share in likely[:_CATEGORIES_TOLD]},
        }
    return {
        "action": decision.action.value,
        "category": decision.category,
        "rule": decision.rule,
        "words": list(decision.words),
        "add_emergency_number": decision.add_emergency_number,
        "rules": rules,
        "model": model,
    }


def in_words(found: dict[str, Any]) -> str:
    """The explanation for a person to read."""
    lines = [f"{found['action']}" + (f" ({found['category']})" if found["category"] else "")]
    if found["add_emergency_number"]:
        lines.append("with the emergency number")
    if not found["rules"]:
        lines.append("no rule fired")
    for rule in found["rules"]:
        words = ", ".join(f'"{word}"' for word in rule["words"])
        kind = "certain" if rule["certain"] else "a suspicion"
        heeded = "" if rule["counts"] else "; the model does not agree, so it is passed over"
        lines.append(f"rule {rule['id']} ({rule['action']}, {kind}): {words}{heeded}")
        lines.append(f"  after {rule['source']}")
    model = found["model"]
    if model is None:
        return "\n".join([*lines, "the rules alone; no model was asked"])
    told = ", ".join(f"{name} {share:.2f}" for name, share in model["actions"].items())
    kinds = ", ".join(f"{name} {share:.2f}" for name, share in model["categories"].items())
    lines += [
        f"model: danger {model['danger']:.2f}; a card by itself from {model['card_from']:.2f}",
        f"  where a rule suspects it, from {model['card_from_where_a_rule_suspects']:.2f}",
        f"  {told}",
        f"  if a card, then: {kinds}",
    ]
    return "\n".join(lines)


def _share(log_odds: float) -> float:
    return round(1 / (1 + math.exp(-log_odds)), 4)

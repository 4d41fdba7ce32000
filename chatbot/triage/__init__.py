"""Triage before any answer: is this message an emergency, a crisis, a poisoning?

The rules are data: `rules/*.toml` by category, `context.toml` for the cues of the language layer,
`words.toml` for short forms, misspellings and known words.
"""

from chatbot.triage.decision import Action, TriageDecision
from chatbot.triage.engine import triage

__all__ = ["Action", "TriageDecision", "triage"]

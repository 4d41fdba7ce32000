"""What the page itself says to a patient, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.answers import Locale

TITLE = "CiteWell"
TAGLINE = "Health answers from documents you can check"

GREETING = (
    "Ask about a condition, a treatment or a test.",
    "Answers come only from the documents in this library, and you see where each one is from.",
)
CAN = (
    "Explain what a page says about symptoms, causes, tests, treatments and daily life",
    "Show the exact words, so that you or your doctor can check them",
)
CANNOT = (
    "Say what you have, or what you should take",
    "Answer what its documents do not cover; it tells you so instead of guessing",
)

LOCALES: tuple[tuple[str, Locale], ...] = (
    ("Not set", "unknown"),
    ("United States", "us"),
    ("United Kingdom", "uk"),
    ("Europe", "eu"),
)

OPENING = "Opening the library\u2026"
LOOKING = "Looking in the documents\u2026"
WAKING = "CiteWell is still waking up. Your question is kept and will be answered in a moment\u2026"
STOPPED = "Stopped. Ask again whenever you like."
BUSY = "Many people are asking right now. Please ask again in a minute; nothing was lost but time."
TOO_OFTEN = (
    "That is more questions than CiteWell answers within a minute from one place. Please wait a "
    "minute, then ask again."
)
TOO_LONG = "That is longer than CiteWell can read at once. Please ask in fewer words."
BROKEN = (
    "Sorry, something went wrong on our side and this question was not answered. Please try again."
)
CLOSED = (
    "Sorry, CiteWell cannot look anything up at the moment: its library of documents could not be "
    "opened.\n\nIf you look after this site: build the library with make ingest, then ask again; "
    "the log says what was missing."
)

NOT_REVIEWED = "not reviewed by a clinician"
URGENCY = {
    "emergency": "Emergency",
    "crisis": "Talk to someone now",
    "poison": "Possible poisoning",
    "urgent": "Get help today",
}

"""Triage: read the patient's turns, match the concepts, let the rules decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from chatbot.triage.context import BACKGROUND, Context, Sense
from chatbot.triage.decision import NORMAL, Action, TriageDecision
from chatbot.triage.meaning import agrees, by_meaning, read
from chatbot.triage.rules import rule_book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.answers import Turn
    from chatbot.triage.matcher import Matches
    from chatbot.triage.meaning import Meaning, Reader, Thresholds
    from chatbot.triage.normalise import Message
    from chatbot.triage.patterns import Span
    from chatbot.triage.rules import Rule, RuleBook

    Fired: TypeAlias = list[tuple[Rule, tuple[str, ...]]]

# From this probability on the model's kind of card replaces that of a rule.
_SURE = 0.8

EARLIER_TURNS = 6
EARLIER_CHARACTERS = 2_000
_NEGATIONS = frozenset({"not", "no", "never", "without", "nothing", "none", "nobody", "neither"})
# A symptom has its "not" close by; farther off it negates something in between.
_NEGATION_DISTANCE = 3


@dataclass(frozen=True, slots=True)
class _Finding:
    """A concept that was said: where and in which senses."""

    span: Span
    senses: Sense
    sentence: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """One turn after reading."""

    message: Message
    matches: Matches
    context: Context
    book: RuleBook

    def first(
        self, concept: str, suppressed_by: Sense, sentence: int | None = None
    ) -> _Finding | None:
        """The first finding of a concept that counts, in one sentence or anywhere."""
        if concept in self.book.background:
            suppressed_by &= BACKGROUND
        for span in sorted(self.matches.spans(concept), key=lambda span: span.used):
            where = self.message.tokens[span.used[0]].sentence
            senses = self.context.of(span.used)
            if not senses & suppressed_by and sentence in {None, where}:
                return _Finding(span, senses, where)
        return None

    def excuses(self, concept: str) -> bool:
        """True when a concept that keeps a rule from firing is said and not denied."""
        return any(
            not self.context.of(span.used) & (Sense.NEGATED | Sense.IDIOM)
            for span in self.matches.certain(concept)
        )

    def words(self, finding: _Finding) -> str:
        return self.message.words_at(finding.span.used)


def triage(
    question: str, history: Sequence[Turn] = (), reader: Reader | None = None
) -> TriageDecision:
    """Decide what a patient needs first.

    Deterministic, and without the network. Earlier turns of the patient add to what this turn
    says (chest pain then, a numb arm now) but never fire on their own again.

    Args:
        question: The patient's message.
        history: The earlier turns; only those of the user are read.
        reader: A model that reads the message, too; without one the rules decide alone, at once.
    """
    fired = rules_fired(question, history)
    if reader is None:
        return _by_rules(fired)
    meaning = read(reader, question, history)
    return decide(fired, meaning, reader.thresholds)


def decide(fired: Fired, meaning: Meaning, thresholds: Thresholds) -> TriageDecision:
    """What rules and model decide together; the higher of the two.

    Args:
        fired: The rules that fire and their words, the one that decides first.
        meaning: What the model makes of the message.
        thresholds: How sure it has to be.
    """
    counted = [
        (rule, words)
        for rule, words in fired
        if rule.certain or agrees(meaning, rule.action, thresholds)
    ]
    by_rules, by_model = _by_rules(counted), by_meaning(meaning, thresholds)
    if by_model.action.precedence <= by_rules.action.precedence:
        return by_rules
    if by_rules.action not in {Action.EMERGENCY, Action.POISON}:
        return by_model
    # Of two cards that stand alone, that of the rule is kept unless the model is sure of its own.
    if meaning.actions[by_model.action] < _SURE:
        return by_rules
    number = by_rules.action is Action.EMERGENCY or by_rules.add_emergency_number
    return replace(by_model, add_emergency_number=by_model.add_emergency_number or number)


def _by_rules(fired: Fired) -> TriageDecision:
    """What these rules decide; the first of them gives action, category and words."""
    if not fired:
        return NORMAL
    rule, words = fired[0]
    decision = TriageDecision(rule.action, rule.category, rule.id, words)
    danger = any(
        other.adds_emergency_number or other.action is Action.EMERGENCY for other, _ in fired
    )
    if danger and rule.action in {Action.CRISIS, Action.POISON}:
        return replace(decision, add_emergency_number=True)
    return decision


def rules_fired(question: str, history: Sequence[Turn] = ()) -> Fired:
    """Every rule that fires and its words, the one that decides first."""
    book = rule_book()
    now = _read_turn(question, book)
    earlier = [turn.text for turn in history if turn.role == "user"][-EARLIER_TURNS:]
    before = [_read_turn(text[:EARLIER_CHARACTERS], book) for text in earlier]
    return [
        (rule, words) for rule in book.rules if (words := _fires(rule, now, before)) is not None
    ]


def _read_turn(text: str, book: RuleBook) -> _Reading:
    message, matches = book.lexicon.match(text)
    readings = book.lexicon.speller.read_all(message.words)
    consumed = frozenset(
        token
        for name in matches.found
        if not name.startswith(("cue_", "idiom"))
        for span in matches.spans(name)
        for token, following in pairwise(span.used)
        if readings[token] & _NEGATIONS and following - token <= _NEGATION_DISTANCE
    )
    return _Reading(message, matches, Context(message, matches, consumed), book)


def _fires(rule: Rule, now: _Reading, before: list[_Reading]) -> tuple[str, ...] | None:
    """The words that fire a rule, or None."""
    if any(now.excuses(concept) for concept in rule.unless):
        return None
    if rule.within == "sentence":
        return _fires_in_sentence(rule, now)
    words: list[str] = []
    new = False
    for element in rule.elements:
        finding = now.first(element, rule.suppressed_by)
        if finding is not None:
            new = True
            words.append(now.words(finding))
            continue
        earlier = _said_before(element, rule, before)
        if earlier is None:
            return None
        words.append(earlier)
    return tuple(words) if new else None


def _said_before(element: str, rule: Rule, before: list[_Reading]) -> str | None:
    if rule.within != "conversation" or len(rule.elements) < 2:
        return None
    for reading in reversed(before):
        finding = reading.first(element, rule.suppressed_by)
        if finding is not None:
            return reading.words(finding)
    return None


def _fires_in_sentence(rule: Rule, now: _Reading) -> tuple[str, ...] | None:
    for sentence in sorted({token.sentence for token in now.message.tokens}):
        found = [now.first(element, rule.suppressed_by, sentence) for element in rule.elements]
        present = [finding for finding in found if finding is not None]
        if len(present) == len(found):
            return tuple(now.words(finding) for finding in present)
    return None

"""The sense in which words are said: negated, past, hypothetical, about, fiction, idiom.

A small ConText (Harkema, Dowling, Thornblade and Chapman 2009): a cue has a direction and a scope,
and the scope ends at a terminator. The cues are data (`context.toml`); this file holds the scopes.
"""

from __future__ import annotations

from enum import IntFlag, auto
from typing import TYPE_CHECKING

from chatbot.triage.clauses import Clauses
from chatbot.triage.normalise import COULD_NOT, Break, word_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chatbot.triage.matcher import Matches
    from chatbot.triage.normalise import Message

NEGATION_REACH = 8
# Words that open a new statement, so that "no fever my chest hurts" negates the fever alone.
_NEGATION_TERMINATORS = word_set(
    "but however although though except now just only and still because my i he she his her it "
    "we they there until since then yet who which"
)
_LEAFLET_TOKENS = 20
# Nobody tells what is happening to them in so many words without an "I", a "my" or a "she".
_PAGE_TOKENS = 45
# Without any of these "rett syndrome child not talking" is what one types into a search box.
_SOMEBODY = word_set(
    "i my me we our us he him his she her they their mum mom dad mother father husband wife "
    "brother sister gran grandma grandad grandpa son daughter"
)


class Sense(IntFlag):
    """Ways of saying a word that keep a rule from firing."""

    NEGATED = auto()
    PAST = auto()
    CHRONIC = auto()
    HYPOTHETICAL = auto()
    ABOUT = auto()
    FICTION = auto()
    IDIOM = auto()
    GENERIC = auto()
    KNOWN = auto()


# A fact about the person, such as being pregnant, holds in whatever sentence it is said.
BACKGROUND = Sense.NEGATED | Sense.FICTION | Sense.IDIOM | Sense.GENERIC


class Context:
    """The senses of every token of a message.

    Args:
        message: The message.
        matches: The concepts found in it, the cues of `context.toml` among them.
        consumed: Tokens that a symptom uses as words of its own ("not" in "not breathing"); they
            are no negation cues.
    """

    def __init__(self, message: Message, matches: Matches, consumed: frozenset[int]) -> None:
        """Find the senses."""
        self._tokens = message.tokens
        self._matches = matches
        self._clauses = Clauses(message, matches)
        self.senses = [Sense(0)] * len(message.tokens)
        self._negation(consumed)
        self._history()
        self._habits()
        self._forward("cue_hypothetical", Sense.HYPOTHETICAL, self._clauses.starts_personal)
        self._forward("cue_about", Sense.ABOUT, self._clauses.is_personal_at)
        self._backward_about()
        self._impersonal_questions()
        self._generic()
        self._leaflet()
        self._fiction()
        for harmless in ("idiom", "harmless"):
            self._mark((t for span in matches.certain(harmless) for t in span.used), Sense.IDIOM)
        self._known_illness()

    def of(self, used: Iterable[int]) -> Sense:
        """The senses of the tokens given, together."""
        together = Sense(0)
        for token in used:
            together |= self.senses[token]
        return together

    def _mark(self, tokens: Iterable[int], sense: Sense) -> None:
        for token in tokens:
            self.senses[token] |= sense

    def _negation(self, consumed: frozenset[int]) -> None:
        pseudo = {t for span in self._matches.spans("cue_not_negation") for t in span.used}
        for span in list(self._matches.certain("cue_negation")):
            if not consumed.intersection(span.used) and not pseudo.intersection(span.used):
                self._mark(self._negated_by(span.end), Sense.NEGATED)
        for span in self._matches.certain("cue_negation_backward"):
            clause = self._clauses.of(span.used[0])
            self._mark((t for t in clause if t < span.used[0]), Sense.NEGATED)

    def _negated_by(self, start: int) -> Iterable[int]:
        for token in range(start, min(start + NEGATION_REACH, len(self._tokens))):
            pause = self._tokens[token].pause
            if pause >= Break.HARD or (token > start and self._ends_negation(token)):
                return
            if pause is Break.COMMA and not self._list_goes_on(token):
                return
            yield token

    def _ends_negation(self, token: int) -> bool:
        return self._tokens[token].word in _NEGATION_TERMINATORS

    def _list_goes_on(self, token: int) -> bool:
        """True after the comma of "no fever, cough or chest pain"."""
        for ahead in range(token, min(token + 10, len(self._tokens))):
            word, pause = self._tokens[ahead].word, self._tokens[ahead].pause
            if word in {"or", "nor"}:
                return True
            if pause >= Break.HARD or word in _NEGATION_TERMINATORS:
                return False
        return False

    def _history(self) -> None:
        """The past colours its sentence except where that speaks of the present."""
        for span in self._matches.certain("cue_past"):
            for clause in self._clauses.from_clause(span.used[0]):
                excepted = "cue_worse" if span.used[0] in clause else "cue_present"
                if not self._says(excepted, clause):
                    self._mark(clause, Sense.PAST)
        for span in self._matches.certain("cue_chronic"):
            clause = self._clauses.of(span.used[0])
            if not self._says("cue_worse", clause):
                self._mark(clause, Sense.CHRONIC)
        for span in self._matches.certain("cue_long_past"):
            for clause in self._clauses.from_clause(span.used[0]):
                if self._says("cue_still", clause) and not self._says("cue_worse", clause):
                    self._mark(clause, Sense.CHRONIC)

    def _habits(self) -> None:
        """What comes with every cold, unless this time is told to be another."""
        for span in self._matches.certain("cue_habit"):
            clauses = list(self._clauses.from_clause(span.used[0]))
            if not any(self._says("cue_worse", clause) for clause in clauses):
                for clause in clauses:
                    self._mark(clause, Sense.CHRONIC)

    def _says(self, cue: str, clause: range) -> bool:
        return any(
            span.used[0] in clause and self._tokens[span.used[0]].word != COULD_NOT
            for span in self._matches.spans(cue)
        )

    def _forward(self, cue: str, sense: Sense, ends: Callable[[int], bool]) -> None:
        for span in self._matches.certain(cue):
            scope: list[int] = []
            for token in self._clauses.rest_of_sentence(span.end):
                if self._clauses.opens_contrast(token) or (token > span.end and ends(token)):
                    break
                scope.append(token)
            if not (
                sense is Sense.HYPOTHETICAL
                and scope
                and self._says("cue_present_evidence", range(span.used[0], scope[-1] + 1))
            ):
                self._mark(scope, sense)
                self._mark(span.used, sense)

    def _backward_about(self) -> None:
        """The topic before a word such as "symptoms": "stroke symptoms", "chest pain causes"."""
        for span in self._matches.certain("cue_about_backward"):
            start = span.used[0]
            clause = self._clauses.of(start)
            if not self._clauses.is_personal(range(clause.start, start)):
                self._mark(range(clause.start, start), Sense.ABOUT)

    def _impersonal_questions(self) -> None:
        for sentence in self._clauses.sentences():
            if self._clauses.asks(sentence) and not self._clauses.is_personal(sentence):
                self._mark(sentence, Sense.ABOUT)

    def _generic(self) -> None:
        """From the clause of the cue until a clause speaks of a person."""
        for span in self._matches.certain("cue_generic"):
            start = self._clauses.of(span.used[0])
            for clause in self._clauses.from_clause(span.used[0]):
                if clause.start < start.start:
                    continue
                if clause != start and self._clauses.is_personal(clause):
                    break
                self._mark(clause, Sense.GENERIC)

    def _leaflet(self) -> None:
        """Leaflet text runs on until a sentence speaks of a person."""
        cues = {
            self._tokens[span.used[0]].sentence for span in self._matches.certain("cue_leaflet")
        }
        pasted = len(cues) > 1 and len(self._tokens) >= _LEAFLET_TOKENS
        whole = range(len(self._tokens))
        pasted = pasted or (len(whole) >= _PAGE_TOKENS and not self._clauses.is_personal(whole))
        inside = False
        for number, sentence in enumerate(self._clauses.sentences()):
            if self._clauses.is_personal(sentence):
                inside = False
                continue
            inside = inside or number in cues
            if inside or pasted:
                self._mark(sentence, Sense.GENERIC)

    def _known_illness(self) -> None:
        """The signs of an illness that has its name, in a question about that illness.

        They are what somebody has lived with, unless anything in the message is news, the illness
        is one that is an emergency itself, or it is a passing one that may hide one. That somebody
        has an illness is not enough: the question must be about it. Only rules that name this
        sense under ``yields`` give way to it.
        """
        if self._said("cue_news") or self._said("cue_acute_illness"):
            return
        told, named = self._said("cue_told"), self._said("cue_named")
        asked = (told or named) and self._said("cue_about_illness")
        searched = named and not any(token.word in _SOMEBODY for token in self._tokens)
        if not (asked or searched or (told and self._said("cue_course"))):
            return
        for sentence in self._clauses.sentences():
            if not self._said("cue_news_here", sentence):
                self._mark(sentence, Sense.KNOWN)

    def _said(self, cue: str, within: range | None = None) -> bool:
        """True when a cue is in the message, or in a part of it, and not denied."""
        return any(
            not self.of(span.used) & (Sense.NEGATED | Sense.IDIOM)
            and (within is None or span.used[0] in within)
            for span in self._matches.spans(cue)
        )

    def _fiction(self) -> None:
        """Fiction colours the whole message except what the patient says of himself or herself."""
        cues = [span.used[0] for span in self._matches.certain("cue_fiction")]
        if not cues:
            return
        for clause in self._clauses.all():
            own = any(self._tokens[t].word in {"i", "my", "me"} for t in clause)
            if not own or any(cue in clause for cue in cues):
                self._mark(clause, Sense.FICTION)

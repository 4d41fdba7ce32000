"""The rules and concepts as they stand in the TOML files, read once and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatbot.triage import measures
from chatbot.triage.context import Sense
from chatbot.triage.decision import Action
from chatbot.triage.matcher import Concept
from chatbot.triage.patterns import PatternError, beginnings, parse, symbols
from chatbot.triage.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chatbot.triage.patterns import Sequence

FOLDER = Path(__file__).parent
WITHIN = ("sentence", "message", "conversation")


class RuleError(ValueError):
    """A rule file cannot be used; the message names the file, the rule and the remedy."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: Names the rule, such as ``"stroke.face-arm-speech"``.
        category: The category of its card.
        action: What the patient gets when it fires.
        source: The guideline or public page that it follows.
        elements: Concepts of which each must be said.
        unless: Concepts that keep it from firing when one of them is in the message.
        within: How far apart its elements may be: one sentence, one message, the conversation.
        suppressed_by: The senses in which an element does not count.
        adds_emergency_number: True when the emergency number belongs on its card.
    """

    id: str
    category: str
    action: Action
    source: str
    elements: tuple[str, ...]
    unless: tuple[str, ...]
    within: str
    suppressed_by: Sense
    adds_emergency_number: bool


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything that triage knows.

    Attributes:
        concepts: In an order in which each stands after those it refers to.
        rules: By precedence of their action, then as written.
        speller: Knows the words of all patterns.
        spellings: Short forms and common misspellings.
        fillers: Words that may stand between the words of a phrase.
    """

    concepts: tuple[Concept, ...]
    rules: tuple[Rule, ...]
    speller: Speller
    spellings: Mapping[str, tuple[str, ...]]
    fillers: frozenset[str]
    background: frozenset[str]


@dataclass(slots=True)
class _Draft:
    """The patterns of a concept while the files are read."""

    where: str
    sequences: list[Sequence] = field(default_factory=list)
    pairs: list[tuple[str, ...]] = field(default_factory=list)
    background: bool = False


@cache
def rule_book() -> RuleBook:
    """The rules that ship with CiteWell, read at the first call."""
    return load(FOLDER)


def load(folder: Path) -> RuleBook:
    """Read all TOML files of a folder: words, context, concepts and rules.

    Raises:
        RuleError: When a file cannot be read, a rule lacks something or a pattern is wrong.
    """
    drafts: dict[str, _Draft] = {name: _Draft("measures") for name in measures.NAMES}
    words = _read(folder / "words.toml")
    for path in (folder / "context.toml", *sorted((folder / "rules").glob("*.toml"))):
        _add_concepts(drafts, path.name, _read(path).get("concepts", {}))
    rules: list[Rule] = []
    for path in sorted((folder / "rules").glob("*.toml")):
        rules.extend(_rule(drafts, path.name, entry) for entry in _read(path).get("rule", []))
    _check(rules, drafts)
    concepts = _in_order(drafts)
    return RuleBook(
        concepts=concepts,
        rules=tuple(sorted(rules, key=lambda rule: -rule.action.precedence)),
        speller=Speller(_vocabulary(drafts), words["known"].split(), words["numbers"].split()),
        spellings={short: tuple(full.split()) for short, full in words["spellings"].items()},
        fillers=frozenset(words["fillers"].split()),
        background=frozenset(concept.name for concept in concepts if concept.background),
    )


@cache
def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{path.name}: cannot be read: {error}") from error


def _add_concepts(drafts: dict[str, _Draft], file: str, tables: Mapping[str, Any]) -> None:
    for name, value in tables.items():
        where = f"{file}, concept {name}"
        if name in drafts:
            raise RuleError(f"{where}: the name is taken; choose another")
        patterns = value.get("patterns") if isinstance(value, dict) else value
        background = isinstance(value, dict) and bool(value.get("background"))
        _add_patterns(drafts, name, patterns, where, background=background)


def _add_patterns(
    drafts: dict[str, _Draft], name: str, patterns: Any, where: str, *, background: bool = False
) -> None:
    if not isinstance(patterns, list) or not patterns:
        raise RuleError(f"{where}: needs a list of patterns")
    draft = drafts[name] = _Draft(where, background=background)
    for pattern in patterns:
        try:
            sides = parse(pattern)
        except PatternError as error:
            raise RuleError(f"{where}: {error}") from error
        if len(sides) == 1:
            draft.sequences.append(sides[0])
            continue
        names = tuple(f"{name} {len(draft.pairs)} {number}" for number in range(len(sides)))
        draft.pairs.append(names)
        for side_name, side in zip(names, sides, strict=True):
            drafts[side_name] = _Draft(where, [side])


def _rule(drafts: dict[str, _Draft], file: str, entry: Mapping[str, Any]) -> Rule:
    rule_id = entry.get("id")
    where = f"{file}, rule {rule_id or '(without id)'}"
    missing = [key for key in ("id", "category", "action", "source") if not entry.get(key)]
    if missing:
        raise RuleError(f"{where}: lacks {', '.join(missing)}")
    elements = list(entry.get("all", []))
    if "phrases" in entry:
        elements.append(str(rule_id))
        _add_patterns(drafts, str(rule_id), entry["phrases"], where)
    if not elements:
        raise RuleError(f"{where}: needs phrases or all")
    within = entry.get("within", "conversation")
    if within not in WITHIN:
        raise RuleError(f"{where}: within must be one of {', '.join(WITHIN)}, not {within!r}")
    suppressed = ~Sense(0)
    try:
        action = Action(entry["action"])
        for sense in entry.get("ignores", []):
            suppressed &= ~Sense[sense.upper()]
    except (KeyError, ValueError) as error:
        raise RuleError(f"{where}: unknown action or sense {error}") from error
    return Rule(
        id=entry["id"],
        category=entry["category"],
        action=action,
        source=entry["source"],
        elements=tuple(elements),
        unless=tuple(entry.get("unless", [])),
        within=within,
        suppressed_by=suppressed,
        adds_emergency_number=bool(entry.get("adds_emergency_number")),
    )


def _check(rules: Iterable[Rule], drafts: Mapping[str, _Draft]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"rule {rule.id}: the id is used twice; choose another")
        seen.add(rule.id)
        for name in (*rule.elements, *rule.unless):
            if name not in drafts:
                raise RuleError(f"rule {rule.id}: no concept is called {name!r}")


def _names(draft: _Draft) -> set[str]:
    """The concepts that a draft refers to."""
    named = {
        symbol[1:-1]
        for sequence in draft.sequences
        for symbol in symbols(sequence)
        if symbol[0] == "{"
    }
    return named.union(*draft.pairs)


def _in_order(drafts: Mapping[str, _Draft]) -> tuple[Concept, ...]:
    """Concepts after those they refer to."""
    ordered: dict[str, Concept] = {}
    open_names: list[str] = []

    def visit(name: str, where: str) -> None:
        if name in ordered or name in measures.NAMES:
            return
        if name not in drafts:
            raise RuleError(f"{where}: no concept is called {name!r}")
        if name in open_names:
            raise RuleError(f"{drafts[name].where}: refers to itself")
        open_names.append(name)
        for other in sorted(_names(drafts[name])):
            visit(other, drafts[name].where)
        open_names.pop()
        ordered[name] = _concept(name, drafts[name])

    for name, draft in drafts.items():
        visit(name, draft.where)
    return tuple(ordered.values())


def _concept(name: str, draft: _Draft) -> Concept:
    index: dict[str, list[Sequence]] = {}
    for sequence in draft.sequences:
        for symbol in beginnings(sequence):
            index.setdefault(symbol, []).append(sequence)
    return Concept(
        name=name,
        sequences={symbol: tuple(found) for symbol, found in index.items()},
        pairs=tuple(draft.pairs),
        background=draft.background,
    )


def _vocabulary(drafts: Mapping[str, _Draft]) -> set[str]:
    return {
        symbol
        for draft in drafts.values()
        for sequence in draft.sequences
        for symbol in symbols(sequence)
    }

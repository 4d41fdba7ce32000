"""The rules as they stand in the TOML files, read once and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from chatbot.triage.concepts import ConceptCompiler, RuleError
from chatbot.triage.context import Sense
from chatbot.triage.decision import Action
from chatbot.triage.lexicon import FOLDER, Lexicon, lexicon, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

WITHIN = ("sentence", "message", "conversation")


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
        suppressed_by: The senses in which an element does not count: all but those that the file
            lists under ``ignores``, and ``known`` only where it is listed under ``yields``.
        adds_emergency_number: True when the emergency number belongs on its card.
        certain: True when it decides whatever a model makes of the message; any other rule is a
            suspicion, which decides where no model is there.
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
    certain: bool


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything that triage knows.

    Attributes:
        lexicon: The words and concepts.
        rules: By precedence of their action, then as written.
        background: Concepts that are facts about the person.
    """

    lexicon: Lexicon
    rules: tuple[Rule, ...]
    background: frozenset[str]


@cache
def rule_book() -> RuleBook:
    """The rules that ship with CiteWell, read at the first call."""
    return load(FOLDER)


def load(folder: Path) -> RuleBook:
    """Read all TOML files of a folder: words, context, concepts and rules.

    Raises:
        RuleError: When a file cannot be read, a rule lacks something or a pattern is wrong.
    """
    files = sorted((folder / "rules").glob("*.toml"))
    concepts = ConceptCompiler()
    for path in (folder / "context.toml", *files):
        concepts.add_table(path.name, read_toml(path).get("concepts", {}))
    rules = [
        _rule(concepts, path.name, entry)
        for path in files
        for entry in read_toml(path).get("rule", [])
    ]
    _check(rules, concepts)
    words = lexicon(concepts, folder, forgiving=True)
    return RuleBook(
        lexicon=words,
        rules=tuple(sorted(rules, key=lambda rule: -rule.action.precedence)),
        background=frozenset(concept.name for concept in words.concepts if concept.background),
    )


def _rule(concepts: ConceptCompiler, file: str, entry: Mapping[str, Any]) -> Rule:
    where = f"{file}, rule {entry.get('id') or '(without id)'}"
    missing = [key for key in ("id", "category", "action", "source") if not entry.get(key)]
    if missing:
        raise RuleError(f"{where}: lacks {', '.join(missing)}")
    elements = list(entry.get("all", []))
    if "phrases" in entry:
        elements.append(entry["id"])
        concepts.add(entry["id"], entry["phrases"], where)
    if not elements:
        raise RuleError(f"{where}: needs phrases or all")
    within = entry.get("within", "conversation")
    if within not in WITHIN:
        raise RuleError(f"{where}: within must be one of {', '.join(WITHIN)}, not {within!r}")
    return Rule(
        id=entry["id"],
        category=entry["category"],
        action=_action(entry["action"], where),
        source=entry["source"],
        elements=tuple(elements),
        unless=tuple(entry.get("unless", [])),
        within=within,
        suppressed_by=(
            _senses(entry.get("yields", []), "yields", where)
            | ~Sense.KNOWN & ~_senses(entry.get("ignores", []), "ignores", where)
        ),
        adds_emergency_number=bool(entry.get("adds_emergency_number")),
        certain=bool(entry.get("certain")),
    )


def _action(name: str, where: str) -> Action:
    try:
        return Action(name)
    except ValueError as error:
        raise RuleError(f"{where}: action must be one of {', '.join(Action)}") from error


def _senses(names: Iterable[str], key: str, where: str) -> Sense:
    senses = Sense(0)
    for name in names:
        if name.upper() not in Sense.__members__:
            known = ", ".join(Sense.__members__).lower()
            raise RuleError(f"{where}: {key} {name!r}, which is none of {known}")
        senses |= Sense[name.upper()]
    return senses


def _check(rules: Iterable[Rule], concepts: ConceptCompiler) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"rule {rule.id}: the id is used twice; choose another")
        seen.add(rule.id)
        for name in (*rule.elements, *rule.unless):
            if name not in concepts:
                raise RuleError(f"rule {rule.id}: no concept is called {name!r}")

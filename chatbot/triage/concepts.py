"""Compile concepts from the patterns that a TOML file lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chatbot.triage import measures
from chatbot.triage.matcher import Concept
from chatbot.triage.patterns import PatternError, beginnings, parse, symbols

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.triage.patterns import Sequence


class RuleError(ValueError):
    """A rule file cannot be used; the message names the file, the rule and what is wrong."""


@dataclass(slots=True)
class _Draft:
    """The patterns of a concept, and the file and entry they come from."""

    where: str
    sequences: list[Sequence] = field(default_factory=list)
    pairs: list[tuple[str, ...]] = field(default_factory=list)
    background: bool = False

    def names(self) -> set[str]:
        """The concepts that the patterns refer to."""
        named = {
            symbol[1:-1]
            for sequence in self.sequences
            for symbol in symbols(sequence)
            if symbol[0] == "{"
        }
        return named.union(*self.pairs)


class ConceptCompiler:
    """Collects concepts, in any order, and puts each after those it refers to."""

    def __init__(self) -> None:
        """Begin with the measures."""
        self._drafts: dict[str, _Draft] = {name: _Draft("measures") for name in measures.NAMES}

    def __contains__(self, name: str) -> bool:
        """True for a concept that was added or is a measure."""
        return name in self._drafts

    def add_table(self, file: str, table: Mapping[str, Any]) -> None:
        """Add the ``[concepts]`` of a file: lists, or tables with patterns and background."""
        for name, value in table.items():
            where = f"{file}, concept {name}"
            patterns = value.get("patterns") if isinstance(value, dict) else value
            background = isinstance(value, dict) and bool(value.get("background"))
            self.add(name, patterns, where, background=background)

    def add(self, name: str, patterns: Any, where: str, *, background: bool = False) -> None:
        """Add one concept.

        Raises:
            RuleError: When the name is taken or a pattern cannot be read.
        """
        if name in self._drafts:
            raise RuleError(f"{where}: the name is taken; choose another")
        if not isinstance(patterns, list) or not patterns:
            raise RuleError(f"{where}: needs a list of patterns")
        draft = self._drafts[name] = _Draft(where, background=background)
        for pattern in patterns:
            try:
                sides = parse(str(pattern))
            except PatternError as error:
                raise RuleError(f"{where}: {error}") from error
            if len(sides) == 1:
                draft.sequences.append(sides[0])
                continue
            names = tuple(f"{name} {len(draft.pairs)} {number}" for number in range(len(sides)))
            draft.pairs.append(names)
            for side_name, side in zip(names, sides, strict=True):
                self._drafts[side_name] = _Draft(where, [side])

    def compile(self) -> tuple[Concept, ...]:
        """The concepts, each after those it refers to.

        Raises:
            RuleError: When one refers to itself or to a concept that there is not.
        """
        ordered: dict[str, Concept] = {}
        open_names: list[str] = []

        def visit(name: str, where: str) -> None:
            if name in ordered or name in measures.NAMES:
                return
            if name not in self._drafts:
                raise RuleError(f"{where}: no concept is called {name!r}")
            draft = self._drafts[name]
            if name in open_names:
                raise RuleError(f"{draft.where}: refers to itself")
            open_names.append(name)
            for other in sorted(draft.names()):
                visit(other, draft.where)
            open_names.pop()
            ordered[name] = _concept(name, draft)

        for name, draft in self._drafts.items():
            visit(name, draft.where)
        return tuple(ordered.values())

    def vocabulary(self) -> set[str]:
        """Every word and concept that a pattern names."""
        named = {
            symbol
            for draft in self._drafts.values()
            for sequence in draft.sequences
            for symbol in symbols(sequence)
        }
        return named | measures.WORDS


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

"""``python -m evals train-triage``: from written examples to chatbot/learned/triage.npz."""

from __future__ import annotations

import math
import random
import sys
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import torch
from tqdm import tqdm

from chatbot.learned.lowrank import AdaptedEncoder, to_arrays
from chatbot.learned.triage import (
    CLASSES,
    FILE,
    POISON_NOW,
    SCALE,
    TriageHead,
    triage_reader,
)
from chatbot.triage import Action
from chatbot.triage.engine import rules_fired
from chatbot.triage.meaning import Thresholds
from evals.cases import load_cases
from evals.datasets.lines import json_lines
from evals.datasets.schema import CasesError
from evals.training.lowrank import (
    batches,
    embedded,
    factors_of,
    learner_of,
    optimiser_of,
    varied,
)
from ingest.embedding import embedder_from
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from chatbot.triage.meaning import Meaning
    from evals.datasets.schema import Case
    from ingest.embedding import SentenceTransformerEmbedder

FOLDS = 3
_EPOCHS = 3
_BATCH = 32
_GRADIENT_MAX = 1.0
_CATEGORY_SHARE = 0.3
_UNKNOWN = -100
# Of the messages, so many are seen with an ordinary question before or behind them.
_TOGETHER = 0.1
_FAMILY, _CATEGORY, _NUMBER = "family:", "category:", "emergency-number"
ORDINARY = "ordinary"
# The tag of a lay question that tells of a danger.
_DANGER = "danger"
# Of ordinary questions so many may get a card that stands alone; about one in a hundred of the lay
# questions does tell of a danger.
_FALSE_ALONE = 0.02
# The same for the model's belief in a card of any kind, above which it gives one for today.
_FALSE_TODAY = 0.015
# A rule's suspicion stands unless the model is this sure that there is no danger.
_HARMLESS = 0.03


@dataclass(frozen=True, slots=True)
class Example:
    """A message and what it calls for.

    Attributes:
        text: The message.
        label: One of `CLASSES`.
        category: The card's category, or None where none fits.
        family: Messages of one family tell of the same situation.
    """

    text: str
    label: str
    category: str | None
    family: str

    @property
    def is_card(self) -> bool:
        """Whether it calls for any card."""
        return self.label != Action.NORMAL

    @property
    def is_danger(self) -> bool:
        """Whether it calls for a card that stands alone."""
        return self.label not in {Action.NORMAL, Action.URGENT}


def examples(options: argparse.Namespace) -> list[Example]:
    """The written examples, the rules' own cases, and ordinary questions beside them."""
    found = [_example(case) for case in load_cases([options.examples])]
    found += [
        Example(line["text"], line["action"], line.get("category"), line["id"])
        for _, line in json_lines(options.cases)
        if not line.get("held_out") and not line.get("history")
    ]
    ordinary = _lay(options)[: options.ordinary]
    ordinary += [line["question"] for _, line in json_lines(options.kinds)]
    return found + [
        Example(text, Action.NORMAL, None, f"{ORDINARY}:{number}")
        for number, text in enumerate(ordinary)
    ]


def _lay(options: argparse.Namespace) -> list[str]:
    """The lay questions in an order by chance; the first are learned from.

    A few tell of a danger that is there now, and are no ordinary questions.
    """
    cases = [case for case in load_cases([options.lay]) if _DANGER not in case.tags]
    return [case.question for case in random.Random(0).sample(cases, len(cases))]  # noqa: S311


def _example(case: Case) -> Example:
    told = {name: _told(case, name) for name in (_FAMILY, _CATEGORY)}
    action = case.expected_action or Action.NORMAL
    now = action is Action.POISON and _NUMBER in case.tags
    label = POISON_NOW if now else action.value
    return Example(case.question, label, told[_CATEGORY], told[_FAMILY] or case.id)


def _told(case: Case, prefix: str) -> str | None:
    return next((tag.removeprefix(prefix) for tag in case.tags if tag.startswith(prefix)), None)


def execute(options: argparse.Namespace) -> str:
    """Learns, sets the thresholds, writes the file, tells the figures.

    The thresholds come from lay questions that nothing was learned from. With
    `options.thresholds` only these are set again.
    """
    embedder = embedder_from(IngestSettings())
    apart = _lay(options)[options.ordinary :]
    if options.thresholds:
        shipped = triage_reader(embedder)
        encoder, head = shipped.encoder, shipped.head
        thresholds, told = _thresholds(head(encoder.embed(apart)), apart)
        _write(options, encoder, head, thresholds, embedder.identity.digest)
        return told
    found = examples(options)
    categories = tuple(sorted({each.category for each in found if each.is_card and each.category}))
    encoder, head = fit_triage(embedder, found, categories)
    thresholds, told = _thresholds(head(encoder.embed(apart)), apart)
    _write(options, encoder, head, thresholds, embedder.identity.digest)
    if options.unvalidated:
        return told
    meanings = _cross_validated(found, embedder, categories)
    suspected = _suspected([each.text for each in found])
    return f"{told}\n{_figures(found, meanings, suspected, thresholds)}"


def _cross_validated(
    found: Sequence[Example],
    embedder: SentenceTransformerEmbedder,
    categories: tuple[str, ...],
) -> list[Meaning]:
    """Of each example, what a model makes of it that never saw its family."""
    folds = np.array([_fold_of(each.family) for each in found])
    result: dict[int, Meaning] = {}
    for fold in range(FOLDS):
        others = [found[i] for i in np.flatnonzero(folds != fold).tolist()]
        encoder, head = fit_triage(embedder, others, categories)
        own = np.flatnonzero(folds == fold).tolist()
        result.update(zip(own, head(encoder.embed([found[i].text for i in own])), strict=True))
    return [result[i] for i in range(len(found))]


def _fold_of(family: str) -> int:
    return int.from_bytes(sha256(family.encode()).digest()[:4]) % FOLDS


def fit_triage(
    embedder: SentenceTransformerEmbedder,
    found: Sequence[Example],
    categories: tuple[str, ...],
    seed: int = 0,
    epochs: int = _EPOCHS,
) -> tuple[AdaptedEncoder, TriageHead]:
    """Encoder and head, by the cross-entropy of actions and, of dangers, categories.

    Args:
        embedder: The embedding model; it is left as it is.
        found: What is learned from.
        categories: Of the cards.
        seed: Of the start, the order and the slips.
        epochs: How often each example is seen.
    """
    torch.manual_seed(seed)
    chance = random.Random(seed)  # noqa: S311 - no secret
    learner, changes = learner_of(embedder.load())
    rows = len(CLASSES) + len(categories)
    head = torch.nn.Linear(learner.get_sentence_embedding_dimension() or 0, rows)
    parameters = [weights for change in changes.values() for weights in change.parameters()]
    parameters += list(head.parameters())
    steps = epochs * math.ceil(len(found) / _BATCH)
    optimiser, schedule = optimiser_of(parameters, steps)
    with tqdm(total=steps, desc="triage", file=sys.stderr, mininterval=10) as progress:
        for batch in _seen(found, epochs, chance):
            texts = [varied(text, chance) for text, _ in batch]
            values = head(embedded(learner, texts) * SCALE)
            loss = _loss(values, [each for _, each in batch], categories)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(parameters, _GRADIENT_MAX)
            optimiser.step()
            schedule.step()
            progress.update()
    weights, bias = (part.detach().numpy() for part in (head.weight, head.bias))
    return AdaptedEncoder(embedder, factors_of(changes)), TriageHead(weights, bias, categories)


def _seen(
    found: Sequence[Example], epochs: int, chance: random.Random
) -> Iterator[list[tuple[str, Example]]]:
    """The batches of all epochs."""
    ordinary = [each.text for each in found if each.family.startswith(ORDINARY)]
    for _ in range(epochs):
        # Company makes a message longer: it comes before batches of like length are made.
        items = [(_in_company(each.text, ordinary, chance), each) for each in found]
        yield from batches(items, _BATCH, chance)


def _in_company(text: str, ordinary: Sequence[str], chance: random.Random) -> str:
    """The message, at times with an ordinary question before or behind it."""
    if not ordinary or chance.random() >= _TOGETHER:
        return text
    pair = [text, chance.choice(ordinary)]
    chance.shuffle(pair)
    return " ".join(pair)


def _loss(
    values: torch.Tensor, batch: Sequence[Example], categories: tuple[str, ...]
) -> torch.Tensor:
    labels = torch.tensor([CLASSES.index(each.label) for each in batch])
    loss = torch.nn.functional.cross_entropy(values[:, : len(CLASSES)], labels)
    kinds = [
        categories.index(each.category) if each.is_card and each.category else _UNKNOWN
        for each in batch
    ]
    if any(kind != _UNKNOWN for kind in kinds):
        loss = loss + _CATEGORY_SHARE * torch.nn.functional.cross_entropy(
            values[:, len(CLASSES) :], torch.tensor(kinds), ignore_index=_UNKNOWN
        )
    return loss


def set_thresholds(meanings: Sequence[Meaning], suspected: NDArray[np.bool_]) -> Thresholds:
    """The lowest thresholds that keep false cards as rare as is wanted.

    Args:
        meanings: What the model makes of ordinary questions that it did not learn from.
        suspected: For which of them a rule fires.
    """
    belief = np.array([meaning.danger for meaning in meanings])
    urgent = np.array([meaning.urgent for meaning in meanings])
    harmless = math.log(_HARMLESS / (1 - _HARMLESS))
    left = _FALSE_ALONE - float(np.mean(suspected & (belief >= harmless)))
    if left <= 0:
        raise CasesError(
            f"rules and model together give cards for more than {_FALSE_ALONE:.1%} of the ordinary "
            "questions before the model gives one by itself: mend the rules that fire falsely"
        )
    alone = float(np.quantile(np.where(suspected, -np.inf, belief), 1 - left))
    return Thresholds(alone, harmless, float(np.quantile(urgent, 1 - _FALSE_TODAY)))


def _thresholds(meanings: Sequence[Meaning], texts: Sequence[str]) -> tuple[Thresholds, str]:
    thresholds = set_thresholds(meanings, _suspected(texts))
    return thresholds, f"set on {len(texts)} ordinary questions: {thresholds}"


def _suspected(texts: Sequence[str]) -> NDArray[np.bool_]:
    """For which texts a rule asks for a card that stands alone."""
    return np.array(
        [
            any(rule.action is not Action.URGENT for rule, _ in rules_fired(text))
            for text in tqdm(texts, desc="rules", file=sys.stderr, mininterval=10)
        ]
    )


def _write(
    options: argparse.Namespace,
    encoder: AdaptedEncoder,
    head: TriageHead,
    thresholds: Thresholds,
    digest: str,
) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        options.out / FILE,
        head_weights=head.weights.astype(np.float16),
        head_bias=head.bias.astype(np.float16),
        categories=np.array(head.categories),
        thresholds=np.array([thresholds.danger, thresholds.suspected, thresholds.urgent]),
        **to_arrays(encoder.factors),
        model_sha256=np.array(digest),
    )


def _figures(
    found: Sequence[Example],
    meanings: Sequence[Meaning],
    suspected: NDArray[np.bool_],
    thresholds: Thresholds,
) -> str:
    """Recall and false cards of the model with the rules' suspicions, cross-validated."""
    bars = np.where(suspected, thresholds.suspected, thresholds.danger)
    given = np.array([meaning.danger for meaning in meanings]) >= bars
    danger = np.array([each.is_danger for each in found])
    ordinary = np.array([each.family.startswith(ORDINARY) for each in found])
    near = np.array([each.label == Action.NORMAL for each in found]) & ~ordinary
    lines = []
    groups = {"dangers": danger, "near misses": near, "ordinary questions": ordinary}
    for name, chosen in groups.items():
        share, rules = given[chosen].mean(), suspected[chosen].mean()
        lines.append(f"{name}: cards for {share:.4f} of {chosen.sum()}, rules alone {rules:.4f}")
    for label in CLASSES[1:]:
        chosen = np.array([each.label == label for each in found])
        if chosen.any():
            share = given[chosen].mean()
            lines.append(f"  {label}: {share:.3f} of {chosen.sum()} get a card that stands alone")
    return "\n".join(lines)

"""docs/evaluation.md says all there is: fields, metrics, commands and their options."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from evals.cases import Case, Message, Relevant
from evals.gate import Gate, Threshold
from evals.metrics import PER_CASE
from evals.metrics_overall import OVERALL
from evals.results import Row
from evals.scorers import SCORERS, Score
from tests.conftest import PROJECT

DOCUMENT = (PROJECT / "docs" / "evaluation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("model", [Case, Message, Relevant, Gate, Threshold])
def test_fields_are_told_as_the_schema_has_them(model):
    for name, field in model.model_fields.items():
        row = f"| `{name}` | {field.description}{' (required)' * field.is_required()} |"
        assert row in DOCUMENT, f"docs/evaluation.md lacks the row: {row}"


@pytest.mark.parametrize("model", [Row, Score])
def test_fields_of_results_are_named(model):
    for name in model.model_fields:
        assert f'"{name}"' in DOCUMENT, name


def test_every_metric_is_explained():
    names = {metric.name for metric in PER_CASE} | OVERALL.keys()
    names |= {scorer.name for scorer in SCORERS}
    told = set(re.findall(r"^\| `(\w+)`(?:, `\w+`)* \|", DOCUMENT, re.MULTILINE))
    told |= {n for row in re.findall(r"^\| (`\w+`(?:, `\w+`)+) \|", DOCUMENT, re.MULTILINE)
             for n in re.findall(r"\w+", row)}  # fmt: skip
    assert names <= told, sorted(names - told)


def test_every_command_and_option_is_named():
    for command in ("run", "compare", "gate", "abstention", "judge-agreement", "documents"):
        assert f"python -m evals {command}" in DOCUMENT
        done = subprocess.run(
            [sys.executable, "-m", "evals", command, "--help"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        for option in set(re.findall(r"--[a-z-]+", done.stdout)) - {"--help"}:
            assert option in DOCUMENT, f"{command} {option}"

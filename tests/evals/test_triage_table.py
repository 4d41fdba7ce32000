"""The table of triage by category and form."""

from __future__ import annotations

import json

import pytest

from evals.triage_table import triage_table
from ingest.errors import SourceError


def test_a_row_for_all_and_for_each_group(tmp_path):
    share = {"hits": 9, "n": 10, "low": 0.6, "high": 0.98}
    none = {"hits": 0, "n": 0, "low": None, "high": None}
    summary = {
        "metrics": {"triage": share, "false_cards": none},
        "by_tag": {"form:short": {"triage": share}, "triage": {"triage": share}},
    }
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    lines = triage_table(tmp_path).splitlines()
    assert lines[2:] == [
        "| all | 9 of 10 (0.60 to 0.98) |  |",
        "| short | 9 of 10 (0.60 to 0.98) |  |",
    ]


def test_no_run_is_told(tmp_path):
    with pytest.raises(SourceError, match=r"summary\.json"):
        triage_table(tmp_path)

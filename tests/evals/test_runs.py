"""Runs: what they write, that they write it twice alike, and how they survive being stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from filelock import FileLock

from evals.__main__ import main
from evals.cases import CasesError, load_cases
from evals.results import read_rows
from evals.runs import Interrupted, run
from evals.summary import in_words
from tests.conftest import PROJECT
from tests.evals.conftest import case

STARTER = PROJECT / "evals" / "cases" / "starter.jsonl"
VARYING = ("latency_ms", "environment")


def lines(folder):
    """The lines of a run without what may vary."""
    found = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    for line in found:
        if line["answer"]:
            del line["answer"]["timings_ms"]
    return found


def ends(folder):
    """How each case ended, in order, and whether its citations hold."""
    return [(r.case.id, r.outcome, r.value("quote_integrity")) for r in read_rows(folder)]


def summary_of(folder):
    summary = json.loads((folder / "summary.json").read_text())
    return {name: value for name, value in summary.items() if name not in VARYING}


def test_a_run_is_written_and_told(system, few, tmp_path):
    summary = run(system, few, tmp_path)
    rows = read_rows(tmp_path)
    assert [row.case.id for row in rows] == ["a", "b", "c", "d"]
    assert [row.outcome for row in rows] == ["answered", "answered", "abstained", "emergency"]
    assert json.loads((tmp_path / "summary.json").read_text()) == summary
    metrics = summary["metrics"]
    assert (metrics["outcome"]["hits"], metrics["outcome"]["n"]) == (4, 4)
    assert metrics["triage_recall_emergency"]["value"] == 1
    assert metrics["follow_up_retention"]["value"] == 1
    assert set(summary["by_tag"]) == {"answer", "follow-up", "missing", "triage"}
    assert set(summary["by_kind"]) == {"causes", "treatment"}
    assert summary["environment"]["index"]["documents"] == 8
    assert len(summary["environment"]["cases_sha256"]) == 64
    assert "4 of 4" in in_words(summary)


def test_the_same_run_gives_the_same_twice(system, few, tmp_path):
    for folder in ("a", "b"):
        run(system, few, tmp_path / folder)
    assert lines(tmp_path / "a") == lines(tmp_path / "b")
    assert summary_of(tmp_path / "a") == summary_of(tmp_path / "b")


class Fragile:
    """A chatbot that fails at one question, or is stopped there."""

    def __init__(self, chatbot, question=None, error=None):
        """Takes the real one, and what it raises at which question."""
        self.chatbot = chatbot
        self.question = question
        self.error = error
        self.asked = []

    def answer(self, question, history=(), locale=None):
        self.asked.append(question)
        if question == self.question:
            raise self.error
        return self.chatbot.answer(question, history, locale)


def test_one_failing_question_is_an_error_and_the_rest_goes_on(system, few, tmp_path):
    fragile = Fragile(system.chatbot, few[1].question, RuntimeError("no luck"))
    summary = run(replace(system, chatbot=fragile), few, tmp_path)
    rows = read_rows(tmp_path)
    assert [row.error for row in rows] == [None, "RuntimeError: no luck", None, None]
    assert rows[1].scores == {}
    assert summary["errors"] == 1
    assert summary["metrics"]["outcome"]["n"] == 3
    assert "1 questions could not be asked" in in_words(summary)


def stopped(system, few, folder):
    """A run that was stopped from the keyboard before its third case."""
    fragile = Fragile(system.chatbot, few[2].question, KeyboardInterrupt())
    with pytest.raises(Interrupted, match="after 2 of 4"):
        run(replace(system, chatbot=fragile), few, folder)


def asked_by(system, few, folder, **options):
    """The questions that a run asks."""
    recording = Fragile(system.chatbot)
    run(replace(system, chatbot=recording), few, folder, **options)
    return recording.asked


def test_a_stopped_run_goes_on(system, few, tmp_path, caplog):
    stopped(system, few, tmp_path / "a")
    with (tmp_path / "a" / "results.jsonl").open("a") as results:
        results.write('{"case": {"id": "c", "quest')
    assert asked_by(system, few, tmp_path / "a") == [few[2].question, few[3].question]
    assert "goes on after 2 of 4 cases" in caplog.text
    run(system, few, tmp_path / "whole")
    assert lines(tmp_path / "a") == lines(tmp_path / "whole")
    assert summary_of(tmp_path / "a") == summary_of(tmp_path / "whole")


def test_a_finished_run_is_asked_anew(system, few, tmp_path):
    run(system, few, tmp_path)
    assert few[0].question in asked_by(system, few, tmp_path)
    assert len(read_rows(tmp_path)) == 4


def test_fresh_starts_anew(system, few, tmp_path):
    stopped(system, few, tmp_path)
    assert few[0].question in asked_by(system, few, tmp_path, fresh=True)
    assert len(read_rows(tmp_path)) == 4


def test_other_cases_or_another_index_start_anew_and_say_so(system, few, tmp_path, caplog):
    stopped(system, few, tmp_path)
    others = [*few[:3], case(id="e")]
    assert few[0].question in asked_by(system, others, tmp_path)
    assert "set of cases is another now: starting anew" in caplog.text
    stopped(system, few, tmp_path)
    another = replace(system, index={**system.index, "documents_sha256": "other"})
    assert few[0].question in asked_by(another, few, tmp_path)
    assert "index is another now: starting anew" in caplog.text


def test_a_broken_line_in_the_middle_starts_anew(system, few, tmp_path, caplog):
    stopped(system, few, tmp_path)
    results = tmp_path / "results.jsonl"
    results.write_text("{torn\n" + results.read_text())
    assert few[0].question in asked_by(system, few, tmp_path)
    assert "can't be read: starting anew" in caplog.text


def test_two_runs_do_not_share_a_folder(system, few, tmp_path):
    with FileLock(tmp_path / "run.lock"), pytest.raises(CasesError, match="another run"):
        run(system, few, tmp_path)


def command(folder, library, *more):
    return [
        *(sys.executable, "-m", "evals", "run", str(STARTER)),
        *("--sample", "60", "--index", str(library), "--out", str(folder), *more),
    ]


def wait_for_lines(path, count):
    end = time.monotonic() + 120
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < end, f"{path} did not come to {count} lines"
        time.sleep(0.01)


@pytest.mark.parametrize(("sign", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_killed_run_is_gone_on_with(library, tmp_path, system, sign, status):
    # A background job without a terminal ignores the interrupt, and so would what it starts.
    process = subprocess.Popen(
        command(tmp_path / "a", library), cwd=PROJECT, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    try:
        wait_for_lines(tmp_path / "a" / "results.jsonl", 3)
    finally:
        process.send_signal(sign)
        _, told = process.communicate()
    assert process.returncode == status
    if status == 130:
        assert "give the same command again to go on" in told
        assert "Traceback" not in told
    done = subprocess.run(
        command(tmp_path / "a", library, "--json"),
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "goes on after" in done.stderr
    assert json.loads(done.stdout)["cases"] == 60
    for name in ("report.html", "junit.xml"):
        assert (tmp_path / "a" / name).stat().st_size > 0
    run(system, load_cases([STARTER], 60, 20261122), tmp_path / "whole")
    # Another process: Chroma's approximate search may differ in the last of a hundred passages.
    assert ends(tmp_path / "a") == ends(tmp_path / "whole")


def test_a_sample_of_none_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["run", str(STARTER), "--sample", "0"])
    assert ended.value.code == 2
    assert "must be 1 or more" in capsys.readouterr().err


def test_a_folder_without_a_run_is_named(tmp_path, capsys):
    assert main(["compare", str(tmp_path), str(tmp_path)]) == 1
    assert "holds no run" in capsys.readouterr().err

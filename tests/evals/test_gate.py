"""The gate: it shuts below its figures, where nothing was scored, and for a broken library."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from chatbot.engine import Chatbot
from evals.__main__ import main
from evals.cases import load_cases
from evals.environment import System, index_facts
from evals.gate import GateError, failures, load_gate
from evals.metrics import Figure, share_figure
from evals.results import SUMMARY
from evals.runs import run
from ingest.loaders import load
from tests.conftest import PROJECT, open_index, sync

CASES = PROJECT / "evals" / "cases"
STARTER = CASES / "starter.jsonl"
GATE = PROJECT / "gate.toml"


def written(tmp_path, text):
    path = tmp_path / "gate.toml"
    path.write_text(text)
    return path


def summary(**metrics):
    plain = {name: figure.plain() for name, figure in metrics.items()}
    lay = {"section_at_1": share_figure(1, 2).plain()}
    return {"errors": 0, "metrics": plain, "by_tag": {"lay": lay}, "by_kind": {"causes": lay}}


@pytest.fixture
def found():
    return summary(
        section_at_1=share_figure(90, 100),
        false_cards=share_figure(3, 100),
        abstention_auroc=Figure(0.93, 0.90, 0.95, 50, "auroc"),
        must=share_figure(5, 6, unscored=2),
        faithfulness=share_figure(0, 0, unscored=4),
    )


def told(tmp_path, text, found):
    return failures(found, load_gate(written(tmp_path, text)))


@pytest.mark.parametrize(
    "text",
    [
        "[metrics]\nsection_at_1 = 0.9",
        "[metrics]\nsection_at_1 = { at_least = 0.82, use = 'bound' }",
        "use = 'bound'\n[metrics]\nsection_at_1 = 0.82",
        "[metrics]\nsection_at_1 = { misses_at_most = 10 }",
        "[metrics]\nsection_at_1 = { at_most = 0.95, n_at_least = 100 }",
        "[metrics]\nfalse_cards = 0.03",
        "[metrics]\nfalse_cards = { misses_at_most = 3 }",
        "[metrics]\nabstention_auroc = { at_least = 0.9, use = 'bound' }",
        "[metrics]\nmust = { at_least = 0.8, unscored_at_most = 2 }",
        "[tags.lay]\nsection_at_1 = 0.5",
        "[kinds.causes]\nsection_at_1 = 0.5",
    ],
)
def test_what_reaches_it_passes(tmp_path, text, found):
    assert told(tmp_path, text, found) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "[metrics]\nsection_at_1 = 0.91",
            "section_at_1: 0.900 (0.826 to 0.945), 90 of 100; wanted at least 0.91",
        ),
        ("use = 'bound'\n[metrics]\nsection_at_1 = 0.9", "at least 0.9 for the worse end"),
        ("[metrics]\nsection_at_1 = { misses_at_most = 9 }", "9 that went wrong, not 10"),
        ("[metrics]\nsection_at_1 = { at_least = 0.5, n_at_least = 101 }", "at least 101 cases"),
        ("[metrics]\nfalse_cards = 0.02", "wanted at most 0.02"),
        ("[metrics]\nfalse_cards = { at_most = 0.05, use = 'bound' }", "at most 0.05 for the wor"),
        ("[metrics]\nfalse_cards = { misses_at_most = 2 }", "2 that went wrong, not 3"),
        ("[metrics]\nabstention_auroc = 0.94", "0.930 (0.900 to 0.950), auroc over 50; wanted"),
        ("[metrics]\nabstention_auroc = { misses_at_most = 0 }", "a share, for misses_at_most"),
        ("[metrics]\nmust = 0.8", "at most 0 unscored"),
        ("[metrics]\nfaithfulness = 0.8", "no case scored, 4 unscored; wanted a case"),
        ("[metrics]\nmrr_at_10 = 0.1", "mrr_at_10: no case scored; wanted a case"),
        ("[tags.lay]\nsection_at_1 = 0.6", "tag lay: section_at_1: 0.500"),
        ("[tags.none]\nsection_at_1 = 0.1", "tag none: section_at_1: no case scored"),
        ("[kinds.causes]\nsection_at_1 = 0.6", "kind causes: section_at_1: 0.500"),
    ],
)
def test_what_does_not_is_told_on_one_line(tmp_path, text, line, found):
    (failure,) = told(tmp_path, text, found)
    assert line in failure


def test_questions_that_failed_shut_it(tmp_path, found):
    found["errors"] = 2
    text = "[metrics]\nsection_at_1 = 0.5"
    assert told(tmp_path, text, found) == ["2 questions could not be asked, wanted at most 0"]
    assert told(tmp_path, f"errors_at_most = 2\n{text}", found) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[metrics]\nsection_at_9 = 0.5", "there is no metric 'section_at_9': known are section"),
        ("[tags.lay]\nabstention_auroc = 0.5", "over all cases only"),
        ("[metrics]\nmust = {}", "write at_least, at_most or misses_at_most"),
        ("[metrics]\nmust = { least = 1 }", "metrics.must.least: Extra inputs"),
        ("[metric]\nmust = 1", "metric: Extra inputs"),
        ("use = 'value'", "asks nothing"),
        ("metrics = 3", "write tables"),
        ("[metrics", "no TOML"),
    ],
)
def test_a_gate_that_makes_no_sense_is_no_pass(tmp_path, text, reason, capsys):
    path = written(tmp_path, text)
    with pytest.raises(GateError, match=r"gate\.toml: .*" + reason.replace(".", r"\.")):
        load_gate(path)
    assert main(["run", str(STARTER), "--gate", str(path), "--out", str(tmp_path / "run")]) == 1
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_gate_that_is_not_there_is_no_pass(tmp_path, capsys):
    assert main(["gate", str(tmp_path), "--gate", str(tmp_path / "none.toml")]) == 1
    assert main(["gate", str(tmp_path), "--gate", str(GATE)]) == 1
    assert "no finished run" in capsys.readouterr().err


def test_the_shipped_gate_asks_for_what_must_never_slip():
    gate = load_gate(GATE)
    for name in ("quote_integrity", "sentence_support", "no_citation_without_answer"):
        threshold = gate.metrics[name]
        assert threshold.at_least == 1.0 or threshold.misses_at_most == 0
    assert {"section_at_1", "outcome", "false_cards", "abstention_auroc"} <= gate.metrics.keys()
    assert tomllib.loads(GATE.read_text())["metrics"]


# A broken library, and what the commands say of it.


# Texts under the wrong titles are found in the wrong place, answered wrongly, or not at all.
WRONG = re.compile(r"gate: (must|outcome|section_at_1): 0\.[05]00 .* wanted at least 1")


def documents(*folders):
    for path in sorted(path for folder in folders for path in folder.rglob("*.md")):
        if path.stem != "README":
            yield from load(path, path.name, path.stem, 2**24)


@pytest.fixture(scope="module")
def swapped(tmp_path_factory, embedder) -> Path:
    """An index of the starter library in which each document has the next one's texts."""
    pages = list(documents(PROJECT / "corpus"))
    folder = tmp_path_factory.mktemp("swapped")
    with (folder / "documents.jsonl").open("w") as file:
        for page, other in zip(pages, [*pages[1:], pages[0]], strict=True):
            sections = [
                {"heading": s.heading_path[-1], "text": other.text[s.start : s.end]}
                for s in other.sections
            ]
            names = {"title": page.title, "synonyms": page.synonyms}
            file.write(json.dumps({"id": page.id, **names, "sections": sections}) + "\n")
    assert sync(folder / "index", embedder, folder / "documents.jsonl").failures == []
    return folder / "index"


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> tuple[Path, Path]:
    """Two cases, and a gate that asks for answers with the right words in them."""
    folder = tmp_path_factory.mktemp("asked")
    cases, gate = folder / "few.jsonl", folder / "small.toml"
    onset = {"document_id": "migraine", "heading": "Onset"}
    diagnosis = {"document_id": "stroke", "heading": "Diagnosis"}
    first = {"id": "a", "question": "when does migraine start?", "must": ["puberty"]}
    second = {"id": "b", "question": "how is a stroke diagnosed?", "must": ["brain scan"]}
    first, second = first | {"outcome": "answered"}, second | {"outcome": "answered"}
    lines = [first | {"relevant": [onset]}, second | {"relevant": [diagnosis]}]
    cases.write_text("".join(json.dumps(line) + "\n" for line in lines))
    gate.write_text("[metrics]\nmust = 1.0\noutcome = 1.0\nsection_at_1 = 1.0\n")
    return cases, gate


def test_the_gate_shuts_for_a_library_with_swapped_texts(library, swapped, asked, tmp_path, capsys):
    out, gate = ["--out", str(tmp_path / "run")], ["--gate", str(asked[1])]
    command = ["run", str(asked[0]), *out, *gate, "--index"]
    assert main([*command, str(library)]) == 0
    assert main(["gate", str(tmp_path / "run"), *gate]) == 0
    assert json.loads((tmp_path / "run" / SUMMARY).read_text())["gate"]["passed"] is True
    capsys.readouterr()
    assert main([*command, str(swapped)]) == 1
    assert WRONG.search(capsys.readouterr().err)
    assert main(["gate", str(tmp_path / "run"), *gate]) == 1
    assert WRONG.search(capsys.readouterr().err)
    assert json.loads((tmp_path / "run" / SUMMARY).read_text())["gate"]["passed"] is False


class Turned:
    """An embedder that gives each text the vector of its letters backwards."""

    def __init__(self, embedder):
        """Takes the real one."""
        self._embedder = embedder
        self.identity = embedder.identity
        self.token_starts = embedder.token_starts

    def embed(self, texts):
        return self._embedder.embed([text[::-1] for text in texts])


def test_the_gate_shuts_for_a_retriever_that_reads_backwards(
    system, library, embedder, tmp_path, capsys
):
    cases = load_cases([CASES / "misspelt.jsonl"])
    found = run(system, cases, tmp_path / "sound")["metrics"]
    names = ("section_at_1", "ndcg_at_10")
    floors = [f"{name} = {found[name]['value'] - 0.02}" for name in names]
    gate = ["--gate", str(written(tmp_path, "\n".join(["[metrics]", *floors])))]
    assert main(["gate", str(tmp_path / "sound"), *gate]) == 0
    index = open_index(library, embedder)
    broken = System(Chatbot(index, Turned(embedder)), index_facts(index))
    run(broken, cases, tmp_path / "broken")
    capsys.readouterr()
    assert main(["gate", str(tmp_path / "broken"), *gate]) == 1
    told = capsys.readouterr().err
    for name in names:
        assert f"gate: {name}: " in told


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(("which", "status"), [("library", 0), ("swapped", 2)])
def test_make_eval_fails_for_a_broken_library(which, status, request, asked, tmp_path):
    index = request.getfixturevalue(which)
    done = subprocess.run(
        [
            *("make", "-o", ".venv/.installed", "eval", f"BIN={Path(sys.executable).parent}"),
            *(f"INDEX={index}", f"CASES={asked[0]}", f"GATE={asked[1]}"),
            f"RUN={tmp_path / 'run'}",
        ],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert bool(WRONG.search(done.stderr)) == (status == 2)
    assert "python -m ingest" not in done.stdout

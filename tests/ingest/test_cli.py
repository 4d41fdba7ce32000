"""``python -m ingest`` as other programs call it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import PROJECT


def run(*arguments):
    command = [sys.executable, "-m", "ingest", *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    page = folder / "pages" / "gout.md"
    page.parent.mkdir()
    page.write_text(
        "---\ntitle: Gout \u00b5\n---\n\n## Causes\n\nCrystals cause gout, \u00b5 by \u00b5.\n"
    )
    done = run(page, "--index", folder / "index", "--json")
    assert done.returncode == 0, done.stderr
    return folder / "index", json.loads(done.stdout)


def test_the_report_is_one_json_object_on_stdout(built):
    _, report = built
    assert report["documents"] == {
        "added": 1, "updated": 0, "unchanged": 0, "removed": 0, "failed": 0,
    }  # fmt: skip
    assert report["chunks"] == {"added": 1, "removed": 0, "total": 1}
    assert report["embedded"] == 1
    assert report["failures"] == []
    assert report["seconds"] > 0


def test_show_prints_the_text_exactly(built):
    shown = run("show", "gout", "--index", built[0])
    assert shown.stdout.decode() == (
        "Gout \u00b5\n\nCauses\nCrystals cause gout, \u00b5 by \u00b5."
    )


def test_status_counts(built):
    status = json.loads(run("status", "--index", built[0], "--json").stdout)
    assert (status["documents"], status["chunks"], status["failures"]) == (1, 1, [])


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["show", "gout"], 1, "python -m ingest --index"),
        (["--nonsense"], 2, "usage"),
        (["show"], 2, "usage"),
        (["nowhere.md"], 1, "nowhere.md: there is no such file"),
    ],
)
def test_what_goes_wrong_is_told_on_stderr(tmp_path, arguments, status, told):
    done = run(*arguments, "--index", tmp_path / "index")
    assert done.returncode == status
    assert told in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()

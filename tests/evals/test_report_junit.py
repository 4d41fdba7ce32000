"""JUnit XML of a run."""

from __future__ import annotations

from junitparser import Error, Failure, JUnitXml, Skipped

from evals.report import write_report
from tests.evals.report_rows import LEFT, NO, YES, answer, passage, row, write_run


def suite_of(tmp_path, rows):
    folder = write_run(tmp_path / "run", rows)
    write_report(folder)
    (suite,) = JUnitXml.fromfile(str(folder / "junit.xml"))
    return suite


def test_each_case_is_a_testcase(tmp_path):
    meant = [{"title": "Migraine", "heading": "Treatment"}]
    found = answer(text="No idea. [1]", passages=[passage(1)])
    rows = [
        row("good", {"section_at_1": YES}, tags=["lay", "short"]),
        row(
            "bad", {"section_at_1": NO, "outcome": NO}, tags=["lay"], relevant=meant, given=found,
            outcome="abstained",
        ),
        row("broken", {}, error="OSError: no disk"),
        row("left", {"outcome": LEFT}),
    ]  # fmt: skip
    suite = suite_of(tmp_path, rows)
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (4, 1, 1, 1)
    good, bad, broken, left = suite
    assert (good.name, good.classname, good.result) == ("good", "lay", [])
    (failure,) = bad.result
    assert isinstance(failure, Failure)
    assert failure.message == "section_at_1, outcome"
    for line in (
        "expected: outcome: abstained",
        "expected: section: Migraine, Treatment",
        "came: outcome: answered",
        "came: passage 1: Migraine, Causes",
        "came: answer: No idea. [1]",
    ):
        assert line in failure.text.splitlines()
    (error,) = broken.result
    assert isinstance(error, Error)
    assert (broken.classname, error.message) == ("untagged", "OSError: no disk")
    assert isinstance(left.result[0], Skipped)


def test_what_xml_cannot_hold_is_replaced(tmp_path):
    odd = "a\x00b\x1b[31m\ufffe\ud800]]><!--&lt;\U0001f600"
    rows = [row(odd, {"section_at_1": NO}, question=odd, tags=[odd], given=answer(text=odd))]
    (case,) = suite_of(tmp_path, rows)
    assert case.name == case.classname == "a\ufffdb\ufffd[31m\ufffd\ufffd]]><!--&lt;\U0001f600"
    assert f"question: {case.name}" in case.result[0].text

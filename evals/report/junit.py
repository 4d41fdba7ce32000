"""A run as JUnit XML, which CI servers show: one test case for each case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from evals.report.cases import came, expected

if TYPE_CHECKING:
    from pathlib import Path

    from evals.report.reading import Row, Run

_UNTAGGED = "untagged"


def write_junit(run: Run, path: Path) -> None:
    """Writes the file; its cases carry no times, so that two equal runs give equal files."""
    suite = TestSuite("evals")
    suite.add_testcases([_testcase(row) for row in run.rows])
    xml = JUnitXml()
    xml.add_testsuite(suite)
    xml.update_statistics()  # type: ignore[no-untyped-call]
    xml.write(str(path), pretty=True)


def _testcase(row: Row) -> TestCase:
    tags = row.case.get("tags") or [_UNTAGGED]
    testcase = TestCase(row.id, classname=str(tags[0]))
    if row.error is not None:
        testcase.result = [_result(Error, row.error, row)]
    elif row.failed:
        testcase.result = [_result(Failure, ", ".join(row.failed), row)]
    elif all(score["status"] == "unscored" for score in row.scores.values()):
        testcase.result = [Skipped("nothing of it could be scored")]
    return testcase


def _result(kind: type[Error | Failure], message: str, row: Row) -> Error | Failure:
    result = kind(message)
    lines = [f"question: {row.case['question']}"]
    lines += [f"expected: {line}" for line in expected(row.case)]
    lines += [f"came: {line}" for line in came(row)]
    result.text = "\n".join(lines)
    return result

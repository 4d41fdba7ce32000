"""The one direction of imports: ingest <- chatbot <- evals, and app.py on top."""

from __future__ import annotations

import ast

import pytest

from tests.conftest import PROJECT

MAY_IMPORT = {
    "ingest": {"ingest"},
    "chatbot": {"chatbot", "ingest"},
    "evals": {"evals", "chatbot", "ingest"},
}
OURS = {"ingest", "chatbot", "evals", "app", "tests"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it points"
            yield node.module


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package):
    for path in (PROJECT / package).rglob("*.py"):
        for module in imported(path):
            top = module.split(".")[0]
            assert top not in OURS - MAY_IMPORT[package], f"{path} imports {module}"


def test_only_web_knows_the_web():
    for path in [*(PROJECT / "ingest").rglob("*.py"), *(PROJECT / "chatbot").rglob("*.py")]:
        if "web" not in path.relative_to(PROJECT).parts:
            known = {module.split(".")[0] for module in imported(path)}
            assert not known & {"gradio", "fastapi", "starlette", "uvicorn"}, path


def test_only_the_index_knows_its_stores():
    for package in MAY_IMPORT:
        for path in (PROJECT / package).rglob("*.py"):
            inside = path.is_relative_to(PROJECT / "ingest" / "index")
            known = {module.split(".")[0] for module in imported(path)}
            assert inside or not known & {"chromadb", "tantivy", "sqlite3"}, path

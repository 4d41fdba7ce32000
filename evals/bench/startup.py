"""From ``python app.py`` to the page over HTTP, beside importing gradio and chromadb."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from evals.bench.serving import serving
from evals.statistics import percentile
from ingest.settings import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


def bench_start(index: Path, rounds: int = 3) -> str:
    """Starts the app and imports the two libraries, each so many times; medians.

    Raises:
        BenchError: The app ended, or did not answer.
    """
    imports = [_timed_import() for _ in range(rounds)]
    pages = [_timed_page(index) for _ in range(rounds)]
    base, page = percentile(imports, 0.5), percentile(pages, 0.5)
    return (
        f"import gradio, chromadb: {base:.2f} s (median of {rounds})\n"
        f"python app.py to HTTP 200: {page:.2f} s (median of {rounds}), "
        f"{page - base:+.2f} s, {page / base:.2f} of the imports"
    )


def _timed_import() -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import gradio, chromadb"], check=True, cwd=PROJECT, env=_quiet()
    )
    return time.perf_counter() - began


def _timed_page(index: Path) -> float:
    began = time.perf_counter()
    with serving(index) as served:
        served.wait_for("/")
        return time.perf_counter() - began


def _quiet() -> dict[str, str]:
    return {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}

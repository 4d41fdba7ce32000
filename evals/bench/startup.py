"""From ``python app.py`` to the page over HTTP, beside importing gradio and chromadb."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from evals.bench.errors import BenchError
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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port), "--index", str(index)]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_for(f"http://127.0.0.1:{port}/", process)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], limit: float = 120.0) -> None:
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        if process.poll() is not None:
            raise BenchError(
                f"app.py ended with status {process.returncode}: run it by hand to see why"
            )
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - loopback
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise BenchError(f"{url} did not answer within {limit} s: run app.py by hand to see why")


def _quiet() -> dict[str, str]:
    return {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}

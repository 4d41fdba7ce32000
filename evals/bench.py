"""Benchmarks: how fast, measured as ratios in one run wherever two things are compared."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.engine import Chatbot
from evals.metrics import percentile
from ingest.embedding import embedder_from
from ingest.index import Index
from ingest.settings import PROJECT, IngestSettings
from ingest.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUESTIONS = (
    "what is a migraine",
    "what causes muscle spasms?",
    "how do doctors check for a heart attack",
    "what should I eat with type 2 diabetes",
    "how common is anaphylaxis",
    "is malaria treated with tablets",
)
_ROUNDS = 20


def _sync(folder: Path, documents: Path) -> tuple[int, float]:
    settings = IngestSettings()
    embedder = embedder_from(settings)
    embedder.load()
    index = Index.open_or_create(folder, embedder.identity, settings.chunk_tokens)
    sync = Sync(index, embedder, settings.chunk_tokens, settings.max_file_bytes)
    report = sync.run([documents])
    index.close()
    return report.embedded, report.seconds


def bench_ingest(documents: Path) -> str:
    """Ingests into an empty index, and again with nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        embedded, first = _sync(Path(folder), documents)
        again, second = _sync(Path(folder), documents)
    return (
        f"first run: {embedded} passages in {first:.1f} s, {embedded / first:.1f} a second\n"
        f"second run: {again} embedded, {second:.1f} s, {second / first:.3f} of the first"
    )


def bench_query(documents: Path) -> str:
    """Asks questions of an index of the documents: milliseconds by stage."""
    with tempfile.TemporaryDirectory() as folder:
        _sync(Path(folder), documents)
        chatbot = Chatbot.open(Path(folder))
        timings = [
            chatbot.answer(question).timings_ms for _ in range(_ROUNDS) for question in _QUESTIONS
        ]
    lines = [f"{len(timings)} questions, milliseconds"]
    for stage in timings[0]:
        values = [timing[stage] for timing in timings]
        p50, p95 = percentile(values, 0.5), percentile(values, 0.95)
        lines.append(f"{stage:10} p50 {p50:8.2f}   p95 {p95:8.2f}")
    return "\n".join(lines)


def bench_start(index: Path, rounds: int = 3) -> str:
    """From ``python app.py`` to the page over HTTP, beside importing gradio and chromadb."""
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
            raise RuntimeError(f"app.py ended with status {process.returncode}: run it by hand")
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - loopback
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"{url} did not answer within {limit} s")


def _quiet() -> dict[str, str]:
    return {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}


def benchmarks(names: Sequence[str], documents: Path, index: Path) -> str:
    """Runs the benchmarks of these names: ``ingest``, ``query``, ``start``."""
    found = {
        "ingest": lambda: bench_ingest(documents),
        "query": lambda: bench_query(documents),
        "start": lambda: bench_start(index),
    }
    return "\n".join(found[name]() for name in names)

"""How fast documents go in, and how fast a second run finds nothing to do."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from evals.bench.errors import BenchError
from ingest.embedding import embedder_from
from ingest.index import Index
from ingest.settings import IngestSettings
from ingest.sync import Sync

if TYPE_CHECKING:
    from ingest.sync import Report


def bench_ingest(documents: Path) -> str:
    """Ingests into an empty index, and again with nothing changed.

    Raises:
        BenchError: Some document can't be taken in, or there is none.
    """
    with tempfile.TemporaryDirectory() as folder:
        first = _sync(Path(folder), documents)
        again = _sync(Path(folder), documents)
    return (
        f"first run: {first.embedded} passages in {first.seconds:.1f} s, "
        f"{first.embedded / first.seconds:.1f} a second\n"
        f"second run: {again.embedded} embedded, {again.seconds:.1f} s, "
        f"{again.seconds / first.seconds:.3f} of the first"
    )


def _sync(folder: Path, documents: Path) -> Report:
    settings = IngestSettings()
    embedder = embedder_from(settings)
    embedder.load()
    index = Index.open_or_create(folder, embedder.identity, settings.chunk_tokens)
    try:
        report = Sync(index, embedder, settings.chunk_tokens, settings.max_file_bytes).run(
            [documents]
        )
    finally:
        index.close()
    if report.failures:
        failure = report.failures[0]
        raise BenchError(f"{failure['path']}: {failure['error']}; --documents names the file")
    if not report.chunks["total"]:
        raise BenchError(f"{documents}: there is no document in it: name a file or folder")
    return report

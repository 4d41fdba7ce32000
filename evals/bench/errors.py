"""What benchmarks raise."""

from __future__ import annotations

from ingest.errors import CiteWellError


class BenchError(CiteWellError):
    """A benchmark can't be run."""

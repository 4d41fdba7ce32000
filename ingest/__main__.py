"""``python -m ingest``: sources into the index, and what is in it.

JSON and documents go to stdout, everything else to stderr. Exit status: 0 done, 1 something in
it failed (each failure is named, the rest is done), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from ingest.embedding import embedder_from
from ingest.errors import CiteWellError
from ingest.index import Index
from ingest.settings import IngestSettings
from ingest.sync import Report, Sync

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    arguments = sys.argv[1:] if arguments is None else arguments
    commands = {"show": _show, "status": _status}
    command = commands.get(arguments[0]) if arguments else None
    try:
        return command(arguments[1:]) if command else _ingest(arguments)
    except CiteWellError as error:
        print(f"ingest: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ingest: stopped; what was written so far is kept", file=sys.stderr)
        return 1


def _parser(name: str, description: str) -> argparse.ArgumentParser:
    settings = IngestSettings()
    parser = argparse.ArgumentParser(prog=f"python -m ingest{name}", description=description)
    parser.add_argument(
        "--index", type=Path, default=settings.index, metavar="DIR", help="the index folder"
    )
    return parser


def _open(folder: Path) -> Index:
    settings = IngestSettings()
    return Index.open(folder, embedder_from(settings).identity, settings.chunk_tokens)


def _ingest(arguments: Sequence[str]) -> int:
    settings = IngestSettings()
    parser = _parser(
        "",
        "Takes files and folders into the index. Other commands: show, status.",
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders (default: corpus)"
    )
    parser.add_argument(
        "--prune", action="store_true", help="take out documents whose source is gone"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    embedder = embedder_from(settings)
    index = Index.open_or_create(options.index, embedder.identity, settings.chunk_tokens)
    with tqdm(desc="embedding", unit="passage", disable=None, file=sys.stderr) as bar:

        def progress(embedded: int, planned: int) -> None:
            bar.total = planned
            bar.update(embedded - bar.n)

        sync = Sync(index, embedder, settings.chunk_tokens, settings.max_file_bytes, progress)
        report = sync.run(options.paths or [settings.corpus], prune=options.prune)
    index.close()
    for failure in report.failures:
        print(f"failed: {failure['path']}: {failure['error']}", file=sys.stderr)
    print(json.dumps(asdict(report)) if options.json else _in_words(report))
    return 1 if report.failures else 0


def _in_words(report: Report) -> str:
    documents = ", ".join(f"{count} {what}" for what, count in report.documents.items() if count)
    rate = report.embedded / report.seconds if report.seconds else 0.0
    return (
        f"documents: {documents or 'none found'}\n"
        f"passages: {report.chunks['total']} in the index, {report.chunks['added']} added, "
        f"{report.chunks['removed']} removed\n"
        f"embedded {report.embedded} in {report.seconds:.1f} s ({rate:.0f} a second)"
    )


def _show(arguments: Sequence[str]) -> int:
    parser = _parser(" show", "Prints a document's normalised text, exactly.")
    parser.add_argument("document_id", metavar="DOCUMENT_ID")
    options = parser.parse_args(arguments)
    document = _open(options.index).document(options.document_id)
    if document is None:
        print(
            f"ingest: there is no document {options.document_id!r} in {options.index}: "
            "'python -m ingest status --json' lists them",
            file=sys.stderr,
        )
        return 1
    sys.stdout.buffer.write(document.text.encode())
    return 0


def _status(arguments: Sequence[str]) -> int:
    parser = _parser(" status", "Says what is in the index.")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    options = parser.parse_args(arguments)
    index = _open(options.index)
    documents, chunks = index.catalogue.counts()
    failures = index.catalogue.failures()
    if options.json:
        status = {
            "index": str(options.index),
            "documents": documents,
            "chunks": chunks,
            "generation": index.catalogue.generation,
            "failures": [{"path": path, "error": error} for path, error in failures.items()],
            "document_ids": [known.document_id for known in index.catalogue.known().values()],
        }
        print(json.dumps(status))
    else:
        print(f"{options.index}: {documents} documents, {chunks} passages")
        for path, error in failures.items():
            print(f"failed when last tried: {path}: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""JSON lines, plain or compressed with gzip, each with its place for messages."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

from evals.datasets.schema import CasesError
from ingest.normalise import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_text(path: Path) -> str:
    """A file's text, unpacked where its name ends in ``.gz``.

    Raises:
        CasesError: It can't be read.
    """
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
    except OSError as error:
        raise CasesError(f"{path}: it can't be read: {error.strerror or error}") from error
    except (EOFError, zlib.error) as error:
        raise CasesError(f"{path}: the gzip data is broken ({error}): make it anew") from error
    return decode(data, str(path))


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The place (``file:line``) and the object of each line that is not empty.

    Raises:
        CasesError: The file can't be read, or a line is no JSON object.
    """
    # Lines end with a line feed and nothing else: JSON strings may hold other separators raw.
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CasesError(f"{place}: not valid JSON: {error}") from error
        if not isinstance(value, dict):
            raise CasesError(f"{place}: it is no object: write one case a line")
        yield place, value

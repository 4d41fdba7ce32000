"""Files -> documents, one module a format.

To add a format, write a module with a function from bytes to documents, and name its file
endings here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import SourceError
from ingest.loaders.jsonl import load_jsonl
from ingest.loaders.markdown import load_markdown
from ingest.loaders.text import load_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.documents import Document

_ONE_DOCUMENT = {
    ".md": load_markdown,
    ".markdown": load_markdown,
    ".txt": load_text,
    ".text": load_text,
}
_MANY_DOCUMENTS = (".jsonl", ".jsonl.gz", ".ndjson")
ENDINGS = (*_ONE_DOCUMENT, *_MANY_DOCUMENTS)


def can_load(path: Path) -> bool:
    """True when the file's ending is one that a loader reads."""
    return path.name.lower().endswith(ENDINGS)


def holds_many(path: Path) -> bool:
    """True when the file holds one document a line."""
    return path.name.lower().endswith(_MANY_DOCUMENTS)


def load(
    path: Path, shown: str, document_id: str, max_bytes: int
) -> Iterator[Document | SourceError]:
    """Reads a file's documents; what makes none comes as its error, and the rest goes on.

    Args:
        path: The file.
        shown: How it is named in documents and errors.
        document_id: Id of its document where the file itself gives none.
        max_bytes: A larger file is refused.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise SourceError(  # noqa: TRY301 - told like the loaders' own errors
                shown,
                f"it has {size} bytes, more than the {max_bytes} allowed: split it, or raise "
                "CITEWELL_MAX_FILE_BYTES",
            )
        data = path.read_bytes()
        if holds_many(path):
            yield from load_jsonl(data, shown, max_bytes)
        else:
            yield _ONE_DOCUMENT[path.suffix.lower()](data, shown, document_id)
    except SourceError as error:
        yield error
    except OSError as error:
        yield SourceError(shown, f"it can't be read: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - one odd file must not keep the others out
        what = f"{type(error).__name__}: {error}"
        yield SourceError(shown, f"it can't be taken in ({what}): please report it, or remove it")

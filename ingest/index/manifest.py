"""What an index was built with, in `manifest.json` beside its data.

Vectors of two models, or chunks of two ways of cutting, can't be searched together; so an index
names what made it, and is refused where that is something else (after paper-qa, whose index
names hash their settings).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from ingest.chunking import CHUNKING_VERSION
from ingest.errors import IndexMismatchError, IndexMissingError

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.embedding import ModelIdentity

FORMAT = 1
_FILE = "manifest.json"
_REBUILD = "build it anew: delete the folder {folder} and run 'python -m ingest' again"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The facts that decide whether an index can be used.

    Attributes:
        format: Layout of the folder.
        model: Name of the embedding model.
        model_digest: SHA-256 of its weights, or empty.
        chunking: Version of the chunking.
        chunk_tokens: Longest embedded text.
        chroma: Major version of Chroma, whose files it holds.
    """

    format: int
    model: str
    model_digest: str
    chunking: int
    chunk_tokens: int
    chroma: str

    @classmethod
    def now(cls, identity: ModelIdentity, chunk_tokens: int) -> Manifest:
        """What an index built now would be built with."""
        return cls(
            format=FORMAT,
            model=identity.name,
            model_digest=identity.digest,
            chunking=CHUNKING_VERSION,
            chunk_tokens=chunk_tokens,
            chroma=version("chromadb").split(".")[0],
        )


_REMEDIES = {
    "model": "set CITEWELL_EMBEDDING_MODEL back to that model, or ",
    "chunk_tokens": "set CITEWELL_CHUNK_TOKENS back to it, or ",
}


def exists(folder: Path) -> bool:
    """True where the folder holds an index."""
    return (folder / _FILE).is_file()


def write(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest in one step; it is the last thing that makes a folder an index."""
    draft = folder / (_FILE + ".new")
    draft.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / _FILE)


def check(folder: Path, expected: Manifest) -> None:
    """Refuses an index that was built with something else.

    Raises:
        IndexMissingError: There is none.
        IndexMismatchError: It differs; the message says in what and how to mend it.
    """
    if not exists(folder):
        raise IndexMissingError(
            f"there is no index in {folder}: run 'python -m ingest --index {folder}' first"
        )
    rebuild = _REBUILD.format(folder=folder)
    try:
        found = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexMismatchError(f"{folder / _FILE} can't be read ({error}): {rebuild}") from error
    for field, value in asdict(expected).items():
        if found.get(field) != value:
            raise IndexMismatchError(
                f"the index in {folder} was built with {field} {found.get(field)!r}, "
                f"now it is {value!r}: {_REMEDIES.get(field, '')}{rebuild}"
            )

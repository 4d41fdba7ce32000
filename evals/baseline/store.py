"""The tutorial stack: what a LangChain user writes first, and the baseline to beat.

`RecursiveCharacterTextSplitter(1000, 200)` over title, heading and text of each section, the same
all-MiniLM-L6-v2, `langchain_chroma.Chroma`, `similarity_search(k)`, everything else at its default
(https://docs.langchain.com/oss/python/langchain/knowledge-base). Nothing outside this package
imports these parts.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings
from tqdm import tqdm

from evals.ranking import Place
from ingest.embedding import SentenceTransformerEmbedder
from ingest.errors import CiteWellError, SourceError
from ingest.loaders import load
from ingest.settings import IngestSettings
from ingest.sources import find_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from langchain_chroma import Chroma
    from numpy.typing import NDArray

    from ingest.documents import Document

log = logging.getLogger(__name__)

CHUNK_CHARS = 1000
OVERLAP_CHARS = 200
_STAMP = "tutorial-store.json"
_FOLDER = "chroma"
_BATCH = 256
_PAGE = 5000


class BaselineError(CiteWellError):
    """The tutorial stack can't be built or opened."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of the store.

    Attributes:
        id: Its document, the number of its section, and its own number in that.
        text: What is embedded.
        metadata: ``document_id``, ``title`` and ``heading`` of where it stands.
    """

    id: str
    text: str
    metadata: dict[str, str]


class TutorialEmbeddings(Embeddings):
    """A sentence-transformers model, called just as LangChain's `HuggingFaceEmbeddings` does.

    That class can't be installed beside our versions: langchain-huggingface 1.2.3 wants
    huggingface-hub below 2. Line feeds become blanks, everything else is the model's default,
    float32 included (langchain_huggingface/embeddings/huggingface.py, `_embed`).
    """

    def __init__(self, folder: Path) -> None:
        """Loads the model that lies in a folder."""
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds
        from transformers.utils import logging as transformers_logging  # noqa: PLC0415

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._model = SentenceTransformer(str(folder), device="cpu")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of some texts."""
        flat = [text.replace("\n", " ") for text in texts]
        vectors = self._model.encode(flat, show_progress_bar=False)
        result: list[list[float]] = vectors.tolist()
        return result

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self.embed_documents([text])[0]


def default_embeddings() -> TutorialEmbeddings:
    """The model that CiteWell uses by default, as the tutorial would load it."""
    folder = SentenceTransformerEmbedder().folder
    assert folder is not None  # the default model always lies in its package
    return TutorialEmbeddings(folder)


def documents_of(path: Path) -> list[Document]:
    """All documents of a file or folder, read by ingestion's own loaders.

    Raises:
        BaselineError: It can't be read, or holds none.
    """
    limit = IngestSettings().max_file_bytes
    found: list[Document] = []
    for file in find_files([path]):
        if isinstance(file, SourceError):
            raise BaselineError(f"{file}: name a file or folder of documents")
        for document in load(file.path, file.shown, file.document_id, limit):
            if isinstance(document, SourceError):
                raise BaselineError(str(document))
            found.append(document)
    if not found:
        raise BaselineError(f"{path}: it holds no document: name a file or folder that does")
    return found


def pieces_of(documents: Sequence[Document]) -> Iterator[Piece]:
    """The documents as the tutorial cuts them."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: PLC0415

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS)
    for document in documents:
        for number, section in enumerate(document.sections):
            heading = section.heading_path[-1] if section.heading_path else document.title
            body = document.text[section.start : section.end]
            metadata = {"document_id": document.id, "title": document.title, "heading": heading}
            texts = splitter.split_text(f"{document.title}\n{heading}\n{body}")
            for place, text in enumerate(texts):
                yield Piece(f"{document.id}#{number}#{place}", text, metadata)


class TutorialStore:
    """A folder with the tutorial's Chroma store; built once, and gone on with when cut off.

    Attributes:
        documents: Ids of the documents that it was built of.
        embeddings: The model.
    """

    def __init__(self, folder: Path, embeddings: Embeddings | None = None) -> None:
        """Opens a store, and makes an empty one where there is none.

        Args:
            folder: Where the store lies.
            embeddings: The model; None for the default one.
        """
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        from langchain_chroma import Chroma  # noqa: PLC0415 - seconds to import

        folder.mkdir(parents=True, exist_ok=True)
        self.documents: frozenset[str] = frozenset()
        self.embeddings = embeddings or default_embeddings()
        self._chroma: Chroma = Chroma(
            collection_name="tutorial",
            embedding_function=self.embeddings,
            persist_directory=str(folder / _FOLDER),
        )

    @classmethod
    def built(cls, folder: Path, path: Path, embeddings: Embeddings | None = None) -> TutorialStore:
        """The store of these documents: the one that lies there, gone on with or made anew.

        Args:
            folder: Where it lies.
            path: A file or folder of documents.
            embeddings: The model, the same each time; None for the default one.

        Raises:
            BaselineError: The documents can't be read, or the folder holds something else.
        """
        documents = documents_of(path)
        digest = digest_of(documents)
        stamped = _stamped(folder)
        store = cls(folder, embeddings)
        if stamped not in (digest, None):
            log.warning("%s holds other documents: making it anew", folder)
            # Not by deleting the folder: this process may have the store open.
            store.clear()
        (folder / _STAMP).write_text(json.dumps({"digest": digest}) + "\n", encoding="utf-8")
        store.add(list(pieces_of(documents)))
        store.documents = frozenset(document.id for document in documents)
        return store

    def clear(self) -> None:
        """Takes everything out."""
        self._chroma.reset_collection()

    def add(self, pieces: Sequence[Piece]) -> int:
        """Embeds and adds the pieces that are not there yet, and returns how many."""
        present = set(self._chroma.get(include=[])["ids"])
        missing = [piece for piece in pieces if piece.id not in present]
        with _bar(len(pieces), len(pieces) - len(missing)) as bar:
            for first in range(0, len(missing), _BATCH):
                batch = missing[first : first + _BATCH]
                self._chroma.add_texts(
                    [piece.text for piece in batch],
                    metadatas=[piece.metadata for piece in batch],
                    ids=[piece.id for piece in batch],
                )
                bar.update(len(batch))
        return len(missing)

    def __len__(self) -> int:
        """How many texts it holds."""
        return len(self._chroma.get(include=[])["ids"])

    def search(self, question: str, top_k: int) -> list[Place]:
        """The places of the most similar texts, most similar first."""
        return [
            Place(found.metadata["document_id"], found.metadata["title"], found.metadata["heading"])
            for found in self._chroma.similarity_search(question, k=top_k)
        ]


def stored_vectors(folder: Path, collection: str) -> dict[str, NDArray[np.float32]]:
    """All vectors of a Chroma store by id, read without asking a model.

    Raises:
        BaselineError: The folder holds no store with vectors.
    """
    import numpy as np  # noqa: PLC0415
    from langchain_chroma import Chroma  # noqa: PLC0415

    if not folder.is_dir():
        raise BaselineError(f"{folder}: there is no store of vectors: name a folder with an index")
    store = Chroma(collection_name=collection, persist_directory=str(folder))
    vectors: dict[str, NDArray[np.float32]] = {}
    while True:
        found = store.get(include=["embeddings"], limit=_PAGE, offset=len(vectors))
        if not found["ids"]:
            return vectors
        rows = np.asarray(found["embeddings"], dtype=np.float32)
        vectors.update(zip(found["ids"], rows, strict=True))


def _bar(total: int, done: int) -> Any:
    return tqdm(
        total=total,
        initial=done,
        desc="tutorial store",
        unit="text",
        disable=None,
        file=sys.stderr,
    )


def digest_of(documents: Sequence[Document]) -> str:
    """What decides whether a store is the one of these documents, cut and embedded like this."""
    digest = hashlib.sha256(f"{CHUNK_CHARS} {OVERLAP_CHARS}".encode())
    digest.update(SentenceTransformerEmbedder().identity.digest.encode())
    for document in documents:
        digest.update(f"\n{document.id} {document.content_hash}".encode())
    return digest.hexdigest()


def _stamped(folder: Path) -> str | None:
    """The digest of the store that lies there; None for no folder, or an empty one.

    Raises:
        BaselineError: The folder holds something that is no such store.
    """
    try:
        return str(json.loads((folder / _STAMP).read_text(encoding="utf-8"))["digest"])
    except FileNotFoundError:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BaselineError(
                f"{folder} is no folder of the tutorial stack: name a new one, or one it made"
            ) from None
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise BaselineError(
            f"{folder / _STAMP} can't be read ({error}): delete the folder {folder}"
        ) from error

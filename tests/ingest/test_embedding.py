"""The embedding model and what can take its place."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from ingest.embedding import LangChainEmbedder, SentenceTransformerEmbedder
from ingest.errors import ModelError


class LetterCounts(Embeddings):
    """An honest small model: a vector of how often each vowel occurs."""

    def embed_documents(self, texts):
        return [[1.0 + text.count(vowel) for vowel in "aeiou"] for text in texts]

    def embed_query(self, text):
        return self.embed_documents([text])[0]


def test_vectors_are_unit_vectors_and_say_what_is_alike(embedder):
    near, same, far = embedder.embed(["leg cramp at night", "cramps in the calf", "tax law"])
    assert near.shape == (384,)
    assert np.isclose(np.linalg.norm(near), 1.0, atol=1e-3)
    assert near @ same > near @ far + 0.3


def test_the_default_model_is_a_langchain_embeddings(embedder):
    assert isinstance(embedder, Embeddings)
    assert np.allclose(embedder.embed_query("cramp"), embedder.embed(["cramp"])[0])


def test_any_langchain_embeddings_can_take_its_place():
    embedder = LangChainEmbedder(LetterCounts(), "letters-1")
    (vector,) = embedder.embed(["aaa"])
    assert vector.argmax() == 0
    assert embedder.identity.name == "letters-1"


def test_other_weights_than_the_published_ones_are_refused(tmp_path, embedder):
    folder = tmp_path / "model"
    shutil.copytree(embedder.folder, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    changed = SentenceTransformerEmbedder()
    changed.folder = folder
    with pytest.raises(ModelError, match="SHA-256"):
        changed.load()


def test_a_model_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="CITEWELL_EMBEDDING_MODEL"):
        SentenceTransformerEmbedder(str(tmp_path)).load()

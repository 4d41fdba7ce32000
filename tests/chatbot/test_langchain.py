"""The retriever in a LangChain chain."""

from __future__ import annotations

from langchain_core.runnables import RunnableLambda

from chatbot.langchain import CiteWellRetriever
from chatbot.retrieval import Retriever
from tests.conftest import open_index


def test_it_goes_into_a_chain(library, embedder):
    index = open_index(library, embedder)
    retriever = CiteWellRetriever(retriever=Retriever(index, embedder), k=3)
    chain = retriever | RunnableLambda(lambda documents: documents)
    found = chain.invoke("how is a migraine treated")
    assert len(found) == 3
    assert found[0].metadata["heading"] == "Treatment"
    document = index.document(found[0].metadata["document_id"])
    place = slice(found[0].metadata["start"], found[0].metadata["end"])
    assert document.text[place] == found[0].page_content

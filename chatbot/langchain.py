"""CiteWell's retrieval as a LangChain retriever, for chains of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from chatbot.retrieval import Retriever  # noqa: TC001 - pydantic reads it
from chatbot.serialise import passage_object

if TYPE_CHECKING:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun


class CiteWellRetriever(BaseRetriever):
    """Gives the passages for a question, best first, with where each one stands.

    Attributes:
        retriever: Searches an open index.
        k: How many passages to give.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = 5

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        del run_manager
        passages = self.retriever.retrieve(query).passages[: self.k]
        return [
            LangChainDocument(
                id=passage.chunk.id,
                page_content=passage.chunk.text,
                metadata={**passage_object(passage), "url": passage.document.url},
            )
            for passage in passages
        ]

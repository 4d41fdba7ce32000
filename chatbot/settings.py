"""What a person may set about answering, by environment variables that begin with ``CITEWELL_``."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chatbot.answers import Locale  # noqa: TC001 - pydantic reads it


class ChatSettings(BaseSettings):
    """Settings of the chatbot.

    Attributes:
        locale: Whose emergency numbers are told where the patient names no country.
        max_question_chars: A longer message is not looked up; its words are still checked for
            an emergency.
        reranker: Folder or name of a cross-encoder that looks at the best sections again; empty
            for none.
    """

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="ignore")

    locale: Locale = "unknown"
    max_question_chars: int = Field(default=4000, ge=100)
    reranker: str = ""

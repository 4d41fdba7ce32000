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
        questions_per_minute: How many questions of one visit are answered in any minute; the
            safety check is made of every one. 0 for no limit.
        questions_per_minute_and_address: The same for a network address, which many may share.
        conversation_minutes: How long the server remembers a conversation that nobody goes on
            with; it is kept nowhere but in memory.
    """

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="ignore")

    locale: Locale = "unknown"
    max_question_chars: int = Field(default=4000, ge=100)
    reranker: str = ""
    questions_per_minute: int = Field(default=30, ge=0)
    questions_per_minute_and_address: int = Field(default=600, ge=0)
    conversation_minutes: int = Field(default=60, ge=1)

"""A chat model by its name, through LangChain."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from evals.judge.judge import JudgeError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def chat_model(name: str) -> BaseChatModel:
    """The chat model that LangChain's `init_chat_model` knows by this name.

    Args:
        name: ``PROVIDER:MODEL``, such as ``ollama:llama3.1``.

    Raises:
        JudgeError: LangChain or the provider's package is missing, or the name means nothing to
            it; the message says what to install or write.
    """
    try:
        # Not a dependency: who wants no judge needs none of it.
        module = import_module("langchain.chat_models")
    except ImportError as error:
        raise JudgeError(
            "a judge needs LangChain, which is not installed: run "
            f"'.venv/bin/pip install langchain {_provider_package(name)}'"
        ) from error
    try:
        model: BaseChatModel = module.init_chat_model(name, temperature=0)
    except (ImportError, ValueError) as error:
        raise JudgeError(f"there is no judge {name!r} (write PROVIDER:MODEL): {error}") from error
    return model


def _provider_package(name: str) -> str:
    provider, separator, _ = name.partition(":")
    return f"langchain-{provider.replace('_', '-')}" if separator else "langchain-PROVIDER"

"""Whether the server lives, and whether it can answer."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from chatbot.answers import Outcome
from chatbot.web.loading import Stage

if TYPE_CHECKING:
    from chatbot.web.loading import Loader
    from chatbot.web.service import Assistant

# A probe runs a real query; asked more often than this, it repeats what it found last.
KEEP_SECONDS = 10.0


class Probe:
    """Asks the assistant something that it must be able to answer."""

    def __init__(self, loader: Loader) -> None:
        """Takes what loads the assistant."""
        self._loader = loader
        self._lock = threading.Lock()
        self._found: tuple[float, str | None] | None = None

    def problem(self) -> str | None:
        """Says why no question can be answered now; None when all is well."""
        if self._loader.stage is Stage.FAILED:
            return "the library could not be opened; the log says why"
        if self._loader.assistant is None:
            return "the library is still being opened"
        with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > KEEP_SECONDS:
                self._found = (time.monotonic(), _query(self._loader.assistant))
            return self._found[1]


def health_router(loader: Loader) -> APIRouter:
    """Makes the routes `/livez` and `/readyz`."""
    router = APIRouter()
    probe = Probe(loader)

    @router.get("/livez")
    async def livez() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        problem = probe.problem()
        if problem is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "reason": problem}, status_code=503)

    return router


def _query(assistant: Assistant) -> str | None:
    try:
        examples = assistant.examples()
        if not examples:
            return "the library offers no question that it can answer"
        answer = assistant.answer(examples[0])
    except Exception as error:  # noqa: BLE001  whatever it is, the probe must tell it
        return f"a known question failed with {type(error).__name__}"
    if answer.outcome not in (Outcome.ANSWERED, Outcome.URGENT) or not answer.citations:
        return f"a known question was not answered but ended as {answer.outcome}"
    if any(
        each.passage.document.text[each.start : each.end] != each.quote for each in answer.citations
    ):
        return "a known question was answered with a quote that its document does not hold"
    return None

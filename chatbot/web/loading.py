"""Loads the assistant in the background, while the page is already up.

Opening the index and the embedding model takes seconds, most of it imports that hold Python's
global lock. The load therefore begins when the server is listening, not beside its start.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from enum import Enum
from typing import TYPE_CHECKING

from chatbot.web.logs import describe
from ingest.errors import CiteWellError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatbot.web.service import Assistant

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
RETRY_SECONDS = 15.0


class Stage(Enum):
    """How far the load has come."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Loader:
    """Runs a slow factory once, in a thread, and hands out what it made.

    A load that failed is tried again when somebody needs the assistant and some time has passed:
    the operator can build the index without restarting the server.
    """

    def __init__(self, load: Callable[[], Assistant], retry_seconds: float = RETRY_SECONDS) -> None:
        """Takes the factory; nothing is loaded before `start`."""
        self._load = load
        self._retry_seconds = retry_seconds
        self._lock = threading.Lock()
        self._stage = Stage.WAITING
        self._assistant: Assistant | None = None
        self._failed_at = 0.0
        self.problem: str | None = None

    @property
    def stage(self) -> Stage:
        """How far the load has come."""
        return self._stage

    @property
    def assistant(self) -> Assistant | None:
        """The assistant, or None while there is none."""
        return self._assistant

    def start(self) -> None:
        """Begins the load, unless it runs, is done, or failed only just now."""
        with self._lock:
            if self._stage in (Stage.LOADING, Stage.READY):
                return
            too_soon = time.monotonic() - self._failed_at < self._retry_seconds
            if self._stage is Stage.FAILED and too_soon:
                return
            self._stage = Stage.LOADING
        threading.Thread(target=self._run, name="citewell-load", daemon=True).start()

    async def wait(self) -> Assistant | None:
        """Waits for the load to end; None when it failed."""
        self.start()
        while self._stage is Stage.LOADING:
            await asyncio.sleep(POLL_SECONDS)
        return self._assistant

    def _run(self) -> None:
        began = time.monotonic()
        try:
            assistant = self._load()
        except CiteWellError as error:
            logger.error("The library could not be opened: %s", error)  # noqa: TRY400
            self._fail(str(error))
        except BaseException as error:  # noqa: BLE001  a thread's end nobody sees helps nobody
            logger.error("The library could not be opened: %s", describe(error))  # noqa: TRY400
            self._fail(f"an unexpected {type(error).__name__}")
        else:
            self._assistant = assistant
            self.problem = None
            self._stage = Stage.READY
            logger.info("The library is open after %.1f s.", time.monotonic() - began)

    def _fail(self, problem: str) -> None:
        self.problem = problem
        self._failed_at = time.monotonic()
        self._stage = Stage.FAILED

"""A few threads that answer questions, and an honest "busy" when too many wait."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ingest.errors import CiteWellError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

P = ParamSpec("P")
R = TypeVar("R")


class BusyError(CiteWellError):
    """More questions wait than can be answered within a reasonable time."""


class Workers:
    """Runs blocking work in a fixed number of threads.

    A question whose patient has left or pressed Stop is dropped while it waits; one that runs is
    finished and its result thrown away, so that nobody can start more threads by stopping.
    """

    def __init__(self, at_once: int = 2, waiting: int = 60) -> None:
        """Takes how much may run at once and how much more may wait."""
        self._most = at_once + waiting
        self._pending = 0
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="citewell-answer")

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs the work in a thread; raises BusyError when too much waits already."""
        with self._lock:
            if self._pending >= self._most:
                raise BusyError(f"{self._pending} questions are being answered or wait; try later")
            self._pending += 1
        future = self._pool.submit(work, *args, **kwargs)
        future.add_done_callback(self._done)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Drops what waits; what runs may finish."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, _future: Future[R]) -> None:
        with self._lock:
            self._pending -= 1

"""A real server on a free loopback port and, where there is one, a real browser."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
import uvicorn

from chatbot.web.quiet import be_quiet
from chatbot.web.server import create_app
from tests.web.fakes import FakeAssistant
from tests.web.visits import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from chatbot.web.service import Assistant

CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


be_quiet()


class _Server(threading.Thread):
    """A thread with a server in it. Gradio leaves loops unclosed when made outside of one."""

    def __init__(self, load: Callable[[], Assistant], listener: socket.socket) -> None:
        super().__init__(daemon=True)
        self._load = load
        self._listener = listener
        self.server: uvicorn.Server | None = None

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        app = create_app(self._load, head_start_seconds=0)
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        await self.server.serve(sockets=[self._listener])


@contextlib.contextmanager
def served(load: Callable[[], Assistant]) -> Iterator[str]:
    """Serves the web app in a thread, for as long as the block runs; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = _Server(load, listener)
        thread.start()
        deadline = time.monotonic() + 60
        while thread.server is None or not thread.server.started:
            assert thread.is_alive(), "the server ended before it was up"
            assert time.monotonic() < deadline, "the server is not up after 60 s"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.server.should_exit = True
        thread.join(15)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[], Assistant]], str]]:
    """Serves the web app of an assistant's factory; gives the address."""
    with contextlib.ExitStack() as stack:
        yield lambda load: stack.enter_context(served(load))


@pytest.fixture
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium; tests skip without one, or fail if CITEWELL_REQUIRE_BROWSER=1.

    Not for longer than a module: while it is open, the thread counts as running an event loop, and
    other tests could not start their own.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
    if path is None:
        reason = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CITEWELL_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where it is used

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visiting(chromium):
    """Opens tabs; afterwards nothing may have complained or asked another host."""

    @contextlib.contextmanager
    def visit(address, *, clean=True, **options):
        context = chromium.new_context(**options)
        context.set_default_timeout(20_000)
        tab = Visit(context.new_page(), address)
        yield tab
        context.close()
        assert tab.elsewhere == []
        if clean:
            assert tab.complaints == []

    return visit

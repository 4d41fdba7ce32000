"""The web app: the page, the documents' pages and the health routes, behind one set of rules."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from chatbot.settings import ChatSettings
from chatbot.web.asking import Desk
from chatbot.web.closed import ClosedRoutes
from chatbot.web.headers import SecurityHeaders
from chatbot.web.health import health_router
from chatbot.web.limits import RateLimit
from chatbot.web.loading import Loader
from chatbot.web.ordering import OrderedJoins
from chatbot.web.page import HEAD, build_page, theme
from chatbot.web.source import source_router
from chatbot.web.workers import Workers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from chatbot.web.service import Assistant

STATIC = Path(__file__).parent / "static"
# The load would take the processor from the first visitor's page; it lets the server answer first.
HEAD_START_SECONDS = 0.5


def create_app(
    load: Callable[[], Assistant],
    *,
    workers: Workers | None = None,
    head_start_seconds: float = HEAD_START_SECONDS,
    settings: ChatSettings | None = None,
) -> FastAPI:
    """Makes the web app.

    Args:
        load: Makes the assistant; it may take long, and may raise a CiteWellError that says why
            it cannot be made.
        workers: The threads that answer questions.
        head_start_seconds: How long after the start-up the load begins.
        settings: None for those of the environment.
    """
    loader = Loader(load)
    workers = workers or Workers()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        asyncio.get_running_loop().call_later(head_start_seconds, loader.start)
        yield
        workers.close()

    app = FastAPI(
        title="CiteWell", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    # No origin but our own may read anything: Gradio's own rule lets every origin in, with
    # credentials, as soon as the host is not called localhost.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(OrderedJoins)
    app.add_middleware(ClosedRoutes)
    app.add_middleware(SecurityHeaders)
    app.include_router(health_router(loader))
    app.include_router(source_router(loader))
    app.mount("/citewell", StaticFiles(directory=STATIC), name="citewell")
    settings = settings or ChatSettings()
    limit = RateLimit(settings.questions_per_minute, settings.questions_per_minute_and_address)
    return _mount(app, Desk(loader, workers, limit=limit), loader)


def _mount(app: FastAPI, desk: Desk, loader: Loader) -> FastAPI:
    """Puts the page at the root, with every convenience of Gradio that sends or keeps data off."""
    page = build_page(desk, loader)
    page.share = False
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        mcp_server=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size="1kb",
        ssr_mode=False,
        pwa=False,
        theme=theme(),
        head=HEAD,
    )
    return app

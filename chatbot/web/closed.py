"""Closes the routes of Gradio that this page does not use, and limits what the others take in.

Gradio brings uploads, a file server, a proxy, run history and more with every page. What nobody
uses here needs no guarding if it does not answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_PREFIX = "/gradio_api/"
_OPEN = ("queue/", "heartbeat/", "cancel", "reset", "startup-events", "theme.css")
# Everything that the page sends is a question with little around it.
_MOST_BYTES = 64 * 1024
_CLOSED = ("/monitoring", "/login", "/logout", "/svelte", "/pwa_icon")


class ClosedRoutes:
    """ASGI middleware that refuses what is closed and what is too large."""

    def __init__(self, app: ASGIApp) -> None:
        """Wraps an app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        refusal = _refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)


def is_closed(path: str) -> bool:
    """Whether a path belongs to Gradio and the page has no use for it."""
    if path.startswith(_PREFIX):
        return not path.removeprefix(_PREFIX).startswith(_OPEN)
    return path.startswith(_CLOSED)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    if is_closed(scope["path"]):
        return PlainTextResponse("Not found", status_code=404)
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return None
    length = Headers(scope=scope).get("content-length", "")
    if not length.isdigit():
        return PlainTextResponse("The request must say how long it is.", status_code=411)
    if int(length) > _MOST_BYTES:
        return PlainTextResponse("The request is too long.", status_code=413)
    return None

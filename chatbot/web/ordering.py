"""Keeps two messages to the browser in order that Gradio sends on two connections.

When the last event of a page ends, Gradio tells the browser to close the page's stream. A question
that joins the queue at that moment is answered on the stream that the browser still takes for open:
the answer never arrives, and the page waits for ever. So the reply to a joining question is held
back until word of the closed stream has surely arrived; the browser then opens a new one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_JOIN = "/gradio_api/queue/join"
# The question itself does not wait: it is being answered meanwhile.
SETTLE_SECONDS = 0.1


class OrderedJoins:
    """ASGI middleware that answers a question's joining a little later."""

    def __init__(self, app: ASGIApp) -> None:
        """Wraps an app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        joins = scope["type"] == "http" and scope["path"] == _JOIN

        async def settled(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(SETTLE_SECONDS)
            await send(message)

        await self.app(scope, receive, settled if joins else send)

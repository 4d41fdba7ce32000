"""What every response says to the browser about what the page may do.

Gradio's page carries inline scripts. Allowing all inline scripts would undo the policy, so each
page that goes out is read and the hashes of exactly its own scripts are allowed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SCRIPT = re.compile(rb"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_SRC = re.compile(rb"\bsrc\s*=", re.IGNORECASE)
# Gradio sets style attributes, which no hash can allow.
_POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_ASSETS = ("/assets/", "/static/", "/citewell/", "/gradio_api/")


class SecurityHeaders:
    """ASGI middleware that adds the headers; only HTML is held back, streams pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        """Wraps an app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not scope["path"].startswith(_ASSETS):
            scope = _uncompressed(scope)
        await self.app(scope, receive, _Sender(send))


class _Sender:
    """Passes a response on; of an HTML one it keeps everything until it is complete."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: Message | None = None
        self._body: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                self._held = message
                return
            _add_headers(message, b"")
        elif message["type"] == "http.response.body" and self._held is not None:
            self._body.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            page = b"".join(self._body)
            _add_headers(self._held, page)
            await self._send(self._held)
            self._held = None
            message = {**message, "body": page}
        await self._send(message)


def policy(page: bytes) -> str:
    """Returns the content security policy for a page, with the hashes of its inline scripts."""
    inline = (script for attributes, script in _SCRIPT.findall(page) if not _SRC.search(attributes))
    digests = dict.fromkeys(hashlib.sha256(script).digest() for script in inline)
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return _POLICY.format(hashes=hashes)


def _add_headers(message: Message, page: bytes) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _FIXED.items():
        headers[name] = value
    headers["Content-Security-Policy"] = policy(page)


def _uncompressed(scope: Scope) -> Scope:
    """The request without its wish for compression: a compressed page's scripts are not seen."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": headers}

"""One patient over HTTP, as the page's own script talks to the server.

Not by ``gradio_client``: the page offers no API, and that client finds no way to ask without one.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import httpx

from chatbot.web import words
from chatbot.web.escape import inert
from chatbot.web.render import question_html
from evals.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

Kind = Literal["answer", "card", "busy", "error"]

# Who hears nothing for so long has left.
PATIENCE_SECONDS = 120.0
_API = "/gradio_api"
_MESSAGE = re.compile(r'<div class="cw-answer cw-([a-z_]+)">')
_TAG = re.compile(r"<[^>]*>")
_CARDS = {"emergency", "crisis", "poison"}


@dataclass(frozen=True, slots=True)
class Question:
    """What a patient asks; `card` where the reply must be a card alone."""

    text: str
    card: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a question.

    Attributes:
        kind: An answer (an abstention and a greeting, too), a card alone, the line that says
            "busy", or anything else.
        seconds: From asking to the finished reply.
        reason: Of an error: what was wrong.
    """

    kind: Kind
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Doors:
    """The numbers by which the page calls what it does, with what sets it off."""

    ask: tuple[int, int]
    open: tuple[int, int]

    @classmethod
    async def find(cls, client: httpx.AsyncClient) -> Doors:
        """Reads them from the page's configuration."""
        config = (await client.get("/config")).raise_for_status().json()
        found = {each["api_name"]: each for each in config["dependencies"]}
        ask, opening = (
            (int(found[name]["id"]), int(found[name]["targets"][0][0])) for name in ("ask", "open")
        )
        return cls(ask, opening)


class Visit:
    """One tab of one browser, from the page's opening on."""

    def __init__(self, client: httpx.AsyncClient, doors: Doors) -> None:
        """Takes the connection, which is this visit's alone, and the doors."""
        self._client = client
        self._doors = doors
        self._session = secrets.token_hex(8)
        self._asked: set[str] = set()

    @asynccontextmanager
    async def stay(self) -> AsyncIterator[None]:
        """Keeps the connection by which the server knows that the tab is open."""
        task = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def open(self) -> Heard:
        """Fetches the page and has its examples filled in."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                (await self._client.get("/")).raise_for_status()
                _, ended = await self._call(self._doors.open, [])
        except _TROUBLES as error:
            return _failed(began, error)
        return Heard("answer", ended - began)

    async def ask(self, question: Question) -> Heard:
        """Asks in this conversation, and waits for the finished reply."""
        self._asked.add(question_html(question.text))
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                shown, ended = await self._call(self._doors.ask, [question.text, None, "unknown"])
            kind = self._kind(question, shown[0])
        except _TROUBLES as error:
            return _failed(began, error)
        return Heard(kind, ended - began)

    async def _call(self, door: tuple[int, int], data: Sequence[Any]) -> tuple[Any, float]:
        """What an event of the page ends with, and when it came."""
        function, trigger = door
        body = {"data": data, "fn_index": function, "trigger_id": trigger, "event_data": None}
        joined = await self._client.post(
            f"{_API}/queue/join", json={**body, "session_hash": self._session}
        )
        event = joined.raise_for_status().json()["event_id"]
        address, session = f"{_API}/queue/data", {"session_hash": self._session}
        found: tuple[Any, float] | None = None
        async with self._client.stream("GET", address, params=session) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line.removeprefix("data:"))
                if message["msg"] == "unexpected_error":
                    raise BenchError(f"the stream broke off: {message['message']}")
                if message["msg"] == "process_completed" and message["event_id"] == event:
                    if not message["success"]:
                        raise BenchError("the page's handler failed")
                    found = message["output"]["data"], time.perf_counter()
        if found is None:
            raise BenchError("the stream ended without a reply")
        return found

    async def _beat(self) -> None:
        async with self._client.stream("GET", f"{_API}/heartbeat/{self._session}") as stream:
            async for _ in stream.aiter_raw():
                pass

    def _kind(self, question: Question, messages: Sequence[dict[str, Any]]) -> Kind:
        texts = [(each["role"], each["content"][0]["text"]) for each in messages]
        asked = [text for role, text in texts if role == "user"]
        if asked[-1] != question_html(question.text) or not self._asked.issuperset(asked):
            raise BenchError("a conversation was shown that is not the patient's own")
        html = texts[-1][1]
        found = _MESSAGE.match(html)
        name = found[1] if found else ""
        if name in _CARDS:
            return "card"
        if question.card:
            raise BenchError(f"an emergency got no card but: {_plain(html)}")
        if inert(words.BUSY) in html:
            return "busy"
        if name in ("", "trouble", "waiting"):
            raise BenchError(f"the page said: {_plain(html)}")
        return "answer"


_TROUBLES = (httpx.HTTPError, TimeoutError, BenchError, LookupError, ValueError)


def _failed(began: float, error: Exception) -> Heard:
    if isinstance(error, httpx.HTTPStatusError):
        reason = f"HTTP {error.response.status_code} from {error.request.url.path}"
    elif isinstance(error, BenchError):
        reason = str(error)
    else:
        reason = f"{type(error).__name__}: {error}"
    return Heard("error", time.perf_counter() - began, reason)


def _plain(html: str) -> str:
    return _TAG.sub(" ", html).strip()[:100]

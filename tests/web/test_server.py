"""The web app over HTTP: headers, health, closed doors."""

import asyncio
import base64
import hashlib
import re
import threading
import time

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from chatbot.answers import Answer, Outcome
from chatbot.web.closed import is_closed
from chatbot.web.headers import SecurityHeaders, policy
from chatbot.web.health import Probe
from chatbot.web.loading import Loader
from chatbot.web.ordering import SETTLE_SECONDS, OrderedJoins
from ingest.errors import IndexMissingError
from tests.web.conftest import served
from tests.web.fakes import FakeAssistant


@pytest.fixture(scope="module")
def client():
    with served(FakeAssistant) as address, httpx.Client(base_url=address, timeout=20) as made:
        wait_until(lambda: made.get("/readyz").status_code == 200)
        yield made


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def scripts_of(response):
    rules = response.headers["content-security-policy"].split("; ")
    return next(rule for rule in rules if rule.startswith("script-src "))


def test_the_page_allows_its_own_scripts_and_no_others(client):
    page = client.get("/", headers={"accept-encoding": "gzip, br"})
    assert page.status_code == 200
    assert "content-encoding" not in page.headers
    allowed = scripts_of(page)
    assert "unsafe" not in allowed
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page.text, re.DOTALL)
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in allowed


@pytest.mark.parametrize(
    "path", ["/", "/source/conditions/asthma", "/livez", "/nothing", "/config"]
)
def test_every_response_carries_the_headers(client, path):
    headers = client.get(path).headers
    policy_line = headers["content-security-policy"]
    for rule in ("frame-ancestors 'none'", "object-src 'none'", "connect-src 'self'", "base-uri"):
        assert rule in policy_line
    assert "http" not in policy_line
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_assets_are_served_compressed(client):
    answer = client.get("/theme.css", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert client.get("/citewell/page.css").headers["content-type"].startswith("text/css")
    assert client.get("/citewell/page.js").status_code == 200


def test_a_script_inside_a_script_does_not_widen_the_policy():
    page = b'<script>let a = "<script>evil()";</script><script src="x.js">no()</script>'
    assert policy(page).count("sha256-") == 1


def test_streams_are_passed_on_piece_by_piece():
    sent = []

    async def pieces():
        for number in range(3):
            sent.append(f"made {number}")
            yield f"data: {number}\n\n"

    async def stream(_request):
        return StreamingResponse(pieces(), media_type="text/event-stream")

    async def send(message):
        if message.get("body"):
            sent.append(f"sent {message['body'][6:7].decode()}")

    async def run():
        app = SecurityHeaders(Starlette(routes=[Route("/", stream)]))
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
        scope |= {"asgi": {"spec_version": "2.4"}}
        await app(scope, asyncio.Queue().get, send)

    asyncio.run(run())
    assert sent == [f"{what} {number}" for number in range(3) for what in ("made", "sent")]


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://evil.example",
        "/gradio_api/run/ask",
        "/gradio_api/api/ask",
        "/gradio_api/call/ask",
        "/gradio_api/info",
        "/gradio_api/runs",
        "/gradio_api/mcp/",
        "/gradio_api/vibe-edit/",
        "/gradio_api/deep_link",
        "/gradio_api/dev/reload",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/svelte/x.js",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_page_does_not_use_is_closed(client, method, path):
    assert client.request(method, path, content=b"{}").status_code == 404


def test_what_the_page_uses_is_open():
    paths = ["queue/join", "queue/data", "heartbeat/abc", "cancel", "startup-events", "theme.css"]
    assert not any(is_closed(f"/gradio_api/{path}") for path in paths)
    assert not any(is_closed(path) for path in ("/", "/source/login", "/assets/a.js", "/livez"))


def test_large_and_endless_requests_are_refused(client):
    assert client.post("/gradio_api/queue/join", content=b"x" * 70_000).status_code == 413
    endless = client.post("/gradio_api/queue/join", content=(b"x" for _ in range(3)))
    assert endless.status_code == 411


def test_no_other_origin_may_read_anything(client):
    for host in ("127.0.0.1", "citewell.example"):
        headers = {"origin": "http://evil.example", "host": host}
        assert "access-control-allow-origin" not in client.get("/config", headers=headers).headers
        asked = {**headers, "access-control-request-method": "POST"}
        preflight = client.options("/gradio_api/queue/join", headers=asked)
        assert preflight.status_code == 400
        assert "access-control-allow-origin" not in preflight.headers


def test_the_page_offers_no_api_and_keeps_no_runs(client):
    config = client.get("/config").json()
    assert config["run_history"] is False
    assert config["footer_links"] == []
    assert config["show_error"] is False
    assert all(each["api_visibility"] == "private" for each in config["dependencies"])
    assert config["max_file_size"] == 1024
    chat = next(each for each in config["components"] if each["type"] == "chatbot")
    assert chat["props"]["sanitize_html"] is True
    assert chat["props"]["allow_tags"] is False


def test_live_at_once_and_ready_when_the_library_is_open(serve, fake):
    held = threading.Event()

    def load():
        held.wait(20)
        return fake

    address = serve(load)
    assert httpx.get(f"{address}/livez").status_code == 200
    assert httpx.get(address).status_code == 200
    waiting = httpx.get(f"{address}/readyz")
    assert (waiting.status_code, waiting.json()["status"]) == (503, "not ready")
    assert "still being opened" in waiting.json()["reason"]
    assert httpx.get(f"{address}/source/conditions/asthma").status_code == 503
    held.set()
    wait_until(lambda: httpx.get(f"{address}/readyz").status_code == 200)


def test_not_ready_without_a_library(serve):
    def load():
        raise IndexMissingError("there is no index; run make ingest")

    address = serve(load)
    wait_until(lambda: "could not" in httpx.get(f"{address}/readyz").json()["reason"])
    assert httpx.get(f"{address}/livez").status_code == 200


class Forgetful(FakeAssistant):
    def answer(self, question, *_):
        return Answer(question, question, Outcome.ABSTAINED, "")


class Broken(FakeAssistant):
    def answer(self, *_):
        raise OSError("disk")


class Empty(FakeAssistant):
    def examples(self):
        return ()


@pytest.mark.parametrize(
    ("assistant", "reason"),
    [(Forgetful, "ended as abstained"), (Broken, "failed with OSError"), (Empty, "no question")],
)
def test_ready_means_that_a_known_question_is_answered(assistant, reason):
    loader = Loader(assistant)
    asyncio.run(loader.wait())
    assert reason in (Probe(loader).problem() or "")


def test_the_reply_to_a_joining_question_comes_after_word_of_a_closed_stream():
    async def joined(_request):
        return StreamingResponse(iter(["{}"]))

    async def seconds(path):
        app = OrderedJoins(Starlette(routes=[Route(path, joined)]))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            began = time.monotonic()
            assert (await client.get(path)).status_code == 200
            return time.monotonic() - began

    assert asyncio.run(seconds("/gradio_api/queue/join")) >= SETTLE_SECONDS
    assert asyncio.run(seconds("/gradio_api/queue/data")) < SETTLE_SECONDS

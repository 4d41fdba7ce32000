"""A whole session with the program as it is started: nothing of it goes anywhere else."""

from __future__ import annotations

import ipaddress
import signal
import socket
import subprocess
import sys
import time

import httpx
import psutil
import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.browser

# Tells of every address that Python looks up or connects to, then starts the app.
LISTENING = """
import sys
def heard(event, args):
    if event in {"socket.connect", "socket.sendto"}:
        place = args[1]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        place = args[:1]
    else:
        return
    print("WENT TO", place[0] if isinstance(place, tuple) else "unix", file=sys.stderr, flush=True)
sys.addaudithook(heard)
import app
sys.exit(app.main(sys.argv[1:]))
"""
PRIVATE = "zyxgrandmother"


@pytest.fixture
def running(library, tmp_path):
    """The program on a free port: its process, address and log."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", LISTENING, "--port", port, "--index", str(library)],
            cwd=PROJECT, stderr=errors, stdout=errors,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 90
    try:
        while not is_ready(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield process, address, log
    finally:
        process.kill()
        process.wait()


def is_ready(address):
    try:
        return httpx.get(f"{address}/readyz", timeout=20).status_code == 200
    except httpx.TransportError:
        return False


def is_outside(host):
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host not in {"unix", "localhost", "None"}


def test_a_session_stays_on_the_machine_and_ends_at_once(running, visiting):
    process, address, log = running
    with visiting(address) as visit:
        visit.open()
        visit.ask(f"what are the symptoms of migraine? {PRIVATE}")
        visit.ask("and how is it treated?")
        visit.ask("my chest feels crushed and my arm is numb")
        connections = psutil.Process(process.pid).net_connections(kind="inet")
    remote = {each.raddr.ip for each in connections if each.raddr}
    assert not any(is_outside(host) for host in remote)
    told = log.read_text()
    went = [line.removeprefix("WENT TO ").strip() for line in told.splitlines() if "WENT" in line]
    assert went, "the hook heard nothing at all"
    assert [host for host in went if is_outside(host)] == []
    assert PRIVATE not in told
    assert "migraine" not in told
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(15)
    assert time.monotonic() - began < 15
    assert process.returncode in {0, -signal.SIGTERM}

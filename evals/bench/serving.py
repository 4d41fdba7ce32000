"""The app as a person starts it, in a process of its own on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from evals.bench.errors import BenchError
from ingest.settings import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LIMIT_SECONDS = 120.0
_END_SECONDS = 15.0
# What `/readyz` says when waiting helps no more.
_FAILED = b"could not be opened"


class Served:
    """A running app."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        """Takes its port and its process."""
        self.address = f"http://127.0.0.1:{port}"
        self._process = process

    def wait_for(self, path: str) -> None:
        """Returns when the path answers with status 200.

        Raises:
            BenchError: The app ended, can't open its index, or takes too long.
        """
        url = f"{self.address}{path}"
        end = time.perf_counter() + _LIMIT_SECONDS
        while time.perf_counter() < end:
            if self._process.poll() is not None:
                raise BenchError(
                    f"app.py ended with status {self._process.returncode}: run it by hand to see "
                    "why"
                )
            if _answers(url):
                return
            time.sleep(0.05)
        raise BenchError(
            f"{url} did not answer within {_LIMIT_SECONDS} s: run app.py by hand to see why"
        )


@contextmanager
def serving(
    index: Path, settings: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> Iterator[Served]:
    """Starts ``python app.py`` and ends it with the block.

    Args:
        index: The folder of its index.
        settings: Environment variables beside those that there are.
        log: Where its log goes; None for nowhere.
    """
    port = _free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--index", str(index.absolute())]
    process = subprocess.Popen(  # noqa: S603 - our own program
        command,
        cwd=PROJECT,
        env={**os.environ, **(settings or {})},
        stdout=subprocess.DEVNULL,
        stderr=log or subprocess.DEVNULL,
    )
    try:
        yield Served(port, process)
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - loopback
            return bool(response.status == 200)
    except urllib.error.HTTPError as refused:
        if _FAILED in refused.read():
            raise BenchError(
                "app.py cannot open its index: build it with make ingest, or name another with "
                "--index"
            ) from refused
        return False
    except OSError:
        return False

"""Starts the web app: the settings, the assistant, the server."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.web.quiet import be_quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.web.service import Assistant

logger = logging.getLogger("citewell")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the web app until it is interrupted; returns the exit status."""
    options = _options(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("citewell").setLevel(logging.INFO)
    logging.getLogger("chatbot").setLevel(logging.INFO)
    try:
        listener = _listen(options.host, options.port)
    except OSError as error:
        logger.error("%s", _refused(options.host, options.port, error))  # noqa: TRY400
        return 1
    be_quiet()
    _serve(listener, options.host, options.port, options.index)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="app.py", description="Starts CiteWell's web page.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=7860, help="port (%(default)s)")
    parser.add_argument("--index", type=Path, metavar="DIR", help="folder of the index")
    return parser.parse_args(arguments)


def _port(given: str) -> int:
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
        raise argparse.ArgumentTypeError(f"{given} is no port; choose one from 1 to 65535")
    return int(given)


def _listen(host: str, port: int) -> socket.socket:
    """Takes the port before anything slow is imported, so that a taken one is told at once."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def _refused(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"{host} is no address of this machine; choose another with --host."
    return (
        f"Cannot listen on {host} port {port}: {error.strerror}. "
        "Another program may have it; stop that one or choose another with --port."
    )


def _serve(listener: socket.socket, host: str, port: int, index: Path | None) -> None:
    import uvicorn  # noqa: PLC0415  the environment must be set first

    from chatbot.web.server import create_app  # noqa: PLC0415

    def load() -> Assistant:
        from chatbot.engine import Chatbot  # noqa: PLC0415  takes seconds; the page is up by then
        from ingest.settings import IngestSettings  # noqa: PLC0415

        return Chatbot.open(index or IngestSettings().index)

    app = create_app(load)
    # No access log: who asked, and from where, is nobody's business.
    # The browser keeps a connection open that would hold up the end for ever.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    shown = f"[{host}]" if ":" in host else host
    logger.info("CiteWell is at http://%s:%d", shown, port)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())

"""The command that starts the web app."""

import os
import socket
import subprocess
import sys

import pytest

import app


@pytest.mark.parametrize(
    "arguments",
    [["--port", "none"], ["--port", "70000"], ["--port", "0"], ["--nothing"], ["extra"]],
)
def test_wrong_usage_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        app.main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_taken_port_is_told(caplog):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert app.main(["--port", str(port)]) == 1
    assert f"port {port}" in caplog.text
    assert "--port" in caplog.text


def test_an_unknown_host_is_told(caplog):
    assert app.main(["--host", "no such host"]) == 1
    assert "--host" in caplog.text


def test_nothing_slow_is_imported_to_read_the_arguments():
    slow = "{'gradio', 'fastapi', 'chromadb', 'torch'}"
    code = f"import sys, app; sys.exit(bool({slow} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False, env=os.environ).returncode == 0

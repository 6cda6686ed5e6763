"""Runs `mlflow models serve` as a child process: starts it, waits for it, and ends it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lakegloss.errors import EnvironmentNotReadyError

_START_SECONDS = 90.0
_STOP_SECONDS = 10.0
_SAID = 2_000


@contextmanager
def served(model: str, *, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a model; gives its address, such as http://127.0.0.1:5001, which has /invocations.

    Args:
        model: a folder or `models:/name/3`.
        environ: variables that are added to those of this process.

    Raises:
        EnvironmentNotReadyError: MLflow is not installed, or its server does not start.
    """
    command = Path(sys.executable).with_name("mlflow")
    if not command.exists():
        raise EnvironmentNotReadyError(
            "To serve a model needs MLflow, which is not installed.",
            remedy="pip install 'lakegloss[mlflow]'",
        )
    port = _free_port()
    scripts = str(command.parent)  # MLflow calls uvicorn by its name
    env = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    arguments = [
        str(command), "models", "serve", "-m", model, "--env-manager", "local",
        "-h", "127.0.0.1", "-p", str(port),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - our own arguments
            arguments, env=env | dict(environ or {}), stdout=said, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}"
        except _NotStartedError:
            said.seek(0)
            text = said.read().decode("utf-8", "replace")[-_SAID:]
            raise EnvironmentNotReadyError(
                f"The model was not served: {text.strip() or 'it said nothing'}",
                remedy=f"Try it by hand: mlflow models serve -m {model} --env-manager local",
            ) from None
        finally:
            _stop(process)


class _NotStartedError(Exception):
    pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise _NotStartedError
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the server and its workers: the whole group, as MLflow starts them through a shell."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(_STOP_SECONDS)

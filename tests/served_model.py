"""`mlflow models serve` as a process, for tests and benches."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class ServedModel:
    """`with ServedModel(folder_or_uri) as served: served.ask({"dataframe_records": [...]})`.

    Attributes:
        seconds: from the command to the first answer of /ping.
    """

    def __init__(self, model: Path | str, *, environ: Mapping[str, str] | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._model = str(model)
        scripts = str(Path(sys.executable).parent)  # it calls uvicorn by its name
        self._env = os.environ | {"PATH": f"{scripts}:{os.environ['PATH']}"} | dict(environ or {})
        self.url = f"http://127.0.0.1:{self._port}"
        self.seconds = 0.0

    def __enter__(self) -> Self:
        start = time.monotonic()
        command = [
            str(Path(sys.executable).with_name("mlflow")), "models", "serve", "-m", self._model,
            "--env-manager", "local", "-p", str(self._port), "-h", "127.0.0.1",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, env=self._env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - start > 90:
                said = self._process.stdout.read() if self._process.stdout else b""
                self.__exit__(None, None, None)
                raise AssertionError(f"the model was not served: {said.decode()[-2_000:]}")
            time.sleep(0.05)
        self.seconds = time.monotonic() - start
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import signal

        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def post(self, body: bytes) -> tuple[int, str]:
        request = urllib.request.Request(
            f"{self.url}/invocations", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ask(self, body: Mapping[str, Any]) -> Any:
        status, text = self.post(json.dumps(body).encode())
        assert status == 200, text
        return json.loads(text)

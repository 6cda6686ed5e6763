"""A served model that tests and benches ask over HTTP."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lakegloss.serving.model.process import served


class ServedModel:
    """`with ServedModel(folder_or_uri) as model: model.ask({"dataframe_records": [...]})`.

    Attributes:
        seconds: from the command to the first answer of /ping.
    """

    def __init__(self, model: Path | str, *, environ: Mapping[str, str] | None = None) -> None:
        self._model = str(model)
        self._environ = environ
        self._stack = ExitStack()
        self.url = ""
        self.seconds = 0.0

    def __enter__(self) -> Self:
        start = time.monotonic()
        self.url = self._stack.enter_context(served(self._model, environ=self._environ))
        self.seconds = time.monotonic() - start
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

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

"""The REST service, running: a real server in a thread of the test's process."""

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn

from lakegloss.serving.api.app import create_app
from lakegloss.serving.api.service import Service
from lakegloss.settings import Settings
from tests.kits.waiting import until


class RunningService:
    """`with RunningService(settings) as service: service.client.post(...)`."""

    def __init__(
        self,
        settings: Settings,
        *,
        key: str = "",
        environ: Mapping[str, str] | None = None,
        drain: int = 10,
    ) -> None:
        self._app = create_app(settings, environ=environ or {})
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app, host="127.0.0.1", port=0, log_config=None, access_log=False,
                timeout_graceful_shutdown=drain,
            )
        )  # fmt: skip
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._key = key
        self.url = ""

    @property
    def service(self) -> Service:
        found: Service = self._app.state.service
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive())
        assert self._server.started, "the service did not start"
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        self.client = httpx.Client(base_url=self.url, headers=headers, timeout=60)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()
        self.stop()

    def stop(self) -> None:
        """As SIGTERM: no new connections, what runs is finished."""
        self._server.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive()

    def execute(self, program: str, inputs: Mapping[str, Any], **more: Any) -> httpx.Response:
        body = {"program_id": program, "inputs": inputs, **more}
        return self.client.post("/api/v1/dspy/execute", json=body)

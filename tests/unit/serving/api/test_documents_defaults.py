"""The documents' variables of the service: a short key, workers of batches and of all."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lakegloss.errors import SettingsError
from lakegloss.serving.api.access.callers import secret_of
from lakegloss.serving.api.start import start_service, workers_of_service
from lakegloss.settings import Settings, load_settings
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService

SHORT = "your-secret-key"
EMAIL = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


def settings(server: ProgramServer, home: Path, **options: Any) -> Settings:
    return load_settings(environ={}, home=home, model="m", endpoint=server.url, **options)


def test_a_short_secret_warns_and_serves_this_machine(
    server: ProgramServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.WARNING, "lakegloss.api"),
        RunningService(
            settings(server, tmp_path), key=SHORT, environ={"SECRET_KEY": SHORT}
        ) as service,
    ):
        assert service.execute("EmailDraft", EMAIL).status_code == 200
        for headers in (
            {"Authorization": "Bearer another"},
            {"X-Forwarded-For": "10.0.0.1"},
            {"Origin": "http://elsewhere.example"},
        ):
            answer = service.client.get("/api/v1/dspy/stats", headers=headers)
            assert answer.status_code == 401, headers
    warned = [r.getMessage() for r in caplog.records if "SECRET_KEY" in r.getMessage()]
    assert len(warned) == 1
    assert "fewer than 16 characters" in warned[0]
    assert SHORT not in warned[0]


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "models.example.com"])  # noqa: S104
def test_a_short_secret_serves_nobody_else(
    server: ProgramServer, tmp_path: Path, host: str
) -> None:
    with pytest.raises(SettingsError, match="fewer than 16") as raised:
        start_service(settings(server, tmp_path, serve_host=host), environ={"SECRET_KEY": SHORT})
    assert SHORT not in str(raised.value)
    assert secret_of({"SECRET_KEY": f"{SHORT}s"}, host) == f"{SHORT}s"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_addresses_of_this_machine(host: str) -> None:
    assert secret_of({"SECRET_KEY": SHORT}, host) == SHORT


@pytest.mark.parametrize(
    ("environ", "options", "workers"),
    [
        ({}, {}, (200, 100)),
        ({}, {"serve_workers": 7}, (7, 3)),
        ({}, {"serve_workers": 1}, (1, 1)),
        ({"MAX_WORKERS": "4"}, {}, (200, 4)),
        ({"DSPY_ASYNC_MAX_WORKERS": "8"}, {}, (8, 4)),
        ({"MAX_WORKERS": "4", "DSPY_ASYNC_MAX_WORKERS": "3"}, {}, (3, 3)),
        ({"DSPY_ASYNC_MAX_WORKERS": "8"}, {"serve_workers": 200}, (200, 100)),
    ],
)
def test_workers_of_the_environment(
    environ: dict[str, str], options: dict[str, Any], workers: tuple[int, int]
) -> None:
    assert workers_of_service(load_settings(environ={}, **options), environ) == workers


@pytest.mark.parametrize(
    ("environ", "most"), [({"MAX_WORKERS": "2"}, 2), ({"DSPY_ASYNC_MAX_WORKERS": "3"}, 1)]
)
def test_a_batch_keeps_to_them(
    server: ProgramServer, tmp_path: Path, environ: dict[str, str], most: int
) -> None:
    server.latency = 0.02
    body = {"program_id": "SummarizeText", "inputs_list": [{"document": f"{n}"} for n in range(9)]}
    with RunningService(settings(server, tmp_path), environ=environ) as service:
        found = service.client.post("/api/v1/dspy/execute/batch", json=body).json()
        assert found["successful"] == 9
        assert server.most_open == most


@pytest.mark.parametrize("name", ["MAX_WORKERS", "DSPY_ASYNC_MAX_WORKERS"])
def test_a_number_that_is_none_is_named(server: ProgramServer, tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        start_service(settings(server, tmp_path), environ={name: "0"})

"""The documents' commands for a shell, as requests of our own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService

KEY = "another-key-of-sixteen-or-more"
PROGRAM = """name: letter-v1
signature:
  instructions: Write an e-mail.
  inputs:
    recipient: who receives it
    subject: what it is about
    context: {description: what is known, default: ""}
  outputs: {email_body: the text}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client with a key, of a service with a program of a file."""
    folder: Path = tmp_path_factory.mktemp("programs")
    (folder / "letter-v1.yaml").write_text(PROGRAM, encoding="utf-8")
    with ProgramServer() as model:
        settings = load_settings(
            environ={},
            home=folder / "home",
            model="m",
            endpoint=model.url,
            serve_programs=folder,
        )
        with RunningService(settings, key=KEY, environ={"SECRET_KEY": KEY}) as service:
            yield service.client


def test_one_execution(client: httpx.Client) -> None:
    inputs = {"recipient": "ann@example.org", "subject": "Lunch", "context": "It rains."}
    body = {"program_id": "letter-v1", "inputs": inputs, "mode": "normal"}
    found = client.post("/api/v1/dspy/execute", json=body).raise_for_status().json()
    assert found["success"]
    assert found["outputs"]["email_body"]


def test_a_batch(client: httpx.Client) -> None:
    few = [{"recipient": name, "subject": "Lunch"} for name in ("ann", "bob")]
    body = {"program_id": "letter-v1", "inputs_list": few}
    found = client.post("/api/v1/dspy/execute/batch", json=body).raise_for_status().json()
    assert [r["success"] for r in found["results"]] == [True, True]
    assert "bob" in found["results"][1]["outputs"]["email_body"]


def test_what_there_is_and_how_it_goes(client: httpx.Client) -> None:
    programs = client.get("/api/v1/dspy/programs").raise_for_status().json()["programs"]
    assert "letter-v1" in {program["program_id"] for program in programs}
    stats = client.get("/api/v1/dspy/stats").raise_for_status().json()
    assert "total_executions" in stats


def test_without_its_key_nothing_is_told(client: httpx.Client) -> None:
    for key in ({}, {"Authorization": "Bearer another"}):
        answer = httpx.get(client.base_url.join("/api/v1/dspy/programs"), headers=key)
        assert answer.status_code == 401

"""More models than one behind the service: chosen by name, standing in, and never sharing keys."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lakegloss.engine.model_file import read_models
from lakegloss.errors import BusyError, ExecutionTimeoutError, SettingsError
from lakegloss.serving.api.places import Places
from lakegloss.serving.api.start import start_service
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService
from tests.kits.waiting import until

pytestmark = pytest.mark.slow
LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}
CARD = {"table": "sales.orders", "rows": 3, "columns": [{"name": "order_id", "type": "bigint"}]}


@pytest.fixture(scope="module")
def model() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


def dead() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


def settings_with(tmp_path: Path, text: str, **options: Any) -> Settings:
    file = tmp_path / "models.toml"
    file.write_text(text, encoding="utf-8")
    chosen = {"home": tmp_path / "home", "attempts": 1, "serve_models": file} | options
    return load_settings(environ={}, **chosen)


def backup(url: str) -> str:
    return f'fallbacks = ["backup"]\n[models.backup]\nmodel = "b"\nendpoint = "{url}"\n'


def test_another_model_stands_in_and_the_answer_says_so(
    tmp_path: Path, model: ProgramServer
) -> None:
    settings = settings_with(tmp_path, backup(model.url), model="a", endpoint=dead())
    with RunningService(settings) as service:
        found = service.execute("EmailDraft", LETTER).json()
        assert found["success"], found
        assert (found["meta"]["model"], found["meta"]["fallback_from"]) == ("backup", ["a"])
        listed = service.client.get("/api/v1/dspy/programs").json()
        assert listed["models"] == ["default", "backup"]
        unknown = service.execute("EmailDraft", LETTER, model="nosuch")
        assert unknown.status_code == 422
        assert "nosuch" in unknown.json()["error"]["message"]
        assert "backup" in unknown.json()["error"]["remedy"]


def test_another_model_writes_the_comments(tmp_path: Path) -> None:
    with ModelServer() as model:
        settings = settings_with(tmp_path, backup(model.url), model="a", endpoint=dead())
        with RunningService(settings) as service:
            found = service.client.post("/api/v1/comments", json=CARD).json()
            assert {c["source"] for c in found["comments"]} == {"model"}
            assert {c["model"] for c in found["comments"]} == {"backup"}
            assert (found["meta"]["model"], found["meta"]["fallback_from"]) == ("backup", ["a"])


def test_a_model_is_chosen_by_its_name(tmp_path: Path, model: ProgramServer) -> None:
    settings = settings_with(tmp_path, backup(model.url), model="a", endpoint=dead())
    with RunningService(settings) as service:
        found = service.execute("EmailDraft", LETTER, model="backup").json()
        assert (found["meta"]["model"], found["meta"]["fallback_from"]) == ("backup", [])


def test_a_key_goes_to_its_own_endpoint_only(tmp_path: Path) -> None:
    text = backup("https://other.example.com/v1")
    settings = settings_with(tmp_path, text, model="a", endpoint=dead(), api_key="first-key")
    assert settings.serve_models is not None
    found = read_models(settings.serve_models, settings, {})
    assert found.fallbacks == ("backup",)
    assert found.models["backup"].api_key is None
    text += 'api_key_env = "SECOND"\n'
    settings = settings_with(tmp_path, text, model="a", endpoint=dead(), api_key="first-key")
    assert settings.serve_models is not None
    second = read_models(settings.serve_models, settings, {"SECOND": "second-key"})
    kept = second.models["backup"].api_key
    assert kept is not None
    assert kept.get_secret_value() == "second-key"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[models.b]\nmodel = 'm'", "has no endpoint"),
        ("[models.b]\nmodel = 'm'\nendpoint = 'http://x/v1'\napi_key = 'k'", "never stands in"),
        ("[models.default]\nmodel = 'm'\nendpoint = 'http://x/v1'", "no name for a model"),
        ("[models.b]\nmodel = 'm'\nendpoint = 'http://x/v1'\napi_key_env = 'NO'", "no variable"),
        ("[models.b]\nmodel = 'm'\nendpoint = 'http://x/v1'\nattempts = 0", "attempts"),
        ("fallbacks = ['c']", "'c', which is no model"),
        ("fallbacks = 3", "no list"),
        ("models = 3", "no table"),
        ("model = 3", "there is no 'model'"),
        ("= 3", "not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    settings = settings_with(tmp_path, text)
    assert settings.serve_models is not None
    with pytest.raises(SettingsError, match=said):
        read_models(settings.serve_models, settings, {})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    settings = load_settings(environ={}, home=tmp_path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_models(tmp_path / "no.toml", settings, {})


# Who waits.


def test_waiting_is_bounded_in_number_and_time() -> None:
    async def scene() -> None:
        places = Places(1)
        async with places.one(5):
            with pytest.raises(ExecutionTimeoutError):
                async with places.one(0.05):
                    pass
            waiting = [asyncio.ensure_future(_take(places)) for _ in range(4)]
            await asyncio.sleep(0)
            with pytest.raises(BusyError):
                async with places.one(5):
                    pass
        assert all(left <= 5 for left in await asyncio.gather(*waiting))
        assert places.waiting == 0

    asyncio.run(scene())


async def _take(places: Places) -> float:
    async with places.one(5) as left:
        return left


def test_time_in_the_queue_counts(tmp_path: Path, model: ProgramServer) -> None:
    settings = load_settings(
        environ={}, home=tmp_path, model="a", endpoint=model.url, attempts=1, serve_workers=1
    )
    with RunningService(settings) as service:
        hung = {"document": "FAULT:hang a"}
        first = threading.Thread(
            target=service.execute, args=("SummarizeText", hung), kwargs={"timeout": 3}
        )
        first.start()
        until(lambda: model.open)
        start = time.monotonic()
        second = service.execute("SummarizeText", {"document": "b"}, timeout=0.5)
        assert second.status_code == 504
        assert time.monotonic() - start < 2
        inputs = [{"document": str(n)} for n in range(9)]
        batch = {"program_id": "SummarizeText", "inputs_list": inputs, "timeout": 0.3}
        found = service.client.post("/api/v1/dspy/execute/batch", json=batch).json()
        kinds = [r["error_type"] for r in found["results"]]
        assert kinds[0] == "timeout_error", "the place was taken"
        assert set(kinds) <= {"timeout_error", ""}, "a batch does not crowd itself out"
        first.join()
        assert service.execute("SummarizeText", {"document": "b"}).status_code == 200


def test_who_left_is_recorded(tmp_path: Path, model: ProgramServer) -> None:
    settings = load_settings(environ={}, home=tmp_path, model="a", endpoint=model.url, attempts=1)
    with RunningService(settings) as service:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{service.url}/api/v1/dspy/execute",
                json={"program_id": "SummarizeText", "inputs": {"document": "FAULT:hang a"}},
                timeout=0.5,
            )
        until(service.service.store.uncarried)
        [row] = service.service.store.uncarried()
        assert (row["success"], row["error"]) == (False, "The client left.")


# Who guesses.


def test_wrong_keys_are_slowed_down_and_right_ones_are_not(
    tmp_path: Path, model: ProgramServer
) -> None:
    settings = load_settings(environ={}, home=tmp_path, model="a", endpoint=model.url)
    key = "a-secret-of-many-characters"
    with RunningService(settings, key=key, environ={"SECRET_KEY": key}) as service:
        path = "/api/v1/dspy/stats"
        seen: list[int] = []
        with httpx.Client(base_url=service.url) as guesser:
            while 429 not in seen and len(seen) < 300:  # a busy machine takes a second for some
                wrong = {"x-api-key": f"wrong{len(seen)}"}
                seen.append(guesser.get(path, headers=wrong).status_code)
        assert seen[:60] == [401] * 60
        assert seen[-1] == 429
        assert service.client.get(path).status_code == 200


def test_a_platforms_own_bearer_token_does_not_hide_the_key(
    tmp_path: Path, model: ProgramServer
) -> None:
    settings = load_settings(environ={}, home=tmp_path, model="a", endpoint=model.url)
    key = "a-secret-of-many-characters"
    with RunningService(settings, environ={"SECRET_KEY": key}) as service:
        both = {"Authorization": "Bearer of-the-platform", "x-api-key": key}
        assert httpx.get(f"{service.url}/api/v1/dspy/stats", headers=both).status_code == 200


def test_a_stop_is_told_before_it_is_over(tmp_path: Path, model: ProgramServer) -> None:
    settings = load_settings(environ={}, home=tmp_path, model="a", endpoint=model.url)
    with RunningService(settings) as service:
        assert service.client.get("/readyz").status_code == 200
        service.service.stop_soon()
        told = service.client.get("/readyz")
        assert (told.status_code, told.json()["problems"]) == (503, ["The service is stopping."])


# A Databricks app.


def test_an_app_names_its_callers(tmp_path: Path, model: ProgramServer) -> None:
    settings = load_settings(
        environ={}, home=tmp_path, model="a", endpoint=model.url, serve_callers="databricks"
    )
    environ = {"DATABRICKS_APP_NAME": "lakegloss-dev"}
    with RunningService(settings, environ=environ) as service:
        nobody = service.execute("SummarizeText", {"document": "a"})
        assert (nobody.status_code, nobody.json()["error"]["type"]) == (401, "unauthorized")
        ann = {"X-Forwarded-Email": "ann@example.com"}
        body = {"program_id": "SummarizeText", "inputs": {"document": "a"}}
        path = "/api/v1/dspy/execute"
        found = service.client.post(path, json=body, headers=ann).json()
        kept = service.service.store.execution(found["execution_id"])
        assert kept is not None
        assert kept["key_name"] == "ann@example.com"
        bob = {"X-Forwarded-Email": "bob@example.com"}
        there = f"/api/v1/dspy/execution/{found['execution_id']}"
        assert service.client.get(there, headers=ann).status_code == 200
        assert service.client.get(there, headers=bob).status_code == 404
        assert service.client.post("/api/v1/dspy/cache/clear", headers=ann).status_code == 403


def test_elsewhere_nobody_can_claim_a_name(tmp_path: Path) -> None:
    settings = load_settings(environ={}, home=tmp_path, serve_callers="databricks")
    with pytest.raises(SettingsError, match="this is no Databricks app"):
        start_service(settings, environ={})

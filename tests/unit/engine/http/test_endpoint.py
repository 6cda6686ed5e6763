"""Addresses, keys, and what an endpoint is sent."""

import json
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from lakegloss.engine.http.credentials import DriverKey, KeyFile, MintedToken, NoCredential
from lakegloss.engine.http.dialect import Dialect
from lakegloss.engine.http.endpoint import Endpoint, databricks_credential, endpoint_from
from lakegloss.errors import EndpointAuthError, EnvironmentNotReadyError, SettingsError
from lakegloss.settings import Settings
from tests.kits.engine import make_request


def settings_for(endpoint: str, **options: Any) -> Settings:
    return Settings(model="m", endpoint=endpoint, **options)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://host/v1", "https://host/v1/chat/completions"),
        ("https://host/v1/", "https://host/v1/chat/completions"),
        ("https://host/v1/chat/completions", "https://host/v1/chat/completions"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/chat/completions"),
    ],
)
def test_addresses(given: str, url: str) -> None:
    assert endpoint_from(settings_for(given)).url == url


@pytest.mark.parametrize(
    "given",
    [
        "host/v1",
        "ftp://host",
        "https://",
        "file:///etc/passwd",
        "databrick",
        "http://host:port/v1",
        "http://host:99999/v1",
        "http://[::1/v1",
    ],
)
def test_addresses_that_are_none(given: str) -> None:
    with pytest.raises(SettingsError, match="not a URL"):
        endpoint_from(settings_for(given))


@pytest.mark.parametrize(
    "given",
    [
        "https://u:s3cret@host/v1",
        "https://host/v1?key=s3cret",
        "ftp://u:s3cret@host/v1",
        "https://u:s3cret@host:port/v1",
    ],
)
def test_secrets_in_an_address_are_refused_and_not_shown(given: str) -> None:
    with pytest.raises(SettingsError) as caught:
        endpoint_from(settings_for(given))
    assert "s3cret" not in str(caught.value)


def test_no_model() -> None:
    with pytest.raises(SettingsError, match="No model"):
        endpoint_from(Settings())


def test_keys(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from-file\n")
    assert endpoint_from(settings_for("http://h")).credential == NoCredential()
    by_file = endpoint_from(settings_for("http://h", api_key_file=path)).credential
    assert by_file.token() == "from-file"
    by_value = endpoint_from(settings_for("http://h", api_key=SecretStr("by-value")))
    assert by_value.credential.token() == "by-value"
    assert "by-value" not in repr(by_value)


def test_a_key_that_no_header_carries_is_refused() -> None:
    with pytest.raises(SettingsError, match="API key"):
        endpoint_from(settings_for("http://h", api_key=SecretStr("a\r\nHost: evil")))


@pytest.mark.parametrize("content", ["", "a\nb", "ключ"], ids=["empty", "two lines", "unicode"])
def test_key_files_that_hold_no_key(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    with pytest.raises(EndpointAuthError, match="key"):
        KeyFile(path).token()


def test_a_key_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EndpointAuthError, match="FileNotFoundError"):
        endpoint_from(settings_for("http://h", api_key_file=tmp_path / "none"))


def test_only_what_may_travel_is_pickled(tmp_path: Path) -> None:
    key = DriverKey(lambda: "s3cret")
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(Endpoint(base_url="u", model="m", credential=key))
    with pytest.raises(SettingsError, match="api_key_file"):
        Endpoint(base_url="u", model="m", credential=key).for_partitions()
    minted = DriverKey(lambda: "s3cret", mint=lambda: "short-lived")
    sent = Endpoint(base_url="u", model="m", credential=minted, proxy="http://p").for_partitions()
    assert sent.credential == MintedToken("short-lived")
    assert sent.proxy == ""
    assert b"s3cret" not in pickle.dumps(sent)
    assert "short-lived" not in repr(sent)


def test_a_workspaces_oauth_token_may_travel_but_a_personal_one_may_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Config:
        host = "https://w"

        def __init__(self, auth_type: str) -> None:
            self.auth_type = auth_type

        def authenticate(self) -> dict[str, str]:
            return {"Authorization": f"Bearer token-of-{self.auth_type}"}

    class Client:
        def __init__(self, config: Config) -> None:
            assert config.auth_type == "pat"
            self.tokens = self

        def create(self, comment: str, lifetime_seconds: int) -> SimpleNamespace:
            assert "lakegloss" in comment
            return SimpleNamespace(token_value=f"minted-for-{lifetime_seconds}")

    sdk = SimpleNamespace(WorkspaceClient=Client)
    monkeypatch.setitem(sys.modules, "databricks.sdk", sdk)
    oauth = databricks_credential(Config("oauth-m2m"))
    assert oauth.token() == "token-of-oauth-m2m"
    assert oauth.for_partitions() == MintedToken("token-of-oauth-m2m")
    assert databricks_credential(Config("pat")).for_partitions() == MintedToken("minted-for-3600")


def test_databricks_needs_its_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "databricks.sdk.core", None)
    with pytest.raises(EnvironmentNotReadyError, match="databricks-sdk"):
        endpoint_from(settings_for("databricks"))


@pytest.mark.parametrize(
    ("given", "host"),
    [("databricks", "https://from-profile"), ("https://w.net/serving-endpoints", "https://w.net")],
)
def test_databricks_addresses(monkeypatch: pytest.MonkeyPatch, given: str, host: str) -> None:
    def config(host: str = "https://from-profile/") -> SimpleNamespace:
        return SimpleNamespace(
            host=host, auth_type="pat", authenticate=lambda: {"Authorization": "Bearer t"}
        )

    monkeypatch.setitem(sys.modules, "databricks.sdk.core", SimpleNamespace(Config=config))
    endpoint = endpoint_from(settings_for(given))
    assert endpoint.url == f"{host}/serving-endpoints/chat/completions"
    assert endpoint.credential.token() == "t"


def test_a_workspace_without_login(monkeypatch: pytest.MonkeyPatch) -> None:
    def config(host: str = "") -> None:
        raise ValueError("default auth: cannot configure default credentials")

    monkeypatch.setitem(sys.modules, "databricks.sdk.core", SimpleNamespace(Config=config))
    with pytest.raises(EndpointAuthError, match="databricks auth login"):
        endpoint_from(settings_for("databricks"))


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "inside.net")
    assert endpoint_from(settings_for("https://outside.net/v1")).proxy == "http://proxy:3128"
    assert endpoint_from(settings_for("https://inside.net/v1")).proxy == ""


def test_the_body_of_a_request() -> None:
    request = make_request(temperature=0.5)
    body = json.loads(Dialect().body(request))
    assert body == {
        "model": "model-a",
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        "max_tokens": 100,
        "temperature": 0.5,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "comments", "strict": True, "schema": {"type": "object"}},
        },
    }


@pytest.mark.parametrize(
    ("dialect", "changes", "absent"),
    [
        (Dialect(structured="off"), {}, "response_format"),
        (Dialect(), {"schema": ""}, "response_format"),
        (Dialect(), {"temperature": None}, "temperature"),
        (Dialect(temperature=False), {"temperature": 0.0}, "temperature"),
        (Dialect(tokens="max_completion_tokens"), {}, "max_tokens"),
    ],
)
def test_what_is_left_out(dialect: Dialect, changes: dict[str, Any], absent: str) -> None:
    body = json.loads(dialect.body(make_request(**{"temperature": 0.0} | changes)))
    assert absent not in body


@pytest.mark.parametrize(
    ("said", "other"),
    [
        (
            "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            Dialect(tokens="max_completion_tokens"),
        ),
        ("Unrecognized request argument supplied: response_format", Dialect(structured="off")),
        ("This response_format type is unavailable now", Dialect(structured="json_object")),
        ("json_schema: Extra inputs are not permitted", Dialect(structured="json_object")),
        (
            "Unsupported value: 'temperature' does not support 0 with this model.",
            Dialect(temperature=False),
        ),
        ("max_tokens is too large: 5000. This model supports at most 4096", None),
        ("max_tokens: invalid value, must be less than 4096", None),
        ("The model `m` does not exist, unknown model", None),
        ("messages must not be empty", None),
        ("", None),
    ],
)
def test_how_a_refusal_is_met(said: str, other: Dialect | None) -> None:
    assert Dialect().without(said) == other


def test_a_plain_dialect_has_nothing_left_to_give_up() -> None:
    assert Dialect(structured="off").without("response_format is not supported") is None

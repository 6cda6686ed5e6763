import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lakegloss.errors import SettingsError
from lakegloss.lakehouse.session.doctor import Finding, Status, diagnose
from lakegloss.lakehouse.session.lock import CatalogLock
from lakegloss.settings import Settings

KEY = "sk-very-secret-1234"


class Api(BaseHTTPRequestHandler):
    """GET /<status>/models answers with that status; /ok/models lists models."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012 - shared by all handlers on purpose

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        kind = self.path.split("/")[1]
        if kind == "ok":
            self._answer(200, json.dumps({"data": [{"id": "small-1"}, {"id": "large-1"}]}))
        elif kind == "page":
            self._answer(200, "<html>a login page</html>")
        elif kind == "away":
            self._answer(302, "", {"Location": "/ok/models"})
        else:
            self._answer(int(kind), "{}")

    def _answer(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing on stderr."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Api.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def examine(
    home: Path, environ: dict[str, str] | None = None, **options: Any
) -> dict[str, Finding]:
    findings = diagnose(Settings(home=home, **options), environ=environ or {})
    for finding in findings:
        assert bool(finding.remedy) == (finding.status is not Status.OK), finding
        assert KEY not in finding.detail + finding.remedy
    return {finding.name: finding for finding in findings}


def test_a_fresh_folder_is_fine_and_left_untouched(tmp_path: Path) -> None:
    home = tmp_path / "a" / "home"
    found = examine(home)
    assert found["home folder"].status is Status.OK
    assert found["catalog lock"].detail == "free"
    assert found["model"].detail == "none: the built-in rules write the comments"
    assert not home.parent.exists()


def test_a_home_that_is_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert examine(tmp_path / "home")["home folder"].status is Status.FAILED


def test_the_holder_of_the_catalog_is_named_unless_it_is_this_shell(tmp_path: Path) -> None:
    lock = CatalogLock(tmp_path)
    lock.acquire()
    try:
        own = examine(tmp_path)["catalog lock"]
        lock.path.write_text('{"pid": 1, "command": "lakegloss shell"}')
        found = examine(tmp_path)["catalog lock"]
        lock.path.write_text("no JSON")
        unknown = examine(tmp_path)["catalog lock"]
    finally:
        lock.release()
    assert (own.status, own.remedy) == (Status.OK, "")
    assert "this shell" in own.detail
    assert found.status is unknown.status is Status.WARNING
    assert "process 1 ('lakegloss shell')" in found.detail


def test_broken_settings_are_a_finding_of_their_own(tmp_path: Path) -> None:
    error = SettingsError("There is no setting 'modle'.", remedy="Did you mean 'model'?")
    first, *others = diagnose(error, environ={})
    assert (first.name, first.status) == ("settings", Status.FAILED)
    assert first.remedy == "Did you mean 'model'?"
    assert len(others) > 5


def test_the_names_of_variables_are_shown_and_never_their_values(tmp_path: Path) -> None:
    found = examine(tmp_path, {"LAKEGLOSS_API_KEY": KEY, "PATH": "/usr/bin"})
    assert "LAKEGLOSS_API_KEY" in found["settings"].detail


def test_no_java_fails_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lakegloss.lakehouse.session.java._java_candidates", lambda _: iter(()))
    found = examine(tmp_path)["Java"]
    assert found.status is Status.FAILED
    assert "JAVA_HOME" in found.remedy


def test_answers_of_an_earlier_run_are_counted(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.mkdir()
    for name in ("a-1-1.jsonl", "b-1-1.jsonl", ".hidden.jsonl", "c.bad"):
        (journal / name).write_text("")
    findings = diagnose(Settings(home=tmp_path), environ={})
    details = [f.detail for f in findings if f.name == "journal"]
    assert [detail.split()[0] for detail in details] == ["2", "1"]


@pytest.mark.parametrize(("mode", "status"), [(0o600, "ok"), (0o644, "warning")])
def test_key_files_that_others_can_read(tmp_path: Path, mode: int, status: str) -> None:
    path = tmp_path / "key"
    path.write_text(KEY)
    path.chmod(mode)
    assert examine(tmp_path, api_key_file=path)["API key"].status == status


def test_a_key_file_that_is_missing(tmp_path: Path) -> None:
    assert examine(tmp_path, api_key_file=tmp_path / "no")["API key"].status is Status.FAILED


@pytest.mark.parametrize(("text", "warned"), [(f'api_key = "{KEY}"', True), ("model = ''", False)])
def test_a_key_in_a_settings_file_that_others_can_read(
    tmp_path: Path,
    text: str,
    warned: bool,  # noqa: FBT001
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    path.chmod(0o644)
    found = examine(tmp_path, {"LAKEGLOSS_CONFIG": str(path)})
    assert ("API key" in found) is warned
    assert str(path) in found["settings"].detail


@pytest.mark.parametrize(
    ("kind", "model", "status", "said"),
    [
        pytest.param("ok", "small-1", "ok", "small-1", id="listed"),
        pytest.param(
            "ok", "smal-1", "warning", "does not list the model 'smal-1'", id="not listed"
        ),
        pytest.param("401", "m", "failed", "refuses the key", id="wrong key"),
        pytest.param("403", "m", "failed", "refuses the key", id="no rights"),
        pytest.param("404", "m", "warning", "lists no models", id="no list"),
        pytest.param("500", "m", "failed", "HTTP 500", id="broken"),
        pytest.param("page", "m", "failed", "not an OpenAI-compatible API", id="a web page"),
        pytest.param("away", "m", "failed", "HTTP 302", id="redirect"),
    ],
)
def test_the_endpoint(
    api: str, tmp_path: Path, kind: str, model: str, status: str, said: str
) -> None:
    found = examine(tmp_path, model=model, endpoint=f"{api}/{kind}", api_key=KEY)["model"]
    assert found.status == status
    assert said in found.detail
    assert Api.asked == [(f"/{kind}/models", f"Bearer {KEY}")]


def test_a_name_close_to_the_given_one_is_offered(api: str, tmp_path: Path) -> None:
    found = examine(tmp_path, model="smal-1", endpoint=f"{api}/ok")["model"]
    assert found.remedy.startswith("It lists 'small-1'")


def test_nobody_at_the_address(api: str, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        free = server.server_address[1]
    found = examine(tmp_path, model="m", endpoint=f"http://127.0.0.1:{free}/v1")["model"]
    assert found.status is Status.FAILED
    assert "cannot be reached" in found.detail


def test_an_address_that_is_none(tmp_path: Path) -> None:
    found = examine(tmp_path, model="m", endpoint="host/v1")["model"]
    assert found.status is Status.FAILED
    assert "not a URL" in found.detail


def test_ai_query_needs_no_address(tmp_path: Path) -> None:
    assert examine(tmp_path, model="m", transport="ai_query")["model"].status is Status.OK

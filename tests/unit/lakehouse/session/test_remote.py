"""A remote Spark that does not answer is told within a limit, by commands and by the doctor."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.lakehouse.session.doctor import diagnose
from lakegloss.lakehouse.session.remote import place_of_remote, require_remote
from lakegloss.lakehouse.session.session import session
from lakegloss.settings import load_settings


@contextmanager
def silent() -> Iterator[int]:
    """A server that takes connections and never says a word; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("remote", "place"),
    [
        ("sc://spark.example", "spark.example:15002"),
        ("sc://h:443/;token=dapi-secret;use_ssl=true", "h:443"),
        ("local[2]", ""),
    ],
)
def test_an_address_is_told_without_its_token(remote: str, place: str) -> None:
    assert place_of_remote(remote) == place


@pytest.mark.parametrize("remote", ["http://h:1", "sc://", "sc://h:port", "nonsense"])
def test_what_is_no_address_is_told(remote: str) -> None:
    with pytest.raises(EnvironmentNotReadyError, match="no address"):
        place_of_remote(remote)


def test_a_server_that_is_gone_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = _closed_port()
    monkeypatch.setenv("SPARK_REMOTE", f"sc://127.0.0.1:{port}/;token=sk-secret")
    told: list[str] = []
    start = time.monotonic()
    with (
        pytest.raises(EnvironmentNotReadyError) as caught,
        session(load_settings(environ={}, home=tmp_path / "home"), progress=told.append),
    ):
        pytest.fail("there is no Spark")
    assert time.monotonic() - start < 5
    assert f"No Spark answers at 127.0.0.1:{port} (SPARK_REMOTE)" in str(caught.value)
    assert "--wait" in caught.value.remedy
    assert told == [f"connecting to Spark at 127.0.0.1:{port}"]
    assert "sk-secret" not in str(caught.value)
    assert not (tmp_path / "home").exists()


def test_a_server_that_says_nothing_is_given_up() -> None:
    with silent() as port, pytest.raises(EnvironmentNotReadyError, match=r"within 0\.5 s"):
        require_remote(f"sc://127.0.0.1:{port}", wait=0.5)
    assert not [t for t in threading.enumerate() if "remote" in t.name]


def test_the_doctor_tells_it_as_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = f"sc://127.0.0.1:{_closed_port()}"
    monkeypatch.setenv("SPARK_REMOTE", remote)
    settings = load_settings(environ={}, home=tmp_path)
    found = {f.name: f for f in diagnose(settings, environ={"SPARK_REMOTE": remote})}
    assert found["Spark"].status == "failed"
    assert "127.0.0.1" in found["Spark"].detail
    assert found["Spark"].remedy
    found = {f.name: f for f in diagnose(settings, environ={"SPARK_REMOTE": "nonsense"})}
    assert found["Spark"].status == "failed"

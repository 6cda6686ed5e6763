"""The service's database: SQLite always, PostgreSQL where it is installed."""

import math
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from lakegloss.errors import EnvironmentNotReadyError, SettingsError
from lakegloss.serving.api.access.keys import KeyRing, new_key
from lakegloss.serving.api.database.store import Store, place_of

pytestmark = pytest.mark.slow


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "execution_id": f"e{number}", "request_id": "r", "key_name": "k", "program": "P",
        "program_version": "1", "mode": "normal", "model": "m", "success": True, "error": "",
        "input_keys": ["a"], "outputs": {"text": "x"}, "input_tokens": 1, "output_tokens": 2,
        "execution_time": 0.5, "ended_at": datetime.now(UTC), "carried": False, **more,
    }  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/serve.db"
    return str(request.getfixturevalue("new_database")())


def test_a_database_from_the_first_row_to_the_next_start(url: str) -> None:
    store = Store(url, retention=timedelta(days=2))
    old = datetime.now(UTC) - timedelta(days=3)
    store.record(row(1, ended_at=old)).result(10)
    store.record(row(2, outputs={"bad": math.inf, "nul": "a\x00b", "deep": [{"x": None}]})).result(
        10
    )
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        store.record(row(2)).result(10)
    assert store.sweep() == 1
    secret, key = new_key("shop", ["read"], expires_at=datetime(2030, 1, 1, tzinfo=UTC), rate=7)
    store.add_key(key)
    with pytest.raises(SettingsError, match="shop"):
        store.add_key(key)
    store.close()

    again = Store(url)
    assert again.execution("e1") is None
    found = again.execution("e2", "k")
    assert found is not None
    assert found["outputs"]["bad"] is None
    assert found["outputs"]["nul"].startswith("a")
    assert again.execution("e2", "another") is None
    assert again.all_keys() == [key]
    assert KeyRing(again.all_keys()).find(secret.encode()) == key
    assert [r["execution_id"] for r in again.uncarried()] == ["e2"]
    again.mark_carried(["e2"])
    assert again.uncarried() == []
    assert again.remove_key("shop")
    assert not again.remove_key("shop")
    again.close()


def test_a_key_leaves_a_mark_that_is_no_key(url: str) -> None:
    store = Store(url)
    assert not store.remove_key("nobody")
    assert not store.is_keyed()
    store.add_key(new_key("shop", ["read"])[1])
    assert store.remove_key("shop")
    assert (store.all_keys(), store.is_keyed()) == ([], True)
    assert not store.remove_key("")
    store.add_key(new_key("shop", ["read"])[1])
    assert [key.name for key in store.all_keys()] == ["shop"]
    store.close()


def test_many_threads_write_together(url: str) -> None:
    store = Store(url)
    waits: list[float] = []

    def write(thread: int) -> None:
        for number in range(50):
            begun = time.perf_counter()
            store.record(row(1_000 * thread + number)).result(10)
            waits.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(waits) == 400
    assert len(store.uncarried()) == 400
    store.close()
    assert store.record(row(1)).exception(1) is not None


def test_one_row_that_cannot_be_written_costs_no_other(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/serve.db")
    futures = [
        store.record(row(n, ended_at="never" if n == 5 else datetime.now(UTC))) for n in range(9)
    ]
    failed = [n for n, future in enumerate(futures) if future.exception(10) is not None]
    assert failed == [5]
    assert len(store.uncarried()) == 8
    store.close()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("no url", SettingsError),
        ("nosuch://x/y", SettingsError),
        ("sqlite:////proc/nothing/serve.db", EnvironmentNotReadyError),
    ],
)
def test_databases_that_cannot_be_used(url: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Store(url)


def test_whoever_leaves_does_not_take_a_row_back(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/serve.db")
    futures = [store.record(row(number)) for number in range(200)]
    assert not any(future.cancel() for future in futures)
    assert store.record(row(999)).result(10) is None
    assert len(store.uncarried()) == 201
    store.close()


def test_a_locked_database_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "serve.db"
    store = Store(f"sqlite:///{path}")
    with sqlite3.connect(path) as other:
        other.execute("BEGIN EXCLUSIVE")
        begun = time.perf_counter()
        futures = [store.record(row(number)) for number in range(50)]
        assert all(future.exception(30) is not None for future in futures)
        assert time.perf_counter() - begun < 20, "not five seconds for each"
        other.rollback()
    assert store.record(row(99)).result(10) is None
    store.close()


def test_a_place_tells_no_secret() -> None:
    url = make_url("postgresql+psycopg://ann:hunter2@db.example/gloss?passfile=secret")
    assert place_of(url) == "postgresql+psycopg://ann:***@db.example/gloss"
    assert place_of(make_url("sqlite:///data/serve.db")) == "data/serve.db"

"""Executions carried from the service's database into the lake: each once, whatever is killed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EXECUTIONS
from lakegloss.serving.api.database.carry import carry
from lakegloss.serving.api.database.store import Store
from lakegloss.settings import load_settings

pytestmark = pytest.mark.spark


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(f"sqlite:///{tmp_path}/serve.db")
    yield found
    found.close()


def row(number: int) -> dict[str, Any]:
    return {
        "execution_id": f"e{number:03d}", "request_id": "r", "key_name": "k", "program": "P",
        "program_version": "1", "mode": "normal", "model": "m", "success": number % 2 == 0,
        "error": "", "input_keys": ["a", "b"], "outputs": {"text": f"x{number}\n'\"`${{y}}"},
        "input_tokens": number, "output_tokens": 2, "execution_time": 0.5,
        "ended_at": datetime(2026, 1, 1, 12, 0, number % 60, tzinfo=UTC), "carried": False,
    }  # fmt: skip


def test_each_execution_is_carried_once(
    classic: SparkSession,
    gloss: str,
    tmp_path: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load_settings(environ={}, home=tmp_path / "home", schema_name=gloss)
    ledgers = Ledgers(classic, settings)
    for number in range(25):
        store.record(row(number)).result(10)
    with monkeypatch.context() as patch:
        patch.setattr(store, "mark_carried", interrupted)
        with pytest.raises(KeyboardInterrupt):
            carry(store, ledgers, rows_at_once=10)
    assert carry(store, ledgers, rows_at_once=10) == 15
    assert carry(store, ledgers) == 0
    store.record(row(99)).result(10)
    assert carry(store, ledgers) == 1
    found = sorted(ledgers.newest(EXECUTIONS, "true"), key=lambda r: r["execution_id"])
    assert ledgers.read(EXECUTIONS).count() == len(found) == 26
    assert found[3]["outputs"] == '{"text": "x3\\n\'\\"`${y}"}'
    assert found[3]["input_keys"] == ["a", "b"]
    assert found[3]["ended_at"] == datetime(2026, 1, 1, 12, 0, 3, tzinfo=UTC)


def interrupted(_: object) -> None:
    raise KeyboardInterrupt

"""What the service's database has, carried into the lake: each row once, whatever is killed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.release.guard import AccountKey
from lakegloss.core.release.rollout_steps import RolloutRow, RolloutRules
from lakegloss.core.release.unit_scores import TextSeen
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EXECUTIONS, RUNS, SHADOW_PAIRS
from lakegloss.release.rollout import RolloutEvidence
from lakegloss.release.rollouts.shadow_pairs import ShadowedEvidence, ShadowPairs
from lakegloss.serving.api.database.carry import carry
from lakegloss.serving.api.database.carry_shadows import carry_shadows
from lakegloss.serving.api.database.shadow_answers import ShadowAnswers, texts_of
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


@pytest.mark.deep
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
    _pairs_are_carried(ledgers, settings.model_copy(update=PRICES), store, monkeypatch)


PRICES = {"price_input": 1.0, "price_output": 1.0}
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def beside(number: int, unit: str, *, lost: bool, verdict: bool = True) -> dict[str, Any]:
    """An answer in the shadow, as the service keeps it."""
    old, new = {"": TextSeen(lost=False)}, {"": TextSeen(lost=lost)}
    return {
        "execution_id": f"s{number}", "rollout_id": "r", "name": "P", "champion_version": "v1",
        "challenger_version": "v2", "unit": unit, "model": "m",
        "error_type": "" if verdict else "EndpointError",
        "texts": texts_of(old, new if verdict else {}), "input_tokens": 10, "output_tokens": 2,
        "seconds": 0.1, "at": AT, "carried": False,
    }  # fmt: skip


class Nothing:
    """No answers in the open."""

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        key = AccountKey(name=row.name, champion="v1", challenger="v2", metric="m", grouped=True)
        return RolloutEvidence(key=key)


def _pairs_are_carried(
    ledgers: Ledgers, settings: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs in the shadow: each once; what they cost is a run's, with those without a verdict."""
    assert carry_shadows(store, ledgers, settings) == 0
    answers = ShadowAnswers(store)
    units = ["a", "a", "b", "c", "c"]
    for number, unit in enumerate(units):
        answers.record(beside(number, unit, lost=number < 2, verdict=number < 4)).result(10)
    with monkeypatch.context() as patch:
        patch.setattr(ShadowAnswers, "mark_carried", interrupted)
        with pytest.raises(KeyboardInterrupt):
            carry_shadows(store, ledgers, settings, rows_at_once=2)
    assert carry_shadows(store, ledgers, settings, rows_at_once=2) == 2
    assert carry_shadows(store, ledgers, settings) == 0
    assert ledgers.read(SHADOW_PAIRS).count() == 4
    assert ledgers.latest(SHADOW_PAIRS).count() == 4
    [paid] = ledgers.latest(RUNS).where("command = 'shadow' AND status = 'done'").collect()
    assert (paid.input_tokens, paid.output_tokens) == (50, 10)
    assert json.loads(paid.counts) == {"answers": 5, "pairs": 2}
    row = RolloutRow(
        row_id="x", name="P", number=1, rollout_id="r", event="start", state="running", stage=0,
        share=0.0, champion=1, challenger=2, champion_version="v1", challenger_version="v2",
        salt="s", rules=RolloutRules(shares=(0.0, 1.0), shadow=1.0).as_json(), account_id="",
        opening=0, look=0, finding="", reason="", decided_by="", holder="", lease_until=None,
        stage_since=AT, answered_at=None, at=AT,
    )  # fmt: skip
    seen = ShadowedEvidence(ShadowPairs(ledgers), Nothing()).gather(row, used=frozenset(), since=AT)
    differences = sorted(pair.challenger - pair.champion for pair in seen.pairs)
    assert differences == [-1.0, 0.0, 0.0], "one for each caller"
    assert (seen.in_stage, seen.answered_at) == (3, AT)
    assert sorted(answer.failed for answer in seen.answers) == [False, False, True, True]


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt

"""A challenger beside the champion, and the monitor over the ledgers that this leaves."""

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.cli.production.making_rounds import lake_round
from lakegloss.core.release.rollout_steps import RolloutRules
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import (
    PERFORMANCE,
    PROPOSALS,
    RESPONSES,
    RUNS,
    SHADOW_PAIRS,
)
from lakegloss.release.chosen import chosen_program
from lakegloss.release.releases import Releases
from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts
from lakegloss.release.rollouts.shadow_describe import ShadowSummary
from lakegloss.release.rollouts.split_describe import describe_by_variant
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.registry import NAME, registry_in, versions_of

pytestmark = [pytest.mark.spark, pytest.mark.soak, pytest.mark.one_kind("classic")]
OTHER = "Write catalog comments in other words."


def described(spark: SparkSession, settings: Settings, pattern: str) -> ShadowSummary:
    """Describe as the command does; what came of the shadow."""
    unseen: list[ShadowSummary] = []
    chosen = chosen_program(settings, environ={})
    [champion] = describe_by_variant(
        spark, settings.program, chosen, [pattern], on_shadow=unseen.append
    )
    assert champion.failed == 0
    assert len(unseen) == 1
    return unseen[-1]


def test_a_challenger_is_compared_in_the_shadow_and_the_monitor_counts_it_apart(
    spark: SparkSession, schema: str, gloss: str, tmp_path: Path
) -> None:
    settings = load_settings(environ={}, home=tmp_path / "home", schema_name=gloss)
    versions_of(settings, "", OTHER)
    ledgers = Ledgers(spark, settings)
    Releases(ledgers, registry_in(settings)).promote(NAME, 1)
    opened = OpenedRollouts(spark, settings)
    rules = RolloutRules(shares=(0.0, 1.0), shadow=1.0, least_answers=2)
    row = opened.start(NAME, 2, rules=rules, reason="a try", again=False)
    for name in ("orders", "returns"):
        spark.sql(f"CREATE TABLE {schema}.{name} (order_ref STRING, state STRING) USING delta")
    with ModelServer() as server:
        asked = settings.model_copy(
            update={
                "model": "m", "endpoint": server.url, "program": NAME, "inherit": False,
                "price_input": 1.0, "price_output": 1.0,
            }
        )  # fmt: skip
        once = _paid_once(spark, asked, schema, server, ledgers)
        _fails_alone(spark, asked, schema, server)
    proposals = ledgers.read(PROPOSALS).collect()
    assert {p.program_version for p in proposals} == {row.champion_version}
    assert {p.variant for p in proposals} == {"champion"}
    pairs = ledgers.read(SHADOW_PAIRS).collect()
    assert {(p.table.rpartition(".")[2], p.column) for p in pairs} == {
        (table, column) for table in ("orders", "returns") for column in ("", "order_ref", "state")
    }
    assert all(p.champion_score == p.challenger_score > 0 for p in pairs), "the same answers"
    runs = {r.run_id: r for r in ledgers.latest(RUNS).where("command = 'shadow'").collect()}
    assert runs[once.run_id].input_tokens == once.input_tokens
    assert json.loads(runs[once.run_id].counts)["pairs"] == 6
    after = opened.rollouts.step(NAME)
    finding = json.loads(after.finding)
    assert (finding["items"], finding["answers"], after.state) == (2, 2, "running"), after.reason
    assert opened.in_shadow(after)["tables"] == 2
    _monitored(spark, asked, ledgers)


def _paid_once(
    spark: SparkSession, asked: Settings, schema: str, server: ModelServer, ledgers: Ledgers
) -> ShadowSummary:
    """Within its budget, once, and without a loss where a process died."""
    # A budget that holds no request: the champion's run is whole, the rest waits.
    small = described(spark, asked.model_copy(update={"shadow_tokens": 10}), f"{schema}.*")
    assert (small.tables, small.waiting, small.calls) == (0, 2, 0)
    assert "budget" in small.stopped
    once = described(spark, asked, f"{schema}.*")
    assert (once.tables, once.waiting, once.stopped) == (2, 0, "")
    assert once.calls > 0
    assert once.cost == pytest.approx((once.input_tokens + once.output_tokens) / 1e6)
    paid = server.counts()["completions"]
    # Killed after the answers were paid, before their pairs were kept.
    spark.sql(f"DELETE FROM {ledgers.name(SHADOW_PAIRS)}")
    resumed = described(spark, asked, f"{schema}.*")
    assert (resumed.tables, resumed.calls) == (2, 0)
    assert resumed.reused > 0
    assert server.counts()["completions"] == paid
    return once


def _fails_alone(spark: SparkSession, asked: Settings, schema: str, server: ModelServer) -> None:
    """An endpoint that fails costs the champion nothing."""
    spark.sql(f"CREATE TABLE {schema}.stores (store_ref STRING) USING delta")
    none = described(spark, asked.model_copy(update={"shadow_tokens": 0}), f"{schema}.*")
    assert "shadow_tokens" in none.stopped
    server.behave(faults={"error_500": 1.0})
    failed = described(spark, asked.model_copy(update={"attempts": 1}), f"{schema}.*")
    assert (failed.tables, failed.run_id) == (0, "")
    assert "answered no request" in failed.stopped


def _monitored(spark: SparkSession, settings: Settings, ledgers: Ledgers) -> None:
    """Each answer counts once, the shadow's apart; a second round adds nothing."""
    first = lake_round(spark, settings, 24)
    answers = {r.response_id: r for r in ledgers.read(RESPONSES).collect()}
    windows = ledgers.latest(PERFORMANCE).collect()
    assert first.windows == len(windows) > 0
    for variant in ("champion", "shadow"):
        mine = [w for w in windows if w.variant == variant]
        wanted = [r for r in answers.values() if r.variant == variant]
        assert sum(w.calls for w in mine) == len(wanted) > 0
        assert sum(w.failures for w in mine) == sum(not r.usable for r in wanted)
        assert sum(w.input_tokens for w in mine) == sum(r.input_tokens for r in wanted)
        price = sum(r.input_tokens + r.output_tokens for r in wanted) / 1e6
        assert sum(w.cost or 0 for w in mine) == pytest.approx(price, abs=1e-6 * len(wanted))
    rated = sum(json.loads(w.sums).get("rated", 0) for w in windows)
    assert rated == ledgers.read(PROPOSALS).count(), "each proposal's quality is known"
    second = lake_round(spark, settings, 24)
    assert (second.events, second.windows) == (first.events, 0)
    assert ledgers.read(PERFORMANCE).count() == len(windows)

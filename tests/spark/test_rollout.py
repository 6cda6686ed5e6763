"""A rollout over a lake: numbers given once, tables by variant, a bad version taken back."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.core.release.rollout_steps import RolloutRules, lease_row
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.apply.version_comments import take_back
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import PROPOSALS
from lakegloss.release.chosen import chosen_program
from lakegloss.release.releases import Releases
from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts
from lakegloss.release.rollouts.rollout_effects import TAG, read_note
from lakegloss.release.rollouts.rollout_store import LedgerRolloutStore
from lakegloss.release.rollouts.split_describe import parts_of
from lakegloss.settings import load_settings
from tests.kits.model_server import ModelServer
from tests.kits.registry import NAME, registry_in, versions_of

pytestmark = [pytest.mark.spark, pytest.mark.soak, pytest.mark.one_kind("connect")]


def test_a_bad_version_is_taken_back_with_its_comments(
    spark: SparkSession, schema: str, gloss: str, tmp_path: Path
) -> None:
    settings = load_settings(environ={}, home=tmp_path / "home", schema_name=gloss)
    versions_of(settings, "", "Write catalog comments in other words.")
    registry, ledgers = registry_in(settings), Ledgers(spark, settings)
    Releases(ledgers, registry).promote(NAME, 1)
    opened = OpenedRollouts(spark, settings)
    rules = RolloutRules(shares=(0.5, 1.0))
    row = opened.start(NAME, 2, rules=rules, reason="a try", again=False)
    note = read_note(registry.tags(NAME)[TAG])
    assert note is not None
    assert (note.share, note.challenger, note.salt) == (0.5, 2, row.salt)

    names = [f"t{number}" for number in range(60)]
    mine = {n: variant_of_unit(row.salt, f"{schema}.{n}", 0.5) for n in names}
    chosen_names = [n for n in names if mine[n] is Variant.CHALLENGER][:5]
    chosen_names += [n for n in names if mine[n] is Variant.CHAMPION][:2]
    for name in chosen_names:
        spark.sql(f"CREATE TABLE {schema}.{name} (order_ref STRING, state STRING) USING delta")

    # Of two processes that write the same number, Delta takes one.
    store, now = LedgerRolloutStore(ledgers), datetime.now(UTC)
    first = lease_row(row, row_id="one", holder="one", now=now, seconds=0)
    assert store.append(first)
    assert not store.append(replace(first, row_id="two", holder="two"))
    assert [r.row_id for r in store.rows(NAME)][1:] == ["one"]

    with ModelServer() as server:
        asked = settings.model_copy(
            update={"model": "m", "endpoint": server.url, "program": NAME, "inherit": False}
        )
        chosen = chosen_program(asked, environ={})
        old, new = parts_of(spark, asked.program, chosen, [f"{schema}.*"])
        assert (len(old.patterns), len(new.patterns)) == (2, 5)
        good = describe(spark, old.chosen.settings, old.patterns, program=old.chosen.program)
        some = describe(spark, new.chosen.settings, new.patterns[:1], program=new.chosen.program)
        assert (good.failed, some.failed) == (0, 0)
        apply(spark, asked, [f"{schema}.*"])
        server.behave(faults={"other_tables": 1.0})  # the challenger turns bad
        describe(spark, new.chosen.settings, new.patterns, program=new.chosen.program)
    proposals = ledgers.read(PROPOSALS).select("table", "variant").distinct().collect()
    assert {row.variant for row in proposals} == set(Variant)
    for found in proposals:
        assert found.variant == variant_of_unit(row.salt, found.table, 0.5)

    written = opened.comments(NAME)
    assert {comment.table for comment in written} == set(new.patterns[:1])
    table = new.patterns[0]
    spark.sql(f"COMMENT ON TABLE {table} IS 'A person wrote this.'")
    after = opened.rollouts.step(NAME)
    assert after.state == "rolled back", after.reason
    assert "failed hard" in after.reason
    assert read_note(registry.tags(NAME)[TAG]) is None, "services are told"
    assert opened.rollouts.standing(NAME) == opened.rollouts.step(NAME), "an end stays an end"
    [summary] = take_back(written, lambda run, only: undo(spark, settings, run, only=only))
    assert summary.applied == 2
    comments = {f.name: f.metadata.get("comment", "") for f in spark.table(table).schema}
    assert comments == {"order_ref": "", "state": ""}
    told = spark.sql(f"DESCRIBE TABLE EXTENDED {table}").where("col_name = 'Comment'").collect()
    assert told[0].data_type == "A person wrote this."
    assert opened.comments(NAME) == [c for c in written if not c.column]

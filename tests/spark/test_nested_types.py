"""No comment of anybody changes that was not meant to, whatever the type of the column."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from lakegloss.core.names import join_path
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.undo import undo
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import PROPOSALS
from lakegloss.settings import Settings, load_settings
from tests.kits.delta_log import comments_in_log, without_comments
from tests.kits.empty_ledgers import new_schema
from tests.kits.nested_types import Node, Parts, tables

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]
LAKE = "t_nested"
_numbers = itertools.count()
_QUICK, _SOAK_TABLES, _SOAK_COLUMNS = 15, 40, 50


@pytest.fixture(scope="module")
def bold(
    classic: SparkSession, module_gloss: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    new_schema(classic, LAKE)
    return load_settings(
        environ={}, home=tmp_path_factory.mktemp("home"), schema_name=module_gloss,
        overwrite_human=True,
    )  # fmt: skip


def _holds(
    session: SparkSession,
    classic: SparkSession,
    bold: Settings,
    nodes: list[Node],
    data: st.DataObject,
) -> None:
    table = f"{LAKE}.n{next(_numbers)}"
    columns = ", ".join(node.column() for node in nodes)
    classic.sql(f"CREATE TABLE {table} ({columns}) USING delta")
    before, bare = comments_in_log(classic, table), without_comments(classic, table)
    assert before == dict(path for node in nodes for path in node.paths())
    random = data.draw(st.randoms(use_true_random=False))
    meant = {path for path in before if random.random() < 0.3}
    _propose(session, bold, table, {path: before[path] for path in meant})
    written = apply(session, bold, [table])
    assert (written.failed, written.skipped) == ({}, {})
    assert comments_in_log(classic, table) == before | dict.fromkeys(meant, "New.")
    assert apply(session, bold, [table]).statements == 0
    if written.run_id:
        undone = undo(session, bold, written.run_id)
        assert (undone.failed, undone.skipped) == ({}, {})
    assert comments_in_log(classic, table) == before
    assert without_comments(classic, table) == bare
    classic.sql(f"DROP TABLE {table}")


def _propose(session: SparkSession, bold: Settings, table: str, texts: dict[Parts, str]) -> None:
    ledgers = Ledgers(session, bold)
    ledgers.ensure()
    common = {"table": table, "source": "model", "status": "ready", "text": "New."}
    rows = [
        common
        | {"proposal_id": f"{table}.{path}", "column": join_path(path), "replaces": text}
        | {"proposed_at": datetime.now(UTC)}
        for path, text in texts.items()
    ]
    ledgers.append(PROPOSALS, rows)


_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


@settings(
    max_examples=1, deadline=None, suppress_health_check=_CHECKS, database=None,
    phases=[Phase.generate], derandomize=True,
)  # fmt: skip
@given(nodes=tables(_QUICK), data=st.data())
def test_no_comment_changes_that_was_not_meant_to(
    spark: SparkSession,
    classic: SparkSession,
    bold: Settings,
    nodes: list[Node],
    data: st.DataObject,
) -> None:
    _holds(spark, classic, bold, nodes, data)


@pytest.mark.soak
@settings(
    max_examples=_SOAK_TABLES, deadline=None, suppress_health_check=_CHECKS, database=None,
    phases=[Phase.generate],
)  # fmt: skip
@given(nodes=tables(_SOAK_COLUMNS), data=st.data())
def test_no_comment_changes_in_two_thousand_nested_types(
    classic: SparkSession, bold: Settings, nodes: list[Node], data: st.DataObject
) -> None:
    _holds(classic, classic, bold, nodes, data)

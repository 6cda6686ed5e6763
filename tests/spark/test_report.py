from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from rich.console import Console

from lakegloss.core.report.coverage import coverage_of
from lakegloss.core.report.data import ReportBounds, ReportData
from lakegloss.core.report.standing import Standing
from lakegloss.errors import AssetNotFoundError, RunNotFoundError, SettingsError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import (
    CHANGES,
    DECISIONS,
    EVIDENCE,
    INVENTORY,
    PROPOSALS,
    RESPONSES,
    RUNS,
)
from lakegloss.lakehouse.report.report import collect, render_html, render_terminal, write_report
from lakegloss.settings import Settings

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("classic")]

T0 = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NASTY = "</td><script>alert(1)</script>[bold]\u202e\x1b[2J it's"


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def inventoried(table: str, column: str = "", **more: Any) -> dict[str, Any]:
    return {
        "table": table, "column": column, "kind": "table", "data_type": "string" if column else "",
        "comment": "", "position": 0 if column else -1, "present": True, "error": "",
        "seen_at": at(0), **more,
    }  # fmt: skip


def proposed(number: int, table: str, column: str = "", **more: Any) -> dict[str, Any]:
    return {
        "proposal_id": f"p{number}", "table": table, "column": column, "text": f"Text {number}",
        "source": "model", "status": "ready", "checks": [], "reason": "", "proposed_at": at(1),
        **more,
    }  # fmt: skip


def changed(number: int, table: str, column: str = "", **more: Any) -> dict[str, Any]:
    return {
        "change_id": f"c{number}", "proposal_id": f"p{number}", "table": table, "column": column,
        "before": "", "after": f"Text {number}", "status": "applied", "error": "",
        "statement": f"ALTER TABLE {table}", "run_id": "r1", "changed_at": at(3), **more,
    }  # fmt: skip


ORDERS, PEOPLE, BROKEN = "sales.orders", "crm.people", "crm.broken"
RESPONSE = {
    "response_id": "a1", "request_hash": "h", "attempt": 1, "usable": True, "error": "",
    "input_tokens": 900, "cached_tokens": 0, "output_tokens": 90, "usage_estimated": False,
    "assets": [
        {"id": str(i), "table": name, "column": column, "fingerprint": "f"}
        for i, (name, column) in enumerate(((ORDERS, ""), (ORDERS, "id"), (PEOPLE, "mail")))
    ],
    "answered_at": at(1),
}  # fmt: skip
FACTS: dict[str, Any] = {
    "data_type": "string", "rows": 70, "rows_read": 70, "null_share": 0.0, "distinct": 3,
    "distinct_exact": True, "minimum": "a", "maximum": "c", "masked": False, "policy": "masked/1",
    "frequent": [{"value": "a", "share": 0.5}], "shapes": [{"value": "A", "share": 1.0}],
    "semantic": "", "personal": "", "key_role": "", "reference": "", "seen_at": at(0),
}  # fmt: skip


@pytest.fixture(scope="module")
def options(classic: SparkSession) -> Iterator[Settings]:
    """A schema whose ledgers hold a small lake of every standing."""
    made = Settings(schema_name="t_report_ledgers", price_input=1.0, price_output=10.0)
    ledgers = Ledgers(classic, made)
    ledgers.ensure()
    ledgers.append(
        INVENTORY,
        [
            inventoried(ORDERS, comment="Old", seen_at=at(-9)),
            inventoried(ORDERS),
            inventoried(ORDERS, "id"),
            inventoried(ORDERS, "note", comment="A person's words on it", position=1),
            inventoried(ORDERS, "gone", present=False),
            inventoried(PEOPLE),
            inventoried(PEOPLE, "mail"),
            inventoried(PEOPLE, NASTY, data_type=NASTY, comment=NASTY, position=1),
            inventoried(BROKEN, error="[DELTA_BROKEN] no log"),
        ],
    )
    ledgers.append(
        PROPOSALS,
        [
            proposed(1, ORDERS),
            proposed(2, ORDERS, "id", source="rules"),
            proposed(3, PEOPLE, status="needs_review"),
            proposed(4, PEOPLE, "mail", status="failed", checks=["echo"], reason=NASTY),
        ],
    )
    ledgers.append(DECISIONS, [{"decision_id": "d1", "proposal_id": "p1", "verdict": "edit",
                                "text": "Text 1", "decided_at": at(2)}])  # fmt: skip
    ledgers.append(
        CHANGES,
        [
            changed(1, ORDERS, status="intended", changed_at=at(2)),
            changed(1, ORDERS),
            changed(2, ORDERS, "id"),
        ],
    )
    ledgers.append(RESPONSES, [RESPONSE, RESPONSE])  # swept twice
    ledgers.append(
        EVIDENCE,
        [
            {**FACTS, "table": ORDERS, "column": "id", "semantic": "code", "key_role": "primary"},
            {**FACTS, "table": ORDERS, "column": "gone", "semantic": "code"},
            {**FACTS, "table": PEOPLE, "column": "mail", "personal": "email",
             "minimum": "ada@secret.example", "frequent": [
                 {"value": "ada@secret.example", "share": 1.0}]},
        ],
    )  # fmt: skip
    ledgers.append(
        RUNS,
        [
            {"run_id": "r1", "command": "describe", "status": "running", "started_at": at(0),
             "updated_at": at(0)},
            {"run_id": "r1", "command": "describe", "status": "done", "started_at": at(0),
             "updated_at": at(1), "ended_at": at(1), "input_tokens": 900, "output_tokens": 90},
        ],
    )  # fmt: skip
    yield made
    classic.sql("DROP SCHEMA t_report_ledgers CASCADE")


@pytest.fixture(scope="module")
def data(spark: SparkSession, options: Settings) -> ReportData:
    return collect(spark, options)


def test_the_figures(data: ReportData) -> None:
    assert {key.value: n for key, n in data.total.by_standing.items()} == {
        "human": 1, "rules": 1, "people": 2, "proposed": 1, "missing": 2,
    }  # fmt: skip
    assert (data.total.tables, data.total.columns, data.total.unreadable) == (3, 4, 1)
    assert (data.statements, data.calls, data.input_tokens) == (2, 1, 900)
    assert data.cost == pytest.approx((900 * 1 + 90 * 10) / 1e6)
    assert [(item.name, round(item.input_tokens)) for item in data.usage] == [
        ("crm", 300), ("sales", 600),
    ]  # fmt: skip
    assert (data.checks, data.semantic, data.personal) == ({"echo": 1}, {"code": 1}, {"email": 1})
    assert data.unreadable == ((BROKEN, "[DELTA_BROKEN] no log"),)


def test_runs_are_shown_once_with_their_length(data: ReportData) -> None:
    (run,) = data.runs
    assert (run.status, run.seconds, run.tokens, run.cost) == ("done", 60.0, 990, None)
    assert run.started_at == T0


def test_tables_carry_their_columns_and_evidence(data: ReportData) -> None:
    tables = {table.state.table: table for table in data.tables}
    orders = tables[ORDERS]
    assert (orders.state.comment, orders.state.standing) == ("Text 1", Standing.HUMAN)
    assert [column.state.column for column in orders.columns] == ["id", "note"]
    assert (orders.columns[0].key, orders.columns[0].semantic) == ("primary key", "code")
    assert orders.rows == 70


def test_patterns_choose_the_tables(connect: SparkSession, options: Settings) -> None:
    data = collect(connect, options, ["sales"])
    assert [table.state.table for table in data.tables] == [ORDERS]
    assert (data.total.assets, data.input_tokens, data.checks) == (3, 600, {})
    with pytest.raises(AssetNotFoundError, match="slaes"):
        collect(connect, options, ["slaes.orders"])


def test_details_are_bounded_and_the_rest_is_counted(
    classic: SparkSession, options: Settings
) -> None:
    data = collect(classic, options, limits=ReportBounds(tables=1, summarised=1))
    assert (len(data.tables), len(data.summarised), data.beyond) == (1, 1, 1)
    assert data.total.tables == 3


def test_the_page_holds_hostile_text_as_text(data: ReportData) -> None:
    html = render_html(data)
    assert html.count("<script") == 1, "the page's own"
    assert "ada@secret.example" not in html
    assert not {"\u202e", "\x1b"} & set(html)
    assert data.total == coverage_of("all", [s.state for t in data.tables for s in (t, *t.columns)])


def test_the_file_says_which_tables_are_gone(
    classic: SparkSession, options: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "report.html"
    data = write_report(classic, options, path)
    assert data.since is not None
    assert data.since.gone_tables == (BROKEN, PEOPLE, ORDERS), "these ledgers were made by hand"
    assert (data.total.assets, data.index, data.personal) == (0, (), {})
    assert "Tables that are gone" in path.read_text(encoding="utf-8")


def test_the_terminal_shows_the_same_harmlessly(data: ReportData) -> None:
    console = Console(file=StringIO(), width=120, color_system=None)
    with console.capture() as capture:
        console.print(render_terminal(data))
    text = capture.get()
    assert "29 % → 57 %  of 7 tables and columns" in text
    assert "DELTA_BROKEN" in text
    assert not {"\u202e", "\x1b"} & set(text)


def test_nothing_to_report_is_said(spark: SparkSession) -> None:
    with pytest.raises(RunNotFoundError, match="'t_nowhere' holds no runs"):
        collect(spark, Settings(schema_name="t_nowhere"))


def test_a_path_that_cannot_be_written(
    connect: SparkSession, options: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        write_report(connect, options, tmp_path / "file" / "report.html")


def test_an_empty_ledger_makes_a_page(classic: SparkSession, gloss: str) -> None:
    data = collect(classic, Settings(schema_name=gloss))
    assert data.total.assets == 0
    assert "No model was called" in render_html(data)

"""Tables are begun only while the window is open, and what waits is told."""

from datetime import UTC, datetime, timedelta

from lakegloss.cli.console import apply_view
from lakegloss.core.apply_window import ApplyWindow, read_window
from lakegloss.core.stages import Edit, Stage
from lakegloss.lakehouse.apply.applier import WriteOutcome
from lakegloss.lakehouse.apply.timed import with_later, write_while_open
from lakegloss.lakehouse.apply.writes import ApplySummary, WritePlan, summary_of

TABLES = ("s.a", "s.b", "s.c", "s.d", "s.e")


def edit(column: str) -> Edit:
    return Edit(column=column, before="", after="Text.")


def plan() -> WritePlan:
    stages = [
        Stage(table=table, statement=f"{table} {number}", edits=(edit(f"c{number}"),))
        for table in TABLES
        for number in range(2)
    ]
    return WritePlan(stages=tuple(stages), skipped={})


def applied(window: ApplyWindow | None, *, minutes: int) -> tuple[list[str], ApplySummary]:
    """The tables written in batches of two, each batch taking so long, from 04:50 UTC on."""
    clock = [datetime(2026, 3, 1, 4, 50, tzinfo=UTC)]
    written: list[str] = []

    def write(part: WritePlan) -> WriteOutcome:
        clock[0] += timedelta(minutes=minutes)
        written.extend(stage.statement for stage in part.stages)
        return WriteOutcome(
            changes=(), failed={part.stages[0].table: "no"}, skipped={}, statements=4
        )

    outcome, later = write_while_open(plan(), window, write, at_once=2, now=lambda: clock[0])
    return written, with_later(summary_of("r", plan(), outcome), later)


def test_it_stops_where_the_window_closes() -> None:
    written, summary = applied(read_window("22:00-05:00"), minutes=6)
    assert written == [f"{table} {number}" for table in TABLES[:4] for number in range(2)]
    assert (summary.later, summary.later_tables) == (2, 1)
    assert summary.statements == 8
    assert set(summary.failed) == {"s.a", "s.c"}


def test_it_begins_nothing_outside() -> None:
    written, summary = applied(read_window("05:00-22:00"), minutes=1)
    assert written == []
    assert (summary.later, summary.later_tables, summary.statements) == (10, 5, 0)


def test_without_a_window_all_is_one_piece() -> None:
    written, summary = applied(None, minutes=600)
    assert len(written) == 10
    assert (summary.later, summary.statements) == (0, 4)


def test_a_person_is_told_what_waits() -> None:
    from rich.console import Console

    console = Console(width=100)
    _, summary = applied(read_window("05:00-22:00"), minutes=1)
    with console.capture() as said:
        console.print(apply_view(with_later(summary_of("", plan()), summary.stages)))
    text = " ".join(said.get().split())
    assert "none: outside of apply_window" in text
    assert "10 on 5 tables" in text

from dataclasses import replace
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from lakegloss.core.report.coverage import Coverage
from lakegloss.core.report.data import ReportData
from lakegloss.core.report.standing import Standing
from lakegloss.lakehouse.report.printed import render_terminal
from tests.kits.report_data import NASTY, hostile_report, report


def printed(data: ReportData, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(render_terminal(data))
    return capture.get()


def test_the_figures_stand_at_the_top() -> None:
    text = printed(report(), width=140)
    assert "Coverage 17 % → 67 %  of 6 tables and columns" in text
    assert "1 model calls" in text
    assert "1,200 + 300 tokens" in text
    assert "$0.0024" in text


def test_why_comments_are_missing() -> None:
    text = printed(report(), width=140)
    assert "nothing known of it" in text
    assert "nyc.flights.x1" in text
    assert "DELTA_LOG_MISSING" in text


def test_hostile_text_is_inert() -> None:
    text = printed(hostile_report(NASTY), width=300)
    assert not {"\x1b", "\u202e"} & set(text)
    assert "<script>" in text


def test_markup_in_names_is_text() -> None:
    data = report(unreadable=(("a.[bold red]b[/]", "[/] closes nothing"),))
    assert "a.[bold red]b[/]" in printed(data, width=140)


def test_many_schemas_are_bounded() -> None:
    schemas = tuple(Coverage(name=f"s{i}", tables=1) for i in range(500))
    text = printed(replace(report(), schemas=schemas))
    assert len(text.splitlines()) < 80
    assert "480 more schemas" in text


@pytest.mark.parametrize("width", [60, 80, 200])
def test_lines_fit_the_terminal(width: int) -> None:
    assert all(cell_len(line) <= width for line in printed(report(), width).splitlines())


def test_the_bar_is_as_long_as_the_shares() -> None:
    line = next(line for line in printed(report()).splitlines() if line.startswith(("█", "░")))
    assert [line.count(mark) for mark in "█▒░"] == [40, 10, 10]


def test_the_bar_is_as_full_as_the_percentage_says() -> None:
    standings = {Standing.PROPOSED: 14, Standing.NOT_WRITABLE: 2}
    empty = Coverage(name="", tables=1, columns=15, by_standing=standings)
    text = printed(replace(report(), total=empty, schemas=()))
    assert "Coverage 0 % → 0 %" in text
    assert "▒" * 60 in text
    assert text.count("█") == 1  # in the legend
    assert "not drawn: 2 not writable" in text

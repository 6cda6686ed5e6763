"""What `lakegloss evaluate` shows in a terminal."""

from rich.console import Console

from lakegloss.cli.learning.evaluate import evaluation_view
from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evaluation.figures import (
    ScoredItem,
    Spent,
    compare_versions,
    figures_of_version,
)
from lakegloss.core.evaluation.references import hold_out
from lakegloss.learning.evaluation import EvaluationReport

EVIL = "[red]x[/red]\x1b[31m"


def shown(report: EvaluationReport) -> str:
    console = Console(width=160, record=True, file=None, highlight=False)
    with console.capture() as captured:
        console.print(evaluation_view(report))
    return captured.get()


def report(tables: int, *, better: float = 0.2) -> EvaluationReport:
    held = [
        hold_out(
            Table(name=f"s.t{n}", columns=(Column(path="c", data_type="int"),)), {}, {"c": "x"}
        )
        for n in range(tables)
    ]
    versions = [
        figures_of_version(
            [
                ScoredItem(key=AssetKey(h.table.name, "c"), text="x", source="model",
                           score=0.3 + gain + n / 100)
                for n, h in enumerate(held)
            ],
            label=label, program="comment", program_version="v", model=EVIL, own_source="model",
            spent=Spent(input_tokens=1000, output_tokens=200, cost=0.5),
        )
        for label, gain in ((f"one{EVIL}", better), ("two", 0.0))
    ]  # fmt: skip
    return EvaluationReport(
        run_id="r", status="done", data_name="d", data_hash="abc", split="", tables=held,
        versions=versions, comparison=compare_versions(*versions),
    )  # fmt: skip


def test_figures_with_intervals_tokens_and_cost() -> None:
    text = shown(report(6))
    assert "6 comments of 6 tables, data set abc" in text
    assert "1,200" in text
    assert "$0.50" in text
    assert "difference +0.200 (+0.200 to +0.200), 6 tables" in text
    assert ": better" in text
    assert "\x1b[31m" not in text
    assert text.count("one[red]x[/red]") == 2, "markup is text, not colour"


def test_too_few_to_tell_is_said_instead_of_an_interval() -> None:
    text = shown(report(2))
    assert "too few to tell" in text
    assert "too few tables for an interval" in text


def test_what_is_not_finished_says_why_and_how_to_go_on() -> None:
    stopped = EvaluationReport(
        run_id="r", status="stopped", data_name="d", data_hash="abc", split="", tables=[],
        not_asked={"endpoint": 3}, cause=f"HTTP 503 {EVIL}",
    )  # fmt: skip
    text = shown(stopped)
    assert "Not finished: 3 endpoint (HTTP 503" in text
    assert "the same command goes on" in text
    assert "\x1b[31m" not in text

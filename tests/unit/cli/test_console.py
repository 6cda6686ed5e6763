"""What commands print."""

import re
from dataclasses import replace
from io import StringIO

from rich.console import Console

from lakegloss.cli.console import describe_view, difference, plan_view
from lakegloss.cli.report import unfolded
from lakegloss.cli.review import _standing_of
from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.weak_models import WeakModel
from lakegloss.core.stages import Edit, stages_for
from lakegloss.lakehouse.apply.writes import ApplySummary
from lakegloss.lakehouse.describe.describe import DescribeSummary
from lakegloss.lakehouse.describe.planning import Plan


def test_a_dry_run_shows_whole_statements_and_texts() -> None:
    columns = tuple(Column(path=f"c{i}", data_type="int") for i in range(40))
    edits = [
        Edit(column=c.path, before=f"{c.path} was " + "b" * 300, after=f"{c.path} is " + "a" * 300)
        for c in columns
    ]
    stages, _ = stages_for(Table(name="s.t", columns=columns), edits, comment_on_column=False)
    summary = ApplySummary(
        run_id="", dry_run=True, stages=tuple(stages), applied=0, statements=0,
        failed={}, skipped={}, waiting=0,
    )  # fmt: skip
    console = Console(file=StringIO(), width=80, color_system=None)
    console.print(difference(summary))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "…" not in shown
    joined = "".join(shown.split())
    for stage in stages:
        assert "".join(stage.statement.split()) in joined
    assert joined.count("b" * 300) == 40
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_weak_model_is_named_with_the_remedy() -> None:
    summary = DescribeSummary(
        run_id="r", status="done", tables=1, columns=30, profiled=1, actions={},
        sources={"model": 30}, ready=20, waiting=10, failed=0, calls=1, calls_saved=0, reused=0,
        input_tokens=1, output_tokens=1, cost=None, not_asked={}, unreadable={},
        weak_models=(WeakModel(model="tiny [m]", texts=30, unrelated=10),), program="gloss/3",
    )  # fmt: skip
    console = Console(file=StringIO(), width=400, color_system=None)
    console.print(describe_view(summary))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "10 of 30 texts of the model 'tiny [m]' (33 %)" in shown
    assert "stronger model" in shown
    assert re.search("version +gloss/3", shown)
    assert "guidance" in shown


def test_a_plan_names_comments_that_are_no_longer_true() -> None:
    plan = Plan(
        tables=1, columns=2, actions={"describe": 1}, by_table={"s.t": 1}, requests=0,
        input_tokens=0, max_output_tokens=0, max_cost=None,
        wrong={"s.t.cause": "it lists the codes, but others were seen"},
    )  # fmt: skip
    console = Console(file=StringIO(), width=120, color_system=None)
    console.print(plan_view(plan, model=""))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "no longer true (1)" in printed
    assert "s.t.cause: it lists the codes, but others were seen" in printed


def test_drafts_that_wait_for_words_are_told_once_with_the_remedy() -> None:
    summary = DescribeSummary(
        run_id="r", status="done", tables=1, columns=60, profiled=1, actions={},
        sources={"rules": 60}, ready=19, waiting=41, failed=0, calls=0, calls_saved=0, reused=0,
        input_tokens=0, output_tokens=0, cost=None, not_asked={}, unreadable={},
        untold=41, unknown_words=17,
    )  # fmt: skip
    console = Console(file=StringIO(), width=400, color_system=None)
    console.print(describe_view(summary))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "41 wait, as their names tell nobody anything" in shown
    assert "`lakegloss words` lists 17 words that would mend that" in shown
    console.print(describe_view(replace(summary, untold=0)))
    assert console.file.getvalue().count("lakegloss words") == 1  # type: ignore[attr-defined]


def test_rows_for_scripts_hold_objects_and_no_texts_of_json() -> None:
    row = {"run_id": "r", "counts": '{"calls": 3}', "error": "{broken", "cost": None, "n": "[x]"}
    assert unfolded(row) == row | {"counts": {"calls": 3}}


def test_ready_drafts_do_not_wait_for_a_decision() -> None:
    assert _standing_of(0, 6, 0) == (
        "Nothing waits for a decision; 6 are ready: apply writes them unless they are rejected."
    )
    assert _standing_of(41, 0, 2) == "41 wait for a decision; 2 have no text."

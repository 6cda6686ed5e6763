"""What commands print."""

from io import StringIO

from rich.console import Console

from lakegloss.cli.console import difference
from lakegloss.core.assets import Column, Table
from lakegloss.core.stages import Edit, stages_for
from lakegloss.lakehouse.apply.writes import ApplySummary


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

"""People may write comments while a run is at their table: the run leaves what they wrote."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.stages import Edit, comments_of, stages_for
from lakegloss.lakehouse.apply import worker
from lakegloss.lakehouse.apply.worker import (
    CHANGED_MEANWHILE,
    WRITTEN_MEANWHILE,
    TableOutcome,
    Worker,
)
from lakegloss.lakehouse.catalog import Catalog

NAME = "crm.t"
PATHS = ("", "a", "b", "s", "s.n", "s.m", "s.m.k")


def _text(path: str) -> str:
    return f"Of {path or 'all'}."


class OneTable:
    """A catalog of one table and its session, which writes the texts that a statement holds."""

    def __init__(self, table: Table) -> None:
        self.spark = self
        self.table, self.comments = table, dict(comments_of(table))
        self.ran: list[str] = []

    def sql(self, statement: str) -> None:
        self.ran.append(statement)
        self.comments |= {path: _text(path) for path in PATHS if f"'{_text(path)}'" in statement}

    def read_comments(self, _: str) -> Table:
        return self.table

    def read_column_comments(self, _: Table) -> dict[str, str]:
        return {path: text for path, text in self.comments.items() if path}


def run(
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[OneTable], None],
    *,
    one_by_one: bool = False,
    since_the_plan: Callable[[Table], Table] = lambda table: table,
) -> tuple[OneTable, TableOutcome]:
    """Run an edit of each path; `meanwhile` is called after each statement."""
    columns = tuple(Column(path=path, data_type="int") for path in PATHS if path)
    table = Table(name=NAME, columns=columns, one_by_one=one_by_one)
    edits = [Edit(column=path, before="", after=_text(path)) for path in PATHS]
    stages, _ = stages_for(table, edits, comment_on_column=False)
    catalog = OneTable(since_the_plan(table))

    def point(name: str) -> None:
        if name == "apply.altered":
            meanwhile(catalog)

    monkeypatch.setattr(worker, "fault_point", point)
    done = TableOutcome()
    Worker(cast(Catalog, catalog), {}, "run", done, lambda _: None).run(stages)
    return catalog, done


@pytest.mark.parametrize("one_by_one", [False, True])
@pytest.mark.parametrize(
    ("after", "column"), [("Of all.", "a"), ("Of a.", "s.m.k"), ("Of s.n.", "s.m.k")]
)
def test_what_a_person_writes_between_two_statements_stays(
    monkeypatch: pytest.MonkeyPatch, *, after: str, column: str, one_by_one: bool
) -> None:
    def person(catalog: OneTable) -> None:
        if after in catalog.comments.values() and not catalog.comments[column]:
            catalog.comments[column] = "Hers."

    catalog, done = run(monkeypatch, person, one_by_one=one_by_one)
    ours = {path: _text(path) for path in PATHS if path != column}
    assert catalog.comments == ours | {column: "Hers."}
    assert done.skipped == {f"{NAME}.{column}": CHANGED_MEANWHILE}
    assert done.failed == {}
    assert done.statements == len(catalog.ran)
    written = {change.column for change in done.changes if change.status == "applied"}
    assert written == set(ours)


def test_what_another_run_writes_at_the_same_time_is_no_conflict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def other(catalog: OneTable) -> None:
        catalog.comments["s.n"] = _text("s.n")

    catalog, done = run(monkeypatch, other)
    assert catalog.comments == {path: _text(path) for path in PATHS}
    assert (done.skipped, done.failed) == ({f"{NAME}.s.n": WRITTEN_MEANWHILE}, {})


def test_a_table_that_was_altered_since_the_plan_gets_no_statement_that_loses_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def alter(table: Table) -> Table:
        columns = (replace(c, blocked="unsafe" if c.path == "s" else "") for c in table.columns)
        return replace(table, columns=tuple(columns))

    catalog, done = run(monkeypatch, lambda _: None, since_the_plan=alter)
    assert catalog.comments == {path: "" if path == "s" else _text(path) for path in PATHS}
    assert (done.skipped, done.failed) == ({f"{NAME}.s": "unsafe"}, {})
    assert [c.status for c in done.changes if c.column == "s"] == ["skipped"]


def test_where_nobody_writes_all_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, done = run(monkeypatch, lambda _: None)
    assert catalog.comments == {path: _text(path) for path in PATHS}
    assert (len(catalog.ran), done.skipped, done.failed) == (4, {}, {})

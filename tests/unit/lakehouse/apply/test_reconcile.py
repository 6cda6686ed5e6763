"""What a run dropped and did not get to write again comes back, whatever is known of that run."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from pyspark.errors import AnalysisException

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.stages import Edit, stages_for
from lakegloss.lakehouse.apply import applier, worker
from lakegloss.lakehouse.apply.applier import reconcile
from lakegloss.lakehouse.apply.worker import TableOutcome, Worker, intended
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers

NAME = "crm.t"
ABOUT, THEIRS, NEWER = "Of s.", "Hers.", "Hers, said better."
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


class Rebuilding:
    """A catalog of a table with char inside: each comment of `s` drops those of its parts."""

    def __init__(self, comments: dict[str, str]) -> None:
        self.spark = self
        self.comments = {"s": "", "s.a": "", "s.b": ""} | comments
        self.refuses = False

    def read_comments(self, _: str) -> Table:
        columns = tuple(
            Column(path=path, data_type="string", comment=text, rebuilt=path == "s")
            for path, text in self.comments.items()
        )
        return Table(name=NAME, columns=columns)

    def read_column_comments(self, _: Table) -> dict[str, str]:
        return dict(self.comments)

    def sql(self, statement: str) -> None:
        if self.refuses:
            raise AnalysisException("PERMISSION_DENIED")
        if f"COMMENT '{ABOUT}'" in statement:
            self.comments = {"s": ABOUT, "s.a": "", "s.b": ""}
        for path, name in (("s.a", "`s`.`a`"), ("s.b", "`s`.`b`")):
            for text in (THEIRS, NEWER):
                if f"{name} COMMENT '{text}'" in statement:
                    self.comments[path] = text


class Book:
    """The ledger of changes: the newest row of each."""

    def __init__(self, rows: Sequence[dict[str, Any]] = ()) -> None:
        self.rows = {row["change_id"]: row for row in rows}

    def newest(self, ledger: Any, *_: Any, **__: Any) -> list[dict[str, Any]]:
        return list(self.rows.values()) if ledger.name == "changes" else []

    def append(self, _: Any, rows: Sequence[Any]) -> None:
        for row in rows:
            found = dict(row) if isinstance(row, dict) else asdict(row)
            self.rows[found["change_id"]] = found

    def statuses(self) -> dict[str, str]:
        return {row["column"]: row["status"] for row in self.rows.values()}


def change(column: str, before: str, after: str, *, proposal: str = "") -> dict[str, Any]:
    return {
        "change_id": f"{column}:{before}", "table": NAME, "column": column, "before": before,
        "after": after, "proposal_id": proposal, "status": "intended", "error": "",
        "run_id": "killed", "changed_at": BEGUN, "statement": "",
    }  # fmt: skip


def settle(
    monkeypatch: pytest.MonkeyPatch,
    catalog: Rebuilding,
    book: Book,
    *,
    live: bool,
    ended: Sequence[str] = (),
) -> applier.SettledChanges:
    monkeypatch.setattr(applier, "live_runs", lambda _, runs: set(runs) if live else set())
    monkeypatch.setattr(applier, "_note", lambda *_: None)
    rows = book.newest(applier.CHANGES)
    return reconcile(cast(Ledgers, book), cast(Catalog, catalog), rows, ended=ended)


@pytest.mark.parametrize("live", [True, False])
def test_a_text_comes_back_at_once_though_its_run_may_still_go_on(
    monkeypatch: pytest.MonkeyPatch, *, live: bool
) -> None:
    """On a platform a killed run counts as going on for hours, and jobs are tried again at once."""
    catalog = Rebuilding({"s": ABOUT})
    book = Book([change("s", "", ABOUT, proposal="p"), change("s.a", THEIRS, THEIRS)])
    settled = settle(monkeypatch, catalog, book, live=live)
    assert catalog.comments == {"s": ABOUT, "s.a": THEIRS, "s.b": ""}
    assert settled.owed == frozenset()
    ended = {"s": "applied", "s.a": "applied"}
    assert book.statuses() == (dict.fromkeys(ended, "intended") if live else ended)


def test_who_undoes_a_run_says_that_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the run of a job that was killed could not be undone for hours."""
    catalog = Rebuilding({"s": ABOUT})
    book = Book([change("s", "", ABOUT, proposal="p"), change("s.b", "", "Of b.", proposal="q")])
    assert settle(monkeypatch, catalog, book, live=True).rows == []
    settle(monkeypatch, catalog, book, live=True, ended=["killed"])
    assert book.statuses() == {"s": "applied", "s.b": "failed"}


@pytest.mark.parametrize("live", [True, False])
def test_what_cannot_come_back_yet_is_owed(monkeypatch: pytest.MonkeyPatch, *, live: bool) -> None:
    catalog = Rebuilding({"s": ABOUT})
    catalog.refuses = True
    book = Book([change("s", "", ABOUT, proposal="p"), change("s.a", THEIRS, THEIRS)])
    settled = settle(monkeypatch, catalog, book, live=live)
    assert settled.owed == {AssetKey(NAME, "s.a")}
    assert book.statuses()["s.a"] == "intended", "the next run tries again"


def test_what_a_person_wrote_since_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Rebuilding({"s": ABOUT, "s.a": NEWER})
    book = Book([change("s", "", ABOUT, proposal="p"), change("s.a", THEIRS, THEIRS)])
    assert settle(monkeypatch, catalog, book, live=True).owed == frozenset()
    assert catalog.comments["s.a"] == NEWER


class Killed(BaseException):
    """The process ends."""


@pytest.mark.parametrize("planned", ["", THEIRS])
@pytest.mark.parametrize("edited", [True, False])
@pytest.mark.parametrize("killed", [True, False])
def test_what_a_person_wrote_after_the_plan_outlives_a_run_that_drops_it(
    monkeypatch: pytest.MonkeyPatch, *, planned: str, edited: bool, killed: bool
) -> None:
    """The plan did not know the text: it is recorded before the statement that may drop it.

    Args:
        planned: what stood there when the plan was made.
        edited: whether the plan has a text for that part, too.
    """
    edits = [Edit(column="s", before="", after=ABOUT, proposal_id="p")]
    if edited:
        edits.append(Edit(column="s.a", before=planned, after="Of s.a.", proposal_id="q"))
    before = Rebuilding({"s.a": planned}).read_comments(NAME)
    stages, _ = stages_for(before, edits, comment_on_column=False)
    catalog, book = Rebuilding({"s.a": NEWER}), Book()
    open_ = [c for stage in stages for c in intended(stage, stage.edits + stage.keeps, "killed")]
    open_ = [replace(c, changed_at=c.changed_at - timedelta(hours=1)) for c in open_]
    book.append(applier.CHANGES, open_)
    done = TableOutcome()

    def point(name: str) -> None:
        if killed and name == "apply.altered":
            raise Killed

    monkeypatch.setattr(worker, "fault_point", point)
    ids = {(c.table, c.column): c for c in open_}
    running = Worker(
        cast(Catalog, catalog), ids, "killed", done, lambda rows: book.append(None, rows)
    )
    try:
        running.run(stages)
    except Killed:
        assert catalog.comments["s.a"] == "", "dropped"
        settle(monkeypatch, catalog, book, live=False)
    else:
        book.append(applier.CHANGES, done.changes)
    assert catalog.comments == {"s": ABOUT, "s.a": NEWER, "s.b": ""}
    assert "intended" not in {row["status"] for row in book.rows.values()}
    kept = [row for row in book.rows.values() if row["before"] == row["after"] == NEWER]
    assert [row["status"] for row in kept] == ["applied"]

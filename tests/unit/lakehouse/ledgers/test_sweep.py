"""Answers of a run are appended once, and looked for only where they may be there already."""

from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.records import Response
from lakegloss.engine.journal import Journal
from lakegloss.lakehouse.ledgers import sweep as sweeping
from lakegloss.lakehouse.ledgers.sweep import sweep
from tests.kits.engine import make_response


class Answers:
    """A ledger of answers in memory; a failing one takes the rows and tells of an error."""

    def __init__(self) -> None:
        self.kept: list[Response] = []
        self.looked_for: list[str] = []
        self.fails = False

    def append(self, _: Any, rows: list[Response]) -> int:
        self.kept += rows
        if self.fails:
            raise OSError("the catalog did not answer")
        return len(rows)

    def known(self, _: Any, ids: list[str]) -> set[str]:
        self.looked_for += ids
        return {row.response_id for row in self.kept if row.response_id in ids}


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Any:
    answers = Answers()
    monkeypatch.setattr(sweeping, "_known", answers.known)
    return answers


def journal(folder: Path, *ids: str, run_id: str = "mine") -> None:
    written = Journal(folder, run_id)
    for id_ in ids:
        written.add(make_response(response_id=id_, run_id=run_id))
    written.flush()


def test_new_answers_of_the_run_are_not_looked_for(ledger: Any, tmp_path: Path) -> None:
    journal(tmp_path, "new 1", "new 2")
    assert sweep(ledger, tmp_path, "mine") == 2
    assert ledger.looked_for == []
    assert sweep(ledger, tmp_path, "mine") == 0, "its files are gone"


def test_answers_of_a_killed_run_are_looked_for(ledger: Any, tmp_path: Path) -> None:
    ledger.kept = [make_response(response_id="old 1", run_id="killed")]
    journal(tmp_path, "old 1", "old 2", run_id="killed")
    journal(tmp_path, "new 3")
    assert sweep(ledger, tmp_path, "mine") == 2
    assert ledger.looked_for == ["old 1", "old 2"]
    assert sorted(row.response_id for row in ledger.kept) == ["new 3", "old 1", "old 2"]


def test_answers_whose_append_seemed_to_fail_are_appended_once(ledger: Any, tmp_path: Path) -> None:
    journal(tmp_path, "lost 1")
    ledger.fails = True
    with pytest.raises(OSError, match="did not answer"):
        sweep(ledger, tmp_path, "mine")
    ledger.fails = False
    assert sweep(ledger, tmp_path, "mine") == 0
    assert [row.response_id for row in ledger.kept] == ["lost 1"]

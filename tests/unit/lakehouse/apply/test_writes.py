"""What is planned to be written, by what the catalog shows now."""

from typing import cast

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.lakehouse.apply.writes import Writable, plan_writes
from lakegloss.lakehouse.catalog import Catalog, SqlDialect

NAME = "crm.t"
A = AssetKey(NAME, "a")


class Shown:
    """A catalog of one table with one column."""

    def __init__(self, comment: str | None) -> None:
        self.columns = () if comment is None else (column(comment),)

    def dialect(self) -> SqlDialect:
        return SqlDialect(comment_on_column=False)

    def read_comments(self, _: str) -> Table:
        return Table(name=NAME, columns=self.columns)


def column(comment: str) -> Column:
    return Column(path="a", data_type="int", comment=comment)


def item(*, replaces: str = "", applied: bool = False) -> Writable:
    return Writable(
        key=A, proposal_id="p", text="Of a.", replaces=replaces, verdict="", by_person=False,
        applied=applied,
    )  # fmt: skip


def planned(comment: str | None, one: Writable, **more: object) -> tuple[int, set[str]]:
    """How many statements are planned, and which assets are told."""
    found = plan_writes(cast(Catalog, Shown(comment)), 1, [one], **more)  # type: ignore[arg-type]
    return len(found.stages), set(found.skipped)


@pytest.mark.parametrize("comment", ["", "   ", "\t\n"])
def test_blanks_are_no_comment(comment: str) -> None:
    """Else a draft from before the blanks would be told as overtaken by them."""
    assert planned(comment, item()) == (1, set())
    assert planned(comment, item(), strict=True)[0] == (not comment), "undo restores no blanks"
    assert planned("Hers.", item()) == (0, {str(A)})


def test_a_column_that_went_with_its_comment_is_not_told_for_ever() -> None:
    assert planned(None, item(applied=True)) == (0, set())
    assert planned(None, item()) == (0, {str(A)})


def test_nothing_is_written_in_the_place_of_a_text_that_is_owed() -> None:
    assert planned("", item(), owed={A}) == (0, {str(A)})

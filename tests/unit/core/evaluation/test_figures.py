"""Figures of versions, and how two versions are paired."""

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evaluation.figures import (
    ScoredItem,
    Spent,
    VersionFigures,
    compare_versions,
    figures_of_version,
)
from lakegloss.core.evaluation.references import (
    HeldOutTable,
    data_hash,
    hold_out,
    references_of,
    visible_hash,
)
from lakegloss.core.statistics.intervals import Conclusion


def item(table: str, column: str, score: float, **parts: float) -> ScoredItem:
    return ScoredItem(
        key=AssetKey(table, column), text="Some words.", source="model", score=score,
        parts={"identification": score, "truth": 1.0, "whole": 1.0, "checks": 1.0, **parts},
    )  # fmt: skip


def version(label: str, items: list[ScoredItem]) -> VersionFigures:
    return figures_of_version(
        items, label=label, program="comment", program_version="v", model="m", own_source="model",
        spent=Spent(),
    )  # fmt: skip


def scores(better: float) -> list[ScoredItem]:
    return [
        item(f"s.t{table}", f"c{column}", 0.4 + better + table / 100)
        for table in range(6)
        for column in range(4)
    ]


def test_versions_are_paired_on_their_items_and_tables_count_once() -> None:
    found = compare_versions(version("a", scores(0.2)), version("b", scores(0.0)[:-1]))
    assert (found.difference.items, found.difference.groups) == (23, 6)
    assert found.difference.mean == pytest.approx(0.2)
    assert found.conclusion is Conclusion.BETTER
    assert found.passes.first_only == 23
    assert [t.items for t in found.by_table] == [4, 4, 4, 4, 4, 3] or sum(
        t.items for t in found.by_table
    ) == 23


def test_few_tables_conclude_nothing() -> None:
    first, second = scores(0.2)[:8], scores(0.0)[:8]
    found = compare_versions(version("a", first), version("b", second))
    assert found.conclusion is Conclusion.TOO_FEW
    assert found.difference.mean == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("score", "parts", "passes"),
    [
        (0.9, {}, True),
        (0.5, {}, False),
        (0.9, {"truth": 0.2}, False),
        (0.9, {"checks": 0.7}, False),
    ],
)
def test_an_item_passes_that_tells_its_column_and_nothing_wrong(
    score: float, parts: dict[str, float], *, passes: bool
) -> None:
    assert item("s.t", "c", score, **parts).passes is passes


def test_what_was_not_written_is_an_item_too() -> None:
    none = ScoredItem(key=AssetKey("s.t", "c"), text="", source="", score=0.0)
    found = version("a", [none, item("s.t", "d", 0.8)])
    assert (found.score.mean, found.written, found.passed) == (0.4, 0.5, 0.5)
    assert found.words == 2
    assert found.parts["identification"].mean == pytest.approx(0.4)


TABLE = Table(
    name="s.t",
    comment="People's words.",
    columns=(
        Column(path="a", data_type="int", comment="Hide me."),
        Column(path="b", data_type="int", comment="Leave me."),
    ),
)


def held(**more: str) -> HeldOutTable:
    return hold_out(TABLE, {}, {"a": "Hide me.", **more})


def test_only_references_are_hidden() -> None:
    found = held()
    assert [c.comment for c in found.table.columns] == ["", "Leave me."]
    assert found.table.comment == "People's words."
    assert hold_out(TABLE, {}, {"": "People's words."}).table.comment == ""
    assert references_of([found]) == {AssetKey("s.t", "a"): "Hide me."}


def test_a_data_set_is_its_assets_types_and_texts() -> None:
    assert data_hash([held()]) == data_hash([held()])
    assert data_hash([held()]) != data_hash([held(b="Leave me.")])
    other = hold_out(TABLE, {}, {"a": "Other words."})
    assert data_hash([held()]) != data_hash([other])
    assert visible_hash(held().table) == visible_hash(other.table)
    assert visible_hash(held().table) != visible_hash(held(b="Leave me.").table)

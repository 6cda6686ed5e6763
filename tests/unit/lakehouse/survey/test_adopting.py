"""Folders of Delta tables get names, each its own, and what is no table is passed over."""

from pathlib import Path

import pytest

from lakegloss.errors import AssetNotFoundError, SettingsError
from lakegloss.lakehouse.survey.adopting import (
    _plain,
    _tables_below,
    adopt,
    by_schema,
    table_name,
)


def delta(folder: Path) -> Path:
    (folder / "_delta_log").mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("orders",), "orders"),
        (("Sales", "Order Lines (2024)"), "sales_order_lines_2024"),
        (("köln", "straße"), "köln_straße"),
        (("--",), "table"),
        (("a`b'; DROP",), "a_b_drop"),
    ],
)
def test_the_name_of_a_folder(parts: tuple[str, ...], name: str) -> None:
    assert table_name(parts) == name


def test_tables_at_any_depth_are_found_and_nothing_inside_of_one(tmp_path: Path) -> None:
    delta(tmp_path / "sales" / "orders")
    delta(tmp_path / "sales" / "orders" / "nested")
    delta(tmp_path / "hr")
    delta(tmp_path / ".hidden")
    (tmp_path / "csv").mkdir()
    found = {name: Path(folder) for folder, name in _tables_below([str(tmp_path)])}
    assert found == {"sales_orders": tmp_path / "sales" / "orders", "hr": tmp_path / "hr"}


def test_a_folder_that_is_a_table_itself_and_two_of_one_name(tmp_path: Path) -> None:
    one, other = delta(tmp_path / "a" / "events"), delta(tmp_path / "b" / "events")
    found = list(_tables_below([str(one), str(other), "s3a://bucket/lake/events/"]))
    assert [name for _, name in found] == ["events", "events_2", "events_3"]
    assert found[2][0] == "s3a://bucket/lake/events/"


def test_what_is_not_there_is_told_before_anything_is_asked_of_spark(tmp_path: Path) -> None:
    with pytest.raises(AssetNotFoundError, match="is not there"):
        adopt(None, [str(tmp_path / "no")], schema="x")  # type: ignore[arg-type]
    with pytest.raises(AssetNotFoundError, match="No Delta table"):
        adopt(None, [str(tmp_path)], schema="x")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="no name of a schema"):
        adopt(None, [str(tmp_path)], schema="a.b; --")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("file:/lake/my%20tables/a", "/lake/my tables/a"),
        ("file:///lake/a/", "/lake/a"),
        ("/lake/100%25", "/lake/100%25"),
        ("s3a://b/a%20b/", "s3a://b/a%20b"),
    ],
)
def test_the_same_folder_however_it_is_written(one: str, other: str) -> None:
    assert _plain(one) == _plain(other)


def test_each_folder_may_name_its_schema(tmp_path: Path) -> None:
    day = tmp_path / "day=1"
    day.mkdir()
    given = ["sales=/lake/a", "hr=/lake/b", "/lake/c", "sales=s3a://lake/d", str(day), "a-b=/x"]
    assert by_schema(given, "adopted") == {
        "sales": ["/lake/a", "s3a://lake/d"],
        "hr": ["/lake/b"],
        "adopted": ["/lake/c", str(day), "a-b=/x"],
    }


def test_a_folder_that_is_there_is_no_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "day=1").mkdir()
    assert by_schema(["day=1"], "adopted") == {"adopted": ["day=1"]}

"""What is said where nothing is selected: where it was looked, and what is there instead."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from lakegloss.core.selection import did_you_mean, select
from lakegloss.errors import AssetNotFoundError
from lakegloss.lakehouse.catalog import Catalog

Lake = Mapping[str, Mapping[str, Sequence[str]]]
FULL: Lake = {
    "main": {"sales": ["orders", "order_items"], "crm": ["people"], "lakegloss": ["runs"]},
    "spark_catalog": {"default": []},
}


class Session:
    """Lists a lake; knows no catalog but those of the lake."""

    def __init__(self, lake: Lake, current: str) -> None:
        self.lake, self.current = lake, current
        self.catalog = SimpleNamespace(currentCatalog=lambda: current)
        self.conf = SimpleNamespace(get=lambda *_: "file:/data/home/warehouse")

    def sql(self, text: str) -> Any:
        parts = text.partition(" IN ")[2].replace("`", "").split(".")
        if text == "SHOW CATALOGS":
            rows: list[Any] = [(name,) for name in self.lake]
        elif text.startswith("SHOW SCHEMAS"):
            if (parts[0] or self.current) not in self.lake:
                raise AnalysisException("no such catalog")
            rows = [(schema,) for schema in self.lake[parts[0] or self.current]]
        else:
            tables = self.lake[parts[0] if len(parts) == 2 else self.current][parts[-1]]
            rows = [SimpleNamespace(tableName=name, isTemporary=False) for name in tables]
        return SimpleNamespace(collect=lambda: rows)


def _error(patterns: Sequence[str], *, lake: Lake = FULL, current: str = "main") -> str:
    catalog = Catalog(cast(SparkSession, Session(lake, current)))
    own = f"{current}.lakegloss" if current != "spark_catalog" else "lakegloss"
    with pytest.raises(AssetNotFoundError) as caught:
        catalog.table_names(patterns, own_schema=own)
    with pytest.raises(AssetNotFoundError) as again:
        catalog.listing(patterns, own_schema=own)
    assert str(again.value) == str(caught.value), "plan, describe and check say the same"
    return str(caught.value)


@pytest.mark.parametrize(
    ("patterns", "says"),
    [
        pytest.param(["slaes.*"], "Did you mean 'main.sales.*'?", id="a schema's typo"),
        pytest.param(["slaes"], "Did you mean 'main.sales.*'?", id="a schema's typo, no dot"),
        pytest.param(["sales.ordres"], "Did you mean 'main.sales.orders'", id="a table's typo"),
        pytest.param(["mian.sales.*"], "Did you mean 'main'?", id="a catalog's typo"),
        pytest.param(["prod.sales.*"], "The session shows: main, spark_catalog", id="no catalog"),
        pytest.param(["zzz.*"], "Schemas with tables: main.crm, main.sales.", id="no schema"),
        pytest.param(["sales.*", "zzz.*"], "in the catalog 'main' matches 'main.zzz.*'", id="half"),
        pytest.param(["lakegloss.*"], "tables of lakegloss itself", id="own tables"),
    ],
)
def test_a_mistyped_place_is_named_with_what_is_there(patterns: list[str], says: str) -> None:
    assert says in _error(patterns)


@pytest.mark.parametrize("lake", [{"spark_catalog": {"default": []}}, {"spark_catalog": {}}])
def test_an_empty_catalog_is_told_with_its_folder(lake: Lake) -> None:
    told = _error((), lake=lake, current="spark_catalog")
    assert "There is no table in the catalog 'spark_catalog' of /data/home/warehouse" in told
    assert "home folder" in told
    assert "no table" in _error(["sales.*"], lake=lake, current="spark_catalog").lower()


def test_only_lakegloss_own_tables_are_no_lake() -> None:
    lake: Lake = {"main": {"lakegloss": ["inventory"]}}
    assert "There is no table in the catalog 'main'" in _error((), lake=lake)


def test_what_is_far_is_not_suggested() -> None:
    assert did_you_mean("orders", ["Orders", "people"]) == "Did you mean 'Orders'?"
    assert did_you_mean("orders", ["people", "runs"]) == ""
    with pytest.raises(AssetNotFoundError, match="in the inventory matches 'x'"):
        select(["a.b"], ["x"], where="in the inventory")


def test_an_exclude_that_matches_no_table_is_told_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = cast(SparkSession, Session(FULL, "main"))
    catalog = Catalog(session, ["sales.order_*", "dhw.*"])
    assert catalog.table_names(["sales.*"], own_schema="main.lakegloss") == ["main.sales.orders"]
    assert not caplog.records, "it may be for another schema"
    assert "main.sales.orders" in catalog.table_names([], own_schema="main.lakegloss")
    told = [record.getMessage() for record in caplog.records]
    assert told == ["exclude 'main.dhw.*' matches no table: it leaves out none"]

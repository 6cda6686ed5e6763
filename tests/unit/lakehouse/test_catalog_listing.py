"""What is listed where a session's catalog is not the only one, and where schemas refuse."""

import logging
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from lakegloss.errors import AssetNotFoundError, CatalogError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.settings import load_settings

LAKE: Mapping[str, Mapping[str, Sequence[str] | None]] = {
    "main": {"sales": ["orders", "late"], "lakegloss": ["inventory"], "secret": None},
    "spark_catalog": {"sales": ["old"], "Information_Schema": ["tables"]},
}


class Session:
    """Answers SHOW SCHEMAS and SHOW TABLES; a schema that is None refuses."""

    def __init__(self, current: str) -> None:
        self.current = current
        self.asked: list[str] = []
        self.catalog = SimpleNamespace(currentCatalog=lambda: current)

    def sql(self, text: str) -> Any:
        self.asked.append(text)
        parts = text.partition(" IN ")[2].replace("`", "").split(".")
        if text.startswith("SHOW SCHEMAS"):
            rows: list[Any] = [(schema,) for schema in LAKE[parts[0] or self.current]]
        else:
            tables = LAKE[parts[0] if len(parts) == 2 else self.current][parts[-1]]
            if tables is None:
                raise AnalysisException("no USE SCHEMA")
            rows = [SimpleNamespace(tableName=name, isTemporary=False) for name in tables]
        return SimpleNamespace(collect=lambda: rows)


def _catalog(current: str) -> tuple[Catalog, Session]:
    session = Session(current)
    return Catalog(cast(SparkSession, session)), session


@pytest.mark.parametrize("configured", ["", "main", "MAIN"])
def test_own_tables_are_left_out_however_their_catalog_is_named(configured: str) -> None:
    catalog, session = _catalog("main")
    settings = load_settings(environ={}, catalog=configured)
    own = Ledgers(cast(SparkSession, session), settings).schema
    assert own == "main.lakegloss"
    assert catalog.table_names((), own_schema=own) == ["main.sales.late", "main.sales.orders"]


def test_a_table_is_listed_once() -> None:
    catalog, session = _catalog("main")
    names = catalog.table_names(["sales.*", "main.sales.*", "sales"], own_schema="main.lakegloss")
    assert names == ["main.sales.late", "main.sales.orders"]
    assert session.asked == ["SHOW SCHEMAS", "SHOW TABLES IN `main`.`sales`"]


def test_what_views_may_read_is_known_in_the_catalogs_of_the_patterns_and_the_session() -> None:
    catalog, session = _catalog("spark_catalog")
    listing = catalog.listing(["main.sales.late"], own_schema="lakegloss")
    assert listing.names == ["main.sales.late"]
    assert listing.near == ["main.sales.orders", "main.sales.late"]
    assert session.asked == [
        "SHOW SCHEMAS IN `main`", "SHOW SCHEMAS", "SHOW TABLES IN `main`.`sales`",
    ]  # fmt: skip
    assert listing.known["main.sales.orders"] == "main.sales.orders"
    assert "main.sales.gone" not in listing.known
    assert len(session.asked) == 3, "no view named another schema"
    assert listing.known["sales.old"] == "sales.old"
    assert "sales.older" not in listing.known
    assert "nowhere.old" not in listing.known
    assert session.asked[3:] == ["SHOW TABLES IN `sales`"]


def test_a_schema_that_refuses_holds_nothing_that_views_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    catalog, session = _catalog("main")
    listing = catalog.listing(["sales.*"], own_schema="main.x")
    with caplog.at_level(logging.WARNING, "lakegloss"):
        assert "main.secret.plans" not in listing.known
        assert "main.secret.others" not in listing.known
    assert len([r for r in caplog.records if "'main.secret'" in r.getMessage()]) == 1
    assert len(session.asked) == 3


def test_own_tables_are_not_known_to_views() -> None:
    catalog, _ = _catalog("main")
    listing = catalog.listing(["sales.*"], own_schema="main.lakegloss")
    assert "main.lakegloss.inventory" not in listing.known


def test_a_schema_that_refuses_stops_only_who_names_it(caplog: pytest.LogCaptureFixture) -> None:
    catalog, session = _catalog("main")
    assert catalog.table_names(["sales.*"], own_schema="main.x")
    assert not any("secret" in text for text in session.asked)
    with caplog.at_level(logging.WARNING, "lakegloss"):
        assert catalog.table_names((), own_schema="main.x")
        assert catalog.table_names(["s*.*"], own_schema="main.x")
    assert [r for r in caplog.records if "'main.secret'" in r.getMessage()]
    with pytest.raises(CatalogError, match=r"main\.secret"):
        catalog.table_names(["secret.*"], own_schema="main.x")


def test_a_pattern_that_matches_nothing_is_an_error() -> None:
    catalog, _ = _catalog("main")
    with pytest.raises(AssetNotFoundError, match=r"main\.sales\.zzz"):
        catalog.table_names(["sales.zzz"], own_schema="main.x")

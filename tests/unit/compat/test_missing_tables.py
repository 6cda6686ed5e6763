"""A name that selects no table stops no other: it is told with what to do."""

from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.errors import AnalysisException

from lakegloss.compat.dbxmetagen.missing_tables import without_missing
from lakegloss.errors import AssetNotFoundError, CatalogError
from lakegloss.lakehouse.catalog import Catalog

TABLES = {"shop": ["orders", "people"], "hr": ["staff"], "closed": None, "results": ["log"]}


class Session:
    """Lists schemas and tables, and refuses one schema."""

    catalog = SimpleNamespace(currentCatalog=lambda: "spark_catalog")
    conf = SimpleNamespace(get=lambda *_: "")

    def sql(self, statement: str) -> Any:
        if statement.startswith("SHOW SCHEMAS"):
            rows: list[Any] = [(name,) for name in TABLES]
        else:
            tables = TABLES[statement.rpartition("`.`")[2].strip("`").rpartition("`")[2]]
            if tables is None:
                raise AnalysisException("[INSUFFICIENT_PERMISSIONS] no USE SCHEMA")
            rows = [SimpleNamespace(tableName=name, isTemporary=False) for name in tables]
        return SimpleNamespace(collect=lambda: rows)


def found(*patterns: str) -> tuple[list[str], dict[str, str]]:
    there, missing = without_missing(Catalog(Session()), patterns, own_schema="results")  # type: ignore[arg-type]
    return there, dict(missing)


def test_all_that_is_there_is_done() -> None:
    assert found("shop.*", "hr.staff") == (["shop.*", "hr.staff"], {})


def test_a_missing_table_is_named_with_the_one_that_may_be_meant() -> None:
    there, missing = found("shop.ordres", "hr.staff", "sales.*")
    assert there == ["hr.staff"]
    assert "Did you mean 'shop.orders'?" in missing["shop.ordres"]
    assert "Schemas with tables" in missing["sales.*"]


def test_a_schema_that_may_not_be_listed_and_one_of_lakegloss_itself_stop_no_other() -> None:
    there, missing = found("closed.a", "shop.people", "results.log")
    assert there == ["shop.people"]
    assert "USE SCHEMA" in missing["closed.a"]
    assert "tables of lakegloss itself" in missing["results.log"]


@pytest.mark.parametrize(
    ("patterns", "error"),
    [(["shop.gone"], AssetNotFoundError), (["closed.a", "shop.gone"], CatalogError)],
)
def test_where_nothing_is_there_the_run_ends_with_the_error(
    patterns: list[str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        found(*patterns)

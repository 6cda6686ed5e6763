"""Finds the names in a list of tables that select nothing, so that the others are done."""

from collections.abc import Mapping, Sequence

from lakegloss.errors import AssetNotFoundError, CatalogError
from lakegloss.lakehouse.catalog import Catalog


def without_missing(
    catalog: Catalog, patterns: Sequence[str], *, own_schema: str
) -> tuple[list[str], Mapping[str, str]]:
    """The patterns that select tables, and those that do not, each with the reason and the remedy.

    Raises:
        AssetNotFoundError, CatalogError: none of them selects a table.
    """
    try:
        catalog.table_names(patterns, own_schema=own_schema)
    except (AssetNotFoundError, CatalogError):
        if len(patterns) < 2:
            raise
    else:
        return list(patterns), {}
    reasons = {pattern: _why_missing(catalog, pattern, own_schema) for pattern in patterns}
    missing = {pattern: why for pattern, why in reasons.items() if why is not None}
    if len(missing) == len(patterns):
        raise missing[patterns[0]]
    there = [pattern for pattern in patterns if pattern not in missing]
    return there, {pattern: str(why) for pattern, why in missing.items()}


def _why_missing(
    catalog: Catalog, pattern: str, own_schema: str
) -> AssetNotFoundError | CatalogError | None:
    try:
        catalog.table_names([pattern], own_schema=own_schema)
    except (AssetNotFoundError, CatalogError) as error:
        return error
    return None

"""Reads the decisions on versions of a local lake, without Spark."""

from dataclasses import fields

from lakegloss.core.release.decisions import Release
from lakegloss.lakehouse.ledgers.without_spark import ledger_rows
from lakegloss.release.deciding import in_order
from lakegloss.settings_views import RegistrySettings

LEDGER = "releases"
_COLUMNS = tuple(field.name for field in fields(Release))


def known_history(settings: RegistrySettings, name: str) -> list[Release] | None:
    """The decisions on a name of a local lake, oldest first, read without Spark.

    None where only Spark can tell.
    """
    rows = ledger_rows(settings, settings.home, LEDGER, _COLUMNS)
    return None if rows is None else in_order(Release(**r) for r in rows if r["name"] == name)

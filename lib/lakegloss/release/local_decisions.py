"""Keeps decisions on versions in the ledger of a local lake, without Spark."""

import os
import pwd
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa

from lakegloss.core.release.decisions import Release
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.ledgers.appending import LocalLedger, can_append, holding_catalog
from lakegloss.lakehouse.ledgers.without_spark import ledger_rows
from lakegloss.release.deciding import in_order
from lakegloss.settings_views import RegistrySettings

LEDGER = "releases"
_TYPES: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    datetime: pa.timestamp("us", tz="UTC"),
}
_COLUMNS = {field.name: _TYPES[field.type] for field in fields(Release)}


class LocalSettings(RegistrySettings, Protocol):
    """Where decisions are, and how long a catalog in use is waited for."""

    @property
    def catalog_wait(self) -> float: ...


def known_history(settings: RegistrySettings, name: str) -> list[Release] | None:
    """The decisions on a name of a local lake, oldest first, read without Spark.

    None where only Spark can tell.
    """
    rows = ledger_rows(settings, settings.home, LEDGER, _COLUMNS)
    return None if rows is None else in_order(Release(**r) for r in rows if r["name"] == name)


@contextmanager
def held_decisions(
    settings: LocalSettings, *, on_wait: Callable[[str], None]
) -> "Iterator[LocalDecisions | None]":
    """The log of decisions of a local lake, whose catalog is held; None where Spark must decide.

    Raises:
        CatalogLockedError: another process of lakegloss holds the catalog.
    """
    if not can_append(settings, settings.home, LEDGER):
        yield None
        return
    wait = settings.catalog_wait
    with holding_catalog(settings, settings.home, LEDGER, wait=wait, on_wait=on_wait) as ledger:
        is_readable = ledger is not None and known_history(settings, "") is not None
        yield LocalDecisions(settings, ledger) if ledger is not None and is_readable else None


class LocalDecisions:
    """The log of decisions in a ledger whose catalog this process holds, see `DecisionLog`."""

    def __init__(self, settings: RegistrySettings, ledger: LocalLedger) -> None:
        self._settings = settings
        self._ledger = ledger

    def history(self, name: str) -> list[Release]:
        found = known_history(self._settings, name)
        if found is None:
            raise CatalogError(
                f"The decisions on {name!r} cannot be read.",
                remedy=f"`lakegloss versions {name}` tells what stands.",
            )
        return found

    def append_once(self, rows: Sequence[Release], *, app: str, number: int) -> None:
        self._ledger.append_once(arrow_rows(rows), app=app, number=number)

    def append(self, rows: Sequence[Release]) -> None:
        self._ledger.append(arrow_rows(rows))

    def user(self) -> str:
        return local_user()


def local_user() -> str:
    """The user as a local Spark would name them."""
    named = os.environ.get("SPARK_USER") or os.environ.get("HADOOP_USER_NAME")
    return named or pwd.getpwuid(os.geteuid()).pw_name


def arrow_rows(rows: Sequence[Release]) -> pa.Table:
    """Decisions as rows of the ledger."""
    return pa.Table.from_pylist([asdict(row) for row in rows], schema=pa.schema(_COLUMNS.items()))

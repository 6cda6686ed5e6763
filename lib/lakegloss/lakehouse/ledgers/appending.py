"""Appends rows to a ledger of a local lake without Spark, by delta-rs (the extra `local`).

Delta's promise that of two commits of one number only one is made does not hold for Spark on a
local disk: Spark looks whether the file is there, and then renames another one over it
(delta-io/delta, pull request 7567). So a ledger is appended to only while this process holds the
catalog: lakegloss' own lock, and Derby's, which any other Spark takes. Where the ledger is not
certainly the table that Spark would write, or has more than plain features, only Spark appends.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from lakegloss.errors import CatalogError
from lakegloss.lakehouse.ledgers.without_spark import is_of_home, ledger_folder
from lakegloss.lakehouse.session.lock import CatalogLock
from lakegloss.lakehouse.session.platform import METASTORE, has_local_lake
from lakegloss.settings_views import LedgerSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from deltalake import DeltaTable

PLACES = "ledger_places.json"
"""The file in a home folder that says where Spark's catalog has the ledgers, and their ids."""
_DERBY_LOCK = "dbex.lck"
_PLAIN = (1, 2)


def can_append(settings: LedgerSettings, home: Path, ledger: str) -> bool:
    """Whether a ledger may be appended to without Spark; `holding_catalog` looks again."""
    if not (is_of_home(settings) and has_local_lake(home)) or find_spec("deltalake") is None:
        return False
    return _table(settings, home, ledger) is not None


@contextmanager
def holding_catalog(
    settings: LedgerSettings,
    home: Path,
    ledger: str,
    *,
    wait: float,
    on_wait: "Callable[[str], None] | None" = None,
) -> "Iterator[LocalLedger | None]":
    """Hold a home's catalog, and give its ledger; None where only Spark may append to it.

    Raises:
        CatalogLockedError: another process of lakegloss holds the catalog.
    """
    lock = CatalogLock(home)
    lock.acquire(wait=wait, on_wait=on_wait)
    try:
        with _holding_derby(home) as is_ours:
            may = is_ours and can_append(settings, home, ledger)
            yield LocalLedger(ledger_folder(settings, home, ledger)) if may else None
    finally:
        lock.release()


class LocalLedger:
    """Appends to the table of a ledger, for as long as the catalog is held."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append_once(self, rows: pa.Table, *, app: str, number: int) -> None:
        """Append rows as the numbered transaction of an application, which is done once.

        Where this number or a higher one is taken, the rows are left out without an error, as
        Spark does; so does the second of two writers at the same time. Read back what is there.

        Raises:
            CatalogError: they cannot be written.
        """
        from deltalake import Transaction
        from deltalake.exceptions import CommitFailedError

        table = _opened(self._folder)
        if (table.transaction_version(app) or 0) >= number:
            return
        try:
            self._write(table, rows, transactions=[Transaction(app, number)])
        except CommitFailedError as error:
            if "Concurrent transaction" not in str(error):
                raise self._refused(error) from error

    def append(self, rows: pa.Table) -> None:
        """Append rows.

        Raises:
            CatalogError: they cannot be written.
        """
        self._write(_opened(self._folder), rows, transactions=[])

    def _write(self, table: "DeltaTable", rows: pa.Table, *, transactions: Sequence[Any]) -> None:
        from deltalake import CommitProperties, PostCommitHookProperties, write_deltalake
        from deltalake.exceptions import CommitFailedError, DeltaError

        try:
            write_deltalake(
                table,
                rows,
                mode="append",
                commit_properties=CommitProperties(app_transactions=list(transactions)),
                # Spark keeps the log in order, by its own settings.
                post_commithook_properties=PostCommitHookProperties(
                    create_checkpoint=False, cleanup_expired_logs=False
                ),
            )
        except CommitFailedError:
            raise
        except (DeltaError, OSError) as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> CatalogError:
        return CatalogError(
            f"A row of the ledger in {str(self._folder)!r} cannot be written: {error}",
            remedy="See that the home folder can be written, and try again.",
        )


def remember_place(home: Path, ledger: str, location: str, table_id: str) -> None:
    """Keep where Spark's catalog has a ledger.

    A home that was copied names the tables of the one that it was copied from: a row that is
    written beside them would be lost.
    """
    path = home / PLACES
    told = _places(home) | {ledger: {"location": location, "id": table_id}}
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(told, indent=1), encoding="utf-8")
    draft.replace(path)


def _table(settings: LedgerSettings, home: Path, ledger: str) -> "DeltaTable | None":
    """The table of a ledger, if it is the one that Spark would write, and plain."""
    folder = ledger_folder(settings, home, ledger)
    told: Any = _places(home).get(ledger)
    try:
        place = urlsplit(told["location"])
        is_there = place.scheme == "file" and Path(unquote(place.path)) == folder.resolve()
        if not is_there or not folder.is_dir():
            return None
        table = _opened(folder)
        protocol = table.protocol()
        is_plain = (protocol.min_reader_version, protocol.min_writer_version) == _PLAIN
        return table if is_plain and str(table.metadata().id) == told["id"] else None
    except (TypeError, KeyError, ValueError, CatalogError):
        return None


def _opened(folder: Path) -> "DeltaTable":
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        return DeltaTable(str(folder.resolve()))
    except (DeltaError, OSError) as error:
        raise CatalogError(
            f"The ledger in {str(folder)!r} cannot be read: {error}", remedy="Try again."
        ) from error


def _places(home: Path) -> dict[str, Any]:
    try:
        told = json.loads((home / PLACES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


@contextmanager
def _holding_derby(home: Path) -> Iterator[bool]:
    """Hold Derby's lock on the catalog; False where a Spark that is not lakegloss' has it.

    Derby locks this file for as long as a process has its database open.
    """
    try:
        stream = os.open(home / METASTORE / _DERBY_LOCK, os.O_RDWR)
    except OSError:
        yield False  # the catalog is another one than Derby's: only Spark knows it
        return
    try:
        try:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
    finally:
        os.close(stream)

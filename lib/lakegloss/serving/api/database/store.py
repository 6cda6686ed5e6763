"""Stores executions and keys: in SQLite beside the catalog, or in PostgreSQL by its URL."""

import json
import logging
import math
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    URL,
    Engine,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as SQLTimeoutError

from lakegloss.core.going_on import going_on
from lakegloss.core.text.causes import first_line
from lakegloss.errors import EnvironmentNotReadyError, SettingsError
from lakegloss.serving.api.access.keys import ApiKey
from lakegloss.serving.api.database.schema import (
    EXECUTIONS,
    FEEDBACK,
    KEYS,
    SHADOW_ANSWERS,
    make_tables,
)
from lakegloss.settings_views import DatabaseSettings

_log = logging.getLogger("lakegloss.api")
_Waiting = tuple[Table, dict[str, Any], "Future[None]"]
_ROWS_A_COMMIT = 500
_MOST_WAITING = 20_000
_SWEEP_SECONDS = 3_600.0
_END: Any = None
_KEYED = ""
"""The name of the mark that there is or was a key; no key can have it."""
_GONE = (OperationalError, InterfaceError, SQLTimeoutError)
"""Errors of the database itself: each row alone would fail as well, and take its time."""


class Store:
    """Reads and writes the service's database.

    One thread writes all waiting rows in one commit. When the future of `record` is done, its row
    survives the end of the process. SQLite is in WAL mode, which a kill does not harm.

    Args:
        url: as SQLAlchemy reads it: sqlite:///path, postgresql+psycopg://user@host/name.
        retention: each hour, executions that are older are deleted; None keeps all.

    Raises:
        SettingsError, EnvironmentNotReadyError: the database cannot be used.
    """

    def __init__(self, url: str, *, retention: timedelta | None = None) -> None:
        self._engine = opened(url)
        self._retention = retention
        self._queue: queue.Queue[_Waiting] = queue.Queue(_MOST_WAITING)
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="lakegloss-store", daemon=True)
        self._thread.start()

    @property
    def place(self) -> str:
        """The database's name in messages to people."""
        return place_of(self._engine.url)

    @property
    def engine(self) -> Engine:
        """The connections of this store, for others that keep rows in the same database."""
        return self._engine

    # Executions.

    def record(self, row: Mapping[str, Any], table: Table = EXECUTIONS) -> "Future[None]":
        """Write one execution, or a row of another table of this database.

        The future is done once it is durable, or has the error.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()  # whoever leaves does not take back what was handed in
        if self._closed or not self._thread.is_alive():
            done.set_exception(RuntimeError("the store is closed"))
            return done
        try:
            self._queue.put_nowait((table, dict(row), done))
        except queue.Full:
            done.set_exception(RuntimeError("the database does not keep up"))
        return done

    def execution(self, execution_id: str, key_name: str | None = None) -> dict[str, Any] | None:
        """An execution; None where there is none, or another key's where a key is given."""
        query = select(EXECUTIONS).where(EXECUTIONS.c.execution_id == execution_id)
        if key_name is not None:
            query = query.where(EXECUTIONS.c.key_name == key_name)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else {**row, "ended_at": in_utc(row["ended_at"])}

    def uncarried(self, limit: int = 1_000) -> list[dict[str, Any]]:
        """The oldest executions that no job has carried into the ledgers yet."""
        query = select(EXECUTIONS).where(EXECUTIONS.c.carried.is_(False))
        query = query.order_by(EXECUTIONS.c.ended_at).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [{**row, "ended_at": in_utc(row["ended_at"])} for row in rows]

    def mark_carried(self, execution_ids: Sequence[str]) -> None:
        """Mark these executions as carried into the ledgers."""
        with self._engine.begin() as connection:
            chosen = EXECUTIONS.c.execution_id.in_(list(execution_ids))
            connection.execute(update(EXECUTIONS).where(chosen).values(carried=True))

    def sweep(self, now: datetime | None = None) -> int:
        """Delete executions and feedback older than the retention; returns how many executions."""
        if self._retention is None:
            return 0
        before = (now or datetime.now(UTC)) - self._retention
        with self._engine.begin() as connection:
            connection.execute(delete(FEEDBACK).where(FEEDBACK.c.at < before))
            connection.execute(delete(SHADOW_ANSWERS).where(SHADOW_ANSWERS.c.at < before))
            return connection.execute(
                delete(EXECUTIONS).where(EXECUTIONS.c.ended_at < before)
            ).rowcount

    def check(self) -> None:
        """Raise SQLAlchemyError if the database does not answer, or no thread writes to it."""
        if not self._thread.is_alive():
            raise SQLAlchemyError("the thread that writes has ended")
        with self._engine.connect() as connection:
            connection.execute(select(KEYS.c.name).limit(1)).all()

    # Keys.

    def add_key(self, key: ApiKey) -> None:
        """Keep a key.

        Raises:
            SettingsError: there is one of that name.
        """
        row = {
            "name": key.name, "digest": key.digest, "scopes": sorted(key.scopes),
            "expires_at": key.expires_at, "rate": key.rate, "created_at": datetime.now(UTC),
        }  # fmt: skip
        self._mark_keyed()
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(KEYS).values(**row))
        except IntegrityError:
            raise SettingsError(
                f"There is a key {key.name!r} already.",
                remedy="Revoke it first, or choose another name.",
            ) from None

    def remove_key(self, name: str) -> bool:
        """Delete a key; returns False if there is no key of that name."""
        if name not in {key.name for key in self.all_keys()}:
            return False
        self._mark_keyed()  # a database of an older version has no mark yet
        with self._engine.begin() as connection:
            return connection.execute(delete(KEYS).where(KEYS.c.name == name)).rowcount > 0

    def all_keys(self) -> list[ApiKey]:
        """All keys, by name."""
        query = select(KEYS).where(KEYS.c.name != _KEYED).order_by(KEYS.c.name)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            ApiKey(
                name=row["name"],
                digest=bytes(row["digest"]),
                scopes=frozenset(row["scopes"]),
                expires_at=in_utc(row["expires_at"]),
                rate=row["rate"],
            )
            for row in rows
        ]

    def is_keyed(self) -> bool:
        """Whether there is a key, or ever was one: then nobody may call without."""
        with self._engine.connect() as connection:
            return connection.execute(select(KEYS.c.name).limit(1)).first() is not None

    def _mark_keyed(self) -> None:
        """Leave a row that fits no key and stays, so that revoking the last key opens no door."""
        mark = {"name": _KEYED, "digest": bytes(32), "scopes": [], "created_at": datetime.now(UTC)}
        with suppress(IntegrityError), self._engine.begin() as connection:
            connection.execute(insert(KEYS).values(**mark))

    def close(self, timeout: float = 10.0) -> None:
        """Write what waits, for so many seconds at most, and disconnect."""
        if self._closed:
            return
        self._closed = True
        with suppress(queue.Full):
            self._queue.put(_END, timeout=timeout)
        self._thread.join(timeout)
        self._engine.dispose()

    def _write(self) -> None:
        swept_at = time.monotonic() - _SWEEP_SECONDS
        while True:
            if time.monotonic() - swept_at >= _SWEEP_SECONDS:
                swept_at = time.monotonic()
                self._sweep_quietly()
            try:
                first = self._queue.get(timeout=_SWEEP_SECONDS)
            except queue.Empty:
                continue
            batch, ended = self._rest_of(first)
            try:
                self._commit(batch)
            except Exception as error:  # noqa: BLE001 - the thread goes on; whoever waits is told
                _log.exception("executions were not written")
                for *_, done in batch:
                    if not done.done():
                        done.set_exception(error)
            if ended:
                return

    def _rest_of(self, first: Any) -> tuple[list[_Waiting], bool]:
        """The waiting rows, with the first, and whether the queue has ended."""
        batch: list[_Waiting] = []
        item = first
        while item is not _END:
            batch.append(item)
            if len(batch) >= _ROWS_A_COMMIT:
                return batch, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _commit(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            with self._engine.begin() as connection:
                for table in dict.fromkeys(table for table, *_ in batch):
                    rows = [row for one, row, _ in batch if one is table]
                    connection.execute(insert(table), rows)
        except SQLAlchemyError as error:
            if len(batch) > 1 and not isinstance(error, _GONE):
                for item in batch:  # one row that cannot be written costs no other
                    self._commit([item])
                return
            _log.error("executions are not in the database: %s", first_line(error, 200))
            for *_, done in batch:
                done.set_exception(error)
            return
        for *_, done in batch:
            done.set_result(None)

    def _sweep_quietly(self) -> None:
        with going_on(_log, "old executions are not deleted"):  # the next hour tries again
            swept = self.sweep()
            if swept:
                _log.info("%d old executions were deleted", swept)


def place_of(url: URL) -> str:
    """A database's file or address, without password and options."""
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    return url.set(query={}).render_as_string(hide_password=True)


def opened(url: str) -> Engine:
    """Connect to the service's database, and make the tables that lack.

    Raises:
        SettingsError, EnvironmentNotReadyError: the database cannot be used.
    """
    try:
        engine = create_engine(url, json_serializer=_json, pool_pre_ping=True, pool_timeout=5)
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise SettingsError(
            "serve_database is no database URL.",
            remedy="Write sqlite:///path/to/file.db or postgresql+psycopg://user@host/name.",
        ) from None
    except ImportError as error:
        raise EnvironmentNotReadyError(
            f"The database's driver is not installed: {error.name}.",
            remedy=f"pip install {error.name}",
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite)
    try:
        make_tables(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise EnvironmentNotReadyError(
            f"The service's database cannot be opened: {first_line(error, 200)}",
            remedy="Check serve_database, and that its folder can be written or its server runs.",
        ) from None
    return engine


def _json(value: Any) -> str:
    """JSON as every database takes it: without NaN, infinities and the character NUL."""
    try:
        text = json.dumps(value, ensure_ascii=True, default=str, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=True, default=str)
    return text.replace("\\u0000", "\\ufffd")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _on_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def in_utc(moment: datetime | None) -> datetime | None:
    """Set UTC on a time that was read: SQLite stores no time zones."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def database_of(settings: DatabaseSettings) -> str:
    """The URL of the service's database: by default a file in the home folder."""
    if settings.serve_database is not None:
        return settings.serve_database.get_secret_value()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The folder {str(settings.home)!r} cannot be made: {error.strerror}.",
            remedy="Set home to a folder that you may write.",
        ) from None
    path = settings.home.absolute() / "serve.db"
    path.touch(mode=0o600)  # outputs may repeat what inputs said
    return f"sqlite:///{path}"

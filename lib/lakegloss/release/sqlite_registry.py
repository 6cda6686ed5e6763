"""Asks a registry of MLflow that is a SQLite file by plain SQL: to import MLflow takes seconds.

MLflow owns the file. It is asked only where its tables are those of a revision that is known here,
and only for plain names; for all else MLflow itself answers.
"""

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lakegloss.errors import OnlyMlflowError

KNOWN_REVISIONS = frozenset({"dc11669786a5"})
"""Revisions of MLflow's tables (`alembic_version`) for which the statements below are tested."""
_PREFIX = "sqlite:///"
_PLAIN_NAME = re.compile(r"[\w.\-]{1,200}")
_PLAIN_PATH = re.compile(r"[^?#%]+")
_DELETED, _WORKSPACE = "Deleted_Internal", "default"
_WAIT_SECONDS = 20.0
_OTHER = "MLflow is needed to read this registry."
_COLUMNS = "name, version, creation_time, description, run_id, source, storage_location"
_OF_NAME = "workspace = ? AND name = ?"
_OF_VERSION = f"{_OF_NAME} AND version = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVersion:
    """A version as the file has it, with the names that MLflow gives to its facts."""

    name: str
    version: int
    description: str | None
    run_id: str | None
    creation_timestamp: int | None
    tags: Mapping[str, str]
    aliases: tuple[str, ...]
    place: str


class SqliteRegistry:
    """Reads versions and aliases.

    Each method raises `OnlyMlflowError` where the file is not one that is known.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def versions(self, name: str, page: int, limit: int) -> list[FoundVersion]:
        """The newest versions of a name among a page of those that were changed last."""
        with self._reading(name) as connection:
            rows = connection.execute(
                f"SELECT version FROM model_versions WHERE {_OF_NAME} AND current_stage <> ? "
                "ORDER BY last_updated_time DESC, version DESC LIMIT ?",
                (_WORKSPACE, name, _DELETED, page),
            )
            numbers = sorted((int(number) for (number,) in rows), reverse=True)[:limit]
            found = [_version(connection, name, number) for number in numbers]
            return [version for version in found if version is not None]

    def version(self, name: str, number: int) -> FoundVersion | None:
        """A version; None if there is none of this number."""
        with self._reading(name) as connection:
            return _version(connection, name, number)

    def by_alias(self, name: str, alias: str) -> FoundVersion | None:
        """The version that has an alias; None if none has it."""
        if not _PLAIN_NAME.fullmatch(alias) or alias.lower() == "latest":
            raise OnlyMlflowError(_OTHER)
        with self._reading(name) as connection:
            number = _aliases(connection, name).get(alias)
            return None if number is None else _version(connection, name, number)

    def aliases(self, name: str) -> dict[str, int]:
        """The versions of a name by alias; none if there is no such name."""
        with self._reading(name) as connection:
            return _aliases(connection, name)

    @contextmanager
    def _reading(self, name: str) -> Iterator[sqlite3.Connection]:
        with self._opened(name) as connection:
            connection.execute("BEGIN")
            _require_known(connection)
            yield connection

    @contextmanager
    def _opened(self, name: str) -> Iterator[sqlite3.Connection]:
        """The file, for reading only: MLflow alone writes."""
        if self._path is None or not _PLAIN_NAME.fullmatch(name):
            raise OnlyMlflowError(_OTHER)
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(self._path.absolute()))}?mode=ro",
                uri=True,
                timeout=_WAIT_SECONDS,
                isolation_level=None,
            )
            try:
                yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise OnlyMlflowError(_OTHER) from error


def sqlite_registry(uri: str, environ: Mapping[str, str] | None = None) -> SqliteRegistry:
    """The registry at an address; one that can answer nothing where that is no plain SQLite file.

    Args:
        environ: by default the process's environment.
    """
    env = os.environ if environ is None else environ
    path = uri.removeprefix(_PREFIX)
    has_workspaces = any(env.get(f"MLFLOW_{name}") for name in ("ENABLE_WORKSPACES", "WORKSPACE"))
    is_plain = path != uri and not has_workspaces and bool(_PLAIN_PATH.fullmatch(path))
    return SqliteRegistry(Path(path) if is_plain else None)


def _require_known(connection: sqlite3.Connection) -> None:
    found = {revision for (revision,) in connection.execute("SELECT * FROM alembic_version")}
    if len(found) != 1 or not found <= KNOWN_REVISIONS:
        raise OnlyMlflowError(_OTHER)


def _aliases(connection: sqlite3.Connection, name: str) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT alias, version FROM registered_model_aliases WHERE {_OF_NAME}", (_WORKSPACE, name)
    )
    return {str(alias): int(number) for alias, number in rows}


def _version(connection: sqlite3.Connection, name: str, number: int) -> FoundVersion | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM model_versions WHERE {_OF_VERSION} AND current_stage <> ?",
        (_WORKSPACE, name, number, _DELETED),
    ).fetchone()
    if row is None:
        return None
    tags: Any = connection.execute(
        f"SELECT key, value FROM model_version_tags WHERE {_OF_VERSION}",
        (_WORKSPACE, name, number),
    )
    named = _aliases(connection, name).items()
    return FoundVersion(
        name=row[0], version=int(row[1]), creation_timestamp=row[2], description=row[3],
        run_id=row[4], tags=dict(tags), place=row[6] or row[5] or "",
        aliases=tuple(alias for alias, found in named if found == number),
    )  # fmt: skip

"""Stores executions, feedback and the state of the production loop in one SQLite file.

Several processes and threads may use one file: it is in WAL mode, and who writes waits for others.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakegloss.core.learning.judgements import Feedback, JudgedExecution
from lakegloss.core.production.executions import ProductionExample, RecordedExecution
from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.settings import load_settings

FILE_NAME = "production.db"
_WAIT = 30.0
_EXECUTIONS = tuple(f.name for f in fields(RecordedExecution))
_FEEDBACK = tuple(f.name for f in fields(Feedback))
_AS_JSON = frozenset({"inputs", "outputs"})
_TABLES = f"""
CREATE TABLE IF NOT EXISTS executions (
    {", ".join(_EXECUTIONS)}, PRIMARY KEY (execution_id));
CREATE INDEX IF NOT EXISTS executions_at ON executions (at);
CREATE TABLE IF NOT EXISTS feedback ({", ".join(_FEEDBACK)}, PRIMARY KEY (feedback_id));
CREATE INDEX IF NOT EXISTS feedback_execution ON feedback (execution_id);
CREATE INDEX IF NOT EXISTS feedback_at ON feedback (at);
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT, key TEXT, at REAL, body TEXT, PRIMARY KEY (kind, key));
"""


class ProductionStore:
    """Keeps rows in a SQLite file, which is made with its folder.

    It is a store for `FeedbackCollector`, too.

    Raises:
        EnvironmentNotReadyError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._writing() as connection:
                connection.executescript(_TABLES)
            self._add_missing_columns()
        except (OSError, sqlite3.Error) as error:
            raise EnvironmentNotReadyError(
                f"The file {str(path)!r} of the production loop cannot be opened: {error}.",
                remedy="Set `home` to a folder that can be written.",
            ) from error

    def _add_missing_columns(self) -> None:
        """Give a file of an older version the columns that it lacks."""
        for table, columns in (("executions", _EXECUTIONS), ("feedback", _FEEDBACK)):
            with self._writing() as connection:
                there = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
                for name in columns:
                    if name not in there:
                        connection.execute(f"ALTER TABLE {table} ADD COLUMN {name}")

    # Executions.

    def record(self, execution: RecordedExecution) -> None:
        """Keep an execution; the first of an id stays."""
        row = asdict(execution) | {"at": execution.at.timestamp()}
        values = [_json(row[n]) if n in _AS_JSON else row[n] for n in _EXECUTIONS]
        with self._writing() as connection:
            connection.execute(_insert("executions", _EXECUTIONS), values)

    def examples(self, since: datetime, models: Sequence[str] = ()) -> list[ProductionExample]:
        """Executions that ended since then, oldest first, each with its feedback.

        Args:
            models: only these, by their configured names; () is all.
        """
        query = "SELECT * FROM executions WHERE at >= ?"
        query += f" AND model IN ({', '.join('?' * len(models))})" if models else ""
        found = self._rows(f"{query} ORDER BY at, execution_id", (since.timestamp(), *models))
        said: dict[str, list[Feedback]] = {}
        query = (
            "SELECT * FROM feedback WHERE execution_id IN "
            "(SELECT execution_id FROM executions WHERE at >= ?) ORDER BY at, rowid"
        )
        for row in self._rows(query, (since.timestamp(),)):
            said.setdefault(row["execution_id"], []).append(_feedback(row))
        return [
            ProductionExample(
                execution=_execution(row), feedback=tuple(said.get(row["execution_id"], ()))
            )
            for row in found
        ]

    def forget(self, before: datetime) -> int:
        """Delete older executions and feedback; returns how many executions."""
        with self._writing() as connection:
            connection.execute("DELETE FROM feedback WHERE at < ?", (before.timestamp(),))
            return connection.execute(
                "DELETE FROM executions WHERE at < ?", (before.timestamp(),)
            ).rowcount

    # Feedback, as `FeedbackStore` has it.

    def execution(self, execution_id: str) -> JudgedExecution | None:
        rows = self._rows("SELECT * FROM executions WHERE execution_id = ?", (execution_id,))
        return _execution(rows[0]).judged if rows else None

    def proposal(self, proposal_id: str) -> JudgedExecution | None:  # noqa: ARG002 - as the Protocol
        return None

    def judged(self, rows: Sequence[Feedback]) -> Mapping[str, JudgedExecution]:
        found = {row.feedback_id: self.execution(row.execution_id) for row in rows}
        return {id_: execution for id_, execution in found.items() if execution is not None}

    def add(self, feedback: Feedback) -> Feedback:
        row = asdict(feedback) | {"at": feedback.at.timestamp()}
        with self._writing() as connection:
            connection.execute(_insert("feedback", _FEEDBACK), [row[n] for n in _FEEDBACK])
        return _feedback(
            self._rows("SELECT * FROM feedback WHERE feedback_id = ?", (feedback.feedback_id,))[0]
        )

    def rows(self) -> list[Feedback]:
        return self.feedback_since(datetime.fromtimestamp(0, UTC))

    def count(self) -> int:
        return int(self._rows("SELECT COUNT(*) AS n FROM feedback")[0]["n"])

    def feedback_since(self, since: datetime) -> list[Feedback]:
        """Feedback that was given since then, oldest first."""
        query = "SELECT * FROM feedback WHERE at >= ? ORDER BY at, rowid"
        return [_feedback(row) for row in self._rows(query, (since.timestamp(),))]

    # Documents: what the parts of the loop remember, as JSON.

    def put(self, kind: str, key: str, body: Mapping[str, Any], at: datetime) -> None:
        """Keep a document in place of the one that has its key."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
                (kind, key, at.timestamp(), _json(body)),
            )

    def documents(self, kind: str) -> dict[str, dict[str, Any]]:
        """All documents of a kind by key, oldest first."""
        query = "SELECT key, body FROM documents WHERE kind = ? ORDER BY at, key"
        return {row["key"]: json.loads(row["body"]) for row in self._rows(query, (kind,))}

    def document(self, kind: str, key: str) -> dict[str, Any]:
        """One document; {} where there is none."""
        query = "SELECT body FROM documents WHERE kind = ? AND key = ?"
        rows = self._rows(query, (kind, key))
        return dict(json.loads(rows[0]["body"])) if rows else {}

    @contextmanager
    def changing(self, kind: str, key: str, at: datetime) -> Iterator[dict[str, Any]]:
        """Change a document that no other process changes meanwhile; what is raised keeps it."""
        with self._writing() as connection:
            row = connection.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
            body: dict[str, Any] = json.loads(row["body"]) if row else {}
            yield body
            connection.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
                (kind, key, at.timestamp(), _json(body)),
            )

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is None:
            known = sqlite3.connect(
                self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False
            )
            known.row_factory = sqlite3.Row
            known.execute("PRAGMA journal_mode=WAL")
            known.execute("PRAGMA synchronous=NORMAL")
            self._local.connection = known
            with self._lock:
                self._open.append(known)
        return known

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        whole = False
        try:
            yield connection
            whole = True
        finally:
            if connection.in_transaction:  # a script of several statements has ended it
                connection.execute("COMMIT" if whole else "ROLLBACK")

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self._connection().execute(query, values).fetchall()


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"


def store_in(home: Path | None = None) -> ProductionStore:
    """The store in a home folder; by default that of the settings."""
    return ProductionStore((home or load_settings().home) / FILE_NAME)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, default=str)


def _execution(row: sqlite3.Row) -> RecordedExecution:
    known = {n: row[n] for n in _EXECUTIONS if row[n] is not None}  # null: older than the column
    values = {n: json.loads(v) if n in _AS_JSON else v for n, v in known.items()}
    return RecordedExecution(**(values | {"at": datetime.fromtimestamp(row["at"], UTC)}))


def _feedback(row: sqlite3.Row) -> Feedback:
    values = {n: row[n] for n in _FEEDBACK}
    return Feedback(**(values | {"at": datetime.fromtimestamp(row["at"], UTC)}))

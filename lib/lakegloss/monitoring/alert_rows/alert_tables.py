"""Defines the tables of alerts in the service's database."""

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.exc import SQLAlchemyError

_META = MetaData()


def _subject() -> list[Column[str]]:
    return [
        Column("program", String(200), nullable=False, default=""),
        Column("program_version", String(200), nullable=False, default=""),
        Column("variant", String(200), nullable=False, default=""),
        Column("model", String(200), nullable=False, default=""),
    ]


ALERT_STATES = Table(
    "alert_states",
    _META,
    Column("alert_id", String(64), primary_key=True),
    Column("status", String(20), nullable=False),
    Column("changes", Integer, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
)
ALERT_CHANGES = Table(
    "alert_changes",
    _META,
    # The key decides which of several processes made a change, and so who tells of it.
    Column("alert_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("alert", String(200), nullable=False),
    Column("metric", String(60), nullable=False),
    *_subject(),
    Column("status", String(20), nullable=False),
    Column("value", Float),
    Column("threshold", Float, nullable=False),
    Column("baseline", Float),
    Column("samples", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
)
ALERT_NOTICES = Table(
    "alert_notices",
    _META,
    Column("change_id", String(100), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("body", Text, nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("claimed_until", DateTime(timezone=True)),
    Column("error", String(200), nullable=False, default=""),
)
MONITOR_STATES = Table(
    "monitor_states",
    _META,
    Column("name", String(100), primary_key=True),
    Column("position", String(300), nullable=False),
    Column("state", Text, nullable=False),
)
"""How far a round has read, and what a detector of drift has seen until there."""


def make_alert_tables(engine: Engine) -> None:
    """Make the tables that lack; two processes may do so at the same time.

    Raises:
        SQLAlchemyError: the database refuses.
    """
    for _ in _META.sorted_tables:  # each failure means that another process made one in between
        try:
            _META.create_all(engine)
        except SQLAlchemyError:
            continue
        return
    _META.create_all(engine)

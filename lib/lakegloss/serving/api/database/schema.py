"""Defines the tables of the service's database, and adds columns that a newer version brought."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateColumn

_META = MetaData()

EXECUTIONS = Table(
    "executions",
    _META,
    Column("execution_id", String(64), primary_key=True),
    Column("request_id", String(64), nullable=False),
    Column("key_name", String(100), nullable=False, index=True),
    Column("program", String(200), nullable=False),
    Column("program_version", String(100), nullable=False, default=""),
    Column("mode", String(20), nullable=False),
    Column("model", String(200), nullable=False, default=""),
    Column("success", Boolean, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("input_keys", JSON, nullable=False),
    Column("outputs", JSON, nullable=False),
    Column("inputs", JSON(none_as_null=True)),  # where serve_keep_inputs says so
    Column("input_tokens", Integer, nullable=False, default=0),
    Column("output_tokens", Integer, nullable=False, default=0),
    Column("execution_time", Float, nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False, index=True),
    Column("carried", Boolean, nullable=False, default=False, index=True),
    Column("variant", String(100), default=""),
    Column("unit", String(64), default=""),
    Column("error_type", String(100), default=""),
)
KEYS = Table(
    "api_keys",
    _META,
    Column("name", String(100), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("rate", Integer),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
FEEDBACK = Table(
    "feedback",
    _META,
    Column("feedback_id", String(200), primary_key=True),
    Column("key_name", String(100), nullable=False),
    Column("execution_id", String(64), nullable=False, index=True),
    Column("proposal_id", String(64), nullable=False, default=""),
    Column("program", String(200), nullable=False),
    Column("program_version", String(100), nullable=False, default=""),
    Column("variant", String(100), nullable=False, default=""),
    Column("model", String(200), nullable=False, default=""),
    Column("score", Float),
    Column("rating", Integer),
    Column("type", String(60), nullable=False, default=""),
    Column("corrections", Text, nullable=False, default="{}"),
    Column("who", String(200), nullable=False, default=""),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("carried", Boolean, nullable=False, default=False, index=True),
)
SHADOW_ANSWERS = Table(
    "shadow_answers",
    _META,
    Column("execution_id", String(64), primary_key=True),
    Column("rollout_id", String(64), nullable=False),
    Column("name", String(250), nullable=False),
    Column("champion_version", String(100), nullable=False),
    Column("challenger_version", String(100), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("model", String(200), nullable=False),
    Column("error_type", String(100), nullable=False, default=""),
    Column("texts", JSON, nullable=False),
    Column("input_tokens", Integer, nullable=False, default=0),
    Column("output_tokens", Integer, nullable=False, default=0),
    Column("seconds", Float, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("carried", Boolean, nullable=False, default=False, index=True),
)
"""What challengers answered in the shadow: `texts` says how both versions did, without a text."""


def make_tables(engine: Engine) -> None:
    """Make the tables that lack, and add their columns that a database of an older version lacks.

    Raises:
        SQLAlchemyError: the database refuses.
    """
    create_missing(engine, _META)
    for table in _META.sorted_tables:
        for column in _missing(engine, table):
            written = CreateColumn(column).compile(dialect=engine.dialect)
            try:
                with engine.begin() as connection:
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {written}"))
            except SQLAlchemyError:
                # Another process may have added it at the same time.
                if column.name in {c.name for c in _missing(engine, table)}:
                    raise


def create_missing(engine: Engine, tables: MetaData) -> None:
    """Create the tables that lack, while other processes may do the same.

    Raises:
        SQLAlchemyError: the database refuses.
    """
    for _ in tables.sorted_tables:  # each failure means that another process made one in between
        try:
            tables.create_all(engine)
        except SQLAlchemyError:
            continue
        return
    tables.create_all(engine)


def _missing(engine: Engine, table: Table) -> list[Column[object]]:
    there = {column["name"] for column in inspect(engine).get_columns(table.name)}
    return [column for column in table.columns if column.name not in there]

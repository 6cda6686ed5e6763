"""Says who works in a session."""

from typing import Any


def session_user(spark: Any) -> str:
    """The session's user, as Spark knows the name."""
    [row] = spark.sql("SELECT current_user()").collect()
    return str(row[0])

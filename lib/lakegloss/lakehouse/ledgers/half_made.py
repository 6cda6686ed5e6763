"""Clears what a killed run left where it was making a table: folders without a single file."""

import os
from pathlib import Path

from pyspark.sql import SparkSession

_LOCATION, _LOCAL = "location", "file:"


def clear_half_made(spark: SparkSession, schema: str, table: str) -> None:
    """Remove the empty folders of a table of a local schema, if no file is in them.

    Delta makes the folders of a table's log before the first commit. After a kill in between it
    refuses to make the table for ever, as its place is not empty.

    Args:
        schema: quoted, as SQL takes it; table: the table's own name.
    """
    rows = spark.sql(f"DESCRIBE SCHEMA {schema}").collect()
    place = next((row[1] for row in rows if row[0].lower() == _LOCATION), "")
    if place.startswith(_LOCAL):
        remove_empty(Path(place.removeprefix(_LOCAL)) / table)


def remove_empty(folder: Path) -> bool:
    """Remove a folder and those in it, where none holds a file; else leave all as it is."""
    found = list(os.walk(folder))
    if not found or any(files for _, _, files in found):
        return False
    try:
        for path, _, _ in reversed(found):
            Path(path).rmdir()  # which removes nothing that somebody has put there since
    except OSError:
        return False
    return True

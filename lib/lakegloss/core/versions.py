"""The data version of a Delta table: the last commit that changed data, not metadata."""

from collections.abc import Iterable

METADATA_ONLY = frozenset({
    "CHANGE COLUMN", "CHANGE COLUMNS", "RENAME COLUMN", "SET TBLPROPERTIES", "UNSET TBLPROPERTIES",
    "OPTIMIZE", "VACUUM START", "VACUUM END", "FSCK", "ADD CONSTRAINT", "DROP CONSTRAINT",
    "UPGRADE PROTOCOL", "ADD FEATURE", "DROP FEATURE", "COMPUTE STATS", "CLUSTER BY",
    "SET TABLE OWNER", "ADD DELETION VECTORS TOMBSTONES", "REORG", "UPDATE SCHEMA",
})  # fmt: skip
"""Operations of DESCRIBE HISTORY after which every row is as it was."""


def data_version(history: Iterable[tuple[int, str, str]]) -> str:
    """The version of the newest commit that changed data, '' where none is among these.

    Args:
        history: (version, timestamp as text, operation) of commits, newest first.
    """
    for version, timestamp, operation in history:
        if operation.upper() not in METADATA_ONLY:
            return f"{version}@{timestamp}"
    return ""

"""Writes single statements in the forms that dbxmetagen's files have; texts are always escaped."""

from collections.abc import Mapping

from lakegloss.core import ddl
from lakegloss.core.assets import AssetKey
from lakegloss.core.names import quote_path


def comment_statement(key: AssetKey, text: str, *, comment_on_column: bool) -> str:
    """Set the comment of one asset.

    Args:
        comment_on_column: whether the session knows COMMENT ON COLUMN (Databricks does).
    """
    if not key.column:
        return f"{ddl.comment_on_table(key.table, text)};"
    if comment_on_column:
        return f"{ddl.comment_on_column(key.table, key.column, text)};"
    return f"{ddl.comment_on_columns(key.table, [(key.column, text)])};"


def tags_statement(key: AssetKey, tags: Mapping[str, str], *, federated: bool = False) -> str:
    """Set the tags of one asset; '' without tags.

    Args:
        federated: in the form of federation_mode, for tables of other systems.
    """
    pairs = ", ".join(f"{ddl.literal(k)} = {ddl.literal(v)}" for k, v in tags.items() if v)
    if not pairs:
        return ""
    table = quote_path(key.table)
    if federated:
        named = ", ".join(
            f"{quote_path(f'`{k}`')} = {ddl.literal(v)}" for k, v in tags.items() if v
        )
        kind, name = (
            ("COLUMN", f"{table}.{quote_path(key.column)}") if key.column else ("TABLE", table)
        )
        return f"SET TAG ON {kind} {name} {named};"
    column = f" ALTER COLUMN {quote_path(key.column)}" if key.column else ""
    return f"ALTER TABLE {table}{column} SET TAGS ({pairs});"

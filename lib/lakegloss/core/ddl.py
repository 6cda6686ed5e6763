"""Writes SQL text: names are quoted and texts escaped here and nowhere else."""

from collections.abc import Iterable

from lakegloss.core.names import quote_path

_ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\0": "\\0",
    "\x1a": "\\Z",
    "$": "\\u0024",  # ${name} would be substituted before parsing where substitution is on
}
_TABLE = str.maketrans(_ESCAPES)


def literal(text: str) -> str:
    """Write any text as a SQL string literal of Spark and Databricks; comments cannot be bound."""
    return "'" + text.encode("utf-8", "replace").decode().translate(_TABLE) + "'"


def is_substituted(path: str) -> bool:
    """Whether Spark may change the name: it replaces ${x} before parsing, also in backticks."""
    return "${" in path


def is_in(column: str, values: Iterable[str]) -> str:
    """Write the condition that a text column has one of the values.

    Conditions are SQL text, because Column objects of classic sessions and of Connect do not mix.
    """
    listed = ", ".join(literal(value) for value in sorted(set(values)))
    return f"{quote_path(column)} IN ({listed})" if listed else "false"


def comment_on_table(table: str, text: str) -> str:
    """Set a table's comment; '' removes it."""
    return f"COMMENT ON TABLE {quote_path(table)} IS {literal(text) if text else 'NULL'}"


def comment_on_view(view: str, text: str) -> str:
    """Set a view's comment where COMMENT ON TABLE refuses views; '' removes it."""
    if not text:
        return f"ALTER VIEW {quote_path(view)} UNSET TBLPROPERTIES IF EXISTS ('comment')"
    return f"ALTER VIEW {quote_path(view)} SET TBLPROPERTIES ('comment' = {literal(text)})"


def comment_on_columns(table: str, comments: Iterable[tuple[str, str]]) -> str:
    """Set the comments of several columns, given as (path, text), by one statement.

    A column and a part of it must not stand in one statement. '' clears a comment.
    """
    changes = ", ".join(f"{quote_path(path)} COMMENT {literal(text)}" for path, text in comments)
    return f"ALTER TABLE {quote_path(table)} ALTER COLUMN {changes}"


def comment_on_column(table: str, path: str, text: str) -> str:
    """Set one column's comment by the form that also serves views on Databricks."""
    return f"COMMENT ON COLUMN {quote_path(table)}.{quote_path(path)} IS {literal(text)}"

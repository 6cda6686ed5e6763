"""Reads dbxmetagen's generation log, and says what of it the catalog shows."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from lakegloss.core.assets import AssetKey
from lakegloss.core.names import join_path, quote_path
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import AssetNotFoundError, InputError

_NEEDED = ("column_name", "column_content")
_THE_TABLE = {"", "none", "null"}
_NO_TEXT = "''"
_LONGEST = 100_000
_SPACE = re.compile(r"\s+")
_TOKEN = "__catalog_name__"  # noqa: S105 - stands for the catalog's name


class TextStanding(StrEnum):
    """What becomes of a text that dbxmetagen generated."""

    APPLIED = "in the catalog"
    WAITING = "waits for review"
    OTHER = "the catalog has another comment"
    KNOWN = "known already"
    GONE = "the table or column is not there"


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedText:
    """The newest text that a log has for an asset; column '' is the table itself."""

    key: AssetKey
    text: str
    model: str
    at: datetime


def generated_texts(spark: Any, log: str) -> list[GeneratedText]:
    """The newest comment of each asset in a generation log; rows of tags are left out.

    Raises:
        AssetNotFoundError: there is no such table. InputError: it is no generation log.
    """
    frame = _frame(spark, log)
    columns = set(frame.columns)
    if not columns.issuperset(_NEEDED) or not columns & {"table", "table_name"}:
        raise InputError(
            f"{log!r} is no generation log: it lacks {', '.join(_NEEDED)} or table.",
            remedy="Name dbxmetagen's metadata_generation_log.",
        )
    if "metadata_type" in columns:
        frame = frame.where("coalesce(metadata_type, 'comment') = 'comment'")
    read = _selected(columns)
    rows = (
        frame.where("column_content IS NOT NULL AND trim(column_content) <> ''")
        .selectExpr(*read)
        .groupBy("name", "column")
        .agg({"found": "max"})
        .toDF("name", "column", "found")
        .collect()
    )
    found = (_text(row) for row in rows)
    return sorted((one for one in found if one is not None), key=lambda one: one.key)


def _frame(spark: Any, log: str) -> Any:
    missing = AssetNotFoundError(
        f"The log {log!r} cannot be read.",
        remedy="Name dbxmetagen's table: catalog.schema.metadata_generation_log.",
    )
    try:
        name = quote_path(log)
    except ValueError:
        raise missing from None
    try:
        frame = spark.table(name)
        frame.columns  # noqa: B018 - Connect looks the table up only here
    except SPARK_ERRORS:
        raise missing from None
    return frame


def _selected(columns: Collection[str]) -> list[str]:
    def one(name: str, other: str) -> str:
        return f"`{name}`" if name in columns else other

    parts = [one(name, "''") for name in ("catalog", "schema", "table_name")]
    whole = one("table", "''")
    joined = f"concat_ws('.', nullif({parts[0]}, ''), {parts[1]}, {parts[2]})"
    named = f"coalesce(nullif({joined}, ''), {whole})"
    if not {"schema", "table_name"} <= set(columns):
        named = whole if "table" in columns else "`table_name`"
    moment = one("_created_at", "cast('1970-01-01' AS timestamp)")
    found = (
        f"struct(cast({moment} AS timestamp) AS at, cast(column_content AS string) AS text, "
        f"cast({one('model', _NO_TEXT)} AS string) AS model) AS found"
    )
    return [f"lower({named}) AS name", "lower(trim(`column_name`)) AS `column`", found]


def _text(row: Any) -> GeneratedText | None:
    parts = [part.strip("`") for part in str(row["name"]).split(".")]
    if parts and parts[0] in {_TOKEN, ""}:
        parts = parts[1:]
    if not 1 < len(parts) <= 3:
        return None
    column = str(row["column"] or "")
    found = row["found"]
    at = found["at"]
    return GeneratedText(
        key=AssetKey(join_path(tuple(parts)), "" if column in _THE_TABLE else column),
        text=str(found["text"])[:_LONGEST],
        model=str(found["model"] or ""),
        at=at.astimezone(UTC) if at else datetime(1970, 1, 1, tzinfo=UTC),
    )


def cleaned(text: str) -> str:
    """A text as dbxmetagen writes it to the catalog, without differences of white space."""
    plain = text.replace("''", "'").replace('""', "'").replace('"', "'")
    return _SPACE.sub(" ", plain).strip()


def standing_of(
    generated: GeneratedText, comments: Mapping[str, str], known: Collection[str]
) -> TextStanding:
    """What becomes of a text.

    Args:
        comments: what the catalog shows, by column in lower case.
        known: texts that were proposed for the asset before, as `cleaned` has them.
    """
    if generated.key.column not in comments:
        return TextStanding.GONE
    if cleaned(generated.text) in known:
        return TextStanding.KNOWN
    shown = comments[generated.key.column]
    if not shown.strip():
        return TextStanding.WAITING
    return TextStanding.APPLIED if cleaned(shown) == cleaned(generated.text) else TextStanding.OTHER


def by_table(texts: Iterable[GeneratedText]) -> dict[str, list[GeneratedText]]:
    """The texts by the name of their table, as the log has it."""
    found: dict[str, list[GeneratedText]] = {}
    for text in texts:
        found.setdefault(text.key.table, []).append(text)
    return found

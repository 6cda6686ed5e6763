"""Brings folders of Delta tables into the catalog, where they are: nothing is copied or moved."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pyspark.sql import SparkSession

from lakegloss.core.ddl import is_substituted, literal
from lakegloss.core.names import join_path, quote_parts
from lakegloss.core.text.causes import first_line
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import AssetNotFoundError, CatalogError, SettingsError

_LOG = "_delta_log"
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SCHEMA = re.compile(r"\w{1,128}")
_WITH_SCHEMA = re.compile(r"(\w{1,128})=(.+)", re.DOTALL)
ADDED, THERE, REFUSED = "added", "there", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What became of one folder.

    Attributes:
        table: the name in the catalog, schema.table.
        folder: absolute, or the address as it was given.
        status: added, there (it was in the catalog already), or refused.
        reason: why it was refused, in words.
    """

    table: str
    folder: str
    status: str
    reason: str = ""


def by_schema(arguments: Sequence[str], schema: str) -> dict[str, list[str]]:
    """Sort `SCHEMA=FOLDER` and bare folders, which go to `schema`, by their schema.

    A folder that is there under such a name (`day=2024-01-01`) is a folder.
    """
    sorted_folders: dict[str, list[str]] = {}
    for argument in arguments:
        named = _WITH_SCHEMA.fullmatch(argument)
        of, folder = named.groups() if named and not Path(argument).exists() else (schema, argument)
        sorted_folders.setdefault(of, []).append(folder)
    return sorted_folders


def adopt(
    spark: SparkSession, folders: Sequence[str], *, schema: str, dry_run: bool = False
) -> list[Adopted]:
    """Make a table of the catalog for each Delta table below some folders.

    The table's comments are then those in the folder's own Delta log, for every reader of it. DROP
    TABLE takes a table out of the catalog again and leaves the folder as it is.

    Args:
        folders: on this machine, with tables at any depth; or the address of one table (s3a://...).
        schema: is made where it is not there.

    Raises:
        AssetNotFoundError: a folder is not there, or no Delta table is in any of them.
        CatalogError: the schema cannot be made or listed.
        SettingsError: the schema's name is none.
    """
    if not _SCHEMA.fullmatch(schema):
        raise SettingsError(
            f"--schema {schema!r} is no name of a schema.",
            remedy="Use letters, digits and underscores.",
        )
    found = dict(_tables_below(folders))
    if not found:
        raise AssetNotFoundError(
            f"No Delta table is in {', '.join(map(repr, folders))}.",
            remedy=f"A Delta table is a folder that holds {_LOG!r}; name the folder above them.",
        )
    try:
        if not dry_run:
            spark.sql(f"CREATE SCHEMA IF NOT EXISTS {quote_parts((schema,))}")
        known = _known_places(spark, schema)
    except SPARK_ERRORS as error:
        raise CatalogError(
            f"The schema {schema!r} cannot be made: {first_line(error)}",
            remedy="Name another one with --schema.",
        ) from error
    return [
        _adopt_one(spark, schema, name, folder, known, dry_run=dry_run)
        for folder, name in found.items()
    ]


def _tables_below(folders: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each table's folder and its name in the catalog; two of one name get a number."""
    taken: set[str] = set()
    for folder, name in _named(folders):
        number, own = 1, name
        while own in taken:
            number += 1
            own = f"{name}_{number}"
        taken.add(own)
        yield folder, own


def _named(folders: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in folders:
        if _REMOTE.match(text):
            yield text, table_name([text.rstrip("/").rpartition("/")[2]])
            continue
        root = Path(text).expanduser().absolute()
        if not root.is_dir():
            raise AssetNotFoundError(
                f"The folder {text!r} is not there.", remedy="Give a folder that this machine sees."
            )
        for table in _delta_folders(root):
            parts = table.relative_to(root).parts or (root.name,)
            yield str(table), table_name(parts)


def _delta_folders(root: Path) -> Iterator[Path]:
    """The folders of Delta tables, sorted; what is inside of one is its own business."""
    for place, names, _ in os.walk(root):
        if _LOG in names:
            names.clear()
            yield Path(place)
        else:
            names[:] = sorted(n for n in names if not n.startswith((".", "_")))


def table_name(parts: Sequence[str]) -> str:
    """The name of a table in a folder: its parts in small letters, joined by underscores."""
    words = (re.sub(r"\W+", "_", part).strip("_") for part in parts)
    return "_".join(word for word in words if word).lower() or "table"


def _known_places(spark: SparkSession, schema: str) -> dict[str, str]:
    """The tables of the schema with their folders; {} where it is not there."""
    if not spark.catalog.databaseExists(quote_parts((schema,))):
        return {}
    rows = spark.sql(f"SHOW TABLES IN {quote_parts((schema,))}").collect()
    names = [row.tableName for row in rows if not row.isTemporary]
    return {name.lower(): _place_of(spark, schema, name) for name in names}


def _place_of(spark: SparkSession, schema: str, name: str) -> str:
    try:
        [row] = spark.sql(f"DESCRIBE DETAIL {quote_parts((schema, name))}").collect()
    except SPARK_ERRORS:  # a view, or a table whose folder is gone: it is not this one
        return ""
    return str(row["location"] or "")


def _adopt_one(
    spark: SparkSession,
    schema: str,
    name: str,
    folder: str,
    known: dict[str, str],
    *,
    dry_run: bool,
) -> Adopted:
    table = join_path((schema, name))
    if name in known:
        same = _plain(known[name]) == _plain(folder)
        reason = "" if same else f"{table} is another table: rename it, or use another --schema"
        return Adopted(table=table, folder=folder, status=THERE if same else REFUSED, reason=reason)
    if is_substituted(folder):
        reason = "Spark would replace ${...} in the folder's name"
        return Adopted(table=table, folder=folder, status=REFUSED, reason=reason)
    if not dry_run:
        try:
            place = literal(folder)
            spark.sql(f"CREATE TABLE {quote_parts((schema, name))} USING delta LOCATION {place}")
        except SPARK_ERRORS as error:
            reason = first_line(error, 300)
            return Adopted(table=table, folder=folder, status=REFUSED, reason=reason)
    return Adopted(table=table, folder=folder, status=ADDED)


def _plain(folder: str) -> str:
    """A folder without the marks by which the same one is written differently."""
    if folder.startswith("file:"):  # as Spark writes it: an address, with %20 for a blank
        folder = "/" + unquote(folder.removeprefix("file:")).lstrip("/")
    return folder.rstrip("/")

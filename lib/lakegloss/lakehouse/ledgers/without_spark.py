"""Reads a ledger of a local lake without Spark: plain files of Parquet that a plain log names.

What needs more than that (deletion vectors, mapped columns, logs with gaps or parts) is not read:
then only Spark can tell. Nothing is ever written here.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from lakegloss.lakehouse.session.platform import has_local_lake, is_managed_platform
from lakegloss.settings_views import LedgerSettings

_LOG, _LOCAL_CATALOGS = "_delta_log", frozenset({"", "spark_catalog"})
_COMMIT = re.compile(r"(\d{20})\.json")
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")
_ANY_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\..+")
_ACTIONS = ("protocol", "metaData", "add", "remove")


class _OnlySparkError(Exception):
    """The table holds what this module does not read."""


def ledger_rows(
    settings: LedgerSettings, home: Path, ledger: str, columns: Iterable[str]
) -> list[dict[str, Any]] | None:
    """The rows of a ledger of a home's lake, times in UTC; None where only Spark can tell."""
    if is_managed_platform() or (settings.catalog or "") not in _LOCAL_CATALOGS:
        return None
    if not has_local_lake(home):
        return []  # nothing was ever recorded
    schema = home / "warehouse" / f"{settings.schema_name.lower()}.db"
    if not schema.is_dir():
        return None  # it may lie elsewhere
    folder = schema / ledger
    return folder_rows(folder, columns) if folder.exists() else []


def folder_rows(folder: Path, columns: Iterable[str]) -> list[dict[str, Any]] | None:
    """The rows of a folder of a Delta table; None where only Spark can tell.

    Args:
        columns: those to read; one that a file lacks is None there.
    """
    wanted = list(columns)
    try:
        parts = [pq.read_table(file, partitioning=None) for file in _files(folder)]
        return [row for part in parts for row in _rows(part, wanted)]
    except (_OnlySparkError, OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None


def _files(folder: Path) -> list[Path]:
    """The data files of the newest version."""
    there: dict[str, Path] = {}
    for action in _actions(folder / _LOG):
        if protocol := action.get("protocol"):
            _require_plain_protocol(protocol)
        if metadata := action.get("metaData"):
            _require_plain_table(metadata)
        if removed := action.get("remove"):
            there.pop(removed["path"], None)
        if added := action.get("add"):
            if added.get("deletionVector"):
                raise _OnlySparkError
            there[added["path"]] = _inside(folder, added["path"])
    return list(there.values())


def _require_plain_protocol(protocol: Mapping[str, Any]) -> None:
    if protocol["minReaderVersion"] not in {1, 2} or protocol.get("readerFeatures"):
        raise _OnlySparkError


def _require_plain_table(metadata: Mapping[str, Any]) -> None:
    configuration = dict(metadata.get("configuration") or {})
    is_mapped = configuration.get("delta.columnMapping.mode", "none") != "none"
    # Commits that another service keeps are not in the log yet.
    is_kept = any(name.startswith("delta.coordinatedCommits") for name in configuration)
    if metadata.get("partitionColumns") or is_mapped or is_kept:
        raise _OnlySparkError


def _inside(folder: Path, path: str) -> Path:
    """A file of the table; one of another place, such as a shallow clone's, is not read."""
    found = (folder / unquote(path)).resolve()
    if "://" in path or not found.is_relative_to(folder.resolve()):
        raise _OnlySparkError
    return found


def _actions(log: Path) -> Iterator[Mapping[str, Any]]:
    """The actions of the newest version: of the last checkpoint, then of each commit after it."""
    names = [path.name for path in log.iterdir()]
    commits = sorted(int(m[1]) for name in names if (m := _COMMIT.fullmatch(name)))
    plain = [int(m[1]) for name in names if (m := _CHECKPOINT.fullmatch(name))]
    newest = max(
        (int(m[1]) for name in names if (m := _ANY_CHECKPOINT.fullmatch(name))), default=-1
    )
    begin = max(plain, default=-1)
    after = [number for number in commits if number > begin]
    # A gap means that commits were cleaned up, or are still on their way.
    is_whole = after == list(range(begin + 1, begin + 1 + len(after)))
    if newest > begin or not is_whole or (begin < 0 and not after):
        raise _OnlySparkError
    if begin >= 0:
        yield from _of_checkpoint(log / f"{begin:020d}.checkpoint.parquet")
    for number in after:
        for line in (log / f"{number:020d}.json").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def _of_checkpoint(path: Path) -> Iterator[Mapping[str, Any]]:
    schema = pq.read_schema(path).names
    if "sidecar" in schema or "checkpointMetadata" in schema:
        raise _OnlySparkError
    yield from pq.read_table(path, columns=[n for n in _ACTIONS if n in schema]).to_pylist()


def _rows(part: pa.Table, columns: list[str]) -> Iterator[dict[str, Any]]:
    there = {name: part[name] for name in columns if name in part.column_names}
    for name, column in there.items():
        if pa.types.is_timestamp(column.type):
            there[name] = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    for row in pa.table(there).to_pylist():
        yield {name: _in_utc(row.get(name)) for name in columns}


def _in_utc(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

"""Finds the tables that a view reads, from its text, and the data version of the view."""

import hashlib
import re
from collections.abc import Iterable, Mapping

from lakegloss.core.assets import Table
from lakegloss.core.names import join_path, split_path

METADATA_ONLY = frozenset({
    "CHANGE COLUMN", "CHANGE COLUMNS", "RENAME COLUMN", "SET TBLPROPERTIES", "UNSET TBLPROPERTIES",
    "OPTIMIZE", "VACUUM START", "VACUUM END", "FSCK", "ADD CONSTRAINT", "DROP CONSTRAINT",
    "UPGRADE PROTOCOL", "ADD FEATURE", "DROP FEATURE", "COMPUTE STATS", "CLUSTER BY",
    "SET TABLE OWNER", "ADD DELETION VECTORS TOMBSTONES", "REORG", "UPDATE SCHEMA",
})  # fmt: skip
"""Operations of DESCRIBE HISTORY that change no row."""


_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_NAME = r"(?:`(?:[^`]|``)+`|[\w$]+)(?:\s*\.\s*(?:`(?:[^`]|``)+`|[\w$]+))*"
_READ = re.compile(rf"\b(?:from|join)\s+({_NAME}(?:\s*,\s*{_NAME})*)", re.IGNORECASE)
_PART = re.compile(r"`((?:[^`]|``)+)`|([\w$]+)")


def by_lower(names: Iterable[str]) -> dict[str, str]:
    """Names by their lower-case form, as `sources_of` looks them up."""
    return {name.lower(): name for name in names}


def sources_of(text: str, *, known: Mapping[str, str], default_schema: str) -> tuple[str, ...]:
    """The known tables that stand after FROM or JOIN in a view's text, in order, each once.

    Args:
        text: the SQL of the view.
        known: names of the tables that exist, see `by_lower`; others (CTEs, aliases) are left out.
        default_schema: names of one part are looked up in it, and names of two parts in its
            catalog, if it has one.
    """
    default = split_path(default_schema.lower())
    sources: dict[str, None] = {}
    for match in _READ.finditer(_NOISE.sub(" ", text)):
        for name in re.findall(_NAME, match.group(1)):
            parts = tuple(
                (quoted.replace("``", "`") or bare).lower() for quoted, bare in _PART.findall(name)
            )
            for candidate in _candidates(parts, default):
                if candidate in known:
                    sources[known[candidate]] = None
                    break
    return tuple(sources)


def _candidates(parts: tuple[str, ...], default: tuple[str, ...]) -> list[str]:
    candidates = [parts]
    if len(parts) == 1:
        candidates.append((*default, *parts))
    if len(parts) == 2 and len(default) == 2:
        candidates.insert(0, (default[0], *parts))
    if parts[0] == "spark_catalog":
        candidates.append(parts[1:])
    return [join_path(candidate) for candidate in candidates]


def data_versions(tables: Iterable[Table]) -> dict[str, str]:
    """The data version of each table; a view's follows from its text and from all that it reads.

    '' means unknown. A view's version is unknown where it reads a table of an unknown version, or
    one that is not among the tables.
    """
    by_name = {table.name: table for table in tables}
    versions: dict[str, str] = {}

    def version(name: str) -> str:
        if name not in versions:
            versions[name] = ""  # ends the recursion for a view that reads itself
            if name in by_name:
                table = by_name[name]
                versions[name] = _view_version(table, [version(source) for source in table.sources])
        return versions[name]

    return {name: version(name) for name in by_name}


def _view_version(table: Table, versions: list[str]) -> str:
    if not versions:
        return table.data_version
    if not all((table.data_version, *versions)):
        return ""
    text = "|".join([table.data_version, *versions])
    return f"view:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def data_version(history: Iterable[tuple[int, str, str]]) -> str:
    """The version of the newest commit that changed data, '' where no commit did.

    Args:
        history: (version, timestamp as text, operation) of commits, newest first.
    """
    for version, timestamp, operation in history:
        if operation.upper() not in METADATA_ONLY:
            return f"{version}@{timestamp}"
    return ""

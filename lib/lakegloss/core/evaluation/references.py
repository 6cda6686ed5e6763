"""Defines what comments are evaluated on: tables whose own texts are hidden, and those texts."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceText:
    """What a person wrote of a column, or of a table (column is '').

    Attributes:
        data_type: Spark's simple string, for a table that no lake has; '' is a string.
        split: train, select, gate or another name of a part; '' where the data have no parts.
    """

    table: str
    column: str
    text: str
    data_type: str = ""
    split: str = ""

    @property
    def key(self) -> AssetKey:
        return AssetKey(self.table, self.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutTable:
    """A table to write comments for without seeing the ones that people wrote.

    Attributes:
        table: without the comments that are references; others stay, as they would in a run.
        evidence: by column path, as far as the policy for values lets it.
        references: by column path.
    """

    table: Table
    evidence: Mapping[str, Evidence]
    references: Mapping[str, str]


def hold_out(
    table: Table, evidence: Mapping[str, Evidence], references: Mapping[str, str]
) -> HeldOutTable:
    """Hide the comments that are references."""
    columns = tuple(
        replace(column, comment="") if column.path in references else column
        for column in table.columns
    )
    hidden = replace(table, columns=columns, comment="" if "" in references else table.comment)
    return HeldOutTable(table=hidden, evidence=evidence, references=dict(references))


def references_of(tables: Iterable[HeldOutTable]) -> dict[AssetKey, str]:
    """All references by asset, in order."""
    return {
        AssetKey(item.table.name, path): text
        for item in tables
        for path, text in item.references.items()
    }


def data_hash(tables: Iterable[HeldOutTable]) -> str:
    """A hash of what is evaluated on: the assets with their types and references.

    Evaluations of one hash can be paired; evidence that was read anew does not change it.
    """
    rows = sorted(
        (item.table.name, path, types.get(path, ""), text)
        for item in tables
        for types in [{column.path: column.data_type for column in item.table.columns}]
        for path, text in item.references.items()
    )
    return hashlib.sha256(json.dumps(rows, ensure_ascii=True).encode()).hexdigest()[:16]


def visible_hash(table: Table) -> str:
    """A hash of the comments that stay visible: an answer holds only where they are the same."""
    shown = [table.comment, *(f"{c.path}\0{c.comment}" for c in table.columns if c.comment)]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=True).encode()).hexdigest()[:16]

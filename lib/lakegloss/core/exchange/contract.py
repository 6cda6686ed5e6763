"""Writes new files of other tools: a contract (ODCS) and the sources of a dbt project."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.data_types import base_of, is_boolean, is_integer, is_number
from lakegloss.core.evidence import Evidence
from lakegloss.core.exchange.yaml_edit import name_scalar, quoted, without_jinja
from lakegloss.core.names import own_name, schema_of, split_path

API_VERSION = "v3.0.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """A table as the catalog shows it, with the evidence of its columns."""

    table: Table
    evidence: Mapping[AssetKey, Evidence]

    def of(self, column: Column) -> Evidence | None:
        return self.evidence.get(AssetKey(self.table.name, column.path))

    @property
    def top_columns(self) -> list[Column]:
        """The columns that are no part of another."""
        return [c for c in self.table.columns if len(split_path(c.path)) == 1]


def contract_text(documents: Sequence[Documented], name: str) -> str:
    """Write a data contract with the schema of these tables.

    Args:
        name: becomes the id of the contract.
    """
    head = (
        f"apiVersion: {API_VERSION}\nkind: DataContract\nid: {quoted(name)}\nname: {quoted(name)}\n"
        'version: "1.0.0"\nstatus: draft\nschema:\n'
    )
    return head + "".join(line + "\n" for item in documents for line in _object(item))


def _object(item: Documented) -> Iterator[str]:
    table = item.table
    yield f"  - name: {name_scalar(own_name(table.name))}"
    yield f"    physicalName: {quoted(table.name)}"
    yield "    logicalType: object"
    yield f"    physicalType: {'view' if 'view' in table.kind.value else 'table'}"
    if table.comment:
        yield f"    description: {quoted(table.comment)}"
    yield "    properties:"
    for column in item.top_columns:
        yield from _property(column, item.of(column))


def _property(column: Column, evidence: Evidence | None) -> Iterator[str]:
    yield f"      - name: {name_scalar(own_name(column.path))}"
    yield f"        logicalType: {_logical_type(column.data_type)}"
    yield f"        physicalType: {quoted(column.data_type)}"
    yield f"        required: {'false' if column.nullable else 'true'}"
    if evidence is not None:
        yield from _key(column, evidence)
    if column.comment:
        yield f"        description: {quoted(column.comment)}"


def _key(column: Column, evidence: Evidence) -> Iterator[str]:
    parts = evidence.key_with.split(", ") if evidence.key_with else []
    if evidence.key_role == "primary" or column.path in parts:
        place = parts.index(column.path) + 1 if column.path in parts else 1
        yield "        primaryKey: true"
        yield f"        primaryKeyPosition: {place}"
    if evidence.personal:
        yield f"        classification: {quoted('personal: ' + evidence.personal)}"


def _logical_type(data_type: str) -> str:
    if is_boolean(data_type):
        return "boolean"
    if is_integer(data_type):
        return "integer"
    base = base_of(data_type)
    if base in {"date", "timestamp", "array", "struct", "map"}:
        return {"timestamp": "timestamp", "struct": "object", "map": "object"}.get(base, base)
    return "number" if is_number(data_type) and base != "interval" else "string"


def sources_text(documents: Sequence[Documented]) -> str:
    """Write the tables as sources of a dbt project, with their descriptions."""
    schemas: dict[str, list[Documented]] = {}
    for item in documents:
        schemas.setdefault(schema_of(item.table.name), []).append(item)
    lines = ["version: 2", "", "sources:"]
    for schema, items in schemas.items():
        *catalog, own = split_path(schema)
        lines.append(f"  - name: {name_scalar(re.sub(r'[^A-Za-z0-9_]', '_', own))}")
        lines += [f"    database: {quoted(part)}" for part in catalog[-1:]]
        lines += [f"    schema: {quoted(own)}", "    tables:"]
        for item in items:
            lines += _source_table(item)
    return "\n".join(lines) + "\n"


def _source_table(item: Documented) -> Iterator[str]:
    yield f"      - name: {name_scalar(own_name(item.table.name))}"
    if item.table.comment:
        yield f"        description: {quoted(without_jinja(item.table.comment))}"
    yield "        columns:"
    for column in item.top_columns:
        yield f"          - name: {name_scalar(own_name(column.path))}"
        if column.comment:
            yield f"            description: {quoted(without_jinja(column.comment))}"

"""Reads what people wrote of tags in statements: in a file of SQL, and in the column `ddl`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lakegloss.compat.dbxmetagen.artefacts.statement_reading import ReadStatement, read_statements
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig, is_nothing
from lakegloss.core.review.cells import from_cell, to_cell
from lakegloss.core.review.rows import FileLine

_SETTINGS = {
    "classification": "pi_classification_tag_name",
    "type": "pi_subclassification_tag_name",
    "domain": "domain_tag_name",
    "subdomain": "subdomain_tag_name",
}
"""The setting that names the tag of each of their columns."""


def lines_of_tags(statements: Iterable[ReadStatement], config: MetadataConfig) -> list[FileLine]:
    """The statements that set tags as lines of a review: only what a statement names is said.

    A tag that the settings do not name makes the line one that cannot be read.
    """
    fields = _fields(config)
    return [_line(statement, fields) for statement in statements if statement.tags]


def with_tags_of_statement(line: FileLine, config: MetadataConfig) -> FileLine:
    """The line with the tags that its statement sets; a tag that it does not set is none.

    A line without a statement says nothing.
    """
    fields = _fields(config)
    own = {name for name in fields.values() if name in line.cells}
    rest = {name: cell for name, cell in line.cells.items() if name not in own}
    text = from_cell(line.cells.get("ddl", ""))
    if not text.strip():
        return replace(line, cells=rest)
    found = list(read_statements(text))
    if "ddl" in line.formulas or len(found) != 1 or found[0].problem or not found[0].tags:
        return replace(line, problem=line.problem or "the statement in ddl sets no tags")
    [statement] = found
    column = from_cell(line.cells.get("column_name", "")).strip()
    named = "" if column.lower() in {"", "none"} else column
    if _folded(statement.column) != _folded(named):
        return replace(line, problem="the statement in ddl is of another column")
    if unknown := statement.tags.keys() - fields.keys():
        return replace(line, problem=_unknown(unknown))
    said = dict.fromkeys(own, "") | {fields[tag]: v for tag, v in statement.tags.items()}
    return replace(line, cells=rest | {name: to_cell(value) for name, value in said.items()})


def _line(statement: ReadStatement, fields: Mapping[str, str]) -> FileLine:
    unknown = statement.tags.keys() - fields.keys()
    said = {fields[tag]: to_cell(value) for tag, value in statement.tags.items() if tag in fields}
    return FileLine(
        number=statement.line,
        cells={
            "table": to_cell(statement.table), "column_name": to_cell(statement.column or "None"),
            **said,
        },
        problem=_unknown(unknown) if unknown else "",
    )  # fmt: skip


def _fields(config: MetadataConfig) -> dict[str, str]:
    """The column that speaks of each tag of the settings."""
    named = {name: getattr(config, setting) for name, setting in _SETTINGS.items()}
    return {str(tag).strip(): name for name, tag in named.items() if not is_nothing(tag)}


def _unknown(tags: Iterable[str]) -> str:
    return f"the settings name no tag {min(tags)[:60]!r}"


def _folded(column: str) -> str:
    return column.replace("`", "").lower()

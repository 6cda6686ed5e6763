"""Defines the places in a YAML file that describe a table or a column."""

from dataclasses import dataclass

from yaml.nodes import MappingNode, SequenceNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry of a file that names a table or one of its columns.

    Attributes:
        line: of the description, else of the entry.
        table: a table's own name, or `schema.name` where `has_schema`.
        column: '' for the table itself.
        text: the description as it stands, '' where there is none.
        node: the entry; columns: the list of its columns, None where it has none of its own.
        fixed: why the entry must not be written to; '' where it may.
        grows: whether columns may be added to the table's list.
    """

    line: int
    table: str
    column: str
    text: str
    has_schema: bool
    node: MappingNode
    columns: SequenceNode | None = None
    fixed: str = ""
    grows: bool = True

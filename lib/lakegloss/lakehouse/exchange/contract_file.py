"""Reads the descriptions in a data contract of the Open Data Contract Standard, version 3."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lakegloss.core.exchange.places import Place
from lakegloss.core.exchange.yaml_edit import MOST_NODES, own_fields
from lakegloss.core.names import join_path
from lakegloss.errors import DescriptionFileError

_DEEPEST = 40
_ELEMENT = "element"


def is_contract(root: Node) -> bool:
    """Whether a YAML document says that it is a data contract."""
    fields = _fields(root)
    return _text(fields, "kind") == "DataContract" or {"apiVersion", "schema"} <= fields.keys()


def contract_places(root: Node, path: Path) -> Iterator[Place]:
    """The objects and properties of a contract, described or not, in their order.

    Raises:
        DescriptionFileError: it has no schema of version 3; the message names the line.
    """
    fields = _fields(root)
    schema = fields.get("schema")
    if not isinstance(schema, SequenceNode):
        old = "dataset" in fields
        raise DescriptionFileError(
            f"{path.name!r} has no list 'schema'.",
            remedy="It is of version 2 of the standard: bring it to version 3."
            if old
            else "Give a data contract of version 3, which lists its tables there.",
        )
    yield from _Reader(path).objects(schema)


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = MOST_NODES

    def objects(self, schema: SequenceNode) -> Iterator[Place]:
        for node in schema.value:
            table = self._name(node)
            yield self._place(node, table, "")
            yield from self._properties(node, table, (), 0)

    def _properties(
        self, node: Node, table: str, above: tuple[str, ...], depth: int
    ) -> Iterator[Place]:
        if depth > _DEEPEST:
            raise self._wrong(node, "is nested too deeply")
        listed = _fields(node).get("properties")
        for item in listed.value if isinstance(listed, SequenceNode) else ():
            path = (*above, self._name(item))
            yield self._place(item, table, join_path(path))
            yield from self._properties(item, table, path, depth + 1)
            items = _fields(item).get("items")
            if isinstance(items, MappingNode):
                yield from self._properties(items, table, (*path, _ELEMENT), depth + 1)

    def _name(self, node: Node) -> str:
        self._left -= 1
        if self._left < 0:
            raise self._wrong(node, "has too many entries")
        fields = _fields(node)
        name = _text(fields, "physicalName") or _text(fields, "name")
        if not name:
            raise self._wrong(node, "has an entry without a name")
        return name

    def _place(self, node: Node, table: str, column: str) -> Place:
        if not isinstance(node, MappingNode):
            raise self._wrong(node, "has an entry that is no mapping of fields")
        fields = _fields(node)
        text = fields.get("description")
        if text is not None and not isinstance(text, ScalarNode):
            raise self._wrong(text, "has a description that is no text")
        return Place(
            line=_line(text or node),
            table=table,
            column=column,
            text=_text(fields, "description"),
            has_schema="." in table,
            node=node,
            grows=False,
        )

    def _wrong(self, node: Node, what: str) -> DescriptionFileError:
        return DescriptionFileError(
            f"{self._path.name!r}, line {_line(node)}: the file {what}.",
            remedy="Correct that line, or give another file.",
        )


def _fields(node: Node) -> Mapping[str, Node]:
    if not isinstance(node, MappingNode):
        return {}
    return {name: value for name, (_, value) in own_fields(node).items()}


def _text(fields: Mapping[str, Node], name: str) -> str:
    node = fields.get(name)
    if not isinstance(node, ScalarNode) or node.tag == "tag:yaml.org,2002:null":
        return ""
    return str(node.value).strip()


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1

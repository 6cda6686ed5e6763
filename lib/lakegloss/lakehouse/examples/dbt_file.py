"""Reads the descriptions in a schema.yml of dbt: of models, seeds, snapshots and sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lakegloss.errors import ExampleFileError

_LISTS = ("models", "seeds", "snapshots")
_MOST_NODES = 500_000
_KNOWN = frozenset(
    "version models seeds snapshots sources analyses macros exposures metrics groups unit_tests "
    "semantic_models saved_queries data_tests tests anchors".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A description in the file. `table` is a model's own name, or `schema.name` of a source.

    Attributes:
        column: '' for the table itself.
        is_source: whether `table` names its schema.
    """

    line: int
    table: str
    column: str
    text: str
    is_source: bool


def read_dbt(text: str, path: Path) -> list[Described]:
    """The descriptions of a file, in its order.

    Raises:
        ExampleFileError: it is no YAML, or not of this form; the message names the line.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _wrong(path, line, f"is no YAML ({error.problem or 'it cannot be read'})") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _wrong(path, 1, "is no YAML") from None
    if root is None:
        return []
    return list(_Reader(path).descriptions(root))


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = _MOST_NODES

    def descriptions(self, root: Node) -> Iterator[Described]:
        parts = self._fields(root, "the file")
        if not _KNOWN & parts.keys():
            raise _wrong(
                self._path, _line(root), "has none of the lists models, sources, seeds, snapshots"
            )
        for name in _LISTS:
            for model in self._items(parts.get(name), name):
                yield from self._table(model, "", name)
        for source in self._items(parts.get("sources"), "sources"):
            fields = self._fields(source, "a source")
            schema = self._text(fields, "schema") or self._text(fields, "name")
            for table in self._items(fields.get("tables"), "tables"):
                yield from self._table(table, schema, "tables")

    def _table(self, node: Node, schema: str, where: str) -> Iterator[Described]:
        fields = self._fields(node, f"an entry of {where}")
        own = self._text(fields, "identifier") or self._alias(fields) or self._text(fields, "name")
        if not own:
            raise _wrong(self._path, _line(node), f"has an entry of {where} without a name")
        table = f"{schema}.{own}" if schema else own
        yield from self._description(fields, table, "", is_source=bool(schema))
        for column in self._items(fields.get("columns"), "columns"):
            named = self._fields(column, "a column")
            name = self._text(named, "name")
            if not name:
                raise _wrong(self._path, _line(column), "has a column without a name")
            yield from self._description(named, table, name, is_source=bool(schema))

    def _alias(self, fields: dict[str, Node]) -> str:
        alias = self._text(fields, "alias")
        config = fields.get("config")
        if not alias and isinstance(config, MappingNode):
            alias = self._text(self._fields(config, "config"), "alias")
        return "" if "{{" in alias else alias

    def _description(
        self, fields: dict[str, Node], table: str, column: str, *, is_source: bool
    ) -> Iterator[Described]:
        text = " ".join(self._text(fields, "description").split())
        if text:
            line = _line(fields["description"])
            yield Described(line=line, table=table, column=column, text=text, is_source=is_source)

    def _items(self, node: Node | None, name: str) -> list[Node]:
        if node is None or (isinstance(node, ScalarNode) and not node.value.strip()):
            return []
        if not isinstance(node, SequenceNode):
            raise _wrong(self._path, _line(node), f"has {name!r}, which is no list")
        return list(node.value)

    def _fields(self, node: Node, where: str) -> dict[str, Node]:
        """The fields of a mapping; one that is there twice would be lost in silence."""
        self._left -= 1
        if self._left < 0:
            raise _wrong(self._path, _line(node), "has too many entries")
        if not isinstance(node, MappingNode):
            raise _wrong(self._path, _line(node), f"has {where} that is no mapping of fields")
        fields: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name in fields:
                raise _wrong(self._path, _line(key), f"has {name[:60]!r} twice in {where}")
            fields[name] = value
        return fields

    def _text(self, fields: dict[str, Node], name: str) -> str:
        node = fields.get(name)
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            raise _wrong(self._path, _line(node), f"has {name!r}, which is no text")
        return str(node.value).strip() if node.tag != "tag:yaml.org,2002:null" else ""


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _wrong(path: Path, line: int, what: str) -> ExampleFileError:
    return ExampleFileError(
        f"{path.name!r}, line {line}: the file {what}.",
        remedy="Give a schema.yml of dbt (docs/examples.md shows one), or correct that line.",
    )

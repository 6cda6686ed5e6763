"""Reads the descriptions in a schema.yml of dbt: of models, seeds, snapshots and sources."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lakegloss.core.exchange.places import Place
from lakegloss.errors import ExampleFileError

_LISTS = ("models", "seeds", "snapshots")
_MOST_NODES = 500_000
_VERSIONED = "the model has versions, which share what is written there"
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
    """The descriptions of a file, in its order, each on one line.

    Raises:
        ExampleFileError: it is no YAML, or not of this form; the message names the line.
    """
    root = composed(text, path)
    return [] if root is None else list(_described(dbt_places(root, path)))


def composed(text: str, path: Path) -> Node | None:
    """The root of a YAML document; None where it is empty.

    Raises:
        ExampleFileError: it is no YAML; the message names the line.
    """
    try:
        root: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _wrong(path, line, f"is no YAML ({error.problem or 'it cannot be read'})") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _wrong(path, 1, "is no YAML") from None
    return root


def dbt_places(root: Node, path: Path) -> Iterator[Place]:
    """The entries of models, seeds, snapshots and sources, described or not, in their order.

    Raises:
        ExampleFileError: the file is not of this form; the message names the line.
    """
    yield from _Reader(path).places(root)


def _described(places: Iterable[Place]) -> Iterator[Described]:
    for place in places:
        text = " ".join(place.text.split())
        if text:
            yield Described(
                line=place.line, table=place.table, column=place.column, text=text,
                is_source=place.has_schema,
            )  # fmt: skip


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = _MOST_NODES

    def places(self, root: Node) -> Iterator[Place]:
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

    def _table(self, node: Node, schema: str, where: str) -> Iterator[Place]:
        fields = self._fields(node, f"an entry of {where}")
        own = self._text(fields, "identifier") or self._alias(fields) or self._text(fields, "name")
        if not own:
            raise _wrong(self._path, _line(node), f"has an entry of {where} without a name")
        versions = self._items(fields.get("versions"), "versions")
        if versions:
            for version in versions:
                yield from self._version(own, fields, version)
            return
        table = f"{schema}.{own}" if schema else own
        yield self._place(node, table, "", has_schema=bool(schema))
        for column in self._items(fields.get("columns"), "columns"):
            yield self._column(column, table, has_schema=bool(schema))

    def _version(self, own: str, base: dict[str, Node], node: Node) -> Iterator[Place]:
        """The entries of one version of a model: its own, else those that all versions have."""
        fields = self._fields(node, "a version")
        table = self._alias(fields) or f"{own}_v{self._text(fields, 'v')}"
        described = fields if self._text(fields, "description") else base
        yield replace(self._place(node, table, ""), text=self._text(described, "description"),
                      fixed=_VERSIONED)  # fmt: skip
        own_columns: dict[str, Place] = {}
        left_out: set[str] = set()
        includes_all = "columns" not in fields
        for column in self._items(fields.get("columns"), "columns"):
            named = self._fields(column, "a column")
            if "include" in named:
                includes_all = includes_all or isinstance(named["include"], ScalarNode)
                for name in self._items(named.get("exclude"), "exclude"):
                    left_out.add(str(name.value))
                continue
            place = replace(self._column(column, table), fixed=_VERSIONED)
            own_columns[place.column] = place
        for column in self._items(base.get("columns"), "columns") if includes_all else ():
            place = self._column(column, table)
            if place.column not in own_columns and place.column not in left_out:
                yield replace(place, fixed=_VERSIONED)
        yield from own_columns.values()

    def _column(self, node: Node, table: str, *, has_schema: bool = False) -> Place:
        name = self._text(self._fields(node, "a column"), "name")
        if not name:
            raise _wrong(self._path, _line(node), "has a column without a name")
        return self._place(node, table, name, has_schema=has_schema)

    def _alias(self, fields: dict[str, Node]) -> str:
        alias = self._text(fields, "alias")
        config = fields.get("config")
        if not alias and isinstance(config, MappingNode):
            alias = self._text(self._fields(config, "config"), "alias")
        return "" if "{{" in alias else alias

    def _place(self, node: Node, table: str, column: str, *, has_schema: bool = False) -> Place:
        if not isinstance(node, MappingNode):
            raise _wrong(self._path, _line(node), "has an entry that is no mapping of fields")
        fields = self._fields(node, "an entry")
        columns = fields.get("columns")
        return Place(
            line=_line(fields.get("description", node)),
            table=table,
            column=column,
            text=self._text(fields, "description"),
            has_schema=has_schema,
            node=node,
            columns=columns if isinstance(columns, SequenceNode) else None,
            grows=not self._is_enforced(fields),
        )

    def _is_enforced(self, fields: dict[str, Node]) -> bool:
        """Whether a model's contract is enforced: then a column without its type breaks it."""
        for place in (fields, self._inner(fields, "config")):
            contract = self._inner(place, "contract")
            if self._text(contract, "enforced").lower() in {"true", "yes", "on"}:
                return True
        return False

    def _inner(self, fields: dict[str, Node], name: str) -> dict[str, Node]:
        node = fields.get(name)
        return self._fields(node, name) if isinstance(node, MappingNode) else {}

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
        return self._merged(fields.pop("<<"), where) | fields if "<<" in fields else fields

    def _merged(self, node: Node, where: str) -> dict[str, Node]:
        """The fields that a merge key takes over; the first mapping that has a field counts."""
        taken: dict[str, Node] = {}
        for source in node.value if isinstance(node, SequenceNode) else [node]:
            taken = self._fields(source, where) | taken
        return taken

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

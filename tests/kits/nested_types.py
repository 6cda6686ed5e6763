"""Generates columns of nested types with comments at any place, as a CREATE TABLE takes them."""

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from lakegloss.core.ddl import literal
from lakegloss.core.names import quote

Parts = tuple[str, ...]
DEPTH = 4
_PLAIN_LEAVES = ("STRING", "INT", "BIGINT", "DECIMAL(38, 10)", "DECIMAL(5, 0)", "DATE", "BINARY",
                 "TIMESTAMP", "TIMESTAMP_NTZ", "BOOLEAN", "DOUBLE")  # fmt: skip
_TEXT_LEAVES = ("VARCHAR(3)", "CHAR(5)", "VARCHAR(80)", "CHAR(1)")
# A struct with char or varchar inside must have plain names: Spark reads its type from text.
_PLAIN_NAMES = ("id", "Name", "select", "key", "value", "element", "x_1", "UPPER", "1st", "struct")
_ODD_NAMES = ("a.b", "tick`s", "größe", "名前", "semi:colon", "dash-ed", "quo'te", "🙂", "a.`b`.c")
TEXTS = ("Hers", "It's his", 'Said "so"', "two\nlines", "back\\slash", "größer 名前 🙂", "x" * 300,
         "ends with quote'", "${nothing}", "COMMENT 'no'", " spaces ")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A column or a part of one: its name, type, comment and, inside, its fields by their steps."""

    name: str
    ddl: str
    comment: str
    inside: tuple[tuple[Parts, "Node"], ...] = ()

    def paths(self, above: Parts = ()) -> Iterator[tuple[Parts, str]]:
        """Every path that can carry a comment, with the comment that it has."""
        own = (*above, self.name)
        yield own, self.comment
        for steps, node in self.inside:
            yield from node.paths((*own, *steps))

    def column(self) -> str:
        """The column as CREATE TABLE takes it."""
        return f"{quote(self.name)} {self.ddl}{_said(self.comment)}"


def _said(comment: str) -> str:
    return f" COMMENT {literal(comment)}" if comment else ""


_Kind = tuple[str, tuple[tuple[Parts, Node], ...]]


@st.composite
def _comments(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(("", "", *TEXTS)))


@st.composite
def _structs(draw: st.DrawFn, depth: int, text: bool) -> _Kind:  # noqa: FBT001
    names = _PLAIN_NAMES if text else _PLAIN_NAMES + _ODD_NAMES
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique_by=str.lower))
    nodes = []
    for name in chosen:
        ddl, inside = draw(kinds(depth - 1, text))
        nodes.append(Node(name=name, ddl=ddl, comment=draw(_comments()), inside=inside))
    fields = ", ".join(f"{quote(n.name)}: {n.ddl}{_said(n.comment)}" for n in nodes)
    return f"STRUCT<{fields}>", tuple(((), node) for node in nodes)


def _under(step: str, inside: tuple[tuple[Parts, Node], ...]) -> tuple[tuple[Parts, Node], ...]:
    return tuple(((step, *steps), node) for steps, node in inside)


@st.composite
def kinds(draw: st.DrawFn, depth: int, text: bool) -> _Kind:  # noqa: FBT001
    """A type and the parts inside it that can carry a comment."""
    shape = draw(st.sampled_from(("struct", "struct", "array", "map", "leaf"))) if depth else "leaf"
    if shape == "struct":
        return draw(_structs(depth, text))
    if shape == "array":
        ddl, inside = draw(kinds(depth - 1, text))
        return f"ARRAY<{ddl}>", _under("element", inside)
    if shape == "map":
        key, of_key = draw(kinds(0 if depth < 3 else 1, text))
        value, of_value = draw(kinds(depth - 1, text))
        key, of_key = (key, of_key) if "MAP<" not in key else ("STRING", ())
        return f"MAP<{key}, {value}>", _under("key", of_key) + _under("value", of_value)
    leaves = _PLAIN_LEAVES + _TEXT_LEAVES * 3 if text else _PLAIN_LEAVES
    return draw(st.sampled_from(leaves)), ()


@st.composite
def columns(draw: st.DrawFn, position: int) -> Node:
    """A column of any type down to `DEPTH` levels; most have char or varchar somewhere inside."""
    text = draw(st.integers(0, 3)) > 0
    ddl, inside = draw(kinds(DEPTH, text))
    odd = draw(st.sampled_from(("c", "C", "c.d", "c`", "ç")))
    return Node(name=f"{odd}{position}", ddl=ddl, comment=draw(_comments()), inside=inside)


def tables(size: int) -> st.SearchStrategy[list[Node]]:
    """So many columns, for one table."""
    return st.tuples(*(columns(position) for position in range(size))).map(list)

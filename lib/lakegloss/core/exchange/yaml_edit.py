"""Edits YAML as text: sets descriptions and adds entries, and leaves every other character alone.

A library that loads and dumps YAML loses comments, quotes or line breaks of what it did not mean to
change. Here PyYAML only tells where things are; what is edited is spliced into the text, and the
result is read again to prove that nothing else changed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MOST_NODES = 500_000
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset("on off yes no true false null y n".split())
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_JINJA = ("{{", "{%", "{#")
_KEY_AND_COLON = re.compile(r"[ \t]*:[ \t]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """Replaces the characters from `start` to `end`."""

    start: int
    end: int
    text: str


def quoted(text: str) -> str:
    """Write a text as a double-quoted scalar on one line, which reads back as the same text."""
    return '"' + "".join(map(_escaped, text)) + '"'


def name_scalar(name: str) -> str:
    """Write a name as a plain scalar where it reads back as this text, else in quotes."""
    is_plain = _PLAIN.fullmatch(name) and name.lower() not in _RESERVED
    return name if is_plain else quoted(name)


def without_jinja(text: str) -> str:
    """Write what Jinja would run as text that Jinja prints: dbt renders descriptions."""
    return re.sub(r"\{[{%#]", lambda match: "{{ '" + match.group() + "' }}", text)


def from_jinja(text: str) -> str:
    """Read what `without_jinja` wrote.

    Raises:
        ValueError: the text has other Jinja, which cannot be read without dbt.
    """
    marks = [re.escape("{{ '" + mark + "' }}") for mark in _JINJA]
    parts = re.split("(" + "|".join(marks) + ")", text)
    if any(mark in part for part in parts[::2] for mark in _JINJA):
        raise ValueError("Jinja")
    return "".join(part[4:6] if place % 2 else part for place, part in enumerate(parts))


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return (
        f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}" if code < 65_536 else f"\\U{code:08X}"
    )


class YamlText:
    """A YAML document as text, with the edits that were planned on it.

    Args:
        text: the document; root: as PyYAML composed it from that text.
    """

    def __init__(self, text: str, root: Node) -> None:
        self.text = text
        self._root = root
        self._shared = _shared_nodes(root)
        self._eol = "\r\n" if "\r\n" in text else "\n"
        self._edits: list[Splice] = []
        self._described: dict[int, str] = {}
        self._added: dict[int, int] = {}

    def describe(self, node: MappingNode, value: str, *, after: Sequence[str] = ("name",)) -> None:
        """Plan that an entry gets this description in the place of its own, or as a new field.

        Args:
            after: the field, the first that is there, behind which a new field goes.

        Raises:
            ValueError: the entry or its description is shared with other places.
        """
        if id(node) in self._shared:
            raise ValueError("other entries share it by an anchor")
        fields = own_fields(node)
        if "description" in fields:
            self._edits.append(self._replacement(*fields["description"], value))
        elif "<<" in fields:
            raise ValueError("it takes fields over by a merge key (<<)")
        else:
            anchor = next((fields[name] for name in after if name in fields), None)
            if anchor is None:
                raise ValueError("it has no field of its own that names it")
            self._edits.append(self._insertion(node, *anchor, value))
        self._described[id(node)] = value

    def add_columns(
        self, node: MappingNode, columns: SequenceNode | None, texts: Mapping[str, str]
    ) -> None:
        """Plan that a table's entry gets more columns, each with its description.

        Raises:
            ValueError: the list is in flow style, empty or shared.
        """
        if id(node) in self._shared or (columns is not None and id(columns) in self._shared):
            raise ValueError("other entries share it by an anchor")
        if columns is None:
            column, dash, key = _column_of(node), _column_of(node) + 2, _column_of(node) + 4
            head, last = f"{' ' * column}columns:{self._eol}", self._end_of(node)
        else:
            if columns.flow_style or not columns.value or not _is_within(columns, node):
                raise ValueError("its list of columns is written in brackets, empty or shared")
            first = columns.value[0]
            if not isinstance(first, MappingNode) or first.flow_style:
                raise ValueError("its columns are written in braces")
            dash, key = columns.start_mark.column, _column_of(first)
            head, last = "", self._end_of(columns)
            self._added[id(columns)] = len(texts)
        if node.flow_style:
            raise ValueError("it is written in braces")
        body = "".join(
            f"{' ' * dash}-{' ' * (key - dash - 1)}name: {name_scalar(name)}{self._eol}"
            f"{' ' * key}description: {quoted(text)}{self._eol}"
            for name, text in texts.items()
        )
        place = self._line_end(last)
        self._edits.append(
            Splice(start=place, end=place, text=self._eol + (head + body).removesuffix(self._eol))
        )
        if columns is None:
            self._added[id(node)] = 1

    def result(self) -> str:
        """Apply the edits.

        Raises:
            ValueError: the edited text does not read back as the same document with the edits.
        """
        text = self.text
        for edit in sorted(self._edits, key=lambda e: (e.start, e.end), reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError, ValueError):
            root = None
        if root is None or not self._is_as_planned(self._root, root, {}):
            raise ValueError("the edited file would not read back as planned")
        return text

    def _replacement(self, key: Node, value: Node, text: str) -> Splice:
        if not isinstance(value, ScalarNode):
            raise ValueError("its description is no text")  # noqa: TRY004
        if value.start_mark.index < key.end_mark.index:
            raise ValueError("its description is written elsewhere, behind an anchor")
        start, end = value.start_mark.index, value.end_mark.index
        old = self.text[start:end]
        if old[:1] in {"&", "!", "*"}:
            raise ValueError("its description has an anchor or a tag")
        if start == end:  # nothing after the colon
            start = end = self.text.index(":", key.end_mark.index) + 1
            return Splice(start=start, end=end, text=f" {quoted(text)}")
        tail = old[len(old.rstrip()) :] if value.style in {"|", ">"} else ""
        return Splice(start=start, end=end, text=quoted(text) + tail)

    def _insertion(self, node: MappingNode, key: Node, value: Node, text: str) -> Splice:
        between = self.text[key.end_mark.index : value.start_mark.index]
        one_line = key.start_mark.line == value.end_mark.line
        if not _KEY_AND_COLON.fullmatch(between) or not one_line:
            raise ValueError("its name is not written as `name: text` on one line")
        if node.flow_style:
            place = value.end_mark.index
            return Splice(start=place, end=place, text=f", description: {quoted(text)}")
        place = self._line_end(value.end_mark.index)
        indent = " " * key.start_mark.column
        return Splice(
            start=place, end=place, text=f"{self._eol}{indent}description: {quoted(text)}"
        )

    def _line_end(self, index: int) -> int:
        """The end of the line at a place, before its line break."""
        end = self.text.find("\n", index)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > index and self.text[end - 1 : end] == "\r" else end

    def _end_of(self, node: Node) -> int:
        """The end of the last character that belongs to a node, comments behind it left out."""
        if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
            old = self.text[node.start_mark.index : node.end_mark.index]
            return node.start_mark.index + len(old.rstrip())
        own = (child for child in _children(node) if _is_within(child, node))
        return max(map(self._end_of, own), default=int(node.start_mark.index))

    def _is_as_planned(self, old: Node, new: Node, seen: dict[tuple[int, int], bool]) -> bool:
        pair = (id(old), id(new))
        if pair in seen:
            return True
        seen[pair] = True
        if len(seen) > MOST_NODES or type(old) is not type(new) or old.tag != new.tag:
            return False
        if isinstance(old, ScalarNode):
            return bool(old.value == new.value)
        if isinstance(old, SequenceNode):
            items = new.value[: len(old.value)]
            more = len(new.value) - len(old.value)
            return more == self._added.get(id(old), 0) and all(
                self._is_as_planned(a, b, seen) for a, b in zip(old.value, items, strict=True)
            )
        return self._is_mapping_as_planned(old, new, seen)

    def _is_mapping_as_planned(
        self, old: Node, new: Node, seen: dict[tuple[int, int], bool]
    ) -> bool:
        planned = self._described.get(id(old))
        rest = list(new.value)
        if planned is not None:
            texts = [v.value for k, v in new.value if k.value == "description"]
            if texts != [planned]:
                return False
        if self._added.get(id(old)):
            rest = [pair for pair in rest if pair[0].value != "columns"]
        kept = [pair for pair in old.value if planned is None or pair[0].value != "description"]
        rest = [pair for pair in rest if planned is None or pair[0].value != "description"]
        return len(kept) == len(rest) and all(
            self._is_as_planned(a, c, seen) and self._is_as_planned(b, d, seen)
            for (a, b), (c, d) in zip(kept, rest, strict=True)
        )


def own_fields(node: MappingNode) -> dict[str, tuple[Node, Node]]:
    """The fields that are written in a mapping itself, by name: their keys and values."""
    return {
        str(key.value): (key, value) for key, value in node.value if isinstance(key, ScalarNode)
    }


def _shared_nodes(root: Node) -> frozenset[int]:
    """The ids of the nodes that are in several places of a document, and of all below them."""
    times: dict[int, int] = {}
    waiting, nodes = [root], []
    while waiting:
        node = waiting.pop()
        times[id(node)] = times.get(id(node), 0) + 1
        if times[id(node)] == 1 and not isinstance(node, ScalarNode):
            nodes.append(node)
            waiting.extend(_children(node))
    shared: set[int] = set()
    waiting = [node for node in nodes if times[id(node)] > 1]
    while waiting:
        node = waiting.pop()
        if id(node) not in shared:
            shared.add(id(node))
            waiting.extend([] if isinstance(node, ScalarNode) else _children(node))
    return frozenset(shared)


def _children(node: Node) -> Iterator[Node]:
    for item in node.value:
        if isinstance(item, tuple):
            yield from item
        else:
            yield item


def _is_within(child: Node, parent: Node) -> bool:
    """Whether a node is written inside another, not behind an alias."""
    start, end = parent.start_mark.index, parent.end_mark.index
    return bool(start <= child.start_mark.index and child.end_mark.index <= end)


def _column_of(node: MappingNode) -> int:
    return int(node.value[0][0].start_mark.column) if node.value else int(node.start_mark.column)

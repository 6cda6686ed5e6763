"""Reads, quotes and joins the names of tables and columns.

A column path addresses a column or a part of one: ``a.b.c`` for struct fields,
``arr.element.z`` for what an array holds, ``m.key`` and ``m.value`` for a map. A part that holds
a dot or a backtick is written in backticks, a backtick inside doubled.
"""

import re
from functools import lru_cache

_PLAIN = re.compile(r"[^.`]+")


def quote(name: str) -> str:
    """One name as a quoted SQL identifier."""
    return "`" + name.replace("`", "``") + "`"


def quote_parts(parts: tuple[str, ...]) -> str:
    """Several names as one quoted, dotted SQL identifier."""
    return ".".join(quote(part) for part in parts)


def join_path(parts: tuple[str, ...]) -> str:
    """Names as one path, with backticks only where a part needs them."""
    return ".".join(part if _PLAIN.fullmatch(part) else quote(part) for part in parts)


@lru_cache(maxsize=65_536)
def split_path(path: str) -> tuple[str, ...]:
    """The parts of a path, the inverse of `join_path`.

    Raises:
        ValueError: a backtick is not closed, or a part is empty.
    """
    parts: list[str] = []
    position = 0
    while position <= len(path):
        part, position = _read_part(path, position)
        parts.append(part)
        if position == len(path):
            break
        if path[position] != ".":
            raise ValueError(f"{path!r}: expected a dot at position {position}")
        position += 1
    return tuple(parts)


def _read_part(path: str, start: int) -> tuple[str, int]:
    if path[start : start + 1] == "`":
        end = start + 1
        while True:
            end = path.find("`", end)
            if end < 0:
                raise ValueError(f"{path!r}: a backtick is not closed")
            if path[end : end + 2] != "``":
                break
            end += 2
        return path[start + 1 : end].replace("``", "`"), end + 1
    match = _PLAIN.match(path, start)
    if match is None:
        raise ValueError(f"{path!r}: an empty name at position {start}")
    return match.group(), match.end()


def quote_path(path: str) -> str:
    """A path as a quoted SQL identifier."""
    return quote_parts(split_path(path))


def leaf(path: str) -> str:
    """The last part of a path: the column's own name.

    Raises:
        ValueError: see `split_path`.
    """
    return split_path(path)[-1]


def own_name(name: str) -> str:
    """The last part of a table's name or a column's path, or the text itself if it is malformed."""
    try:
        return split_path(name)[-1]
    except ValueError:
        return name


@lru_cache(maxsize=65_536)
def schema_of(table: str) -> str:
    """The schema of a table's name with its catalog, where it has one: all but the last part.

    Raises:
        ValueError: see `split_path`.
    """
    return join_path(split_path(table)[:-1])

"""Reads what dbxmetagen's messages say of a table; nothing in them is ever run.

A message is `Content is here - {...} and abbreviations are here - {...}`, with Python literals or
JSON in the braces, and perhaps more text behind.
"""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lakegloss.compat.dbxmetagen.generators.python_values import python_value
from lakegloss.errors import InputError

LONGEST = 2_000_000
DEEPEST = 40
_START = "Content is here -"
_ABBREVIATIONS = "are here -"
_CONTEXT = "Customer-provided context:"
_LONGEST_CONTEXT = 4_000
_OPENS, _CLOSES = ("{", "[", "("), ("}", "]", ")")
_MARKS = re.compile(r"""'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+"|[{}\[\]()]""", re.DOTALL)
"""A string, or a bracket outside of strings."""
_REMEDY = (
    "Send messages as dbxmetagen makes them, or a mapping with table_name and column_contents."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContent:
    """What a message says of a table.

    Attributes:
        data: `columns` and `data` (rows), as pandas splits a frame.
        metadata: facts by column.
        abbreviations: meanings by word.
        context: what people say of the table.
    """

    table: str
    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    abbreviations: Mapping[str, Any] = field(default_factory=dict)
    context: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def content_of(given: Any) -> TableContent:
    """Read messages, one message's text, or a mapping with the parts.

    Raises:
        InputError: nothing of a table can be read, or it is too large or too deep.
    """
    given = _plain(given)
    if isinstance(given, Mapping):
        for name in ("messages", "comment", "input", "inputs"):
            if name in given:
                return content_of(given[name])
        return _from_mapping(given)
    if isinstance(given, str):
        return _from_text(given)
    if isinstance(given, Sequence) and given:
        texts = [_text(one) for one in given]
        marked = [text for text in texts if _START in text]
        if marked:
            return _from_text(marked[-1])
        tables = [one for one in given if isinstance(one, Mapping) and "content" not in one]
        if len(tables) > 1:
            raise InputError(
                f"There are {len(tables)} tables.", remedy="Give the tables one at a time."
            )
        if tables and tables[0] is given[-1]:
            return content_of(given[-1])
        return _from_text(texts[-1])
    raise InputError("There is no message.", remedy=_REMEDY)


def _plain(given: Any) -> Any:
    """A frame of MLflow as its rows; a column `messages` as what it holds."""
    if hasattr(given, "to_dict") and hasattr(given, "columns"):
        return given.to_dict(orient="records")
    return given.tolist() if hasattr(given, "tolist") else given


def _text(message: Any) -> str:
    content = message.get("content", "") if isinstance(message, Mapping) else message
    if isinstance(content, list):  # the parts of a message, of which some are text
        parts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _from_text(text: str) -> TableContent:
    at = text.find(_START)
    at = text.find("{", max(at, 0))
    if at < 0:
        raise InputError("The message holds no content of a table.", remedy=_REMEDY)
    end = literal_end(text, at)
    content = literal(text[at:end])
    rest = text[end:]
    abbreviations: Any = {}
    where = rest.find(_ABBREVIATIONS)
    if where >= 0:
        abbreviations, rest = _abbreviations(rest[where + len(_ABBREVIATIONS) :])
    context = rest.partition(_CONTEXT)[2].strip()[:_LONGEST_CONTEXT]
    if not isinstance(content, Mapping):
        raise InputError("The message's content is no mapping.", remedy=_REMEDY)
    return _from_mapping({**content, "abbreviations": abbreviations, "context": context})


def _abbreviations(text: str) -> tuple[Any, str]:
    at = text.find("{")
    if at < 0 or text[:at].strip():
        return {}, text
    end = 0
    try:
        end = literal_end(text, at)
        return literal(text[at:end]), text[end:]
    except InputError:
        return {}, text[end:]  # their own default has no valid JSON, and costs no comment


def _from_mapping(given: Mapping[Any, Any]) -> TableContent:
    parts = {str(name): value for name, value in given.items()}
    data = parts.get("table_data", parts.get("column_contents"))
    metadata = parts.get("column_metadata")
    data, metadata = map(_mapping, (data, metadata or _mapping(data).get("column_metadata")))
    try:
        abbreviations = _mapping(parts.get("abbreviations"))
    except InputError:
        abbreviations = {}  # as in messages: they cost no comment
    table = parts.get("table_name")
    if not isinstance(table, str) or not table.strip():
        raise InputError("The content names no table.", remedy=_REMEDY)
    if not isinstance(data.get("columns", list(metadata)), list):
        raise InputError("The content's columns are no list.", remedy=_REMEDY)
    more = {name: parts[name] for name in ("profiling",) if name in parts}
    return TableContent(
        table=table.strip(), data=data, metadata=metadata, abbreviations=abbreviations,
        context=str(parts.get("context") or ""), more=more,
    )  # fmt: skip


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str) and value.strip().startswith("{"):
        value = literal(value.strip())
    return value if isinstance(value, Mapping) else {}


def literal(text: str) -> Any:
    """Read a Python literal, values as pandas prints them, or JSON; bounded in length and depth.

    Raises:
        InputError: it is neither, too long or too deep.
    """
    if len(text) > LONGEST:
        raise InputError(
            f"The content has {len(text):,} characters, at most {LONGEST:,} are read.",
            remedy="Send fewer rows or columns at a time.",
        )
    literal_end(text, 0, whole=True)
    for read in (ast.literal_eval, json.loads, python_value):
        try:
            return read(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    raise InputError("The content is neither a Python literal nor JSON.", remedy=_REMEDY)


def literal_end(text: str, start: int, *, whole: bool = False) -> int:
    """Where the bracket that opens at `start` is closed; quotes hide brackets.

    Args:
        whole: only check the depth; a text that does not end is no error.

    Raises:
        InputError: it is not closed, too deep, or too long.
    """
    depth = 0
    for found in _MARKS.finditer(text, start, start + LONGEST + 1):
        mark = found.group()
        if mark in _OPENS:
            depth += 1
        elif mark in _CLOSES:
            depth -= 1
        if depth > DEEPEST:
            raise InputError(
                f"The content is more than {DEEPEST} levels deep.", remedy="Flatten it."
            )
        if depth <= 0 and not whole and mark in _CLOSES:
            return found.end()
    if whole:
        return len(text)
    raise InputError("The content's brackets are not closed.", remedy=_REMEDY)

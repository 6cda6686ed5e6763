"""Defines tags of tables and columns, what their names and values may hold, and their properties.

A session without tags (open-source Spark) keeps them in table properties under one prefix::

    lakegloss.tag/<path of the column, '' for the table>/<tag>

Path and tag are percent-encoded, so that no name can pass for another one's property.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from lakegloss.core.assets import AssetKey

PREFIX = "lakegloss.tag/"
"""How the table properties that hold tags begin."""
LONGEST_NAME = 255
LONGEST_VALUE = 256
"""Characters of a tag's name and value that every version of Unity Catalog takes."""
_NOT_IN_NAMES = ".,-=/:"
_BETWEEN = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, slots=True, order=True)
class LabelKey:
    """One tag of one table (column is '') or of one of its columns, by path."""

    table: str
    column: str
    tag: str

    @property
    def asset(self) -> AssetKey:
        """The table or column."""
        return AssetKey(self.table, self.column)

    def __str__(self) -> str:
        return f"{self.asset} [{self.tag}]"


def wrong_name(name: str) -> str:
    """Say why a tag cannot have this name; '' where it can.

    Names that the platform gives itself (`class.email_address`) may hold dots: nobody writes those.
    """
    if not name or name != name.strip():
        return "it is empty, or begins or ends with a space"
    if len(name) > LONGEST_NAME:
        return f"it has more than {LONGEST_NAME} characters"
    bad = [character for character in name if character in _NOT_IN_NAMES]
    if bad:
        return f"it holds {bad[0]!r}; Unity Catalog takes none of . , - = / :"
    return "" if name.isprintable() else "it holds a character that nobody sees"


def wrong_value(value: str) -> str:
    """Say why a tag that lakegloss writes cannot have this value; '' where it can."""
    if not value or value != value.strip():
        return "it is empty, or begins or ends with a space"
    if len(value) > LONGEST_VALUE:
        return f"it has more than {LONGEST_VALUE} characters"
    return "" if value.isprintable() else "it holds a character that nobody sees"


def plain(text: str) -> str:
    """A name or value without what people write differently: case, blanks, `_` and `-`."""
    return _BETWEEN.sub("_", text.strip().casefold()).strip("_")


def spelled_otherwise(key: LabelKey, names: Iterable[str]) -> str:
    """The tag among those of the same asset that reads the same but is written otherwise, or ''.

    Unity Catalog takes `PII` and `pii` for two tags: beside a person's, ours would say it twice.
    """
    wanted = plain(key.tag)
    return next((name for name in names if name != key.tag and plain(name) == wanted), "")


def property_of(column: str, tag: str) -> str:
    """The table property that holds a tag of a column ('' for the table's own)."""
    return f"{PREFIX}{_encoded(column)}/{_encoded(tag)}"


def tag_of_property(name: str) -> tuple[str, str] | None:
    """The column and the tag that a table property holds, or None; the inverse of `property_of`."""
    if not name.startswith(PREFIX):
        return None
    column, slash, tag = name.removeprefix(PREFIX).partition("/")
    key = unquote(column), unquote(tag)
    return key if slash and tag and property_of(*key) == name else None


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")

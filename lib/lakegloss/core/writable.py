"""Which comments a source can carry, and which statements would take more than they give.

Delta and Spark keep a column that holds char or varchar somewhere inside as text beside its type
(the metadata key `TYPE_TEXT`). Delta makes the column anew from that text when the comment of the
column itself is set: the comments of its parts are gone then, and so are NOT NULL, parts that were
added since, and, in a table with column mapping, the data. Parts of such a column are safe to set.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from lakegloss.core.assets import TableKind

TYPE_TEXT = "__CHAR_VARCHAR_TYPE_STRING"
_LENGTH = re.compile(r"\b(?:var)?char\(\d+\)")
_PADDED = re.compile(r"(?<!var)char\(\d+\)")
_FULL = frozenset({"", "delta", "iceberg", "hudi", "paimon", "deltasharing"})
_FROM_SOURCE = frozenset({"jdbc"})
"""Providers whose tables get their schema anew at each reading: ALTER takes a comment in vain."""
_MARKS_OF_PARTS = {
    "delta.columnmapping.mode": "column mapping",
    "delta.feature.columnmapping": "column mapping",
    "delta.enabletypewidening": "type widening",
    "delta.feature.typewidening": "type widening",
}
_HARMLESS = {"none", "false"}
_WOULD = "Delta would make this column anew from its char or varchar text"
UNREAD = f"{_WOULD}, and the comments of its parts cannot be read here to be kept"

UNREAD_PART = "its comment cannot be read here, and might be a person's"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """Where a table's comments are kept.

    Attributes:
        provider: as the catalog names it (delta, parquet, hive); '' is not known.
        partitions: names of the partition columns.
    """

    kind: TableKind
    provider: str = ""
    partitions: Collection[str] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is a table of files that only Spark's own catalog describes."""
        return self.kind is TableKind.TABLE and self.provider.lower() not in _FULL


def is_rebuilt(type_text: str) -> bool:
    """Whether a column with this text beside its type is made anew when its comment is set."""
    return bool(type_text) and not _LENGTH.fullmatch(type_text)


def hides_parts(type_text: str) -> bool:
    """Whether reading pads a char inside: the read schema lacks comments of the parts then."""
    return is_rebuilt(type_text) and bool(_PADDED.search(type_text))


def blocked_in_plain(source: TableSource, parts: tuple[str, ...], type_text: str) -> str:
    """Why a column of a table of files can carry no comment; '' where it can."""
    of = f"of a table kept as {source.provider.lower()}"
    if source.provider.lower() in _FROM_SOURCE:
        return f"Spark reads the columns {of} from the source each time, and keeps no comments"
    if len(parts) > 1:
        return f"Spark comments no parts of columns {of}"
    if parts[0].lower() in {name.lower() for name in source.partitions}:
        return f"Spark comments no partition column {of}"
    if is_rebuilt(type_text):
        return f"Spark comments no column with char or varchar inside {of}"
    return ""


def blocked_rebuild(type_text: str, data_type: str, *, marked: bool, traits: str) -> str:
    """Why a column that Delta makes anew must not be commented; '' where its parts survive it.

    Args:
        data_type: the column's type now, as Spark's simple string.
        marked: a part is NOT NULL or carries metadata other than its comment.
        traits: what the table records with the parts of columns, see `traits_of`.
    """
    if _LENGTH.sub("string", type_text) != data_type:
        return f"{_WOULD}, which is not its type any more: parts would be lost"
    if marked:
        return f"{_WOULD}, which would lose NOT NULL or other marks of its parts"
    if traits:
        return f"{_WOULD}, which would lose data: the table has {traits}"
    return ""


def traits_of(properties: dict[str, str]) -> str:
    """What a table's properties say is recorded with the parts of its columns, '' is nothing."""
    found = {
        trait
        for name, trait in _MARKS_OF_PARTS.items()
        for key, value in properties.items()
        if key.lower() == name and value.lower() not in _HARMLESS
    }
    return " and ".join(sorted(found))

"""Holds the keys and references that a catalog declares, which come before what is found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lakegloss.core.assets import AssetKey
from lakegloss.core.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Key role, reference and composite key of a column, as `Evidence` has them."""

    role: str
    reference: str
    key_with: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The declared constraints of some tables.

    Attributes:
        keys: the columns of each table's primary key, in order.
        references: the column that another refers to, by the column.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    references: Mapping[AssetKey, AssetKey] = field(default_factory=dict)

    def correct(self, found: Found, column: Evidence) -> Found:
        """Put what is declared in the place of what was found."""
        key = self.keys.get(column.table, ())
        if key:
            is_part = column.column in key
            found = replace(
                found,
                role="primary" if key == (column.column,) else "",
                key_with=", ".join(key) if is_part and len(key) > 1 else "",
            )
        target = self.references.get(AssetKey(column.table, column.column))
        return replace(found, reference=str(target)) if target else found


NOTHING_DECLARED = Declared()

"""Defines evidence: the facts of a column that its comment may rest on."""

import hashlib
import json
import math
from dataclasses import dataclass

CODE_LIMIT = 12
"""A column of at most so many distinct values is a small enumeration; its codes may be quoted."""
_ROWS_FOR_ALL = 50
_TIMES_FOR_ALL = 8
FLAG_CODES = (
    {"0", "1"}, {"y", "n"}, {"yes", "no"}, {"t", "f"}, {"true", "false"}, {"0.0", "1.0"},
)  # fmt: skip
"""Codes for no and yes, of which there are no others, however few rows there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequent:
    """A value that occurs often, as text, and its share of the non-null rows (0 to 1)."""

    value: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the data shows of one column.

    Attributes:
        rows: rows of the table, as counted; rows_read: rows that the facts rest on (fewer where a
            seeded sample was read).
        null_share: 0 to 1 of rows_read; 1 where the column holds nothing, 0 where rows_read is 0.
        distinct: the number of distinct non-null values among rows_read; `distinct_exact` says
            whether that is the number of the whole table: with a sample, or with very many
            values, it is not.
        minimum, maximum: as text, '' where there is none or the policy for values withholds it.
        mean: for numbers only.
        frequent: the most frequent values, at most 12; shapes instead where `masked`.
        shapes: the most common value shapes (AAA-9999) with their shares, at most 3.
        semantic: what kind of thing the values are (`core.values.semantics`), '' where not known.
        personal: the class of personal data (`core.personal.privacy`), '' where none was found.
        key_role: 'primary', 'unique', 'foreign' or ''.
        reference: the key that a foreign column refers to, 'schema.table.column', or ''.
        key_with: the columns that identify a row together, this one among them, joined by ', ';
            '' where it is part of no such key.
        masked: minimum, maximum and frequent hold shapes instead of values.
        codes_vary: of few distinct values some were missing in a large part of the rows.
        sketch: the smallest hashes of the values, to find references; empty for personal data.
    """

    table: str
    column: str
    data_type: str
    rows: int = 0
    rows_read: int = 0
    null_share: float = 0.0
    distinct: int = 0
    distinct_exact: bool = True
    minimum: str = ""
    maximum: str = ""
    mean: float | None = None
    mean_length: float | None = None
    frequent: tuple[Frequent, ...] = ()
    shapes: tuple[Frequent, ...] = ()
    semantic: str = ""
    personal: str = ""
    key_role: str = ""
    reference: str = ""
    masked: bool = False
    codes_vary: bool = False
    sketch: bytes = b""
    key_with: str = ""

    @property
    def sampled(self) -> bool:
        """Whether the facts rest on some of the table's rows only."""
        return 0 < self.rows_read < self.rows

    @property
    def is_code(self) -> bool:
        """Whether the column is a small enumeration whose codes a comment may quote."""
        return (
            0 < self.distinct <= CODE_LIMIT
            and (self.distinct_exact or self.sampled)
            and not self.personal
            and not self.masked
            and self.rows_read > self.distinct
        )

    @property
    def has_all_codes(self) -> bool:
        """Whether its codes are likely all that there are, not only those seen so far.

        Each code must be so frequent that a random second half of the rows brings none that the
        first half has not: a code that is seen 8 times is in one half only with a probability of
        1 in 128. Rare codes foretell others (Good 1953). Nor may a large part of the rows have
        lacked a code: what came with one month's rows may come with the next.
        """
        if not self.is_code or len(self.frequent) != self.distinct:
            return False
        if {item.value.strip().lower() for item in self.frequent} in FLAG_CODES:
            return True
        filled = self.rows_read * (1 - self.null_share)
        rarest = min(item.share for item in self.frequent) * filled
        if not any(item.share for item in self.frequent):  # a card may leave the shares out
            rarest = filled / self.distinct
        return filled >= _ROWS_FOR_ALL and rarest >= _TIMES_FOR_ALL - 0.5 and not self.codes_vary

    @property
    def bucket(self) -> str:
        """Hash the evidence in coarse steps, so that a few new rows of one kind change nothing."""
        coarse = (
            self.data_type,
            _share_step(self.null_share),
            round(math.log2(self.distinct + 1) / 2),
            sorted(f.value for f in self.frequent) if self.is_code else [],
            self.semantic,
            self.personal,
            self.key_role,
            self.reference,
            *([self.key_with] if self.key_with else []),
        )
        text = json.dumps(coarse, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _share_step(share: float) -> int:
    """0 for none, 4 for all, and three steps between."""
    if share <= 0:
        return 0
    if share >= 1:
        return 4
    return 1 if share < 0.05 else 2 if share < 0.5 else 3

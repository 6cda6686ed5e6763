"""Puts labels that people fixed in a file in place of those that were found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lakegloss.core.labels.by_rules import LabelFacts, top_columns
from lakegloss.core.labels.label_rows import WantedLabel
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.labels.tree import selects
from lakegloss.core.names import join_path
from lakegloss.core.records import Source

EVERY_COLUMN = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOverride:
    """A value that people fixed for a tag.

    Attributes:
        pattern: of tables; it may leave out catalog and schema.
        column: '' for the table itself, `EVERY_COLUMN` for each of its columns.
        value: '' says that there is to be no tag.
    """

    pattern: str
    column: str
    tag: str
    value: str
    origin: str

    def keys(self, facts: LabelFacts) -> list[LabelKey]:
        """The tags of a table that it speaks of."""
        name = facts.table.name
        if not selects((self.pattern,), name):
            return []
        if not self.column:
            return [LabelKey(name, "", self.tag)]
        named = {self.column.lower(), join_path((self.column.strip("`"),)).lower()}
        return [
            LabelKey(name, path, self.tag)
            for path in top_columns(facts.table)
            if self.column == EVERY_COLUMN or path.lower() in named
        ]


def fixed_labels(
    facts: LabelFacts, overrides: Iterable[LabelOverride]
) -> dict[LabelKey, LabelOverride]:
    """What people fixed for a table; a later line of a file goes before an earlier one."""
    return {key: one for one in overrides for key in one.keys(facts)}


def with_fixed(facts: LabelFacts, fixed: Mapping[LabelKey, LabelOverride]) -> LabelFacts:
    """The facts in which a fixed label counts as a person's tag: for the table's group, too.

    A tag that a person set in the catalog goes before it.
    """
    fixed = {k: one for k, one in fixed.items() if facts.of_people(k.column, k.tag) is None}
    tags = {column: dict(own) for column, own in facts.tags.items()}
    for key, one in fixed.items():
        tags.setdefault(key.column, {})[key.tag] = one.value
    ours = facts.ours - {(key.column, key.tag) for key in fixed}
    return replace(facts, tags=tags, ours=ours)


def wanted_with_fixed(
    wanted: Sequence[WantedLabel], fixed: Mapping[LabelKey, LabelOverride]
) -> list[WantedLabel]:
    """The wanted labels with the fixed ones in their places."""
    left = [label for label in wanted if label.key not in fixed]
    return left + [
        WantedLabel(key=key, value=one.value, source=Source.HUMAN, reason=f"fixed in {one.origin}")
        for key, one in fixed.items()
        if one.value
    ]

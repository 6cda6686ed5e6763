"""Gives the labels that need no model: personal data from the evidence, domains from patterns.

What counts for a column, the first that is there: a tag of the scheme that a person set, the class
in the evidence, a tag `class.*`, what Databricks' data classification found, the tag that lakegloss
set before, and what a model said.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lakegloss.core.assets import Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.labels.groups import (
    LabelGroup,
    class_of_platform_tag,
    group_of_class,
    highest_class,
    highest_group,
)
from lakegloss.core.labels.label_rows import WantedLabel
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.labels.tree import DomainPlace
from lakegloss.core.records import Source
from lakegloss.core.stages import top_of

_Tags = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFacts:
    """What is known of one table when its labels are chosen.

    Attributes:
        evidence: of its columns and their parts, by path.
        tags: the tags that are there, by column ('' for the table's own), then by name.
        ours: tags of these that lakegloss set, as (column, tag); all others are people's.
        platform: tags that Databricks' data classification proposes, by column.
        asked: classes of personal data that a model gave, by column.
        place: the domain that a model gave.
    """

    table: Table
    evidence: Mapping[str, Evidence]
    tags: _Tags = field(default_factory=dict)
    ours: frozenset[tuple[str, str]] = frozenset()
    platform: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, WantedLabel] = field(default_factory=dict)
    place: WantedLabel | None = None

    def of_people(self, column: str, tag: str) -> str | None:
        """The value of a tag that a person set; None where there is no such tag."""
        value = self.tags.get(column, {}).get(tag) if tag else None
        return None if (column, tag) in self.ours else value


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundClass:
    """The class or group of a column, and what it rests on; `group` None means no personal data."""

    group: LabelGroup | None
    personal: str
    source: str
    reason: str


def top_columns(table: Table) -> list[str]:
    """The columns that can carry tags: a part of a column has none of its own."""
    return [column.path for column in table.columns if top_of(column.path) == column.path]


def classes_of(facts: LabelFacts, scheme: LabelScheme) -> dict[str, FoundClass]:
    """The class or group of every column that has one, or about which a person has spoken."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for path, evidence in facts.evidence.items():
        if evidence.personal and top_of(path) != path:
            parts[top_of(path)].append(evidence.personal)
    found = {}
    for column in top_columns(facts.table):
        own = facts.evidence.get(column)
        # What a part holds tells more than the name of what holds it.
        said = parts[column] or ([own.personal] if own is not None and own.personal else [])
        one = _class_of(column, said, facts, scheme)
        if one is not None:
            found[column] = one
    return found


def _class_of(
    column: str, parts: Iterable[str], facts: LabelFacts, scheme: LabelScheme
) -> FoundClass | None:
    said = _said_by_people(column, facts, scheme)
    if said is not None:
        return said
    if personal := highest_class(parts):
        return _found(personal, Source.RULES, f"evidence: {personal}")
    for name in sorted(facts.tags.get(column, {})):
        if personal := class_of_platform_tag(name):
            return _found(personal, Source.INHERITED, f"the tag {name}")
    name = facts.platform.get(column, "")
    if personal := class_of_platform_tag(name):
        return _found(personal, Source.INHERITED, f"Databricks' data classification: {name}")
    if (own := _set_before(column, facts, scheme)) is not None:
        return own
    asked = facts.asked.get(column)
    return _found(asked.value, Source(asked.source), asked.reason) if asked is not None else None


def _set_before(column: str, facts: LabelFacts, scheme: LabelScheme) -> FoundClass | None:
    """What lakegloss' own tags say of a column: a class never goes by itself."""
    tags = facts.tags.get(column, {})
    personal = scheme.class_meant(tags.get(scheme.class_tag, ""))
    group = group_of_class(personal) or scheme.group_meant(tags.get(scheme.group_tag, ""))
    if group is None:
        return None
    return FoundClass(
        group=group, personal=personal, source=Source.INHERITED, reason="the tag that is there"
    )


def _found(personal: str, source: Source, reason: str) -> FoundClass:
    return FoundClass(
        group=group_of_class(personal), personal=personal, source=source, reason=reason
    )


def _said_by_people(column: str, facts: LabelFacts, scheme: LabelScheme) -> FoundClass | None:
    """What a person's tags say of a column; a group in their own words is none of ours."""
    group = facts.of_people(column, scheme.group_tag)
    personal = facts.of_people(column, scheme.class_tag)
    if group is None and personal is None:
        return None
    meant = scheme.class_meant(personal or "")
    own = scheme.group_meant(group) if group is not None else group_of_class(meant)
    return FoundClass(group=own, personal=meant, source=Source.HUMAN, reason="a person's tag")


def wanted_labels(facts: LabelFacts, scheme: LabelScheme) -> list[WantedLabel]:
    """All labels that a table and its columns should have by what is known of them."""
    classes = classes_of(facts, scheme)
    wanted = list(_of_columns(facts, scheme, classes))
    wanted += _of_table(facts, scheme, classes)
    wanted += _of_domain(facts, scheme)
    return wanted


def _of_columns(
    facts: LabelFacts, scheme: LabelScheme, classes: Mapping[str, FoundClass]
) -> Iterator[WantedLabel]:
    for column in top_columns(facts.table):
        one = classes.get(column)
        if one is not None and one.group is not None:
            yield from _of_group(facts, scheme, column, one.group, one)
            if scheme.class_tag and one.personal:
                value = scheme.written(one.personal)
                yield _label(facts, column, scheme.class_tag, value, one)
        elif one is None and scheme.none_value and scheme.group_tag:
            none = FoundClass(group=None, personal="", source=Source.RULES, reason=_NOTHING)
            yield _label(facts, column, scheme.group_tag, scheme.none_value, none)


_NOTHING = "evidence: no personal data"


def _of_group(
    facts: LabelFacts, scheme: LabelScheme, column: str, group: LabelGroup, one: FoundClass
) -> Iterator[WantedLabel]:
    if scheme.protected_tag:
        yield _label(facts, column, scheme.protected_tag, scheme.protected_value, one)
    if scheme.group_tag:
        yield _label(facts, column, scheme.group_tag, scheme.written(group), one)


def _of_table(
    facts: LabelFacts, scheme: LabelScheme, classes: Mapping[str, FoundClass]
) -> Iterator[WantedLabel]:
    """A table's group: the highest of its columns'."""
    groups: defaultdict[LabelGroup, list[str]] = defaultdict(list)
    for column, one in classes.items():
        if one.group is not None:
            groups[one.group].append(column)
    group = highest_group(groups)
    if group is None:
        return
    rests = groups[group] or [column for columns in groups.values() for column in columns]
    more = f" and {len(rests) - 1} more" if len(rests) > 1 else ""
    found = FoundClass(
        group=group, personal="", source=Source.RULES, reason=f"its columns: {rests[0]}{more}"
    )
    yield from _of_group(facts, scheme, "", group, found)


def _of_domain(facts: LabelFacts, scheme: LabelScheme) -> Iterator[WantedLabel]:
    place = scheme.tree.by_pattern(facts.table.name)
    if place is not None:
        found = FoundClass(
            group=None, personal="", source=Source.RULES, reason=f"the pattern of {place}"
        )
        yield from _of_place(facts, scheme, place, found, None)
    elif facts.place is not None:
        named = scheme.tree.find(facts.place.value)
        if named is not None:
            found = FoundClass(
                group=None, personal="", source=facts.place.source, reason=facts.place.reason
            )
            yield from _of_place(facts, scheme, named, found, facts.place)


def _of_place(
    facts: LabelFacts,
    scheme: LabelScheme,
    place: DomainPlace,
    found: FoundClass,
    asked: WantedLabel | None,
) -> Iterator[WantedLabel]:
    said = facts.of_people("", scheme.domain_tag)
    if scheme.domain_tag:
        yield _label(facts, "", scheme.domain_tag, place.domain, found, asked)
    # A subdomain under another domain than the person's would say two things at once.
    if scheme.subdomain_tag and place.subdomain and said in (None, place.domain):
        yield _label(facts, "", scheme.subdomain_tag, place.subdomain, found, asked)


def _label(
    facts: LabelFacts,
    column: str,
    tag: str,
    value: str,
    found: FoundClass,
    asked: WantedLabel | None = None,
) -> WantedLabel:
    asked = asked if asked is not None else facts.asked.get(column)
    by_model = asked if asked is not None and found.source == Source.MODEL else None
    return WantedLabel(
        key=LabelKey(facts.table.name, column, tag),
        value=value,
        source=found.source,
        reason=found.reason,
        fingerprint=by_model.fingerprint if by_model else _mark(tag, value, found),
        request_hash=by_model.request_hash if by_model else "",
        program=by_model.program if by_model else "",
        program_version=by_model.program_version if by_model else "",
        model=by_model.model if by_model else "",
        is_sure=by_model.is_sure if by_model else True,
    )


def _mark(tag: str, value: str, found: FoundClass) -> str:
    text = json.dumps([tag, value, found.source, found.personal], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

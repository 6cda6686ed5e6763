"""Reports labels: what is tagged, by whom, what waits, and personal data that has no tag yet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakegloss.core.ddl import is_in
from lakegloss.core.labels.by_rules import top_columns
from lakegloss.core.labels.label_actions import NOTHING_KNOWN_OF_LABEL, is_ours
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import plain
from lakegloss.core.stages import top_of
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.applying import read_tables
from lakegloss.lakehouse.labels.label_state import ensure_label_ledgers, known_labels
from lakegloss.lakehouse.labels.scheme_file import read_scheme
from lakegloss.lakehouse.labels.tag_reader import TagReader
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVIDENCE
from lakegloss.settings_views import TaggingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCount:
    """How many tables and columns have a value of a tag, and how many of these lakegloss set."""

    tag: str
    value: str
    tables: int
    columns: int
    ours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelReport:
    """What is labelled.

    Attributes:
        counts: for each value of the scheme's tags.
        untagged: columns with personal data by the evidence and without a tag of the scheme.
        without_domain: tables without a domain, where the scheme has a tree.
        ready, waiting: proposals that apply would set, and that wait for a person.
        unreadable: tables whose tags cannot be read, with the reasons.
    """

    tables: int
    columns: int
    counts: tuple[TagCount, ...]
    untagged: tuple[str, ...]
    without_domain: tuple[str, ...]
    ready: int
    waiting: int
    unreadable: Mapping[str, str]


def report_labels(
    spark: Any,
    settings: TaggingSettings,
    patterns: Sequence[str] = (),
    *,
    scheme: LabelScheme | None = None,
) -> LabelReport:
    """Report what is labelled, by the catalog as it is now and the evidence of the last runs.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        SettingsError: the file of labels cannot be used.
    """
    scheme = scheme or read_scheme(settings.label_file)
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    catalog = Catalog(spark, settings.excluded)
    names = catalog.table_names(patterns, own_schema=ledgers.schema)
    tables = read_tables(catalog, settings.parallel_tables, names)
    now = TagReader(spark, settings.parallel_tables).read(
        table for table in tables.values() if not table.error
    )
    unreadable = {n: t.error for n, t in tables.items() if t.error} | dict(now.unreadable)
    known = known_labels(ledgers, names)
    readable = {name: table for name, table in tables.items() if name not in unreadable}
    tallies: dict[tuple[str, str], Counter[str]] = {}
    for key, value in now.values.items():
        if key.tag in scheme.tags:
            tally = tallies.setdefault((key.tag, value), Counter())
            tally["columns" if key.column else "tables"] += 1
            tally["ours"] += is_ours(value, known.get(key, NOTHING_KNOWN_OF_LABEL))
    personal = {plain(scheme.group_tag), plain(scheme.class_tag)} - {""}
    tagged = {key.asset for key in now.values if plain(key.tag) in personal}
    domain = plain(scheme.domain_tag)
    domains = {k.table for k in now.values if not k.column and plain(k.tag) == domain}
    return LabelReport(
        tables=len(readable),
        columns=sum(len(top_columns(table)) for table in readable.values()),
        counts=tuple(
            TagCount(
                tag=tag, value=value, tables=tally["tables"], columns=tally["columns"],
                ours=tally["ours"],
            )
            for (tag, value), tally in sorted(tallies.items())
        ),
        untagged=tuple(
            f"{table}.{column}"
            for table, column in _personal(ledgers, readable)
            if not any(asset.table == table and asset.column == column for asset in tagged)
        ),
        without_domain=tuple(sorted(readable.keys() - domains)) if scheme.tree else (),
        ready=sum(one.is_ready for one in known.values()),
        waiting=sum(one.is_open and not one.is_ready for one in known.values()),
        unreadable=unreadable,
    )  # fmt: skip


def _personal(ledgers: Ledgers, tables: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Columns in which the evidence shows personal data; parts count for their column."""
    rows = ledgers.newest(EVIDENCE, is_in("table", tables), ("personal",))
    there = {(name, column) for name, table in tables.items() for column in top_columns(table)}
    found = {(row["table"], top_of(row["column"])) for row in rows if row["personal"]}
    return sorted(found & there)

"""Defines what a report shows, as data: bounded, without values of personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lakegloss.core.checks.weak_models import WeakModel
from lakegloss.core.data_types import is_boolean, is_orderable, is_text
from lakegloss.core.evidence import CODE_LIMIT
from lakegloss.core.labels.label_part import LabelPart
from lakegloss.core.records import LedgerRow
from lakegloss.core.report.charts import number
from lakegloss.core.report.coverage import Coverage, SchemaUsage, coverage_of
from lakegloss.core.report.relations import Relation, RelationPicture
from lakegloss.core.report.since import Since
from lakegloss.core.report.standing import AssetState, Standing
from lakegloss.core.report.worst import Ratings
from lakegloss.core.report.wrong_texts import WrongText
from lakegloss.core.words.meaning.unknown import UnknownWord

STANDING_NAMES: Mapping[str, str] = {
    Standing.MODEL: "language model",
    Standing.RULES: "built-in rules",
    Standing.INHERITED: "inherited",
    Standing.HUMAN: "reviewers' edits",
    Standing.PEOPLE: "people",
    Standing.PROPOSED: "proposed, not applied",
    Standing.NOT_WRITABLE: "not writable here",
    Standing.MISSING: "missing",
}
"""The standings in words, in the order in which charts stack them."""

_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBounds:
    """How much a report shows in detail; the rest is only counted.

    Attributes:
        looked: how many tables' comments are read again from the catalog.
    """

    tables: int = 200
    columns: int = 12_000
    summarised: int = 5_000
    examples: int = 8
    runs: int = 20
    looked: int = 500
    personal: int = 300
    unknown: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDetail:
    """A column of a table in detail; facts are the evidence in a few words each."""

    state: AssetState
    semantic: str = ""
    personal: str = ""
    key: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDetail:
    """A table with its columns in order; rows is None where the table was not profiled."""

    state: AssetState
    coverage: Coverage
    columns: tuple[ColumnDetail, ...]
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """A table in the index.

    Attributes:
        comment: its own, or the draft that waits; `is_draft` says which.
        wrong: how many comments the data contradict; personal: how many columns hold personal data.
        more: names of columns by which a search finds a table that has no details in the page.
    """

    coverage: Coverage
    schema: str
    kind: str = ""
    comment: str = ""
    is_draft: bool = False
    wrong: int = 0
    personal: int = 0
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A reason for missing comments, how many assets it concerns, and some of them."""

    reason: str
    assets: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run; seconds is None while it still runs, cost is None without a price."""

    run_id: str
    command: str
    status: str
    started_at: datetime
    seconds: float | None
    tokens: int
    cost: float | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """Everything that a report shows.

    Attributes:
        tables: the first tables, in detail; summarised: the next ones, as counts; beyond: how many
            more there are.
        checks: how many proposals failed each check; semantic, personal: how many columns each
            class has.
        weak_models: models whose texts often have no relation to what they were asked about.
        wrong_texts: comments of lakegloss that the data contradict, of all tables.
        index: the tables in detail and those that are summarised, by name.
        ratings: the worst comments among the tables shown.
        relations: references between tables; pictures: as they are drawn.
        personal_columns: table, column and class of the first of them.
        unknown: words of names in the tables shown that lakegloss does not know.
        inventory_at: when the inventory changed last; None where it is empty.
        since: what is otherwise in the catalog by now; None where nobody looked.
        statements: how many were carried out; calls: how many attempts at requests were paid.
        cost: in dollars; None without prices.
    """

    generated_at: datetime
    version: str
    schema: str
    patterns: tuple[str, ...]
    total: Coverage
    schemas: tuple[Coverage, ...]
    tables: tuple[TableDetail, ...]
    summarised: tuple[Coverage, ...]
    beyond: int
    gaps: tuple[Gap, ...]
    unreadable: tuple[tuple[str, str], ...]
    checks: Mapping[str, int]
    semantic: Mapping[str, int]
    personal: Mapping[str, int]
    usage: tuple[SchemaUsage, ...]
    statements: int
    calls: int
    cost: float | None
    runs: tuple[RunLine, ...]
    weak_models: tuple[WeakModel, ...] = ()
    wrong_texts: tuple[WrongText, ...] = ()
    index: tuple[IndexLine, ...] = ()
    ratings: Ratings = field(default_factory=Ratings)
    relations: tuple[Relation, ...] = ()
    pictures: tuple[RelationPicture, ...] = ()
    personal_columns: tuple[tuple[str, str, str], ...] = ()
    unknown: tuple[UnknownWord, ...] = ()
    inventory_at: datetime | None = None
    since: Since | None = None
    labels: LabelPart | None = None

    @property
    def input_tokens(self) -> float:
        return sum(usage.input_tokens for usage in self.usage)

    @property
    def output_tokens(self) -> float:
        return sum(usage.output_tokens for usage in self.usage)

    @property
    def estimated(self) -> bool:
        """Whether some of the tokens are estimates."""
        return any(usage.estimated for usage in self.usage)


def gaps_of(states: Sequence[AssetState], *, examples: int) -> tuple[Gap, ...]:
    """Group assets without a comment by the reason, the most common reason first."""
    names_by_reason: dict[str, list[str]] = {}
    for state in states:
        if state.reason:
            name = f"{state.table}.{state.column}" if state.column else state.table
            names_by_reason.setdefault(state.reason, []).append(name)
    gaps = [
        Gap(reason=reason, assets=len(names), examples=tuple(names[:examples]))
        for reason, names in names_by_reason.items()
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.assets, gap.reason)))


def in_detail(
    names: Sequence[str], states: Mapping[str, Sequence[AssetState]], limits: ReportBounds
) -> list[str]:
    """Select the first tables: as many as the limits allow, and at least one."""
    shown: list[str] = []
    columns = 0
    for name in names[: limits.tables]:
        columns += len(states[name])
        if shown and columns > limits.columns:
            break
        shown.append(name)
    return shown


def total_cost(
    usage: Sequence[SchemaUsage], runs: Sequence[LedgerRow], patterns: Sequence[str]
) -> float | None:
    """Sum up dollars at the prices that are set now, else as the runs recorded them.

    What a run recorded is not split by table, so with patterns its sum would mislead.
    """
    current = [item.cost for item in usage if item.cost is not None]
    if current:
        return sum(current)
    recorded = [run["cost"] for run in runs if run["cost"] is not None]
    return sum(recorded) if recorded and not patterns else None


def table_detail(
    states: Sequence[AssetState], evidence: Mapping[str, LedgerRow], *, show_values: bool
) -> TableDetail:
    """Show one table from the states of its assets and the evidence of its columns by path."""
    table_state = next((s for s in states if not s.column), None)
    table_state = table_state or AssetState(table=states[0].table, column="")
    columns = sorted((s for s in states if s.column), key=lambda s: s.position)
    rows = [row["rows"] for row in evidence.values() if row["rows"] is not None]
    return TableDetail(
        state=table_state,
        coverage=coverage_of(table_state.table, states),
        columns=tuple(
            _column_detail(state, evidence.get(state.column), show_values=show_values)
            for state in columns
        ),
        rows=max(rows) if rows else None,
    )


def _column_detail(state: AssetState, row: LedgerRow | None, *, show_values: bool) -> ColumnDetail:
    if row is None:
        return ColumnDetail(state=state)
    return ColumnDetail(
        state=state,
        semantic=(row["semantic"] or "").replace("_", " "),
        personal=(row["personal"] or "").replace("_", " "),
        key=_key_words(row),
        facts=tuple(facts_of(row, show_values=show_values)),
    )


def _key_words(row: LedgerRow) -> str:
    if row["reference"]:
        return f"refers to {row['reference']}"
    role = row["key_role"]
    return {"primary": "primary key", "unique": "unique", "foreign": "foreign key"}.get(role, "")


def facts_of(row: LedgerRow, *, show_values: bool) -> list[str]:
    """The evidence of a column in short phrases: nulls, distinct values, range, codes or shape.

    Where not all rows were read, the last phrase says so.

    Values of a column with personal data never appear, masked or not. Values of other columns
    appear only with `show_values`.
    """
    facts = [_null_words(row), _distinct_words(row)]
    if show_values and not row["personal"] and not row["masked"]:
        facts += [_range_words(row), _code_words(row)]
    elif row["shapes"]:
        facts.append(f"shape {row['shapes'][0]['value']}")
    if any(facts) and _is_sampled(row):
        facts.append(f"of a sample of {number(row['rows_read'])} rows")
    return [fact for fact in facts if fact]


def _null_words(row: LedgerRow) -> str:
    share = row["null_share"] or 0.0
    if not row["rows_read"]:
        return "no rows"
    if share >= 1:
        return "always null"
    return f"{percent(share)} null" if share > 0 else ""


def _distinct_words(row: LedgerRow) -> str:
    if not row["distinct"]:
        return ""
    about = "" if row["distinct_exact"] or _is_sampled(row) else "about "
    return f"{about}{number(row['distinct'])} distinct"


def _is_sampled(row: LedgerRow) -> bool:
    return 0 < (row["rows_read"] or 0) < (row["rows"] or 0)


def _range_words(row: LedgerRow) -> str:
    has_range = is_orderable(row["data_type"] or "")
    if not has_range or not row["minimum"] or row["minimum"] == row["maximum"]:
        return ""
    return f"{row['minimum']} to {row['maximum']}"


def _code_words(row: LedgerRow) -> str:
    codes = [item["value"] for item in row["frequent"] or ()]
    is_enumeration = 0 < (row["distinct"] or 0) <= CODE_LIMIT and (
        row["distinct_exact"] or _is_sampled(row)
    )
    data_type = row["data_type"] or ""
    if not is_enumeration or not (is_text(data_type) or is_boolean(data_type)):
        return ""
    more = ", …" if len(codes) > _EXAMPLES else ""
    return ", ".join(codes[:_EXAMPLES]) + more


def percent(share: float) -> str:
    """Write a share of 0 to 1; it is never rounded to 0 % where it is more, nor to 100 %."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{share:.0%}".replace("%", " %")


def money(dollars: float | None) -> str:
    """Write dollars for people; small sums keep their digits. 'none' where no price is set."""
    if dollars is None:
        return "none"
    if dollars == 0 or dollars >= 1:
        return f"${dollars:,.2f}"
    return f"${dollars:.4f}"

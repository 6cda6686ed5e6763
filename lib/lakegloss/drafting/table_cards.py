"""Defines the card by which callers without a lake describe a table, and their comments."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.settings_views import DraftingSettings

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
MOST_COLUMNS = 5_000
_UNKNOWN = -1
_MANY = 1_000
_WHOLE = 0.995

COMMENT_RESULT = (
    "table string, comments array<struct<column:string,comment:string,source:string,model:string,"
    "checks:array<string>,reason:string>>, quality array<struct<column:string,score:double,"
    "problems:array<string>>>, error string, problem string, model string, "
    "program_version string, version string, input_tokens bigint, output_tokens bigint"
)
"""The outputs of the signature in `serving.model.types`: for `spark_udf` and `ai_query`."""


class Strict(BaseModel):
    """Refuses unknown fields, as a misspelt one would be ignored."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class FrequentValue(Strict):
    """A value with its share of the rows that have one."""

    value: str = Field(max_length=1_000)
    share: float = Field(0.0, ge=0, le=1)


class ColumnCard(Strict):
    """A column with what is known of its data.

    Values given here reach the model as far as the service's policy for values lets them.
    """

    name: Path = Field(description="A path; parts with dots in backticks.")
    type: str = Field("string", max_length=200_000, description="Spark's simple string.")
    comment: str = Field("", max_length=10_000)
    null_share: float | None = Field(None, ge=0, le=1)
    distinct: int | None = Field(
        None,
        ge=0,
        le=2**53,
        description="Distinct values; by default all that `frequent` has, "
        "where its shares come to 1, else not known.",
    )
    rows_read: int | None = Field(
        None, ge=0, le=2**53, description="Rows that the facts rest on; by default all."
    )
    distinct_exact: bool = True
    minimum: str = Field("", max_length=1_000)
    maximum: str = Field("", max_length=1_000)
    mean: float | None = Field(None, allow_inf_nan=False)
    mean_length: float | None = Field(None, allow_inf_nan=False)
    frequent: list[FrequentValue] = Field(
        [], max_length=12, description="The commonest values, with their shares of those there are."
    )
    shapes: list[FrequentValue] = Field([], max_length=3, description="AAA-9999 with shares.")
    semantic: str = Field("", max_length=100)
    personal: str = Field(
        "", pattern="^[a-z_]{0,40}$", description="Class of personal data; '' lets it be found."
    )
    masked: bool = Field(default=False, description="Values are shapes already.")
    key_role: Literal["", "primary", "unique", "foreign"] = ""
    reference: str = Field("", max_length=600, description="schema.table.column")


class TableCard(Strict):
    """A table with its columns. Style, language and lengths are by default the settings'."""

    table: Path = Field(description="schema.table or catalog.schema.table")
    comment: str = Field("", max_length=10_000)
    rows: int | None = Field(None, ge=0, le=2**53, description="0 is an empty table.")
    columns: list[ColumnCard] = Field(max_length=MOST_COLUMNS)
    policy: Literal["missing", "all"] = "missing"
    style: Literal["concise", "standard", "detailed"] | None = None
    language: str | None = Field(None, min_length=1, max_length=60)
    guidance: list[Line] = Field([], max_length=20)


class ProposedComment(BaseModel):
    """A comment for the table (column is '') or a column.

    Attributes:
        source: `model`; `rules` where no text of a model passed the checks; `none` without text.
        model: the name of the model that wrote it.
        checks: which checks the model's last text failed.
        reason: why the text is not a model's.
    """

    column: str
    comment: str
    source: Literal["model", "rules", "none"]
    model: str = ""
    checks: list[str] = []
    reason: str = ""


def settings_for(card: TableCard, settings: DraftingSettings) -> DraftingSettings:
    """The settings with the choices of a card."""
    style, language = card.style or settings.style, card.language or settings.language
    if (card.policy, style, language) == (settings.policy, settings.style, settings.language):
        return settings
    return replace(settings, policy=card.policy, style=style, language=language)


def table_of(card: TableCard) -> Table:
    """The table in a card, as the inventory would hold it."""
    columns = tuple(
        Column(path=c.name, data_type=c.type, comment=c.comment, position=place)
        for place, c in enumerate(card.columns)
    )
    return Table(name=card.table, comment=card.comment, columns=columns)


def evidence_of(card: TableCard) -> dict[str, Evidence]:
    """The evidence in a card by column, as profiling would gather it."""
    return {column.name: _evidence(card, column) for column in card.columns}


def _evidence(card: TableCard, column: ColumnCard) -> Evidence:
    return Evidence(
        table=card.table,
        column=column.name,
        data_type=column.type,
        rows=_UNKNOWN if card.rows is None else card.rows,
        rows_read=_rows_read(card, column),
        null_share=column.null_share or 0.0,
        distinct=_distinct(column),
        distinct_exact=column.distinct_exact,
        minimum=column.minimum,
        maximum=column.maximum,
        mean=column.mean,
        mean_length=column.mean_length,
        frequent=tuple(Frequent(value=f.value, share=f.share) for f in column.frequent),
        shapes=tuple(Frequent(value=f.value, share=f.share) for f in column.shapes),
        semantic=column.semantic,
        personal=column.personal,
        key_role=column.key_role,
        reference=column.reference,
        masked=column.masked,
    )


def _rows_read(card: TableCard, column: ColumnCard) -> int:
    """How many rows the facts rest on; many where the card has facts but no number of rows."""
    if column.rows_read is not None:
        return column.rows_read
    facts = (column.null_share, column.distinct, column.frequent, column.minimum, column.semantic)
    if not any(fact not in {None, ""} if not isinstance(fact, list) else fact for fact in facts):
        return 0
    return _MANY if card.rows is None else card.rows


def _distinct(column: ColumnCard) -> int:
    """How many distinct values there are; 0 where the card does not tell."""
    if column.distinct is not None:
        return column.distinct
    whole = sum(value.share for value in column.frequent) >= _WHOLE
    return len(column.frequent) if whole else 0

"""Measures coverage: how many assets have a comment, who wrote it, and what it cost."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lakegloss.core.checks.comment import Check
from lakegloss.core.names import schema_of
from lakegloss.core.records import LedgerRow, Source
from lakegloss.core.report.standing import COMMENTED, AssetState, Standing
from lakegloss.core.requests import dollars


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Counts of assets under one name: a table, a schema or all.

    Attributes:
        by_standing: assets by `Standing`; they add up to `assets`.
        before: assets that had a comment before lakegloss wrote any.
    """

    name: str
    tables: int = 0
    columns: int = 0
    before: int = 0
    thin: int = 0
    in_review: int = 0
    unreadable: int = 0
    by_standing: Mapping[Standing, int] = field(default_factory=dict)

    @property
    def assets(self) -> int:
        return self.tables + self.columns

    @property
    def commented(self) -> int:
        return sum(self.by_standing.get(standing, 0) for standing in COMMENTED)

    @property
    def written(self) -> int:
        """How many comments lakegloss wrote."""
        return self.commented - self.by_standing.get(Standing.PEOPLE, 0)

    @property
    def proposed(self) -> int:
        """How many assets have no comment, but a proposal that waits."""
        return self.by_standing.get(Standing.PROPOSED, 0)

    @property
    def missing(self) -> int:
        return self.by_standing.get(Standing.MISSING, 0)

    @property
    def writable(self) -> int:
        """How many assets have a comment, or could get one in this session."""
        return self.assets - self.by_standing.get(Standing.NOT_WRITABLE, 0)

    @property
    def share(self) -> float:
        """The share of writable assets with a comment, 0 to 1; 1 where no asset is writable."""
        return self.commented / self.writable if self.writable else 1.0

    @property
    def share_before(self) -> float:
        """The same share before lakegloss wrote its first comment."""
        return min(1.0, self.before / self.writable) if self.writable else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaUsage:
    """Tokens and dollars under one name; sums of shares of requests, so not whole numbers."""

    name: str
    requests: float = 0.0
    input_tokens: float = 0.0
    cached_tokens: float = 0.0
    output_tokens: float = 0.0
    cost: float | None = None
    estimated: bool = False


def coverage_of(name: str, states: Iterable[AssetState]) -> Coverage:
    """Count some assets."""
    states = list(states)
    table_states = [state for state in states if not state.column]
    return Coverage(
        name=name,
        tables=len(table_states),
        columns=len(states) - len(table_states),
        before=sum(state.commented_before for state in states),
        thin=sum(state.thin for state in states),
        in_review=sum(state.in_review for state in states),
        unreadable=sum(bool(state.error) for state in table_states),
        by_standing=Counter(state.standing for state in states),
    )


def by_schema(states: Iterable[AssetState]) -> list[Coverage]:
    """Coverage of each schema, by name."""
    return _grouped(states, lambda state: schema_of(state.table))


def by_table(states: Iterable[AssetState]) -> list[Coverage]:
    """Coverage of each table, by name."""
    return _grouped(states, lambda state: state.table)


def _grouped(states: Iterable[AssetState], name: Callable[[AssetState], str]) -> list[Coverage]:
    groups = defaultdict(list)
    for state in states:
        groups[name(state)].append(state)
    return [coverage_of(key, groups[key]) for key in sorted(groups)]


def failed_checks(proposals: Iterable[LedgerRow]) -> dict[str, int]:
    """Count the proposals that failed each check, the most common check first."""
    counts = Counter(check for row in proposals for check in set(row["checks"] or ()))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def judged_texts(
    proposals: Iterable[LedgerRow], models: Mapping[str, str]
) -> list[tuple[str, bool]]:
    """The newest text that a model gave for each asset, with whether it had no relation to it.

    Args:
        proposals: rows with `run_id` and `proposed_at`.
        models: the model that each run was to ask, by run.
    """
    newest: dict[tuple[str, str], LedgerRow] = {}
    for row in sorted(proposals, key=lambda row: row["proposed_at"]):
        newest[row["table"], row["column"]] = row
    return [
        (models.get(row["run_id"], ""), Check.UNRELATED in (row["checks"] or ()))
        for row in newest.values()
        if row["source"] == Source.MODEL or Check.UNRELATED in (row["checks"] or ())
    ]


def usage_by_schema(
    responses: Iterable[LedgerRow],
    *,
    price_input: float | None,
    price_output: float | None,
    tables: Collection[str] | None = None,
) -> list[SchemaUsage]:
    """Sum up tokens and dollars by schema; a request's are shared evenly among its assets.

    Args:
        responses: rows with `assets` (each with a `table`) and the counts of tokens; every paid
            attempt counts, usable or not.
        price_input: dollars a million tokens; without both prices the cost is None.
        price_output: as `price_input`. Cached tokens are counted at the full price.
        tables: only the shares of these tables are counted; None means all.
    """
    totals: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    estimated = set()
    for row in responses:
        asked = [asset["table"] for asset in row["assets"] or ()]
        wanted = Counter(schema_of(name) for name in asked if tables is None or name in tables)
        counts = (1, *(row[name] or 0 for name in _TOKENS))
        if not asked and tables is None:
            wanted[""] = 1
        for schema, assets in wanted.items():
            share = assets / max(1, len(asked))
            totals[schema] = [a + b * share for a, b in zip(totals[schema], counts, strict=True)]
            if row["usage_estimated"]:
                estimated.add(schema)
    return [
        _usage(schema, totals[schema], price_input, price_output, estimated=schema in estimated)
        for schema in sorted(totals)
    ]


_TOKENS = ("input_tokens", "cached_tokens", "output_tokens")


def _usage(
    name: str, sums: Sequence[float], price_in: float | None, price_out: float | None, *,
    estimated: bool,
) -> SchemaUsage:  # fmt: skip
    requests, sent, cached, answered = sums
    return SchemaUsage(
        name=name,
        requests=requests,
        input_tokens=sent,
        cached_tokens=cached,
        output_tokens=answered,
        cost=dollars(sent, answered, price_input=price_in, price_output=price_out),
        estimated=estimated,
    )

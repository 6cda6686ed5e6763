"""Reads what a review needs: proposals and decisions in the ledgers, comments in the catalog."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.checks.comment import Check
from lakegloss.core.ddl import is_in
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.plan.choices import NOTHING_KNOWN
from lakegloss.core.records import POLICY, LedgerRow, ProposalStatus, Source
from lakegloss.core.review.merge import AssetNow, Now, ProposalNow
from lakegloss.core.review.rows import Item
from lakegloss.core.selection import canonical, leave_out, like_any, matching
from lakegloss.core.stages import comments_of
from lakegloss.errors import AssetNotFoundError, SettingsError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets, with_moved
from lakegloss.lakehouse.ledgers.tables import DECISIONS, EVIDENCE, PROPOSALS
from lakegloss.lakehouse.survey.stamps import allowed
from lakegloss.lakehouse.threads import threads
from lakegloss.settings_views import ReviewSettings, Values

NO_CHECK = "none"
_PROPOSED = (
    "proposal_id", "table", "column", "text", "source", "status", "replaces", "checks", "reason",
    "proposed_at",
)  # fmt: skip
_DECIDED = ("decision_id", "verdict", "text", "decided_by", "origin")
_FACTS = (
    "data_type", "rows", "rows_read", "null_share", "distinct", "distinct_exact", "frequent",
    "shapes", "semantic", "personal", "reference", "masked",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Selects proposals by source, by a failed check (or `none`), or by a regex on the text."""

    source: str = ""
    check: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.source or self.check or self.text)

    def test(self) -> re.Pattern[str]:
        """Check the values; returns the pattern that texts must contain.

        Raises:
            SettingsError: a value cannot be used.
        """
        _one_of("--source", self.source, [source.value for source in Source])
        _one_of("--check", self.check, [NO_CHECK, *(check.value for check in Check)])
        try:
            return re.compile(self.text)
        except re.error as error:
            raise SettingsError(
                f"--text {self.text!r} is no regular expression: {error}.",
                remedy="Put a backslash before characters that are meant as they are.",
            ) from None


def _one_of(option: str, value: str, known: Sequence[str]) -> None:
    if value and value not in known:
        raise SettingsError(
            f"{option} {value!r} is not known.", remedy=f"One of: {', '.join(known)}."
        )


def proposals_for_review(
    ledgers: Ledgers,
    patterns: Sequence[str],
    which: Which,
    *,
    everything: bool = False,
) -> list[ProposalNow]:
    """The newest proposal of each asset, sorted by table.

    Args:
        everything: False leaves out the proposals that were decided on, and those that a person's
            own comment has overtaken.

    Raises:
        AssetNotFoundError: a pattern names tables that have no proposal.
        SettingsError: a value of `which` cannot be used.
    """
    pattern = which.test()
    wanted = canonical(patterns, Catalog(ledgers.spark).current)
    rows = ledgers.newest(PROPOSALS, like_any("table", wanted) if wanted else "true", _PROPOSED)
    named = _named({row["table"] for row in rows}, wanted)
    out = canonical(ledgers.exclude, Catalog(ledgers.spark).current)
    names = set(leave_out(sorted(named), out))
    decided = _decisions(ledgers, names)
    found = [_proposal(row, decided) for row in rows if row["table"] in names]
    kept = [
        item
        for item in found
        if (everything or not (item.verdict or item.status == ProposalStatus.OVERTAKEN))
        and which.source in {"", item.source}
        and (not which.check or which.check in (item.checks or (NO_CHECK,)))
        and pattern.search(item.words)
    ]
    return sorted(kept, key=lambda item: item.key)


def _named(names: set[str], wanted: Sequence[str]) -> set[str]:
    for pattern in wanted:
        if not matching(names, [pattern]):
            raise AssetNotFoundError(
                f"No comment was ever proposed for {pattern!r}.",
                remedy=f"Check the name, or draft first: lakegloss describe {pattern}",
            )
    return matching(names, wanted) if wanted else names


def _decisions(ledgers: Ledgers, tables: Collection[str]) -> dict[str, LedgerRow]:
    rows = ledgers.newest(DECISIONS, is_in("table", tables), _DECIDED)
    return {row["proposal_id"]: row for row in rows}


_UNDECIDED: LedgerRow = {"decision_id": "", "verdict": "", "text": "", "decided_by": "",
                    "origin": POLICY, "decided_at": None}  # fmt: skip


def _proposal(row: LedgerRow, decided: Mapping[str, LedgerRow]) -> ProposalNow:
    decision = decided.get(row["proposal_id"], _UNDECIDED)
    return ProposalNow(
        proposal_id=row["proposal_id"],
        key=AssetKey(row["table"], row["column"]),
        text=row["text"] or "",
        source=row["source"] or "",
        status=row["status"] or "",
        replaces=row["replaces"] or "",
        verdict=decision["verdict"],
        decided_text=decision["text"] or "",
        decided_by=decision["decided_by"] or "",
        decision_id=decision["decision_id"] or "",
        decided_at=decision["decided_at"],
        by_person=decision["origin"] != POLICY,
        checks=tuple(row["checks"] or ()),
        reason=row["reason"] or "",
    )


def read_all(catalog: Catalog, parallel_tables: int, names: Iterable[str]) -> dict[str, Table]:
    """Read these tables' current comments; a table that cannot be read says why in `error`."""
    with threads(parallel_tables) as pool:
        return {table.name: table for table in pool.map(catalog.read_comments, sorted(set(names)))}


def items_for(
    ledgers: Ledgers, settings: ReviewSettings, proposals: Sequence[ProposalNow]
) -> tuple[list[Item], list[AssetKey]]:
    """The rows of an export in the order of the tables, and the assets that no longer exist."""
    tables = read_all(
        Catalog(ledgers.spark), settings.parallel_tables, (p.key.table for p in proposals)
    )
    comments = {name: comments_of(table) for name, table in tables.items() if not table.error}
    places = {
        AssetKey(table.name, column.path): (column.position, column.data_type)
        for table in tables.values()
        for column in table.columns
    }
    seen = evidence_of_tables(ledgers, settings.values, tables)
    items, gone = [], []
    for proposal in sorted(proposals, key=lambda p: (p.key.table, places.get(p.key, (-1, ""))[0])):
        key = proposal.key
        if key.column not in comments.get(key.table, {}):
            gone.append(key)
            continue
        items.append(
            Item(
                key=key,
                proposal_id=proposal.proposal_id,
                text=proposal.words,
                comment=comments[key.table][key.column],
                data_type=places.get(key, (0, ""))[1],
                status=proposal.status,
                source=proposal.source,
                checks=proposal.checks,
                reason=proposal.reason,
                decided=_decided(proposal),
                decision_id=proposal.decision_id,
                evidence=seen.get(key),
            )
        )
    return items, gone


def _decided(proposal: ProposalNow) -> str:
    if not proposal.verdict or proposal.decided_at is None:
        return ""
    return f"{proposal.verdict} by {proposal.decided_by}, {proposal.decided_at:%Y-%m-%d}"


def evidence_of_tables(
    ledgers: Ledgers, values: Values, tables: Collection[str]
) -> dict[AssetKey, Evidence]:
    """The stored evidence of columns, cut down to what may be shown today."""
    stored = []
    for row in ledgers.newest(EVIDENCE, is_in("table", tables), (*_FACTS, "policy")):
        facts = {name: row[name] for name in _FACTS if row[name] is not None}
        for name in ("frequent", "shapes"):
            facts[name] = tuple(Frequent(**item) for item in row[name] or ())
        evidence = Evidence(table=row["table"], column=row["column"], **facts)
        stored.append((evidence, row["policy"] or ""))
    return {AssetKey(item.table, item.column): item for item in allowed(stored, values)}


def state_now(
    ledgers: Ledgers,
    settings: ReviewSettings,
    keys: Collection[AssetKey],
    *,
    tables: Mapping[str, Table] | None = None,
    authors: bool = False,
) -> Now:
    """Read the current comments and proposals of these assets.

    Args:
        tables: tables that the caller has read already.
        authors: whether to find out who wrote the current comments.
    """
    there = dict(tables or {})
    names = {key.table for key in keys}
    there |= read_all(Catalog(ledgers.spark), settings.parallel_tables, names - there.keys())
    rows = rows_of(ledgers.read(PROPOSALS).where(is_in("table", names)), PROPOSALS, _PROPOSED)
    rows.sort(key=lambda row: row["proposed_at"])
    decided = _decisions(ledgers, names)
    proposals = {row["proposal_id"]: _proposal(row, decided) for row in rows}
    newest = {proposal.key: proposal for proposal in proposals.values()}
    known = known_assets(ledgers, names) if authors else {}
    if authors:
        shown = {key: comments_of(there[key.table]).get(key.column, "") for key in keys}
        known = with_moved(ledgers, known, shown)
    assets = {}
    for key in keys:
        comment = comments_of(there[key.table]).get(key.column)
        if comment is not None and not there[key.table].error:
            author = known.get(key, NOTHING_KNOWN).author(comment)
            assets[key] = AssetNow(
                comment=comment, by_person=author == Source.HUMAN, newest=newest.get(key)
            )
    gone = {name: table.error for name, table in there.items() if table.error}
    return Now(assets=assets, proposals=proposals, gone=gone)

"""Pairs a champion's answers with those that a challenger gives beside it, seen by nobody.

Both answer the same cards, so the difference of a table's scores tells which version is better with
less noise than that of two tables. What the challenger answers in the shadow is scored by the same
checks; no text of it is kept beside the pair.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from lakegloss.core.release.arms import mark_of_unit
from lakegloss.core.release.assignment import place_of_unit
from lakegloss.core.release.guard import AnswerSeen, ScoredPair
from lakegloss.core.release.unit_scores import TextSeen, score_of_texts

SHADOW = "shadow"
"""The variant of answers that nobody sees; neither side of a rollout has it."""


def shadow_place(salt: str, unit: str) -> float:
    """Where a unit stands among those to be answered in the shadow, 0 (first) to 1 (excluded).

    It follows from another salt than who gets which version: else the units that get the
    challenger next would be those that were compared before.
    """
    return place_of_unit(f"shadow {salt}", unit)


def shadow_fingerprint(fingerprint: str, challenger_version: str) -> str:
    """Names what a challenger was asked in the shadow: another than any question of a real run.

    So its paid answers are found again for the same pair, and never become proposals.
    """
    text = f"shadow\0{fingerprint}\0{challenger_version}"
    return sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowPair:
    """One asset that both versions wrote for: a row of a ledger that is never changed.

    Attributes:
        champion_lost, challenger_lost: whether no text of that version could be used.
        champion_checks, challenger_checks: which checks its text failed.
        champion_score, challenger_score: by the checks as they counted then.
        champion_run: the run in which the champion wrote.
        fingerprint: see `shadow_fingerprint`; request_hash: of the challenger's answer.
    """

    rollout_id: str
    name: str
    table: str
    column: str
    champion_version: str
    challenger_version: str
    champion_lost: bool
    challenger_lost: bool
    champion_checks: tuple[str, ...]
    challenger_checks: tuple[str, ...]
    champion_score: float
    challenger_score: float
    champion_run: str
    fingerprint: str
    request_hash: str
    model: str
    run_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowTable:
    """What both versions got for one table.

    Attributes:
        failed: whether the challenger failed hard.
    """

    table: str
    champion: float
    challenger: float
    failed: bool
    at: datetime

    @property
    def unit_mark(self) -> str:
        """The mark of the table, as pairs of a rollout name it."""
        return mark_of_unit(self.table)

    @property
    def pair(self) -> ScoredPair:
        """The pair of the table with itself."""
        return ScoredPair(
            item_id=f"{self.unit_mark}|{self.unit_mark}",
            champion=self.champion, challenger=self.challenger,
        )  # fmt: skip


def shadow_tables(rows: Iterable[ShadowPair]) -> list[ShadowTable]:
    """The tables of these rows, each as the first run that paired it has it."""
    runs: defaultdict[str, defaultdict[str, dict[str, ShadowPair]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row in rows:
        runs[row.table][row.run_id].setdefault(row.column, row)
    found = []
    for table, by_run in runs.items():
        first = min(
            by_run.values(), key=lambda pairs: min((p.at, p.run_id) for p in pairs.values())
        )
        found.append(_table(table, list(first.values())))
    return sorted(found, key=lambda one: (one.at, one.table))


def _table(table: str, pairs: Sequence[ShadowPair]) -> ShadowTable:
    old, _ = score_of_texts(
        [TextSeen(lost=p.champion_lost, checks=p.champion_checks) for p in pairs]
    )
    new, failed = score_of_texts(
        [TextSeen(lost=p.challenger_lost, checks=p.challenger_checks) for p in pairs]
    )
    return ShadowTable(
        table=table, champion=old, challenger=new, failed=failed, at=max(p.at for p in pairs)
    )


def pairs_of_shadow(tables: Iterable[ShadowTable], *, used: Collection[str]) -> list[ScoredPair]:
    """The pairs of tables that no earlier look read, in this or in another pair.

    Args:
        used: ids of the pairs that were read before.
    """
    taken = {mark for pair in used for mark in pair.split("|")}
    return [table.pair for table in tables if table.unit_mark not in taken]


def answers_of_shadow(tables: Iterable[ShadowTable], *, since: datetime) -> list[AnswerSeen]:
    """The challenger's answers in the shadow since a time, for the account of hard failures."""
    return [
        AnswerSeen(answer_id=f"shadow {table.table}", failed=table.failed, at=table.at)
        for table in tables
        if table.at >= since
    ]


def tally_of_tables(tables: Sequence[ShadowTable]) -> Mapping[str, float]:
    """How the challenger did in the shadow, for people: tables, better, worse, failed, mean."""
    differences = [table.challenger - table.champion for table in tables]
    return {
        "tables": len(tables),
        "better": sum(difference > 0 for difference in differences),
        "worse": sum(difference < 0 for difference in differences),
        "failed": sum(table.failed for table in tables),
        "mean": sum(differences) / len(differences) if differences else 0.0,
    }

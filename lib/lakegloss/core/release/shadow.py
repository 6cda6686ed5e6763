"""Pairs a champion's answers with those that a challenger gives beside it, seen by nobody.

Both answer the same cards, or the same requests of a service, so the difference of a table's or a
caller's scores tells which version is better with less noise than that of two of them. What the
challenger answers in the shadow is scored by the same checks; no text of it is kept with the pair.
"""

import math
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

    In the service that is a column or the table of a card (`table` is ''), or what a program gave
    for a request (`column` is '', too).

    Attributes:
        champion_lost, challenger_lost: whether no text of that version could be used.
        champion_checks, challenger_checks: which checks its text failed.
        champion_score, challenger_score: by the checks as they counted then.
        champion_run: the run in which the champion wrote.
        fingerprint: see `shadow_fingerprint`; request_hash: of the challenger's answer.
        unit: the mark of the caller or session whose request it was; execution_id: the champion's
            answer to it. Both '' for tables that a run described.
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
    unit: str = ""
    execution_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowTable:
    """What both versions got for one unit: a table, or the requests of a caller or session.

    Attributes:
        table: its name, or the mark of the caller or session.
        failed: whether the challenger failed hard, for one of the requests at least.
        answers: the challenger's, for the account of hard failures.
        is_caller: whether it is a caller or a session.
    """

    table: str
    champion: float
    challenger: float
    failed: bool
    at: datetime
    answers: tuple[AnswerSeen, ...] = ()
    is_caller: bool = False

    @property
    def unit_mark(self) -> str:
        """The mark of the unit, as pairs of a rollout name it."""
        return mark_of_unit(self.table)

    @property
    def pair(self) -> ScoredPair:
        """The pair of the unit with itself."""
        return ScoredPair(
            item_id=f"{self.unit_mark}|{self.unit_mark}",
            champion=self.champion, challenger=self.challenger,
        )  # fmt: skip


def shadow_tables(rows: Iterable[ShadowPair]) -> list[ShadowTable]:
    """The units of these rows: tables, each as the first run that paired it has it, and callers.

    A caller or session counts by the mean of its requests, as it does where it gets one version.
    """
    runs: defaultdict[str, defaultdict[str, dict[str, ShadowPair]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    requests: defaultdict[str, defaultdict[str, dict[str, ShadowPair]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row in rows:
        if row.unit:
            requests[row.unit][row.execution_id].setdefault(row.column, row)
        else:
            runs[row.table][row.run_id].setdefault(row.column, row)
    found = [_caller(unit, by_request) for unit, by_request in requests.items()]
    for table, by_run in runs.items():
        first = min(
            by_run.values(), key=lambda pairs: min((p.at, p.run_id) for p in pairs.values())
        )
        found.append(_table(table, f"shadow {table}", list(first.values())))
    return sorted(found, key=lambda one: (one.at, one.table))


def _caller(unit: str, requests: Mapping[str, Mapping[str, ShadowPair]]) -> ShadowTable:
    each = [
        _table(unit, f"shadow {execution_id}", list(pairs.values()))
        for execution_id, pairs in sorted(requests.items())
    ]
    return ShadowTable(
        table=unit,
        champion=math.fsum(one.champion for one in each) / len(each),
        challenger=math.fsum(one.challenger for one in each) / len(each),
        failed=any(one.failed for one in each), at=max(one.at for one in each),
        answers=tuple(answer for one in each for answer in one.answers), is_caller=True,
    )  # fmt: skip


def _table(table: str, answer_id: str, pairs: Sequence[ShadowPair]) -> ShadowTable:
    old, _ = score_of_texts(
        [TextSeen(lost=p.champion_lost, checks=p.champion_checks) for p in pairs]
    )
    new, failed = score_of_texts(
        [TextSeen(lost=p.challenger_lost, checks=p.challenger_checks) for p in pairs]
    )
    at = max(p.at for p in pairs)
    return ShadowTable(
        table=table, champion=old, challenger=new, failed=failed, at=at,
        answers=(AnswerSeen(answer_id=answer_id, failed=failed, at=at),),
    )  # fmt: skip


def pairs_of_shadow(tables: Iterable[ShadowTable], *, used: Collection[str]) -> list[ScoredPair]:
    """The pairs of units that no earlier look read, in this or in another pair.

    Args:
        used: ids of the pairs that were read before.
    """
    taken = {mark for pair in used for mark in pair.split("|")}
    return [table.pair for table in tables if table.unit_mark not in taken]


def answers_of_shadow(tables: Iterable[ShadowTable], *, since: datetime) -> list[AnswerSeen]:
    """The challenger's answers in the shadow since a time, for the account of hard failures."""
    answers = (answer for table in tables for answer in table.answers)
    return [answer for answer in answers if answer.at is not None and answer.at >= since]


def tally_of_tables(tables: Sequence[ShadowTable]) -> Mapping[str, float]:
    """How a challenger did in the shadow, for people: tables, callers, better, worse, failed, mean.

    Sessions count as callers; the other figures are of tables and callers together.
    """
    differences = [table.challenger - table.champion for table in tables]
    callers = sum(table.is_caller for table in tables)
    return {
        "tables": len(tables) - callers,
        "callers": callers,
        "better": sum(difference > 0 for difference in differences),
        "worse": sum(difference < 0 for difference in differences),
        "failed": sum(table.failed for table in tables),
        "mean": sum(differences) / len(differences) if differences else 0.0,
    }

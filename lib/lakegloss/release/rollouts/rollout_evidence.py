"""Gathers the evidence of a rollout from the ledgers: what both versions answered since it began.

Comments count by the checks that they failed, executions of the service by whether something
usable came. Which version a batch run used stands in its row, so that what the rules wrote in a
version's place counts against it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lakegloss.core.checks.quality import VERSION
from lakegloss.core.ddl import is_in, literal
from lakegloss.core.monitoring.alert_states import AlertStatus
from lakegloss.core.records import Source
from lakegloss.core.release.arms import (
    ArmScore,
    answers_of,
    lost_pairs_of_arms,
    pairs_of_arms,
    ratio_of,
)
from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.core.release.guard import AccountKey
from lakegloss.core.release.rollout_steps import CLOCKS, RolloutRow
from lakegloss.core.release.unit_scores import TextSeen, score_of_texts
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import DONE
from lakegloss.lakehouse.ledgers.tables import (
    ALERTS,
    EXECUTIONS,
    PROPOSALS,
    RESPONSES,
    ROLLOUTS,
    RUNS,
    Ledger,
)
from lakegloss.release.rollout import RolloutEvidence

METRIC = "usable and past the checks, of all that was asked"
ANSWER_ERROR = "AnswerError"
_PROPOSAL = ("table", "column", "source", "checks", "text", "run_id", "proposed_at")
_EXECUTION = (
    "execution_id", "program_version", "variant", "unit", "success", "error_type", "ended_at"
)  # fmt: skip


class LedgerEvidence:
    """Gathers evidence from proposals and executions."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        """What both versions answered since the rollout began, see `EvidenceSource`."""
        begun = self.began(row)
        latest = row.at + CLOCKS  # a clock that is ahead would hide that no answers come
        tables = [score for score in self._of_batches(row, begun) if score.at <= latest]
        calls = [score for score in self._of_service(row, begun) if score.at <= latest]
        scores = [*tables, *(call for call in calls if not call.lost)]
        rightly = [call for call in calls if _is_assigned(row, call.unit, call.variant)]
        in_stage = [call for call in rightly if call.at >= row.stage_since]
        mine = [score for score in scores if score.variant is Variant.CHALLENGER]
        stage = [score for score in mine if score.at >= row.stage_since]
        return RolloutEvidence(
            key=AccountKey(
                name=row.name, champion=row.champion_version, challenger=row.challenger_version,
                metric=METRIC, metric_version=VERSION, grouped=True,
            ),
            pairs=pairs_of_arms([*tables, *rightly], used=used, salt=row.salt),
            lost=lost_pairs_of_arms(in_stage, used=used, salt=row.salt),
            alerts=self._alerts(row, begun),
            answers=answers_of(scores, since=since),
            answered_at=max((score.at for score in mine), default=None),
            in_stage=len(stage),
            ratio=_worst_ratio(row, tables, calls),
        )  # fmt: skip

    def began(self, row: RolloutRow) -> datetime:
        """When the rollout of a row began."""
        frame = self._ledgers.read(ROLLOUTS).where(f"rollout_id = {literal(row.rollout_id)}")
        began: datetime = min(found["at"] for found in rows_of(frame, ROLLOUTS, ("at",)))
        return began

    def _of_batches(self, row: RolloutRow, begun: datetime) -> list[ArmScore]:
        sides = self.runs(row, begun)
        if not sides:
            return []
        frame = self._ledgers.read(PROPOSALS).where(is_in("run_id", sides))
        drafted = list(rows_of(frame, PROPOSALS, _PROPOSAL))
        tables: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for proposal in [*drafted, *without_draft(self._asked(sides), drafted)]:
            # What was taken over from another column is no answer of the version.
            is_answer = proposal["source"] in {Source.MODEL, Source.RULES}
            if is_answer and _is_assigned(row, proposal["table"], sides[proposal["run_id"]][0]):
                tables[proposal["run_id"], proposal["table"]].append(proposal)
        return [
            replace(score_of_table(found, sides[run][0]), stratum=f"tables {sides[run][1]}")
            for (run, _), found in tables.items()
        ]

    def _asked(self, sides: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """What a model answered about in runs that came to their end, asset by asset."""
        ended = self._ledgers.read(RUNS).where(f"{is_in('run_id', sides)} AND status = '{DONE}'")
        done = {run["run_id"] for run in rows_of(ended, RUNS, ("run_id",))}
        if not done:
            return []
        frame = self._ledgers.read(RESPONSES).where(is_in("run_id", done))
        return [
            {"run_id": r["run_id"], "proposed_at": r["answered_at"], **asset}
            for r in rows_of(frame, RESPONSES, ("run_id", "answered_at", "assets"))
            for asset in _assets(r["assets"])
        ]

    def runs(self, row: RolloutRow, begun: datetime) -> Mapping[str, tuple[Variant, str]]:
        """Runs since the rollout began that used one of its versions, each with its model."""
        names = {
            f"{row.name}/{row.champion}": Variant.CHAMPION,
            f"{row.name}/{row.challenger}": Variant.CHALLENGER,
        }
        frame = self._ledgers.read(RUNS).where(
            f"command = 'describe' AND started_at >= {_moment(begun)}"
        )
        found = {}
        for run in rows_of(frame, RUNS, ("run_id", "settings")):
            settings = json.loads(run["settings"] or "{}")
            variant = names.get(settings.get("program", ""))
            if variant is not None and settings.get("model"):
                found[run["run_id"]] = variant, str(settings["model"])
        return found

    def _of_service(self, row: RolloutRow, begun: datetime) -> list[ArmScore]:
        if not self._is_there(EXECUTIONS):
            return []
        self._ledgers.ensure_more(EXECUTIONS)  # one of an older version lacks columns
        versions = [row.champion_version, row.challenger_version]
        frame = self._ledgers.read(EXECUTIONS).where(
            f"{is_in('program_version', versions)} AND ended_at >= {_moment(begun)} "
            f"AND {is_in('variant', [v.value for v in Variant])}"
        )
        found: dict[str, ArmScore] = {}  # each once: a job that was cut off carries some again
        for execution in rows_of(frame, EXECUTIONS, _EXECUTION):
            is_new = execution["program_version"] == row.challenger_version
            if is_new is not (execution["variant"] == Variant.CHALLENGER.value):
                continue  # of another rollout, or asked for by number
            failed = execution["error_type"] == ANSWER_ERROR
            # What is no answer may be the endpoint's fault, or the version's: both are compared.
            lost = not failed and bool(execution["error_type"] or not execution["success"])
            found[execution["execution_id"]] = ArmScore(
                answer_id=execution["execution_id"], unit=execution["unit"] or "",
                variant=Variant(execution["variant"]), score=float(not failed), failed=failed,
                at=execution["ended_at"], stratum="calls", lost=lost,
            )  # fmt: skip
        return list(found.values())

    def _alerts(self, row: RolloutRow, begun: datetime) -> list[str]:
        """Alerts that began since the rollout did and are on for the challenger alone."""
        if not self._is_there(ALERTS):
            return []
        versions = [row.champion_version, row.challenger_version]
        rows = self._ledgers.newest(
            ALERTS, is_in("program_version", versions), ("alert", "program_version", "status")
        )
        newest: dict[str, Mapping[str, Any]] = {}
        for found in sorted(rows, key=lambda found: int(found["number"])):
            newest[found["alert_id"]] = found
        firing = AlertStatus.FIRING.value
        on = [r for r in newest.values() if r["status"] == firing and r["at"] >= begun]
        theirs = {r["alert"] for r in on if r["program_version"] == row.champion_version}
        mine = {r["alert"] for r in on if r["program_version"] == row.challenger_version}
        return sorted(mine - theirs)

    def _is_there(self, ledger: Ledger) -> bool:
        return bool(self._ledgers.spark.catalog.tableExists(self._ledgers.name(ledger)))


def _is_assigned(row: RolloutRow, table: str, variant: Variant) -> bool:
    """Whether a table got the version that it is assigned: a run by hand is no evidence."""
    if variant is Variant.CHALLENGER:
        return variant_of_unit(row.salt, table, row.share) is variant
    return True


def _assets(assets: Iterable[Any] | None) -> list[dict[str, str]]:
    return [{"table": str(one["table"]), "column": str(one["column"])} for one in assets or ()]


def without_draft(
    asked: Iterable[Mapping[str, Any]], drafted: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """What keeps its old comment, as no text of a version passed: proposals without a text.

    Left out, it would favour the version that fails there.

    Args:
        asked: assets that a model answered about in runs that came to their end.
        drafted: the proposals of these runs.
    """
    there = {(one["run_id"], one["table"], one["column"]) for one in drafted}
    missing: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for one in sorted(asked, key=lambda one: one["proposed_at"]):
        key = (one["run_id"], one["table"], one["column"])
        if key not in there:
            missing[key] = {**one, "source": Source.MODEL.value, "checks": (), "text": ""}
    return list(missing.values())


def text_seen(proposal: Mapping[str, Any]) -> TextSeen:
    """What a proposal says of its version: lost is what the rules wrote in its place."""
    lost = proposal["source"] == Source.RULES or not proposal["text"]
    return TextSeen(lost=lost, checks=tuple(proposal["checks"] or ()))


def score_of_table(proposals: Sequence[Mapping[str, Any]], variant: Variant) -> ArmScore:
    """What a run drafted for a table, as one answer (`score_of_texts`)."""
    score, failed = score_of_texts([text_seen(proposal) for proposal in proposals])
    first = proposals[0]
    return ArmScore(
        answer_id=f"{first['run_id']} {first['table']}", unit=first["table"], variant=variant,
        score=score, failed=failed,
        at=max(p["proposed_at"] for p in proposals),
    )  # fmt: skip


def _worst_ratio(row: RolloutRow, tables: Iterable[ArmScore], calls: Iterable[ArmScore]) -> Any:
    checks = [
        ratio_of(
            [score for score in scores if score.at >= row.stage_since],
            salt=row.salt, share=row.share, arrive_alike=arrive_alike,
        )
        for scores, arrive_alike in ((tables, False), (calls, True))
    ]  # fmt: skip
    return min(checks, key=lambda check: 1.0 if check.p is None else check.p)


def _moment(at: datetime) -> str:
    return f"timestamp_micros({int(at.astimezone(UTC).timestamp() * 1_000_000)})"

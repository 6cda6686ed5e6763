"""Keeps what challengers answered in the shadow of the service: scores and costs, never a text."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lakegloss.core.release.shadow import ShadowPair
from lakegloss.core.release.unit_scores import TextSeen
from lakegloss.serving.api.database.schema import SHADOW_ANSWERS
from lakegloss.serving.api.database.store import Store, in_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowSpend:
    """What one answer in the shadow cost, of whichever process."""

    execution_id: str
    at: datetime
    input_tokens: int
    output_tokens: int


class ShadowAnswers:
    """Reads and writes answers in the shadow.

    Raises:
        SQLAlchemyError: the database fails; raised by every method but `record`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, row: Mapping[str, Any]) -> "Future[None]":
        """Write one answer, see `Store.record`."""
        return self._store.record(row, SHADOW_ANSWERS)

    def spent(self, since: datetime) -> list[ShadowSpend]:
        """What was spent since a time, oldest first."""
        table = SHADOW_ANSWERS.c
        columns = (table.execution_id, table.at, table.input_tokens, table.output_tokens)
        query = select(*columns).where(table.at >= since).order_by(table.at)
        with self._store.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [ShadowSpend(**{**row, "at": in_utc(row["at"])}) for row in rows]

    def uncarried(self, limit: int = 1_000) -> list[dict[str, Any]]:
        """The oldest answers that no job has carried into the ledgers yet."""
        table = SHADOW_ANSWERS.c
        query = select(SHADOW_ANSWERS).where(table.carried.is_(False)).limit(limit)
        query = query.order_by(table.at, table.execution_id)
        with self._store.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [{**row, "at": in_utc(row["at"])} for row in rows]

    def mark_carried(self, execution_ids: Sequence[str]) -> None:
        """Mark these answers as carried into the ledgers."""
        chosen = SHADOW_ANSWERS.c.execution_id.in_(list(execution_ids))
        with self._store.engine.begin() as connection:
            connection.execute(update(SHADOW_ANSWERS).where(chosen).values(carried=True))


def texts_of(
    champion: Mapping[str, TextSeen], challenger: Mapping[str, TextSeen]
) -> list[dict[str, Any]]:
    """What both versions got for the same columns, as a row keeps it."""
    return [
        {
            "column": column,
            "champion_lost": champion[column].lost,
            "champion_checks": list(champion[column].checks),
            "challenger_lost": challenger[column].lost,
            "challenger_checks": list(challenger[column].checks),
        }
        for column in champion
        if column in challenger
    ]


def pairs_of_answer(row: Mapping[str, Any], run_id: str) -> list[ShadowPair]:
    """The pairs of one answer, as the ledger keeps them; none where the call gave no verdict."""
    return [_pair(row, text, run_id) for text in row["texts"]]


def _pair(row: Mapping[str, Any], text: Mapping[str, Any], run_id: str) -> ShadowPair:
    old = TextSeen(lost=text["champion_lost"], checks=tuple(text["champion_checks"]))
    new = TextSeen(lost=text["challenger_lost"], checks=tuple(text["challenger_checks"]))
    return ShadowPair(
        rollout_id=row["rollout_id"], name=row["name"], table="", column=text["column"],
        champion_version=row["champion_version"], challenger_version=row["challenger_version"],
        champion_lost=old.lost, challenger_lost=new.lost,
        champion_checks=tuple(old.checks), challenger_checks=tuple(new.checks),
        champion_score=old.score, challenger_score=new.score,
        champion_run="", fingerprint="", request_hash="", model=row["model"], run_id=run_id,
        at=row["at"], unit=row["unit"], execution_id=row["execution_id"],
    )  # fmt: skip

"""A process of its own that starts or steps a rollout, so that tests can kill it.

`python -m tests.kits.rollout_worker FILE DROP MINUTES` works on the store in that file, at so many
minutes after the start, with a challenger that is worse by DROP. Exit code 3: another one steps.
"""

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lakegloss.core.release.guard import AccountKey, AnswerSeen, ScoredPair
from lakegloss.core.release.rollout_steps import RolloutRow
from lakegloss.errors import RolloutBusyError
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.release.replacement.rollout_documents import DocumentRolloutStore
from lakegloss.release.rollout import RolloutEvidence, Rollouts

START = datetime(2026, 1, 1, tzinfo=UTC)
NAME, BUSY = "mail", 3
PAIRS_AN_HOUR = 40


class World:
    """Evidence that follows from the time alone, and the champion, in the store of the rollout."""

    def __init__(self, path: Path, drop: float, minutes: float) -> None:
        self._minutes, self._drop = minutes, drop
        self.now = START + timedelta(minutes=minutes)
        self.store = ProductionStore(path)
        self.rollouts = Rollouts(
            DocumentRolloutStore(self.store), self, self, clock=lambda: self.now
        )

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        count = int(PAIRS_AN_HOUR * self._minutes / 60)
        return RolloutEvidence(
            key=AccountKey(name=NAME, champion="a", challenger="b", metric="m"),
            pairs=[self._pair(n) for n in range(count) if f"i{n}" not in used],
            answers=[AnswerSeen(answer_id=f"a{n}", failed=False) for n in range(count)],
            answered_at=self.now, in_stage=PAIRS_AN_HOUR,
        )  # fmt: skip

    def _pair(self, number: int) -> ScoredPair:
        noise = random.Random(number).choice([-0.1, 0.0, 0.1])
        return ScoredPair(item_id=f"i{number}", champion=0.5, challenger=0.5 + noise - self._drop)

    def champion(self, name: str) -> int:
        return int(self.store.document("effects", name).get("champion", 1))

    def promote(self, row: RolloutRow) -> None:
        with self.store.changing("effects", row.name, self.now) as body:
            body["champion"] = row.challenger
            body["promotions"] = body.get("promotions", 0) + 1

    def project(self, row: RolloutRow) -> None:
        with self.store.changing("effects", row.name, self.now) as body:
            body["share"] = row.served_share


def run(path: Path, drop: float, minutes: float) -> RolloutRow:
    """Start the rollout where there is none, else step it."""
    world = World(path, drop, minutes)
    try:
        if world.rollouts.standing(NAME) is None:
            return world.rollouts.start(
                NAME, champion=1, challenger=2, champion_version="a", challenger_version="b"
            )
        return world.rollouts.step(NAME)
    finally:
        world.store.close()


if __name__ == "__main__":
    try:
        run(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
    except RolloutBusyError:
        sys.exit(BUSY)

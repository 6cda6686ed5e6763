"""Acts on what a rollout decided: the champion, the aliases, and the share that services follow."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from lakegloss.core.release.decisions import Alias
from lakegloss.core.release.decisions import standing as standing_of
from lakegloss.core.release.rollout_steps import RolloutRow, rules_from
from lakegloss.core.release.unguarded import guarded_until, last_step
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.release.registry import Registry
from lakegloss.release.releases import Releases, history_of
from lakegloss.release.rollouts.rollout_store import RolloutStore

TAG = "lakegloss_rollout"
"""The tag of a registered name that tells services the share; its truth is the ledger."""
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitNote:
    """What services follow: who gets which version, and until when.

    Attributes:
        number: of the row that it was made of.
        until: seconds since 1970 after which the champion answers all: nobody steps any more.
        shadow: the share of the champion's requests that the challenger answers, too, unseen.
        rollout_id: for which its answers in the shadow are compared.
    """

    number: int
    champion: int
    challenger: int
    share: float
    salt: str
    until: float
    shadow: float = 0.0
    rollout_id: str = ""

    @classmethod
    def of(cls, row: RolloutRow) -> Self:
        """The note of a row, see `last_step`."""
        rules = rules_from(row.rules)
        return cls(
            number=row.number, champion=row.champion, challenger=row.challenger,
            share=row.served_share, salt=row.salt,
            until=guarded_until(row).timestamp(),
            shadow=rules.shadow if row.is_active else 0.0, rollout_id=row.rollout_id,
        )  # fmt: skip

    def text(self) -> str:
        """The note as a tag holds it."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(values, ensure_ascii=True, sort_keys=True)


def read_note(text: str) -> SplitNote | None:
    """Read a tag; None where it is none, or cannot be read: then the champion answers all."""
    try:
        values: Mapping[str, Any] = json.loads(text)
        note = SplitNote(
            number=int(values["number"]), champion=int(values["champion"]),
            challenger=int(values["challenger"]), share=float(values["share"]),
            salt=str(values["salt"]), until=float(values["until"]),
            shadow=float(values.get("shadow", 0.0)), rollout_id=str(values.get("rollout_id", "")),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    shares = (note.share, note.shadow)
    is_asked = all(0 <= share <= 1 for share in shares) and any(shares)
    return note if is_asked and note.challenger > 0 else None


class LateRegistry:
    """Opens the registry when it is needed: a rollback must do without.

    Args:
        open_it: raises RegistryError where no server answers.
    """

    def __init__(self, open_it: Callable[[], Registry]) -> None:
        self._open_it = open_it

    @cached_property
    def registry(self) -> Registry:
        """The registry.

        Raises:
            RegistryError, EnvironmentNotReadyError: see `Registry`.
        """
        return self._open_it()


class LedgerEffects:
    """Keeps decisions on versions in the ledger, and tells the registry of them."""

    def __init__(self, ledgers: Ledgers, late: LateRegistry, store: RolloutStore) -> None:
        self._ledgers = ledgers
        self._late = late
        self._store = store

    def champion(self, name: str) -> int:
        """The champion by the decisions; 0 where none was made."""
        return standing_of(history_of(self._ledgers, name)).champion

    def promote(self, row: RolloutRow) -> None:
        """Make the challenger the champion, unless somebody decided on the champion since.

        Who did is seen by the champion, too: clocks of two machines differ.

        Raises:
            RegistryError, VersionNotFoundError, VersionRefusedError: it cannot be used.
        """
        decided = history_of(self._ledgers, row.name)
        later = [r for r in decided if r.alias == Alias.CHAMPION and r.decided_at > row.at]
        if not later and standing_of(decided).champion in {row.champion, row.challenger}:
            Releases(self._ledgers, self._late.registry).promote(
                row.name, row.challenger, reason=f"rollout: {row.reason}",
                decided_by=row.decided_by, instead_of=row.champion,
            )  # fmt: skip

    def project(self, row: RolloutRow) -> None:
        """Write the note of the newest row: another process may have added one meanwhile.

        Raises:
            RegistryError: the registry does not answer.
        """
        for _ in range(_TRIES):
            newest = last_step(self._store.rows(row.name))
            self._late.registry.check_alive()
            self._late.registry.tag(row.name, TAG, SplitNote.of(newest).text())
            after = last_step(self._store.rows(row.name))
            if (after.share, after.is_active) == (newest.share, newest.is_active):
                return

"""Puts together what commands and jobs need to carry rollouts on: ledgers, registry, evidence."""

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from lakegloss.core.going_on import going_on
from lakegloss.core.release.decisions import Release
from lakegloss.core.release.decisions import standing as standing_of
from lakegloss.core.release.rollout_steps import RolloutEvent, RolloutRow, RolloutRules
from lakegloss.core.release.shadow import shadow_tables, tally_of_tables
from lakegloss.errors import InputError, RolloutBusyError
from lakegloss.lakehouse.apply.version_comments import (
    WrittenComment,
    comments_of_version,
    drafts_of_version,
)
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.session.user import session_user
from lakegloss.programs.saved import load_saved
from lakegloss.release.registry import Registry
from lakegloss.release.releases import history_of
from lakegloss.release.rollout import Rollouts
from lakegloss.release.rollouts.rollout_effects import LateRegistry, LedgerEffects
from lakegloss.release.rollouts.rollout_evidence import LedgerEvidence
from lakegloss.release.rollouts.rollout_store import LedgerRolloutStore
from lakegloss.release.rollouts.shadow_pairs import ShadowedEvidence, ShadowPairs
from lakegloss.release.version import Reference, Version
from lakegloss.settings_views import RegistrySettings

_log = logging.getLogger("lakegloss.rollout")


class OpenedRollouts:
    """The rollouts of a lake."""

    def __init__(self, spark: Any, settings: RegistrySettings) -> None:
        self._spark = spark
        self._ledgers = Ledgers(spark, settings)
        self._late = LateRegistry(lambda: Registry(settings))
        self._store = LedgerRolloutStore(self._ledgers)
        self._pairs = ShadowPairs(self._ledgers)
        self.rollouts = Rollouts(
            self._store,
            ShadowedEvidence(self._pairs, LedgerEvidence(self._ledgers)),
            LedgerEffects(self._ledgers, self._late, self._store),
        )

    @cached_property
    def user(self) -> str:
        """The session's user."""
        return session_user(self._spark)

    def active(self) -> list[str]:
        """The names whose rollout a step may change."""
        standing = {name: self.rollouts.standing(name) for name in self._store.names()}
        return [
            name
            for name, row in standing.items()
            if row is not None and (row.is_active or row.event != RolloutEvent.SETTLE)
        ]

    def take_back_unguarded(self) -> list[RolloutRow]:
        """Take rollouts back that nobody guards any more, as the guard would without data.

        One that somebody changes at this moment is guarded; one that fails stops no other.

        Returns:
            The rows that end them.
        """
        found: list[RolloutRow] = []
        for name in self._store.names():
            with going_on(_log, "the rollout of %s cannot be taken back", name):
                try:
                    row = self.rollouts.take_back_unguarded(name, decided_by="the monitor")
                except RolloutBusyError:
                    continue
                found += [row] if row is not None else []
        return found

    def decisions(self, name: str) -> list[Release]:
        """The decisions on a name's versions, oldest first."""
        return history_of(self._ledgers, name)

    def champion(self, name: str) -> int:
        """The number of a name's champion by the decisions; 0 where none was made."""
        return standing_of(self.decisions(name)).champion

    def in_shadow(self, row: RolloutRow) -> Mapping[str, float]:
        """How a rollout's challenger did beside the champion, see `tally_of_tables`."""
        return tally_of_tables(shadow_tables(self._pairs.of(row)))

    def start(
        self, name: str, number: int, *, rules: RolloutRules, reason: str, again: bool
    ) -> RolloutRow:
        """Start the rollout of a version against the champion.

        Args:
            number: 0 is the challenger.

        Raises:
            InputError: there is no champion or no challenger, or see `Rollouts.start`.
            RegistryError and its subclasses: a version cannot be used.
        """
        stands = standing_of(self.decisions(name))
        if not stands.champion:
            raise InputError(
                f"{name!r} has no champion to be compared with.",
                remedy=f"`lakegloss promote {name} NUMBER` makes one.",
            )
        chosen = number or stands.challenger
        if not chosen:
            raise InputError(
                f"{name!r} has no challenger.", remedy="Give the version's number after the name."
            )
        old, new = self._usable(name, stands.champion), self._usable(name, chosen)
        return self.rollouts.start(
            name, champion=old.number, challenger=new.number, rules=rules, reason=reason,
            champion_version=old.program_version, challenger_version=new.program_version,
            decided_by=self.user, again=again,
        )  # fmt: skip

    def _usable(self, name: str, number: int) -> Version:
        registry = self._late.registry
        version = registry.find(Reference(name=name, number=number))
        load_saved(registry.saved(version))  # refuses what must not, or cannot, be used
        return version

    def comments(self, name: str, number: int = 0) -> list[WrittenComment]:
        """The comments that a challenger wrote in its rollouts, and that still stand.

        Args:
            number: of the version; 0 is the challenger of the last rollout. A later rollout of
                another version must not hide what a bad one wrote.

        Raises:
            InputError: the name, or the version, never had a rollout.
        """
        version, since = self._rolled_out(name, number)
        return comments_of_version(self._ledgers, version, since)

    def drafts(self, name: str, number: int = 0) -> dict[str, int]:
        """How many drafts of a challenger the next `apply` may write, by table.

        Args and Raises: see `comments`.
        """
        version, since = self._rolled_out(name, number)
        return drafts_of_version(self._ledgers, version, since)

    def _rolled_out(self, name: str, number: int) -> tuple[str, datetime]:
        """The hash of a challenger, and when its first rollout began."""
        rows = self.rollouts.history(name)
        chosen = number or (rows[-1].challenger if rows else 0)
        mine = [row for row in rows if row.challenger == chosen]
        if not mine:
            what = f"Version {number} of {name!r}" if number and rows else repr(name)
            raise InputError(
                f"{what} has no rollout.", remedy="`lakegloss rollout start` makes one."
            )
        return mine[-1].challenger_version, min(row.at for row in mine)

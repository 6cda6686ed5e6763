"""Decides which versions are in use: rows of a log of decisions, and aliases after them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from lakegloss.core.release.decisions import (
    Alias,
    Release,
    ReleaseAction,
    VersionStanding,
    standing,
)
from lakegloss.core.text.terminal import visible
from lakegloss.errors import DecisionOvertakenError, RegistryError, VersionNotFoundError
from lakegloss.faults import fault_point
from lakegloss.release.registry import Registry
from lakegloss.release.version import Reference, Version


class DecisionLog(Protocol):
    """Where decisions are kept."""

    def history(self, name: str) -> list[Release]:
        """The decisions on a name, oldest first."""

    def append_once(self, rows: Sequence[Release], *, app: str, number: int) -> None:
        """Add rows as a numbered transaction, which is done once; else they are left out."""

    def append(self, rows: Sequence[Release]) -> None:
        """Add rows."""

    def user(self) -> str:
        """Who decides, where nobody is named."""


class Deciding:
    """Promotes versions and takes promotions back.

    The rows of the ledger count; the registry's aliases are set after them, again if necessary.
    Each decision follows the one that its author could see: of two at the same time the later is
    refused (`DecisionOvertakenError`), and nothing of it is recorded.
    """

    def __init__(self, log: DecisionLog, registry: Registry) -> None:
        self._log = log
        self._registry = registry

    def history(self, name: str) -> list[Release]:
        """The decisions on a name, oldest first.

        Raises:
            CatalogError: the ledger cannot be made.
        """
        return self._log.history(name)

    def promote(
        self,
        name: str,
        number: int,
        *,
        alias: Alias = Alias.CHAMPION,
        reason: str = "",
        decided_by: str = "",
        instead_of: int = 0,
    ) -> VersionStanding:
        """Give an alias to a version; a challenger that becomes champion loses its old alias.

        What stands already is not decided again, but the aliases are set.

        Args:
            decided_by: by default the session's user.
            instead_of: the champion that it follows: where another one is champion by then,
                nothing is decided; 0 follows any.

        Raises:
            VersionRefusedError, VersionNotFoundError: it is not allowed, or does not exist.
            DecisionOvertakenError: somebody else decided meanwhile; never with `instead_of`.
            RegistryError, CatalogError: the registry or the ledger failed.
        """
        self._registry.check_name(name)
        known = self.history(name)  # before the version is read from the registry: it takes a while
        version = self._registry.find(Reference(name=name, number=number))
        self._require_usable(version)
        now = standing(known)
        decided = []
        if now.aliases[alias] != number:
            decided.append(_release(version, alias, ReleaseAction.PROMOTE, reason, decided_by))
        if alias == Alias.CHAMPION and now.challenger == number:
            decided.append(_withdrawal(version, reason, decided_by))
        return self._decide(name, known, decided, instead_of)

    def rollback(self, name: str, *, reason: str = "", decided_by: str = "") -> VersionStanding:
        """Make the champion before this one champion again.

        Raises:
            VersionNotFoundError: there was no champion before.
            DecisionOvertakenError, VersionRefusedError, RegistryError, CatalogError: see `promote`.
        """
        self._registry.check_name(name)
        known = self.history(name)
        now = standing(known)
        if not now.before:
            raise VersionNotFoundError(
                f"{name!r} had no champion before {now.champion or 'this one'}.",
                remedy="`lakegloss promote NAME NUMBER` makes one.",
            )
        version = self._registry.find(Reference(name=name, number=now.before))
        self._require_usable(version)
        return self._decide(
            name, known,
            [_release(version, Alias.CHAMPION, ReleaseAction.ROLLBACK, reason, decided_by)],
        )  # fmt: skip

    def refuse_overtaken(self, name: str, seen: Mapping[str, int]) -> None:
        """Refuse where somebody decided since the registry's aliases were seen.

        Whoever decides sees what stands, and then waits for Spark and for the catalog. An alias
        that only a hand moved is no decision.

        Raises:
            DecisionOvertakenError: somebody decided.
            RegistryError, CatalogError: see `promote`.
        """
        there = self._registry.aliases(name)
        if all(there.get(alias, 0) == seen.get(alias, 0) for alias in Alias):
            return
        history = self.history(name)
        wanted = standing(history).aliases
        if history and all(there.get(alias, 0) == wanted[alias] for alias in Alias):
            raise overtaken(name, history)

    @staticmethod
    def _after(history: Sequence[Release]) -> datetime:
        """A time that is now or later, and after every decision: other clocks may be ahead."""
        now = datetime.now(UTC)
        return max(now, history[-1].decided_at + timedelta(milliseconds=1)) if history else now

    def project(self, name: str) -> Mapping[str, tuple[int, int]]:
        """Set the registry's aliases to what the decisions say.

        A name without decisions is left alone.

        Returns:
            The versions before and after of each alias that was changed; 0 is none.

        Raises:
            RegistryError: the registry failed.
        """
        return project_decisions(self._registry, name, self.history(name))

    def _require_usable(self, version: Version) -> None:
        """Refuse what must not, or cannot, be used."""
        from lakegloss.programs.saved import load_saved  # DSPy takes a second, a typo less

        load_saved(self._registry.saved(version))

    def _decide(
        self,
        name: str,
        known: Sequence[Release],
        decided: Sequence[Release],
        instead_of: int = 0,
    ) -> VersionStanding:
        """Record what was decided, and set the aliases.

        Args:
            known: the decisions that this one was made upon.
        """
        if decided:
            by = decided[0].decided_by or self._log.user()
            signed = [replace(row, decided_by=by) for row in decided]
            stands = self._recorded(name, known, signed, instead_of)
            if stands is not None:
                return stands
        history = self.history(name)  # anew: whoever decided since must not be overwritten
        try:
            project_decisions(self._registry, name, history)
        except RegistryError as error:
            raise RegistryError(
                f"The decision on {name!r} is recorded, but the aliases could not be set: "
                f"{error.message}",
                remedy=f"`lakegloss versions {name}` sets them once the registry answers.",
            ) from error
        return standing(history)

    def _recorded(
        self, name: str, known: Sequence[Release], decided: Sequence[Release], instead_of: int
    ) -> VersionStanding | None:
        """Record a decision; what stands instead where another champion is not to be followed."""
        while True:
            now = standing(known)
            if instead_of and now.champion not in {instead_of, decided[0].version}:
                return now
            at = self._after(known)
            there = self._appended(name, known, [replace(row, decided_at=at) for row in decided])
            if there is None:
                fault_point("release.decided")
                return None
            if not instead_of:
                raise overtaken(name, there)
            known = there

    def _appended(
        self, name: str, known: Sequence[Release], rows: Sequence[Release]
    ) -> list[Release] | None:
        """Add rows as the decision after these; what is there instead where others were faster.

        They are a numbered transaction of the name, which Delta carries out once: so it is read
        back whose it was.
        """
        mine = {row.release_id for row in rows}
        self._log.append_once(rows, app=f"lakegloss releases {name}", number=len(known) + 1)
        there = self.history(name)
        if mine <= {release.release_id for release in there}:
            return None
        if len(there) > len(known):
            return there
        # A table that was restored remembers numbers whose rows are gone.
        self._log.append(rows)
        return None


def project_decisions(
    registry: Registry, name: str, decided: Sequence[Release]
) -> Mapping[str, tuple[int, int]]:
    """Set the registry's aliases to what decisions say, see `Releases.project`."""
    if not decided:
        return {}
    wanted, there = standing(decided).aliases, registry.aliases(name)
    changed = {}
    for alias, number in wanted.items():
        if there.get(alias, 0) != number:
            registry.point(name, alias, number or None)
            changed[alias] = (there.get(alias, 0), number)
    return changed


def in_order(found: Iterable[Release]) -> list[Release]:
    return sorted(found, key=lambda release: (release.decided_at, release.release_id))


def overtaken(name: str, history: Sequence[Release]) -> DecisionOvertakenError:
    """The error of a decision that another one came before; the last of these."""
    last = history[-1]
    number = f"version {last.version}" if last.version else "none"
    return DecisionOvertakenError(
        f"Somebody else decided on {name!r} meanwhile: {last.alias} is {number} "
        f"({visible(last.decided_by)}, {last.decided_at:%Y-%m-%d %H:%M:%S}). Nothing was changed.",
        remedy=f"`lakegloss versions {name}` shows it. Run the command again if it is still right.",
    )


def _release(
    version: Version,
    alias: Alias,
    action: ReleaseAction,
    reason: str,
    decided_by: str,
    *,
    number: int = -1,
) -> Release:
    return Release(
        release_id=uuid4().hex,
        name=version.name,
        alias=alias.value,
        version=version.number if number < 0 else number,
        action=action.value,
        program=version.program,
        program_version=version.program_version,
        measured=json.dumps(dict(version.measured), ensure_ascii=True, sort_keys=True),
        reason=reason,
        decided_by=decided_by,
        decided_at=datetime.now(UTC),
    )


def _withdrawal(version: Version, reason: str, decided_by: str) -> Release:
    return _release(version, Alias.CHALLENGER, ReleaseAction.WITHDRAW, reason, decided_by, number=0)

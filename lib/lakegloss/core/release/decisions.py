"""Finds a program's champion and challenger by replaying the decisions on its versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Alias(StrEnum):
    """CHAMPION answers; CHALLENGER may become the champion."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"


class ReleaseAction(StrEnum):
    """PROMOTE gives an alias; ROLLBACK returns it to the version before; WITHDRAW removes it."""

    PROMOTE = "promote"
    ROLLBACK = "rollback"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A decision on a version. `measured` is JSON; `version` is 0 where the alias names none."""

    release_id: str
    name: str
    alias: str
    version: int
    action: str
    program: str
    program_version: str
    measured: str
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStanding:
    """The champion and the challenger that follow from the decisions.

    Attributes:
        champions: all champions in order of time, the present one last; a rollback removes the
            last one.
        challenger: 0 where there is none.
    """

    champions: tuple[int, ...] = ()
    challenger: int = 0

    @property
    def champion(self) -> int:
        return self.champions[-1] if self.champions else 0

    @property
    def before(self) -> int:
        """The champion that a rollback goes back to; 0 where there is none."""
        return self.champions[-2] if len(self.champions) > 1 else 0

    @property
    def aliases(self) -> Mapping[str, int]:
        """The version that each alias should name; 0 means none."""
        return {Alias.CHAMPION.value: self.champion, Alias.CHALLENGER.value: self.challenger}


def standing(releases: Iterable[Release]) -> VersionStanding:
    """Replay the decisions on a program's versions in order of time."""
    champions: list[int] = []
    challenger = 0
    for release in sorted(releases, key=lambda r: (r.decided_at, r.release_id)):
        if release.alias == Alias.CHALLENGER:
            challenger = release.version
        elif release.action == ReleaseAction.ROLLBACK:
            champions = _back_to(champions, release.version)
        elif release.version and release.version != (champions[-1] if champions else 0):
            champions.append(release.version)
    return VersionStanding(champions=tuple(champions), challenger=challenger)


def _back_to(champions: list[int], version: int) -> list[int]:
    """Go back to a version; two rollbacks at the same time may name the same one."""
    if champions and champions[-1] == version:
        return champions
    kept = champions[:-1]
    return kept if kept and kept[-1] == version else [*champions, version]

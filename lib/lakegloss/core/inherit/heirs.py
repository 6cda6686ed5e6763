"""Chooses, among repeated columns of a chunk, which one is asked about and which wait for it."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from lakegloss.core.assets import AssetKey
from lakegloss.core.inherit.inheritance import Donor, Inheritance
from lakegloss.core.inherit.repeats import Group
from lakegloss.core.plan.tasks import TableTasks

_COMMENTS_A_CALL = 60


class Heirs:
    """Tracks which columns of a chunk wait for the text of another column (heirs).

    One column of each group is asked about: the one of which the data shows most. A column that
    cannot take over its text tries the next stricter group; in the end it is asked about itself.

    Attributes:
        inherited: the texts that were taken over so far, by the column that took them.
    """

    def __init__(self, inheritance: Inheritance, keys: Iterable[AssetKey]) -> None:
        self._inheritance = inheritance
        self._untried: dict[AssetKey, list[Group]] = {}
        self._waits: dict[AssetKey, tuple[Group, AssetKey]] = {}
        self.inherited: dict[AssetKey, Donor] = {}
        fresh = []
        for key in keys:
            donor = inheritance.find(key)
            if donor is not None:
                self._take(key, donor)
            elif groups := inheritance.groups(key):
                self._untried[key] = list(groups)
                fresh.append(key)
        self._choose(fresh)

    @property
    def waiting(self) -> frozenset[AssetKey]:
        """The columns that are not asked about now."""
        return frozenset(self._waits)

    def settle(self, asked: AbstractSet[AssetKey]) -> dict[AssetKey, Donor]:
        """Let columns take over texts; the others still wait for columns that are asked about."""
        donors: dict[AssetKey, Donor] = {}
        unserved: dict[AssetKey, None] = {}
        while ready := self._ready(asked | unserved.keys()):
            for key in ready:
                group, _ = self._waits.pop(key)
                donor = self._inheritance.find(key)
                self._inheritance.tried(group.kind, served=donor is not None)
                if donor is not None:
                    donors[key] = donor
                    self._take(key, donor)
                else:
                    self._untried[key] = self._untried[key][: self._untried[key].index(group)]
                    unserved[key] = None
        self._choose(list(unserved))
        return donors

    def _ready(self, open_: AbstractSet[AssetKey]) -> list[AssetKey]:
        """The columns whose donor has its text or will get none; a donor may itself be waiting."""
        return [
            key
            for key, (_, chosen) in self._waits.items()
            if chosen not in open_ and chosen not in self._waits
        ]

    def _take(self, key: AssetKey, donor: Donor) -> None:
        self.inherited[key] = donor
        # The text may have been reworded, so it is now offered as this column's own.
        self._inheritance.offer(key, replace(donor, asset=key), asked=False)

    def _choose(self, keys: Sequence[AssetKey]) -> None:
        members: dict[Group, list[AssetKey]] = {}
        for key in keys:
            for group in self._untried[key]:
                members.setdefault(group, []).append(key)
        chosen: dict[Group, AssetKey] = {}
        for group, candidates in members.items():
            # With equal evidence, the first name wins, so that a later run chooses the same.
            best = min(candidates, key=lambda k: (*(-w for w in self._inheritance.weight(k)), k))
            chosen[group] = best
        for key in keys:
            loosest = next((g for g in reversed(self._untried[key]) if len(members[g]) > 1), None)
            if loosest is not None and chosen[loosest] != key:
                self._waits[key] = (loosest, chosen[loosest])


def expected(inheritance: Inheritance, tables: Sequence[TableTasks]) -> Heirs:
    """Foresee, for a plan, which columns of a chunk will take over a text if the texts allow it."""
    keys = [task.key for table in tables for task in table.tasks if task.described]
    heirs = Heirs(inheritance, keys)
    for key in keys:
        inheritance.promise(key)
    return heirs


def calls_saved(inherited: int, *, asked: int, calls: int) -> int:
    """Estimate how many calls the inherited comments saved, from what one call brought else."""
    per_call = asked / calls if asked and calls else _COMMENTS_A_CALL
    return round(inherited / per_call)

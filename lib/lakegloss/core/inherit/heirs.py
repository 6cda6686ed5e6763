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
    """Who waits for whom among the columns of a chunk that are to be described.

    Of each group one column is asked about, the one of which the data shows most. What cannot take
    over its text tries the next stricter group, and in the end is asked about itself.

    Attributes:
        inherited: what was taken over so far.
    """

    def __init__(self, inheritance: Inheritance, keys: Iterable[AssetKey]) -> None:
        self._inheritance = inheritance
        self._ways: dict[AssetKey, list[Group]] = {}
        self._waits: dict[AssetKey, tuple[Group, AssetKey]] = {}
        self.inherited: dict[AssetKey, Donor] = {}
        fresh = []
        for key in keys:
            donor = inheritance.find(key)
            if donor is not None:
                self._take(key, donor)
            elif groups := inheritance.groups(key):
                self._ways[key] = list(groups)
                fresh.append(key)
        self._choose(fresh)

    @property
    def waiting(self) -> frozenset[AssetKey]:
        """Not to be asked about now."""
        return frozenset(self._waits)

    def settle(self, asked: AbstractSet[AssetKey]) -> dict[AssetKey, Donor]:
        """Who takes over a text now; the others go on waiting for those that are still asked."""
        found: dict[AssetKey, Donor] = {}
        left: dict[AssetKey, None] = {}
        while ready := self._ready(asked | left.keys()):
            for key in ready:
                group, _ = self._waits.pop(key)
                donor = self._inheritance.find(key)
                self._inheritance.tried(group.kind, served=donor is not None)
                if donor is not None:
                    found[key] = donor
                    self._take(key, donor)
                else:
                    self._ways[key] = self._ways[key][: self._ways[key].index(group)]
                    left[key] = None
        self._choose(list(left))
        return found

    def _ready(self, open_: AbstractSet[AssetKey]) -> list[AssetKey]:
        """Whose text is there or will not come; who is waited for may wait for another."""
        return [
            key
            for key, (_, chosen) in self._waits.items()
            if chosen not in open_ and chosen not in self._waits
        ]

    def _take(self, key: AssetKey, donor: Donor) -> None:
        self.inherited[key] = donor
        # It may have been reworded: from here on it is this column's text.
        self._inheritance.offer(key, replace(donor, asset=key), asked=False)

    def _choose(self, keys: Sequence[AssetKey]) -> None:
        members: dict[Group, list[AssetKey]] = {}
        for key in keys:
            for group in self._ways[key]:
                members.setdefault(group, []).append(key)
        chosen: dict[Group, AssetKey] = {}
        for group, several in members.items():
            # Equal evidence: the first in the order of the names, so that a later run agrees.
            best = min(several, key=lambda k: (*(-w for w in self._inheritance.weight(k)), k))
            chosen[group] = best
        for key in keys:
            loosest = next((g for g in reversed(self._ways[key]) if len(members[g]) > 1), None)
            if loosest is not None and chosen[loosest] != key:
                self._waits[key] = (loosest, chosen[loosest])


def expected(inheritance: Inheritance, tables: Sequence[TableTasks]) -> Heirs:
    """The columns of a chunk that will wait or take over a text, if texts allow it; for plans."""
    keys = [task.key for table in tables for task in table.tasks if task.described]
    heirs = Heirs(inheritance, keys)
    for key in keys:
        inheritance.promise(key)
    return heirs


def calls_saved(inherited: int, *, asked: int, calls: int) -> int:
    """About how many calls so many comments would have taken, at what one call brought else."""
    a_call = asked / calls if asked and calls else _COMMENTS_A_CALL
    return round(inherited / a_call)

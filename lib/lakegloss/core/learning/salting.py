"""Chooses the salt of a ledger's splits so that each split has groups of examples to begin with.

By a salt at random most small lakes get a gate that can tell nothing: with six tables it has fewer
than three of them in 83 of 100 cases. So of many salts at random the first one counts by which the
groups that are known when the ledger is made fall well. It is chosen by their names alone, before
anything is measured, and stays: what comes later falls by the same hash, and nothing moves.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from lakegloss.core.learning.examples import Example, FoundExample
from lakegloss.core.learning.splits import Split, group_of, split_of_group
from lakegloss.core.statistics.intervals import LEAST_GROUPS

_DRAWS = 600
"""With five groups, the hardest case, one salt in 26 fits."""


def _random_salt() -> str:
    return secrets.token_hex(16)


def salt_for(groups: Iterable[str], *, draw: Callable[[], str] = _random_salt) -> str:
    """A random salt by which each split has what `least_of` says; any one where none is found.

    Args:
        groups: of the examples that are known (`core.learning.splits.group_of`).
    """
    known = sorted(set(groups))
    least = least_of(len(known))
    for _ in range(_DRAWS):
        salt = draw()
        counts = Counter(split_of_group(group, salt) for group in known)
        if all(counts[split] >= number for split, number in least.items()):
            break
    return salt


def least_of(groups: int) -> Mapping[Split, int]:
    """How many of so many groups each split has at least.

    The gate comes first where all can have one, since with fewer than three it decides nothing;
    of fewer groups those to train on come first. Of many groups that is less than their shares.
    """
    if groups >= LEAST_GROUPS + 2:
        gate = max(LEAST_GROUPS, groups // 6)
        return {Split.TRAIN: groups // 3, Split.SELECT: max(1, groups // 6), Split.GATE: gate}
    return {
        Split.TRAIN: min(groups, 1),
        Split.SELECT: int(groups > 1),
        Split.GATE: int(groups > 2),
    }


def groups_to_split(found: Iterable[FoundExample]) -> list[str]:
    """The groups whose split the hash says: those of the program that most are of.

    Programs are measured each on its own; what a file puts on a side needs no hash.
    """
    by_program: defaultdict[str, set[str]] = defaultdict(set)
    for item in found:
        if not item.split:
            by_program[item.program].add(group_of(item.table, item.subject))
    largest = max(map(len, by_program.values()), default=0)
    return sorted(next((one for one in by_program.values() if len(one) == largest), ()))


def small_gate(examples: Iterable[Example]) -> Mapping[str, int]:
    """The programs whose gate has too few groups to tell anything, with the number it has."""
    gates: defaultdict[str, set[str]] = defaultdict(set)
    for example in examples:
        if example.usable:
            is_gate = example.split == Split.GATE
            own = {group_of(example.table, example.subject)} if is_gate else set[str]()
            gates[example.program].update(own)
    return {name: len(own) for name, own in sorted(gates.items()) if len(own) < LEAST_GROUPS}

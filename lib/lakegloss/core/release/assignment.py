"""Assigns tables, callers or sessions to one of two versions, by a stored salt.

The place of a unit between 0 and 1 follows from the salt and its name alone. Units below the share
get the challenger: so a unit stays where it is, and a larger share keeps all units of a smaller
one. Another program has another salt, else the same units would get every new version first.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

MISMATCH_ALPHA = 0.001
"""How rarely a right ratio counts as a mismatch."""
_LEAST_EXPECTED = 5.0


class Variant(StrEnum):
    """Which of two versions answered."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"


def place_of_unit(salt: str, unit: str) -> float:
    """Where a unit stands, from 0 (included) to 1 (excluded)."""
    digest = sha256(f"{salt}\0{unit}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def variant_of_unit(salt: str, unit: str, share: float) -> Variant:
    """The version that a unit gets.

    Args:
        share: of units that get the challenger, 0 to 1.
    """
    is_new = place_of_unit(salt, unit) < share
    return Variant.CHALLENGER if is_new else Variant.CHAMPION


def salted_order(salt: str, ids: Iterable[str]) -> list[str]:
    """Names in an order that is random, and the same each time; each of them once."""
    return sorted(set(ids), key=lambda name: (place_of_unit(f"order {salt}", name), name))


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioCheck:
    """How many units got each version, against what was meant.

    Attributes:
        p: the probability of such a difference by chance; None with too few units to tell.
    """

    challengers: int
    units: int
    share: float
    p: float | None

    @property
    def is_mismatch(self) -> bool:
        """Whether the split is broken, so that no comparison of its sides holds."""
        return self.p is not None and self.p < MISMATCH_ALPHA


def check_ratio(challengers: int, units: int, share: float) -> RatioCheck:
    """Check the realised share of units by the chi-square test with one degree of freedom.

    Count units, not requests: one caller may send any number of them. A share of 0 or 1 leaves no
    room: any unit on the other side is a mismatch.
    """
    p: float | None = None
    if share in {0.0, 1.0}:
        p = 1.0 if challengers == units * share else 0.0
    elif min(share, 1 - share) * units >= _LEAST_EXPECTED:
        expected = share * units
        square = (challengers - expected) ** 2 / (expected * (1 - share))
        p = math.erfc(math.sqrt(square / 2))
    return RatioCheck(challengers=challengers, units=units, share=share, p=p)

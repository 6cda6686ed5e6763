"""Keeps the distribution of many numbers in little memory: quantiles with a known error.

Buckets grow by a constant factor, so that a quantile is wrong by at most `ERROR` of its value,
however many numbers there were and in whatever order sketches were merged (Masson, Rim and Lee:
DDSketch, VLDB 2019).
"""

import math
from collections.abc import Mapping
from typing import Any

ERROR = 0.01
"""The relative error of a quantile, at most."""
SMALLEST, LARGEST = 1e-3, 1e12
"""Numbers below count as 0, numbers above as this: that bounds the buckets, at some 1,700."""
_GROWTH = (1 + ERROR) / (1 - ERROR)
_SCALE = 1 / math.log(_GROWTH)


class QuantileSketch:
    """Counts numbers of 0 and more in buckets; sketches can be merged in any order.

    Attributes:
        count: how many numbers there were.
        zeros: those below `SMALLEST`.
        buckets: how many numbers, by bucket.
    """

    __slots__ = ("buckets", "count", "largest", "smallest", "zeros")

    def __init__(self) -> None:
        self.count = 0
        self.zeros = 0
        self.buckets: dict[int, int] = {}
        self.smallest = math.inf
        self.largest = 0.0

    def add(self, value: float) -> None:
        """Count one finite number; a negative one counts as 0."""
        value = min(max(value, 0.0), LARGEST)
        self.count += 1
        self.smallest = min(self.smallest, value)
        self.largest = max(self.largest, value)
        if value < SMALLEST:
            self.zeros += 1
            return
        bucket = math.ceil(math.log(value) * _SCALE)
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1

    def merge(self, other: "QuantileSketch") -> None:
        """Add what another sketch counted."""
        self.count += other.count
        self.zeros += other.zeros
        self.smallest = min(self.smallest, other.smallest)
        self.largest = max(self.largest, other.largest)
        for bucket, times in other.buckets.items():
            self.buckets[bucket] = self.buckets.get(bucket, 0) + times

    def quantile(self, share: float) -> float | None:
        """The value of which this share of the numbers is at most (nearest rank); None for none."""
        if not self.count:
            return None
        left = max(1, math.ceil(share * self.count)) - self.zeros
        if left <= 0:
            return 0.0 if self.smallest < SMALLEST else self.smallest
        for bucket in sorted(self.buckets):
            left -= self.buckets[bucket]
            if left <= 0:
                middle = 2 * _GROWTH**bucket / (_GROWTH + 1)
                return min(max(middle, self.smallest), self.largest)
        return self.largest

    def share_at_most(self, value: float) -> float:
        """The share of numbers that are at most this, half of its own bucket among them."""
        if not self.count:
            return 0.5
        value = min(max(value, 0.0), LARGEST)
        if value < SMALLEST:
            return self.zeros / 2 / self.count
        own = math.ceil(math.log(value) * _SCALE)
        below = sum(times for bucket, times in self.buckets.items() if bucket < own)
        return (self.zeros + below + self.buckets.get(own, 0) / 2) / self.count

    def as_json(self) -> dict[str, Any]:
        """As JSON values, from which `of_json` makes it again."""
        if not self.count:
            return {}
        return {
            "zeros": self.zeros,
            "smallest": self.smallest,
            "largest": self.largest,
            "buckets": {str(bucket): times for bucket, times in sorted(self.buckets.items())},
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "QuantileSketch":
        """The sketch that `as_json` wrote."""
        made = cls()
        if not kept:
            return made
        made.zeros = int(kept["zeros"])
        made.buckets = {int(bucket): int(times) for bucket, times in kept["buckets"].items()}
        made.count = made.zeros + sum(made.buckets.values())
        made.smallest, made.largest = float(kept["smallest"]), float(kept["largest"])
        return made

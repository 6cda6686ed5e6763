"""Measures how alike short texts are: words and pieces of words, weighted by how rare they are.

No model and no service: word 1- and 2-grams and character 3- to 5-grams with the inverse document
frequency of the references of the set (TF-IDF; Salton and Buckley 1988).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from lakegloss.core.metrics.terms import EMPTY_WORDS, FUNCTION_WORDS, stem

Vector = Mapping[str, float]
_PIECES = (3, 4, 5)
_LONGEST_WORD = 40
_COMMON_TEXTS = 300


class Likeness:
    """Turns texts into vectors of unit length and compares them.

    Args:
        texts: the references of the set, as tokens; they say how rare a word or piece is.
    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._count = len(texts)
        self._seen: Counter[str] = Counter()
        for words in texts:
            self._seen.update(set(_features(words)))

    def rarity(self, feature: str) -> float:
        """The inverse document frequency of a feature, above 0; highest where no text has it."""
        return math.log((1 + self._count) / (1 + self._seen[feature])) + 0.2

    def vector(self, words: Sequence[str]) -> Vector:
        """The vector of a text given as tokens; {} where there are none that count."""
        counted = Counter(_features(words))
        halves: dict[bool, dict[str, float]] = {True: {}, False: {}}
        for feature, count in counted.items():
            weight = (1 + math.log(count)) * self.rarity(feature)
            halves[feature[0] == "#"][feature] = weight
        return {
            feature: weight / norm
            for half in halves.values()
            for norm in [math.sqrt(2 * math.fsum(w * w for w in half.values()))]
            for feature, weight in half.items()
        }


def cosine(first: Vector, second: Vector) -> float:
    """How alike two vectors are: 0 for nothing in common, 1 for the same."""
    if len(second) < len(first):
        first, second = second, first
    return math.fsum(weight * second[f] for f, weight in first.items() if f in second)


def _features(words: Sequence[str]) -> list[str]:
    """Stems and pairs of them, and `#` with the pieces of words; no words that any text has."""
    kept = [w[:_LONGEST_WORD] for w in words if w not in FUNCTION_WORDS and w not in EMPTY_WORDS]
    stems = [stem(w) for w in kept]
    found = [*stems, *(f"{a} {b}" for a, b in pairwise(stems))]
    for word in kept:
        framed = f" {word} "
        found += (
            "#" + framed[at : at + size] for size in _PIECES for at in range(len(framed) - size + 1)
        )
    return found


def nearest_outside(
    vectors: Sequence[Vector], groups: Sequence[str], *, most: int
) -> list[list[int]]:
    """For each text, the places of the nearest texts of other groups, nearest first.

    Args:
        most: how many at most.
    """
    every: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, vector in enumerate(vectors):
        for feature, weight in vector.items():
            if feature[0] != "#":  # words suffice to find them, and are ten times fewer
                every[feature].append((place, weight))
    # What very many texts have makes none near, and would cost the square of their number.
    most_texts = max(_COMMON_TEXTS, len(vectors) // 50)
    postings = {feature: found for feature, found in every.items() if len(found) <= most_texts}
    found = []
    for place, vector in enumerate(vectors):
        sums: defaultdict[int, float] = defaultdict(float)
        for feature, weight in vector.items():
            for other, its in postings.get(feature, ()):
                if groups[other] != groups[place]:
                    sums[other] += weight * its
        ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
        found.append([other for other, _ in ordered[:most]])
    return found

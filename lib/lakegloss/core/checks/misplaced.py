"""Finds texts that stand under a wrong id: the model slipped by a line, or swapped two.

The ids cannot show it, because each is a valid one; the names can. A text speaks of another asset
where it has every word that only the other name has and no word that only its own name has, and
where the other asset's text does not speak of that asset. So a comment that only refers to another
column does not count. One such text may be chance; texts that point to each other are a slip. Names
whose words no text repeats show nothing: such texts are found by their neighbours, or not at all.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lakegloss.core.words.lexicon import expand_words, words_of

_WORD = re.compile(r"[^\W_]+")
_STEM = 5
_WHOLE = 3
"""With fewer texts, an answer as a whole is not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWords:
    """The stems of a name's words: as they are written, and with abbreviations written out."""

    written: frozenset[str]
    plain: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.written | self.plain


@lru_cache(maxsize=1 << 14)
def name_words(name: str) -> NameWords:
    """Split a column's or table's own name (without its path) into stems."""
    words = words_of(name)
    return NameWords(written=_stems(words), plain=_stems(expand_words(words)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """Ids whose text does not belong to them.

    Attributes:
        sure: ids of a slip; all ids where most texts have slipped.
        doubtful: ids that no other text confirms, each with the id that its text speaks of.
    """

    sure: frozenset[str] = frozenset()
    doubtful: Mapping[str, str] = field(default_factory=dict)


def misplaced(texts: Mapping[str, str], names: Mapping[str, NameWords]) -> Misplaced:
    """Find the texts of an answer that stand under a wrong id.

    Args:
        texts: the texts by id.
        names: the names of all ids of the request (t1, c1, ...) in order, with or without text.
    """
    stems = _stems_by_id(texts, names)
    correct = {id_ for id_, words in stems.items() if _speaks_of(words, names[id_])}
    targets = _targets(stems, names, correct)
    pointed_at = {target for its_targets in targets.values() for target in its_targets}
    slipped = {
        id_
        for id_, its_targets in targets.items()
        if id_ in pointed_at or its_targets & targets.keys()
    }
    if not slipped:
        return Misplaced(doubtful={id_: min(its_targets) for id_, its_targets in targets.items()})
    if len(slipped) >= len(correct - slipped):
        return Misplaced(sure=frozenset(stems))
    order = list(names)
    first = min(order.index(id_) for id_ in slipped)
    later = {id_ for id_ in order[first:] if id_ in stems and id_ not in correct}
    single = {
        id_: min(its_targets) for id_, its_targets in targets.items() if id_ not in slipped | later
    }
    return Misplaced(sure=frozenset(slipped | later), doubtful=single)


def of_another(
    texts: Mapping[str, str],
    names: Mapping[str, NameWords],
    others: Iterable[Mapping[str, NameWords]],
) -> bool:
    """Whether a whole answer belongs to another request: a gateway mixed them up.

    It does where at least half of its texts have every word of the names that the same ids have in
    the other request, and hardly any text has every word of its own name.
    """
    stems = _stems_by_id(texts, names)
    if len(stems) < _WHOLE or 10 * _count_true_to_name(stems, names) > len(stems):
        return False
    return any(2 * _count_true_to_name(stems, other) >= len(stems) for other in others)


def _count_true_to_name(stems: Mapping[str, frozenset[str]], names: Mapping[str, NameWords]) -> int:
    return sum(id_ in names and _speaks_of(words, names[id_]) for id_, words in stems.items())


def _stems_by_id(texts: Mapping[str, str], names: Collection[str]) -> dict[str, frozenset[str]]:
    return {id_: _stems_of(text) for id_, text in texts.items() if id_ in names}


@lru_cache(maxsize=1 << 10)  # two checks of one answer ask for the same texts
def _stems_of(text: str) -> frozenset[str]:
    return _stems(_WORD.findall(text.lower()))


def _targets(
    stems: Mapping[str, frozenset[str]], names: Mapping[str, NameWords], correct: set[str]
) -> dict[str, set[str]]:
    """Map each id to the ids that its text speaks of and that their own text does not speak of."""
    ids_by_word: dict[str, set[str]] = {}
    for target in _candidates(stems.keys(), names) - correct:
        for word in names[target].all:
            ids_by_word.setdefault(word, set()).add(target)
    targets = {
        id_: {
            target
            for target in _ids_with_words(words, ids_by_word) - {id_}
            if _speaks_of_other(words, names[id_], names[target])
        }
        for id_, words in stems.items()
    }
    return {id_: its_targets for id_, its_targets in targets.items() if its_targets}


def _candidates(answered: Collection[str], names: Collection[str]) -> set[str]:
    """Columns, and tables with a text: many columns speak of a table that has no text."""
    return {id_ for id_ in names if id_ in answered or not id_.startswith("t")}


def _ids_with_words(words: frozenset[str], ids_by_word: Mapping[str, set[str]]) -> set[str]:
    return set().union(*(ids_by_word[word] for word in words if word in ids_by_word))


def _speaks_of_other(stems: frozenset[str], own: NameWords, other: NameWords) -> bool:
    """Whether a text speaks of the other name and not of its own."""
    own_words = own.all - other.all
    if not own_words or own_words & stems:
        return False
    return any(
        bool(rest) and rest <= stems for rest in (other.written - own.all, other.plain - own.all)
    )


def _speaks_of(stems: frozenset[str], name: NameWords) -> bool:
    return any(bool(words) and words <= stems for words in (name.written, name.plain))


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(w.removesuffix("s")[:_STEM] if len(w) > 3 else w for w in words)

"""Takes away what nearly all columns of a table begin with: `CUFNAM` beside `CUADR1` is FNAM."""

import re
from collections.abc import Sequence

_FEWEST = 5
_FIRST = 3
_LONGEST_GLUED = 4
_WORD = re.compile(r"[A-Za-z]{1,20}_")


def cut_names(names: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    """Write the names without a prefix, where letters are left."""
    return tuple(_cut(name, prefix) for name in names) if prefix else names


def _cut(name: str, prefix: str) -> str:
    rest = name[len(prefix) :]
    return rest if name.startswith(prefix) and any(map(str.isalpha, rest)) else name


class Prefixes:
    """The prefixes in a table: for each column the one that the columns beside it show.

    A prefix is a word that most of five or more columns begin with (`property_`, `cust_`), or two
    to four letters without a separator that all begin with, as in files of AS/400. What all columns
    share is counted once, as wide tables have thousands.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        # The others of a column have their first three names among these.
        matches = map(_WORD.match, names[: _FIRST + 1])
        self._firsts = [match.group() if match else "" for match in matches]
        self._counts = {w: sum(n.startswith(w) for n in names) for w in set(self._firsts) - {""}}
        self._ordered = sorted(names) if len(names) >= _FEWEST else []
        self._ragged: dict[str, int] = {}
        self._may_have = self._may_share_word() or self._may_share_letters()

    def _may_share_word(self) -> bool:
        return max(self._counts.values(), default=0) >= 0.7 * (len(self._names) - 1)

    def _may_share_letters(self) -> bool:
        """Whether even the names in the middle of the order begin with the same letters."""
        ordered = self._ordered
        return bool(ordered) and len(_shared(ordered[1], ordered[-2])) > 1

    def of(self, place: int) -> str:
        """The prefix to take from a column and from those beside it; '' where there is none."""
        own, others = self._names[place], len(self._names) - 1
        if not self._may_have or others + 1 < _FEWEST:
            return ""
        firsts = [word for at, word in enumerate(self._firsts) if at != place]
        for word in firsts[:_FIRST]:
            if word and self._counts[word] - own.startswith(word) >= 0.7 * others:
                return word
        return self._glued(own)

    def _glued(self, own: str) -> str:
        """The letters of a prefix that is glued to what follows, in the names beside and here."""
        ordered = self._ordered
        low, high = ordered[own == ordered[0]], ordered[-2 if own == ordered[-1] else -1]
        shared = _shared(low, high)[:_LONGEST_GLUED]
        if len(shared) < 2 or not shared.isalpha() or not shared.isupper():
            return ""
        if shared not in self._ragged:
            self._ragged[shared] = sum(not _is_plain(name, shared) for name in self._names)
        beside = self._ragged[shared] - (not _is_plain(own, shared))
        return shared if beside == 0 and own.startswith(shared) else ""


def _is_plain(name: str, shared: str) -> bool:
    return name.isupper() and name.isalnum() and len(name) > len(shared) + 1


def _shared(one: str, other: str) -> str:
    """The letters with which both begin; what the first and last in order share, all share."""
    length = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    return one[: min(len(one), len(other))] if length is None else one[:length]

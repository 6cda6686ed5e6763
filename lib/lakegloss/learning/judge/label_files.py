"""Writes sheets on which people judge pairs without knowing which is which, and reads them."""

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakegloss.core.assets import AssetKey
from lakegloss.core.evaluation.judging import JudgedPair, Preference
from lakegloss.core.review.cells import from_cell, to_cell
from lakegloss.core.text.neutral import cut
from lakegloss.core.text.terminal import visible
from lakegloss.errors import InputError
from lakegloss.lakehouse.examples.example_files import file_text

COLUMNS = ("pair", "task", "reference", "text_1", "text_2", "choice")
MOST_PAIRS = 60
_MOST_OF_GROUP = 3
_TASK_CHARACTERS, _TEXT_CHARACTERS = 1_500, 10_000
_CHOICES: Mapping[str, str] = {
    "1": "1", "1.0": "1", "text_1": "1", "2": "2", "2.0": "2", "text_2": "2",
    "tie": "tie", "=": "tie", "0": "tie", "both": "tie", "equal": "tie", "same": "tie",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleLabels:
    """What people said, by item.

    Attributes:
        open: rows without a choice; stale: rows of pairs whose texts are others by now.
    """

    labels: Mapping[AssetKey, Preference]
    open: int
    stale: int


NO_LABELS = PeopleLabels(labels={}, open=0, stale=0)


def sheet_pairs(pairs: Iterable[JudgedPair], seed: str, most: int = MOST_PAIRS) -> list[JudgedPair]:
    """A random sample of the groups, with a few pairs of each, for people to judge.

    Whole groups are drawn, so that the labels stand for all of them. Equal texts are left out.

    Args:
        seed: the same one draws the same pairs.
    """
    groups: defaultdict[str, list[JudgedPair]] = defaultdict(list)
    for pair in pairs:
        if pair.first.split() != pair.second.split():
            groups[pair.key.table].append(pair)
    chosen: list[JudgedPair] = []
    for group in sorted(groups, key=lambda name: _mark(seed, name)):
        if len(chosen) >= most:
            break
        some = sorted(groups[group], key=lambda pair: _mark(seed, group, pair.key.column))
        chosen += some[:_MOST_OF_GROUP]
    return chosen


def write_sheet(path: Path, pairs: Sequence[JudgedPair]) -> int:
    """Write pairs as CSV, each in an order that nobody can guess; returns how many.

    Raises:
        InputError: there is such a file already, or it cannot be written.
    """
    if path.exists():
        raise InputError(f"{path.name!r} is there already.", remedy="Give another name.")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for pair in pairs:
        swapped = int(_mark("order", *_said(pair)), 16) % 2 == 1
        texts = (pair.second, pair.first) if swapped else (pair.first, pair.second)
        shown = [cut(cell, _TEXT_CHARACTERS) for cell in (pair.reference, *texts)]
        cells = [_pair_id(pair, swapped=swapped), cut(pair.task, _TASK_CHARACTERS), *shown, ""]
        writer.writerow(list(map(to_cell, cells)))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(out.getvalue().encode("utf-8-sig", "replace"))
    except OSError as error:
        raise InputError(
            f"{str(path)!r} cannot be written: {error.strerror}.", remedy="Give another path."
        ) from None
    return len(pairs)


def read_labels(path: Path, pairs: Iterable[JudgedPair]) -> PeopleLabels:
    """Read what people chose on a sheet that `write_sheet` wrote.

    Raises:
        ExampleFileError: the file cannot be read.
        InputError: a column lacks, a choice is none, or no row is of these pairs.
    """
    known = {
        _pair_id(pair, swapped=swapped): (pair.key, swapped)
        for pair in pairs
        for swapped in (False, True)
    }
    labels: dict[AssetKey, Preference] = {}
    empty = stale = 0
    for number, row in _rows(path):
        choice = (row.get("choice") or "").strip().lower()
        if not choice:
            empty += 1
            continue
        if choice not in _CHOICES:
            raise InputError(
                f"{path.name}, line {number}: {visible(choice)[:40]!r} is no choice.",
                remedy="Write 1, 2 or tie.",
            )
        found = known.get((row.get("pair") or "").strip())
        if found is None:
            stale += 1
            continue
        key, swapped = found
        labels[key] = _preference(_CHOICES[choice], swapped=swapped)
    if stale and not labels:
        raise InputError(
            f"{path.name} is of other texts: none of its {stale} choices fits.",
            remedy="Write a sheet of these versions, with --label-sheet.",
        )
    return PeopleLabels(labels=labels, open=empty, stale=stale)


def _rows(path: Path) -> Iterable[tuple[int, Mapping[str, str]]]:
    text = file_text(path)
    first = next(iter(text.splitlines()), "")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True
    )
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if not {"pair", "choice"} <= set(names):
            raise InputError(
                f"{path.name} lacks the column `pair` or `choice`.",
                remedy="Give a sheet that --label-sheet wrote.",
            )
        for cells in reader:
            if any(cell.strip() for cell in cells):
                values = dict(zip(names, map(from_cell, cells), strict=False))
                yield reader.line_num, values
    except csv.Error as error:
        raise InputError(
            f"{path.name}, line {reader.line_num}: it cannot be read ({error}).",
            remedy="Save it as CSV.",
        ) from None


def _preference(choice: str, *, swapped: bool) -> Preference:
    if choice == "tie":
        return Preference.TIE
    place = Preference.FIRST if choice == "1" else Preference.SECOND
    return place.swapped if swapped else place


def _pair_id(pair: JudgedPair, *, swapped: bool) -> str:
    """Names a pair with its order; it tells people nothing, and stale texts have another one."""
    return "p" + _mark("pair", *_said(pair), str(swapped))[:15]


def _said(pair: JudgedPair) -> tuple[str, ...]:
    return (pair.key.table, pair.key.column, pair.first, pair.second)


def _mark(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()

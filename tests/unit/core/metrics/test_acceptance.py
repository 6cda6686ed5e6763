"""The comment metric is accepted by what it does, not by belief.

For each column there is a reference and a good comment that another wrote. The good comments are
spoilt, and the metric must rank good above spoilt ones: over all pairs of a good and a spoilt one
(AUC), and for each comment and its own spoilt copy, on which comparisons of versions rest.
"""

import json
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from lakegloss.core.assets import AssetKey
from lakegloss.core.metrics.against import against_evidence
from lakegloss.core.metrics.comment_metric import CommentMetric
from lakegloss.core.metrics.measures import units_in, zone_in
from lakegloss.core.metrics.stated import sense_of
from lakegloss.core.metrics.terms import stem, tokens
from lakegloss.core.statistics.ranking import auc, share_above
from tests.kits.described_tables import TABLES
from tests.kits.places import SHARED
from tests.kits.spoilt import Described, other_sense, other_unit, spoilt

GOLD = SHARED / "gold"
LEAST = {"echo": 0.75, "generic": 0.75, "sibling": 0.75, "half": 0.65, "padded": 0.65}
LEAST_FLIPPED = 0.80


@cache
def own_columns() -> tuple[Described, ...]:
    return tuple(
        Described(table=table, column=column, reference=first, good=second)
        for table, columns in TABLES.items()
        for column, (first, second) in columns.items()
    )


@cache
def gold_columns() -> tuple[Described, ...]:
    def lines(path: Path) -> list[dict[str, object]]:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    written = {line["table"]: line["columns"] for line in lines(GOLD / "strong_model_dev.jsonl")}
    return tuple(
        Described(
            table=str(table["table"]).rpartition("__")[2],
            column=column["name"],
            reference=column["description"],
            good=written[table["table"]].get(column["name"], ""),
        )
        for table in lines(GOLD / "dev" / "gold.jsonl")
        for column in table["columns"]
    )


@pytest.fixture(params=["our own tables", "people's descriptions"])
def columns(request: pytest.FixtureRequest) -> tuple[Described, ...]:
    if request.param == "our own tables":
        return own_columns()
    if not (GOLD / "strong_model_dev.jsonl").is_file():
        pytest.skip("the descriptions that people wrote are not here")
    return gold_columns()


def key(item: Described) -> AssetKey:
    return AssetKey(item.table, item.column)


@cache
def metric_of(columns: tuple[Described, ...]) -> CommentMetric:
    return CommentMetric({key(item): item.reference for item in columns})


def scores(columns: Sequence[Described], texts: Sequence[str]) -> list[float]:
    pairs = [(key(item), text) for item, text in zip(columns, texts, strict=True)]
    metric = metric_of(tuple(columns)).among(pairs)
    return [metric.score(k, text).score for k, text in pairs]


@cache
def good_scores(columns: tuple[Described, ...]) -> list[float]:
    return scores(columns, [item.good for item in columns])


@pytest.mark.parametrize("way", LEAST)
def test_a_good_comment_ranks_above_a_spoilt_one(columns: tuple[Described, ...], way: str) -> None:
    good, bad = good_scores(columns), scores(columns, spoilt(columns)[way])
    area, own = auc(good, bad), share_above(zip(good, bad, strict=True))
    sys.stdout.write(
        f"{way}: AUC {area:.3f}, above its own spoilt copy {own:.3f}, {len(columns)} columns" + "\n"
    )  # pytest -rA shows the figures
    assert area >= LEAST[way]
    assert own >= LEAST[way]


def can_be_known(item: Described, flipped: str) -> bool:
    """Whether the reference or the name says anything of what was changed.

    Where people name no unit, no comparison with their text tells a right from a wrong one.
    """
    said = f"{item.reference} {item.column.replace('_', ' ')}"
    units = {about for about, _ in units_in(item.good)} & {about for about, _ in units_in(said)}
    zones = zone_in(item.good) and zone_in(said)
    after, before = sense_of(flipped), sense_of(item.good)
    changed = (after.denied ^ before.denied) | (after.denied_if ^ before.denied_if)
    return bool(
        units
        or zones
        or against_evidence(key(item), flipped, None)
        or changed & set(map(stem, tokens(item.reference)))
    )


@pytest.mark.parametrize("flip", [other_unit, other_sense])
def test_a_right_comment_ranks_above_one_with_another_unit_or_sense(
    columns: tuple[Described, ...], flip: Callable[[str], str]
) -> None:
    metric = metric_of(columns)
    flipped = [(item, other) for item in columns if (other := flip(item.good))]
    known = [(item, other) for item, other in flipped if can_be_known(item, other)]
    assert len(known) >= 6
    good = [metric.score(key(item), item.good).score for item, _ in known]
    bad = [metric.score(key(item), other).score for item, other in known]
    area, own = auc(good, bad), share_above(zip(good, bad, strict=True))
    sys.stdout.write(
        f"{flip.__name__}: AUC {area:.3f}, own {own:.3f}, {len(known)} of {len(flipped)} flips\n"
    )  # pytest -rA shows the figures
    assert area >= LEAST_FLIPPED
    assert own >= LEAST_FLIPPED

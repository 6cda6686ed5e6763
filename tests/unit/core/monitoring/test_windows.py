"""Windows and sketches: the same sums in any order, percentiles within their error, flat memory."""

import json
import math
import random
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.monitoring.book import OTHERS, Added, WindowBook
from lakegloss.core.monitoring.events import Event, EventKind, Subject, error_kind
from lakegloss.core.monitoring.quantiles import ERROR, QuantileSketch
from lakegloss.core.monitoring.windows import MOST_ERRORS, Window, figures_of, merged

START = datetime(2026, 3, 1, tzinfo=UTC)
NUMBERS = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=60)


def event(number: int, **given: object) -> Event:
    values: dict[str, object] = {
        "event_id": str(number), "kind": EventKind.EXECUTION, "at": START, "success": True,
        "subject": Subject("p", "v", "A", "m"), "latency_ms": float(number + 1),
    }  # fmt: skip
    return Event(**{**values, **given})  # type: ignore[arg-type]


def sketch(numbers: list[float]) -> QuantileSketch:
    made = QuantileSketch()
    for number in numbers:
        made.add(number)
    return made


@settings(max_examples=40, deadline=None)
@given(NUMBERS, st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_within_its_error(numbers: list[float], share: float) -> None:
    true = sorted(numbers)[max(1, math.ceil(share * len(numbers))) - 1]
    assert sketch(numbers).quantile(share) == pytest.approx(true, rel=ERROR * 1.0001)


@settings(max_examples=30, deadline=None)
@given(NUMBERS, NUMBERS)
def test_sketches_merge_as_one(one: list[float], two: list[float]) -> None:
    left, right = sketch(one), sketch(two)
    left.merge(right)
    right.merge(sketch(one))
    assert left.as_json() == right.as_json() == sketch([*one, *two]).as_json()
    again = QuantileSketch.of_json(json.loads(json.dumps(left.as_json())))
    assert again.quantile(0.5) == left.quantile(0.5)


def test_odd_numbers_have_their_place() -> None:
    made = sketch([0.0, -5.0, 0.0, 7.0, 1e300])
    assert made.count == 5
    assert made.quantile(0.5) == 0.0
    assert made.quantile(0.8) == pytest.approx(7.0, rel=ERROR)
    assert made.quantile(1.0) == pytest.approx(1e12, rel=ERROR)
    empty = QuantileSketch()
    empty.merge(made)
    assert empty.quantile(0.2) == 0.0
    assert QuantileSketch().quantile(0.5) is None
    assert made.share_at_most(7.0) == pytest.approx(0.7)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(12)), st.integers(0, 12))
def test_the_order_of_events_and_merges_changes_nothing(order: list[int], cut: int) -> None:
    def window(numbers: list[int]) -> Window:
        made = Window()
        for n in numbers:
            made.add(event(n, quality=n / 11, cost=0.1 * n, success=n % 3 > 0, error="E: 1"))
        return made

    parts = merged([window(order[:cut]), window(order[cut:])])
    assert parts.as_json() == window(list(range(12))).as_json()
    assert Window.of_json(parts.as_json()).as_json() == parts.as_json()
    sums = Window()
    sums.add_sums(window(order))
    figures = figures_of(window(order), 5)
    assert figures_of(sums, 5)["latency_mean"] == figures["latency_mean"]
    assert figures["success_rate"] == pytest.approx(8 / 12)


def test_kinds_of_errors_are_bounded() -> None:
    window = Window()
    for number in range(100):
        window.add(event(number, success=False, error=f"kind{number}"))
    assert len(window.errors) == MOST_ERRORS + 1
    assert sum(window.errors.values()) == 100
    assert error_kind("HTTP 503: upstream said\nmore") == "HTTP ###"
    assert error_kind("") == ""
    assert "\x1b" not in error_kind("\x1b[31mred")


def test_many_subjects_share_one() -> None:
    book = WindowBook(clock=lambda: START)
    for number in range(1_200):
        book.add(event(number, subject=Subject(f"p{number}")))
    assert len(book.subjects) == 1_001
    assert book.sum_of(OTHERS, 1).calls == 200


def test_one_event_of_the_future_closes_nothing() -> None:
    book = WindowBook(open_minutes=60, clock=lambda: START)
    assert book.add(event(1, at=START + timedelta(days=400))) is Added.FUTURE
    assert book.add(event(2)) is Added.COUNTED


def test_forgotten_ids_are_never_counted_twice() -> None:
    now = START + timedelta(minutes=50)
    book = WindowBook(open_minutes=60, clock=lambda: now, most_ids=100)
    events = [event(n, at=START + timedelta(seconds=10 * n)) for n in range(250)]
    for one in events:
        assert book.add(one) is Added.COUNTED
    again = [book.add(one) for one in events]
    assert set(again) <= {Added.REPEATED, Added.LATE}
    assert sum(window.calls for _, _, window in book) == 250


def test_windows_of_many_events_stay_small() -> None:
    rng = random.Random(5)
    book = WindowBook(open_minutes=5, clock=lambda: START + timedelta(days=2), most_ids=500)
    sizes = []
    tracemalloc.start()
    for number in range(3_000):
        at = START + timedelta(minutes=number // 150)
        book.add(event(number, at=at, latency_ms=rng.lognormvariate(5, 1)))
        if number in {1_499, 2_999}:
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[1] - sizes[0] < 300_000  # ten more windows, and no more ids

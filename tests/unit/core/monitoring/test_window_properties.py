"""Windows whatever the order: each event once, in the minute of its own time, in one window."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.monitoring.book import FUTURE, Added, WindowBook, minute_of, start_of
from lakegloss.core.monitoring.events import Event, EventKind, Subject
from lakegloss.core.monitoring.windows import Window, figures_of, merged

START = datetime(2026, 3, 1, tzinfo=UTC)
OPEN = 30
SECONDS = st.integers(0, 90 * 60)
KINDS = st.sampled_from(list(EventKind))


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Events of an hour and a half, of two subjects; some come twice, in any order."""
    made = [
        Event(
            event_id=str(number),
            kind=draw(KINDS),
            at=START + timedelta(seconds=draw(SECONDS)),
            subject=Subject(f"p{draw(st.integers(0, 1))}"),
            success=draw(st.booleans()),
            latency_ms=draw(st.one_of(st.none(), st.floats(0, 1e7))),
            quality=draw(st.one_of(st.none(), st.floats(0, 1))),
            cost=draw(st.one_of(st.none(), st.floats(0, 10))),
            input_tokens=draw(st.integers(0, 1_000)),
        )
        for number in range(draw(st.integers(0, 25)))
    ]
    again = draw(st.lists(st.sampled_from(made), max_size=5)) if made else []
    return draw(st.permutations([*made, *again]))


def book() -> WindowBook:
    return WindowBook(open_minutes=OPEN, clock=lambda: START + timedelta(hours=2))


@settings(max_examples=60, deadline=None)
@given(events())
def test_each_event_is_counted_once_in_its_own_minute_or_refused(given_events: list[Event]) -> None:
    kept = book()
    told = [(event, kept.add(event)) for event in given_events]
    counted = [event for event, found in told if found is Added.COUNTED]
    assert len({(event.kind, event.event_id) for event in counted}) == len(counted)
    wanted = Counter(
        (event.subject, minute_of(event.at)) for event in counted if event.kind.is_call
    )
    found = Counter({(s, minute_of(at)): w.calls for s, at, w in kept if w.calls})
    assert found == wanted
    newest = 0
    for event, said in told:  # only what is too old is refused, and all of that
        minute = minute_of(event.at)
        assert (said is Added.LATE) <= (minute < newest - OPEN)
        newest = max(newest, minute) if said is Added.COUNTED else newest
    assert sum(kept.refused.values()) == len(given_events) - len(counted)


@settings(max_examples=40, deadline=None)
@given(events())
def test_events_by_time_make_the_same_windows_as_a_second_round(given_events: list[Event]) -> None:
    in_order = sorted(given_events, key=lambda event: (event.at, event.event_id))
    books = [book(), book()]
    for event in in_order:
        books[0].add(event)
    for event in [*in_order, *in_order[-3:]]:  # the last ones again, as a later round reads them
        books[1].add(event)
    first, second = ([(s, at, w.as_json()) for s, at, w in kept] for kept in books)
    assert first == second


@settings(max_examples=40, deadline=None)
@given(events(), st.integers(1, 120), st.integers(0, 100))
def test_a_sum_of_minutes_is_the_sum_of_its_windows(
    given_events: list[Event], minutes: int, after: int
) -> None:
    kept = book()
    for event in given_events:
        kept.add(event)
    last = minute_of(START) + after
    for subject in kept.subjects:
        inside = [
            window
            for minute, window in kept.minutes_of(subject).items()
            if last - minutes < minute <= last
        ]
        whole = kept.sum_of(subject, minutes, now=last)
        assert whole.as_json() == merged(inside).as_json()
        fast = kept.sum_of(subject, minutes, now=last, distribution=False)
        exact = figures_of(whole, minutes)
        quick = figures_of(fast, minutes)
        assert {k: v for k, v in quick.items() if "latency_p" not in k} == {
            k: v for k, v in exact.items() if "latency_p" not in k
        }
        assert Window.of_json(whole.as_json()).as_json() == whole.as_json()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_minutes_and_times_go_to_and_fro(seconds: int) -> None:
    at = START + timedelta(seconds=seconds)
    begin = start_of(minute_of(at))
    assert timedelta() <= at - begin < timedelta(minutes=1)
    assert minute_of(begin) == minute_of(at)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 10**6))
def test_the_future_is_refused_beyond_what_clocks_may_differ(seconds: int) -> None:
    kept = WindowBook(clock=lambda: START)
    at = START + timedelta(seconds=seconds)
    event = Event(event_id="1", kind=EventKind.EXECUTION, at=at, subject=Subject("p"), success=True)
    assert (kept.add(event) is Added.FUTURE) is (at > START + FUTURE)

"""An alert that cannot begin at a program's rate says so, with the rate."""

from datetime import UTC, datetime, timedelta

from lakegloss.core.monitoring.alert_rules import default_alerts
from lakegloss.core.monitoring.book import WindowBook
from lakegloss.core.monitoring.events import Event, EventKind, Subject
from lakegloss.core.monitoring.silent_alerts import silent_alerts

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
SLOW, BUSY = Subject(program="mail"), Subject(program="comment")


def book_of(*, every: timedelta, count: int, subject: Subject, book: WindowBook) -> WindowBook:
    for n in reversed(range(count)):
        book.add(
            Event(
                event_id=f"{subject.program} {n}", kind=EventKind.PROPOSAL, at=NOW - n * every,
                subject=subject, quality=0.1,
            )
        )  # fmt: skip
    return book


def fresh() -> WindowBook:
    return WindowBook(open_minutes=10_000, clock=lambda: NOW)


def test_ten_scores_a_day_are_too_few_for_the_alert_on_quality() -> None:
    book = book_of(every=timedelta(hours=2.4), count=10, subject=SLOW, book=fresh())
    book_of(every=timedelta(seconds=10), count=60, subject=BUSY, book=book)
    [found] = silent_alerts(book, default_alerts())  # nothing was called: no other has any event
    assert (found.subjects, found.most, found.whole) == ([SLOW], 1, 10)
    assert found.sentence(24.0) == (
        "'quality_mean below 0.7 in 10 min' cannot begin for mail: it needs 20 events in 10 "
        "minutes, and there were 1 at most (10 in 24 hours)"
    )


def test_the_busiest_window_counts_wherever_it_lies() -> None:
    exactly = book_of(every=timedelta(seconds=30), count=20, subject=SLOW, book=fresh())
    assert silent_alerts(exactly, default_alerts()) == []
    spread = book_of(every=timedelta(seconds=33), count=20, subject=SLOW, book=fresh())
    [found] = silent_alerts(spread, default_alerts())
    assert found.most < 20
    other = book_of(every=timedelta(hours=1), count=2, subject=BUSY, book=spread)
    [both] = silent_alerts(other, default_alerts())
    assert both.subjects == [SLOW, BUSY]
    assert "cannot begin for mail and 1 more: " in both.sentence(24.0)

"""Keeps windows by minute and subject, and counts each event once, in bounded memory."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice

from lakegloss.core.monitoring.events import Event, Subject, moment_of
from lakegloss.core.monitoring.windows import Window

MOST_IDS = 200_000
"""How many ids of events are remembered, to know a repeated one."""
MOST_SUBJECTS = 1_000
OTHERS = Subject(program="(others)")
"""Stands for subjects beyond `MOST_SUBJECTS`: callers may send any name."""
FUTURE = timedelta(minutes=5)
"""How far the clock of whoever sent an event may be ahead."""


class Added(StrEnum):
    """What became of an event that was handed in."""

    COUNTED = "counted"
    REPEATED = "repeated"
    LATE = "late"
    FUTURE = "future"


def minute_of(at: datetime) -> int:
    """The minute since 1970 in which a time with a zone lies."""
    return int(at.timestamp() // 60)


def start_of(minute: int) -> datetime:
    """When a minute begins, in UTC."""
    return datetime.fromtimestamp(minute * 60, UTC)


class WindowBook:
    """Windows of one minute each, by subject.

    An event is counted in the minute of its own time, whenever it arrives. One that comes more
    than `open_minutes` after the newest is refused and counted in `refused`: whether it was
    counted before can then not be known. One from the future is refused, too: a wrong clock would
    else end all windows that are open. Not for several threads at once.

    Args:
        open_minutes: how long late events are taken, and ids are remembered.
        keep_minutes: how long windows are kept; None keeps all.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        *,
        open_minutes: int = 60,
        keep_minutes: int | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        most_ids: int = MOST_IDS,
    ) -> None:
        self._open = open_minutes
        self._keep = keep_minutes
        self._clock = clock
        self._most_ids = most_ids
        self._ids: dict[int, int] = {}
        self._windows: dict[Subject, dict[int, Window]] = {}
        self._newest = 0
        self._floor = 0
        self._latest_allowed = 0.0
        self.refused: dict[Added, int] = dict.fromkeys(Added, 0)

    def add(self, event: Event) -> Added:
        """Count an event, once; says what became of it."""
        found = self._add(event)
        if found is not Added.COUNTED:
            self.refused[found] += 1
        return found

    def _add(self, event: Event) -> Added:
        seconds = moment_of(event.at).timestamp()
        if seconds > self._latest_allowed:  # the clock is read only where it may matter
            self._latest_allowed = (self._clock() + FUTURE).timestamp()
            if seconds > self._latest_allowed:
                return Added.FUTURE
        minute = int(seconds // 60)
        known = hash((event.kind, event.event_id))
        if known in self._ids:
            return Added.REPEATED
        if minute < self._floor:
            return Added.LATE
        self._ids[known] = minute
        if minute > self._newest:
            self._newest = minute
            self._floor = max(self._floor, minute - self._open)
            self.clean(minute)
        if len(self._ids) > self._most_ids:
            self._forget()
        self._window(event.subject, minute).add(event)
        return Added.COUNTED

    def _window(self, subject: Subject, minute: int) -> Window:
        minutes = self._windows.get(subject)
        if minutes is None:
            if len(self._windows) >= MOST_SUBJECTS:
                subject = OTHERS
            minutes = self._windows.setdefault(subject, {})
        window = minutes.get(minute)
        if window is None:
            window = minutes[minute] = Window()
        return window

    def _forget(self) -> None:
        """Forget the ids that came first; events of their minutes are refused from now on."""
        gone = list(islice(self._ids, len(self._ids) // 4))
        # The present minute stays open: events that arrive now would else all be refused.
        last = max(self._ids.pop(known) for known in gone)
        self._floor = max(self._floor, min(last + 1, self._newest))

    def clean(self, minute: int | None = None) -> None:
        """Drop windows that are older than `keep_minutes`, and ids of minutes that are closed."""
        now = minute_of(self._clock()) if minute is None else minute
        while self._ids:
            first = next(iter(self._ids))
            if self._ids[first] >= self._floor:
                break
            del self._ids[first]
        if self._keep is None:
            return
        oldest = now - self._keep
        for subject, minutes in list(self._windows.items()):
            for old in [one for one in minutes if one < oldest]:
                del minutes[old]
            if not minutes:
                del self._windows[subject]

    @property
    def subjects(self) -> list[Subject]:
        """The subjects of which there are windows, sorted."""
        return sorted(self._windows)

    @property
    def newest(self) -> datetime | None:
        """The minute of the newest event, or None."""
        return start_of(self._newest) if self._newest else None

    def minutes_of(self, subject: Subject) -> Mapping[int, Window]:
        """The windows of a subject by minute."""
        return self._windows.get(subject, {})

    def sum_of(
        self, subject: Subject, minutes: int, *, distribution: bool = True, now: int | None = None
    ) -> Window:
        """The last so many minutes of a subject, the one under way among them, as one window.

        Args:
            distribution: False leaves out what quantiles need, which is faster.
            now: the minute under way; by default the clock's.
        """
        last = minute_of(self._clock()) if now is None else now
        there = self._windows.get(subject, {})
        whole = Window()
        for minute in range(last - minutes + 1, last + 1):
            window = there.get(minute)
            if window is None:
                continue
            if distribution:
                whole.merge(window)
            else:
                whole.add_sums(window)
        return whole

    def __iter__(self) -> Iterator[tuple[Subject, datetime, Window]]:
        for subject in self.subjects:
            for minute in sorted(self._windows[subject]):
                yield subject, start_of(minute), self._windows[subject][minute]

"""Sums windows up into the course of a program over time: figures of equal stretches of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lakegloss.core.monitoring.book import WindowBook, minute_of
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.windows import Window, figures_of, merged

STRETCHES = 48
"""How many points a course has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePoint:
    """The figures of one stretch of time, by the names of `METRICS`, and `cost` in dollars."""

    begins: datetime
    figures: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramCourse:
    """How one version of a program on one model did over time; `points` leave no stretch out."""

    title: str
    begins: datetime
    ends: datetime
    points: Sequence[CoursePoint]


def course_of(book: WindowBook, subject: Subject, now: datetime, hours: float) -> ProgramCourse:
    """The course of a subject over the last hours; a stretch without events has no figures."""
    minutes = max(1, round(hours * 60))
    length = -(-minutes // STRETCHES)
    count = -(-minutes // length)
    last = minute_of(now)
    first = last - count * length + 1
    found: dict[int, list[Window]] = {}
    for minute, window in book.minutes_of(subject).items():
        if first <= minute <= last:
            found.setdefault((minute - first) // length, []).append(window)
    start = now.replace(second=0, microsecond=0) - timedelta(minutes=count * length - 1)
    return ProgramCourse(
        title=subject.title, begins=start, ends=now,
        points=[
            CoursePoint(
                begins=start + timedelta(minutes=number * length),
                figures=_figures(merged(found.get(number, ())), length),
            )
            for number in range(count)
        ],
    )  # fmt: skip


def _figures(window: Window, minutes: int) -> Mapping[str, float | None]:
    cost = window.cost / 1_000_000 if window.priced else None
    return {**figures_of(window, minutes), "cost": cost}

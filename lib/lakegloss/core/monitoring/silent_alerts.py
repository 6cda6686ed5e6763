"""Says which alerts cannot begin, as too few events come in their windows; silence is no health."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from lakegloss.core.monitoring.alert_rules import AlertConfig
from lakegloss.core.monitoring.book import WindowBook
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.windows import figure_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentAlert:
    """An alert that had too few events of some programs to say anything.

    Attributes:
        subjects: of which it said nothing though they had events; the busiest first.
        most: events that it would rest on, in the busiest window of any of them.
        whole: such events of the busiest one in all the time that was looked at.
    """

    config: AlertConfig
    subjects: Sequence[Subject]
    most: int
    whole: int

    def sentence(self, hours: float) -> str:
        """All of it in words, after so many hours were looked at."""
        config, count = self.config, len(self.subjects)
        others = f" and {count - 1:,} more" if count > 1 else ""
        return (
            f"{config.name!r} cannot begin for {self.subjects[0].title}{others}: it needs "
            f"{config.min_samples:,} events in {config.window_minutes:,} minutes, and there were "
            f"{self.most:,} at most ({self.whole:,} in {hours:g} hours)"
        )


def silent_alerts(book: WindowBook, configs: Sequence[AlertConfig]) -> list[SilentAlert]:
    """The alerts that said nothing of some programs of a book, for want of events."""
    found = []
    for config in configs:
        counts = {subject: _samples(book, subject, config) for subject in book.subjects}
        silent = {
            subject: (most, whole)
            for subject, (most, whole) in counts.items()
            if whole and most < config.min_samples
        }
        ordered = sorted(silent, key=lambda one: (-silent[one][1], one))
        if ordered:
            most = max(most for most, _ in silent.values())
            found.append(
                SilentAlert(config=config, subjects=ordered, most=most, whole=silent[ordered[0]][1])
            )
    return found


def _samples(book: WindowBook, subject: Subject, config: AlertConfig) -> tuple[int, int]:
    """How many events a figure rests on, in the busiest window and in all."""
    windows = book.minutes_of(subject)
    minutes = sorted(windows)
    sums = [0]
    for minute in minutes:
        sums.append(sums[-1] + figure_of(windows[minute], config.metric_name, 1).samples)
    most = max(
        (
            sums[place + 1] - sums[bisect_left(minutes, minute - config.window_minutes + 1)]
            for place, minute in enumerate(minutes)
        ),
        default=0,
    )
    return most, sums[-1]

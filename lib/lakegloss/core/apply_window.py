"""A span of the day in which comments may be written, by the clock of a time zone."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from lakegloss.errors import SettingsError

_FORM = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})(?:\s+(\S+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyWindow:
    """From a time of the day until another, which may be on the next day.

    The clock on the wall counts: where it is put back, an hour of a window comes twice, and where
    it is put forward, one is left out.

    Attributes:
        start, end: `start` is in the window, `end` is not; equal ones are the whole day.
    """

    start: time
    end: time
    zone: ZoneInfo

    def is_open(self, moment: datetime) -> bool:
        """Whether comments may be written at a moment.

        Args:
            moment: with a time zone of its own.
        """
        now = moment.astimezone(self.zone).time()
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M} {self.zone.key}"


def read_window(text: str) -> ApplyWindow | None:
    """The window that a setting names, `22:00-05:00 Europe/Berlin`; None where it is empty.

    Without a zone it is in UTC.

    Raises:
        SettingsError: the text is no window, or there is no such zone.
    """
    if not text.strip():
        return None
    found = _FORM.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)  # noqa: TRY301 - told as a time that there is not
        hours = [int(number) for number in found.groups()[:4]]
        start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    except ValueError:
        raise SettingsError(
            f"apply_window: {text!r} is no span of the day.",
            remedy="Write it as 22:00-05:00, with a time zone where it is not UTC: "
            "22:00-05:00 Europe/Berlin.",
        ) from None
    return ApplyWindow(start=start, end=end, zone=_zone(found[5] or "UTC"))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not known, no name at all, or a folder's
        raise SettingsError(
            f"apply_window: there is no time zone {name!r}.",
            remedy="Take a name such as UTC, Europe/Berlin or America/New_York.",
        ) from None

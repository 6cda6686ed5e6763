"""When comments may be written: midnight, changes of the clock, and texts that are no window."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.apply_window import read_window
from lakegloss.errors import SettingsError


def is_open(text: str, moment: str) -> bool:
    window = read_window(text)
    assert window is not None
    return window.is_open(datetime.fromisoformat(moment))


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        pytest.param("09:00-17:00", "2026-03-01T09:00+00:00", True, id="its-start-is-in"),
        pytest.param("09:00-17:00", "2026-03-01T17:00+00:00", False, id="its-end-is-not"),
        pytest.param("22:00-05:00", "2026-03-01T23:59+00:00", True, id="before-midnight"),
        pytest.param("22:00-05:00", "2026-03-01T00:00+00:00", True, id="midnight"),
        pytest.param("22:00-05:00", "2026-03-01T04:59:59+00:00", True, id="after-midnight"),
        pytest.param("22:00-05:00", "2026-03-01T05:00+00:00", False, id="in-the-morning"),
        pytest.param("22:00-00:00", "2026-03-01T23:30+00:00", True, id="until-midnight"),
        pytest.param("22:00-00:00", "2026-03-01T00:00+00:00", False, id="not-beyond-midnight"),
        pytest.param("08:00-08:00", "2026-03-01T03:00+00:00", True, id="the-whole-day"),
        pytest.param("22:00-05:00 Europe/Berlin", "2026-01-10T21:30+00:00", True, id="winter"),
        pytest.param("22:00-05:00 Europe/Berlin", "2026-07-10T03:30+00:00", False, id="summer"),
        pytest.param("22:00-05:00 Europe/Berlin", "2026-07-10T20:30+00:00", True, id="summer-too"),
        # 29 March 2026: 02:00 becomes 03:00 in Berlin, at 01:00 UTC.
        pytest.param("02:00-03:00 Europe/Berlin", "2026-03-29T00:59+00:00", False, id="before"),
        pytest.param("02:00-03:00 Europe/Berlin", "2026-03-29T01:00+00:00", False, id="left-out"),
        # 25 October 2026: 03:00 becomes 02:00, so 02:30 comes at 00:30 and at 01:30 UTC.
        pytest.param("02:00-03:00 Europe/Berlin", "2026-10-25T00:30+00:00", True, id="once"),
        pytest.param("02:00-03:00 Europe/Berlin", "2026-10-25T01:30+00:00", True, id="twice"),
        pytest.param("02:00-03:00 Europe/Berlin", "2026-10-25T02:00+00:00", False, id="then-over"),
        pytest.param("1:30-2:00", "2026-03-01T01:45+00:00", True, id="one-digit"),
    ],
)
def test_is_open(text: str, moment: str, expected: bool) -> None:  # noqa: FBT001
    assert is_open(text, moment) is expected


def test_no_text_is_no_window() -> None:
    assert read_window("") is None
    assert read_window("  ") is None


@pytest.mark.parametrize(
    "text",
    [
        "22:00", "22-05", "25:00-05:00", "22:60-05:00", "22:00-05:00-06:00", "night", "-",
        "22:00-05:00 Europe/Atlantis", "22:00-05:00 ../../etc/passwd", "22:00-05:00 /etc/hosts",
        "22:00-05:00 Europe", "22:00-05:00 UTC UTC", "\u0661\u0662:00-99:00",
    ],
)  # fmt: skip
def test_what_is_no_window_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match="apply_window"):
        read_window(text)


@given(
    st.times(), st.times(), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]),
)  # fmt: skip
def test_a_window_and_its_complement_share_no_moment(
    start: time, end: time, moment: datetime, zone: str
) -> None:
    one = read_window(f"{start:%H:%M}-{end:%H:%M} {zone}")
    other = read_window(f"{end:%H:%M}-{start:%H:%M} {zone}")
    assert one is not None
    assert other is not None
    at = moment.replace(tzinfo=UTC)
    if f"{start:%H:%M}" == f"{end:%H:%M}":
        assert one.is_open(at)
    else:
        assert one.is_open(at) is not other.is_open(at)
    assert one.is_open(at) is one.is_open(at.astimezone(ZoneInfo("Asia/Tokyo")))
    assert read_window(str(one)) == one

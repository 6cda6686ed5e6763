"""Notices leave in the order of an alert's changes, each by one process, and never in a storm."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.monitoring.notices import ATTEMPTS, Notice, NoticeStatus, send_in_turn

START = datetime(2026, 3, 1, tzinfo=UTC)


class Post:
    """Receivers that answer as they are told, and what waits for them."""

    def __init__(self, alerts: int, changes: int, channels: int) -> None:
        self.now = START
        self.kept = {
            (f"a{alert}", number, f"c{channel}"): Notice(
                alert_id=f"a{alert}", number=number, channel=f"c{channel}", next_at=START
            )
            for alert in range(alerts)
            for number in range(1, changes + 1)
            for channel in range(channels)
        }
        self.got: list[tuple[str, int, str]] = []
        self.tries = 0
        self.down: set[str] = set()
        self.killed = False

    def send(self, notice: Notice) -> NoticeStatus | None:
        key = (notice.alert_id, notice.number, notice.channel)
        claimed = self.kept[key] = notice.claimed(self.now)
        if self.killed:
            return None
        self.tries += 1
        error = "HTTP 500" if notice.channel in self.down else ""
        if not error:
            self.got.append(key)
        after = self.kept[key] = claimed.tried(error, self.now)
        return after.status

    def round(self, most: int = 100) -> dict[str, int]:
        waiting = [n for n in self.kept.values() if n.status is NoticeStatus.WAITING]
        return send_in_turn(waiting, self.send, clock=lambda: self.now, most=most)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40), st.sets(st.sampled_from(["c0", "c1"])), st.booleans(),
            st.integers(1, 5),
        ),
        max_size=25,
    )
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_each_receiver_gets_each_change_once_and_in_order(
    history: list[tuple[int, set[str], bool, int]],
) -> None:
    post = Post(alerts=2, changes=3, channels=2)
    for minutes, down, killed, most in history:
        post.now += timedelta(minutes=minutes)
        post.down, post.killed, post.tries = down, killed, 0
        post.round(most)
        assert post.tries <= most
    post.down, post.killed = set(), False
    for _ in range(10):
        post.now += timedelta(hours=1)
        post.round()
    assert len(post.got) == len(set(post.got)), "each once"
    assert all(n.status is not NoticeStatus.WAITING for n in post.kept.values()), "none is lost"
    for alert in ("a0", "a1"):
        for channel in ("c0", "c1"):
            numbers = [n for a, n, c in post.got if (a, c) == (alert, channel)]
            assert numbers == sorted(numbers), "nobody learns of an end before its beginning"


def test_a_receiver_that_is_down_is_asked_once_a_round() -> None:
    """Others sent 200 attempts of the same alert in 10 minutes."""
    post = Post(alerts=50, changes=2, channels=1)
    post.down = {"c0"}
    for _ in range(20):
        post.tries = 0
        post.round()
        assert post.tries <= 1
        post.now += timedelta(seconds=30)


def test_another_channel_is_not_kept_waiting() -> None:
    post = Post(alerts=3, changes=1, channels=2)
    post.down = {"c0"}
    assert post.round() == {"waiting": 1, "sent": 3}


def test_an_end_waits_for_its_beginning_and_no_longer_than_that() -> None:
    post = Post(alerts=1, changes=2, channels=1)
    post.down = {"c0"}
    for _ in range(ATTEMPTS):
        assert post.got == []
        post.round()
        post.now += timedelta(hours=1)
    assert post.kept["a0", 1, "c0"].status is NoticeStatus.FAILED
    post.down = set()
    post.round()
    assert post.got == [("a0", 2, "c0")]

"""Changes of an alert alternate and are numbered, whatever is read, by whom, and by which clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.monitoring.alert_rules import AlertReading
from lakegloss.core.monitoring.alert_states import (
    AlertChange,
    AlertState,
    AlertStatus,
    changed,
    next_status,
)
from lakegloss.core.monitoring.events import Subject
from lakegloss.monitoring.alert_memory import MemoryAlerts

START, HOLD = datetime(2026, 3, 1, tzinfo=UTC), timedelta(minutes=5)
READINGS = st.lists(
    st.tuples(st.sampled_from(AlertReading), st.integers(-3, 20), st.integers(0, 2), st.booleans()),
    max_size=40,
)


def change_to(state: AlertState, status: AlertStatus, at: datetime) -> AlertChange:
    return AlertChange(
        alert_id=state.alert_id, number=state.changes + 1, alert="a", metric="latency_mean",
        subject=Subject(), status=status, value=1.0, threshold=1.0, baseline=None, samples=1,
        at=at,
    )  # fmt: skip


@given(READINGS)
@settings(max_examples=60, deadline=None)
def test_of_three_processes_one_makes_each_change(
    readings: list[tuple[AlertReading, int, int, bool]],
) -> None:
    """Each of them may know an old state; clocks go back, too."""
    store, now = MemoryAlerts(), START
    known = [store.state("x")] * 3
    made: list[AlertChange] = []
    for reading, minutes, who, looks_first in readings:
        now += timedelta(minutes=minutes)
        if looks_first:
            known[who] = store.state("x")
        state = known[who]
        status = next_status(state, reading, now, HOLD)
        if status is None:
            assert reading is not AlertReading.BEYOND or state.status is AlertStatus.FIRING
            continue
        assert status is not state.status
        assert reading in {AlertReading.BEYOND, AlertReading.WITHIN}, "no data changes nothing"
        change = change_to(state, status, now)
        if store.change(change):
            made.append(change)
            known[who] = changed(state, change)
            assert known[who] == store.state("x")
    assert [one.number for one in made] == list(range(1, len(made) + 1))
    assert all(one.status is not other.status for one, other in pairwise(made))
    assert all(
        other.at - one.at >= HOLD
        for one, other in pairwise(made)
        if other.status is AlertStatus.QUIET
    )

"""One notice for each change of an alert: whatever flaps, restarts, or runs beside it."""

import random
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from lakegloss.core.monitoring.alert_rules import AlertConfig
from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus
from lakegloss.core.monitoring.events import Subject
from lakegloss.core.monitoring.notices import ATTEMPTS
from lakegloss.core.monitoring.windows import Figure
from lakegloss.monitoring.alert_rows.alert_tables import ALERT_CHANGES, ALERT_NOTICES
from lakegloss.monitoring.alert_rows.database_alerts import DatabaseAlerts
from lakegloss.monitoring.alert_rows.outbox import Outbox
from lakegloss.monitoring.evaluation import evaluate_alert
from lakegloss.serving.api.database.store import opened
from tests.kits.places import ROOT

START = datetime(2026, 3, 1, tzinfo=UTC)
SLOW = AlertConfig(metric_name="latency_mean", threshold=100.0, window_minutes=1, min_samples=1)
SUBJECT = Subject(program="p", variant="A", model="m")


def flap(store: DatabaseAlerts, now: datetime, value: float) -> AlertChange | None:
    return evaluate_alert(store, SLOW, SUBJECT, Figure(value=value, samples=5), None, now)


def flapping(url: str, seed: int, times: int, minutes: int) -> list[str]:
    """Evaluate a flapping figure often; returns the ids of the changes that were made here."""
    engine, rng, made = opened(url), random.Random(seed), []
    store = DatabaseAlerts(engine)
    try:
        for number in range(times):
            now = START + timedelta(minutes=minutes * number / times)
            change = flap(store, now, rng.choice((50.0, 99.0, 101.0, 150.0)))
            if change is not None:
                made.append(change.change_id)
            if number % 250 == 249:  # a restart forgets all but the rows
                store = DatabaseAlerts(engine)
    finally:
        engine.dispose()
    return made


def in_threads(url: str, threads: int, times: int, minutes: int) -> list[str]:
    made: list[str] = []
    lock = threading.Lock()

    def work(seed: int) -> None:
        own = flapping(url, seed, times, minutes)
        with lock:
            made.extend(own)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return made


def check_rows(url: str, made: list[str]) -> None:
    """Each change has one maker and one notice; changes alternate and are numbered in a row."""
    assert made
    assert max(Counter(made).values()) == 1
    engine = opened(url)
    with engine.connect() as connection:
        rows = connection.execute(select(ALERT_CHANGES).order_by(ALERT_CHANGES.c.number)).all()
        notices = connection.execute(select(ALERT_NOTICES.c.change_id)).scalars().all()
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert [row.status for row in rows[:2]] == ["firing", "quiet"][: len(rows[:2])]
    assert all(a.status != b.status for a, b in pairwise(rows))
    assert sorted(notices) == sorted(made)
    sent: list[str] = []
    boxes = [Outbox(engine, {"log": lambda id_, _: sent.append(id_) or ""}) for _ in range(4)]
    threads = [threading.Thread(target=box.send_waiting, args=(100_000,)) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for box in boxes:
        box.send_waiting(100_000)
    assert sorted(sent) == sorted(made)
    engine.dispose()


def test_a_flapping_figure_is_told_once_a_change(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'alerts.db'}"
    check_rows(url, in_threads(url, threads=4, times=60, minutes=20))


@pytest.mark.soak
def test_ten_thousand_evaluations_of_eight_threads_in_two_processes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'alerts.db'}"
    opened(url).dispose()
    code = (
        "import sys; from tests.unit.monitoring.alert_rows import test_database_alerts as t;"
        "print(*t.in_threads(sys.argv[1], 8, 625, 60))"
    )
    made: list[str] = []
    for _ in range(2):  # the second pair goes on where the first ended
        running = [
            subprocess.Popen(
                [sys.executable, "-c", code, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        for process in running:
            made += process.communicate(timeout=300)[0].split()
            assert process.returncode == 0
    check_rows(url, made)


def test_a_restart_repeats_nothing_and_misses_nothing(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'alerts.db'}")
    first = flap(DatabaseAlerts(engine), START, 150.0)
    assert first is not None
    assert flap(DatabaseAlerts(engine), START, 150.0) is None
    # What ended while no process was there is told by the next.
    ended = flap(DatabaseAlerts(engine), START + timedelta(minutes=5), 50.0)
    assert ended is not None
    assert ended.status is AlertStatus.QUIET
    assert [change.number for change in DatabaseAlerts(engine).changes()] == [2, 1]
    assert DatabaseAlerts(engine).firing() == []
    engine.dispose()


def test_what_is_old_by_some_seconds_makes_no_second_change(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'alerts.db'}")
    one, other = DatabaseAlerts(engine), DatabaseAlerts(engine)
    assert other.state("x").changes == 0
    assert flap(other, START, 50.0) is None  # it remembers: quiet
    assert flap(one, START, 150.0) is not None
    assert flap(other, START, 150.0) is None
    assert [change.alert for change in other.firing()] == [SLOW.name]
    engine.dispose()


def test_failures_are_tried_again_recorded_and_end(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'alerts.db'}")
    store = DatabaseAlerts(engine, channels=("log", "webhook"))
    flap(store, START, 150.0)
    now, tries = [START], []
    answers = iter(["HTTP 500", "TimeoutError", ""])

    def sends(change_id: str, body: str) -> str:
        tries.append(now[0])
        return next(answers)

    box = Outbox(engine, {"webhook": sends}, clock=lambda: now[0])
    assert box.send_waiting() == {"waiting": 1}
    assert box.send_waiting() == {}  # not due yet
    assert box.counts() == {"waiting": 2}
    now[0] += timedelta(minutes=1)
    assert box.send_waiting() == {"waiting": 1}
    now[0] += timedelta(minutes=2)
    assert box.send_waiting() == {"sent": 1}
    assert box.counts() == {"sent": 1, "waiting": 1}  # the log has its own
    assert len(tries) == 3
    never = Outbox(engine, {"log": lambda *_: "HTTP 503"}, clock=lambda: now[0])
    for _ in range(ATTEMPTS + 3):
        now[0] += timedelta(hours=1)
        never.send_waiting()
    assert never.counts() == {"sent": 1, "failed": 1}
    with engine.connect() as connection:
        assert "HTTP 503" in connection.execute(select(ALERT_NOTICES.c.error)).scalars().all()
    engine.dispose()


def test_a_killed_process_loses_its_claim(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'alerts.db'}")
    flap(DatabaseAlerts(engine), START, 150.0)
    now, sent = [START], []

    def killed(change_id: str, body: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Outbox(engine, {"log": killed}, clock=lambda: now[0]).send_waiting()
    box = Outbox(engine, {"log": lambda id_, _: sent.append(id_) or ""}, clock=lambda: now[0])
    assert box.send_waiting() == {}  # another may be at it still
    now[0] += timedelta(minutes=2)
    assert box.send_waiting() == {"sent": 1}
    assert box.send_waiting() == {}
    assert len(sent) == 1
    engine.dispose()

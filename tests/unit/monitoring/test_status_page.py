"""The page of a status: courses with gaps, the evidence of rollouts, and nothing that runs."""

import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from lakegloss.core.monitoring.alert_states import AlertChange, AlertStatus
from lakegloss.core.monitoring.book import WindowBook
from lakegloss.core.monitoring.courses import STRETCHES, course_of
from lakegloss.core.monitoring.events import Event, EventKind, Subject
from lakegloss.core.monitoring.overview import (
    StatusData,
    busiest,
    programs_of,
    waiting_for_a_person,
)
from lakegloss.core.monitoring.rollout_view import RolloutView, last_rollouts, view_of
from lakegloss.core.release.guard import AccountKey, AnswerSeen, ScoredPair
from lakegloss.core.release.rollout_steps import RolloutRow, RolloutRules
from lakegloss.core.report.lines import Bound, ChartLine, LineChart, line_chart
from lakegloss.errors import RegistryError
from lakegloss.monitoring.status_page import render_page, render_text
from lakegloss.release.rollout import NoEffects, RolloutEvidence, Rollouts
from lakegloss.release.rollouts.rollout_store import MemoryRolloutStore

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'\x1b[31m\u202e"


def book_of(*programs: str) -> WindowBook:
    """Calls of each program in the first and in the last hour of four, and none between."""
    book = WindowBook(open_minutes=10_000, clock=lambda: NOW)
    for number, program in enumerate(programs):
        for n in range(20 + number):
            late = n % 2 == 0
            book.add(
                Event(
                    event_id=f"{program} {n}", kind=EventKind.EXECUTION, success=n % 5 > 0,
                    at=NOW - timedelta(minutes=n + (0 if late else 200)),
                    subject=Subject(program=program, program_version="v1", model="m"),
                    latency_ms=100.0 + n, quality=0.5, cost=0.001 if late else None,
                )
            )  # fmt: skip
    return book


class Bench:
    """Evidence of a challenger that is worse or better, and a clock."""

    def __init__(self, drop: float) -> None:
        self.now, self.drop, self.seen = NOW - timedelta(hours=6), drop, 0

    def clock(self) -> datetime:
        return self.now

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        first, self.seen = self.seen, self.seen + 20
        return RolloutEvidence(
            key=AccountKey(name=row.name, champion="a", challenger="b", metric="x", grouped=True),
            pairs=[
                ScoredPair(item_id=f"i{n}", champion=0.6, challenger=0.6 - self.drop)
                for n in range(first, first + 20)
            ],
            answers=[AnswerSeen(answer_id=f"a{n}", failed=False) for n in range(first, first + 20)],
            answered_at=self.now, in_stage=20,
        )  # fmt: skip


def rolled(drop: float, name: str = "mail", steps: int = 5) -> RolloutView:
    bench, store = Bench(drop), MemoryRolloutStore()
    rollouts = Rollouts(store, bench, clock=bench.clock)
    rollouts.start(
        name, champion=1, challenger=2, champion_version="a", challenger_version="b",
        rules=RolloutRules(), decided_by=HOSTILE, reason=HOSTILE,
    )  # fmt: skip
    for _ in range(steps):
        bench.now += timedelta(minutes=61)
        rollouts.step(name)
    [rows] = last_rollouts(store.rows(name))
    return view_of(rows, store.items(rows[-1].rollout_id), grouped=True)


def data_of(book: WindowBook, *views: RolloutView) -> StatusData:
    return StatusData(
        at=NOW, hours=4, programs=programs_of(book, 4), firing=[], changes=[], rollouts=views,
        courses=[course_of(book, one, NOW, 4) for one in busiest(book)],
        waiting=waiting_for_a_person(reviews=0, phases=[], failed_notices=0, rollouts=views),
    )  # fmt: skip


def test_a_course_leaves_a_gap_where_nothing_is_known() -> None:
    book = book_of("mail")
    [subject] = book.subjects
    course = course_of(book, subject, NOW, 4)
    assert len(course.points) == STRETCHES
    calls = [point.figures["sample_size"] for point in course.points]
    assert sum(call or 0 for call in calls) == 20
    assert calls[0] is not None
    middle = course.points[24].figures
    assert (middle["quality_mean"], middle["latency_mean"], middle["cost"]) == (None, None, None)
    assert course.points[-1].figures["cost"] == pytest.approx(0.003)
    assert course.points[-1].begins == datetime(2026, 3, 2, 11, 56, tzinfo=UTC)
    assert {len(course_of(book, subject, NOW, hours).points) for hours in (0.1, 1, 24 * 7)} <= set(
        range(1, STRETCHES + 1)
    )


def test_the_evidence_line_ends_where_the_guard_decided() -> None:
    back = rolled(0.2)
    assert back.last.state == "rolled back"
    assert max(back.lines.worse) >= back.finding["needed"]
    at = next(n for n, e in enumerate(back.lines.worse, 1) if e >= back.finding["needed"])
    assert at == back.finding["worse_at"]
    assert back.lines.worse[-1] == pytest.approx(back.finding["worse"])
    good = rolled(0.0, steps=2)
    assert good.lines.not_worse[-1] == pytest.approx(good.finding["not_worse"])
    assert good.lines.failing[-1] == pytest.approx(good.finding["failing"])
    assert good.waits == ""
    held = replace(good, steps=[*good.steps, replace(good.last, state="held", reason="odd")])
    assert held.waits == "The rollout of mail/2 is held (odd): lakegloss releases mail"
    assert waiting_for_a_person(reviews=0, phases=[], failed_notices=0, rollouts=[held]) == [
        held.waits
    ]


def test_an_end_that_services_do_not_know_waits_for_a_person() -> None:
    class Unreachable(NoEffects):
        """A registry that does not answer."""

        def project(self, row: RolloutRow) -> None:
            raise RegistryError("no registry answers")

    bench, store = Bench(0.2), MemoryRolloutStore()
    rollouts = Rollouts(store, bench, Unreachable(), clock=bench.clock)
    rollouts.start(
        "mail", champion=1, challenger=2, champion_version="a", challenger_version="b"
    )  # fmt: skip
    rollouts.withdraw("mail")
    [rows] = last_rollouts(store.rows("mail"))
    view = view_of(rows, [], grouped=True)
    assert view.waits == (
        "The rollout of mail/2 is withdrawn, and services may not know it yet, as the registry did "
        "not answer: lakegloss rollout step mail"
    )
    Rollouts(store, bench, clock=bench.clock).step("mail")
    [rows] = last_rollouts(store.rows("mail"))
    assert view_of(rows, [], grouped=True).waits == ""


def test_a_share_that_nobody_guards_waits_for_a_person() -> None:
    view = rolled(0.0, steps=1)
    last = view.last.at
    for hours, count in ((3.9, 0), (4.1, 1)):
        told = waiting_for_a_person(
            reviews=0, phases=[], failed_notices=0, rollouts=[view],
            now=last + timedelta(hours=hours),
        )  # fmt: skip
        assert len(told) == count
    assert told[0].startswith("Nobody guards mail/2, whose share is ")
    assert "for 4 windows. Step or withdraw it: lakegloss releases mail" in told[0]


def test_a_look_that_no_decision_closed_is_not_drawn() -> None:
    view = rolled(0.0, steps=2)
    rows = [*view.steps]
    stray = view_of(rows, [], grouped=True)
    assert (stray.lines.worse, stray.lines.failing) == ([], [])


def test_the_page_is_well_formed_and_runs_nothing() -> None:
    book = book_of(HOSTILE, "mail")
    change = AlertChange(
        alert_id="a", number=1, alert=HOSTILE, metric="quality_mean", subject=book.subjects[0],
        status=AlertStatus.FIRING, value=0.1, threshold=0.7, baseline=None, samples=20,
        at=NOW - timedelta(hours=1),
    )  # fmt: skip
    data = replace(
        data_of(book, rolled(0.2, HOSTILE), rolled(0.0, steps=2)),
        changes=[change], firing=[change],
    )  # fmt: skip
    page = render_page(data)
    assert render_page(data) == page
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    charts = re.findall(r'<svg class="plot".*?</svg>.*?</svg>', page, re.DOTALL)
    assert len(charts) == 2 * 4 + 2 * 3
    ids = set()
    for chart in charts:
        root = ET.fromstring(chart)  # noqa: S314 - the page is our own
        ids.add(root.get("aria-labelledby"))
        assert root.findtext("{*}desc")
    assert len(ids) == len(charts)
    assert "taken back" in page
    assert "rolled back" in page
    told = "\n".join(render_text(data))
    assert "Rollouts" in told
    assert "evidence worse" in told
    assert "\x1b" not in told


def test_a_line_chart_stays_in_its_box_whatever_it_is_given() -> None:
    wild = [(0.0, -5.0), (0.5, None), (0.75, 1e9), (1.0, 3.0)]
    text = line_chart(
        LineChart(
            lines=[
                ChartLine(key='x"><b>', name="<b>", points=wild),
                ChartLine(key="e", name="", points=()),
            ],
            title="<i>", text="&", low=0.0, high=0.0, id_prefix="p",
            bounds=[Bound(at=math.pi, label="out")], marks=[(7.0, "late"), (-1.0, "early")],
        )
    )  # fmt: skip
    assert "<b>" not in text
    assert "<i>" not in text
    for x, y in re.findall(
        r"[ML]?(-?[\d.]+) (-?[\d.]+)", " ".join(re.findall(r' d="([^"]*)"', text))
    ):
        assert 0 <= float(x) <= 1_000
        assert 0 <= float(y) <= 90

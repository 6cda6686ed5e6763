"""`lakegloss monitor` and `lakegloss status` over a service's database, without Spark."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from lakegloss.cli.main import app
from lakegloss.serving.api.database.schema import EXECUTIONS, FEEDBACK
from lakegloss.serving.api.database.store import opened
from tests.kits.rollout_worker import NAME
from tests.kits.rollout_worker import run as stepped

HOSTILE = "<script>alert(1)</script>\x1b[31m"


def execution(number: int, at: datetime, **given: Any) -> dict[str, Any]:
    values = {
        "execution_id": f"e{number}", "request_id": "r", "key_name": "shop", "program": "mail",
        "program_version": "v1", "mode": "normal", "model": "m", "success": True, "error": "",
        "input_keys": [], "outputs": {}, "inputs": None, "input_tokens": 10, "output_tokens": 5,
        "execution_time": 0.2, "ended_at": at, "carried": False,
    }  # fmt: skip
    return {**values, **given}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder whose service failed in the last minutes, and was slow three hours ago."""
    now = datetime.now(UTC)
    engine = opened(f"sqlite:///{tmp_path / 'serve.db'}")
    rows = [
        execution(n, now - timedelta(seconds=40), success=False, error=f"{HOSTILE}: secret {n}")
        for n in range(15)
    ]
    rows += [
        execution(100 + n, now - timedelta(hours=3), program=HOSTILE, execution_time=9.0)
        for n in range(30)
    ]
    said = {
        "feedback_id": "f1", "key_name": "k", "execution_id": "e1", "proposal_id": "",
        "program": "mail", "program_version": "v1", "variant": "", "model": "m", "score": None,
        "rating": 4, "type": "", "corrections": "{}", "who": "", "at": now, "carried": False,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(EXECUTIONS), rows)
        connection.execute(insert(FEEDBACK), [said])
    engine.dispose()
    return tmp_path


def run(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "--home", str(home), "--no-lake"])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_a_round_tells_what_changed_once(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = run(home, "monitor")
    assert "46 events of 2 programs" in first
    assert "'success_rate below 0.9 in 5 min' began for mail@v1 · m" in first
    assert "Notices: 1 sent" in first
    assert len([r for r in caplog.records if r.name == "lakegloss.alerts"]) == 1
    second = run(home, "monitor")
    assert "no alert began or ended" in second
    assert "Notices" not in second


def test_a_round_looks_at_all_minutes_since_the_last(home: Path) -> None:
    """A job that runs each hour sees what was bad in between."""
    run(home, "monitor", "--hours", "1")
    engine = opened(f"sqlite:///{home / 'serve.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE monitor_states SET position = ? WHERE name = 'round'",
            ((datetime.now(UTC) - timedelta(hours=5)).isoformat(),),
        )
    engine.dispose()
    assert "'latency_mean above 5000 in 5 min' began" in run(home, "monitor")


def test_the_status_shows_figures_and_alerts_and_no_markup(home: Path) -> None:
    run(home, "monitor")
    told = run(home, "status")
    assert "mail@v1 · m: 15 calls, 0.0 % succeeded" in told
    assert "people 75.0 %" in told
    assert "Alerts that are on: 1" in told
    assert "9,000 ms on average" in told
    page = (home / "status.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "\x1b" not in page
    assert "1 alert is on" in page
    assert "secret" not in page
    assert "once a year at 27 items a day" in page


def test_the_status_shows_rollouts_of_variants_and_their_evidence(tmp_path: Path) -> None:
    for hour in range(3):
        stepped(tmp_path / "production.db", 0.4, 61.0 * hour)
    told = run(tmp_path, "status")
    assert f"{NAME}/2: rolled back" in told
    page = (tmp_path / "status.html").read_text(encoding="utf-8")
    assert page.count('class="plot"') == 3
    assert "100: taken back" in page


def test_the_status_of_nothing(tmp_path: Path) -> None:
    told = run(tmp_path, "status")
    assert "no events" in told
    assert "nothing" in told


def test_a_webhook_is_not_set_on_the_command_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["monitor", "--home", str(tmp_path), "--set", "alert_webhook=https://h/x?token=s3cret"]
    )
    assert done.exit_code != 0
    assert "s3cret" not in done.output

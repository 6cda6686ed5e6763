"""Ten thousand assets described through a server that does everything wrong that it can."""

from collections import Counter
from pathlib import Path

import pytest

from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.engine.journal import Journal, read_journal
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.settings import Settings
from tests.kits.hostile_lake import Recorded, assert_all_held, draft, make_lake
from tests.kits.model_server import ModelServer


def describe_under_fire(tmp_path: Path, *, tables: int, seed: int) -> Counter[str]:
    lake = make_lake(tables, columns=24)
    settings = Settings(model="model-a", endpoint="http://unused", request_tokens=800)
    # Without long waits the test would measure only waiting.
    retry = RetryPolicy(attempts=4, base=0.02, cap=0.2, retry_after_cap=0.3)
    policy = CallPolicy(in_flight=48, retry=retry)
    journal = Journal(tmp_path / "journal", "run")
    with ModelServer(mode="hostile", seed=seed, stall=1.5, storm=(200, 300)) as server:
        endpoint = Endpoint(base_url=server.url, model="model-a", timeout=1.0)
        with Engine(HttpTransport(endpoint), policy, run_id="run", journal=journal) as engine:
            ask = Recorded(engine.ask)
            drafted = draft(lake, settings, ask)
        kept = [r for _, responses in read_journal(journal.folder) for r in responses]
        return assert_all_held(lake, drafted, kept, ask.requests, server)


# That no fault moves a text is held by programs/test_answers.py, what is asked again and what is
# left by test_rounds.py, what each fault costs by test_one_loop.py and engine/http/test_client.py.
@pytest.mark.deep
@pytest.mark.slow
@pytest.mark.timeout(120)
def test_ten_thousand_assets_under_fire(tmp_path: Path) -> None:
    sources = describe_under_fire(tmp_path, tables=400, seed=1)
    assert sources["model"] > 9_700


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 7))
def test_thirty_thousand_assets_under_fire(tmp_path: Path, seed: int) -> None:
    sources = describe_under_fire(tmp_path, tables=1200, seed=seed)
    assert sources["model"] > 29_100

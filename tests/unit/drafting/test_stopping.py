"""A dead endpoint and a small budget are told, and nothing stands in for a model that is away."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from lakegloss.core.plan.tasks import TableTasks
from lakegloss.core.records import Source
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.drafted import Drafted
from lakegloss.drafting.stopping import budget_advice
from lakegloss.engine.attempt import Attempt, Failure, Usage
from lakegloss.engine.caller import policy_from
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.transport import ScriptedTransport
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.errors import CatalogError, EndpointUnavailableError
from lakegloss.lakehouse.survey.survey import require_readable
from lakegloss.settings import Settings
from tests.kits.engine import FakeClock, failed, good
from tests.kits.hostile_lake import draft, make_lake

LAKE = make_lake(2, columns=4)
ASSETS = sum(len(table.tasks) for table in LAKE)


def drafted_by(
    answer: Callable[[ModelRequest], Attempt], lake: Sequence[TableTasks] = LAKE, **options: object
) -> Drafted:
    settings = Settings.model_validate(
        {"model": "m", "endpoint": "http://dead.example/v1", "request_tokens": 800} | options
    )
    policy = replace(
        policy_from(settings, endpoint=settings.endpoint), retry=RetryPolicy(attempts=2)
    )
    with Engine(ScriptedTransport(answer), policy, run_id="run", clock=FakeClock()) as engine:
        return draft(lake, settings, engine.ask)


def advice_of(settings: Settings, needed: Usage | None, *, calls: int) -> str:
    return budget_advice(settings.calls, needed, endpoint=settings.endpoint, calls=calls)


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(failed(Failure.TRANSPORT, status=0), id="refused connections"),
        pytest.param(failed(Failure.INVALID, status=404), id="404"),
        pytest.param(failed(Failure.SERVER, status=503), id="503"),
        pytest.param(failed(Failure.MALFORMED, status=200), id="a page of HTML"),
        pytest.param(
            Attempt(status=400, failure=Failure.INVALID, detail="HTTP 400 no such model"), id="400"
        ),
    ],
)
def test_an_endpoint_that_never_answers_is_an_error_and_nothing_stands_in(attempt: Attempt) -> None:
    drafted = drafted_by(lambda _: attempt)
    assert isinstance(drafted.error, EndpointUnavailableError)
    assert "http://dead.example/v1" in drafted.error.message
    assert attempt.error in drafted.error.message
    assert drafted.drafts == []
    assert drafted.calls <= 20


def test_answers_that_fail_their_checks_still_get_the_rules_words() -> None:
    drafted = drafted_by(lambda _: good("no JSON"))
    assert drafted.error is None
    assert drafted.unanswered == 0
    assert {p.source for p in drafted.drafts} == {Source.RULES}
    assert len(drafted.drafts) == ASSETS


def test_requests_that_were_not_answered_beside_others_are_counted_with_the_cause() -> None:
    lake = make_lake(12, columns=12)
    down = lake[0].table.name

    def partly(request: ModelRequest) -> Attempt:
        asks_it = any(asset.table == down for asset in request.assets)
        return failed(Failure.INVALID, status=404) if asks_it else good("no JSON")

    drafted = drafted_by(partly, lake, in_flight=1)
    assert drafted.error is None
    assert drafted.unanswered > 0
    assert len(drafted.drafts) + drafted.unanswered == 12 * 13
    assert drafted.cause.startswith("invalid")


def test_a_budget_without_room_for_one_request_says_how_much_one_needs() -> None:
    drafted = drafted_by(lambda _: good(), max_tokens_total=100)
    assert (drafted.calls, drafted.not_asked) == (0, {"budget": ASSETS})
    assert drafted.needed is not None
    settings = Settings(model="m", endpoint="http://x", max_tokens_total=100)
    advice = advice_of(settings, drafted.needed, calls=0)
    assert "max_tokens_total = 100 is too small" in advice
    assert f"{drafted.needed.total:,} tokens" in advice
    assert "run the same command" not in advice
    shared = Settings(
        model="m", endpoint="http://x", max_tokens_total=9000, transport="partitions", partitions=8
    )
    assert "8 partitions that share" in advice_of(shared, drafted.needed, calls=0)
    enough = Settings(model="m", endpoint="http://x", max_tokens_total=drafted.needed.total)
    assert "run the same command" in advice_of(enough, drafted.needed, calls=3)


def test_nothing_readable_is_an_error_and_something_readable_none() -> None:
    with pytest.raises(CatalogError, match=r"'s\.orders' cannot be read: no log"):
        require_readable(1, {"s.orders": "no log"})
    with pytest.raises(CatalogError, match=r"None of the 2 tables.*'a\.b': gone"):
        require_readable(2, {"a.b": "gone", "a.c": "gone"})
    require_readable(2, {"a.b": "gone"})
    require_readable(0, {})

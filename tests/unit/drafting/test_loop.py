"""The one loop as plain state: what it asks next follows from what came."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.loop import DraftingLoop
from lakegloss.drafting.rendering import render_requests
from lakegloss.engine.attempt import Usage
from lakegloss.engine.outcome import NotAsked, Outcome, Reason
from lakegloss.errors import EndpointAuthError, EndpointUnavailableError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings
from tests.kits.engine import make_response
from tests.kits.hostile_lake import make_lake
from tests.kits.model_server import sentence

LAKE = make_lake(4, columns=20)
ASSETS = {task.key for table in LAKE for task in table.tasks}
SETTINGS = Settings(model="m", endpoint="http://unused", max_asks=4, request_tokens=800)
TOO_LONG = {"usable": False, "text": "", "error": "context_length: HTTP 400 too long"}
DOWN = {"usable": False, "text": "", "error": "server: HTTP 503"}


def loop(**options: Any) -> DraftingLoop:
    return DraftingLoop(LAKE, CommentProgram(), SETTINGS, **options)


def written(request: ModelRequest) -> str:
    texts = [
        {"id": a.id, "text": sentence(a.id, a.column or a.table.rpartition(".")[2])}
        for a in request.assets
    ]
    return json.dumps({"comments": texts})


def answer(request: ModelRequest, **more: Any) -> Response:
    own = {"request_hash": request.request_hash, "assets": request.assets, "text": written(request)}
    return make_response(**own | more)


def came(requests: Sequence[ModelRequest], **more: Any) -> Outcome:
    return Outcome(responses=tuple(answer(r, **more) for r in requests), attempts=len(requests))


def sizes(requests: Sequence[ModelRequest]) -> list[int]:
    return [len(request.assets) for request in requests]


def test_the_first_round_is_packed_as_a_plan_packs_it() -> None:
    works = [table.work([task.key for task in table.tasks], {}) for table in LAKE]
    planned = render_requests(CommentProgram(), SETTINGS, works)
    asked = loop().next_round()
    assert [r.request_hash for r in asked] == [r.request_hash for r in planned]


def test_a_good_round_is_the_last() -> None:
    state = loop()
    state.take(came(state.next_round()))
    assert state.next_round() == []
    assert state.accepted.keys() == ASSETS
    assert (state.error, state.failed, state.unanswered) == (None, set(), 0)


def test_what_asked_too_much_is_asked_in_ever_smaller_requests() -> None:
    state, largest = loop(), []
    while requests := state.next_round():
        largest.append(max(sizes(requests)))
        state.take(came(requests, **TOO_LONG))
    assert largest == sorted(set(largest), reverse=True)
    assert len(largest) == SETTINGS.max_asks
    assert state.error is None, "the endpoint is there"
    assert state.failed == state.refused == ASSETS


def test_what_came_before_a_filter_is_kept() -> None:
    state = loop()
    [first, *rest] = state.next_round()
    half = written(first)[: len(written(first)) // 2]
    stopped = {"usable": False, "error": "refused: the content filter stopped it", "text": half}
    state.take(Outcome(responses=(answer(first, **stopped), *came(rest).responses)))
    kept = len(state.accepted)
    assert kept > sum(sizes(rest))
    assert sum(sizes(state.next_round())) == len(ASSETS) - kept


@pytest.mark.parametrize(
    ("more", "error"),
    [
        pytest.param(DOWN, EndpointUnavailableError, id="nothing answered"),
        pytest.param({}, EndpointAuthError, id="the engine ended it"),
    ],
)
def test_an_endpoint_of_no_use_ends_the_asking(more: dict[str, Any], error: type) -> None:
    state = loop()
    requests = state.next_round()
    ended = EndpointAuthError("The key was refused.") if error is EndpointAuthError else None
    outcome = came(requests[:1], **more)
    state.take(Outcome(responses=outcome.responses, error=ended))
    assert isinstance(state.error, error)
    assert state.next_round() == []


def test_an_endpoint_that_answered_before_is_asked_again() -> None:
    state = loop(is_reached=True)
    rounds = 0
    while requests := state.next_round():
        state.take(came(requests, **DOWN))
        rounds += 1
    assert rounds == SETTINGS.max_asks
    assert (state.error, state.unanswered, state.failed) == (None, len(ASSETS), set())


def test_a_budget_that_is_used_up_ends_the_asking() -> None:
    state = loop()
    first, *rest = state.next_round()
    skipped = tuple(NotAsked(request=request, reason=Reason.BUDGET) for request in rest)
    usage = Usage(input=5, output=2)
    state.take(Outcome(responses=came([first]).responses, not_asked=skipped, usage=usage))
    assert dict(state.not_asked) == {"budget": sum(sizes(rest))}
    assert state.needed is not None
    assert (state.usage, state.next_round()) == (usage, [])


def test_paid_answers_and_the_texts_of_others_are_not_asked_about() -> None:
    requests = loop().next_round()
    paid = loop(answers=came(requests).responses)
    assert (paid.next_round(), paid.reused) == ([], len(requests))
    useless = came([first := requests[0]], text="Sorry, I cannot.").responses
    half = loop(answers=[*useless, *came(requests[1:]).responses])
    assert half.reused == len(requests) - 1, "an answer without a text was not used"
    assert sum(sizes(half.next_round())) == len(first.assets)
    some = set(list(ASSETS)[:50])
    assert sum(sizes(loop(without=some).next_round())) == len(ASSETS) - 50

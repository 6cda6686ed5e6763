"""Whole runs against endpoints that answer as gateways do."""

import json
import logging
from typing import Any

import pytest

from lakegloss.engine.attempt import Failure
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.engine import Engine
from lakegloss.engine.failures import answered
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.credentials import DriverKey
from lakegloss.engine.http.endpoint import Endpoint
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import EndpointAuthError, EndpointUnavailableError, RateLimitedError
from tests.kits.answering_server import AnsweringServer, Said, completion
from tests.kits.engine import make_request

GOOD = '{"comments":[{"id":"c1","text":"The amount that was paid."}]}'
KEY = "kq7hollow-meadow-river-52"


def run(server: AnsweringServer, count: int = 12, **changes: Any) -> Outcome:
    endpoint = Endpoint(base_url=server.url, model="m", credential=DriverKey(lambda: KEY))
    retry = RetryPolicy(attempts=5, base=0.001, cap=0.002, retry_after_cap=0.01)
    policy = CallPolicy(in_flight=4, retry=retry, endpoint=server.url)
    with Engine(HttpTransport(endpoint), policy, run_id="r") as engine:
        return engine.ask([make_request(n, **changes) for n in range(count)])


def form(body: dict[str, Any]) -> str:
    return str(body.get("response_format", {}).get("type", "off"))


@pytest.mark.parametrize("taken", ["json_object", "off"])
@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, {"error": {"message": "Provider returned error", "code": 400}}),
        (400, "Bad Request"),
        (422, {"detail": [{"loc": ["body"], "msg": "value is not a valid dict", "type": "x"}]}),
        (400, [{"error": {"code": 400, "message": 'Unknown name "additionalProperties" at '
                          "'generation_config.response_schema': Cannot find field."}}]),
        (400, {"error": {"message": "output_config.format: Extra inputs are not permitted"}}),
        (500, {"error": {"message": "failed to parse grammar", "code": 500}}),
        (200, {"error": {"message": "Provider returned error", "code": 400, "metadata": {
            "raw": '{"error":{"message":"Unsupported schema keyword"}}'}}}),
        (404, {"error": {"message": "No endpoints found that support response_format"}}),
    ],
)  # fmt: skip
def test_the_form_is_found_by_elimination(
    taken: str, status: int, said: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(body: dict[str, Any], *_: Any) -> Said:
        fits = form(body) == taken or form(body) == "off"
        return (200, completion(GOOD)) if fits else (status, said)

    with AnsweringServer(answer) as server, caplog.at_level(logging.WARNING):
        outcome = run(server)
    assert [r.usable for r in outcome.responses] == [True] * 12
    # Not the last ones in the order of their coming: one that is under way may come late.
    assert sum(form(body) == taken for body in server.bodies) >= 12 - 4
    assert len(server.bodies) <= 12 + 4 * 2 + 2, "only the calls under way are made again"
    assert f"set structured to {taken!r}" in caplog.text


def test_a_request_that_is_bad_in_itself_costs_no_elimination_after_a_good_one() -> None:
    def answer(body: dict[str, Any], _: Any, number: int) -> Said:
        bad = "table_7" in json.dumps(body)
        return (400, {"error": {"message": "no"}}) if bad else (200, completion(GOOD))

    with AnsweringServer(answer) as server:
        outcome = run(server)
        assert len(server.bodies) == 12
    assert sum(r.usable for r in outcome.responses) == 11


def test_an_endpoint_that_takes_no_form_is_tried_once() -> None:
    with AnsweringServer(lambda *_: (400, {"error": {"message": "no"}})) as server:
        outcome = run(server)
        assert len(server.bodies) <= 12 + 2
    assert {r.error.partition(":")[0] for r in outcome.responses} == {Failure.INVALID}


def test_a_bound_on_output_is_kept_from_then_on() -> None:
    def answer(body: dict[str, Any], *_: Any) -> Said:
        too_many = body["max_tokens"] > 64
        said = {"error": {"message": "max_tokens is too large: 100. At most 64 are supported"}}
        return (400, said) if too_many else (200, completion(GOOD))

    with AnsweringServer(answer) as server:
        outcome = run(server)
        assert len(server.bodies) <= 12 + 4
    assert all(r.usable for r in outcome.responses)


ENDS = {
    "a login page": (200, "<!doctype html><title>Sign in</title>", "no OpenAI-compatible API"),
    "a redirect": (302, "", "a redirect to login.example.com/sso"),
    "a proxy": (407, "Proxy Authentication Required", "proxy"),
    "no credit": (402, {"error": {"message": "Insufficient credits"}}, "credit"),
    "quota": (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your current "
                    "quota, please check your plan and billing details."}}, "credit"),
    "a limit of 0": (403, {"message": "PERMISSION_DENIED: disabled due to a Databricks-set rate "
                           "limit of 0."}, "rate limit of 0"),
    "wrong path": (200, {"error": "Unexpected endpoint or method. (POST /v1)"}, "Unexpected"),
}  # fmt: skip


@pytest.mark.parametrize(("status", "said", "words"), ENDS.values(), ids=ENDS)
def test_what_ends_a_run_at_once(status: int, said: Any, words: str) -> None:
    headers = {"Location": f"https://login.example.com/sso?token={KEY}"}
    with AnsweringServer(lambda *_: (status, said, headers)) as server:
        outcome = run(server, 40)
        assert len(server.bodies) <= 9
    assert isinstance(outcome.error, EndpointUnavailableError), "other models are asked"
    assert words in str(outcome.error)
    assert "refused the key" not in str(outcome.error)
    assert outcome.usage.total == 0
    assert KEY not in str(outcome)


def test_a_page_that_comes_once_is_no_end() -> None:
    def answer(_: Any, __: Any, number: int) -> Said:
        return (200, "<html>502</html>") if number == 5 else (200, completion(GOOD))

    with AnsweringServer(answer) as server:
        assert all(r.usable for r in run(server).responses)
        assert len(server.bodies) == 13


def test_json_that_failed_is_worth_one_more_try() -> None:
    said = {"error": {"message": "Failed to generate JSON.", "code": "json_validate_failed"}}
    with AnsweringServer(
        lambda _, __, number: (400, said) if number == 1 else (200, completion(GOOD))
    ) as server:
        assert all(r.usable for r in run(server, 1).responses)
    with AnsweringServer(lambda *_: (400, said)) as server:
        run(server, 1)
        assert len(server.bodies) == 2


def test_a_limit_of_a_minute_in_the_same_words_is_waited_for() -> None:
    said = {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota of "
                      "requests per minute."}}  # fmt: skip
    with AnsweringServer(
        lambda _, __, number: (429, said) if number < 4 else (200, completion(GOOD))
    ) as server:
        assert all(r.usable for r in run(server, 1).responses)
    with AnsweringServer(lambda *_: (429, said)) as server:
        outcome = run(server, 1)
        assert len(server.bodies) == 5
    _, error = answered(make_request(0), outcome)
    assert isinstance(error, RateLimitedError)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("Access token expired", "log in again"),
        ("User does not have permission CAN_QUERY", "CAN QUERY"),
        ("no", "LAKEGLOSS_API_KEY"),
    ],
)
def test_what_to_do_about_a_refused_key(said: str, advice: str) -> None:
    with AnsweringServer(lambda *_: (403, {"message": said})) as server:
        outcome = run(server, 1)
    assert isinstance(outcome.error, EndpointAuthError)
    assert advice in str(outcome.error)


@pytest.mark.parametrize(
    "said",
    [
        completion(f"Hello, your key is {KEY}."),
        completion("", finish=KEY),
        {"error": {"message": f"Bearer {KEY}"}},
        {"choices": [{"message": {"content": None, "refusal": f"no {KEY}"}}]},
        {"headers": {"authorization": f"Bearer {KEY}"}},
        f"<html>{KEY}</html>",
    ],
)
@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_a_key_is_nowhere(said: Any, status: int, caplog: pytest.LogCaptureFixture) -> None:
    with AnsweringServer(lambda *_: (status, said)) as server, caplog.at_level(logging.DEBUG):
        outcome = run(server, 2)
    _, error = answered(make_request(0), outcome)
    told = f"{outcome} {outcome.error} {error} {error and error.detail} {caplog.text}"
    assert KEY not in told
    assert KEY[:16] not in told

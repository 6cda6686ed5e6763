"""Refusals in the bodies of gateways, with status 200, wrapped in others, or told by a stream."""
# ruff: noqa: E501 - what servers say stays as they say it

import json
import time
from typing import Any

import pytest

from lakegloss.engine.attempt import Attempt, Failure, read_failure, read_success
from lakegloss.engine.http.dialect import Dialect
from lakegloss.engine.http.error_bodies import words_of
from lakegloss.engine.http.refusals import of_the_model
from tests.kits.engine import make_request

REQUEST = make_request(schema='{"type":"object","required":["comments"]}', max_tokens=8192)

# A line each: the status, then the body.
CASES = {
    Failure.AUTH: r"""
200 {"id": "x", "choices": null, "base_resp": {"status_code": 1004, "status_msg": "login fail: Please carry the API secret key"}}
200 {"error_code": 110, "error_msg": "Access token invalid or no longer valid"}
200 {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "The provided credentials could not be validated."}}}
200 {"ResponseMetadata": {"Error": {"Code": "InvalidCredential", "Message": "invalid credential"}}}
200 {"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2.InvalidApiKey"}}}
401 {"fault": {"code": 900901, "message": "Invalid Credentials"}}
403 {"error": {"message": "key not allowed to access model. This key can only access models=['a']"}}
403 {"status": 403, "title": "Forbidden", "detail": "Authorization failed"}
403 [{"error": {"code": 403, "message": "Request had insufficient authentication scopes.", "status": "PERMISSION_DENIED"}}]
""",
    Failure.QUOTA: r"""
200 {"choices": null, "base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}
500 {"type": "error", "error": {"type": "api_error", "message": "insufficient balance (1008)"}}
429 {"error": {"http_code": "429", "message": "insufficient balance (1008)", "type": "insufficient_balance_error"}}
429 {"error": {"code": "1113", "message": "Insufficient balance or no resource package. Please recharge."}}
401 {"error": {"message": "Authentication Error, ExceededTokenBudget: Current spend for token: 7.2e-05; Max Budget for Token: 2e-07", "code": "401"}}
429 {"error": {"code": "RateLimitReached", "message": "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 62318 seconds before retrying."}}
429 {"error": {"code": 429, "message": "Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: x\nPlease retry in 40.1s."}}
402 {"error": {"message": "Free quota used (30 requests / 5h). Resets at 10:00 UTC.", "type": "insufficient_quota"}}
402 {"error": {"message": "This request requires more credits, or fewer max_tokens. You requested up to 8192 tokens, but can only afford 1020.", "code": 402}}
200 {"error": {"details": {"status_code": 412}, "message": "Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices"}}
429 {"message": "You are using a Trial key, which is limited to 1000 API calls / month."}
429 {"error": {"message": "Your account org-x is not active, current state: exceeded_current_quota_error, please check your plan and billing details", "type": "exceeded_current_quota_error"}}
429 {"message": "Tokens per day limit exceeded - too many tokens processed.", "code": "token_quota_exceeded"}
403 {"error": "Your newly created teams doesn't have any credits yet. You can purchase credits on the console."}
""",
    Failure.RATE_LIMITED: r"""
200 {"choices": null, "base_resp": {"status_code": 1002, "status_msg": "rate limit"}}
200 {"error_code": 18, "error_msg": "Open api qps request limit reached"}
200 {"statusCode": 429, "body": "{\"message\": \"Too Many Requests\"}"}
200 data: {"error": {"message": "quota exceeded"}}
429 {"error": "Too Many Requests", "message": "You have exceeded your usage limits. Please try again later or contact us to explore dedicated capacity."}
429 {"error": {"code": "RateLimitReached", "message": "Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 51 seconds before retrying."}}
429 {"message": "You are using a Trial key, which is limited to 20 API calls / minute."}
429 {"message": "Tokens per minute limit exceeded - too many tokens processed.", "code": "token_quota_exceeded"}
429 {"errors": [{"message": "AiError: Capacity temporarily exceeded, please try again.", "code": 3040}], "success": false}
429 {"object": "error", "message": "Service tier capacity exceeded for this model.", "code": "3505"}
429 error code: 1015
""",
    Failure.REFUSED: r"""
200 {"choices": null, "base_resp": {"status_code": 1026, "status_msg": "input new_sensitive"}}
200 {"choices": [{"index": 0, "finish_reason": "PROHIBITED_CONTENT", "message": null}]}
200 {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {"hate": {"filtered": true}}}]}
200 {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
200 {"candidates": [{"finishReason": "SAFETY", "index": 0}]}
200 {"object": "response", "status": "incomplete", "incomplete_details": {"reason": "content_filter"}, "output": []}
403 {"code": "The caller does not have permission", "error": "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"}
""",
    Failure.CONTEXT_LENGTH: r"""
200 {"choices": null, "base_resp": {"status_code": 2013, "status_msg": "invalid params, context window exceeds limit"}}
400 {"error": "Received error from openai", "external_model_message": {"error": {"message": "This model's maximum context length is 8192 tokens."}}}
400 {"external_model_provider": "amazon-bedrock", "external_model_error": {"message": "Input is too long for requested model."}}
400 {"error": {"code": "x", "message": {"lang": "en", "value": "This model's maximum context length is 4096 tokens"}}}
400 {"errors": [{"code": "x", "message": "the number of input tokens 9000 cannot exceed the total tokens limit 8192 for this model"}]}
500 {"error": {"message": "litellm.APIConnectionError: Requested token count exceeds the model's maximum context length of 16384 tokens."}}
""",
    Failure.SERVER: r"""
200 {"type": "response.failed", "response": {"status": "failed", "error": {"code": "server_error", "message": "The server had an error"}}}
200 data: {"error": {"message": "Internal server error", "type": "internal_error"}}
400 {"error": "The model has crashed without additional information. (Exit code: 18446744072635812000)"}
400 {"error": "Model unloaded."}
400 {"error": "Error in channel handler: Channel Error"}
498 {"error": {"message": "Flex tier at capacity, please try again", "type": "capacity_exceeded"}}
500 {"fault": {"faultstring": "Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=30}"}}
503 {"message": null}
561
""",
    Failure.EMPTY: r"""
400 {"error": {"message": "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens."}}
200 {"candidates": [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS"}]}
200 {"object": "response", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": [{"type": "reasoning"}]}
""",
    Failure.MISROUTED: r"""
403 {"error": {"code": "unsupported_country_region_territory", "message": "Country, region, or territory not supported"}}
400 [{"error": {"code": 400, "message": "User location is not supported for the API use.", "status": "FAILED_PRECONDITION"}}]
403 {"error_code": 403, "message": "Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for workspace: 123"}
400 {"error": {"code": "BadRequest", "message": "Missing required query parameter: api-version"}}
404 {"error": {"code": "404", "message": "API version not supported"}}
404 default backend - 404
""",
    Failure.INVALID: r"""
500 {"error": {"error": {"message": "An error occurred with the LLM request.", "detail": "INTERNAL_SERVER_ERROR: Error code: 400 - {'message': 'messages.1: Invalid signature'}"}}}
500 {"error": "failed to load model vocabulary required for format"}
500 {"detail": "Error code: 400 - {'error': {'message': \"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.\"}}"}
500 Internal Server Error: jinja2.exceptions.TemplateError: System role not supported
400 {"error": {"message": "bad"}, "request": {"messages": [{"content": "rate limit exceeded, context_length_exceeded"}]}}
422 {"detail": [{"type": "missing", "loc": ["body", "stop"], "msg": "Field required", "input": {"messages": [{"content": "insufficient_quota; content filter"}]}}]}
""",
}  # fmt: skip


def attempt_of(status: int, body: str) -> Attempt:
    raw = body.encode()
    return read_success(raw, REQUEST) if status == 200 else read_failure(status, raw)


LINES = [
    (int(line.partition(" ")[0]), line.partition(" ")[2], kind)
    for kind, text in CASES.items()
    for line in text.strip().splitlines()
]


@pytest.mark.parametrize(("status", "body", "kind"), LINES)
def test_what_a_refusal_means(status: int, body: str, kind: Failure) -> None:
    attempt = attempt_of(status, body)
    assert attempt.failure is kind
    assert attempt.usage.total == 0 or kind in {Failure.EMPTY, Failure.REFUSED}


def test_an_answer_that_had_no_room_is_not_asked_for_again_as_it_is() -> None:
    for status, body, kind in LINES:
        if kind is Failure.EMPTY:
            attempt = attempt_of(status, body)
            assert attempt.finish_reason == "length"
            assert not attempt.retryable


@pytest.mark.parametrize(
    "said",
    [
        {"object": "error", "message": "System role not supported", "code": 400},
        {"error": {"message": "Unsupported value: 'messages[0].role' does not support 'system' with this model."}},
        {"message": "Conversation roles must alternate user/assistant/user/assistant/..."},
        [{"error": {"message": "Developer instruction is not enabled for models/gemma-3-27b-it"}}],
        {"message": "This model doesn't support system messages. Try again without a system message."},
    ],
)  # fmt: skip
def test_messages_of_the_system_go_to_the_user(said: Any) -> None:
    words = words_of(json.dumps(said))
    found = Dialect().without(words, REQUEST)
    assert found == Dialect(system=False)
    body = json.loads(found.body(REQUEST))
    assert [m["role"] for m in body["messages"]] == ["user"]
    assert body["messages"][0]["content"] == "\n\n".join(m.content for m in REQUEST.messages)
    assert body["response_format"]["type"] == "json_schema"
    assert found.without(words, REQUEST) is None


@pytest.mark.parametrize(
    "said",
    [
        "This model only support stream mode, please enable the stream parameter to access the model.",
        "parameter.enable_thinking must be set to false for non-streaming calls",
        "parameter.enable_thinking必须设置为false才能进行非流式调用",
        "enable thinking can not be support when `stream=False`.",
        "Stream must be set to true",
        "Streaming is required for operations that may take longer than 10 minutes.",
        "Non-streaming requests are not supported for this model",
    ],
)
def test_a_stream_is_asked_for(said: str) -> None:
    found = Dialect().without(said, REQUEST)
    assert found == Dialect(stream=True)
    assert json.loads(found.body(REQUEST))["stream"] is True
    assert found.without(said, REQUEST) is None


@pytest.mark.parametrize(
    "said",
    [
        "Input validation error: `temperature` must be strictly positive",
        "`temperature` (=0.0) has to be a strictly positive float",
        "`temperature` may only be set to 1 when thinking is enabled.",
        "invalid temperature: only 1 is allowed for this model",
    ],
)
def test_a_refused_temperature_costs_no_schema(said: str) -> None:
    assert Dialect().without(said, REQUEST) == Dialect(temperature=False)


@pytest.mark.parametrize("word", ["exceeded", "over", "retry in 1"])
def test_a_long_refusal_takes_bounded_time(word: str) -> None:
    started = time.process_time()
    read_failure(400, json.dumps({"error": {"message": word * 20_000}}).encode())
    assert time.process_time() - started < 20, "it took minutes where the time was quadratic"


def test_the_words_of_an_error_hold_nothing_of_the_request() -> None:
    said = {"detail": [{"msg": "Field required", "input": "secret"}], "headers": {"x": "secret"}}
    assert words_of(json.dumps(said)) == "Field required"


def test_a_model_that_is_not_there_is_no_refused_form() -> None:
    assert of_the_model("The requested model is not supported. model_not_supported")
    assert not of_the_model("response_format is not supported with this model")

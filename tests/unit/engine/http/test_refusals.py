"""One cause has one kind, whatever words and status it comes in."""

import json
from typing import Any

import pytest

from lakegloss.engine.attempt import Attempt, Failure, read_failure
from lakegloss.engine.http.dialect import Dialect
from lakegloss.engine.http.refusals import answer_bound, of_the_form, seconds_asked
from lakegloss.engine.spark.ai_query import read_answer
from tests.kits.engine import make_request


def openai(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error"} | more}


TOO_LONG: dict[str, tuple[int, Any]] = {
    "openai": (400, openai("This model's maximum context length is 4097 tokens. However, your "
                           "messages resulted in 5000 tokens.", code="context_length_exceeded")),
    "vllm": (400, {"object": "error", "message": "This model's maximum context length is 4096 "
                   "tokens. However, you requested 5000 tokens (1000 in the messages, 4000 in the "
                   "completion).", "type": "BadRequestError", "code": 400}),
    "vllm, by max_tokens": (400, {"message": "'max_tokens' or 'max_completion_tokens' is too "
                            "large: 4000. This model's maximum context length is 4096 tokens and "
                            "your request has 1000 input tokens (4000 > 4096 - 1000)."}),
    "gemini": (400, [{"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "The input "
               "token count (1200293) exceeds the maximum number of tokens allowed (1048576)."}}]),
    "gemini in json in a message": (400, {"error": {"message": json.dumps({"error": {"code": 400,
        "message": "The input token count exceeds the maximum number of tokens allowed (9)."}}),
        "code": 400, "status": "Bad Request"}}),
    "anthropic": (400, {"type": "error", "error": {"type": "invalid_request_error", "message":
                  "prompt is too long: 215000 tokens > 200000 maximum"}}),
    "anthropic, sum": (400, openai("input length and `max_tokens` exceed context limit: 190000 + "
                                   "20000 > 200000, decrease input length or `max_tokens`")),
    "anthropic, size": (413, {"error": {"type": "request_too_large", "message": "Request exceeds "
                        "the maximum size"}}),
    "500 of a proxy": (500, openai("litellm.ContextWindowExceededError: prompt is too long: 9")),
    "500 of another": (500, {"detail": "Input is too long for requested model."}),
    "llama.cpp": (400, {"error": {"code": 400, "message": "request (36146 tokens) exceeds the "
                  "available context size (32768 tokens), try increasing it",
                  "type": "exceed_context_size_error", "n_ctx": 32768}}),
    "llama.cpp, 500": (500, {"error": {"code": 500, "message": "context shift is disabled"}}),
    "ollama": (400, {"error": "input length exceeds maximum context length"}),
    "bedrock": (400, {"message": "Too many input tokens. Max input tokens: 42000, request input "
                "token count: 43000"}),
    "bedrock, validation": (400, {"message": "Malformed input request: expected maxLength: 100"}),
    "tgi": (422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= "
            "4096. Given: 3000 `inputs` tokens and 2000 `max_new_tokens`",
            "error_type": "validation"}),
    "sglang": (400, {"message": "The input (5000 tokens) is longer than the model's context length "
               "(4096 tokens)."}),
    "lm studio": (400, {"error": "Trying to keep the first 4500 tokens when context the overflows. "
                  "However, the model is loaded with context length of only 4096 tokens"}),
    "groq, by minute": (413, openai("Request too large for model `x` on tokens per minute (TPM): "
                        "Limit 6000, Requested 7000, please reduce your message size",
                        code="rate_limit_exceeded")),
    "openai, by minute": (429, openai("Request too large for gpt-4 on tokens per min (TPM): Limit "
                          "30000, Requested 40000. The input or output tokens must be reduced.")),
    "xai": (400, {"code": "x", "error": "This model's maximum prompt length is 131072 but the "
            "request contains 537812 tokens."}),
    "mistral": (400, {"message": "Prompt contains 40000 tokens and 0 draft tokens, too large for "
                "model with 32768 maximum context length"}),
    "cohere": (400, {"message": "too many tokens: total number of tokens in the prompt cannot "
               "exceed 4081 - received 5000."}),
    "zhipu": (400, {"code": 20015, "message": "number of input tokens (204703) has exceeded "
              "max_prompt_tokens (202752) limit.", "data": None}),
    "nginx": (413, "<html><title>413 Request Entity Too Large</title></html>"),
    "openrouter": (400, openai("Provider returned error", metadata={"raw": json.dumps({"error": {
                   "message": "This endpoint's maximum context length is 8192 tokens."}})})),
}  # fmt: skip

FILTERED: dict[str, tuple[int, Any]] = {
    "azure": (400, openai("The response was filtered due to the prompt triggering Azure OpenAI's "
                          "content management policy.", code="content_filter",
                          innererror={"code": "ResponsibleAIPolicyViolation"})),
    "anthropic": (400, openai("Output blocked by content filtering policy")),
    "dashscope": (400, openai("Input data may contain inappropriate content.",
                              code="data_inspection_failed")),
    "deepseek": (400, openai("Content Exists Risk")),
    "moonshot": (400, openai("The request was rejected because it was considered high risk")),
    "zhipu": (400, {"error": {"code": "1301", "message": "输入可能包含不安全或敏感内容"}}),
    "openrouter": (403, openai("x requires moderation on OpenAI. Your input was flagged for "
                               '"violence"')),
    "databricks": (400, {"error_code": "BAD_REQUEST", "message": "input_guardrail triggered: "
                   "flagged"}),
    "litellm": (400, openai("litellm.ContentPolicyViolationError: refused")),
    "bedrock": (400, {"message": "The guardrail intervened."}),
    "gemini": (400, [{"error": {"code": 400, "message": "The prompt was blocked: "
               "PROHIBITED_CONTENT"}}]),
    "openai": (400, openai("Your request was rejected as a result of our safety system.")),
    "usage": (400, openai("Invalid prompt: your prompt was flagged as potentially violating our "
                          "usage policy.", code="invalid_prompt")),
}  # fmt: skip

USED_UP: dict[str, tuple[int, Any]] = {
    "openai": (429, openai("You exceeded your current quota, please check your plan and billing "
                           "details.", type="insufficient_quota", code="insufficient_quota")),
    "anthropic": (400, openai("Your credit balance is too low to access the Anthropic API.")),
    "openrouter": (402, openai("Insufficient credits", code=402)),
    "openrouter, key": (403, openai("Key limit exceeded (total limit).")),
    "deepseek": (402, openai("Insufficient Balance")),
    "dashscope": (400, openai("Access denied, please make sure your account is in good standing.",
                              code="Arrearage")),
    "litellm": (400, openai("Budget has been exceeded! Current cost: 10.1, Max budget: 10.0")),
    "gemini, by day": (429, [{"error": {"code": 429, "message": "You exceeded your current quota. "
                       "Please retry in 24s.", "details": [{"violations": [{"quotaId":
                       "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}]),
    "groq, by day": (429, openai("Rate limit reached on tokens per day (TPD): Limit 100000, Used "
                                 "99337. Please try again in 8m13.5s.")),
    "openrouter, by day": (429, openai("Rate limit exceeded: free-models-per-day")),
    "databricks": (403, {"error_code": "PERMISSION_DENIED", "message": "PERMISSION_DENIED: The "
                   "endpoint is temporarily disabled due to a Databricks-set rate limit of 0."}),
    "402": (402, {}),
}  # fmt: skip

BY_MINUTE: dict[str, tuple[int, Any]] = {
    "plain": (429, {}),
    "openai": (429, openai("Rate limit reached for gpt-4 on requests per min. Limit: 3 / min.")),
    "gemini": (429, [{"error": {"code": 429, "message": "You exceeded your current quota, please "
               "check your plan and billing details. Please retry in 33.5s.", "details": [
                   {"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}]},
                   {"retryDelay": "33s"}]}}]),
    "the same words": (429, openai("You exceeded your current quota of requests per minute",
                                   code="insufficient_quota")),
    "azure": (429, openai("Requests have exceeded token rate limit of your current OpenAI S0 "
                          "pricing tier. Please retry after 6 seconds.", code="429")),
    "bedrock": (429, {"message": "Too many tokens, please wait before trying again."}),
    "openrouter": (429, openai("Rate limit exceeded: free-models-per-min.")),
    "in a 400": (400, openai("Rate limit exceeded, slow down")),
}  # fmt: skip

OTHERS: dict[str, tuple[int, Any]] = {
    "no model": (404, openai("The model `x` does not exist")),
    "bound on output": (400, openai("max_tokens is too large: 8192. This model supports at most "
                                    "4096 completion tokens.")),
    "schema, gemini": (400, [{"error": {"code": 400, "message": "Invalid JSON payload received. "
                       "Unknown name \"additionalProperties\" at 'generation_config."
                       "response_schema': Cannot find field.", "status": "INVALID_ARGUMENT"}}]),
    "schema, anthropic": (400, openai("output_config.format: Extra inputs are not permitted")),
    "grammar": (500, {"error": {"code": 500, "message": "failed to parse grammar"}}),
    "fastapi": (422, {"detail": [{"loc": ["body", "response_format"], "type": "extra_forbidden",
                "msg": "Extra inputs are not permitted"}]}),
}  # fmt: skip

TABLE = [
    pytest.param(status, body, kind, id=f"{kind}, {name}")
    for kind, cases in {
        Failure.CONTEXT_LENGTH: TOO_LONG,
        Failure.REFUSED: FILTERED,
        Failure.QUOTA: USED_UP,
        Failure.RATE_LIMITED: BY_MINUTE,
        Failure.INVALID: OTHERS,
        Failure.AUTH: {"401": (401, {}), "403": (403, {}), "gemini": (
            400, openai("API key not valid. Please pass a valid API key."))},
        Failure.SERVER: {"500": (500, {}), "overloaded": (529, openai("Overloaded"))},
        Failure.MISROUTED: {"302": (302, {}), "407": (407, {})},
        Failure.MALFORMED: {"groq": (400, openai("Failed to generate JSON. Please adjust your "
                                                 "prompt.", code="json_validate_failed"))},
    }.items()
    for name, (status, body) in cases.items()
]  # fmt: skip


def refused(status: int, body: Any) -> Attempt:
    text = body if isinstance(body, str) else json.dumps(body)
    return read_failure(status, text.encode())


@pytest.mark.parametrize(("status", "body", "kind"), TABLE)
def test_what_a_refusal_means(status: int, body: Any, kind: Failure) -> None:
    attempt = refused(status, body)
    assert attempt.failure is kind
    assert attempt.usage.total == 0


@pytest.mark.parametrize(("status", "body", "kind"), TABLE)
def test_a_row_of_ai_query_means_the_same(status: int, body: Any, kind: Failure) -> None:
    if body == {} or isinstance(body, str):
        pytest.skip("a row has words")
    said = f"HTTP {status}: {refused(status, body).detail}"
    attempt = read_answer(None, said, make_request(), latency=0.1)
    assert attempt.failure is kind


def test_a_row_of_the_stand_in_keeps_its_kind_and_says_it_once() -> None:
    attempt = read_answer(None, "auth: HTTP 401 no", make_request(), latency=0.1)
    assert attempt.error == "auth: HTTP 401 no"
    attempt = read_answer(None, "quota: HTTP 429 no", make_request(), latency=0.1)
    assert attempt.failure is Failure.QUOTA


@pytest.mark.parametrize("said", [
    "Invalid JSON payload received. Unknown name \"additionalProperties\" at 'generation_config'",
    "output_config.format: Extra inputs are not permitted",
    "failed to parse grammar",
    "'response_format.type' must be 'json_schema' or 'text'",
    "Invalid schema for response_format 'answer'",
    "No endpoints found that support response_format",
    "The specified schema produces a constraint that has too many states for serving",
    "guided_json is not supported on this backend",
    "Structured outputs are not available for this model",
])  # fmt: skip
def test_refusals_of_the_form(said: str) -> None:
    assert of_the_form(said)
    found = Dialect().without(said, make_request())
    assert found is not None
    assert found.structured in {"json_object", "off"}


@pytest.mark.parametrize(
    ("said", "bound"),
    [
        ("max_tokens is too large: 8192. This model supports at most 4096 completion tokens", 4096),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 4096]", 4096),
        ("max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens", 4096),
        ("`max_completion_tokens` must be less than or equal to `4096`", 4096),
        ("max_tokens must be at most 4,096", 4096),
        ("max_tokens is too large", None),
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", None),
    ],
)
def test_a_bound_on_output_is_kept(said: str, bound: int | None) -> None:
    request = make_request(max_tokens=8192)
    assert answer_bound(said, 8192) == bound
    found = Dialect().without(said, request)
    assert (found.most_tokens if found else None) == bound
    if bound and found:
        assert found.tokens == "max_tokens"
        assert json.loads(found.body(request))["max_tokens"] == bound


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Please try again in 8m13.5s", 493.5),
        ("Please retry in 33.5s.", 33.5),
        ("retry after 6 seconds", 6.0),
        ("try again in 120ms", 0.12),
        ("retryDelay 20s", 20.0),
        ("try again later", None),
    ],
)
def test_seconds_that_words_ask_for(said: str, seconds: float | None) -> None:
    assert seconds_asked(said) == seconds

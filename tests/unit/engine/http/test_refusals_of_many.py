"""The kinds of refusals hold in the words of many more servers, gateways and languages."""
# ruff: noqa: E501, RUF001 - what servers say stays as they say it

import json

import pytest

from lakegloss.engine.attempt import Attempt, Failure, error_text, read_failure, read_success
from lakegloss.engine.http.dialect import Dialect
from lakegloss.engine.http.refusals import answer_bound, of_the_model, seconds_asked
from tests.kits.engine import make_request

REQUEST = make_request(schema='{"type":"object","required":["comments"]}', max_tokens=8192)

# A line each: the status, then the body.
CASES = {
    Failure.CONTEXT_LENGTH: r"""
400 {"error": {"message": "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.", "type": "invalid_request_error"}}
400 {"message": "Input is too long for requested model."}
400 {"error": {"message": "The model's context window has been exceeded by 3000 tokens", "type": "invalid_request_error"}}
400 {"error": {"message": "inputs tokens + max_new_tokens must be <= 8192", "type": "invalid_request_error"}}
422 {"error": "Input validation error: inputs must have less than 4095 tokens. Given: 9000", "error_type": "validation"}
400 {"error": {"message": "Requested token count exceeds the model's maximum context length of 131072 tokens.", "type": "invalid_request_error"}}
400 {"error": {"message": "Please reduce the length of the messages or completion.", "type": "invalid_request_error"}}
400 {"errors": [{"message": "AiError: The estimated number of input and maximum output tokens (9000) exceeded this model context window limit (8192).", "code": 5021}], "success": false}
400 {"error": {"message": "The prompt exceeds the model's context length", "type": "invalid_request_error"}}
400 {"message": "ValidationException: The model returned the following errors: Input is too long for requested model"}
400 {"error": {"message": "prompt token count of 200000 exceeds the limit of 128000", "type": "invalid_request_error", "code": "model_max_prompt_tokens_exceeded"}}
400 {"error_code": "BAD_REQUEST", "message": "Input length 9000 exceeds maximum allowed token size 8192"}
400 {"error_code": "BAD_REQUEST", "message": "prompt tokens (9000) + max_tokens (800) cannot be greater than 8192"}
400 {"error": {"message": "Range of input length should be [1, 30720]", "type": "invalid_request_error"}}
400 {"error": {"message": "Total tokens of image and text exceed max message tokens", "type": "invalid_request_error"}}
400 {"object": "error", "message": "The decoder prompt (length 9000) is longer than the maximum model length of 8192. Make sure that `max_model_len` is no smaller than the number of text tokens.", "code": 400}
400 {"error": {"message": "You passed 9000 input tokens and requested 800 output tokens. However, the model's context length is only 8192 tokens, resulting in a maximum input length of 7392 tokens. Please reduce the length of the input prompt.", "type": "invalid_request_error"}}
400 {"error": {"message": "Your input exceeds the context window of this model. Please adjust your input and try again.", "type": "invalid_request_error"}}
400 {"error": {"message": "tokens to generate: the conversation history is too large to fit in the model", "type": "invalid_request_error"}}
500 {"error": "the input length exceeds the context length"}
400 {"error": {"message": "This request would exceed the model's maximum of 8192 tokens.", "type": "invalid_request_error"}}
400 {"detail": "Prompt length 9000 is over the model limit of 8192 tokens"}
400 {"error": {"message": "输入长度超过模型最大上下文长度", "type": "invalid_request_error"}}
400 {"error": {"message": "La longueur du contexte dépasse la limite du modèle (8192 tokens)", "type": "invalid_request_error"}}
400 {"error": {"message": "Request body too large for gpt-4 model. Max size: 8000 tokens.", "type": "invalid_request_error", "code": "tokens_limit_reached"}}
413 {"error": {"code": "tokens_limit_reached", "message": "Request body too large for gpt-4o-mini model. Max size: 8000 tokens."}}
400 {"error": {"message": "max_tokens must be at least 1, got -500.", "type": "invalid_request_error"}}
400 {"error": {"message": "This model's maximum context length is 8192 tokens, however you requested 8292 tokens (8192 in your prompt; 100 for the completion)", "type": "invalid_request_error"}}
503 {"error": {"message": "Error from upstream: prompt is too long: 300000 tokens > 200000 maximum"}}
400 {"error": {"message": "The sum of prompt length (9000.0), query length (0) should not exceed max_num_tokens (8192)", "type": "invalid_request_error"}}
400 {"error": {"message": "invalid params, context window exceeds limit (2013)", "type": "invalid_request_error"}}
400 {"error": {"message": "Exceeded model token limit: 32768 (requested: 40000)", "type": "invalid_request_error"}}
414 <html>414 Request-URI Too Large</html>
""",
    Failure.REFUSED: r"""
400 {"error": {"code": "content_filter", "message": "The response was filtered"}}
400 {"error": {"code": "invalid_prompt", "message": "Invalid prompt: we've limited access to this content for safety reasons."}}
400 {"message": "Sorry, your prompt was blocked by the guardrail my-guard"}
400 {"error": {"message": "The content of your request was detected as jailbreak", "code": "jailbreak_detected"}}
403 {"error": {"message": "Request blocked by Cloudflare AI Gateway: prompt blocked due to security configurations", "code": 2016}}
400 {"errors": [{"code": 2017, "message": "Response blocked due to security configurations"}]}
422 {"detail": "Violation of our acceptable use policy"}
400 {"error": {"message": "Violated guardrail policy", "type": "invalid_request_error", "code": "400"}}
400 {"error": {"message": "Your request contains content that violates the safety guidelines", "type": "invalid_request_error"}}
451 {"error": "Unavailable For Legal Reasons"}
400 {"error": {"message": "Presidio: PII detected in the prompt: US_SSN. Request blocked", "type": "invalid_request_error"}}
400 {"error": {"message": "Blocked entity detected: CREDIT_CARD by Guardrail: pii-mask. This entity is not allowed to be used in this request.", "type": "None", "code": "400"}}
400 {"error": {"message": "Moderation check failed: hate/threatening", "type": "invalid_request_error"}}
446 {"hook_results": {"before_request_hooks": [{"verdict": false}]}, "error": {"message": "The guardrail checks defined in the config failed. You can find more information in the `hook_results` object.", "type": "hooks_failed"}}
400 {"error": {"message": "Lakera AI: prompt injection detected", "type": "invalid_request_error"}}
400 {"error": "Your prompt contains unsafe content S1"}
400 {"error": {"message": "内容审核未通过", "type": "invalid_request_error"}}
400 {"error": {"message": "输入内容包含违禁词", "type": "invalid_request_error"}}
400 {"error": {"message": "L'invite a été bloquée par le filtre de contenu", "type": "invalid_request_error"}}
400 {"error": {"message": "Bad request: prompt denied by policy DLP-42", "type": "invalid_request_error"}}
403 {"error": {"message": "Request denied by corporate DLP policy: confidential data"}}
""",
    Failure.QUOTA: r"""
429 {"error": {"message": "You have exhausted your daily quota on this model.", "type": "invalid_request_error"}}
429 {"error": {"message": "Quota exceeded for quota metric 'Generate requests' and limit 'requests per day'"}}
403 {"error": {"message": "Your account is not active, please check your billing details on our website.", "type": "invalid_request_error", "code": "billing_not_active"}}
429 {"error": {"message": "You've reached your monthly usage limit. Upgrade your plan.", "type": "invalid_request_error"}}
403 {"error": {"message": "This account has run out of credits", "type": "invalid_request_error"}}
401 {"error": {"message": "Insufficient credits. Please top up your balance.", "type": "invalid_request_error"}}
402 {"error": "You have depleted your monthly included credits. Subscribe to PRO"}
402 {"error": "You have exceeded your monthly included credits for Inference Providers."}
429 {"error": {"message": "you have used up your daily free allocation of 10,000 neurons, please upgrade", "type": "invalid_request_error", "code": 4006}}
412 {"error": {"message": "Account is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.", "type": "invalid_request_error"}}
403 {"error": {"message": "用户额度不足", "type": "invalid_request_error"}}
429 {"error": {"message": "您的账户已欠费，请充值", "type": "invalid_request_error"}}
403 {"error": {"message": "余额不足或无可用资源包,请充值。", "type": "invalid_request_error"}}
429 {"error": {"message": "Ihr Kontingent ist aufgebraucht, bitte laden Sie Guthaben auf.", "type": "invalid_request_error"}}
429 {"error": {"message": "Has superado tu cuota mensual.", "type": "invalid_request_error"}}
429 {"error": {"message": "Crédit épuisé : veuillez recharger votre compte.", "type": "invalid_request_error"}}
429 {"error": {"message": "Token quota exhausted for subscription until 2026-12-31", "type": "invalid_request_error"}}
403 {"error": {"message": "Quota exceeded: tokens-per-month", "type": "invalid_request_error"}}
429 {"error": {"message": "litellm: Max budget limit reached for team", "type": "invalid_request_error"}}
400 {"error": {"message": "ExceededBudget: User=x over budget. Spend=10.0, Budget=5.0", "type": "budget_exceeded"}}
429 {"error": {"message": "You have exceeded your assigned quota. Quota resets in 14 hours", "type": "invalid_request_error"}}
429 {"error": {"message": "Requests per day limit reached, resets at midnight UTC", "type": "invalid_request_error"}}
429 {"error": {"message": "Limit 200 requests/day reached", "type": "invalid_request_error"}}
402 Payment Required
403 {"error": {"message": "API key USD spend limit exceeded.", "type": "invalid_request_error"}}
400 {"error": {"message": "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.", "type": "invalid_request_error"}}
429 {"error": {"type": "rate_limit_error", "message": "This request would exceed your account's rate limit of 0 tokens"}}
""",
    Failure.RATE_LIMITED: r"""
429 {"error": {"message": "Rate limit reached for model in organization on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.", "type": "invalid_request_error"}}
429 {"error": {"message": "Request was throttled. Expected available in 12 seconds.", "type": "invalid_request_error"}}
429 {"error": {"code": 429, "message": "Resource has been exhausted (e.g. check quota).", "status": "RESOURCE_EXHAUSTED"}}
429 {"error": {"message": "Limite de requêtes par minute dépassée", "type": "invalid_request_error"}}
429 {"error": {"message": "Zu viele Anfragen pro Minute, Kontingent überschritten", "type": "invalid_request_error"}}
429 {"error": {"message": "您的账户已达到速率限制，请您控制请求频率", "type": "invalid_request_error"}}
429 {"error": {"message": "Requests rate limit exceeded", "type": "invalid_request_error", "code": "1300"}}
429 {"message": "Requests rate limit exceeded", "type": "rate_limited"}
429 {"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "REQUEST_LIMIT_EXCEEDED: Exceeded workspace input tokens per minute rate limit for x."}
429 {"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "Exceeded workspace output tokens per hour limit"}
429 {"error": {"message": "This request would exceed your organization's rate limit of 50,000 input tokens per minute", "type": "invalid_request_error"}}
429 {"error": {"message": "Number of request tokens has exceeded your per-minute rate limit", "type": "invalid_request_error"}}
429 {"error": {"message": "Too many concurrent requests", "type": "invalid_request_error"}}
429 {"error": {"message": "The engine is currently overloaded, please try again later", "type": "invalid_request_error"}}
429 {"error": {"message": "Concurrency limit reached: 4, quota of parallel requests exceeded", "type": "invalid_request_error"}}
429 {"error": "Model too busy, unable to get response in less than 120 second(s)"}
429 {"error": {"message": "x is temporarily rate-limited upstream. Please retry shortly.", "type": "invalid_request_error"}}
429 <html><h1>429 Too Many Requests</h1></html>
429 {"message": "API rate limit exceeded"}
429 {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 31 seconds."}
403 {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 00:00:25."}
400 {"__type": "ThrottlingException", "message": "Too many requests, please wait before trying again."}
429 {"error": {"message": "quota exceeded for requests per 60 seconds", "type": "invalid_request_error"}}
429 {"error": {"message": "You exceeded your current quota, limit: 20 requests, window 1m", "type": "invalid_request_error"}}
""",
    Failure.SERVER: r"""
503 {"error": "Model is loading", "estimated_time": 20.0}
400 {"error": "Model is currently loading"}
503 {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}
502 <html>502 Bad Gateway</html>
520 error code: 520
521
522
524 error code: 524
530
499 client closed
500 upstream connect error or disconnect/reset before headers
503 {"message": "no healthy upstream"}
500 {"error": {"message": "CUDA out of memory. Tried to allocate 2.00 GiB"}}
424 {"message": "ModelErrorException: model is not ready"}
529 {"error": {"type": "overloaded_error", "message": "Overloaded"}}
""",
    Failure.MISROUTED: r"""
404 <html>404 Not Found nginx</html>
405 Method Not Allowed
404 {"message": "no Route matched with those values"}
404 {"detail": "Not Found"}
404 404 page not found
404 {"error": {"code": "404", "message": "Resource not found"}}
511 <html>Network Authentication Required
200 <html>captive portal
200 Ollama is running
403 <html><head><title>Attention Required! | Cloudflare</title>
403 <html>Blocked by Zscaler</html>
421
426 Upgrade Required
400 The plain HTTP request was sent to HTTPS port
404 {"error": {"message": "Invalid URL (POST /v1/v1/chat/completions)", "type": "invalid_request_error"}}
""",
    Failure.AUTH: r"""
401 {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}
401 <html>401 Authorization Required</html>
400 {"error": {"message": "API key expired. Please renew the API key.", "type": "invalid_request_error", "code": 400}}
403 {"message": "Forbidden"}
403 {"Message": "User is not authorized to access this resource with an explicit deny"}
400 {"error": {"message": "Missing Authentication header"}}
401 {"detail": "Not authenticated"}
200 {"error": {"message": "Authentication failed", "code": 401}}
200 {"code": 401, "message": "Unauthorized"}
403 {"error_code": 403, "message": "Invalid access token."}
400 {"error_code": "400", "message": "Token is invalid"}
401 {"error": {"message": "无效的令牌", "type": "invalid_request_error"}}
400 {"__type": "UnrecognizedClientException", "message": "The security token included in the request is invalid."}
500 {"error": {"message": "litellm.AuthenticationError: Invalid api key"}}
400 {"error": {"message": "Your organization has been disabled.", "type": "invalid_request_error"}}
""",
    Failure.INVALID: r"""
404 {"error": {"message": "The model `x` does not exist", "type": "invalid_request_error", "code": "model_not_found"}}
404 {"error": {"code": "DeploymentNotFound", "message": "The API deployment for this resource does not exist."}}
404 {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "x"}
""",
}
FORMS = r"""
400 {"error": {"message": "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", "type": "invalid_request_error"}}
400 {"error": "'response_format.json_schema.schema' must be an object"}
400 {"error": {"message": "{\"error\": {\"message\": \"Invalid input\", \"param\": \"response_format\", \"code\": \"invalid_request_error\"}}", "type": "invalid_request_error"}}
400 {"error": {"message": "This model does not support structured output", "type": "invalid_request_error"}}
400 {"error": {"message": "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later", "type": "invalid_request_error"}}
400 {"error": {"message": "This response_format type is unavailable now", "type": "invalid_request_error"}}
400 {"error": {"message": "json mode is not supported for this model", "type": "invalid_request_error"}}
400 {"error": {"message": "`json_schema` is not supported with tool use", "type": "invalid_request_error"}}
400 {"detail": "The 'strict' field is not allowed"}
400 {"error": "Grammar error: unsupported feature"}
400 {"error_code": "INVALID_PARAMETER_VALUE", "message": "Structured output is not supported for model"}
400 {"error": {"message": "Structured output (JSON schema) must contain ... keyword 'pattern' unsupported", "type": "invalid_request_error"}}
501 {"error": {"message": "response_format is not implemented", "type": "invalid_request_error"}}
500 {"error": "failed to load grammar"}
500 {"error": {"message": "Failed to compile json schema grammar", "type": "invalid_request_error"}}
405 {"error": {"message": "guided decoding is disabled", "type": "invalid_request_error"}}
404 {"error": {"message": "No endpoints found that can handle the requested parameters.", "type": "invalid_request_error"}}
200 {"error": {"message": "response_format: not supported"}}
422 [{"loc": ["body", "response_format", "type"], "msg": "unexpected value; permitted: 'json_object'", "type": "value_error.const"}]
400 {"message": "extraneous key [response_format] is not permitted"}
400 {"error": {"message": "Unrecognized request argument supplied: response_format", "type": "invalid_request_error"}}
400 {"error": {"message": "Das Feld response_format wird nicht unterstützt", "type": "invalid_request_error"}}
400 {"error": {"message": "不支持 response_format 参数", "type": "invalid_request_error"}}
"""
BOUNDS = [
    ("max_tokens (8192) is too large, must be <= 4096", 4096),
    (
        "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.",
        4096,
    ),
    ("Range of max_tokens should be [1, 2000]", 2000),
    (
        "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 4096, but got 8192 instead.",
        4096,
    ),
    (
        "max_tokens must be less than or equal to `4096`, the maximum value for `max_tokens` is less than the `context_window` for this model",
        4096,
    ),
    ("Field max_tokens: Input should be less than or equal to 4096", 4096),
    ("The maximum tokens you requested exceeds the model limit of 4,096", 4096),
    ("max_new_tokens must be <= 2048. Given: 8192", 2048),
    (
        "maxOutputTokens: Unable to submit request because it has a maxOutputTokens value of 8192 but the supported range is from 1 (inclusive) to 4097 (exclusive)",
        4096,
    ),
    ("`max_tokens` = 8192 is bigger than the allowed 4096 tokens of output", 4096),
]


def lines_of(text: str) -> list[tuple[int, str]]:
    pairs = [line.partition(" ") for line in text.strip().splitlines()]
    return [(int(status), body) for status, _, body in pairs]


def attempt_of(status: int, body: str) -> Attempt:
    raw = body.encode()
    return read_success(raw, REQUEST) if status == 200 else read_failure(status, raw)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(*line, kind) for kind, text in CASES.items() for line in lines_of(text)],
)
def test_what_a_refusal_means(status: int, body: str, kind: Failure) -> None:
    assert attempt_of(status, body).failure is kind


@pytest.mark.parametrize(("status", "body"), lines_of(FORMS))
def test_another_form_is_asked_for(status: int, body: str) -> None:
    attempt = attempt_of(status, body)
    said = error_text(body.encode())
    assert attempt.failure is Failure.INVALID
    by_elimination = attempt.status in {400, 422} and not of_the_model(said)
    assert Dialect().without(said, REQUEST) is not None or by_elimination


@pytest.mark.parametrize(("said", "bound"), BOUNDS)
def test_a_bound_on_output_is_kept(said: str, bound: int) -> None:
    assert attempt_of(400, said).failure is Failure.INVALID
    assert answer_bound(said, 8192) == bound


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Quota will be replenished in 00:00:25.", 25),
        ("Quota will be replenished in 12:30:00.", 45_000),
        ("try again after 00:02:10", 130),
    ],
)
def test_seconds_by_the_clock(said: str, seconds: float) -> None:
    assert seconds_asked(said) == seconds


def test_a_quota_that_is_back_in_hours_ends_the_run() -> None:
    said = "Out of call volume quota. Quota will be replenished in {}."
    assert attempt_of(403, said.format("00:00:25")).failure is Failure.RATE_LIMITED
    assert attempt_of(403, said.format("12:30:00")).failure is Failure.QUOTA


@pytest.mark.parametrize(
    "said",
    [
        "User is not authorized to perform this with an explicit deny in a policy",
        "You do not have permission to query the endpoint",
        "Access to the daily report is forbidden",
    ],
)
def test_a_missing_right_is_neither_filter_nor_limit(said: str) -> None:
    assert attempt_of(403, json.dumps({"message": said})).failure is Failure.AUTH

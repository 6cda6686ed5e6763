"""What a provider's refusal means: one cause has one kind, whatever words and status it comes in.

The words are those that servers and gateways are known to use. Where words and status disagree, as
behind proxies that make 500 of everything, the words decide.
"""

import re
from enum import StrEnum


class Failure(StrEnum):
    """Why an attempt brought no answer."""

    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    SERVER = "server"
    TIMEOUT = "timeout"
    TRANSPORT = "transport"
    AUTH = "auth"
    MISROUTED = "misrouted"
    INVALID = "invalid"
    REFUSED = "refused"
    CONTEXT_LENGTH = "context_length"
    EMPTY = "empty"
    MALFORMED = "malformed"


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_TOO_LONG = _words(
    r"context[_ -]?(?:length|window|size|limit)\w*.{0,60}(?:exceed|overflow"
    r"|too (?:small|long|large))",
    r"(?:exceed|beyond|longer than|greater than|larger than|more than|over)\w*[^.]{0,60}"
    r"(?:context|max_model_len|n_ctx|max_prompt_tokens)",
    r"context_length_exceeded|contextwindowexceeded|exceed_context_size|context_exceeded"
    r"|context_window_exceeded|model_context_window_exceeded",
    r"maximum context|max(?:imum)? prompt length|context (?:the )?overflow|out of context"
    r"|model's (?:maximum )?context|context shift",
    r"(?:prompt|inputs?|request|messages?|conversation|query|payload|body|content)\b[^.]{0,50}"
    r"\b(?:too (?:long|large|big)|exceeds? (?:the )?(?:maximum|max|limit|allowed|available))",
    r"token count[^.]{0,40}exceeds?|exceeds? the (?:maximum|max|allowed)[^.]{0,20} (?:of )?tokens",
    r"too many (?:input|prompt|total) tokens|too many tokens:",
    r"tokens?.{0,60}must (?:be <=|have less than|not exceed)|total number of tokens",
    r"string_above_max_length|string too long|expected maxlength",
    r"reduce (?:the |your )?(?:length|message|prompt|input)|shorten (?:the|your)",
    r"request_too_large|(?:request )?entity too large|payload too large|content too large"
    r"|body (?:is )?too large",
    r"number of tokens to keep|tokens? (?:exceed|> )[^.]{0,30}(?:maximum|limit|context)",
)
_REQUEST_TOO_LARGE = _words(
    r"request too large|reduce your message|tokens must be reduced|request_too_large"
)

_FILTERED = _words(
    r"content[_ -]?(?:filter|management|policy)|contentfilter|contentpolicyviolation",
    r"responsibleaipolicy|safety (?:system|policy|setting|filter)|violat\w+[^.]{0,40}"
    r"(?:polic|guideline|terms|guardrail)",
    r"guardrails?[^.]{0,30}(?:interven|trigger|block|violat|fail)|guardrail_intervened"
    r"|(?:input|output)_guardrail|blocked by (?:a |the |our )?(?:guardrail|content|safety"
    r"|moderation)",
    r"(?:prompt|input|output|content|text)s?\b[^.]{0,30}"
    r"\b(?:was|were|is|been|got) (?:blocked|moderated|filtered|censored)|\bflagged\b",
    r"prohibited[_ ]content|block_?reason|blocklist|\bspii\b|finish_?reason:? ?\"?safety"
    r"|prompt blocked|moderation[_ ](?:block|fail|flag|violat)\w*|requires moderation",
    r"data_inspection_failed|inappropriate content|content exists risk|considered high risk"
    r"|sensitive ?(?:content|words?|information)|sensitivecontentdetected|input_moderation",
    r"unsafe content|harmful content|\u654f\u611f|\u4e0d\u5b89\u5168|\u8fdd\u89c4",
)

_KEY_REFUSED = _words(
    r"(?:invalid|incorrect|expired|revoked|missing|wrong|malformed)[_ ](?:api[_ -]?key"
    r"|access token|credentials?|x-api-key|authentication)|expired token",
    r"api[_ -]?key[^.]{0,30}(?:not valid|invalid|expired|revoked|missing|required|not found)",
    r"token (?:is |has )?(?:expired|been revoked|not valid)|authentication_?error"
    r"|unauthenticated|permission_denied|unauthori[sz]ed",
)

_CREDIT = _words(
    r"insufficient[_ ](?:quota|credits?|balance|funds)|insufficientquota|balance is (?:too low"
    r"|insufficient|not enough)|credit balance|not enough (?:credits?|balance)",
    r"payment[_ ]required|billing[_ ](?:hard[_ ])?(?:limit|not_active|error|issue)|billing_error"
    r"|arrearage|overdue[- ]payment|past due|account is (?:suspended|deactivated)",
    r"(?:out of|no|more|add|purchase|buy|requires?) (?:\w+ )?credits?\b|credits? (?:exhausted"
    r"|depleted|used up|have run out)|can only afford",
    r"exceeded (?:your|the) (?:current |monthly |daily |assigned )?(?:quota|spend|budget|credit"
    r"|usage)",
    r"budget (?:has been )?exceeded|exceededbudget|budget_exceeded|spend(?:ing)? (?:limit|cap)"
    r"|key limit exceeded|usage limit|quota (?:has been )?(?:exhausted|used up|depleted)",
    r"rate limit of 0\b|limit:? 0\b(?!\.)|free (?:tier|quota)[^.]{0,40}(?:exhausted|used up|ended)",
    r"\u4f59\u989d\u4e0d\u8db3|\u6b20\u8d39",
)
_STRONG_CREDIT = _words(
    r"credit balance|payment[_ ]required|billing_not_active|balance is|arrearage|overdue"
    r"|rate limit of 0\b|insufficient[_ ](?:credits?|balance|funds)|can only afford"
    r"|budget (?:has been )?exceeded|exceededbudget|key limit exceeded|insufficient_quota"
)
_BY_MINUTE = _words(
    r"per[_ -]?(?:minute|min|second|sec)\b|per(?:minute|second)|\b[rt]p[ms]\b|[/_](?:min|minute)\b"
    r"|\bqps\b|per 1[0 ]?(?:m|s)\b|burst"
)
_BY_DAY = _words(r"per[_ -]?(?:day|week|month)\b|per(?:day|month)|\b[rt]pd\b|\bdaily\b|\bmonthly\b")
_DAY_OF_GEMINI = re.compile(r"Per(?:Day|Month)")
_RATE = _words(
    r"rate[_ -]?limit|too many requests|resource_exhausted|throttl|request_limit|\b429\b"
)
_AGAIN = re.compile(
    r"(?i)(?:retry|try again|retrydelay|wait)\W{0,4}(?:in|after|for|delay)?\W{0,4}"
    r"(?:(\d+)\s*h(?:ours?)?\s*)?(?:(\d+)\s*m(?:in(?:ute)?s?)?(?!s)\s*)?(?:(\d+(?:\.\d+)?)\s*(ms|s)\w*)?"
)
_WORTH_WAITING = 120.0
"""Seconds: a limit of a day that asks to wait no longer than this is one of the last minutes."""

_SERVER = _words(
    r"overloaded|server[_ ]error|internal[_ ](?:server[_ ])?error|unavailable|bad gateway"
    r"|upstream|temporarily|engine is dead|\b50[0-9]\b"
)
_TIMEOUT = _words(r"time[d ]?[- ]?out|deadline[_ ]exceeded|\b504\b")
_NO_API = _words(
    r"unexpected endpoint or method|cannot post /|not an? (?:api|openai)|route .{0,40}not found"
    r"|no route|proxy authentication"
)
_NO_JSON = _words(
    r"json_validate_failed|failed to (?:generate|produce) (?:valid )?json|output_parse_failed"
    r"|(?:did not|could not) (?:generate|produce) (?:a )?valid json|tool_use_failed"
)

_OF_THE_FORM = _words(
    r"response[_ ]?format|json[_ ]?schema|json[_ ]?object|json[_ ]?mode|grammar|guided[_ ]"
    r"|additional_?properties|output_(?:config|format)|structured[_ ]?outputs?"
    r"|response_?(?:json_)?schema|generation_?config|responsemimetype|response_mime_type"
    r"|text\.format|xgrammar|\$defs|\banyof\b|too many states|schema (?:for|is|has|contains|too)"
)
_UNWILLING = _words(
    r"unsupported|not (?:currently |yet |be )?support|unrecogni[sz]ed|unknown|unexpected"
    r"|unavailable|not (?:permitted|allowed|available|valid|implemented|enabled|compatible)"
    r"|extra (?:inputs|fields|forbidden)|instead|invalid|fail|cannot|can't|could not|unable|must be"
    r"|too (?:many|complex|deep)|error|no endpoints|requires?|only|does(?: not|n't)"
)


def kind_of(status: int, said: str, *, wait: float | None = None) -> Failure:
    """The kind of a refusal.

    Args:
        status: of HTTP; 0 or 200 where only words came.
        said: the words.
        wait: seconds that a header asked to wait.
    """
    if 300 <= status < 400 or status == 407:
        return Failure.MISROUTED
    if status == 429 and _REQUEST_TOO_LARGE.search(said):
        return Failure.CONTEXT_LENGTH
    if _used_up(status, said, wait):
        return Failure.QUOTA
    if status in {401, 403, 429}:
        filtered = status == 403 and _FILTERED.search(said)
        refused = Failure.REFUSED if filtered else Failure.AUTH
        return Failure.RATE_LIMITED if status == 429 else refused
    return _by_words(status, said) or _by_status(status, said)


def _by_words(status: int, said: str) -> Failure | None:
    if _NO_JSON.search(said):
        return Failure.MALFORMED
    if status == 413 or too_long(said):
        return Failure.CONTEXT_LENGTH
    if _FILTERED.search(said) and not (status >= 500 and _SERVER.search(said)):
        return Failure.REFUSED
    if _KEY_REFUSED.search(said):
        return Failure.AUTH
    if of_the_form(said):
        return Failure.INVALID
    return None


def _by_status(status: int, said: str) -> Failure:
    if status in {408, 504}:
        return Failure.TIMEOUT
    if status >= 500 or status in {409, 425}:
        return Failure.SERVER
    if _NO_API.search(said):
        return Failure.MISROUTED
    if _RATE.search(said):
        return Failure.RATE_LIMITED
    if status in {0, 200} and _TIMEOUT.search(said):
        return Failure.TIMEOUT
    return Failure.SERVER if status in {0, 200} and _SERVER.search(said) else Failure.INVALID


def too_long(said: str) -> bool:
    """Whether a request is refused as too long for the model, so that a smaller one may pass."""
    return bool(_TOO_LONG.search(said)) and not _of_the_answer(said)


_ANSWER_BOUND = _words(
    r"max_(?:completion_|output_|new_)?tokens\b|maxoutputtokens|max output tokens|completion tokens"
)
_ABOUT_INPUT = _words(
    r"context|prompt|input|messages?|inputs|sequence|reduce the length|too long|entity|payload"
)
_BOUNDED = _words(
    r"too (?:large|small|high|low|big)|at most|at least|maximum|less than|greater than|exceed"
    r"|no more than|up to|range|between|limit|<=|>=| > | < |supports? (?:only|at most)"
)


def _of_the_answer(said: str) -> bool:
    return bool(_ANSWER_BOUND.search(said)) and not _ABOUT_INPUT.search(said)


def answer_bound(said: str, asked: int) -> int | None:
    """The most tokens of an answer that a refusal names as its bound; None where it names none.

    Args:
        asked: tokens that were asked for.
    """
    if not (_ANSWER_BOUND.search(said) and _BOUNDED.search(said)) or too_long(said):
        return None
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", said)
    numbers = [int(found) for found in re.findall(r"(?<![\w.-])\d{2,9}(?![\w-])", plain)]
    return max((number for number in numbers if 16 <= number < asked), default=None)


def names_answer_bound(said: str) -> bool:
    """Whether a refusal complains of how many tokens were asked for, not of the parameter."""
    return bool(_ANSWER_BOUND.search(said) and _BOUNDED.search(said))


def of_the_form(said: str) -> bool:
    """Whether a refusal is of how the answer's form was asked for."""
    return bool(_OF_THE_FORM.search(said) and _UNWILLING.search(said))


_OF_THE_MODEL = _words(
    r"model\b[^.]{0,120}\b(?:not (?:found|exist|loaded|available)|does ?n.?t exist|no longer)"
    r"|(?:no|unknown|invalid) (?:such )?models?\b|model_not_found|not a valid model"
)


def of_the_model(said: str) -> bool:
    """Whether a refusal is of the model's name."""
    return bool(_OF_THE_MODEL.search(said))


def is_unfinished_json(said: str) -> bool:
    """Whether the model failed at the form that was asked for, which it may not fail at again."""
    return bool(_NO_JSON.search(said))


def _used_up(status: int, said: str, wait: float | None) -> bool:
    """Whether credit or a limit of days is used up: waiting some seconds brings nothing."""
    asked = seconds_asked(said) if wait is None else wait
    if _DAY_OF_GEMINI.search(said) and status == 429:
        return True
    if _BY_MINUTE.search(said) and not re.search(r"rate limit of 0\b", said):
        return False
    if _BY_DAY.search(said) and (status == 429 or _RATE.search(said)):
        return asked is None or asked > _WORTH_WAITING
    if status == 402 or _STRONG_CREDIT.search(said):
        return True
    weak = bool(_CREDIT.search(said)) and status in {0, 200, 400, 403, 429}
    return weak and asked is None


def seconds_asked(said: str) -> float | None:
    """Seconds to wait that the words of a refusal name, as in `try again in 1m2.5s`."""
    for match in _AGAIN.finditer(said):
        hours, minutes, seconds, unit = match.groups()
        if hours or minutes or seconds:
            rest = float(seconds or 0) / (1000 if unit and unit.lower() == "ms" else 1)
            return int(hours or 0) * 3600 + int(minutes or 0) * 60 + rest
    return None

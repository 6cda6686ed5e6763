"""Tells what a provider's refusal means: one cause has one kind, in any words and status.

The words are those that servers and gateways are known to use. Where words and status disagree, the
words decide: some proxies turn every status into 500.
"""

import re
from collections.abc import Callable
from enum import StrEnum

from lakegloss.engine.http.completion import is_page
from lakegloss.engine.http.waits import seconds_asked


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
    r"context[_ -]?(?:length|window|size|limit)\w{0,20}.{0,60}(?:exceed|overflow"
    r"|too (?:small|long|large))",
    r"(?:exceed|beyond|longer than|greater than|larger than|more than|over)\w{0,20}[^.]{0,60}"
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
    r"(?:inputs?|prompt|messages?|length|tokens?)\b[^.]{0,60}(?:must have (?:less|fewer) than"
    r"|(?:cannot|can not|must not|should not) (?:be (?:greater|larger|more|longer) than|exceed)"
    r"|is over the (?:\w{1,20} )?(?:limit|maximum))",
    r"(?:input|prompt|context) length should be|max(?:imum)?[_ ]model[_ ]len",
    r"exceed\w{0,20}[^.]{0,40}(?:maximum of [\d.,]+ tokens|max \w{1,20} tokens"
    r"|token limit(?! per))",
    r"(?:contexte?o?|kontext)\w{0,20}\b.{0,60}(?:d\u00e9pass|excede|supera|\u00fcberschr|\u00fcberst)"
    r"|(?:d\u00e9pass|excede|supera|\u00fcberschr|\u00fcberst)\w{0,20}.{0,60}(?:contexte?o?|kontext)",
    r"(?:\u8d85\u8fc7|\u8d85\u51fa).{0,20}(?:\u957f\u5ea6|\u4e0a\u4e0b\u6587|token)"
    r"|(?:\u4e0a\u4e0b\u6587|\u8f93\u5165|\u957f\u5ea6).{0,20}(?:\u8d85\u8fc7|\u8d85\u51fa|\u8fc7\u957f|\u8d85\u957f)",
)
_NO_ROOM = _words(r"max_(?:completion_)?tokens must be at least \d+, got -")
"""A server subtracts the prompt from the context, and nothing is left for the answer."""

_REQUEST_TOO_LARGE = _words(
    r"request too large|reduce your message|tokens must be reduced|request_too_large"
)

_FILTERED = _words(
    r"content[_ -]?(?:filter|management|policy)|contentfilter|contentpolicyviolation",
    r"responsibleaipolicy|safety (?:system|policy|setting|filter)|violat\w{1,20}[^.]{0,40}"
    r"(?:polic|guideline|terms|guardrail)",
    r"guardrails?[^.]{0,30}(?:interven|trigger|block|violat|fail)|guardrail_intervened"
    r"|(?:input|output)_guardrail|blocked by (?:a |the |our )?(?:guardrail|content|safety"
    r"|moderation)",
    r"(?:prompt|input|output|content|text)s?\b[^.]{0,30}"
    r"\b(?:was|were|is|been|got) (?:blocked|moderated|filtered|censored)|\bflagged\b",
    r"prohibited[_ ]content|block_?reason|blocklist|\bspii\b|finish_?reason:? ?\"?safety"
    r"|prompt blocked|moderation[_ ](?:block|fail|flag|violat)\w{0,20}|requires moderation",
    r"data_inspection_failed|inappropriate content|content exists risk|considered high risk"
    r"|sensitive ?(?:content|words?|information)|sensitivecontentdetected|input_moderation"
    r"|(?:input|output)[_ ]\w{0,8}sensitive",
    r"safety reasons|invalid_prompt|jail ?break|prompt[_ ]injection|blocked entity|\bdlp\b"
    r"|\bpii\b[^.]{0,20}(?:detected|found)"
    r"|moderation[_ ]\w{0,20}[^.]{0,10}(?:block|fail|flag|reject)",
    r"(?:request|response|message|prompt|query|content)s?\b[^.]{0,20}(?:blocked|denied|rejected)"
    r" (?:by|due to|because)|request blocked",
    r"filtre de contenu|inhaltsfilter|filtro de conte[n\u00fa]\w{0,20}|\u5ba1\u6838|\u8fdd\u7981",
    r"unsafe content|harmful content|\u654f\u611f|\u4e0d\u5b89\u5168|\u8fdd\u89c4",
)

_KEY_REFUSED = _words(
    r"(?:invalid|incorrect|expired|revoked|missing|wrong|malformed)[_ ]?(?:api[_ -]?key"
    r"|access token|credentials?|x-api-key|authentication)|expired token",
    r"api[_ -]?key[^.]{0,30}(?:not valid|invalid|expired|revoked|missing|required|not found)",
    r"token (?:is |has )?(?:expired|been revoked|not valid)|authentication_?error"
    r"|unauthenticated|permission_denied|unauthori[sz]ed",
    r"auth\w{0,20}failure|login fail|credentials?[^.]{0,20}(?:could not|cannot|can't) be"
    r" (?:validated|verified|found)",
    r"(?:\A[\W\d]*|security |access |auth\w{0,20} |bearer )token\b[^.]{0,40}\binvalid\b",
    r"(?:organi[sz]ation|account|project|user|key)\b[^.]{0,20} (?:has been|is|was)"
    r" (?:disabled|deactivated|blocked|banned|suspended)",
)

_CREDIT = _words(
    r"insufficient[_ ](?:quota|credits?|balance|funds)|insufficientquota|balance is (?:too low"
    r"|insufficient|not enough)|credit balance|not enough (?:credits?|balance)",
    r"payment[_ ]required|billing[_ ](?:hard[_ ])?(?:limit|not_active|error|issue)|billing_error"
    r"|arrearage|overdue[- ]payment|past due|account is (?:suspended|deactivated)",
    r"(?:out of|no|more|add|purchase|buy|requires?) (?:\w{1,20} )?credits?\b|credits? (?:exhausted"
    r"|depleted|used up|have run out)|can only afford",
    r"exceeded (?:your|the) (?:current |monthly |daily |assigned )?(?:quota|spend|budget|credit"
    r"|usage)",
    r"budget (?:has been )?exceeded|exceededbudget|budget_exceeded|spend(?:ing)? (?:limit|cap)"
    r"|key limit exceeded|usage limit|quota (?:has been )?(?:exhausted|used up|depleted)",
    r"rate limit of 0\b|limit:? 0\b(?!\.)|free (?:tier|quota)[^.]{0,40}(?:exhausted|used up|ended)",
    r"\u4f59\u989d\u4e0d\u8db3|\u6b20\u8d39|\u989d\u5ea6\u4e0d\u8db3|\u5145\u503c"
    r"|(?:\u989d\u5ea6|\u914d\u989d).{0,6}(?:\u7528\u5b8c|\u8017\u5c3d)",
    r"budget[^.]{0,20}(?:exceeded|reached|exhausted)|exceeded\w{0,20}budget|over budget"
    r"|out of call volume quota",
    r"aufgebraucht|guthaben|(?:cr[e\u00e9]dito?s?|quota|cuota|cota|saldo|solde)\b[^.]{0,20}"
    r"(?:\u00e9puis|insuf|agotad|esgotad|mensua?l|mensuel)"
    r"|(?:superado|excedido|d\u00e9pass\u00e9)[^.]{0,20}(?:cuota|quota|cota)",
)
_STRONG_CREDIT = _words(
    r"credit balance|payment[_ ]required|billing_not_active|balance is|arrearage|overdue"
    r"|insufficient[_ ](?:credits?|balance|funds)|can only afford|exceeded_current_quota"
    r"|account\b[^.]{0,30} is not active"
    r"|budget (?:has been )?exceeded|exceeded\w{0,20}budget|key limit exceeded|insufficient_quota"
)
_OF_NOTHING = _words(r"rate limit of 0\b|\blimit:? 0\b(?!\.)")
_BY_MINUTE = _words(
    r"per[_ -]?(?:minute|min|second|sec)\b|per(?:minute|second)|\b[rt]p[ms]\b|[/_](?:min|minute)\b"
    r"|\bqps\b|per 1[0 ]?(?:m|s)\b|burst|per \d+ (?:seconds|minutes)|window:? ?\d+ ?[ms]\b"
    r"|(?:pro|par|por|al) (?:minut|sekund|second|segund)|\u6bcf\u5206\u949f|\u6bcf\u79d2"
    r"|\u9891\u7387|\u901f\u7387|concurren"
)
_BY_DAY = _words(
    r"per[_ -]?(?:day|week|month)\b|per(?:day|month)|\b[rt]pd\b|\bdaily\b|\bmonthly\b"
    r"|(?:/ ?|\ba )(?:day|week|month)\b"
    r"|(?:pro|par|por|al) (?:tag|monat|jour|mois|d[i\u00ed]a|m[e\u00ea]s)\b"
    r"|t\u00e4glich|monatlich|quotidien|mensuel|diari[oa]\b|mensual|mensal"
    r"|\u6bcf[\u5929\u65e5\u6708]"
)
_SOON = _words(r"try again (?:later|soon|shortly|in a)|retry (?:later|shortly)|temporar|momentar")
_LIMITS = _words(r"quota|limit")
_OF_CREDIT = frozenset({0, 200, 400, 401, 403, 412, 423, 429})
_DAY_OF_GEMINI = re.compile(r"Per(?:Day|Month)")
_RATE = _words(
    r"rate[_ -]?limit|too many requests|resource_exhausted|throttl|requests?[_ ]limit|\b429\b"
    r"|spike arrest|quota\b[^.]{0,20}exceed|exceed\w{0,10}\b[^.]{0,20}\bquota"
)
_WORTH_WAITING = 120.0
"""Seconds: a daily limit that asks us to wait no longer than this is about to end."""
_LONGEST_WAIT = 600.0
"""Seconds: a limit that asks us in words to wait longer outlasts all the tries of a run."""

_SERVER = _words(
    r"overloaded|server[_ ]error|internal[_ ](?:server[_ ])?error|unavailable|bad gateway"
    r"|upstream|temporarily|engine is dead|\b50[0-9]\b"
)
_TIMEOUT = _words(r"time[d ]?[- ]?out|deadline[_ ]exceeded|\b504\b")
_LOADING = _words(
    r"model\b[^.]{0,20}\b(?:is |still |currently )+(?:loading|starting|warming up|not ready)"
    r"|\bloading model|model (?:is )?not ready|modelnotready"
    r"|model (?:has |was )?(?:crashed|unloaded|reloaded)|channel error"
)
_NOT_FOUND = _words(
    r"\A\W*(?:http )?(?:404|405)?\W*(?:page |resource |url |path |method )?"
    r"not (?:found|allowed)\W*\Z"
    r"|invalid url|resource not found|unknown (?:request )?(?:url|path|route)|https port"
    r"|upgrade required"
)
_OF_STATUS = {
    408: Failure.TIMEOUT,
    504: Failure.TIMEOUT,
    409: Failure.SERVER,
    424: Failure.SERVER,
    498: Failure.SERVER,
    425: Failure.SERVER,
    499: Failure.SERVER,
    451: Failure.REFUSED,
}
_WRONG_PLACE = frozenset({404, 405, 421, 426})
_WRAPPED = _words(r"\b(?:error|status)(?:[ _]code)?\W{1,3}4(?:00|22)\b|bad_?request_?error")
"""A gateway says by a 500 that the server behind it refuses the request."""
_NO_API = _words(
    r"unexpected endpoint or method|cannot post /|not an? (?:api|openai)|route .{0,40}not found"
    r"|no route|default backend|proxy authentication"
    r"|(?:missing|unsupported)[^.]{0,30} api[- ]version"
    r"|api[- ]version\b[^.]{0,30}(?:is required|not supported|is invalid|must be)"
)
_NO_JSON = _words(
    r"json_validate_failed|failed to (?:generate|produce) (?:valid )?json|output_parse_failed"
    r"|(?:did not|could not) (?:generate|produce) (?:a )?valid json|tool_use_failed"
)

_OF_THE_FORM = _words(
    r"response[_ ]?format|json[_ ]?schema|json[_ ]?object|json[_ ]?mode|grammar|guided[_ ]"
    r"|additional_?properties|output_(?:config|format)|structured[_ ]?outputs?"
    r"|response_?(?:json_)?schema|generation_?config|responsemimetype|response_mime_type"
    r"|text\.format|xgrammar|\$defs|\banyof\b|too many states|requested parameters"
    r"|schema (?:for|is|has|contains|too)|required for format|invalid format"
)
_OF_THE_ROLES = _words(
    r"system (?:role|messages?|prompts?|instructions?)\b[^.]{0,60}(?:not|n't|un)[ _]?"
    r"(?:supported|support|allowed|enabled|permitted|implemented|accepted)",
    r"(?:not|n't) (?:support|accept|allow|take)\w{0,20}[^.]{0,30}(?:system (?:role|messages?"
    r"|prompts?|instructions?)\b|['\"`]system['\"`])",
    r"developer (?:role|message|instruction)s?[^.]{0,30} not (?:enabled|supported|allowed)",
    r"roles? (?:must|should) alternate|(?:unknown|invalid|unexpected|unsupported)[^.]{0,20} role"
    r"\W{1,3}system|(?:conversation|messages?) must (?:start|begin) with a user",
)
_OF_THE_STREAM = _words(
    r"\b(?:only|must)\b[^.]{0,30} stream\w{0,20}"
    r"|non-?stream\w{0,20}[^.]{0,40}(?:not|n't|un)[ _]?(?:support"
    r"|allow|available)|stream(?:ing)?\W{0,3} (?:is required|must be|has to be)"
    r"|(?:set|with) `?\"?stream\W{0,3}(?:=|to|:)? ?true|for non-?streaming (?:calls|requests)"
    r"|when `?stream ?= ?false|\u975e\u6d41\u5f0f|stream mode",
)
_CUT_SHORT = _words(
    r"could not finish the message because|(?:max_tokens|output limit|token limit)\b[^.]{0,40}"
    r" was reached",
)
_NOT_HERE = _words(
    r"(?:country|region|territory|location)\b[^.]{0,40} (?:is |are )?not (?:yet )?(?:supported"
    r"|available|permitted|allowed)",
    r"not (?:yet )?(?:available|supported|allowed|offered) (?:in|from) (?:your|this) (?:country"
    r"|region|location|territory)|unsupported_country",
    r"\bip acl\b|\bip(?: address)?\b[^.]{0,60}(?:is blocked|not (?:allowed|authori[sz]ed|permitted"
    r"|whitelisted|in the allow))",
)
_UNTRUSTED = _words(r"certificate[ _]verify|certificateerror|unable to get (?:local )?issuer")
_NO_TLS = _words(
    r"wrong[ _]version[ _]number|record[ _]layer[ _]failure|http[ _]request\b.{0,20}ssl"
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
        status: the HTTP status; 0 or 200 where only words came.
        said: the words.
        wait: seconds that a header asked us to wait.
    """
    if 300 <= status < 400 or status in {407, 511}:
        return Failure.MISROUTED
    if status == 429 and _REQUEST_TOO_LARGE.search(said):
        return Failure.CONTEXT_LENGTH
    if _used_up(status, said, wait):
        return Failure.QUOTA
    if status == 429:
        return Failure.RATE_LIMITED
    if status in {401, 403}:
        return _forbidden(status, said)
    return _by_words(status, said) or _by_status(status, said)


def _forbidden(status: int, said: str) -> Failure:
    """What a 401 or 403 means: not always the key."""
    if status == 401:
        return Failure.AUTH
    if is_not_here(said):
        return Failure.MISROUTED
    if _FILTERED.search(said):
        return Failure.REFUSED
    if _CREDIT.search(said) and seconds_asked(said) is not None:
        return Failure.RATE_LIMITED
    return Failure.MISROUTED if is_page(said) else Failure.AUTH


def _by_words(status: int, said: str) -> Failure | None:
    kinds: dict[Failure, Callable[[], bool]] = {
        Failure.MISROUTED: lambda: status < 500 and is_not_here(said),
        Failure.EMPTY: lambda: is_cut_short(said),
        Failure.MALFORMED: lambda: is_unfinished_json(said),
        Failure.CONTEXT_LENGTH: lambda: status == 413 or too_long(said),
        Failure.REFUSED: lambda: _is_filtered(status, said),
        Failure.AUTH: lambda: bool(_KEY_REFUSED.search(said)),
        Failure.INVALID: lambda: of_the_form(said) or of_the_roles(said) or of_the_stream(said),
    }
    return next((kind for kind, is_it in kinds.items() if is_it()), None)


def _is_filtered(status: int, said: str) -> bool:
    return bool(_FILTERED.search(said)) and not (status >= 500 and _SERVER.search(said))


def _by_status(status: int, said: str) -> Failure:
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if status >= 500 or _LOADING.search(said):
        return Failure.INVALID if _WRAPPED.search(said) else Failure.SERVER
    if _NO_API.search(said) or _is_wrong_place(status, said):
        return Failure.MISROUTED
    if _RATE.search(said):
        return Failure.RATE_LIMITED
    if status in {0, 200} and _TIMEOUT.search(said):
        return Failure.TIMEOUT
    return Failure.SERVER if status in {0, 200} and _SERVER.search(said) else Failure.INVALID


def _is_wrong_place(status: int, said: str) -> bool:
    """Whether a server says that there is no such path: the address is wrong, not the model."""
    if status not in _WRONG_PLACE or of_the_model(said):
        return status == 400 and "HTTPS port" in said
    return not said.strip() or is_page(said) or bool(_NOT_FOUND.search(said))


def too_long(said: str) -> bool:
    """Whether a refusal says that the request is too long, so that a smaller one may pass."""
    is_long = bool(_TOO_LONG.search(said)) and not _of_the_answer(said)
    return is_long or bool(_NO_ROOM.search(said))


_ANSWER_BOUND = _words(
    r"max_(?:completion_|output_|new_)?tokens\b|maxoutputtokens|max output tokens|completion tokens"
    r"|maximum tokens you requested"
)
_ABOUT_INPUT = _words(
    r"context|prompt|input|messages?|inputs|sequence|reduce the length|too long|entity|payload"
)
_BOUNDED = _words(
    r"too (?:large|small|high|low|big)|(?:bigger|higher|lower) than"
    r"|at most|at least|maximum|less than|greater than|exceed"
    r"|no more than|up to|range|between|limit|<=|>=| > | < |supports? (?:only|at most)"
)


def _of_the_answer(said: str) -> bool:
    return bool(_ANSWER_BOUND.search(said)) and not _ABOUT_INPUT.search(said)


def answer_bound(said: str, asked: int) -> int | None:
    """The bound on an answer's tokens that a refusal names; None where it names none.

    Args:
        asked: the bound that the request asked for.
    """
    if not (_ANSWER_BOUND.search(said) and _BOUNDED.search(said)) or too_long(said):
        return None
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", said)
    plain = re.sub(r"(\d+) \(exclusive\)", lambda match: str(int(match[1]) - 1), plain)
    numbers = [int(found) for found in re.findall(r"(?<![\w.-])\d{2,9}(?![\w-])", plain)]
    return max((number for number in numbers if 16 <= number < asked), default=None)


def names_answer_bound(said: str) -> bool:
    """Whether a refusal complains about the number of tokens asked for, not the parameter."""
    return bool(_ANSWER_BOUND.search(said) and _BOUNDED.search(said))


def of_the_roles(said: str) -> bool:
    """Whether the endpoint takes no message of the role `system`, or not before the user's."""
    return bool(_OF_THE_ROLES.search(said))


def of_the_stream(said: str) -> bool:
    """Whether the endpoint answers only as a stream."""
    return bool(_OF_THE_STREAM.search(said))


def is_cut_short(said: str) -> bool:
    """Whether the model used all its tokens before it wrote a word of the answer."""
    return bool(_CUT_SHORT.search(said))


def is_not_here(said: str) -> bool:
    """Whether the endpoint answers no calls from this country, network or address."""
    return bool(_NOT_HERE.search(said))


def is_untrusted(said: str) -> bool:
    """Whether a connection failed as this machine does not trust the server's certificate."""
    return bool(_UNTRUSTED.search(said))


def is_without_tls(said: str) -> bool:
    """Whether a connection failed as the server answers https without TLS."""
    return bool(_NO_TLS.search(said))


def is_lasting(said: str) -> bool:
    """Whether a secure connection fails for a cause that no other try removes."""
    return is_untrusted(said) or is_without_tls(said)


def of_the_form(said: str) -> bool:
    """Whether the endpoint refuses the way in which the answer's form was asked for."""
    return bool(_OF_THE_FORM.search(said) and _UNWILLING.search(said))


_OF_THE_MODEL = _words(
    r"(?:model|deployment)\b[^.]{0,120}"
    r"\b(?:not (?:found|exist|loaded|available)|does ?n.?t exist|no longer)"
    r"|(?:no|unknown|invalid) (?:such )?models?\b|model_not_found|deploymentnotfound"
    r"|not a valid model|model_not_supported|requested model is not supported"
)


def of_the_model(said: str) -> bool:
    """Whether the endpoint refuses the model's name."""
    return bool(_OF_THE_MODEL.search(said))


def is_unfinished_json(said: str) -> bool:
    """Whether the model failed to write valid JSON; it may do better when asked again."""
    return bool(_NO_JSON.search(said))


def _used_up(status: int, said: str, wait: float | None) -> bool:
    """Whether credit or a limit of days is used up, so that a wait of seconds will not help."""
    told = seconds_asked(said)
    asked = told if wait is None else wait
    is_long = asked is None or asked > _WORTH_WAITING
    is_limit = status == 429 or _RATE.search(said) or (status == 403 and _LIMITS.search(said))
    if _OF_NOTHING.search(said):
        return status in _OF_CREDIT
    if status == 429 and (_DAY_OF_GEMINI.search(said) or (told or 0) > _LONGEST_WAIT):
        return True
    if _BY_MINUTE.search(said):
        return False
    if _BY_DAY.search(said) and is_limit:
        return is_long
    is_soon = status == 429 and bool(_SOON.search(said))
    has_run_out = not is_soon and status in _OF_CREDIT and _CREDIT.search(said) and is_long
    return status == 402 or bool(_STRONG_CREDIT.search(said) or has_run_out)

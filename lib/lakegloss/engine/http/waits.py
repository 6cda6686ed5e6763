"""Reads how long a server asks to wait, in its headers or in the words of its refusal."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lakegloss.engine.limits.retry import parse_retry_after

_NUMBER = r"\d+(?:\.\d+)?"
_UNITS: Mapping[str, float] = {
    "ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "sekunde": 1,
    "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600, "stunde": 3600,
    "d": 86_400, "day": 86_400,
}  # fmt: skip
_UNIT = (
    r"ms|milliseconds?|d(?:ays?)?|h(?:(?:ou)?rs?)?|stunden?|m(?:in(?:ute[ns]?)?s?)?"
    r"|s(?:ec(?:ond)?s?|ekunden?)?"
)
_PART = re.compile(rf"({_NUMBER})\s*({_UNIT})(?![a-z])", re.IGNORECASE)
_SEVERAL = (
    rf"{_NUMBER}\s*(?:{_UNIT})(?![a-z])(?:(?:\s*,)?\s*(?:and\s+)?{_NUMBER}\s*(?:{_UNIT})(?![a-z]))*"
)
_ASKS = (
    r"(?:retry(?:ing)?(?:[ _-](?:(?:your|the|this|that)[ _-])?(?:request|call|operation))?"
    r"|try(?:ing)?(?: your request)? again|retry_?delay|wait|replenished|available(?: again)?"
    r"|resets?|cool_?down(?:_time)?)"
)
_WORDS = re.compile(
    rf"{_ASKS}\W{{0,4}}(?:(?:in|after|for|delay)\b)?\W{{0,4}}(?:(?:about|around|at least"
    rf"|approximately)\s+)?(?:(?P<parts>{_SEVERAL})|(?P<bare>{_NUMBER})(?![\w:./-]*[\w:/-]))",
    re.IGNORECASE,
)
_BY_CLOCK = re.compile(
    r"(?i)(?:retry|again|wait|replenished|resets?) (?:in|after) (\d+):(\d\d):(\d\d)"
)
_BEFORE = re.compile(
    rf"(?:in|dans|en|em)\s+({_NUMBER})\s*(s\w{{0,20}}|m\w{{0,20}})[^.]{{0,30}}"
    rf"\b(?:erneut|wieder|r\u00e9essay|intente|tente)"
    rf"|({_NUMBER})\s*(\u79d2|\u5206\u949f)\s*(?:\u540e|\u4e4b\u540e|\u5f8c)",
    re.IGNORECASE,
)
_RESET = re.compile(
    r"(?P<start>(?:x-)?rate-?limit(?:-requests|-tokens)?|anthropic-ratelimit-[a-z-]+?)"
    r"-reset(?P<kind>-requests|-tokens)?(?P<after>-after)?"
)
_NEXT = re.compile(r"\bt=(\d+)")
_MOMENT = 1e9
"""Seconds: a larger number is a moment of the clock since 1970, not a wait."""


def seconds_asked(said: str) -> float | None:
    """Seconds to wait that a refusal names, as in `try again in 1m2.5s`; else None."""
    if clock := _BY_CLOCK.search(said):
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
    if match := _WORDS.search(said):
        return _duration(match["parts"]) if match["parts"] else float(match["bare"])
    if match := _BEFORE.search(said):
        minutes = (match[2] or "").lower().startswith("m") or match[4] == "\u5206\u949f"
        return float(match[1] or match[3]) * (60 if minutes else 1)
    return None


def _duration(text: str) -> float | None:
    """Seconds of a duration such as `1m2.5s` or `1 minute and 20 seconds`."""
    parts = _PART.findall(text)
    units = [unit.lower() for _, unit in parts]
    known = [u if u in _UNITS else u.rstrip("sn") for u in units]
    seconds = [float(n) * _UNITS.get(u, 1) for (n, _), u in zip(parts, known, strict=True)]
    return sum(seconds) if parts else None


def wait_asked(headers: Mapping[str, str], now: datetime, *, limited: bool) -> float | None:
    """Seconds to wait that the headers of a refusal ask for; None where they ask for none.

    Args:
        headers: their names in any case.
        now: the time here; the server's own, where it states it, is taken for its dates.
        limited: whether the refusal is a rate limit, so that the headers on limits count.
    """
    named = {name.lower(): value for name, value in headers.items()}
    now = _date(named.get("date", "")) or now
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        millis = parse_retry_after(named.get(name), now)
        if millis is not None:
            return millis / 1000
    if "retry-after" in named:
        asked = _retry_after(named["retry-after"], now)
        if asked is not None:
            return asked
    waits = [w for w in _resets(named, now) if w > 0] if limited else []
    return max(waits, default=None)


def _retry_after(value: str, now: datetime) -> float | None:
    """Seconds of a Retry-After, also with a unit, as an ISO date, or given twice."""
    plain = parse_retry_after(value, now)
    if plain is not None:
        return plain
    if (moment := _iso(value)) is not None:
        return max((moment - now).total_seconds(), 0.0)
    if re.fullmatch(rf"\s*{_SEVERAL}\s*", value, re.IGNORECASE):
        return _duration(value)
    first, comma, _ = value.partition(",")
    return parse_retry_after(first, now) if comma and first.strip().isdecimal() else None


def _resets(named: Mapping[str, str], now: datetime) -> Iterator[float]:
    """When the limits that are used up begin anew; of limits that do not tell, all count."""
    for name, value in named.items():
        if name == "ratelimit":
            if re.search(r"\br=0\b", value) and (found := _NEXT.search(value)):
                yield float(found[1])
            continue
        match = _RESET.fullmatch(name.replace("rate-limit", "ratelimit"))
        if match is None:
            continue
        left = named.get(f"{match['start']}-remaining{match['kind'] or ''}", "0").strip()
        if re.fullmatch(r"0+(?:\.0+)?|-\d+|", left) and (wait := _until(value, now)) is not None:
            yield wait


def _until(value: str, now: datetime) -> float | None:
    """Seconds until a moment, or of a duration, in any of the forms that servers write."""
    value = value.strip()
    if re.fullmatch(_NUMBER, value):
        number = float(value)
        if number < _MOMENT:
            return number
        moment = number / 1000 if number >= 1000 * _MOMENT else number
        return max(moment - now.timestamp(), 0.0)
    if (at := _iso(value) or _date(value)) is not None:
        return max((at - now).total_seconds(), 0.0)
    is_duration = re.fullmatch(_SEVERAL, value, re.IGNORECASE)
    return _duration(value) if is_duration else None


def _iso(value: str) -> datetime | None:
    if not re.match(r"\s*\d{4}-\d\d-\d\d[T ]", value):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

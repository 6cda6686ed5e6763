"""Tells why a catalog refused a statement."""

import re
from enum import StrEnum


class Refusal(StrEnum):
    """Why a statement failed, by what is to be done about it."""

    CONCURRENT = "concurrent"  # another writer came first: run it again
    FORBIDDEN = "forbidden"  # no part of it would run either
    LOST = "lost"  # the session is gone: whether the statement ran is not known
    COLUMN = "column"  # a column may be at fault: bisect


_SIGNS = {
    Refusal.CONCURRENT: (
        "DELTA_CONCURRENT", "DELTA_METADATA_CHANGED", "DELTA_PROTOCOL_CHANGED",
        "MetadataChanged", "ProtocolChanged", "ConcurrentModification", "ConcurrentAppend",
        "ConcurrentDelete", "ConcurrentTransaction", "ConcurrentWrite",
    ),
    Refusal.FORBIDDEN: (
        "PERMISSION_DENIED", "INSUFFICIENT_", "UNAUTHORIZED", "AccessDenied", "AccessControl",
        "Permission denied", "SecurityException", "not authorized", "not have permission",
        "insufficient privileges", "insufficient permissions", "403 Forbidden",
        "TABLE_OR_VIEW_NOT_FOUND",
    ),
    Refusal.LOST: (
        "UNAUTHENTICATED", "StatusCode.UNAVAILABLE", "RETRIES_EXCEEDED", "INVALID_HANDLE",
        "SESSION_CLOSED", "SESSION_CHANGED", "SESSION_NOT_FOUND", "NO_ACTIVE_SESSION",
        "Connection refused", "Connection reset", "Broken pipe", "ConnectionError",
        "Py4JNetworkError", "Java side is empty", "stopped SparkContext", "shut down",
        "SparkSession does not exist",
    ),
}  # fmt: skip
_NAMES = re.compile(r"`[^`\n]*`")
_MESSAGE = 2_000


def refusal(error: str) -> Refusal:
    """Classify the error of a statement, given as "class name: message".

    The names of columns and the statement's own text, which Spark quotes, are not looked at.
    """
    message = _NAMES.sub("", error.partition("== SQL")[0][:_MESSAGE]).lower()
    for kind, signs in _SIGNS.items():
        if any(sign.lower() in message for sign in signs):
            return kind
    return Refusal.COLUMN

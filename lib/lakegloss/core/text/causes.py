"""Tells what went wrong in one line that shows no value of the data."""

import re

from lakegloss.core.personal.values import mask_text
from lakegloss.core.text.terminal import visible

_PREAMBLE = re.compile(r"An error occurred while calling \S+\s*:?\s*")
_CLASS = re.compile(r"(?:[a-z_]\w*\.)+(?=[A-Z]\w*(?:Exception|Error)\b)")
# Error classes of Spark and Delta whose message quotes a value of a row.
_QUOTES_DATA = re.compile(
    r"\[((?:CAST_INVALID_INPUT|CAST_OVERFLOW\w*|CONVERSION_INVALID_INPUT|CANNOT_PARSE_\w+"
    r"|CANNOT_PARSE|INVALID_\w*(?:TIMESTAMP|DATETIME|DATE|JSON|URL|VALUE|INPUT|ESC|VARIANT)\w*"
    r"|NUMERIC_VALUE_OUT_OF_RANGE|NUMERIC_OUT_OF_SUPPORTED_RANGE|DATETIME_\w+|FAILED_PARSE\w*"
    r"|MALFORMED_\w+|INCONSISTENT_BEHAVIOR_CROSS_VERSION|USER_RAISED_EXCEPTION|UNPARSABLE\w*"
    r"|DUPLICATED_MAP_KEY|DELTA_VIOLATE_CONSTRAINT\w*|CHECK_CONSTRAINT_VIOLATION"
    r"|DELTA_EXCEED_CHAR_VARCHAR_LIMIT|EXCEED_LIMIT_LENGTH|MAP_KEY_DOES_NOT_EXIST"
    r"|ROW_SUBQUERY_TOO_MANY_ROWS|COLLATION_\w+|DIVIDE_BY_ZERO)(?:\.\w+)*)\][\s\S]*"
)
_QUOTED = re.compile(
    r"(?i)\b(value|text|input|string|literal|record|token|parse|number|date|timestamp)s?"
    r"(\W{1,3}|\W[^'\"\n]{0,30}\W)(?:'[^\n]*'|\"[^\n]*\")"
)


def first_line(error: BaseException, limit: int = 300) -> str:
    """Take the first line of a Spark error that says something, cut at `limit` characters.

    The other lines are a plan or a stack, and py4j's text before the cause names only its own
    object. Values of the data that Spark quotes are left out, and so is what controls a terminal.
    """
    text = _PREAMBLE.sub("", str(error).strip(), count=1).strip()
    if not text:
        return type(error).__name__
    line = _CLASS.sub("", text.splitlines()[0])
    return visible(without_values(line))[:limit]


def without_values(message: str) -> str:
    """Remove values of the data from an error's message; names of columns and tables stay."""
    message = _QUOTES_DATA.sub(r"[\1] a value of the data, which is not shown here", message[:4000])
    return mask_text(_QUOTED.sub(r"\1\2'***'", message))

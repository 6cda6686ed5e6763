"""What went wrong, in one line."""

import re

_PREAMBLE = re.compile(r"An error occurred while calling \S+\s*:?\s*")
_CLASS = re.compile(r"(?:[a-z_]\w*\.)+(?=[A-Z]\w*(?:Exception|Error)\b)")


def first_line(error: BaseException, limit: int = 300) -> str:
    """The first line of an error of Spark's that says something, bounded in characters.

    The rest is a plan or a stack; what py4j sets before the cause names only its own object.
    """
    text = _PREAMBLE.sub("", str(error).strip(), count=1).strip()
    if not text:
        return type(error).__name__
    return _CLASS.sub("", text.splitlines()[0])[:limit]

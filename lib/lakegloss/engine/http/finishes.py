"""Reads why an answer ended: servers say the same in many words."""

import re
from typing import Any

LENGTH, FILTERED = "length", "content_filter"
_LENGTHS = re.compile(
    r"length|max_?(?:new_?|output_?|completion_?)?tokens?|(?:token|output|context)_?limit"
    r"(?:_?(?:reached|exceeded))?|context_?window(?:_?exceeded)?|model_?context_?window_?exceeded"
    r"|model_?length|max_?length|incomplete|truncated?|cut_?off",
    re.IGNORECASE,
)
_FILTERS = re.compile(
    r"content_?filter|safety|recitation|prohibited|block(?:list|ed)|spii|guardrail|sensitive"
    r"|moderat|\brefusal|censor",
    re.IGNORECASE,
)


def plain_finish(said: Any) -> str:
    """`length` or `content_filter`, where a reason means one of them; else as the server says it.

    Servers in Python show the name of a class in front: `FinishReason.MAX_TOKENS`.
    """
    if isinstance(said, dict):
        said = said.get("type") or said.get("reason") or ""
    words = str(said or "").strip()
    if _LENGTHS.fullmatch(words.rpartition(".")[2]):
        return LENGTH
    return FILTERED if _FILTERS.search(words) else words

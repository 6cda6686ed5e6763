"""Makes hostile text harmless before a model sees it.

Names, values and comments come from the data. They keep their meaning, but not the characters that
could pass for a prompt's own structure: control, format and bidirectional characters, line breaks,
field headers (``[[ ## x ## ]]``), role markers and code fences.
"""

import re
import unicodedata

_MARKUP = re.compile(
    r"\[\[(?=\s*#)|\#\#\s*\]\]|`{3,}|~{3,}|<\|?/?(?:im_start|im_end|endoftext|eot_id|start_header_id"
    r"|end_header_id|system|assistant|user|human|tool|s)\|?>|<\||\|>|<</?SYS>>|\[/?INST\]"
    r"|^\W*(?:system|assistant|user|human|developer)\s*:",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_WATCHED = re.compile(r"[\[#`~<>|\]:]")
_DEFUSED = str.maketrans(
    {"[": "(", "]": ")", "`": "'", "~": "-", "<": "(", ">": ")", "|": "/", "#": "*", ":": " -"}
)


def neutralise(text: str, limit: int | None = None) -> str:
    """Make one line of text without prompt markup and invisible characters.

    A text of more than `limit` characters is cut and ends with an ellipsis.
    """
    if limit is not None and len(text) > 4 * limit + 64:
        text = text[: 4 * limit + 64]
    if not (text.isascii() and text.isprintable()):
        text = _visible(text)
    if "  " in text or text[:1] == " " or text[-1:] == " ":
        text = _SPACE.sub(" ", text).strip()
    if _WATCHED.search(text):
        text = _defuse(text)
    return text if limit is None else cut(text, limit)


def cut(text: str, limit: int) -> str:
    """Cut a text at `limit` characters; a cut text ends with an ellipsis."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def quoted(text: str, limit: int) -> str:
    """Neutralise a value and quote it; quotes inside it become typographic ones."""
    inner = neutralise(text, limit).replace("'", "\u2019").replace('"', "\u201d")
    return f"'{inner.replace(chr(92), '/')}'"


def _visible(text: str) -> str:
    """Compose Unicode; whitespace becomes spaces, other unprintable characters are dropped."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = unicodedata.normalize("NFC", text)
    return "".join(
        c if c.isprintable() else " " if c.isspace() else ""
        for c in text
        if unicodedata.category(c) != "Cf"
    )


def _defuse(text: str) -> str:
    """Take markers apart until none is left: one that is taken apart must not make another."""
    while True:
        changed = _MARKUP.sub(lambda match: match.group().translate(_DEFUSED), text)
        if changed == text:
            return text
        text = changed

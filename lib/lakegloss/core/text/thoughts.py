"""Removes a model's thoughts from its text: they are no part of the answer.

Models and servers mark thoughts in many ways. Servers leave the marks in, lose the first one (the
prompt held it) or cut the text before the last one. A JSON string is data, whatever it looks like:
a comment may speak of a tag.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

THOUGHT_NAMES = (
    r"think(?:ing)?|thoughts?|thought_process|reason(?:ing)?|reasoning_content|reflect(?:ion)?"
    r"|analysis|scratch_?pad|deliberation|(?:inner|internal)[_ ]?(?:monologue|thoughts?)|cot|plan"
    r"|chain[_-]?of[_-]?thoughts?"
)
_PREFIX = r"(?:[a-z][\w.-]{0,20}:)?"
_BARS = "[|\uff5c]"
_GAP = "[_\u2581 ]?"
_UNSEEN = r"[\s\u200b-\u200d\u2060\ufeff\\]*"
_LEFT, _RIGHT = r"(?:\\?<|\uff1c|\u2039)" + _UNSEEN, _UNSEEN + r"[>\uff1e\u203a]"
_OPEN = (
    rf"{_LEFT}{_PREFIX}(?:{THOUGHT_NAMES})(?:\s[^<>]{{0,200}})?(?<!/){_RIGHT}"
    rf"|<{_BARS}\s*(?:(?:start|begin)(?:{_GAP}of)?{_GAP})?(?:{THOUGHT_NAMES})\s*{_BARS}>"
    r"|<\|channel>\s*(?:thought|analysis|commentary)"  # Gemma
    rf"|<unused\d+>\s*(?:{THOUGHT_NAMES})\b"  # MedGemma
    rf"|<\|im_start\|>\s*(?:{THOUGHT_NAMES})\b"
    r"|<\|inner_prefix\|>"  # Apertus
    r"|<!--"
    r"|\[(?:THINK|THINKING|THOUGHT|REASONING)\]"
    r"|\u25c1\s*think(?:ing)?\s*\u25b7"
    r"|<details\s[^<>]{0,200}\breasoning\b[^<>]{0,200}>"
    rf"|&lt;(?:{THOUGHT_NAMES})&gt;"
    rf"|^[ \t]*```(?:{THOUGHT_NAMES})[ \t]*$"
    r"|\A\s*(?:here (?:are|is) my (?:reasoning|thought|thinking)(?: steps| process)?\s*:"
    r"|thinking\.\.\.(?=\s)|(?-i:analysis(?=\s*[A-Z{\[]))|thought\s*?\n)"
)
_CLOSE = (
    rf"{_LEFT}/{_UNSEEN}{_PREFIX}(?:{THOUGHT_NAMES}){_RIGHT}"
    rf"|<{_BARS}\s*(?:/|end(?:{_GAP}of)?{_GAP})(?:{THOUGHT_NAMES})\s*{_BARS}>"
    r"|<channel\|>"
    r"|<\|inner_suffix\|>"
    r"|<unused\d+>"
    r"|-->"
    r"|\[/(?:THINK|THINKING|THOUGHT|REASONING)\]"
    r"|\u25c1\s*/\s*think(?:ing)?\s*\u25b7"
    r"|</details>"
    rf"|&lt;/(?:{THOUGHT_NAMES})&gt;"
    r"|\.\.\.done thinking\."
)
_BEGINS = (
    r"\[BEGIN FINAL RESPONSE\]|here is my (?:response|answer)\s*:|(?-i:assistantfinal)"
    rf"|<{_BARS}\s*(?:start|begin)(?:{_GAP}of)?{_GAP}(?:response|solution|answer)\s*{_BARS}>"
    r"|<\|im_start\|>\s*(?:answer|final|response)\b"
)
_MARK = re.compile(
    rf"(?P<open>{_OPEN})|(?P<close>{_CLOSE})|(?P<begins>{_BEGINS})", re.IGNORECASE | re.MULTILINE
)
_SIGNS = (
    *("<", "\u25c1", "\uff1c", "\u2039", "[t", "[/t", "[r", "[/r", "[b", "-->", "&lt;", "..."),
    *("```", "my rea", "my tho", "my thi", "my res", "my ans", "assistantfinal"),
)
"""Every mark holds one of these, in small letters; most answers hold none."""
_FENCE_END = re.compile(r"^[ \t]*```[ \t]*$", re.MULTILINE)
_STRING = re.compile(
    r'(?:\A|[:,\[{])\s*"([^"\\]*(?:\\.[^"\\]*)*)(?:"(?=\s*(?:[,}\]:]|\Z))|\Z)', re.DOTALL
)

# OpenAI's harmony form: <|channel|>NAME ...<|message|>TEXT<|end|>; only `final` is the answer.
_CHANNEL = re.compile(
    r"(?:<\|start\|>[^<]{0,80})?<\|channel\|>\s*(?P<name>\w+)(?P<more>[^<]{0,200})"
    r"(?:<\|constrain\|>\s*\w*\s*)?(?:<\|message\|>|\Z)"
)
_CHANNEL_END = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
_FENCED = re.compile(r"\A\s*```\w*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: str
    word: bool
    """Whether the mark is only a word, without brackets."""


def without_thoughts(text: str) -> str:
    """Remove the thoughts; '' where the text holds nothing else, or only a thought that was cut.

    Everything after an opening mark that is never closed is thought, and so is everything before a
    closing mark that was never opened. A text without marks comes back as it is.
    """
    if not _may_hold_marks(text):
        return text
    text = _final_channel(text)
    marks = list(_marks(text))
    if not marks:
        return text
    kept: list[str] = []
    depth, place = 0, 0
    for mark in marks:
        if mark.start < place:
            continue
        if mark.kind == "open":
            if depth == 0:
                kept.append(text[place : mark.start])
            depth += 1
        elif mark.kind == "begins":
            depth, kept = 0, []
        elif depth > 1:
            depth -= 1
        else:
            kept = kept if depth else []
            depth = 0
        place = mark.end
    rest = text[place:]
    # A thought that mentions an opening mark seems to be opened more often than it is closed. And
    # the name of a channel may be left over before an answer.
    is_last = marks[-1].kind == "close" or marks[-1].word
    if depth == 0 or (is_last and (is_one_value(rest) or _is_announced_value(rest))):
        kept.append(rest)
    return "".join(kept).strip()


def _may_hold_marks(text: str) -> bool:
    lowered = text.lower()
    if lowered.lstrip()[:8].startswith(("analysis", "thought")):
        return True
    return any(sign in lowered for sign in _SIGNS)


def is_one_value(text: str) -> bool:
    """Whether a text is exactly one JSON object or list, in a fence or without."""
    fenced = _FENCED.match(text)
    inner = (fenced.group(1) if fenced else text).strip()
    if inner[:1] not in {"{", "["}:
        return False
    try:
        json.loads(inner, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


ANNOUNCES = re.compile(
    r"\b(?:here|sure|certainly|of course|following|below|as requested|json)\b",
    re.IGNORECASE,
)
"""Words by which an answer is announced, in front of it."""


def _is_announced_value(text: str) -> bool:
    """Whether a text is one JSON value after words that announce it."""
    start = re.search(r"```|[{\[]", text)
    intro = text[: start.start()] if start else ""
    return bool(ANNOUNCES.search(intro)) and is_one_value(text[len(intro) :])


def _marks(text: str) -> Iterator[_Mark]:
    """Yield the marks that do not stand in a JSON string, in order."""
    for match in outside_strings(text, _MARK):
        kind = str(match.lastgroup)
        sign = match.group().strip()
        yield _Mark(match.start(), match.end(), kind, word=sign.isalpha())
        if sign.startswith("```") and (end := _FENCE_END.search(text, match.end())):
            yield _Mark(end.start(), end.end(), "close", word=False)


def outside_strings(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the matches that do not stand in a JSON string, in order."""
    found = list(pattern.finditer(text))
    strings = [match.span(1) for match in _STRING.finditer(text)] if found else []
    place = 0
    for match in found:
        while place < len(strings) and strings[place][1] <= match.start():
            place += 1
        if place == len(strings) or strings[place][0] > match.start():
            yield match


def _final_channel(text: str) -> str:
    """Take the final channel of a text in channels; other texts stay as they are."""
    channels = list(outside_strings(text, _CHANNEL)) if "<|channel|>" in text else []
    if not channels:
        return text
    ends = [mark.start() for mark in outside_strings(text, _CHANNEL_END)]
    final, called = [], []
    for match in channels:
        end = next((place for place in ends if place >= match.end()), len(text))
        inner = text[match.end() : end]
        if match["name"].lower() == "final":
            final.append(inner)
        elif "to=" in match["more"] and is_one_value(inner):
            called.append(inner)  # the answer as the call of a function
    before = text[: channels[0].start()]
    if not final and is_one_value(_CHANNEL_END.sub("", before)):
        return _CHANNEL_END.sub("", before)
    # A second final message takes the place of the first: it was written later.
    return next((part for part in reversed(final or called) if part.strip()), "")

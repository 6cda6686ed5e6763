"""Finds the part of a text that is the JSON answer: a draft before it is none.

Models mark drafts by words that nobody can list: tags of any name and language, comments, headings.
What tells a draft is its place: it stands in a mark that was never closed, or another JSON value
follows the mark.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lakegloss.core.text.thoughts import (
    ANNOUNCES,
    THOUGHT_NAMES,
    is_one_value,
    outside_strings,
    without_thoughts,
)

_NAME = r"[^\W\d_][\w:.-]{0,40}"
_TAG = re.compile(
    rf"[<\uff1c](?P<end>/?)(?P<name>{_NAME})(?:\s[^<>]{{0,200}})?(?<!/)[>\uff1e]"
    rf"|\u3010(?P<end2>/?)(?P<name2>{_NAME})\u3011"
)
_TAG_SIGNS = ("<", "\uff1c", "\u3010")
_MARKUP = frozenset(
    "a b blockquote body br code div em h1 h2 h3 h4 hr html i li ol p pre s section span strong "
    "table tbody td th thead tr u ul start_of_turn end_of_turn".split()
)
"""Names of tags that lay a text out; they mark no draft."""
_OF_ANSWERS = re.compile(
    r"(?:final_?)?(?:answer|response|output|result|solution|json|comments)|final|tool_?call"
    r"|function(?:_?call)?",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"(?:^|(?<=[.!?;] ))[ \t#>*_-]*(?:(?:my|the|so|final|corrected|revised|improved)\s+){0,3}"
    r"(?:answer|response|output|result|json|antwort|ergebnis|r\u00e9ponse|respuesta|resposta"
    r"|risposta|antwoord|\u043e\u0442\u0432\u0435\u0442|\u7b54\u6848|\u56de\u7b54"
    r"|\u6700\u7ec8\u7b54\u6848)(?: is)?[*_ ]*(?:[:\uff1a]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_JSON = re.compile(r"[{\[]\s*[{\"\[]")
_OF_THOUGHT = re.compile(
    rf'(?<=[{{,])\s*"\W{{0,2}}(?:{THOUGHT_NAMES}|drafts?|(?:first|initial|draft|rough|old)_\w{{1,20}}|attempts?|rationale)\W{{0,2}}"\s*:\s*',
    re.IGNORECASE,
)
_HEADING_SIGNS = (
    *("answer", "response", "output", "result", "json", "antwort", "ergebnis", "respuesta"),
    *("resposta", "risposta", "antwoord"),
)
"""Each heading in ASCII has one of these."""
_THOUGHT_SIGNS = (
    *("think", "thought", "reason", "reflect", "analysis", "scratch", "deliberation", "inner"),
    *("internal", "cot", "plan", "chain", "draft", "first_", "attempt", "rationale"),
    *("initial_", "rough_", "old_"),
)
"""Each key of thoughts in ASCII has one of these."""
_DECODER = json.JSONDecoder(strict=False)
_DELIBERATES = re.compile(
    r"\b(?:I|I'?m|let me|let's|we need|hm+|wait|maybe|perhaps|first|try|draft|okay|ok)\b",
    re.IGNORECASE,
)
_TURN_END = re.compile(
    r"<[|\uff5c]\s*(?:im_end|eot_id|eom_id|eot|endoftext|end(?:[_\u2581]?of[_\u2581]?(?:text|turn"
    r"|sentence|msg|message))?|return|user|start_header_id|role_end)\s*[|\uff5c]>"
    r"|<[|\uff5c](?:end_of_turn_token|observation)[|\uff5c]>"
    r"|</s>|<eos>|<end_of_turn>|<EOT>|\[/?INST\]"
    r"|(?<=[}\]`])\s*(?:assistant|user|human)\s*(?::|\n)",
    re.IGNORECASE,
)
"""Where a model's turn ends. What some servers let it write after that is another turn."""
_LONG = 25
"""Words: an introduction of an answer is shorter."""
_DEEPEST = 50
"""Tags that are open at the same time; more are not text of a model."""


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    start: int
    inner: int
    inner_end: int
    end: int
    closed: bool


def final_answer(text: str) -> str:
    """The text without thoughts and without what is only a draft of its JSON answer.

    A text with one JSON value, whatever stands around it, keeps that value, but where it is in a
    mark that was never closed and more words follow it.
    """
    text = _first_turn(without_thoughts(text))
    if not _JSON.search(text):
        return text
    return _after_heading(_outside_elements(text))


def _first_turn(text: str) -> str:
    """The text up to the end of the model's turn, where its answer stands before it.

    What stands after it has the same names, or is no JSON; a request that the model repeats before
    its answer has others.
    """
    for match in outside_strings(text, _TURN_END):
        names = _names(text[: match.start()])
        later = _names(text[match.end() :])
        if names and (not later or names & later):
            return text[: match.start()]
    return text


def _names(text: str) -> frozenset[str]:
    """The names in the first JSON value of a text; of a list, that it is one; else none."""
    start = _JSON.search(text)
    if start is None:
        return frozenset()
    try:
        value, _ = _DECODER.raw_decode(text, start.start())
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(value) if isinstance(value, dict) else frozenset({"[]"})


def without_thought_values(text: str) -> str:
    """The JSON in a text without the values of keys that hold thoughts (`reasoning`, `draft`)."""
    if not _may_hold(text, _THOUGHT_SIGNS):
        return text
    parts, place = [], 0
    for match in _OF_THOUGHT.finditer(text):
        if match.start() < place:
            continue
        parts.append(text[place : match.end()] + "null")
        try:
            _, place = _DECODER.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            place = len(text)
    return "".join([*parts, text[place:]]) if parts else text


def _may_hold(text: str, signs: tuple[str, ...]) -> bool:
    """Whether a text has one of these signs, or letters beyond ASCII: most answers have none."""
    if not text.isascii():
        return True
    lowered = text.lower()
    return any(sign in lowered for sign in signs)


def is_cut_in_thoughts(text: str) -> bool:
    """Whether a text that was cut by its length seems to be thoughts without any mark.

    An answer begins with its JSON, or with a few words that announce it. Thoughts are long, speak
    of themselves, or go on after a draft.
    """
    start = re.search(r"```\w*\s*(?=[{\[])|[{\[]\s*[{\"\[]", text)
    before = text[: start.start()].strip() if start else ""
    if start is None or not any(map(str.isalpha, before)):
        return False
    is_intro = len(before.split()) <= _LONG and not _DELIBERATES.search(before)
    if is_intro and ANNOUNCES.search(before):
        return False
    try:
        _, end = _DECODER.raw_decode(text, text.index("{", start.start()))
    except (ValueError, RecursionError):
        return not is_intro
    return any(map(str.isalpha, text[end:]))


def _outside_elements(text: str) -> str:
    """The text without tagged parts that are no answer; only the answer's, where one is tagged."""
    if not any(sign in text for sign in _TAG_SIGNS):
        return text
    elements = list(_elements(text))
    answers = [e for e in elements if _OF_ANSWERS.fullmatch(e.name) and _holds_json(text, e)]
    if answers:
        return "\n".join(text[e.inner : e.inner_end] for e in answers)
    kept, place, last = [], 0, _last_json(text)
    for element in elements:
        if _is_draft(text, element, last):
            kept.append(text[place : element.start])
            place = element.end
    return "".join([*kept, text[place:]])


def _is_draft(text: str, element: _Element, last: int) -> bool:
    if not _holds_json(text, element):
        return False
    return last >= element.end if element.closed else not is_one_value(text[element.inner :])


def _last_json(text: str) -> int:
    return max((match.start() for match in _JSON.finditer(text)), default=-1)


def _holds_json(text: str, element: _Element) -> bool:
    return bool(_JSON.search(text, element.inner, element.inner_end))


def _elements(text: str) -> Iterator[_Element]:
    """The outermost tagged parts of a text, in order; also one whose beginning the prompt held."""
    open_: list[tuple[str, int, int]] = []
    for match in outside_strings(text, _TAG):
        name = (match["name"] or match["name2"]).lower()
        if name in _MARKUP:
            continue
        if not (match["end"] or match["end2"]):
            if len(open_) < _DEEPEST:
                open_.append((name, match.start(), match.end()))
            continue
        place = next((n for n, (known, _, _) in enumerate(open_) if known == name), None)
        if place is None and not open_:
            yield _Element(name, 0, 0, match.start(), match.end(), closed=True)
        elif place is not None:
            _, start, inner = open_[place]
            del open_[place:]
            if not open_:
                yield _Element(name, start, inner, match.start(), match.end(), closed=True)
    if open_:
        name, start, inner = open_[0]
        yield _Element(name, start, inner, len(text), len(text), closed=False)


def _after_heading(text: str) -> str:
    """What stands after the last heading of an answer, where JSON is before and after it."""
    if not _may_hold(text, _HEADING_SIGNS):
        return text
    last = _last_json(text)
    places = [match.span() for match in outside_strings(text, _HEADING) if match.end() <= last]
    if places and _JSON.search(text, 0, places[-1][0]):
        return text[places[-1][1] :]
    return text

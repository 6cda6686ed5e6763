"""Finds texts that speak to whoever judges them, in place of doing what they are for."""

import re
import unicodedata

from lakegloss.core.checks.injection import gives_orders

_THING = r"(?:answers?|responses?|options?|outputs?|comments?|candidates?|texts?|submissions?|"
_THING += r"assistants?|summar(?:y|ies)|versions?|ones?)"
_WHICH = r"(?:this|my|our|the (?:first|second|other|last|former|latter|above|below|following))"
_LONGEST = 50_000
_SPEAKS = re.compile(
    r"\b(?:choose|pick|select|prefer|favou?r|vote (?:for|on)|declare|rate|score|rank|grade|judge)"
    r"\s+"
    rf"(?:{_WHICH}\s+(?:\w+\s+)?{_THING}|me\b|us\b|this\b|{_THING}\s+(?:[ab12]|one|two)\b)"
    rf"|\b{_WHICH}\s+{_THING}\s+(?:is|was|wins|must|should|deserves|has to)\b.{{0,40}}"
    r"\b(?:better|best|worse|worst|wrong|winner|wins?|superior|inferior|preferred|chosen|picked|"
    r"selected|correct|full marks|10/10)\b"
    r"|\b(?:answer|response|option|candidate|assistant)\s+(?:[ab12]|one|two)\s+"
    r"(?:is|was|wins|must|should|deserves)\b"
    r"|\b(?:dear|note (?:to|for)|attention|hello|hey|hi|message (?:to|for))\W{1,3}"
    r"(?:the\s+|our\s+|any\s+|all\s+)?"
    r"(?:judges?|graders?|evaluators?|raters?|markers?|reviewers?|ai|model|llm)\b"
    r"|\b(?:judges?|graders?|evaluators?|raters?)\b\W{0,3}\s*(?:must|should|please|you|,|:)"
    r"|\b(?:give|award|assign|grant)\s+(?:it|this|me|us|(?:this|my|the)\s+\w+)\s+(?:an?\s+|the\s+)?"
    r"(?:full|maximum|highest|perfect|top|best|10)\b"
    r"|[\"'](?:better|winner|verdict|preference|choice|rating|score)[\"']\s*:"
    r"|\[\[\s*[abc12]\s*\]\]"
    r"|\bi (?:am|win|should be)\b.{0,20}\b(?:better|best|winner|chosen)\b",
    re.IGNORECASE,
)


def persuades(text: str) -> bool:
    """Whether a text gives orders, or asks its judge for a verdict.

    Only the first 50,000 characters are read. What it misses meets the other guards of a judgement:
    texts are data in JSON, each pair is judged in both orders, and no text can know its own code.
    """
    text = text[:_LONGEST]
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return bool(_SPEAKS.search(plain)) or gives_orders(text)

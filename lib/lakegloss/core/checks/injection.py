"""Finds text that gives a model orders or imitates the structure of a prompt.

It is for texts that will stand in later prompts, where a missed order costs more than a good text
that is left out. The rules of a comment (`core.checks.marks`) look for such text as well.
"""

import re
import unicodedata

from lakegloss.core.checks.marks import DEBRIS
from lakegloss.core.text.neutral import neutralise

_HIDDEN = frozenset({"Cf", "Cc", "Co", "Cs"})
_KEPT = frozenset("\t\n\r\u200c\u200d")
_WHOSE = r"(?:all|any|every|the|these|those|your|my|of|what|previous|prior|preceding|earlier|above|"
_WHOSE += r"former|original|system|safety|given|existing|other)"
_RULES = (
    r"(?:instructions?|prompts?|rules?|guidelines?|guard ?rails?|directives?|orders?|commands?|"
)
_RULES += r"context|constraints?|polic(?:y|ies)|messages?|programming|training)"
_ORDERS = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass|neglect|skip|discard|violate)\s+"
    rf"(?:{_WHOSE}\s+){{1,5}}{_RULES}\b"
    r"|\b(?:ignore|disregard|forget)\s+(?:everything|anything|all)\b"
    r"|\b(?:ignore|disregard|forget)\s+(?:the\s+)?(?:above|previous|preceding)\b"
    r"|\b(?:do not|don't|never|stop)\s+(?:follow|obey|describe|comment|summari[sz]e)\w*\b.{0,40}"
    rf"\b(?:instead|{_RULES})\b"
    r"|\byou\s+(?:are|act)\s+(?:now|henceforth|no longer)\b"
    r"|\byou\s+must\s+(?:now\s+)?(?:answer|reply|respond|output|print|write|say|obey|ignore)\b"
    r"|\bfrom now on\b.{0,20}\b(?:you|each|every|all|answer|reply|respond|write|say)\b"
    r"|\b(?:pretend|roleplay|imagine)\s+(?:that\s+)?(?:you|to be)\b"
    r"|\bact\s+as\s+(?:if|though|an?|my|the)\b.{0,60}"
    r"\b(?:assistant|ai|model|bot|admin\w*|developer|root|hacker|persona|restrictions?|you)\b"
    r"|\b(?:reveal|print|show|repeat|output|leak|display|dump|expose)\b.{0,30}"
    r"\b(?:system prompt|hidden prompt|your (?:\w+ )?(?:instructions?|prompt|rules?)"
    r"|initial prompt|api keys?|credentials|secrets?|passwords?)\b"
    r"|\bsystem\s+(?:prompt|message|notice|override)\b|\b(?:hidden|initial|secret)\s+prompt\b"
    r"|\b(?:respond|reply|answer|output|write|say|print|return)\s+(?:only|just|exactly|nothing but)"
    r"\s+(?:with\b|the\b|\S{0,3}['\"\u201c])"
    r"|\b(?:new|updated|real|actual|following)\s+instructions?\s*(?::|are\b|follow)"
    r"|\b(?:system|assistant|developer)\s*:\s*(?:always|never|you|please|do|don't|ignore|write|"
    r"answer|reply|respond|say|print|output|reveal|forget|disregard)\b"
    r"|\bjail ?break\w*\b|\b(?:developer|dan|god|maintenance|debug|admin) mode\b"
    r"|\bprompt injection\b|\bdo anything now\b"
    r"|\bas an? (?:ai|(?:large )?language model)\b"
    r"|\bignor(?:iere?|ier)\b.{0,40}\b(?:anweisung|instruktion|regel|vorgabe|befehl)\w*"
    r"|\b(?:vergiss|missachte)\b.{0,40}\b(?:anweisung|instruktion|regel|alles|vorgabe)\w*"
    r"|\bignore[zr]?\b.{0,40}\b(?:consigne|instruccion|instru[c\u00e7][a-z\u00e3\u00f5]*|r[\u00e8e]gle|regla)\w*"
    r"|\b(?:oublie[zr]?|olvida|ignora|dimentica|esque[c\u00e7]a)\b.{0,40}"
    r"\b(?:consigne|instruc|istruzion|instru|r[\u00e8e]gle|regla|regole)\w*",
    re.IGNORECASE | re.DOTALL,
)
_ROLE = re.compile(
    r"(?:^|[\n.;|>])\s*(?:#+\s*)?(?:system|assistant|developer|human)\s*(?::|\n)", re.IGNORECASE
)
_LONGEST = 50_000


def _is_hidden(character: str) -> bool:
    return character not in _KEPT and unicodedata.category(character) in _HIDDEN


def gives_orders(text: str) -> bool:
    """Whether a text speaks to a model: orders, another role, markup of a prompt, hidden letters.

    Only the first 50,000 characters are read.
    """
    text = text[:_LONGEST]
    if not (text.isascii() and text.isprintable()) and any(map(_is_hidden, text)):
        return True
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return bool(
        _ORDERS.search(plain)
        or _ROLE.search(text)
        or DEBRIS.word.search(plain)
        or neutralise(plain) != unicodedata.normalize("NFC", plain)
    )

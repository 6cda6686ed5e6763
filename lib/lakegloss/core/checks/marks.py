"""Finds marks that no comment has: links, markup, SQL, parts of a request."""

import re
from dataclasses import dataclass

from lakegloss.core.checks.sieves import Sieve, sieve


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Patterns by where they can begin: knowing that, a search takes a fifth of the time.

    Attributes:
        start: begin at the start of the text.
        sign: begin with a sign, anywhere.
        word: begin with a word.
    """

    start: re.Pattern[str]
    sign: Sieve
    word: Sieve

    def are_in(self, text: str) -> bool:
        """Whether the text has any of the marks."""
        return bool(self.start.match(text) or self.sign.search(text) or self.word.search(text))


def _words(pattern: str, *parts: str, initials: str) -> Sieve:
    """Compile patterns that begin with a word; `initials` are the first letters of all of them."""
    return sieve(rf"\b(?=[{initials}])(?:{pattern})", *parts)


UNSAFE = Marks(
    start=re.compile(r"[=@+\uff1d]", re.IGNORECASE),
    sign=sieve(
        r"</?[a-z!][^<>]*>|&(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);|\]\(|!\[|\$\{|\{\{|\{%"
        r"|;\s*(?:update \w+ set|grant \w+ on|revoke \w+ on|exec \w+)\b"
        r"|['\"]\s*(?:--|;|\)\s*;)|/\*|\*/",
        *"<&;'\"", "](", "![", "${", "{{", "{%", "/*", "*/",
    ),
    word=_words(
        r"(?:https?|ftp|file|javascript|data):\S|www\.\w"
        r"|(?:drop|truncate|alter) (?:table|schema|database|view|catalog)\b|delete from\b"
        r"|insert into\b|union (?:all )?select\b|or 1\s*=\s*1\b",
        "http:", "https:", "ftp:", "file:", "javascript:", "data:", "www.", "drop ", "truncate ",
        "alter ", "delete from", "insert into", "select", "or 1",
        initials="hfjdwtaiuo",
    ),
)  # fmt: skip
"""Links, markup and SQL."""

DEBRIS = Marks(
    start=re.compile(
        r"\W{0,2}[tc]\d{1,4}(?:\s*[:.)\-\u2013\u2014]|\s+\S+:)|\s*(?:\{|\[\s*[\"{])"
        r"|\s*#{1,6}\s|(?:sure|certainly|of course)[,!]|(?:comment|description)\s*:",
        re.IGNORECASE,
    ),
    sign=sieve(
        r"\(\s*(?:see )?[tc]\d{1,4}\s*\)|; now '|\"\s*[}\]]+\s*$|\"(?:id|text|comments?)\"\s*:"
        r"|```|~~~|\[\[\s*#|#\s*\]\]|<[|\uff5c]|[|\uff5c]>|\*\*|\[/?INST\]|\[PAD\]",
        *'("', "; now '", "```", "~~~", "[[", "]]", "<|", "|>", "**", "inst]",
        "[pad]",
    ),
    word=_words(
        r"[tc]\d{1,4} \S+ (?:string|boolean|binary|date|timestamp|tinyint|smallint|int|bigint"
        r"|float|double|decimal|array|map|struct)\b|(?:column|id) c\d{1,4}\b"
        r"|as an? (?:ai|large language|language model)\b|language model\b.{0,20}\b(?:I|cannot)\b"
        r"|I(?:'m| am) (?:sorry|unable|an? (?:ai|assistant))|I (?:cannot|can't|can not)\b"
        r"|here(?:'s| is) (?:the|a|your) (?:comment|description)\b"
        r"|(?:ignore|disregard|forget|override) (?:all |any )?(?:of )?(?:the |your )?"
        r"(?:previous|prior|above|earlier) (?:instructions|prompts?|rules)\b"
        r"|(?:follow|obey) (?:these|my|the following) instructions\b|system prompt\b"
        r"|other columns:",
        *"0123456789", "as a", "language model", "i'm ", "i am ", "i can", "here's ", "here is ",
        "ignore ", "disregard ", "forget ", "override ", "follow ", "obey ", "system prompt",
        "other columns:",
        initials="tcialhdfos",
    ),
)  # fmt: skip
"""Parts of the request, of an answer's form, or of talk about the task."""
